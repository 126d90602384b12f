"""`broadsheet doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say

app = typer.Typer()


@app.command()
def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what needs a network.")] = False,
    resolver: Annotated[
        str | None, typer.Option("--resolver", metavar="ADDRESS[:PORT]", help="Ask this name server, not the system's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong with the set-up, and say how to mend it; exit 1 when something is.

    Examines the database, the disk, the clock, secret files, sources, themes, the relay, the sender's DNS records and
    the public pages.

    Example: broadsheet doctor
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.doctor import Health, examine

    server, _, port = (resolver or "").partition(":")
    if port and not port.isdigit():
        raise typer.BadParameter("expected an address, and a port behind a colon", param_hint="--resolver")
    with open_desk(context.obj) as desk:
        found = list(
            examine(desk, offline=offline, dns_servers=(server,) if server else (), dns_port=int(port) if port else 53)
        )
    if as_json:
        document(found)
    else:
        for one in found:
            say(f"{one.health.value:5} {one.subject:12} {one.message}")
            if one.advice and one.health is not Health.GOOD:
                say(f"      {'':12} {one.advice}")
    if any(one.health is Health.BAD for one in found):
        raise typer.Exit(1)
