"""`broadsheet preview`: the editors' page in a browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.edition_options import Editor, editor_named
from broadsheet.cli.options import Day, PublicationName
from broadsheet.cli.output import say, tell
from broadsheet.errors import ConfigError

app = typer.Typer()


@app.command()
def preview(
    context: typer.Context,
    publication: PublicationName = None,
    day: Day = None,
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.", min=0, max=65535)] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser; the link is printed all the same.")] = (
        False
    ),
    by: Editor = None,
    share: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Serve it on this address to those who log in, instead of to you alone."),
    ] = None,
    public_url: Annotated[
        str, typer.Option(help="With --share: how browsers reach it, where that is another address.")
    ] = "",
    certificate: Annotated[
        Path | None, typer.Option(help="With --share: a TLS certificate (PEM).", exists=True)
    ] = None,
    key: Annotated[Path | None, typer.Option(help="With --share: the certificate's key (PEM).", exists=True)] = None,
    trusted_proxies: Annotated[
        str, typer.Option(help="With --share: addresses of proxies whose X-Forwarded-For is believed.")
    ] = "",
    lock_out: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Lock a person out of shared previews, at once; serve nothing."),
    ] = None,
    only_look: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Let a person only look from now on, whatever their role; serve nothing."),
    ] = None,
    let_in: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Take that back: they log in again as they could before; serve nothing."),
    ] = None,
) -> None:
    """Show the edition in a browser: the mail as readers see it, and everything an editor does with it, live.

    A shared preview takes names and passwords from BROADSHEET_PREVIEW_EDITORS and BROADSHEET_PREVIEW_VIEWERS, each as
    name:password, several parted by ";". Put TLS in front of it, or name a certificate: passwords travel.

    Example: broadsheet preview --date 2026-11-24 --port 8800

    Example: broadsheet preview --lock-out ada
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.days import day_of

    if lock_out or only_look or let_in:
        _decide(context.obj, lock_out or (), only_look or (), let_in or ())
        return
    with open_desk(context.obj) as desk:
        plan = desk.config.publication(publication)
        date = day_of(desk, plan, day)
    try:
        from broadsheet.web.preview.desk_page import DeskPage
        from broadsheet.web.preview.serving import Share, serve, serve_shared
    except ImportError:
        raise ConfigError(
            "the editors' page needs packages that are not installed", advice="Type: pip install 'broadsheet[web]'"
        ) from None

    def ready(link: str) -> None:
        say(link)
        sys.stdout.flush()  # whoever reads it through a pipe waits for it
        tell(f"That is {plan.title} of {date}, for you on this machine alone. Press Ctrl+C to end.")
        if not no_open:
            import webbrowser

            webbrowser.open(link)

    def shared_ready(address: str) -> None:
        say(address)
        sys.stdout.flush()
        tell(f"That is {plan.title} of {date}, for those who log in. Press Ctrl+C to end.")
        if address.startswith("http://"):
            tell("Without TLS passwords travel in the clear: do this only within a network that you trust.")

    page = DeskPage(context.obj, plan.name, date)
    try:
        if share is None:
            serve(page, editor_named(by), port, ready=ready)
            return
        shared = Share(
            host=share, public_url=public_url, certificate=certificate, key=key, trusted_proxies=trusted_proxies
        )  # fmt: skip
        serve_shared(page, shared, os.environ, port, ready=shared_ready)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {share or 'port'} {port}: {error.strerror}",
            advice="Name another --port; 0 takes a free one.",
        ) from None


def _decide(folder: Path, locked: Iterable[str], viewers: Iterable[str], free: Iterable[str]) -> None:
    """Write down who is locked out, who may only look, and who may come in as before."""
    from broadsheet.desk.opening import open_store
    from broadsheet.web.preview.standings import Standings

    with open_store(folder):  # there is such a project
        standings = Standings(folder)
    for name in locked:
        standings.put(name, "locked")
        say(f"{name} is locked out of shared previews.")
    for name in viewers:
        standings.put(name, "viewer")
        say(f"{name} may look and change nothing.")
    for name in free:
        standings.put(name, "")
        say(f"{name} may log in as before.")
