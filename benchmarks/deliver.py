"""How fast an edition leaves: broadsheet beside smtplib, aiosmtplib and Postfix's smtp-source, against its smtp-sink.

    python -m benchmarks.deliver [--messages 10000] [--peers 1000] [--size 60000] [--connections 10] [--delayed 1500]

Each contender runs in a process of its own, in turns, every other round backwards, so that no side gets the noisy
minute; the medians of the rounds count, and the spread is printed beside them. All have as many sessions (the smtplib
loop without latency has one) and messages of as many octets (smtp-source's own header of 131 comes on top: 0.2%).
broadsheet keeps its ledger in full durability on disk, and its messages are personalised; the others keep none, and
smtp-source sends one fixed message.
With --delayed, the same again through a proxy that answers 50 ms later. --only ours measures broadsheet alone.
Takes about three minutes on two quiet cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.delay import serve_delayed

if TYPE_CHECKING:
    from broadsheet.deliver.message import Composer

SINK = shutil.which("smtp-sink", path="/usr/sbin:/usr/bin:/usr/local/sbin")
SOURCE = shutil.which("smtp-source", path="/usr/sbin:/usr/bin:/usr/local/sbin")
SENTENCE = (
    '<p style="margin:0">The council voted on Monday evening to reopen the market, the mayor\'s office said.</p>\n'
)
DELAY = 0.025
EDITION = "daily-2026-11-24"


def page(size: int) -> str:
    """Make an HTML page of about a size with a name and two links open."""
    from broadsheet.slots import Slot

    head = f'<html><body><p>Dear {Slot.FIRST_NAME.token},</p><a href="{Slot.VIEW_URL.token}">View</a>\n'
    tail = f'<a href="{Slot.UNSUBSCRIBE_URL.token}">Unsubscribe</a></body></html>\n'
    return head + SENTENCE * ((size - len(head) - len(tail)) // len(SENTENCE)) + tail


def text() -> str:
    """Make the plain-text part."""
    from broadsheet.slots import Slot

    return f"Dear {Slot.FIRST_NAME.token},\n\n" + "The council voted.\n" * 20 + f"\n{Slot.UNSUBSCRIBE_URL.token}\n"


def url(kind: str, number: int) -> str:
    """Make a reader's link as long as a signed one."""
    return f"https://news.example.org/{kind}/{number}.Z3co08aPhLgyOyBp0hR3MDSTk4c"


# --- the contenders --------------------------------------------------------------------------------------------------


def composer(size: int, keys: str = "") -> Composer:
    """Encode an edition of a size once."""
    import hashlib
    from datetime import date

    from broadsheet.deliver.message import Composer, Sender
    from broadsheet.model import Edition, RenderedEdition

    html, plain = page(size), text()
    digest = hashlib.sha256(html.encode()).hexdigest()
    edition = Edition(id=EDITION, publication="daily", date=date(2026, 11, 24))
    rendered = RenderedEdition(
        edition=edition, subject="The day in ten stories", preheader="", html=html, text=plain, mjml="",
        language="en", hash=digest,
    )  # fmt: skip
    sender = Sender(name="The Morning Sheet", email="news@example.org", list_id="daily.example.org")
    return Composer(
        rendered, sender, date=datetime.now(UTC), link=lambda slot, who: url(slot.value, who.id), signer=_signer(keys)
    )


def octets(size: int) -> int:
    """Say how large our message is where the page has a size: quoted-printable, the text and the header come to it."""
    from broadsheet.model import Recipient

    return len(composer(size).compose(Recipient(id=10_000, email="reader10000@example.com", first_name="Ann")).content)


def ours(port: int, messages: int, size: int, connections: int, keys: str = "") -> dict[str, float]:
    """Send with broadsheet: freeze, ledger, composition, SMTP."""
    from broadsheet.deliver.run import Plan, run
    from broadsheet.deliver.smtp import Account, Smtp
    from broadsheet.model import Recipient
    from broadsheet.store import Store

    made = composer(size, keys)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "broadsheet.db") as store:
        people = (
            (Recipient(id=n, email=f"reader{n}@example.com", first_name=f"Ann{n}"), "") for n in range(1, messages + 1)
        )
        began = time.perf_counter()
        sending = store.deliveries.freeze(EDITION, "daily", "hash", "example.org", people, datetime.now(UTC))
        frozen = time.perf_counter() - began
        transport = Smtp(Account(host="127.0.0.1", port=port, security="none", sessions=connections))
        ledger = store.deliveries.acquire(
            sending, transport.name, datetime.now(UTC), took=lambda edition, who: None, unwanted=lambda ids: {}
        )
        began, cpu = time.perf_counter(), time.process_time()
        plan = Plan(
            waiting_since=sending.frozen_at,
            clock=lambda: datetime.now(UTC),
            chance=lambda: 0.5,
            recycle=messages,
            composes_aside=bool(keys),
        )
        run(ledger, transport, made.compose, plan)
        spent, cpu = time.perf_counter() - began, time.process_time() - cpu
        ledger.release()
        balance = store.deliveries.balance(EDITION)
        assert balance is not None
        assert balance.is_closed
        assert balance.sent == messages
    return {**_figures(messages, spent, cpu), "freeze_s": round(frozen, 2)}


def _signer(keys: str) -> Any:
    """Make a signer with a fresh key of each kind named, such as "rsa,ed25519"; None for ''."""
    from broadsheet.deliver.dkim import DkimSigner, load_key

    loaded = [load_key("example.org", kind, private_key(kind)) for kind in keys.split(",") if kind]
    return DkimSigner(loaded, datetime.now(UTC)) if loaded else None


def private_key(kind: str) -> bytes:
    """Make a private key in PEM form (RSA in the form that dkimpy reads too)."""
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def signed_by_dkimpy(content: bytes, key: bytes) -> bytes:
    """Sign as RFC 8058 asks, with dkimpy."""
    import dkim

    fields = [name.encode() for name in ("from", "to", "subject", "date", "message-id", "list-id")]
    fields += [b"list-unsubscribe", b"list-unsubscribe-post", b"mime-version", b"content-type"]
    relaxed = (b"relaxed", b"relaxed")
    signature: bytes = dkim.sign(content, b"rsa", b"example.org", key, canonicalize=relaxed, include_headers=fields)
    return signature + content


def _email(number: int, html: str, plain: str) -> Any:
    from email.message import EmailMessage
    from email.utils import format_datetime

    message = EmailMessage()
    message["From"] = "The Morning Sheet <news@example.org>"
    message["To"] = f"reader{number}@example.com"
    message["Subject"] = "The day in ten stories"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<daily-2026-11-24.{number}@example.org>"
    message["List-Id"] = "<daily.example.org>"
    message["List-Unsubscribe"] = f"<{url('unsubscribe_url', number)}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_filled(plain, number))
    message.add_alternative(_filled(html, number), subtype="html")
    return message


def _filled(template: str, number: int) -> str:
    from broadsheet.slots import Slot

    for slot in (Slot.VIEW_URL, Slot.UNSUBSCRIBE_URL):
        template = template.replace(slot.token, url(slot.value, number))
    return template.replace(Slot.FIRST_NAME.token, f"Ann{number}")


def smtplib_loop(port: int, messages: int, size: int, connections: int) -> dict[str, float]:
    """Send with smtplib and the standard email package, in a loop a connection."""
    import smtplib

    html, plain = page(size), text()

    def loop(share: range) -> None:
        with smtplib.SMTP("127.0.0.1", port) as link:
            for number in share:
                link.send_message(_email(number, html, plain))

    began, cpu = time.perf_counter(), time.process_time()
    threads = [threading.Thread(target=loop, args=(range(n, messages, connections),)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _figures(messages, time.perf_counter() - began, time.process_time() - cpu)


def aiosmtplib_pool(port: int, messages: int, size: int, connections: int, keys: str = "") -> dict[str, float]:
    """Send with aiosmtplib over as many connections; signed by dkimpy where `keys` says so."""
    import email.policy

    import aiosmtplib

    html, plain = page(size), text()
    key = private_key("rsa") if keys else b""

    async def hand_over(link: aiosmtplib.SMTP, number: int) -> None:
        message = _email(number, html, plain)
        if not key:
            await link.send_message(message)
            return
        content = signed_by_dkimpy(message.as_bytes(policy=email.policy.SMTP), key)
        await link.sendmail("news@example.org", [f"reader{number}@example.com"], content)

    async def loop(share: range) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as link:
            for number in share:
                await hand_over(link, number)

    async def main() -> None:
        await asyncio.gather(*(loop(range(n, messages, connections)) for n in range(connections)))

    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(main())
    return _figures(messages, time.perf_counter() - began, time.process_time() - cpu)


def smtp_source(port: int, messages: int, size: int, connections: int) -> dict[str, float]:
    """Send with Postfix's load generator: one fixed message, no ledger, C."""
    assert SOURCE
    command = [
        SOURCE,
        "-d",
        "-s",
        str(connections),
        "-m",
        str(messages),
        "-l",
        str(octets(size)),
        "-f",
        "a@example.org",
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run([*command, "-t", "reader@example.com", f"127.0.0.1:{port}"], check=True, capture_output=True)
    spent = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _figures(messages, spent, cpu)


CONTENDERS = {"ours": ours, "smtplib": smtplib_loop, "aiosmtplib": aiosmtplib_pool, "smtp_source": smtp_source}


def _figures(messages: int, spent: float, cpu: float) -> dict[str, float]:
    return {
        "messages": messages,
        "per_second": round(messages / spent, 1),
        "cpu_ms": round(cpu / messages * 1000, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


# --- the track -------------------------------------------------------------------------------------------------------


@contextmanager
def sink() -> Iterator[int]:
    """Run Postfix's smtp-sink on a free port."""
    if SINK is None or SOURCE is None:
        sys.exit("needs Postfix's smtp-sink and smtp-source: apt-get install postfix")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([SINK, "-u", "nobody", f"127.0.0.1:{port}", "500"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def delayed(port: int) -> Iterator[int]:
    """Stand a proxy before a port that lets every octet arrive 25 ms later, each way."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        front = free.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve_delayed, args=(front, port, DELAY), daemon=True)
    process.start()
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", front)) == 0:
                    break
            time.sleep(0.05)
        yield front
    finally:
        process.terminate()
        process.join()


def measured(contender: str, port: int, messages: int, size: int, connections: int, keys: str = "") -> dict[str, float]:
    """Run one contender in a process of its own."""
    arguments = [contender, str(port), str(messages), str(size), str(connections), *([keys] if keys else [])]
    outcome = subprocess.run(
        [sys.executable, "-m", "benchmarks.deliver", "--one", *arguments], capture_output=True, text=True, check=False
    )
    if outcome.returncode:
        sys.exit(f"{contender} failed:\n{outcome.stderr}")
    figures: dict[str, float] = json.loads(outcome.stdout.splitlines()[-1])
    return figures


def show(name: str, figures: dict[str, float], spread: str = "") -> None:
    """Print a line of the table."""
    print(
        f"{name:<34}{figures['messages']:>10,.0f}{figures['per_second']:>12,.1f}{figures['cpu_ms']:>12.3f}"
        f"{figures['peak_mb']:>10.1f}{spread}",
        flush=True,
    )


def main() -> None:
    """Measure, print a table, and as the last line the figures as JSON."""
    if sys.argv[1:2] == ["--one"]:
        work: Any = CONTENDERS[sys.argv[2]]
        print(json.dumps(work(*map(int, sys.argv[3:7]), *sys.argv[7:])))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--peers", type=int, default=1_000, help="messages for the slower contenders")
    parser.add_argument("--size", type=int, default=60_000, help="octets of HTML")
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--delayed", type=int, default=1_500, help="messages behind 50 ms; 0 leaves that out")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many rounds counts")
    parser.add_argument("--only", choices=CONTENDERS, help="measure one contender alone")
    options = parser.parse_args()
    names = [options.only] if options.only else list(CONTENDERS)
    result: dict[str, float] = {}
    print(f"{'contender':<34}{'messages':>10}{'a second':>12}{'CPU ms':>12}{'peak MB':>10}")
    with sink() as port:
        plain = {
            name: (name, options.messages if name in ("ours", "smtp_source") else options.peers, "") for name in names
        }
        _note(result, _in_turns(plain, port, options), "")
        if not options.only:
            signed = {
                "ours": ("ours, RSA-2048", options.peers * 4, "rsa"),
                "aiosmtplib": ("email, dkimpy, aiosmtplib", options.peers // 3, "rsa"),
            }
            _note(result, _in_turns(signed, port, options), "_signed")
        if options.delayed:
            with delayed(port) as front:
                slow = {}
                for name in names:
                    count = options.delayed if name == "ours" else max(options.delayed // 3, 1)
                    slow[name] = measured(name, front, count, options.size, options.connections)
                    show(f"{name}, behind 50 ms", slow[name])
            _note(result, slow, "_50ms")
    print(json.dumps(result))


def _in_turns(
    contenders: dict[str, tuple[str, int, str]], port: int, options: argparse.Namespace
) -> dict[str, dict[str, float]]:
    """Let contenders (label, messages, keys) run in turns, and give the median of each figure, with the spread."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for number in range(options.rounds):
        for name in list(contenders)[:: -1 if number % 2 else 1]:
            label, count, keys = contenders[name]
            lanes = 1 if name == "smtplib" else options.connections
            rounds[name].append(measured(name, port, count, options.size, lanes, keys))
            show(label, rounds[name][-1])
    found = {}
    for name, runs in rounds.items():
        found[name] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        speeds = sorted(run["per_second"] for run in runs)
        show(f"{contenders[name][0]}: median", found[name], f"  ({speeds[0]:,.0f} to {speeds[-1]:,.0f})")
        found[name] |= {"least_per_second": speeds[0], "most_per_second": speeds[-1]}
    return found


def _note(result: dict[str, float], figures: dict[str, dict[str, float]], suffix: str) -> None:
    for name, values in figures.items():
        result |= {f"{name}_{key}{suffix}": value for key, value in values.items()}
        if name != "ours" and "ours" in figures:
            result[f"vs_{name}{suffix}"] = round(figures["ours"]["per_second"] / values["per_second"], 2)


if __name__ == "__main__":
    main()
