"""What an examination says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How an examination ended."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Diagnosis:
    """What was examined, how it is, and the fix to type."""

    subject: str
    health: Health
    message: str
    advice: str = ""
