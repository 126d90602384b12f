"""Editions and renderings for the tests of the check room, small and in view."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from broadsheet.check import Context, Mail, check_mail
from broadsheet.model import Edition, Finding, Pick, RenderedEdition, Section, Story
from broadsheet.slots import Slot

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ADDRESS = "The Daily, 1 Press Lane, London"
CONTEXT = Context(now=NOW, postal_address=ADDRESS)


def story(number: int = 1, **changes: Any) -> Story:
    given: dict[str, Any] = {
        "id": f"s{number}",
        "title": f"Council votes on bridge number {number}",
        "source": "wire",
        "url": f"https://example.org/story/{number}",
        "dek": f"The vote on bridge {number} was close.",
        "published_at": NOW,
        "first_seen_at": NOW,
    }
    return Story(**(given | changes))


def pick(number: int = 1, **changes: Any) -> Pick:
    told = changes.pop("story", None) or story(number)
    given: dict[str, Any] = {"story": told, "position": number, "headline": told.title, "dek": told.dek}
    return Pick(**(given | changes))


def edition(*picks: Pick, **changes: Any) -> Edition:
    given: dict[str, Any] = {
        "id": "daily-2026-11-24",
        "publication": "daily",
        "date": date(2026, 11, 24),
        "subject": "Bridges, budgets and a bear",
        "preheader": "The council votes tonight, the bear sleeps, and five more stories",
        "sections": (Section(title="City", category="City", picks=picks or (pick(1), pick(2))),),
    }
    return Edition(**(given | changes))


def html_of(told: Edition) -> str:
    rows = "".join(
        f'<tr><td><h3 style="margin:0"><a href="{p.story.url}" style="color:#111111">{p.headline}</a></h3>'
        f'<p style="font-size:16px">{p.dek}</p></td></tr>\n'
        for section in told.sections
        for p in section.picks
    )
    return (
        '<!doctype html>\n<html lang="en" dir="ltr"><head><meta charset="utf-8"><title>The Daily</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        "<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){.ink{color:#eeeeee !important}}"
        '</style></head>\n<body style="background-color:#ffffff;color:#111111">'
        f'<div style="display:none">{told.preheader}</div>\n'
        '<div role="article" lang="en"><table role="presentation" width="600">'
        f"<tr><td><h1>The Daily</h1><h2>City</h2></td></tr>\n{rows}"
        f'<tr><td><p style="font-size:14px">{ADDRESS} <a href="{Slot.UNSUBSCRIBE_URL.token}">Unsubscribe</a> '
        f'<a href="{Slot.VIEW_URL.token}">View in the browser</a></p></td></tr></table></div></body></html>\n'
    )


def rendered(told: Edition | None = None, **changes: Any) -> RenderedEdition:
    told = told or edition()
    links = "\n".join(f"{p.headline}\n{p.story.url}" for p in told.picks)
    given: dict[str, Any] = {
        "edition": told,
        "subject": told.subject,
        "preheader": told.preheader,
        "html": html_of(told),
        "text": f"THE DAILY\n\n{links}\n\n{ADDRESS}\nUnsubscribe: {Slot.UNSUBSCRIBE_URL.token}\n",
        "mjml": "",
        "language": "en",
        "hash": "",
    }
    return RenderedEdition(**(given | changes))


def mail(told: Edition | None = None, **changes: Any) -> Mail:
    return replace(Mail.of(rendered(told)), **changes)


def findings_of(rule: str, checked: Mail, context: Context = CONTEXT) -> tuple[Finding, ...]:
    """Check a mail, and give what one rule said."""
    return tuple(finding for finding in check_mail(checked, context) if finding.rule == rule)
