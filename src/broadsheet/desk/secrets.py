"""Read what nobody else may know, such as a password or a platform's key, from where broadsheet.toml says that it is.

It is in an environment variable, in a file of its own, or in the system's keyring, under the service `broadsheet`. It
is handed to the one who needs it and kept nowhere; no message of an error holds it.
"""

from __future__ import annotations

import os

from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError

SERVICE = "broadsheet"


def read_secret(desk: Desk, key: str, *, env: str = "", file: str = "", keyring: str = "") -> str:
    """Read a secret from the one place that is named; `key` is how its fields begin, as in `smtp.password`.

    Ends of lines around it do not count. Raises ConfigError when it is not there, is empty, or cannot be read.
    """
    if keyring:
        return _checked(_from_keyring(key, keyring), f"{key}_keyring", f"the keyring's entry {SERVICE} {keyring}")
    if file:
        path = desk.folder / file
        try:
            found = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ConfigError(f"the file {path} cannot be read: {reason}", key=f"{key}_file") from None
        return _checked(found, f"{key}_file", f"the file {path}")
    if env not in os.environ:
        raise ConfigError(
            f"the variable {env} is not set",
            key=f"{key}_env",
            advice=f"Set it where the command is started, or name {_field(key)}_file or {_field(key)}_keyring instead.",
        )
    return _checked(os.environ[env], f"{key}_env", f"the variable {env}")


def _from_keyring(key: str, name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise ConfigError(
            "reading the system's keyring needs an extra package",
            key=f"{key}_keyring",
            advice="Install it: pip install 'broadsheet[keyring]'",
        ) from None
    try:
        found = keyring.get_password(SERVICE, name)
    except (KeyringError, OSError) as error:
        raise ConfigError(
            f"the system's keyring cannot be read ({type(error).__name__})",
            key=f"{key}_keyring",
            advice=f"Unlock it; or, on a server without one, name {_field(key)}_env or {_field(key)}_file instead.",
        ) from None
    if found is None:
        raise ConfigError(
            f"the keyring has no entry {SERVICE} {name}",
            key=f"{key}_keyring",
            advice=f"Put it there: keyring set {SERVICE} {name}",
        )
    return found


def _checked(found: str, key: str, where: str) -> str:
    found = found.strip("\r\n")
    if not found.strip():
        raise ConfigError(f"{where} is empty", key=key)
    if any(ord(character) < 32 or ord(character) == 127 for character in found):
        raise ConfigError(
            f"{where} holds more than one line, or control characters: expected the secret alone", key=key
        )
    return found


def _field(key: str) -> str:
    return key.rpartition(".")[2]
