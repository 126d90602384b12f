"""How fast we may send: the accounts and providers as configured, with what the database remembers of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broadsheet.desk.mailing import ways_out
from broadsheet.desk.opening import Desk

if TYPE_CHECKING:
    from broadsheet.config.mail import Relay
    from broadsheet.deliver.outlets import Outlet
    from broadsheet.deliver.pace import Pace
    from broadsheet.deliver.providers import Providers
    from broadsheet.deliver.warmup import Warmup

MAILDIR_MESSAGES = 10_000


def outlets(desk: Desk, *, with_secrets: bool = True) -> list[Outlet]:
    """Give the accounts in their order, each with its pace. Raises ConfigError when a password cannot be read.

    Without secrets they can be asked for their limits, and not be sent by.
    """
    from broadsheet.deliver.meter import Speed
    from broadsheet.deliver.outlets import Outlet

    def speed(name: str) -> Speed:
        return Speed(desk.store.paces.speed(f"account:{name}"))

    relays = desk.config.smtp.relays if desk.config.smtp else ()
    ways = ways_out(desk, with_secrets=with_secrets)
    if not relays:
        pace = _pace(desk, f"account:{ways[0].name}", {})
        return [Outlet(ways[0], pace=pace, recycle=MAILDIR_MESSAGES, speed=speed(ways[0].name))]
    return [
        Outlet(
            transport,
            pace=_pace(desk, f"account:{transport.name}", relay.by_seconds, warmup_of(relay)),
            recycle=relay.messages_per_connection,
            speed=speed(transport.name),
        )
        for transport, relay in zip(ways, relays, strict=True)
    ]


def warmup_of(relay: Relay) -> Warmup | None:
    """Give the plan by which an account is warmed up."""
    from broadsheet.deliver.warmup import Warmup

    return Warmup(relay.warmup.start, relay.warmup.allowances) if relay.warmup else None


def warming(desk: Desk) -> list[tuple[Relay, Warmup]]:
    """List the accounts that are being warmed up."""
    relays = desk.config.smtp.relays if desk.config.smtp else ()
    plans = [(relay, plan) for relay in relays if (plan := warmup_of(relay))]
    return [(relay, plan) for relay, plan in plans if not plan.is_over(desk.now())]


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


def warmup_words(desk: Desk) -> list[str]:
    """Say how far each account's warm-up is."""
    now, words = desk.now(), []
    for relay, plan in warming(desk):
        day, days = plan.day(now), len(plan.allowances)
        if day < 1:
            words.append(f"{relay.called} is warmed up from {plan.starts_on} on: nothing leaves by it before")
        else:
            words.append(
                f"{relay.called} is warmed up: day {day} of {days}, {plan.allowed(now):,} today (UTC),"
                " the most recently confirmed readers first"
            )
    return words


def _pace(desk: Desk, scope: str, limits: dict[int, int], warmup: Warmup | None = None) -> Pace:
    from broadsheet.deliver.pace import Pace

    shelf, now = desk.store.paces, desk.now()
    past = shelf.attempts(scope, now) if limits or warmup else ()
    return Pace(limits, past=past, allowance=warmup, throttle=shelf.throttle(scope))
