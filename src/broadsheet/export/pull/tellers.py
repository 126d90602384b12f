"""Open the account of a platform that tells who left."""

from __future__ import annotations

import importlib
from typing import Any

from broadsheet.config import Account
from broadsheet.errors import ConfigError
from broadsheet.export.pull.departures import Teller
from broadsheet.export.push.places import DRAFTS, Access

_APART = ("postmark", "mailgun", "ses", "campaign-monitor")  # told by a module of its own
# GetResponse documents a search for contacts, which tells no reason, and what it calls those who left is not sure.
_SILENT = ("getresponse",)
TELLING = (*(name for name in DRAFTS if name not in (*_SILENT, *_APART)), *_APART)


def refuse_untelling(name: str) -> None:
    """Raise ConfigError, with the names of those that can, when a platform cannot tell who left."""
    if name not in TELLING:
        raise ConfigError(
            f"who left cannot be read from {name}",
            advice=f"Export the list there and give it to `subscribers import`. Readable: {', '.join(TELLING)}.",
        )


def open_teller(name: str, account: Account, key: str, **options: Any) -> Teller:
    """Open a platform's account for who left. Raises ConfigError, also when it cannot tell."""
    refuse_untelling(name)
    room = "pull" if name in _APART else "push"
    module = importlib.import_module(f"broadsheet.export.{room}.{name.replace('-', '_')}")
    teller: Teller = module.open_account(Access(name=name, account=account, key=key, options=options))
    return teller
