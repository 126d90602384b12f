"""`[bounces]`: the mailbox that takes what comes back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from broadsheet.config.table import Table


class Bounces(Table):
    """A Maildir or mbox by its path, or an IMAP mailbox. The password itself never stands here."""

    path: str = Field(default="", description="a Maildir or an mbox")
    host: str = Field(default="", description="the IMAP server")
    port: int = Field(default=993, ge=1, le=65535, description="993 is usual with `tls`")
    security: Literal["tls", "none"] = Field(default="tls", description="`none` is for this machine alone")
    user: str = Field(default="", description="to log in by")
    password_env: str = Field(default="", description="the variable that holds the password")
    password_file: str = Field(default="", description="the file that holds the password")
    password_keyring: str = Field(default="", description="its name in the system's keyring, service `broadsheet`")
    folder: str = "INBOX"

    @model_validator(mode="after")
    def _one_place(self) -> Bounces:
        if bool(self.path) is bool(self.host):
            raise ValueError("expected either `path` (a Maildir or an mbox) or `host` (IMAP)")
        if self.host and not (self.user and (self.password_env or self.password_file or self.password_keyring)):
            raise ValueError(
                "expected `user`, and `password_env`, `password_file` or `password_keyring` to say where the "
                "password is"
            )
        if self.host and self.security == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a login over an open connection would show the password: expected security = 'tls'")
        return self
