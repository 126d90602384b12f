"""Editions on the web: one reader's own, by the signed link in their mail, and the public archive of those sent."""

from __future__ import annotations

import html
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from broadsheet.config import Publication
from broadsheet.desk.opening import Desk
from broadsheet.desk.readers import signer_of
from broadsheet.errors import BroadsheetError
from broadsheet.model import Edition, EditionStatus, RenderedEdition
from broadsheet.slots import Slot, fill
from broadsheet.store.editions import EditionLine

_SEEN: OrderedDict[tuple[str, str, str, tuple[str, ...]], RenderedEdition] = OrderedDict()
_SEEN_LOCK = Lock()
_MOST_SEEN = 16
_SHOWN = (EditionStatus.APPROVED, EditionStatus.SENDING, EditionStatus.SENT)


def sent_editions(desk: Desk, publication: Publication, limit: int = 400) -> list[EditionLine]:
    """List a publication's sent editions, newest first."""
    return [line for line in desk.store.editions.list(publication.name, limit=limit) if line.status == "sent"]


def view_for_reader(desk: Desk, token: str, base_url_of: Callable[[Publication | None], str]) -> str | None:
    """Show an edition as the reader whom a link proves got it; None where the link is not good.

    `base_url_of` tells where a publication's readers reach the pages.
    """
    from broadsheet.audience.links import Purpose

    signer = signer_of(desk)
    found = signer.read(Purpose.VIEW, token)
    if found is None:
        return None
    number, edition_id = found
    owner, subscription = desk.store.subscribers.owner(number), desk.store.subscribers.subscription(number)
    rendered = _rendered(desk, edition_id, subscription.sections if subscription else ())
    if rendered is None:
        return None
    base_url = base_url_of(desk.config.publications.get(subscription.publication) if subscription else None)
    values = {
        Slot.UNSUBSCRIBE_URL: signer.unsubscribe_url(base_url, number),
        Slot.PREFERENCES_URL: signer.preferences_url(base_url, number),
        Slot.VIEW_URL: signer.view_url(base_url, number, edition_id),
        Slot.FIRST_NAME: owner.first_name if owner else "",
        Slot.LAST_NAME: owner.last_name if owner else "",
        Slot.EMAIL: owner.email if owner else "",
    }
    return fill(rendered.html, lambda slot: html.escape(values[slot]))


def view_in_archive(desk: Desk, publication: Publication, day: date, base_url: str) -> str | None:
    """Show a sent edition to anybody: its links lead to the sign-up, and it names nobody. None where there is none."""
    edition = desk.store.editions.get(f"{publication.name}-{day}")
    if edition is None or edition.status is not EditionStatus.SENT:
        return None
    rendered = _rendered(desk, edition.id, ())
    if rendered is None:
        return None
    sign_up = f"{base_url.rstrip('/')}/s/{publication.name}"
    values = {
        Slot.UNSUBSCRIBE_URL: sign_up,
        Slot.PREFERENCES_URL: sign_up,
        Slot.VIEW_URL: f"{base_url.rstrip('/')}/archive/{publication.name}/{day}",
    }
    return fill(rendered.html, lambda slot: html.escape(values.get(slot, "")))


def _rendered(desk: Desk, edition_id: str, sections: tuple[str, ...]) -> RenderedEdition | None:
    from broadsheet.desk.production import render

    edition: Edition | None = desk.store.editions.get(edition_id)
    if edition is None or edition.status not in _SHOWN:
        return None
    known = {section.category for section in edition.sections if section.picks}
    chosen = tuple(sorted(known.intersection(sections)))
    key = (str(desk.folder), edition_id, edition.hash, chosen)
    with _SEEN_LOCK:
        if key in _SEEN:
            _SEEN.move_to_end(key)
            return _SEEN[key]
    try:
        rendered = render(desk, edition, sections=chosen or None)
    except BroadsheetError:
        return None
    with _SEEN_LOCK:
        _SEEN[key] = rendered
        while len(_SEEN) > _MOST_SEEN:
            _SEEN.popitem(last=False)
    return rendered
