"""Approval by mail: the draft goes to the editors with its findings, and a signed link lets them approve just that.

Every editor is asked once for each rendering, not once a run: the log keeps who was asked for which. A link is bound to
the rendering that the mail shows, and to its editor; what comes late is handled as the schedule says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from broadsheet.config import Publication
from broadsheet.desk.approving import approve_checked, unacknowledged
from broadsheet.desk.checking import check
from broadsheet.desk.mailing import LOCAL_BASE_URL
from broadsheet.desk.opening import Desk
from broadsheet.desk.plan import planned
from broadsheet.desk.previewing import sample_html, sample_text
from broadsheet.desk.production import render
from broadsheet.errors import BroadsheetError, ConfigError, EditionChanged
from broadsheet.model import Edition, EditionStatus, Finding, RenderedEdition, Revision, Severity

if TYPE_CHECKING:
    from broadsheet.audience.links import LinkSigner

LOOK_AHEAD = timedelta(days=14)
_INK = "color:#1b1d21!important"  # whatever the mail below makes of its own words in the dark


class Standing(StrEnum):
    """How a request for approval stands when its link is opened."""

    OPEN = "open"
    APPROVED = "approved"
    CHANGED = "changed"
    SKIPPED = "skipped"
    TOO_LATE = "too_late"
    WENT_OUT = "went_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as its link proves it. `rendered` is the mail as it is now: the one asked about, while it is OPEN."""

    publication: Publication
    edition: Edition
    editor: str
    standing: Standing
    rendered: RenderedEdition | None = None
    findings: tuple[Finding, ...] = ()
    blocking_rules: tuple[str, ...] = ()


def ask_editors(
    desk: Desk, publication: Publication, rendered: RenderedEdition, findings: Iterable[Finding], by: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ask the publication's editors to approve a rendering, unless they were asked for just this one.

    Gives who was asked, and why others could not be.
    """
    from broadsheet.desk.posting import post_note

    edition = rendered.edition
    log = desk.store.editions.revisions(edition.id)
    told = tuple(findings)
    asked: list[str] = []
    failures: list[str] = []
    if any(line.verb == "ask" and line.value.get("hash") == rendered.hash for line in log):
        return (), ()
    for editor in publication.editors:
        failure = post_note(desk, _letter(desk, publication, rendered, told, editor))
        if failure:
            failures.append(failure)
        else:
            asked.append(editor)
    if asked:
        line = Revision(
            edition=edition.id, at=desk.now(), by=by, verb="ask",
            value={"hash": rendered.hash, "to": ", ".join(asked)},
        )  # fmt: skip
        with desk.store.transaction():
            desk.store.editions.record([line])
    return tuple(asked), tuple(failures)


def request_by_link(desk: Desk, token: str) -> Request | None:
    """Read a link to approve: None for one that is forged, cut, or for an editor or edition that is not there."""
    found = _signer(desk).read_approval(token)
    edition = desk.store.editions.get(found[0]) if found else None
    if found is None or edition is None:
        return None
    try:
        publication = desk.config.publication(edition.publication)
    except ConfigError:
        return None
    signer = _signer(desk)
    editor = next((one for one in publication.editors if signer.mark_of(one) == found[2]), None)
    if editor is None:
        return None
    standing, rendered = _standing(desk, publication, edition, found[1])
    findings = check(desk, rendered) if rendered and standing is Standing.OPEN else ()
    open_ones = unacknowledged(desk, rendered, findings) if rendered else ()
    return Request(
        publication=publication, edition=edition, editor=editor, standing=standing, rendered=rendered,
        findings=findings, blocking_rules=tuple(dict.fromkeys(finding.rule for finding in open_ones)),
    )  # fmt: skip


def approve_request(desk: Desk, request: Request, acknowledged: Collection[str] = ()) -> Edition:
    """Approve what a request is about. Raises EditionChanged unless it is OPEN, and what `approve_checked` raises."""
    if request.standing is not Standing.OPEN or request.rendered is None:
        raise EditionChanged(f"{request.edition.id} cannot be approved by this link any more")
    return approve_checked(desk, request.edition, request.rendered, request.editor, acknowledged=acknowledged)


def _standing(
    desk: Desk, publication: Publication, edition: Edition, mark: str
) -> tuple[Standing, RenderedEdition | None]:
    if edition.status in (EditionStatus.SENDING, EditionStatus.SENT):
        return Standing.WENT_OUT, None
    if edition.status is EditionStatus.SKIPPED:
        return Standing.SKIPPED, None
    try:
        rendered = render(desk, edition)
    except BroadsheetError:
        return Standing.CHANGED, None
    if not rendered.hash.startswith(mark):
        return Standing.CHANGED, None
    if edition.status is EditionStatus.APPROVED and edition.hash == rendered.hash:
        return Standing.APPROVED, rendered
    return (Standing.TOO_LATE if _is_too_late(desk, publication, edition) else Standing.OPEN), rendered


def _is_too_late(desk: Desk, publication: Publication, edition: Edition) -> bool:
    """Tell whether no run would send the edition any more: its slot was missed, or the next one is due."""
    schedule, now = publication.schedule, desk.now()
    if schedule is None:
        return False
    slots = list(planned(schedule, publication.zone, edition.date, edition.date + LOOK_AHEAD))
    own = next((slot for slot in slots if slot.day == edition.date), None)
    following = next((slot for slot in slots if slot.day > edition.date), None)
    if own is None:
        return False
    is_missed = now >= own.late_at and schedule.missed != "catch_up"
    return is_missed or (following is not None and now >= following.due_at)


def _letter(
    desk: Desk, publication: Publication, rendered: RenderedEdition, findings: tuple[Finding, ...], editor: str
) -> EmailMessage:
    edition = rendered.edition
    link = _signer(desk).approval_url(publication.base_url or LOCAL_BASE_URL, edition.id, rendered.hash, editor)
    letter = EmailMessage()
    letter["From"] = publication.sender
    letter["To"] = editor
    speaks, words = _words_for(publication.language)
    letter["Subject"] = " ".join(words["subject"].format(subject=rendered.subject).split())
    letter["Date"] = format_datetime(desk.now())
    letter["Message-ID"] = make_msgid("approval", publication.sender_email.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    lines = _lines(publication, edition, rendered, findings, speaks)
    head = "\n".join((*lines, "", f"{words['how']} {link}"))
    letter.set_content(f"{head}\n\n{'-' * 60}\n\n{sample_text(rendered)}")
    page = sample_html(rendered)
    body = page.find(">", page.lower().find("<body")) + 1
    letter.add_alternative(page[:body] + _banner(lines, link, speaks) + page[body:], subtype="html")
    return letter


def _lines(
    publication: Publication, edition: Edition, rendered: RenderedEdition, findings: tuple[Finding, ...], speaks: str
) -> tuple[str, ...]:
    from broadsheet.render.language import language

    words = _words()[speaks]
    named = {Severity.BLOCK: words["blocks"], Severity.WARN: words["look"]}
    told = [f"- {named[one.severity]}: {one.message} ({one.rule})" for one in findings if one.severity in named]
    date = language(speaks).full_date(edition.date)
    return (
        words["waits"].format(publication=publication.title, date=date, hash=rendered.hash[:12]),
        *edition.questions,
        words["findings"].format(count=len(told)) if told else words["no_findings"],
        *told,
    )


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """Read the letter's words, by language."""
    text = (files("broadsheet.desk") / "approval_letter.toml").read_text(encoding="utf-8")
    words: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return words


def _words_for(tag: str) -> tuple[str, Mapping[str, str]]:
    """Give the language of the letter, "de" for "de-AT" and English where there is none, and its words."""
    base = tag.replace("_", "-").partition("-")[0].lower()
    speaks = base if base in _words() else "en"
    return speaks, _words()[speaks]


def _banner(lines: tuple[str, ...], link: str, speaks: str) -> str:
    """Make what stands above the mail: this letter is no copy of it, and says so."""
    from broadsheet.render.language import language

    told = "".join(f'<p dir="auto" style="margin:0 0 6px;{_INK}">{escape(line)}</p>' for line in lines)
    return (
        f'<div lang="{speaks}" dir="{language(speaks).direction}" style="background:#fff7e0!important;{_INK};'
        'border-bottom:3px solid #7a4b00;padding:16px 20px;font:14px/1.5 Arial,sans-serif;text-align:start">'
        f'{told}<p style="margin:10px 0 0"><a href="{escape(link)}" '
        'style="display:inline-block;background:#0b5394!important;color:#ffffff!important;padding:10px 18px;'
        "border-radius:6px;"
        f'text-decoration:none;font-weight:bold">{escape(_words()[speaks]["button"])}</a></p></div>'
    )


def _signer(desk: Desk) -> LinkSigner:
    from broadsheet.desk.readers import signer_of

    return signer_of(desk)
