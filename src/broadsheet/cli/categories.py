"""`broadsheet categories`: teach the newsroom's categories, and see how well they are understood."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, table
from broadsheet.plural import number_of

app = typer.Typer(no_args_is_help=True)

Paths = Annotated[list[Path], typer.Argument(help="JSON lines with title, label and perhaps text; plain or .gz.")]


@app.callback()
def categories() -> None:
    """Teach the newsroom's categories, and see how well they are understood."""


@app.command("list")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """List the categories in use, and how many labels each was taught by.

    Example: broadsheet categories list
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.categorising import categories_of

    with open_desk(context.obj) as desk:
        counts = desk.store.labels.counts()
        names = categories_of(desk)
    rows = {name: counts.get(name, 0) for name in (*names, *(one for one in counts if one not in names))}
    if as_json:
        document([{"category": name, "labels": count, "in_use": name in names} for name, count in rows.items()])
        return
    table(
        ((name, count, "" if name in names else "no section asks for it") for name, count in rows.items()),
        head=("category", "labels", ""),
    )


@app.command()
def train(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="JSON lines with title, label and perhaps text; plain or .gz.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Learn from labelled files and from all labels so far; without a file, from the labels alone.

    Example: broadsheet categories train archive-2026.jsonl
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.categorising import train as teach

    with open_desk(context.obj) as desk:
        teaching = teach(desk, paths or [])
    if as_json:
        document(teaching)
        return
    say(f"learned from {number_of(teaching.labels, 'label')}, {teaching.added} of them from these files")
    table(teaching.categories.items())


@app.command("test")
def examine(context: typer.Context, paths: Paths, as_json: AsJson = False) -> None:
    """Judge labelled files by the classifier as it stands, and say how often it was right.

    Example: broadsheet categories test last-week.jsonl
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.categorising import examine as judge

    with open_desk(context.obj) as desk:
        found = judge(desk, paths)
    if as_json:
        document(found)
        return
    say(f"{found.texts} texts: the best guess is right for {found.accuracy:.1%} (macro F1 {found.macro_f1:.3f})")
    say(f"sure enough to decide {found.coverage:.1%}, and right in {found.accuracy_decided:.1%} of those")
    if found.taught:
        say(f"{found.taught} of these texts were taught, and flatter the figures: name files it has not seen")
    table((f"  {count}", f"{label} taken for {taken}") for label, taken, count in found.mistakes)


@app.command()
def label(
    context: typer.Context,
    story: Annotated[str, typer.Argument(metavar="ID", help="The story's id, as `broadsheet stories` prints it.")],
    category: Annotated[
        str | None, typer.Argument(help="Its category; left out, an earlier word is taken back.")
    ] = None,
) -> None:
    """Say what a story's category is. It stands for this story, and is learned from at once.

    Example: broadsheet categories label af2kfzb9m4 Business
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.categorising import label_story, unlabel_story

    with open_desk(context.obj) as desk:
        if category is None:
            say(f"{story}: taken back" if unlabel_story(desk, story) else f"{story} had no label")
        else:
            say(f"{story} is {label_story(desk, story, category, getpass.getuser())}")
