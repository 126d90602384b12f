"""Who may log in to a shared preview: names and passwords from the environment, as editors or as viewers."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from broadsheet.errors import ConfigError

EDITORS, VIEWERS = "BROADSHEET_PREVIEW_EDITORS", "BROADSHEET_PREVIEW_VIEWERS"
SHORTEST = 12


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may log in."""

    name: str
    is_editor: bool


class Accounts:
    """Names and their passwords, of which only keyed digests are kept."""

    def __init__(self, passwords: Mapping[Account, str]) -> None:
        self._key = secrets.token_bytes(32)
        self._accounts = {account: self._digest(password) for account, password in passwords.items()}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Accounts:
        """Read `name:password` pairs, one a line or parted by ";", from the two variables. Raises ConfigError."""
        found: dict[Account, str] = {}
        for variable, is_editor in ((EDITORS, True), (VIEWERS, False)):
            for pair in environment.get(variable, "").replace("\n", ";").split(";"):
                if not pair.strip():
                    continue
                name, _, password = pair.strip().partition(":")
                name = name.strip()
                if not name or len(password) < SHORTEST:
                    raise ConfigError(
                        f"expected NAME:PASSWORD with a password of at least {SHORTEST} characters"
                        + (f" for {name!r}" if name else ""),
                        key=variable, advice="Several are parted by `;`.",
                    )  # fmt: skip
                if any(name.casefold() == known.name.casefold() for known in found):
                    raise ConfigError(f"{name!r} is named twice", key=variable)
                found[Account(name, is_editor)] = password
        if not any(account.is_editor for account in found):
            raise ConfigError(
                "a shared preview needs somebody who may log in", key=EDITORS,
                advice=f"Set it for this command: {EDITORS}='robin:a long password;ada:another one'",
            )  # fmt: skip
        return cls(found)

    def find(self, name: str, password: str) -> Account | None:
        """Find who this is. Takes as long for a name that nobody has."""
        digest, match = self._digest(password), None
        for account, known in self._accounts.items():
            fits = compare_digest(digest, known)
            if fits and account.name.casefold() == name.strip().casefold():
                match = account
        return match

    def called(self, name: str) -> Account | None:
        """Find an account by its exact name."""
        return next((account for account in self._accounts if account.name == name), None)

    def _digest(self, password: str) -> bytes:
        return hashlib.blake2b(password.encode("utf-8", "replace"), key=self._key).digest()
