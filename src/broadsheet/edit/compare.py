"""What changed between two editions, in sentences."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence

from broadsheet.model import Edition, Pick, Story

WORDS = ("headline", "dek", "kicker", "category", "alt")


def differences(old: Edition, new: Edition) -> tuple[str, ...]:
    """List what is different, the edition's own texts first, then story by story in the new one's order.

    A story has moved where it stands otherwise among those that both editions have in its section, by the fewest moves
    that explain the new order: who only moved up because another went out has not.
    """
    return (*_texts(old, new), *_stories(old, new))


def longest_in_order(places: Sequence[int]) -> set[int]:
    """Find a longest rising run among distinct places: those stories need not move."""
    ends: list[int] = []
    runs: list[list[int]] = []
    for place in places:
        at = bisect.bisect_left(ends, place)
        run = [*(runs[at - 1] if at else []), place]
        if at == len(ends):
            ends.append(place)
            runs.append(run)
        else:
            ends[at], runs[at] = place, run
    return set(runs[-1]) if runs else set()


def _texts(old: Edition, new: Edition) -> Iterator[str]:
    for name in ("subject", "preheader", "intro"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{name}: {before or '(none)'} -> {after or '(none)'}"
    if old.lead != new.lead:
        yield f"lead: {_headline(old, old.lead)} -> {_headline(new, new.lead)}"


def _stories(old: Edition, new: Edition) -> Iterator[str]:
    before, after = _places(old), _places(new)
    moved = set(_moved(before, after))
    for story, (section, pick) in after.items():
        here = f"{section} {pick.position}"
        if story not in before:
            yield f"+ {here}: {_named(pick)}"
            continue
        was, earlier = before[story]
        if was != section:
            yield f"> {was} {earlier.position} to {here}: {_named(pick)}"
        elif story in moved:
            yield f"> {section} {earlier.position} to {pick.position}: {_named(pick)}"
        for name, told, tells in _words(earlier, pick):
            yield f"~ {here}: {_named(pick)}, {name}: {told or '(none)'} -> {tells or '(none)'}"
    for story, (section, pick) in before.items():
        if story not in after:
            yield f"- {section} {pick.position}: {_named(pick)}"


def _moved(before: dict[str, tuple[str, Pick]], after: dict[str, tuple[str, Pick]]) -> Iterator[str]:
    """Name the stories that stand in the section they stood in, but in another order among those who do."""
    stayed: dict[str, list[str]] = {}
    for story, (section, _) in after.items():
        if story in before and before[story][0] == section:
            stayed.setdefault(section, []).append(story)
    for stories in stayed.values():
        # Read from the end: of two that changed places, the one that went down has moved.
        settled = longest_in_order([-before[story][1].position for story in reversed(stories)])
        yield from (story for story in stories if -before[story][1].position not in settled)


def _words(earlier: Pick, pick: Pick) -> Iterator[tuple[str, str, str]]:
    """List what a story is printed with that was otherwise: the name of it, what it was, and what it is."""
    for name in WORDS:
        told, tells = getattr(earlier, name), getattr(pick, name)
        if told != tells:
            yield name, told, tells
    if earlier.is_update != pick.is_update:
        yield "label", "Update" if earlier.is_update else "", "Update" if pick.is_update else ""
    told, tells = _publishers(earlier.also_reported_by), _publishers(pick.also_reported_by)
    if told != tells:
        yield "also reported by", told, tells


def _publishers(stories: Iterable[Story]) -> str:
    return ", ".join(dict.fromkeys(story.publisher or story.source for story in stories))


def _places(edition: Edition) -> dict[str, tuple[str, Pick]]:
    return {pick.story.id: (section.title, pick) for section in edition.sections for pick in section.picks}


def _named(pick: Pick) -> str:
    return f"{pick.headline} ({pick.story.id})"


def _headline(edition: Edition, story: str | None) -> str:
    return next((pick.headline for pick in edition.picks if pick.story.id == story), "(none)")
