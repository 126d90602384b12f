"""Events: the tellings of one thing, gathered from the day's candidates, and which of them is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from broadsheet.edit.candidates import Candidate, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: the telling to print, the others, and its categories: the telling's own, else what others agree on.

    `update_of` is the edition that printed an earlier telling, `news` what is told since then, in words.
    """

    telling: Candidate
    others: tuple[Candidate, ...] = ()
    categories: tuple[str, ...] = ()
    update_of: str = ""
    news: str = ""

    @property
    def id(self) -> str:
        """Give the printed story's id: an event stands in an edition under it."""
        return self.telling.story.id

    @property
    def tellings(self) -> tuple[Candidate, ...]:
        """List every telling, the printed one first."""
        return (self.telling, *self.others)


def events_among(
    candidates: Sequence[Candidate], keys: Mapping[str, tuple[str, str]], *, preferred: Iterable[str] = ()
) -> list[Event]:
    """Gather tellings by cluster, address and title; `keys` gives the latter two of each story.

    `preferred` are stories that must be the printed ones. Two preferred tellings of one event both stand: an editor
    wanted both.
    """
    wanted = set(preferred)
    leader: dict[str, str] = {}  # a disjoint-set forest over keys

    def root(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for candidate in candidates:
        story = candidate.story
        first = root(f"story {story.id}")
        url, title = keys[story.id]
        for kind, key in (("event", candidate.cluster), ("page", url), ("title", title)):
            if key:
                leader[root(f"{kind} {key}")] = first
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(root(f"story {candidate.story.id}"), []).append(candidate)
    events = []
    for group in groups.values():
        group.sort(key=_merit)
        printed = [one for one in group if one.story.id in wanted] or group[:1]
        others = tuple(one for one in group if one not in printed)
        for number, telling in enumerate(printed):
            categories = telling.categories or _agreed(group)
            events.append(Event(telling=telling, others=() if number else others, categories=categories))
    return events


def _agreed(group: Sequence[Candidate]) -> tuple[str, ...]:
    """List the categories that at least half of an event's tellings have, the commonest first."""
    counts = Counter(category for one in group for category in one.categories)
    agreed = [(-count, category) for category, count in counts.items() if 2 * count >= len(group)]
    return tuple(category for _, category in sorted(agreed))


def independent_sources(event: Event) -> int:
    """Count who reports an event, each publisher once."""
    return len({(one.story.publisher or one.story.source).casefold() for one in event.tellings})


def completeness(candidate: Candidate) -> float:
    """Say how much of a story is there, 0 to 1: half for a dek, half for a body of 150 words."""
    story = candidate.story
    words = sum(paragraph.count(" ") + 1 for paragraph in story.body)
    return (0.5 if story.dek else 0.0) + 0.5 * min(1.0, words / 150)


def printed_because(event: Event, other: Candidate) -> str:
    """Say why an event's printed telling is printed, and not another one of it."""
    ours, theirs = event.telling, other
    if _merit(theirs) < _merit(ours):
        return "it was chosen for what it brings" if event.update_of else "an editor chose it"
    if theirs.weight != ours.weight:
        return f"its source weighs {ours.weight:g}, and this one's {theirs.weight:g}"
    whole, less = (round(completeness(one), 1) for one in (ours, theirs))
    if whole != less:
        return f"it is {whole:.0%} complete, and this {less:.0%}"
    if (ours.story.image is None) != (theirs.story.image is None):
        return "it has a picture"
    if ours.story.published_at != theirs.story.published_at:
        return f"it came first, at {moment(ours.story.published_at)}, and this at {moment(theirs.story.published_at)}"
    return "they are equals, and their ids decide"


def _merit(candidate: Candidate) -> tuple[object, ...]:
    """Order tellings: preferred source, completeness, picture, first to report; the id settles the rest."""
    story = candidate.story
    return (
        -candidate.weight,
        -round(completeness(candidate), 1),
        story.image is None,
        story.published_at,
        story.id,
    )
