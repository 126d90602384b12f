"""What it takes to be a sender: the relay, the domain's records, the public pages, the limits."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from broadsheet.desk.doctor.diagnosis import Diagnosis, Health
from broadsheet.desk.opening import Desk
from broadsheet.errors import ConfigError
from broadsheet.plural import number_of

NO_SUCH_LINK = (404, 410)  # what our pages answer to a link that nobody was given


def examine_relay(desk: Desk) -> Iterator[Diagnosis]:
    """Connect to the relay, with TLS and login, and send nothing."""
    if desk.config.smtp is None:
        yield Diagnosis("relay", Health.GOOD, "none is configured: mail goes to the Maildir `outbox/`")
        return
    from broadsheet.desk.posting import try_relays

    advice = "Check [smtp]: host, port, security, user, password."
    try:
        found = try_relays(desk)
    except ConfigError as error:
        yield Diagnosis("relay", Health.BAD, error.message, error.advice or advice)
        return
    for name, failure in found:
        if failure:
            yield Diagnosis("relay", Health.BAD, f"{name}: {failure}", advice)
        else:
            yield Diagnosis("relay", Health.GOOD, f"{name} answers, and lets us in")


def examine_domains(desk: Desk, servers: tuple[str, ...] = (), port: int = 53) -> Iterator[Diagnosis]:
    """Look up what each sender's domain says in the DNS, and compare its DKIM records with our private keys."""
    if desk.config.smtp is None:
        return
    from broadsheet.deliver.resolver import DnsResolver
    from broadsheet.deliver.sender_domain import judge, look_up
    from broadsheet.desk.mailing import signing_keys

    resolver = DnsResolver(servers, port=port)
    senders = {one.sender_email.rpartition("@")[2]: one for one in desk.config.publications.values()}
    for domain, publication in sorted(senders.items()):
        try:
            keys = signing_keys(desk, publication)
            ours = {key.selector: key.record for key in keys if key.domain == domain}
            faults = judge(look_up(domain, resolver, selectors=tuple(ours)), public_keys=ours)
            for other in sorted({key.domain for key in keys} - {domain}):
                theirs = {key.selector: key.record for key in keys if key.domain == other}
                found = look_up(other, resolver, selectors=tuple(theirs))
                faults += [fault for fault in judge(found, public_keys=theirs) if fault.record == "DKIM"]
        except LookupError as error:
            yield Diagnosis("domain", Health.WARN, str(error), "Try again when the network is up.")
            continue
        except ConfigError as error:
            yield Diagnosis("domain", Health.BAD, error.message, error.advice)
            continue
        for fault in faults:
            yield Diagnosis("domain", Health.BAD if fault.grave else Health.WARN, fault.message, fault.advice)
        yield from _alignment(desk, domain, [key.domain for key in keys])
        if not faults:
            known = "SPF, DKIM, DMARC and MX" if keys else "SPF, DMARC and MX"
            yield Diagnosis("domain", Health.GOOD, f"{known} of {domain} are in order")


def _alignment(desk: Desk, domain: str, signing: list[str]) -> Iterator[Diagnosis]:
    """Say when neither the signature nor the bounce address vouches for the sender, so that DMARC fails."""
    from broadsheet.deliver.sender_domain import is_aligned

    assert desk.config.smtp is not None
    bounces = desk.config.smtp.bounce_address.rpartition("@")[2] or domain
    if any(is_aligned(domain, one) for one in (*signing, bounces)):
        return
    vouching = " and ".join(sorted({*signing, bounces}))
    yield Diagnosis(
        "domain",
        Health.BAD,
        f"mail from {domain} is vouched for by {vouching} alone, so DMARC fails",
        f"Sign with a key of {domain} in [[smtp.dkim]], or let `bounce_address` be of {domain}.",
    )


def examine_limits(desk: Desk) -> Iterator[Diagnosis]:
    """Compare the day's limit of the relay with the readers of all publications."""
    smtp = desk.config.smtp
    if smtp is None or not all(relay.per_day for relay in smtp.relays):
        return
    from broadsheet.desk.subscribing import count_audience

    counts = {
        name: count_audience(desk, publication)["recipients"] for name, publication in desk.config.publications.items()
    }
    readers = sum(counts.values())
    per_day = sum(relay.per_day for relay in smtp.relays)
    if readers > per_day:
        yield Diagnosis(
            "limits",
            Health.WARN,
            f"{number_of(readers, 'reader')}, and `per_day` lets {number_of(per_day, 'message')} out: "
            "the rest waits for the next day",
            "Raise `per_day` in [smtp] if the relay allows more.",
        )
    else:
        yield Diagnosis("limits", Health.GOOD, f"{number_of(readers, 'reader')} of {per_day:,} messages a day")


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
    """Ask as a mailbox provider does for its user: a POST, by HTTPS, that follows no redirect (RFC 8058, 3.2)."""
    import httpx2

    place = address.rstrip("/")
    try:
        with httpx2.Client(timeout=10, follow_redirects=False) as client:
            health = client.get(f"{place}/health")
            posted = client.post(f"{place}/u/doctor", data={"List-Unsubscribe": "One-Click"})
    except httpx2.HTTPError as error:
        reason = str(error) or type(error).__name__
        return Diagnosis(
            "unsubscribe",
            Health.BAD,
            f"{address} does not answer: {reason}",
            "Start `broadsheet serve`, and check the reverse proxy and its certificate.",
        )
    if health.status_code != 200 or health.text.strip() != "ok":
        return Diagnosis(
            "unsubscribe",
            Health.BAD,
            f"{place}/health answered {health.status_code}, and not as `broadsheet serve` does",
            "Check that the reverse proxy leads to `broadsheet serve`.",
        )
    if posted.status_code not in NO_SUCH_LINK:
        return Diagnosis(
            "unsubscribe",
            Health.BAD,
            f"{place} answers a POST with {posted.status_code}, so one-click unsubscribing fails",
            "Let the reverse proxy pass POST to `broadsheet serve`, without a redirect or a login.",
        )
    return Diagnosis("unsubscribe", Health.GOOD, f"{address} answers, and takes a one-click unsubscription")
