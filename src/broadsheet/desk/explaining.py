"""Say why: for a story of any day, and for every story of an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from broadsheet.desk.assessing import known_at, last_out
from broadsheet.desk.gathering import find_story
from broadsheet.desk.opening import Desk
from broadsheet.edit.candidates import moment
from broadsheet.edit.compare import differences
from broadsheet.edit.standing import as_it_stands
from broadsheet.edit.undo import holding
from broadsheet.model import Edition, Explanation, Revision, Story

Against = Literal["draft", "pick", "sent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStory:
    """A story, what each edition that looked at it made of it, the newest first, and what editors did with it.

    `unseen` says why the newest edition of a publication did not look at it; `titles` names the stories that stand
    instead, by id.
    """

    story: Story
    explanations: tuple[Explanation, ...]
    revisions: tuple[Revision, ...] = ()
    unseen: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


def explain_story(desk: Desk, story_id: str, publication: str | None = None) -> ExplainedStory:
    """Find out what the editions made of a story: of one publication, or of all.

    Raises EditionError when there is no such story.
    """
    story = find_story(desk, story_id)
    lines = desk.store.editions.list()
    names = {line.id: line.publication for line in lines}
    told: list[Explanation] = []
    for one in desk.store.editions.explanations(story=story.id):
        if publication in (None, names[one.edition]):
            told += _now(desk, one.edition, [one])
    log = desk.store.editions.revisions(story=story.id)
    newest = {line.publication: line.id for line in reversed(lines) if publication in (None, line.publication)}
    seen = {one.edition for one in told}
    beside = {story for one in told for story in one.beaten_by}
    return ExplainedStory(
        story=story, explanations=tuple(told),
        revisions=tuple(line for line in log if publication in (None, names.get(line.edition))),
        unseen=tuple(filter(None, (_unseen(desk, story, last) for last in newest.values() if last not in seen))),
        titles={one: other.title for one in sorted(beside) if (other := desk.store.stories.get(one))},
    )  # fmt: skip


def explain_edition(desk: Desk, edition_id: str) -> tuple[Explanation, ...]:
    """List why each story that the edition's draft looked at does, or does not, stand in it now."""
    return _now(desk, edition_id, desk.store.editions.explanations(edition=edition_id))


def _now(desk: Desk, edition_id: str, explanations: Iterable[Explanation]) -> tuple[Explanation, ...]:
    edition = desk.store.editions.get(edition_id)
    log = holding(desk.store.editions.revisions(edition_id))
    return as_it_stands(explanations, edition, log) if edition and log else tuple(explanations)


def _unseen(desk: Desk, story: Story, edition_id: str) -> str:
    """Say why an edition's draft did not look at a story; '' where that cannot be told."""
    edition = desk.store.editions.get(edition_id)
    known = known_at(story)
    if edition is None or edition.window_to_at is None:
        return ""
    carried = {
        one.story: one.edition for one in desk.store.editions.carried(edition.publication, apart_from=edition_id)
    }
    if before := carried.get(story.id):
        return f"it is carried by {before}, and not printed again: {edition_id} did not look at it"
    if known >= edition.window_to_at:
        drafted = f"{edition_id} was drafted at {moment(edition.window_to_at)}"
        return f"it came in at {moment(known)}, and {drafted}: `broadsheet pick -p {edition.publication}` drafts anew"
    if edition.window_from_at and story.first_seen_at < edition.window_from_at:
        since = f"{edition_id} is made from what came in since {moment(edition.window_from_at)}"
        return (
            f"it came in at {moment(story.first_seen_at)}, and {since}, when the edition before it was drafted: pin it"
        )
    return ""


def titles_of(desk: Desk, explanations: Iterable[Explanation]) -> dict[str, str]:
    """Give the title of every story that is explained, by its id."""
    stories = (desk.store.stories.get(one.story) for one in explanations)
    return {story.id: story.title for story in stories if story}


def compare(desk: Desk, edition: Edition, against: Against = "draft") -> tuple[str, tuple[str, ...]]:
    """Compare an edition with the draft before its last change, as it was last picked, or with the last one sent.

    Gives what it was compared with ('' where there is nothing to compare with) and the differences in sentences.
    """
    other: Edition | None
    if against == "sent":
        other = last_out(desk, desk.config.publication(edition.publication), edition.date)
        name = other.id if other else ""
    elif against == "pick":
        drafted = desk.store.editions.drafted(edition.id)
        other, name = (drafted[0], "the draft as it was picked") if drafted else (None, "")
    else:
        other = desk.store.editions.last_draft(edition.id)
        name = "the draft before" if other else ""
    return name, differences(other, edition) if other else ()
