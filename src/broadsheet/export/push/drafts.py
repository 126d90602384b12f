"""How an edition becomes one draft at a platform, whatever gets lost on the way.

A draft carries our mark, so it can be found again. Before anything is made, the platform is asked whether it has one; a
request to make one that gets no answer is followed by that question and never by a second request. What is made is
read back and compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from broadsheet.config import Publication
from broadsheet.errors import ConfigError, ExportError, PlatformBusy
from broadsheet.export import markup
from broadsheet.export.edition import Exported
from broadsheet.export.push.api import NoAnswer, NotThere

# How long a request that got no answer may still be on its way, before another one may be made.
PATIENCE = timedelta(minutes=2)

UNTOLD = "The HTML there is not told by the API, so it was not compared: look at the draft there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is put at the platform. `mark` is ours and stands in the name, where people see it too."""

    mark: str
    name: str
    subject: str
    preheader: str
    html: str
    text: str
    sender_name: str
    sender_email: str
    reply_to: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """What stands at the platform. `subject`, `html`, `text` and `audience` are None where it has, or tells, none.

    `audience` names the lists or segments that it would go to; one that is not named is everybody. `adds_to_links` says
    that the platform tells links with parameters of its own behind ours.
    """

    id: str
    is_draft: bool
    state: str
    subject: str | None = ""
    html: str | None = ""
    text: str | None = None
    audience: tuple[str, ...] | None = None
    adds_to_links: bool = False


class Removed(Exception):
    """Say that a draft was taken away there, because the platform changes none: it has to be made anew."""


def name_of(mark: str) -> str:
    """Write a mark as a name of letters, digits and hyphens, for platforms that know nothing else."""
    return "-".join(re.findall(r"[A-Za-z0-9]+", mark))


class Place(Protocol):
    """A platform's account, as far as drafts go.

    Each method raises ExportError for a refusal, PlatformBusy when it should be tried later, and NoAnswer when nobody
    knows whether the request was carried out. `audience` is the list or segment that drafts are for, '' for everybody.
    """

    title: str
    audience: str

    def find(self, mark: str) -> list[Remote]:
        """Find what carries a mark, drafts or not, as summaries: without content. The oldest first."""

    def create(self, draft: Draft) -> str:
        """Make a new draft in one request, and give its id."""

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Bring an existing draft to what is wanted; twice is once. Raises Removed where that means a new one."""

    def read(self, remote_id: str) -> Remote | None:
        """Read what stands there, content and all; None when it is gone."""

    def send(self, remote_id: str) -> None:
        """Ask in one request that a draft is sent to its readers now."""


class Memory(Protocol):
    """What is remembered of one edition at one platform."""

    remote_id: str

    def claim_attempt(self, now: datetime, since: datetime) -> bool:
        """Note that a draft is about to be made; False when another process made one, or asked after `since`."""

    def forget_attempt(self) -> None:
        """Note that nothing was made: the platform refused."""

    def keep(self, remote_id: str) -> None:
        """Keep the id of the draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What came of it. `differences` are sentences about what the platform did not keep."""

    platform: str
    remote_id: str
    created: bool
    differences: tuple[str, ...] = ()


def draft_of(exported: Exported, publication: Publication) -> Draft:
    """Make the draft of an exported edition."""
    edition = exported.rendered.edition
    mark = f"[broadsheet {edition.id}]"
    return Draft(
        mark=mark,
        name=f"{publication.title} {edition.date.isoformat()} {mark}",
        subject=exported.subject,
        preheader=exported.preheader,
        html=exported.html,
        text=exported.text,
        sender_name=publication.sender_name,
        sender_email=publication.sender_email,
        reply_to=publication.reply_to or publication.sender_email,
        tags=tuple(
            dict.fromkeys([rule.begins for rule in exported.rules])
            | dict.fromkeys(
                f"<{tag.element}" if tag.element else code
                for tag in exported.tags.values()
                if (code := tag.in_html("")) in exported.html or tag.element
            )
        ),
    )


def push(place: Place, draft: Draft, memory: Memory, clock: Callable[[], datetime]) -> Pushed:
    """Put a draft at a platform, or bring the one that is there up to date.

    Raises ExportError when the platform refuses or the edition went out there already, PlatformBusy to try later.
    """
    try:
        return _push(place, draft, memory, clock)
    except NotThere as absence:
        raise ExportError(
            f"{place.title} knows nothing of what was named ({absence})",
            advice="Check url, list, sender and template in the platform's table of broadsheet.toml.",
        ) from absence
    except NoAnswer as silence:
        raise PlatformBusy(
            f"{place.title} gave no answer ({silence}); whether it did what was asked is not known",
            advice="Run the same command again in two minutes: it asks first, and makes no second draft.",
        ) from silence


def _push(place: Place, draft: Draft, memory: Memory, clock: Callable[[], datetime]) -> Pushed:
    known = place.read(memory.remote_id) if memory.remote_id else None
    found = [known] if known else place.find(draft.mark)
    twins = len(found) - 1
    if found:
        remote_id, created = found[0].id, False
        if gone_out := [one for one in found if not one.is_draft]:
            raise ExportError(
                f"{place.title}: {draft.mark} is {gone_out[0].state} there already, so it was left alone",
                advice="Look at it there. To send it anew, make a copy there by hand.",
            )
    else:
        remote_id, created = _create(place, draft, memory, clock), True
    memory.keep(remote_id)
    try:
        place.fill(remote_id, draft)
    except Removed:
        remote_id = _create(place, draft, memory, clock)
        memory.keep(remote_id)
    there = place.read(remote_id)
    if there is None:
        raise ExportError(
            f"{place.title}: the draft is gone right after it was written", advice="Run the same command again."
        )
    differences = differences_of(draft, there)
    if there.audience is not None and there.audience != ((place.audience,) if place.audience else ()):
        wanted = place.audience or "everybody"
        differences.append(f"It would go to {', '.join(there.audience) or 'everybody'} there, not to {wanted}.")
    if twins > 0:
        differences.append(f"{twins} more with our mark {draft.mark} stand there: remove them by hand.")
    return Pushed(platform=place.title, remote_id=remote_id, created=created, differences=tuple(differences))


def _create(place: Place, draft: Draft, memory: Memory, clock: Callable[[], datetime]) -> str:
    now = clock()
    if not memory.claim_attempt(now, now - PATIENCE):
        raise PlatformBusy(
            f"{place.title} may still be working on a request of a moment ago that got no answer",
            advice="Run the same command again in two minutes: it asks first, and makes no second draft.",
        )
    try:
        return place.create(draft)
    except NoAnswer:
        # The question, once; if it has not shown up yet, the next run asks again before it makes anything.
        found = place.find(draft.mark)
        if not found:
            raise
        return found[0].id
    except (ExportError, ConfigError, NotThere):
        memory.forget_attempt()
        raise


def differences_of(draft: Draft, there: Remote) -> list[str]:
    """Say what of a draft the platform did not keep, or does not tell: subject, tags, links, pictures, styles, text."""
    said = []
    if there.subject is not None and there.subject != draft.subject:
        said.append(f"The subject there is {there.subject!r}.")
    said += [UNTOLD] if there.html is None else _lost_html(draft, there.html, adds_to_links=there.adds_to_links)
    if there.text is not None and there.text.split() != draft.text.split():
        said.append("The plain text there is another one.")
    return said


def _lost_html(draft: Draft, there: str, *, adds_to_links: bool) -> list[str]:
    said = [f"The tag {tag} is missing there." for tag in draft.tags if tag not in there]
    for kind, list_them in (("links", markup.links), ("pictures", markup.pictures)):
        ours, theirs = Counter(list_them(draft.html)), Counter(list_them(there))
        lost = list((ours - theirs).elements())
        if adds_to_links:
            lost = _without_longer(lost, list((theirs - ours).elements()))
        if lost:
            said.append(f"{len(lost)} {kind} are missing or changed there, the first is {lost[0]}")
    if "<style" in draft.html and "<style" not in there:
        said.append("The style sheet is missing there: narrow screens and dark colours will not follow the theme.")
    return said


def _without_longer(lost: list[str], others: list[str]) -> list[str]:
    """Leave those for which nothing stands there that is the same link with more parameters."""
    left = []
    for link in lost:
        if longer := next((one for one in others if _is_longer(one, link)), ""):
            others.remove(longer)
        else:
            left.append(link)
    return left


def _is_longer(there: str, ours: str) -> bool:
    address, _, fragment = ours.partition("#")
    longer, _, end = there.partition("#")
    return end == fragment and longer.startswith(f"{address}{'&' if '?' in address else '?'}")
