"""`broadsheet stories` and `broadsheet story`: what was gathered."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from broadsheet.cli.options import AsJson
from broadsheet.cli.output import document, say, table, tell

if TYPE_CHECKING:
    from broadsheet.model import Story

app = typer.Typer()

_SPANS = {"h": "hours", "d": "days", "w": "weeks", "m": "minutes"}


def story_document(story: Story) -> dict[str, Any]:
    """Write a story in the shape that scripts rely on."""
    return {
        "id": story.id,
        "title": story.title,
        "url": story.url,
        "dek": story.dek,
        "body": story.body,
        "authors": story.authors,
        "publisher": story.publisher,
        "source": story.source,
        "categories": story.categories,
        "section": story.section,
        "language": story.language,
        "image": story.image,
        "published_at": story.published_at,
        "first_seen_at": story.first_seen_at,
        "dated": story.dated,
        "position": story.position,
        "embargo_at": story.embargo_at,
        "expires_at": story.expires_at,
        "guid": story.guid,
    }


def _parse_since(text: str, now: datetime) -> datetime:
    """Read --since: a span back from now (`36h`, `3d`), a date, or a date and time in UTC."""
    if span := re.fullmatch(r"(\d+)\s*([mhdw])", text.strip()):
        return now - timedelta(**{_SPANS[span[2]]: int(span[1])})
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"expected a span such as 36h or 3d, or a date such as 2026-11-24, not {text!r}", param_hint="--since"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@app.command()
def stories(
    context: typer.Context,
    since: Annotated[
        str | None,
        typer.Option("--since", help="From this time on: 36h, 3d, 2026-11-24. Default: one day.", metavar="T"),
    ] = None,
    category: Annotated[str | None, typer.Option("--category", help="Only stories of this category.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was ever gathered, backlogs too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what was gathered, the newest last.

    Example: broadsheet stories --since 2d --category Politics
    """
    from broadsheet.desk import open_desk

    with open_desk(context.obj) as desk:
        now = desk.now()
        start = None if everything else _parse_since(since or "24h", now)
        found = desk.store.stories.between(start, now + timedelta(microseconds=1), backlog=everything)
    if category:
        wanted = category.casefold()
        found = [story for story in found if wanted in map(str.casefold, story.categories)]
    if as_json:
        document([story_document(story) for story in found])
        return
    table(
        (
            (
                story.id,
                f"{story.published_at:%Y-%m-%d %H:%M}" if story.dated else "undated",
                story.source,
                ", ".join(story.categories[:3]),
                story.title,
            )
            for story in found
        ),
        head=("id", "published", "source", "categories", "title"),
    )
    if not found:
        tell("no stories" + ("" if everything else " in this window; --all lists everything"))


@app.command()
def story(
    context: typer.Context,
    story_id: Annotated[str, typer.Argument(help="The story's id, or its first letters.", metavar="ID")],
    as_json: AsJson = False,
) -> None:
    """Show one story and what its source changed.

    Example: broadsheet story af2kfzb9m4
    """
    from broadsheet.desk import open_desk
    from broadsheet.desk.gathering import find_story

    with open_desk(context.obj) as desk:
        found = find_story(desk, story_id)
        history = desk.store.stories.history(found.id)
    if as_json:
        document(
            {
                **story_document(found),
                "history": [{"replaced_at": version.replaced_at, "before": version.before} for version in history],
            }
        )
        return
    say(found.title)
    if found.dek:
        say(found.dek)
    say()
    table(
        [
            ("id", found.id),
            ("link", found.url or "none"),
            ("source", found.source),
            ("publisher", found.publisher),
            ("authors", ", ".join(found.authors)),
            ("categories", ", ".join(found.categories)),
            ("section", found.section),
            ("language", found.language),
            ("image", found.image.url if found.image else ""),
            ("published", found.published_at.isoformat() if found.dated else "undated by its source"),
            ("first seen", found.first_seen_at.isoformat()),
        ]
    )
    for paragraph in found.body:
        say()
        say(paragraph)
    for version in history:
        say()
        say(f"until {version.replaced_at.isoformat()}:")
        table((name, value) for name, value in version.before.items())
