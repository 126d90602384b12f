"""What a publication says about its rendering: UTM rules on links, size, sponsors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pydantic import Field, field_validator, model_validator

from broadsheet.config.table import Table
from broadsheet.model import Edition, Image, Section

_PLACES = frozenset(("edition", "publication", "date", "section", "position"))


class Utm(Table):
    """`[publications.NAME.utm]`: parameters that story links carry. Places such as {edition} and {section} are filled.

    Empty ones are left out; a parameter that the link has already is never overwritten.
    """

    source: str = Field(default="", description="utm_source, as in: {publication}")
    medium: str = Field(default="", description="utm_medium, as in: email")
    campaign: str = Field(default="", description="utm_campaign, as in: {edition}")
    term: str = Field(default="", description="utm_term")
    content: str = Field(default="", description="utm_content, as in: {section}-{position}")

    @field_validator("source", "medium", "campaign", "term", "content")
    @classmethod
    def _known_places(cls, value: str) -> str:
        unknown = set(re.findall(r"\{([^}]*)\}", value)) - _PLACES
        if unknown or value.count("{") != value.count("}"):
            raise ValueError(f"expected only the places {', '.join('{' + place + '}' for place in sorted(_PLACES))}")
        return value

    def rule(self, edition: Edition, section: Section, position: int) -> Mapping[str, str]:
        """Give the parameters for one story's links."""
        given = {
            "source": self.source,
            "medium": self.medium,
            "campaign": self.campaign,
            "term": self.term,
            "content": self.content,
        }
        if not any(given.values()):
            return {}
        places = {
            "edition": edition.id,
            "publication": edition.publication,
            "date": edition.date.isoformat(),
            "section": re.sub(r"[^\w]+", "-", section.category.casefold()).strip("-"),
            "position": str(position),
        }
        return {f"utm_{name}": value.format(**places) for name, value in given.items() if value}


class SizeLimit(Table):
    """`[publications.NAME.size]`: how large the HTML may get, in bytes; `per_link` is what tracking adds to a link."""

    budget: int = Field(
        default=102_000, ge=10_000, description="bytes; an edition above it is shortened. Gmail cuts above 102,400"
    )
    per_link: int | None = Field(default=None, ge=0)

    def bytes_per_link(self, *, exported: bool) -> int:
        """Give the bytes to keep free for each link: as configured, else 100 where a platform sends the mail."""
        if self.per_link is not None:
            return self.per_link
        return 100 if exported else 0


class Sponsor(Table):
    """`[[publications.NAME.sponsors]]`: a paid part, printed with its label on the days from `starts` to `ends`."""

    name: str
    text: str = Field(description="printed beside the label")
    url: str = Field(description="where it leads")
    starts: date
    ends: date
    picture: str = Field(default="", description="its address")
    picture_width: int = Field(default=600, ge=1, description="pixels")
    picture_height: int = Field(default=200, ge=1, description="pixels")
    alt: str = Field(default="", description="what the picture says, for those who do not see it")

    @model_validator(mode="after")
    def _in_order(self) -> Sponsor:
        if self.ends < self.starts:
            raise ValueError("expected `ends` on or after `starts`")
        return self

    def runs_on(self, day: date) -> bool:
        """Tell whether the part is printed on a day; both ends count."""
        return self.starts <= day <= self.ends

    @property
    def shape(self) -> float:
        """Give the picture's ratio, width by height."""
        return self.picture_width / self.picture_height

    @property
    def image(self) -> Image | None:
        """Give the picture, or None."""
        if not self.picture:
            return None
        return Image(url=self.picture, width=self.picture_width, height=self.picture_height, alt=self.alt)
