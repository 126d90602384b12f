"""Look for what is wrong with a project's set-up, and say how to mend it.

Every examination gives findings; one that cannot be made (no network, say) is itself a finding, so that silence always
means health.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from broadsheet.desk.opening import Desk
from broadsheet.errors import BroadsheetError, StoreError
from broadsheet.model import Edition, Pick, Section, Story

LITTLE_ROOM = 500 * 1024 * 1024
EARLIEST_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # no clock of a machine that runs this version can be behind it


class Health(StrEnum):
    """How an examination ended."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Diagnosis:
    """What was examined, how it is, and the fix to type."""

    subject: str
    health: Health
    message: str
    advice: str = ""


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
    if offline:
        return
    yield from examine_relay(desk)
    yield from examine_domains(desk, dns_servers, dns_port)
    yield from examine_unsubscribe(desk)


def examine_database(desk: Desk) -> Iterator[Diagnosis]:
    """Check every page of the database."""
    from broadsheet.store.backup import verify

    try:
        verify(desk.store.connection, desk.store.path)
    except StoreError as error:
        yield Diagnosis("database", Health.BAD, error.message, error.advice)
    else:
        yield Diagnosis("database", Health.GOOD, f"{desk.store.path.name} is whole")


def examine_disk(folder: Path) -> Iterator[Diagnosis]:
    """Check that there is room, and that the folder can be written to."""
    free = shutil.disk_usage(folder).free
    if free < LITTLE_ROOM:
        yield Diagnosis(
            "disk",
            Health.BAD if free < LITTLE_ROOM / 10 else Health.WARN,
            f"only {free // (1024 * 1024)} MB are free",
            "Make room: `broadsheet prune`, or a larger disk.",
        )
    else:
        yield Diagnosis("disk", Health.GOOD, f"{free / 1024**3:.0f} GB are free")
    if not os.access(folder, os.W_OK):
        yield Diagnosis(
            "disk", Health.BAD, f"{folder} cannot be written to", "Give this user the right to write there."
        )


def examine_clock(desk: Desk) -> Iterator[Diagnosis]:
    """Check that the clock was not set back, and say what the publications take for today."""
    now = desk.now()
    newest = desk.store.runs.newest(limit=1)
    if now < EARLIEST_TIME:
        yield Diagnosis(
            "clock", Health.BAD, f"the clock says {now:%Y-%m-%d}, which is long past", "Set the machine's clock (NTP)."
        )
    elif newest and newest[0].started_at > now + timedelta(minutes=5):
        yield Diagnosis(
            "clock",
            Health.BAD,
            f"the last run began at {newest[0].started_at:%Y-%m-%d %H:%M} UTC, which by this clock lies ahead",
            "Set the machine's clock (NTP).",
        )
    else:
        yield Diagnosis("clock", Health.GOOD, f"it is {now:%Y-%m-%d %H:%M} UTC")
    for publication in desk.config.publications.values():
        yield Diagnosis(
            "clock",
            Health.GOOD,
            f"for {publication.name} it is {now.astimezone(publication.zone):%Y-%m-%d %H:%M} ({publication.timezone})",
        )


def examine_secrets(desk: Desk) -> Iterator[Diagnosis]:
    """Check that files with secrets can be read by their owner alone."""
    files = [desk.folder / "secret.key", desk.store.path]
    named = [table.password_file for table in (desk.config.smtp, desk.config.bounces) if table]
    named += [account.key_file for account in desk.config.platforms.values()]
    files += [desk.folder / file for file in named if file]
    for file in files:
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
        except FileNotFoundError:
            continue
        if mode & 0o077 and file != desk.store.path:
            yield Diagnosis("secrets", Health.BAD, f"{file} can be read by others", f"Type: chmod 600 {file}")
        elif mode & 0o007:
            yield Diagnosis(
                "secrets",
                Health.WARN,
                f"{file} holds readers' addresses, and can be read by everybody",
                f"Type: chmod 640 {file}",
            )
    smtp = desk.config.smtp
    if smtp and smtp.password_env and smtp.password_env not in os.environ:
        yield Diagnosis(
            "secrets", Health.BAD, f"the variable {smtp.password_env} is not set", "Set it where the run is started."
        )


def examine_relay(desk: Desk) -> Iterator[Diagnosis]:
    """Connect to the relay, with TLS and login, and send nothing."""
    if desk.config.smtp is None:
        yield Diagnosis("relay", Health.GOOD, "none is configured: mail goes to the Maildir `outbox/`")
        return
    from broadsheet.desk.posting import try_relay

    failure = try_relay(desk)
    if failure:
        yield Diagnosis("relay", Health.BAD, failure, "Check [smtp]: host, port, security, user, password.")
    else:
        yield Diagnosis("relay", Health.GOOD, f"{desk.config.smtp.host} answers, and lets us in")


def examine_domains(desk: Desk, servers: tuple[str, ...] = (), port: int = 53) -> Iterator[Diagnosis]:
    """Look up what each sender's domain says in the DNS."""
    if desk.config.smtp is None:
        return
    from broadsheet.deliver.resolver import DnsResolver
    from broadsheet.deliver.sender_domain import judge, look_up

    resolver = DnsResolver(servers, port=port)
    domains = sorted({publication.sender_email.rpartition("@")[2] for publication in desk.config.publications.values()})
    for domain in domains:
        try:
            faults = judge(look_up(domain, resolver))
        except (LookupError, BroadsheetError) as error:
            yield Diagnosis("domain", Health.WARN, str(error), "Try again when the network is up.")
            continue
        for fault in faults:
            yield Diagnosis("domain", Health.BAD if fault.grave else Health.WARN, fault.message, fault.advice)
        if not faults:
            yield Diagnosis("domain", Health.GOOD, f"SPF, DMARC and MX of {domain} are in order")


def examine_unsubscribe(desk: Desk) -> Iterator[Diagnosis]:
    """Check that the public pages answer where mails say they are (RFC 8058 wants HTTPS)."""
    for publication in desk.config.publications.values():
        address = publication.base_url
        if not address:
            health = Health.WARN if desk.config.smtp else Health.GOOD
            yield Diagnosis(
                "unsubscribe",
                health,
                f"{publication.name} has no base_url: readers can leave by mail only",
                "Set base_url, and let `broadsheet serve` answer there.",
            )
            continue
        if desk.config.smtp is None:
            continue
        if urlsplit(address).scheme != "https":
            yield Diagnosis(
                "unsubscribe",
                Health.BAD,
                f"{address} is not https; one-click unsubscribe needs it (RFC 8058)",
                "Put a reverse proxy with a certificate before `broadsheet serve`.",
            )
            continue
        yield _answers(address)


def _answers(address: str) -> Diagnosis:
    import httpx2

    try:
        answer = httpx2.get(f"{address.rstrip('/')}/health", timeout=10, follow_redirects=False)
    except httpx2.HTTPError as error:
        return Diagnosis(
            "unsubscribe",
            Health.BAD,
            f"{address} does not answer ({type(error).__name__})",
            "Start `broadsheet serve`, and check the reverse proxy.",
        )
    if answer.status_code != 200:
        return Diagnosis(
            "unsubscribe",
            Health.BAD,
            f"{address}/health answered {answer.status_code}",
            "Check that the reverse proxy leads to `broadsheet serve`.",
        )
    return Diagnosis("unsubscribe", Health.GOOD, f"{address} answers")


def examine_sources(desk: Desk) -> Iterator[Diagnosis]:
    """Check that there are sources, and that local ones exist."""
    if not desk.config.sources:
        yield Diagnosis("sources", Health.WARN, "no source is configured", "Type `broadsheet source add URL`.")
    for source in desk.config.sources.values():
        if source.path is not None and not (desk.folder / source.path).exists():
            yield Diagnosis(
                "sources",
                Health.BAD,
                f"{source.name}: {source.path} does not exist",
                f"Mend `path` in [sources.{source.name}].",
            )


def examine_themes(desk: Desk) -> Iterator[Diagnosis]:
    """Render one made-up story with each publication's theme, and keep nothing."""
    from broadsheet.desk.production import render

    now = desk.now()
    story = Story(
        id="doctor", title="A headline to try the theme", source="doctor", published_at=now, first_seen_at=now
    )
    for publication in desk.config.publications.values():
        pick = Pick(story=story, position=1, headline=story.title, dek="And a dek.")
        section = Section(title="Section", category=publication.sections[0].category, picks=(pick,))
        edition = Edition(id="doctor", publication=publication.name, date=now.date(), sections=(section,))
        try:
            size = len(render(desk, edition).html.encode())
        except BroadsheetError as error:
            yield Diagnosis("theme", Health.BAD, error.message, error.advice)
        else:
            yield Diagnosis("theme", Health.GOOD, f"{publication.theme} renders ({size / 1024:.0f} KB without stories)")
