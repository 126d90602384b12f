"""The base of every configuration table: frozen, typed, and closed to unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of broadsheet.toml. Unknown keys are refused; values are frozen once read."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, validate_default=False, defer_build=True
    )
