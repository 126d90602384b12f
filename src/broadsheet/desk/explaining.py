"""Say why: for a story of any day, and for every story of an edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from broadsheet.desk.assessing import last_out
from broadsheet.desk.gathering import find_story
from broadsheet.desk.opening import Desk
from broadsheet.edit.compare import differences
from broadsheet.model import Edition, Explanation, Revision, Story

Against = Literal["draft", "pick", "sent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStory:
    """A story, what each edition that looked at it made of it, the newest first, and what editors did with it."""

    story: Story
    explanations: tuple[Explanation, ...]
    revisions: tuple[Revision, ...] = ()


def explain_story(desk: Desk, story_id: str, publication: str | None = None) -> ExplainedStory:
    """Find out what the editions made of a story: of one publication, or of all.

    Raises EditionError when there is no such story.
    """
    story = find_story(desk, story_id)
    names = {line.id: line.publication for line in desk.store.editions.list()}
    explanations = desk.store.editions.explanations(story=story.id)
    told = tuple(one for one in explanations if publication in (None, names[one.edition]))
    log = desk.store.editions.revisions(story=story.id)
    return ExplainedStory(
        story=story, explanations=told,
        revisions=tuple(line for line in log if publication in (None, names.get(line.edition))),
    )  # fmt: skip


def explain_edition(desk: Desk, edition_id: str) -> tuple[Explanation, ...]:
    """List why each story that the edition's draft looked at does, or does not, stand in it."""
    return desk.store.editions.explanations(edition=edition_id)


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
