"""`[platforms.NAME]`: a platform that editions are exported to, and the account that drafts are pushed to."""

from __future__ import annotations

from pydantic import Field, field_validator

from broadsheet.config.table import Table


class Account(Table):
    """What was decided about a platform, and the account there that drafts are pushed to.

    The key never stands here: it is in an environment variable, a file or the system's keyring (service `broadsheet`);
    where none is named it is looked for in the variable BROADSHEET_NAME_KEY. `list` is the audience, list or segment by
    its id; `sender`, `template` and `group` (of those who unsubscribe) are ids, `user` is the API user, where a
    platform has them. `url` is the address of one's own installation. `drop`, `words` and `fallback` hold for every
    export: slots whose block is left out, slots that get fixed words, and what is printed where a reader's first name
    is unknown. `sections` name, for a category, the platform's field that is filled for readers of that section; `not
    FIELD` is for all others.
    """

    url: str = ""
    user: str = ""
    list: str = ""
    sender: str = ""
    template: str = ""
    group: str = ""
    key_env: str = Field(default="", description="the variable that holds the key")
    key_file: str = Field(default="", description="the file that holds the key")
    key_keyring: str = Field(default="", description="its name in the keyring")
    drop: tuple[str, ...] = ()
    words: dict[str, str] = Field(default_factory=dict)
    fallback: str = ""
    sections: dict[str, str] = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("expected an address that begins with https://")
        return value

    @field_validator("list", "sender", "template", "group", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
