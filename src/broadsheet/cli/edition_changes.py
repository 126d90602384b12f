"""`broadsheet edition pin`, `drop`, `move`, `set` and `edit`: every change is logged, and cancels an approval."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from broadsheet.cli.edition_options import LAST, EditionId, Editor, StoryId, editor_named
from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, tell

if TYPE_CHECKING:
    from broadsheet.desk.revising import Change, Revised
    from broadsheet.edit.rewrite import What

app = typer.Typer()

Section = Annotated[str | None, typer.Option("--section", help="A section, by its title or category.")]


class Text(StrEnum):
    """A text that a model may reword."""

    HEADLINE = "headline"
    DEK = "dek"
    INTRO = "intro"


@app.command()
def pin(
    context: typer.Context,
    story: StoryId,
    edition_id: EditionId = None,
    section: Section = None,
    publication: PublicationName = None,
    day: Day = None,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Make a story stand, whatever the ranking says; one that is not in the edition is brought in.

    Example: broadsheet edition pin af2kfzb9m4 --section Politics
    """
    from broadsheet.desk.revising import Change

    wanted = Change(verb="pin", story=story, value={"section": section} if section else {})
    _change(context, edition_id, publication, day, by, as_json, [wanted])


@app.command()
def drop(
    context: typer.Context,
    story: StoryId,
    edition_id: EditionId = None,
    publication: PublicationName = None,
    day: Day = None,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Leave a story out, and every other telling of its event, now and when the edition is picked anew.

    Example: broadsheet edition drop af2kfzb9m4
    """
    from broadsheet.desk.revising import Change

    _change(context, edition_id, publication, day, by, as_json, [Change(verb="drop", story=story)])


@app.command()
def move(
    context: typer.Context,
    story: StoryId,
    edition_id: EditionId = None,
    section: Section = None,
    to: Annotated[
        int | None, typer.Option("--to", min=1, help="The place in the section; the last if left out.")
    ] = None,
    publication: PublicationName = None,
    day: Day = None,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Move a story: to a place in its section, or into another section.

    Example: broadsheet edition move af2kfzb9m4 --section Business --to 1
    """
    from broadsheet.desk.revising import Change

    if section is None and to is None:
        raise typer.BadParameter("say where to: --to 1, --section NAME, or both")
    value = {"position": str(to or LAST)} | ({"section": section} if section else {})
    _change(context, edition_id, publication, day, by, as_json, [Change(verb="move", story=story, value=value)])


@app.command("set")
def set_words(
    context: typer.Context,
    edition_id: EditionId = None,
    story: Annotated[str | None, typer.Option("--story", metavar="ID", help="Which story these are about.")] = None,
    headline: Annotated[str | None, typer.Option(help="The story's headline.")] = None,
    dek: Annotated[str | None, typer.Option(help="The text under the headline.")] = None,
    kicker: Annotated[str | None, typer.Option(help="The words above the headline.")] = None,
    category: Annotated[
        str | None, typer.Option(help="The story's category; it moves to that category's section.")
    ] = None,
    boost: Annotated[float | None, typer.Option(help="Points on the story's score, from the next pick on.")] = None,
    subject: Annotated[str | None, typer.Option(help="The edition's subject line.")] = None,
    preheader: Annotated[str | None, typer.Option(help="The text that inboxes show behind the subject.")] = None,
    intro: Annotated[str | None, typer.Option(help="Some words at the top of the edition.")] = None,
    lead: Annotated[str | None, typer.Option(metavar="ID", help="The story that leads the edition.")] = None,
    reset: Annotated[
        list[str] | None,
        typer.Option("--reset", metavar="NAME", help="Give this text back to us: headline, subject ..."),
    ] = None,
    publication: PublicationName = None,
    day: Day = None,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Write a story's or the edition's words; an empty text prints none, --reset gives ours back.

    Example: broadsheet edition set --story af2kfzb9m4 --headline "Harbour opens" --subject "The harbour is open"
    """
    from broadsheet.desk.revising import Change

    about_story = _given(headline=headline, dek=dek, kicker=kicker, category=category)
    if boost is not None:
        about_story["boost"] = f"{boost:g}"
    about_edition = _given(subject=subject, preheader=preheader, intro=intro)
    changes = []
    back = set(reset or ())
    if unknown := back - {"headline", "dek", "kicker", "category", "subject", "preheader", "intro"}:
        raise typer.BadParameter(f"there is no text called {sorted(unknown)[0]!r}")
    back_of_edition = back & {"subject", "preheader", "intro"}
    if story is None and (about_story or back - back_of_edition):
        raise typer.BadParameter("say which story these words are about: --story ID")
    if story is not None:
        if about_story:
            changes.append(Change(verb="set", story=story, value=about_story))
        if back - back_of_edition:
            changes.append(Change(verb="reset", story=story, value=dict.fromkeys(back - back_of_edition, "")))
    if about_edition:
        changes.append(Change(verb="set", value=about_edition))
    if back_of_edition:
        changes.append(Change(verb="reset", value=dict.fromkeys(back_of_edition, "")))
    if lead is not None:
        changes.append(Change(verb="lead", story=lead))
    if not changes:
        raise typer.BadParameter("say what to set; see --help")
    _change(context, edition_id, publication, day, by, as_json, changes)


@app.command()
def edit(
    context: typer.Context,
    edition_id: EditionId = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Apply this text instead of opening an editor.")
    ] = None,
    to_file: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write the text into this file and change nothing.")
    ] = None,
    publication: PublicationName = None,
    day: Day = None,
    by: Editor = None,
    as_json: AsJson = False,
) -> None:
    """Open the edition as a text in $EDITOR, with each section's runners-up below the line, and apply what comes back.

    Example: broadsheet edition edit --to sheet.txt, change it, then: broadsheet edition edit --from sheet.txt
    """
    from broadsheet.cli.text_editor import decoded, edited, kept, read_bytes, write_text
    from broadsheet.desk import editing, open_desk
    from broadsheet.desk.assessing import CHANGEABLE
    from broadsheet.desk.manuscripts import apply_manuscript, manuscript_of
    from broadsheet.errors import BroadsheetError, EditionError

    with open_desk(context.obj) as desk:
        edition = editing.find_edition(desk, edition_id, publication, day, able=CHANGEABLE)
        before = manuscript_of(desk, edition.id)
        if to_file:
            write_text(to_file, before)
            say(f"wrote  {to_file}")
            return
        name = str(from_file or f"{edition.id}.txt")
        content, trouble = (read_bytes(from_file), "") if from_file else edited(before, name)
        try:
            if trouble:
                raise EditionError(trouble)
            revised = apply_manuscript(desk, edition.id, decoded(content, name), editor_named(by))
        except BroadsheetError as error:
            if not from_file and content.strip() and content != before.encode():
                file = kept(content, desk.folder / f"{edition.id}.edit.txt")
                error.advice = f"Your text is kept. Mend it, then: broadsheet edition edit {edition.id} --from {file}"
            raise
    _report(revised, as_json)


@app.command()
def rewrite(
    context: typer.Context,
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="A model that the package `llm` knows.")],
    edition_id: EditionId = None,
    what: Annotated[
        list[Text] | None, typer.Option("--what", help="Which texts; headline and dek if left out.")
    ] = None,
    publication: PublicationName = None,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """Let a language model reword headlines, deks or the intro; what has names, numbers or links of its own is refused.

    Example: broadsheet edition rewrite --model gpt-4.1-mini --what headline
    """
    from broadsheet.desk import editing, open_desk
    from broadsheet.desk.assessing import CHANGEABLE
    from broadsheet.desk.rewriting import open_model, rewrite

    with open_desk(context.obj) as desk:
        edition = editing.find_edition(desk, edition_id, publication, day, able=CHANGEABLE)
        wanted = cast("list[What]", [one.value for one in what or (Text.HEADLINE, Text.DEK)])
        outcome = rewrite(desk, edition.id, open_model(model), model, wanted)
    for one in outcome.refused:
        tell(f"{one.story or edition.id} keeps its {one.what}: {one.reason}")
    _report(outcome.revised, as_json)


def _given(**texts: str | None) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text is not None}


def _change(
    context: typer.Context,
    edition_id: str | None,
    publication: str | None,
    day: str | None,
    by: str | None,
    as_json: bool,
    changes: list[Change],
) -> None:
    from broadsheet.desk import editing, open_desk
    from broadsheet.desk.assessing import CHANGEABLE
    from broadsheet.desk.revising import change

    with open_desk(context.obj) as desk:
        edition = editing.find_edition(desk, edition_id, publication, day, able=CHANGEABLE)
        revised = change(desk, edition.id, changes, editor_named(by))
    _report(revised, as_json)


def _report(revised: Revised, as_json: bool) -> None:
    from broadsheet.cli.edition_text import as_document, log_line

    if revised.cancelled:
        tell(f"The approval of {revised.edition.id} is cancelled by this: approve it again.")
    if as_json:
        document(as_document(revised.edition))
        return
    for line in revised.lines:
        say(log_line(line))
    if not revised.lines:
        say("Nothing was changed.")
