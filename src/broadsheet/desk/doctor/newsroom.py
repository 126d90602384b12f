"""What the newsroom works with: sources and themes."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.desk.doctor.diagnosis import Diagnosis, Health
from broadsheet.desk.opening import Desk
from broadsheet.errors import BroadsheetError
from broadsheet.model import Edition, Pick, Section, Story

SAMPLE = 5


def examine_sources(desk: Desk) -> Iterator[Diagnosis]:
    """Check that there are sources, and that local ones exist."""
    if not desk.config.sources:
        yield Diagnosis("sources", Health.WARN, "no source is configured", "Type `broadsheet source add URL`.")
    for source in desk.config.sources.values():
        if source.path is not None and not (desk.folder / source.path).exists():
            yield Diagnosis(
                "sources",
                Health.BAD,
                f"{source.name}: {source.path} does not exist",
                f"Mend `path` in [sources.{source.name}].",
            )


def examine_themes(desk: Desk) -> Iterator[Diagnosis]:
    """Render one made-up story with each publication's theme, and keep nothing."""
    from broadsheet.desk.production import render

    now = desk.now()
    story = Story(
        id="doctor", title="A headline to try the theme", source="doctor", published_at=now, first_seen_at=now
    )
    for publication in desk.config.publications.values():
        pick = Pick(story=story, position=1, headline=story.title, dek="And a dek.")
        section = Section(title="Section", category=publication.sections[0].category, picks=(pick,))
        edition = Edition(id="doctor", publication=publication.name, date=now.date(), sections=(section,))
        try:
            size = len(render(desk, edition).html.encode())
        except BroadsheetError as error:
            yield Diagnosis("theme", Health.BAD, error.message, error.advice)
        else:
            yield Diagnosis("theme", Health.GOOD, f"{publication.theme} renders ({size / 1024:.0f} KB without stories)")


def examine_feeds(desk: Desk) -> Iterator[Diagnosis]:
    """Ask a few feeds, those that failed lately first. Nothing of theirs is kept."""
    remote = [source for source in desk.config.sources.values() if source.url]
    if not remote:
        return
    from broadsheet.gather.fetch import Fetcher, FetchError, Limits, Request

    failing = {place.source for place in desk.store.places.all() if place.failures}
    sample = sorted(remote, key=lambda source: source.name not in failing)[:SAMPLE]
    settings = desk.config.gathering
    with Fetcher(Limits(seconds=settings.timeout, allowed_hosts=settings.allow_hosts)) as fetcher:
        for source in sample:
            try:
                answer = fetcher.fetch(Request(url=source.url or "", source=source.name))
            except FetchError as error:
                yield Diagnosis(
                    "feeds",
                    Health.BAD if source.required else Health.WARN,
                    f"{source.name}: {error.reason}",
                    error.advice or f"Look at `broadsheet source health`, and mend `url` in [sources.{source.name}].",
                )
            else:
                moved = f"; it has moved to {answer.moved_to}" if answer.moved_to else ""
                yield Diagnosis("feeds", Health.GOOD, f"{source.name} answers{moved}")
