"""Look for what is wrong with a project's set-up, and say how to mend it.

Every examination gives findings; one that cannot be made (no network, say) is itself a finding, so that silence always
means health.
"""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.desk.doctor.diagnosis import Diagnosis, Health
from broadsheet.desk.doctor.machine import examine_clock, examine_database, examine_disk, examine_secrets
from broadsheet.desk.doctor.mail import examine_domains, examine_limits, examine_relay, examine_unsubscribe
from broadsheet.desk.doctor.newsroom import examine_feeds, examine_sources, examine_themes
from broadsheet.desk.opening import Desk


def examine(
    desk: Desk, *, offline: bool = False, dns_servers: tuple[str, ...] = (), dns_port: int = 53
) -> Iterator[Diagnosis]:
    """Examine everything, the near things first. `offline` leaves out whatever needs a network."""
    yield from examine_database(desk)
    yield from examine_disk(desk.folder)
    yield from examine_clock(desk)
    yield from examine_secrets(desk)
    yield from examine_sources(desk)
    yield from examine_themes(desk)
    yield from examine_limits(desk)
    if offline:
        return
    yield from examine_feeds(desk)
    yield from examine_relay(desk)
    yield from examine_domains(desk, dns_servers, dns_port)
    yield from examine_unsubscribe(desk)


__all__ = ["Diagnosis", "Health", "examine"]
