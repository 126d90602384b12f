"""`broadsheet edition`: the editors' hands."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from broadsheet.cli import edition_changes
from broadsheet.cli.edition_options import EditionId, Editor, editor_named
from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, table

app = typer.Typer(help="Look at editions and change them.", no_args_is_help=True)
app.registered_commands.extend(edition_changes.app.registered_commands)


class Against(StrEnum):
    """What an edition is compared with."""

    DRAFT = "draft"
    PICK = "pick"
    SENT = "sent"


@app.command("list")
def list_editions(
    context: typer.Context,
    publication: PublicationName = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most this many, the newest.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List the editions, newest first.

    Example: broadsheet edition list -p daily
    """
    from broadsheet.desk import open_desk, open_store

    if publication is None:
        with open_store(context.obj) as store:
            lines = store.editions.list(limit=limit)
    else:
        with open_desk(context.obj) as desk:
            lines = desk.store.editions.list(desk.config.publication(publication).name, limit=limit)
    if as_json:
        document(lines)
    elif not lines:
        say("No edition yet. Type `broadsheet pick` to draft one.")
    else:
        rows = ((line.id, line.status, line.stories, line.subject) for line in lines)
        table(rows, head=("edition", "state", "stories", "subject"))


@app.command()
def show(
    context: typer.Context,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """Show an edition: its state, its subject, every pick and the reason for it.

    Example: broadsheet edition show daily-2026-11-24 --json
    """
    from broadsheet.cli.edition_text import as_document, print_edition
    from broadsheet.desk import open_desk
    from broadsheet.desk.editing import find_edition

    with open_desk(context.obj) as desk:
        edition = find_edition(desk, edition_id, publication, day)
    if as_json:
        document(as_document(edition))
    else:
        print_edition(edition)


@app.command()
def approve(
    context: typer.Context,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", metavar="RULE", help="Answer for what this rule blocks; may be given again."),
    ] = None,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Check an edition and approve it: what is rendered now is what will be sent. Any later change cancels that.

    Exit 3, and no approval, when a finding blocks that was not acknowledged by the name of its rule.

    Example: broadsheet edition approve daily-2026-11-24 --acknowledge link-dead --by Robin
    """
    from broadsheet.cli.edition_text import as_document
    from broadsheet.config.checks import known_rule
    from broadsheet.desk import editing, open_desk
    from broadsheet.desk.approving import approve_checked
    from broadsheet.desk.production import render
    from broadsheet.model import EditionStatus

    try:
        rules = [known_rule(name) for name in acknowledge or ()]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--acknowledge") from None
    with open_desk(context.obj) as desk:
        edition = editing.find_edition(desk, edition_id, publication, day, able=[EditionStatus.DRAFT])
        edition = approve_checked(desk, edition, render(desk, edition), editor_named(by), acknowledged=rules)
    if as_json:
        document(as_document(edition))
    else:
        say(f"{edition.id} is approved, bound to rendering {edition.hash[:12]}")


@app.command()
def reopen(
    context: typer.Context,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Make an approved or skipped edition a draft again.

    Example: broadsheet edition reopen daily-2026-11-24
    """
    from broadsheet.cli.edition_text import as_document
    from broadsheet.desk import editing, open_desk

    with open_desk(context.obj) as desk:
        edition = editing.find_edition(desk, edition_id, publication, day)
        edition = editing.reopen(desk, edition.id, editor_named(by))
    if as_json:
        document(as_document(edition))
    else:
        say(f"{edition.id} is a draft again")


@app.command()
def skip(
    context: typer.Context,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    reason: Annotated[str, typer.Option("--reason", help="Why it does not go out; for the log.")] = "",
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Say that an edition does not go out. Its stories stay candidates for the next one.

    Example: broadsheet edition skip daily-2026-11-24 --reason "Public holiday"
    """
    from broadsheet.cli.edition_text import as_document
    from broadsheet.desk import editing, open_desk
    from broadsheet.desk.assessing import CHANGEABLE

    with open_desk(context.obj) as desk:
        edition = editing.find_edition(desk, edition_id, publication, day, able=CHANGEABLE)
        edition = editing.skip(desk, edition.id, editor_named(by), reason)
    if as_json:
        document(as_document(edition))
    else:
        say(f"{edition.id} is skipped; its stories stay candidates for the next edition")


@app.command()
def diff(
    context: typer.Context,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    against: Annotated[
        Against,
        typer.Option(
            "--against",
            help="Compare with the draft before the last change, with what was picked, or with what went out last.",
        ),
    ] = Against.DRAFT,
    as_json: AsJson = False,
) -> None:
    """Show what changed: + came in, - went out, > moved, ~ is printed otherwise.

    A story has moved where it stands in another section, or in another order among those that stood there before.

    Example: broadsheet edition diff --against sent
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.editing import find_edition
    from broadsheet.desk.explaining import compare

    with open_desk(context.obj) as desk:
        edition = find_edition(desk, edition_id, publication, day)
        other, lines = compare(desk, edition, against.value)
    if as_json:
        document({"edition": edition.id, "against": other, "differences": lines})
    elif not other:
        why = "no edition went out before it" if against is Against.SENT else "nothing was changed since it was picked"
        say(f"There is nothing to compare {edition.id} with: {why}.")
    else:
        say(f"{edition.id} beside {other}:")
        for line in lines:
            say(line)
        if not lines:
            say("Nothing is different.")


@app.command()
def log(
    context: typer.Context,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """Show who did what to an edition, and when.

    Example: broadsheet edition log daily-2026-11-24
    """
    from broadsheet.cli.edition_text import print_log
    from broadsheet.desk import open_desk
    from broadsheet.desk.editing import find_edition

    with open_desk(context.obj) as desk:
        lines = desk.store.editions.revisions(find_edition(desk, edition_id, publication, day).id)
    if as_json:
        document(lines)
    elif lines:
        print_log(lines)
    else:
        say("Nobody has changed it.")
