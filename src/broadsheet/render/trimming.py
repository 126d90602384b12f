"""Make an edition fit: the lowest-ranked stories shorten first, then move to "more on the web", and it is said which.

Gmail cuts a message whose HTML is over about 102,400 bytes and hides the rest, the unsubscribe link with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from broadsheet.config import Publication
from broadsheet.render.cleaning import shorten
from broadsheet.render.themes import Layout
from broadsheet.render.views import EditionView, SectionView, Size, StoryView, resize
from broadsheet.slots import Slot, open_slots

LONGEST_VALUE = {True: 240, False: 64}  # what a slot is filled with at most, in bytes: an address, a name
_LONGER = {slot: max(0, LONGEST_VALUE[slot.is_url] - len(slot.token)) for slot in Slot}
_LINK = re.compile(r'<a [^>]*href="http')


@dataclass(frozen=True)
class Trimmed:
    """What was done to which stories, by headline."""

    shortened: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def notes(self, budget: int) -> tuple[str, ...]:
        """Say it in words for the editor."""
        done = (
            (self.shortened, "shortened"),
            (self.moved, "moved to “more on the web”"),
            (self.left_out, "left out"),
        )
        return tuple(
            f"to fit {budget:,} bytes, {_counted(headlines)} {what}: {'; '.join(shorten(h, 60) for h in headlines)}"
            for headlines, what in done
            if headlines
        )


def weigh(html: str, publication: Publication) -> int:
    """Count the bytes that reach a reader: slots at their longest, links as long as a platform may make them."""
    exported = publication.then == "export" or bool(publication.export_for)
    size = len(html.encode()) + sum(_LONGER[slot] for slot in open_slots(html))
    per_link = publication.size.bytes_per_link(exported=exported)
    return size + per_link * len(_LINK.findall(html)) if per_link else size


def fit(
    view: EditionView, layout: Layout, budget: int, size_of: Callable[[EditionView], int]
) -> tuple[EditionView, Trimmed]:
    """Take the fewest steps after which an edition that is too large fits.

    One step is done to one story, the lowest-ranked first: each is shortened before any is moved, each is moved before
    any is left out. The lead stays. More steps never make an edition larger, so the fewest are found by halving.
    """
    ranked = _lowest_first(view)
    steps = [(size, story) for size in (Size.SHORT, Size.WEB, None) for story in ranked]
    low, high = 1, len(steps)
    while low < high:
        middle = (low + high) // 2
        if size_of(_after(view, steps[:middle], layout)) <= budget:
            high = middle
        else:
            low = middle + 1
    taken = {story.id: size for size, story in steps[:high]}
    order = view.stories
    return _after(view, steps[:high], layout), Trimmed(
        shortened=tuple(story.headline for story in order if taken.get(story.id, story) is Size.SHORT),
        moved=tuple(story.headline for story in order if taken.get(story.id, story) is Size.WEB),
        left_out=tuple(story.headline for story in order if taken.get(story.id, story) is None),
    )


def _lowest_first(view: EditionView) -> list[StoryView]:
    stories = [story for section in view.sections for story in section.stories]
    placed = list(enumerate(stories))
    placed.sort(key=lambda entry: (entry[1].score, -entry[0]))
    return [story for _, story in placed]


def _after(view: EditionView, steps: Iterable[tuple[Size | None, StoryView]], layout: Layout) -> EditionView:
    sizes = {story.id: size for size, story in steps}
    sections: list[SectionView] = []
    more: list[StoryView] = []
    for section in view.sections:
        kept: list[StoryView] = []
        for story in section.stories:
            size = sizes.get(story.id, story)
            if size is story:
                kept.append(story)
            elif size is Size.SHORT:
                kept.append(story if section.numbered else resize(story, Size.SHORT, layout))
            elif size is Size.WEB:
                more.append(resize(story, Size.WEB, layout))
        if kept:
            sections.append(replace(section, stories=tuple(kept)))
    return replace(view, sections=tuple(sections), more=tuple(more))


def _counted(headlines: tuple[str, ...]) -> str:
    return "one story was" if len(headlines) == 1 else f"{len(headlines)} stories were"
