"""`broadsheet suppressions`: who is never written to, why, and how a wrong one is lifted."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli.edition_options import Editor, editor_named
from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, tell
from broadsheet.model import SuppressionReason
from broadsheet.plural import number_of

app = typer.Typer(no_args_is_help=True)


@app.callback()
def suppressions() -> None:
    """Who is never written to, why, and how a wrong suppression is lifted."""


@app.command("list")
def list_(
    context: typer.Context,
    reason: Annotated[SuppressionReason | None, typer.Option(help="Only those for this reason.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the suppressed addresses with reason and evidence; who was erased is known by a hash alone.

    Example: broadsheet suppressions list --reason bounce
    """
    from broadsheet.desk import open_desk

    with open_desk(context.obj) as desk:
        shelf = desk.store.suppressions
        if as_json:
            document(
                [{"email": one.email, "hash": one.hash, **_facts(one.suppression)} for one in shelf.everyone(reason)]
            )
            return
        count = 0
        for one in shelf.everyone(reason):
            count += 1
            known = one.suppression
            address = one.email or f"({one.hash[:12]})"
            say(f"{address}  {known.reason.value}  {known.at:%Y-%m-%d}  {known.source} {known.evidence}".rstrip())
    tell(f"{number_of(count, 'address', 'addresses')} suppressed")


@app.command()
def lift(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The address.", metavar="ADDRESS")],
    reason: Annotated[str, typer.Option(help="Why it was wrong; kept for ever.")],
    own_words: Annotated[
        bool,
        typer.Option("--own-words", help="Even if the person complained or asked for it: they ask for mail again."),
    ] = False,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Take a suppression back. Who, when and why are kept for ever; what led to it is not counted again.

    Example: broadsheet suppressions lift ada@example.com --reason "their server was down, and is up again"
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.suppressing import lift as lift_suppression

    decides = editor_named(by)
    with open_desk(context.obj) as desk:
        known = lift_suppression(desk, email, why=reason, by=decides, own_words=own_words)
    if as_json:
        document({"email": email, "lifted": _facts(known), "by": decides, "reason": reason})
    else:
        say(f"{email} is no longer suppressed (it was: {known.reason.value}, {known.at:%Y-%m-%d})")


def _facts(known: object) -> dict[str, object]:
    return {name: getattr(known, name) for name in ("reason", "at", "source", "evidence")}
