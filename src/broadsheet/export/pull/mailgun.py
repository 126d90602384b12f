"""Who left at Mailgun: a domain's complaints, bounces and unsubscribes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PEOPLE = 1000
_LISTS = {
    "complaints": SuppressionReason.COMPLAINT,
    "bounces": SuppressionReason.BOUNCE,
    "unsubscribes": SuppressionReason.REQUEST,
}


def open_account(access: Access) -> Mailgun:
    """Open the domain that `list` names."""
    return Mailgun(*domain_api(access))


def domain_api(access: Access) -> tuple[Api, str]:
    """Speak for the domain that `list` names; `url` is https://api.eu.mailgun.net for one in Europe."""
    url = access.account.url or "https://api.mailgun.net"
    domain = access.need("list", "the sending domain")
    api = Api("Mailgun", url, {}, auth=("api", access.key), secrets=[access.key], **access.options)
    return api, domain


class Mailgun:
    """The suppressions of a domain."""

    title = "Mailgun"

    def __init__(self, api: Api, domain: str) -> None:
        self._api, self._domain = api, domain

    def departures(self, at: str) -> Page:
        """Tell who complained, bounced, or unsubscribed from everything; who left one tag only is not told.

        Mailgun names the next page by an address, and ends with one that is empty.
        """
        kinds = tuple(_LISTS)
        kind, place = kind_at(at, kinds)
        query = dict(parse_qsl(place)) or {"limit": str(_PEOPLE)}
        answer = self._api.get(f"/v3/{quote(self._domain, safe='')}/{kind}", **query)
        items = answer["items"]
        more = urlsplit((answer.get("paging") or {}).get("next") or "").query if items else ""
        return Page(
            departures=tuple(
                Departure(email=item["address"], reason=_LISTS[kind]) for item in items if _left_everything(item)
            ),
            following=following(kinds, kind, more),
        )


def _left_everything(item: dict[str, Any]) -> bool:
    tags = item.get("tags") or ["*"]
    return "*" in tags
