"""Open the place at a platform that drafts go to, from the account's table and its key."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from broadsheet.config import Account
from broadsheet.errors import ConfigError
from broadsheet.export.push.drafts import Place

DRAFTS = (
    "mailchimp", "brevo", "listmonk", "buttondown", "keila", "mautic", "ghost", "klaviyo", "sendgrid",
    "constant-contact", "mailerlite", "customerio", "kit", "getresponse", "beehiiv", "activecampaign",
    "campaign-monitor",
)  # fmt: skip
# Where an edition becomes a named template, which somebody else's program or a person sends: it has no readers there.
TEMPLATES = ("ses", "postmark", "iterable", "salesforce", "hubspot", "mailgun")
# What a person sends there, and why.
SENT_BY_HAND = {
    "activecampaign": "no call of its API is known that has a draft sent",
    "campaign-monitor": "its API does not tell the HTML that stands there, so it could not be compared",
}
# What takes an edition from an address on the web only.
FROM_THE_WEB = ("campaign-monitor",)
PUSHABLE = (*DRAFTS, *TEMPLATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """An account and its key. `options` go to the API as they are (tests shorten its patience)."""

    name: str
    account: Account
    key: str
    options: dict[str, Any]

    def need(self, field: str, meaning: str) -> str:
        """Give a field of the account's table. Raises ConfigError when it is empty."""
        value: str = getattr(self.account, field)
        if not value:
            raise ConfigError(
                f"expected {meaning}", key=f"platforms.{self.name}.{field}",
                advice=f"Add {field} = \"…\" to the table [platforms.{self.name}] of broadsheet.toml.",
            )  # fmt: skip
        return value

    def number(self, field: str, meaning: str) -> int:
        """Give a field of the account's table that must be a number. Raises ConfigError."""
        value = self.need(field, meaning)
        if not value.isdigit():
            raise ConfigError(f"expected {meaning}: a number, not {value!r}", key=f"platforms.{self.name}.{field}")
        return int(value)


def refuse_unpushable(name: str) -> None:
    """Raise ConfigError, with the names of those that can, when drafts cannot be pushed to a platform."""
    if name not in PUSHABLE:
        raise ConfigError(
            f"drafts cannot be pushed to {name}, so nothing can be sent there from here either",
            advice=f"Write the bundle and paste it. Drafts can be pushed to: {', '.join(PUSHABLE)}.",
        )


def refuse_unsendable(name: str) -> None:
    """Raise ConfigError when a platform cannot be asked to send what is pushed to it."""
    refuse_unpushable(name)
    if name in TEMPLATES:
        raise ConfigError(
            f"what is pushed to {name} is a template, which has no readers, so it cannot be sent there from here",
            advice="Leave out --send: the template is made or renewed, and what sends at that platform names it.",
        )
    if name in SENT_BY_HAND:
        raise ConfigError(
            f"what is pushed to {name} is not sent from here: {SENT_BY_HAND[name]}",
            advice="Leave out --send: the draft is made or renewed; look at it there, and send it there.",
        )


def open_place(name: str, account: Account, key: str, **options: Any) -> Place:
    """Open a platform's account for drafts. Raises ConfigError, also when drafts cannot be pushed there."""
    refuse_unpushable(name)
    module = importlib.import_module(f"broadsheet.export.push.{name.replace('-', '_')}")
    place: Place = module.open_account(Access(name=name, account=account, key=key, options=options))
    return place
