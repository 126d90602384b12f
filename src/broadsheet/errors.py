"""One family of errors.

BroadsheetError
├── ConfigError          broadsheet.toml or a command's arguments (file, key, line, what was expected)
├── SourceError          one source could not be read; a value inside a gather run, not a crash
├── EditionError         an edition is not in the state that was asked of it
│   ├── ApprovalMissing  it must be approved first
│   ├── SentElsewhere    it was handed to another way of sending
│   └── EditionChanged   it is not any more what somebody was looking at
├── RenderError          a theme or the engine refused (theme, file, line)
├── CheckFailed          a finding blocks
├── ExportError          a platform cannot express what was asked, or refuses it
│   └── PlatformBusy     the platform is silent, out of order or asks to come later
├── AudienceError        a subscriber file or address (file, row, column)
├── DeliveryError        a whole send, never one recipient: that is an Outcome
│   └── LeaseHeld        another process is sending
└── StoreError           the database
    ├── StoreBusy        locked for too long by another process
    ├── StoreTooNew      written by a later version
    └── StoreCorrupt     not a database, or damaged

Each error says what happened and where; `advice` says what to type next. `exit_code` is the process's answer.
"""

from __future__ import annotations

from typing import Self


class BroadsheetError(Exception):
    """Carry a sentence for a person, the next thing to type, and an exit code."""

    exit_code = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class ConfigError(BroadsheetError):
    """Report a fault in the configuration: where it stands and what was expected there."""

    exit_code = 2

    def __init__(
        self, message: str, *, file: str = "", key: str = "", line: int | None = None, advice: str = ""
    ) -> None:
        place = ":".join(part for part in (file, str(line) if line else "") if part)
        text = ": ".join(part for part in (place, key, message) if part)
        super().__init__(text, advice=advice)
        self.file, self.key, self.line = file, key, line


class SourceError(BroadsheetError):
    """Say why one source, file or item gave nothing. Gathering carries it as a value; the other sources go on."""

    def __init__(self, message: str, *, source: str = "", place: str = "", advice: str = "") -> None:
        super().__init__(": ".join(part for part in (place or source, message) if part), advice=advice)
        self.source, self.place, self.reason = source, place, message

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes whole."""
        return _source_error, (self.reason, self.source, self.place, self.advice)

    def as_value(self) -> Self:
        """Give the error as a value to keep: without the frames it came through, which hold whole documents."""
        self.__context__ = None
        return self.with_traceback(None)


def _source_error(message: str, source: str, place: str, advice: str) -> SourceError:
    return SourceError(message, source=source, place=place, advice=advice)


class EditionError(BroadsheetError):
    """Say that an edition does not exist or is not in a state that allows what was asked."""


class ApprovalMissing(EditionError):
    """Say that the edition must be approved before this can be done."""

    exit_code = 3


class SentElsewhere(EditionError):
    """Say that the edition was handed to another way of sending, and that a person must say if both are meant."""

    exit_code = 3


class EditionChanged(EditionError):
    """Say that somebody changed the edition since it was looked at; what was asked is not done."""


class RenderError(BroadsheetError):
    """Say which theme, file and line failed, and at which story."""

    def __init__(
        self,
        message: str,
        *,
        theme: str = "",
        file: str = "",
        line: int | None = None,
        story: str = "",
        advice: str = "",
    ) -> None:
        place = ":".join(part for part in (file, str(line) if line else "") if part)
        parts = (f"theme {theme}" if theme else "", place, f"story {story}" if story else "", message)
        super().__init__(": ".join(part for part in parts if part), advice=advice)
        self.theme, self.file, self.line, self.story = theme, file, line, story


class CheckFailed(BroadsheetError):
    """Say that at least one finding blocks the edition."""

    exit_code = 3


class ExportError(BroadsheetError):
    """Say what a platform cannot express, naming platform and slot."""

    def __init__(self, message: str, *, platform: str = "", slot: str = "", advice: str = "") -> None:
        super().__init__(": ".join(part for part in (platform, slot, message) if part), advice=advice)
        self.platform, self.slot = platform, slot


class PlatformBusy(ExportError):
    """Say that a platform must be asked again later; nothing is made twice by doing so."""

    exit_code = 75


class AudienceError(BroadsheetError):
    """Say which file, row and column of a subscriber list is wrong."""

    def __init__(
        self, message: str, *, file: str = "", row: int | None = None, column: str = "", advice: str = ""
    ) -> None:
        place = ":".join(part for part in (file, str(row) if row else "") if part)
        super().__init__(": ".join(part for part in (place, column, message) if part), advice=advice)
        self.file, self.row, self.column = file, row, column


class DeliveryError(BroadsheetError):
    """Stop a whole send: the relay is down, the login or the sender is refused."""


class LeaseHeld(DeliveryError):
    """Say who is sending at this moment."""

    exit_code = 75


class StoreError(BroadsheetError):
    """Report a fault of the database."""


class StoreBusy(StoreError):
    """Say that another process kept the database locked for too long."""

    exit_code = 75


class StoreTooNew(StoreError):
    """Say that a later version of broadsheet wrote this database."""


class StoreCorrupt(StoreError):
    """Say that the file is no database, or a damaged one."""
