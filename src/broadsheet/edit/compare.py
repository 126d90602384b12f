"""What changed between two editions, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.model import Edition, Pick


def differences(old: Edition, new: Edition) -> tuple[str, ...]:
    """List what is different, the edition's own texts first, then story by story in the new one's order."""
    return (*_texts(old, new), *_stories(old, new))


def _texts(old: Edition, new: Edition) -> Iterator[str]:
    for name in ("subject", "preheader", "intro"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{name}: {before or '(none)'} -> {after or '(none)'}"
    if old.lead != new.lead:
        yield f"lead: {_headline(old, old.lead)} -> {_headline(new, new.lead)}"


def _stories(old: Edition, new: Edition) -> Iterator[str]:
    before, after = _places(old), _places(new)
    for story, (section, pick) in after.items():
        if story not in before:
            yield f"+ {section} {pick.position}: {pick.headline} ({story})"
            continue
        was, earlier = before[story]
        if was != section:
            yield f"> {was} {earlier.position} to {section} {pick.position}: {pick.headline} ({story})"
        elif earlier.position != pick.position:
            yield f"> {section} {earlier.position} to {pick.position}: {pick.headline} ({story})"
        for name in ("headline", "dek", "kicker", "category", "alt"):
            if getattr(earlier, name) != getattr(pick, name):
                yield f"~ {story} {name}: {getattr(earlier, name) or '(none)'} -> {getattr(pick, name) or '(none)'}"
    for story, (section, pick) in before.items():
        if story not in after:
            yield f"- {section} {pick.position}: {pick.headline} ({story})"


def _places(edition: Edition) -> dict[str, tuple[str, Pick]]:
    return {pick.story.id: (section.title, pick) for section in edition.sections for pick in section.picks}


def _headline(edition: Edition, story: str | None) -> str:
    return next((pick.headline for pick in edition.picks if pick.story.id == story), "(none)")
