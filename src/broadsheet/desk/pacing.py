"""How fast we may send: the accounts and providers as configured, with what the database remembers of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadsheet.desk.mailing import way_out
from broadsheet.desk.opening import Desk

if TYPE_CHECKING:
    from broadsheet.deliver.outlets import Outlet
    from broadsheet.deliver.pace import Pace
    from broadsheet.deliver.providers import Providers

MAILDIR_MESSAGES = 10_000


def outlets(desk: Desk, *, with_secrets: bool = True) -> list[Outlet]:
    """Give the accounts in their order, each with its pace. Raises ConfigError when a password cannot be read.

    Without secrets they can be asked for their limits, and not be sent by.
    """
    from broadsheet.deliver.outlets import Outlet

    config = desk.config.smtp
    transport = way_out(desk, with_secrets=with_secrets)
    return [
        Outlet(
            transport,
            pace=_pace(desk, f"account:{transport.name}", config.by_seconds if config else {}),
            recycle=config.messages_per_connection if config else MAILDIR_MESSAGES,
        )
    ]


def lane_pace(desk: Desk, name: str) -> Pace:
    """Give the limits of a mailbox provider, and what slowed it down."""
    provider = desk.config.providers.get(name)
    return _pace(desk, f"lane:{name}", provider.by_seconds if provider else {})


def providers(desk: Desk) -> Providers:
    """Give the table of providers, with those of the project and the domains that lately asked us to slow down."""
    from broadsheet.deliver.providers import Providers
    from broadsheet.deliver.throttle import rate_at

    now = desk.now()
    slow = [scope.partition(":")[2] for scope, one in desk.store.paces.throttles().items() if rate_at(one, now)]
    own = {name: (name,) for name in slow if "." in name}
    return Providers({**own, **{name: provider.domains for name, provider in desk.config.providers.items()}})


def _pace(desk: Desk, scope: str, limits: dict[int, int]) -> Pace:
    from broadsheet.deliver.pace import Pace

    shelf, now = desk.store.paces, desk.now()
    return Pace(limits, past=shelf.attempts(scope, now) if limits else (), throttle=shelf.throttle(scope))
