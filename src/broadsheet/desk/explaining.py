"""Say why: for a story of any day, and for every story of an edition."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.desk.gathering import find_story
from broadsheet.desk.opening import Desk
from broadsheet.model import Explanation, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStory:
    """A story, and what each edition that looked at it made of it, the newest first."""

    story: Story
    explanations: tuple[Explanation, ...]


def explain_story(desk: Desk, story_id: str, publication: str | None = None) -> ExplainedStory:
    """Find out what the editions made of a story: of one publication, or of all.

    Raises EditionError when there is no such story.
    """
    story = find_story(desk, story_id)
    names = {line.id: line.publication for line in desk.store.editions.list()}
    explanations = desk.store.editions.explanations(story=story.id)
    return ExplainedStory(
        story=story,
        explanations=tuple(one for one in explanations if publication in (None, names[one.edition])),
    )


def explain_edition(desk: Desk, edition_id: str) -> tuple[Explanation, ...]:
    """List why each story that the edition's draft looked at does, or does not, stand in it."""
    return desk.store.editions.explanations(edition=edition_id)
