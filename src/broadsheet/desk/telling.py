"""Tell a person when a person is needed: once a problem, not once a run, and once more when it is over."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from broadsheet.config.alerts import Alerts
from broadsheet.desk.opening import Desk


@dataclass(frozen=True, slots=True)
class Told:
    """What is new and what is over since the last start, and why something could not be told."""

    new: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def tell_problems(desk: Desk, scope: str, problems: Mapping[str, str]) -> Told:
    """Note which problems stand within a scope, and tell of those that are new or over.

    `problems` maps a key (the same from run to run) to a sentence. A problem that could not be told by any way is tried
    again at the next run.
    """
    now = desk.now()
    shelf = desk.store.problems
    keys = {f"{scope}/{key}": sentence for key, sentence in problems.items()}
    with desk.store.transaction():
        new = [key for key, sentence in keys.items() if shelf.note(key, sentence, now)]
        over = [
            message
            for key, message, _since in shelf.open()
            if key.startswith(f"{scope}/") and key not in keys and shelf.clear(key)
        ]
    failures: list[str] = []
    if new:
        told, failures = _tell(desk, f"{scope}: a person is needed", [keys[key] for key in new], over=False)
        if told:
            with desk.store.transaction():
                for key in new:
                    shelf.told(key, now)
    if over:
        failures += _tell(desk, f"{scope}: over", over, over=True)[1]
    return Told(tuple(keys[key] for key in new), tuple(over), tuple(failures))


def ping_watchdog(desk: Desk, stage: str, text: str = "") -> str | None:
    """Ping the dead man's switch, where one is configured. Gives the reason if it did not get through."""
    address = _address(desk.config.alerts, "ping")
    if not address:
        return None
    from broadsheet.deliver.alerts import ping

    failure = ping(address, stage, text)
    return f"ping: {failure}" if failure else None


def _tell(desk: Desk, title: str, lines: list[str], *, over: bool) -> tuple[bool, list[str]]:
    """Try every way. True when one got through, or when none is configured (then the log is all there is)."""
    alerts = desk.config.alerts
    outcomes: list[str | None] = []
    webhook = _address(alerts, "webhook")
    if webhook:
        from broadsheet.deliver.alerts import post_webhook

        failure = post_webhook(webhook, alerts.webhook_form, title=title, lines=lines, facts={"over": over})
        outcomes.append(f"webhook: {failure}" if failure else None)
    if alerts.mail:
        outcomes.append(_mail(desk, title, lines))
    return not outcomes or None in outcomes, [outcome for outcome in outcomes if outcome]


def _mail(desk: Desk, title: str, lines: list[str]) -> str | None:
    from broadsheet.desk.posting import post_note

    publication = next(iter(desk.config.publications.values()))
    note = EmailMessage()
    note["From"] = publication.sender
    note["To"] = ", ".join(desk.config.alerts.mail)
    note["Subject"] = " ".join(title.split())
    note["Date"] = format_datetime(desk.now())
    note["Message-ID"] = make_msgid("alert", publication.sender_email.rpartition("@")[2])
    note["Auto-Submitted"] = "auto-generated"
    note.set_content("\n\n".join(lines) + "\n")
    failure = post_note(desk, note)
    return f"mail: {failure}" if failure else None


def _address(alerts: Alerts, kind: str) -> str:
    variable = getattr(alerts, f"{kind}_env")
    return str(os.environ.get(variable, "") if variable else getattr(alerts, kind))
