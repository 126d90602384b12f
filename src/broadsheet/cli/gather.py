"""`broadsheet gather`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, table, tell
from broadsheet.plural import number_of

if TYPE_CHECKING:
    from broadsheet.desk.gathered import SourceReport

app = typer.Typer()


def _parse_backfill(text: str | None) -> int | Literal["all"] | None:
    if text is None or text == "all":
        return text  # type: ignore[return-value]  # the literal itself
    if text.isdigit():
        return int(text)
    raise typer.BadParameter(f"expected a number of stories or 'all', not {text!r}", param_hint="--backfill")


@app.command()
def gather(
    context: typer.Context,
    places: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, addresses or - for standard input; every configured source if left out."),
    ] = None,
    category: Annotated[str, typer.Option("--category", help="Give this category to every story gathered now.")] = "",
    backfill: Annotated[
        str | None,
        typer.Option("--backfill", help="Let in N older stories of a new source, or 'all'.", metavar="N|all"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch every configured source, or read just what is named.

    Example: broadsheet gather stories/ https://example.org/feed.xml
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.gathering import gather as gather_stories

    wanted = _parse_backfill(backfill)
    if category and not places:
        raise typer.BadParameter(
            "expected a place too: the category is given to what is named", param_hint="--category"
        )
    done = 0

    def show(report: SourceReport, total: int) -> None:
        nonlocal done
        done += 1
        print(
            f"\r{done} of {number_of(total, 'source')}", end="" if done < total else "\n", file=sys.stderr, flush=True
        )

    is_watched = sys.stderr.isatty() and not as_json
    with open_desk(context.obj) as desk:
        report = gather_stories(
            desk, places or (), category=category, backfill=wanted, progress=show if is_watched else None
        )
    if as_json:
        document({"sources": report.sources, "found": report.found, "new": report.new, "enriched": report.enriched})
    else:
        table(
            (
                (one.source, one.state, one.found, one.new, one.changed, one.undated, one.place)
                for one in report.sources
            ),
            head=("source", "state", "found", "new", "changed", "undated", "place"),
        )
    for one in report.sources:
        for refusal in () if one.was_told else one.refused:
            tell(f"{refusal.place}: {refusal.reason}" + (f". {refusal.advice}" if refusal.advice else ""))
    if report.missing_required:
        tell(f"required, but missing: {', '.join(report.missing_required)}")
    if backlog := sum(one.backlog for one in report.sources):
        tell(f"backlog: {backlog} from before their source joined, in no edition; --backfill lets them in")
    if not as_json:
        say(f"{report.new} new of {number_of(report.found, 'story', 'stories')}. Next: broadsheet pick")
    raise typer.Exit(report.exit_code)
