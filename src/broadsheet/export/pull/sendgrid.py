"""Who left at SendGrid: its lists of suppressions, and those of one unsubscribe group."""

from __future__ import annotations

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PEOPLE = 500  # the most that SendGrid gives at once
_LISTS = {
    "spam_reports": SuppressionReason.COMPLAINT,
    "bounces": SuppressionReason.BOUNCE,
    "invalid_emails": SuppressionReason.BOUNCE,
    "unsubscribes": SuppressionReason.REQUEST,
}
_GROUP = "group"


def open_account(access: Access) -> SendGrid:
    """Open the account; `list` is the id of an unsubscribe group, where one is used."""
    url = access.account.url or "https://api.sendgrid.com"
    headers = {"Authorization": f"Bearer {access.key}"}
    api = Api("SendGrid", url, headers, secrets=[access.key], **access.options)
    return SendGrid(api, access.number("list", "the id of the unsubscribe group") if access.account.list else None)


class SendGrid:
    """The suppressions of an account."""

    title = "SendGrid"

    def __init__(self, api: Api, group: int | None) -> None:
        self._api, self._group = api, group

    def departures(self, at: str) -> Page:
        """Tell who reported spam, bounced, has no address, unsubscribed from everything, or from the group."""
        kinds = (*_LISTS, _GROUP) if self._group else tuple(_LISTS)
        kind, place = kind_at(at, kinds)
        if kind == _GROUP:
            left = self._api.get(f"/v3/asm/groups/{self._group}/suppressions")
            return Page(
                departures=tuple(Departure(email=email, reason=SuppressionReason.REQUEST) for email in left),
                following=following(kinds, kind),
            )
        offset = int(place or 0)
        entries = self._api.get(f"/v3/suppression/{kind}", limit=_PEOPLE, offset=offset)
        more = offset + len(entries) if len(entries) == _PEOPLE else ""
        return Page(
            departures=tuple(Departure(email=entry["email"], reason=_LISTS[kind]) for entry in entries),
            following=following(kinds, kind, more),
        )
