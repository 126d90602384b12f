"""`[sources.NAME]`: where stories come from; `[gathering]`: how they are fetched."""

from __future__ import annotations

import difflib
from typing import Literal

from pydantic import Field, field_validator, model_validator

from broadsheet.config.table import Table

# The parts of a story that `columns` can map: ours = theirs.
COLUMNS = (
    "title", "url", "guid", "dek", "body", "authors", "publisher", "categories", "section", "language", "image",
    "published_at", "updated_at", "embargo_at", "expires_at",
)  # fmt: skip
Format = Literal["auto", "feed", "wire", "markdown", "csv", "json", "jsonl"]


class Source(Table):
    """One place that stories come from: a feed's `url`, or a file or folder by `path` (relative to the project)."""

    name: str = ""
    url: str | None = None
    path: str | None = None
    format: Format = Field(default="auto", description="told by its name and content where it is `auto`")
    publisher: str = Field(default="", description="who is credited; else what its stories or its address say")
    category: str = Field(default="", description="goes before those that its stories name")
    language: str = Field(default="", description="holds for all its stories, whatever they say")
    weight: float = Field(default=1.0, ge=0, le=100, description="2 counts a source twice as much as usual, 0.5 half")
    required: bool = Field(default=False, description="hold the edition while it fails")
    columns: dict[str, str] = Field(
        default_factory=dict, description='names of fields, ours = theirs, as in: title = "Headline (EN)"'
    )

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if name not in COLUMNS:
                close = difflib.get_close_matches(name, COLUMNS, n=1)
                hint = f"; did you mean `{close[0]}`?" if close else ""
                raise ValueError(f"no part of a story is called {name!r}: expected one of {', '.join(COLUMNS)}{hint}")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if (self.url is None) == (self.path is None):
            raise ValueError("expected exactly one of `url` and `path`")
        return self


class Gathering(Table):
    """How sources are fetched. `allow_hosts` names hosts that may be private or local: your own servers."""

    allow_hosts: tuple[str, ...] = ()
    timeout: float = Field(default=20.0, gt=0, le=300, description="seconds for one address, from first to last byte")
    connections: int = Field(default=64, ge=1, le=200, description="hosts asked at the same time")
    spacing: float = Field(default=0.5, ge=0, le=60, description="seconds between two requests to one host")
    enrich: bool = Field(default=False, description="read the pages of new stories that lack a picture or a dek")
