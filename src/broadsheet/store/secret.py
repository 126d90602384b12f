"""The project's secret: the file `secret.key` beside the database, or BROADSHEET_SECRET.

One secret a line, oldest first. The last one signs; all verify, so a new line rotates the key of signed links without
breaking old ones. The first one makes the hashes of suppressed addresses, so it must stay.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from broadsheet.errors import ConfigError

FILE_NAME = "secret.key"
VARIABLE = "BROADSHEET_SECRET"
SHORTEST = 16


def read_secrets(folder: Path) -> tuple[str, ...]:
    """Read the secrets, made at first use with a mode that only the owner can read. Raises ConfigError."""
    text = os.environ.get(VARIABLE, "")
    place = VARIABLE
    if not text:
        file = folder / FILE_NAME
        place = str(file)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        except OSError as error:
            raise ConfigError(f"cannot be written: {error.strerror}", file=place) from None
        else:
            with os.fdopen(handle, "w", encoding="ascii") as new:
                new.write(secrets.token_urlsafe(32) + "\n")
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot be read: {error}", file=place) from None
    found = tuple(text.split())
    if not found or any(len(secret) < SHORTEST for secret in found):
        raise ConfigError(
            f"expected secrets of at least {SHORTEST} characters, one a line",
            file=place,
            advice=f"Remove {FILE_NAME} to have one made, or write: openssl rand -hex 32",
        )
    return found
