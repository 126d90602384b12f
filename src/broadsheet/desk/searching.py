"""Search all stories that an edition could carry: what came since its window began, whether it was picked or not."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from broadsheet.desk.opening import Desk
from broadsheet.model import Edition, Fate, Story

MOST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A story that was searched for: where it stands, or with which pick it is told, or why it does not stand."""

    story: Story
    section: str = ""
    position: int = 0
    told_with: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search found: the best first, at most MOST of `total`."""

    found: tuple[Found, ...]
    total: int


def search(desk: Desk, edition: Edition, words: str) -> Search:
    """Find the stories that hold every word, in title, dek, text, authors, source or id; case and accents do not count.

    Stories with the words in their title come first, then the newest. Without words, all stories are found.
    """
    wanted = _folded(words).split()
    ranked = []
    for story in desk.store.stories.between(edition.window_from_at, desk.now() + timedelta(microseconds=1)):
        title = _folded(story.title)
        if any(word not in title for word in wanted):
            all_text = _folded(" ".join((
                story.title, story.dek, *story.body, story.publisher, story.source, *story.authors, *story.categories,
                story.id,
            )))  # fmt: skip
            if any(word not in all_text for word in wanted):
                continue
        misses = sum(word not in title for word in wanted)
        ranked.append((misses, -story.published_at.timestamp(), story.id, story))
    ranked.sort(key=lambda one: one[:3])
    return Search(found=tuple(_found(desk, edition, one[3]) for one in ranked[:MOST]), total=len(ranked))


def _found(desk: Desk, edition: Edition, story: Story) -> Found:
    for section in edition.sections:
        for pick in section.picks:
            if pick.story.id == story.id:
                return Found(story=story, section=section.title, position=pick.position)
            if any(other.id == story.id for other in pick.also_reported_by):
                return Found(story=story, section=section.title, told_with=pick.headline)
    why = next(iter(desk.store.editions.explanations(edition=edition.id, story=story.id)), None)
    if why is None or why.fate in (Fate.PICKED, Fate.ALSO_REPORTED):
        return Found(story=story)
    return Found(story=story, section=why.section, reason=why.reason)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
