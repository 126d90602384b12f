"""`[publications.NAME.edit]`: how the day's stories are ranked and picked, beyond what each section says."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from broadsheet.config.table import Table


class SignalWeights(Table):
    """`[publications.NAME.edit.weights]`: how many points each signal can bring; 0 switches one off."""

    freshness: float = Field(default=3.0, ge=0, le=100, description="how new the story is")
    sources: float = Field(default=3.0, ge=0, le=100, description="how many sources report the event")
    source: float = Field(
        default=1.0, ge=0, le=100, description="times the logarithm (base 2) of the source's own `weight`, from -2 to 2"
    )
    position: float = Field(default=1.0, ge=0, le=100, description="how high it stood in its feed")
    completeness: float = Field(default=1.0, ge=0, le=100, description="half for a dek, half for a body of 150 words")
    picture: float = Field(default=0.5, ge=0, le=100, description="whether it has one")
    variety: float = Field(default=3.0, ge=0, le=100, description="taken off for likeness to a story above it")


class EditPolicy(Table):
    """What holds for the whole edition.

    `max_stories` and `per_source` are caps on the edition, 0 for none. `min_stories` is what makes a day thin:
    `when_thin` then says to skip the edition (its stories roll over to the next), to send a short one, to fill sections
    beyond their `max`, or to ask an editor. `follow_ups` says what happens to further news of an event that went out:
    labelled an update where at least the share `enough_new` of it is new (0 to 1), skipped, or repeated like any other.
    `max_age_hours` shuts out what was published so long before the newest story at hand; undated stories have no age.
    """

    max_stories: int = Field(default=0, ge=0)
    min_stories: int = Field(default=1, ge=0)
    when_thin: Literal["skip", "short", "fill", "ask"] = "skip"
    per_source: int = Field(default=0, ge=0)
    follow_ups: Literal["update", "skip", "repeat"] = "update"
    enough_new: float = Field(default=0.6, ge=0, le=1)
    lead: Literal["best", "first"] = Field(
        default="best", description="the story with the most points, or the first of the first section"
    )
    languages: tuple[str, ...] = Field(
        default=(),
        description="tags such as `en`: stories in others are shut out; none is shut out where it is not set",
    )
    max_age_hours: float = Field(default=168, ge=0, description="0 for no limit")
    half_life_hours: float = Field(default=12, gt=0, description="after so long, freshness brings half its points")
    dek_length: int = Field(
        default=300, ge=0, description="characters; a longer dek ends with its last whole sentence before that"
    )
    weights: SignalWeights = SignalWeights()
