"""`[platforms.NAME]`: the account at a platform that drafts are pushed to."""

from __future__ import annotations

from pydantic import field_validator

from broadsheet.config.table import Table


class Account(Table):
    """An account. Its key never stands here: it is in an environment variable or a file.

    `list` is the audience, list or segment by its id; `sender` and `template` are ids, `user` is the API user, where a
    platform has them. `url` is the address of one's own installation. Without `key_env` and `key_file` the key is
    looked for in BROADSHEET_NAME_KEY.
    """

    url: str = ""
    user: str = ""
    list: str = ""
    sender: str = ""
    template: str = ""
    key_env: str = ""
    key_file: str = ""

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("expected an address that begins with https://")
        return value

    @field_validator("list", "template", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
