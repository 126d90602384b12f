"""`broadsheet check`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli.options import AsJson, Day, PublicationName
from broadsheet.cli.output import document, say, tell
from broadsheet.plural import number_of

if TYPE_CHECKING:
    from broadsheet.check import Answer
    from broadsheet.desk.checking import Asker
    from broadsheet.model import Finding

app = typer.Typer()


@app.command()
def check(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="Anybody's mail, .html or .eml; the edition if left out.", metavar="FILE"),
    ] = None,
    publication: PublicationName = None,
    day: Day = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings block, too.")] = False,
    links: Annotated[
        bool, typer.Option("--links", help="Ask the servers whether links are dead and how much pictures weigh.")
    ] = False,
    as_json: AsJson = False,
    as_sarif: Annotated[
        bool, typer.Option("--sarif", help="Print a SARIF 2.1.0 document, for code hosts and editors.")
    ] = False,
) -> None:
    """Check the edition, or any mail, and say how to mend what is wrong; exit 3 when a finding blocks.

    Example: broadsheet check --date 2026-11-24 --strict
    """
    asker = _ask if links else None
    if file is None:
        findings, artifact = _of_edition(context.obj, publication, day, asker)
    else:
        findings, artifact = _of_file(context.obj, file, asker), str(file)
    _show(findings, artifact=artifact, strict=strict, as_json=as_json, as_sarif=as_sarif)


def _of_edition(
    folder: Path, publication: str | None, day: str | None, asker: Asker | None
) -> tuple[tuple[Finding, ...], str]:
    from broadsheet.desk import open_desk
    from broadsheet.desk.checking import check as check_edition
    from broadsheet.desk.checking import weighed
    from broadsheet.desk.editing import find_edition
    from broadsheet.desk.production import render

    with open_desk(folder) as desk:
        rendered = render(desk, find_edition(desk, None, publication, day))
        for note in rendered.notes:
            tell(f"note: {note}")
        tell(weighed(rendered))
        return check_edition(desk, rendered, ask=asker), f"out/{rendered.edition.id}/edition.html"


def _of_file(folder: Path, file: Path, asker: Asker | None) -> tuple[Finding, ...]:
    from broadsheet.config import FILE_NAME, load_config
    from broadsheet.desk.checking import check_file
    from broadsheet.desk.opening import system_clock

    config = load_config(folder) if (folder / FILE_NAME).exists() else None
    return check_file(file, now=system_clock(), config=config, ask=asker)


def _show(findings: tuple[Finding, ...], *, artifact: str, strict: bool, as_json: bool, as_sarif: bool) -> None:
    """Print findings in the form that was asked for; leave with 3 when one of them blocks."""
    from broadsheet.check.report import sarif
    from broadsheet.model import Severity

    blocking = sum(strict or finding.severity is Severity.BLOCK for finding in findings)
    if as_sarif:
        document(sarif(findings, artifact))
    elif as_json:
        document(findings)
    else:
        _print(findings)
        tell(_total(len(findings), blocking))
    if blocking:
        raise typer.Exit(3)


def _print(findings: tuple[Finding, ...]) -> None:
    from broadsheet.check.report import grouped
    from broadsheet.model import Severity

    for group in grouped(findings):
        say(f"{'BLOCKS' if group.severity is Severity.BLOCK else 'warns '}  {group.rule}  ({group.title})")
        for message, place in group.lines:
            say(f"        {message}" + (f"  [{place}]" if place else ""))
        for advice in group.advice:
            say(f"        -> {advice}")


def _total(total: int, blocking: int) -> str:
    if not total:
        return "nothing to mend"
    return f"{number_of(total, 'finding')}, {blocking or 'none'} of them block{'s' if blocking == 1 else ''}"


def _ask(addresses: Iterable[str]) -> Mapping[str, Answer]:
    from broadsheet.desk.asking import ask
    from broadsheet.desk.checking import counted

    answers = ask(addresses)
    tell(counted(answers))
    return answers
