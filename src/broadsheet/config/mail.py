"""`[smtp]`: the relay that takes our mail. Without it, mail goes to a Maildir in the project."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from broadsheet.config.table import Table


class DkimKey(Table):
    """A key to sign with. `domain` is the sender's where it is left out; `key_file` holds the private key (PEM)."""

    selector: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="the name before `._domainkey` in the DNS record (RFC 6376)",
    )
    key_file: str
    domain: str = ""


class Limits(Table):
    """How much may be attempted within any second, minute, hour and day; 0 is no limit."""

    per_second: int = Field(default=0, ge=0, description="0 is no limit")
    per_minute: int = Field(default=0, ge=0, description="0 is no limit")
    per_hour: int = Field(default=0, ge=0, description="0 is no limit")
    per_day: int = Field(default=0, ge=0, description="no 24 hours see more; what is beyond it waits for the next run")

    @property
    def by_seconds(self) -> dict[int, int]:
        """Give the limits that are set, by their length in seconds."""
        every = {1: self.per_second, 60: self.per_minute, 3600: self.per_hour, 86400: self.per_day}
        return {length: limit for length, limit in every.items() if limit}


class Provider(Limits):
    """`[providers.NAME]`: limits for one mailbox provider, counted over all its domains.

    Known names (gmail, microsoft, yahoo, apple, gmx and more) bring their domains along; `domains` adds to them, or
    makes a provider of your own. A name that is a domain needs none.
    """

    domains: tuple[str, ...] = ()


class Warmup(Table):
    """The first days of a new account: how many may leave by it on the first day, the second, and so on (UTC).

    The readers who confirmed most recently come first, then those whose consent was imported. It ends by itself.
    """

    start: date = Field(description="the first day")
    allowances: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(500, 1000, 2000, 4000, 8000, 16000, 32000, 64000),
        min_length=1,
        description="messages on the first day, the second ...",
    )


class Relay(Limits):
    """A relay and how to log in there."""

    name: str = Field(default="", description="what the ledger calls it; its host where it has none")
    host: str = Field(description="its name or address")
    port: int = Field(default=587, ge=1, le=65535, description="465 is usual with `tls`")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="`starttls` and `tls` check the certificate; with `none`, logins are for this machine only",
    )
    user: str = Field(default="", description="to log in by, if it asks for that")
    password_env: str = Field(default="", description="the variable that holds the password")
    password_file: str = Field(default="", description="the file that holds the password")
    password_keyring: str = Field(
        default="", description="the name under which the system's keyring keeps it, for the service `broadsheet`"
    )
    connections: int = Field(default=4, ge=1, le=100, description="open at the same time")
    timeout: float = Field(default=60.0, gt=0, description="seconds without an answer before a connection is given up")
    answer_timeout: float = Field(
        default=600.0, gt=0, description="seconds to wait for the answer to a whole message (RFC 5321: ten minutes)"
    )
    messages_per_connection: int = Field(default=100, ge=1, description="then a new one is opened")
    authority: str = Field(default="", description="a file of certificates to trust instead of the system's")
    warmup: Warmup | None = None

    @property
    def called(self) -> str:
        """Name it in the ledger, without a secret in it."""
        place = f"smtp:{self.host}:{self.port}"
        return f"{self.name}, {place}" if self.name else place

    @model_validator(mode="after")
    def _login(self) -> Relay:
        if self.user and not (self.password_env or self.password_file or self.password_keyring):
            raise ValueError(
                "`user` is set: expected `password_env`, `password_file` or `password_keyring` to say where the "
                "password is"
            )
        if self.user and self.security == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a login over an open connection would show the password: expected security = 'starttls'")
        return self


class Smtp(Relay):
    """A relay. The password itself never stands here: name an environment variable, a file or the keyring's entry.

    `accounts` are further relays, in order: each takes over what the limits of those before it leave, or while they are
    down. `suppress_after` says in how many editions in a row an address must be refused for good as no mailbox (5.1.1,
    5.1.6, 5.1.10, 5.2.1) before it is suppressed; 0 suppresses none.
    """

    bounce_address: str = Field(
        default="", description="the envelope sender; `{tag}` in it becomes a signed tag for each message"
    )

    dkim: tuple[DkimKey, ...] = Field(default=(), description="keys to sign with; none where the relay signs")
    accounts: tuple[Relay, ...] = ()
    suppress_after: int = Field(default=1, ge=0)

    @property
    def relays(self) -> tuple[Relay, ...]:
        """List the accounts in their order."""
        return (self, *self.accounts)

    @field_validator("bounce_address")
    @classmethod
    def _envelope_sender(cls, value: str) -> str:
        if value and not re.fullmatch(
            r"[A-Za-z0-9._+=-]*(\{tag\})?[A-Za-z0-9._+=-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", value
        ):
            raise ValueError(f"{value!r} is no address; expected one such as 'bounces+{{tag}}@example.com', in ASCII")
        return value

    @model_validator(mode="after")
    def _names(self) -> Smtp:
        names = [relay.called for relay in self.relays]
        if double := next((name for name in names if names.count(name) > 1), ""):
            raise ValueError(f"two accounts are called {double!r} in the ledger; expected a `name` of its own for each")
        return self
