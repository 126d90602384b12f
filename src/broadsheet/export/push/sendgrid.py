"""Drafts at SendGrid: a Single Send without a time. The mark stands in its name, at whose end it is never cut off."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_SINGLE_SENDS = "/v3/marketing/singlesends"
_NAME_AT_MOST = 100
_PAGE = 100
_PAGES_AT_MOST = 50
_PEOPLE = 500  # the most that SendGrid gives at once
_LISTS = {
    "spam_reports": SuppressionReason.COMPLAINT,
    "bounces": SuppressionReason.BOUNCE,
    "invalid_emails": SuppressionReason.BOUNCE,
    "unsubscribes": SuppressionReason.REQUEST,
}
_GROUP = "group"


def open_account(access: Access) -> SendGrid:
    """Open the account. `list` is a contact list, `sender` a verified sender, `group` an unsubscribe group, by id."""
    url = access.account.url or "https://api.sendgrid.com"
    headers = {"Authorization": f"Bearer {access.key}"}
    api = Api("SendGrid", url, headers, secrets=[access.key], **access.options)
    return SendGrid(
        api,
        access.account.list,
        sender=access.number("sender", "the id of a sender") if access.account.sender else None,
        group=access.number("group", "the id of the unsubscribe group") if access.account.group else None,
    )


class SendGrid:
    """The Single Sends of an account, and its suppressions."""

    title = "SendGrid"

    def __init__(self, api: Api, audience: str, *, sender: int | None, group: int | None) -> None:
        self._api, self.audience, self._sender, self._group = api, audience, sender, group

    def find(self, mark: str) -> list[Remote]:
        """Go through the Single Sends for the mark in a name."""
        found: list[dict[str, Any]] = []
        query: dict[str, str] = {"page_size": str(_PAGE)}
        for _page in range(_PAGES_AT_MOST):
            answer = self._api.get(_SINGLE_SENDS, **query)
            found += [one for one in answer["result"] if mark in one["name"]]
            following_page = urlsplit((answer.get("_metadata") or {}).get("next") or "").query
            if not following_page:
                break
            query = dict(parse_qsl(following_page))
        return [_remote(one) for one in sorted(found, key=lambda one: one.get("created_at") or "")]

    def create(self, draft: Draft) -> str:
        """Make the Single Send, whole; without a time it stays a draft."""
        return str(self._api.send("POST", _SINGLE_SENDS, self._body(draft))["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PATCH", f"{_SINGLE_SENDS}/{remote_id}", self._body(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the Single Send."""
        try:
            return _remote(self._api.get(f"{_SINGLE_SENDS}/{remote_id}"))
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Give it the time now; SendGrid refuses one without a sender or a way to unsubscribe."""
        self._api.send("PUT", f"{_SINGLE_SENDS}/{remote_id}/schedule", {"send_at": "now"})

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

    def _body(self, draft: Draft) -> dict[str, object]:
        content: dict[str, object] = {
            "subject": draft.subject,
            "html_content": draft.html,
            "plain_content": draft.text,
            "generate_plain_content": False,
            "editor": "code",
        }
        content |= {"sender_id": self._sender} if self._sender else {}
        content |= {"suppression_group_id": self._group} if self._group else {}
        body: dict[str, object] = {"name": draft.name[-_NAME_AT_MOST:], "email_config": content}
        return body | ({"send_to": {"list_ids": [self.audience]}} if self.audience else {})


def _remote(single: dict[str, Any]) -> Remote:
    content, readers = single.get("email_config") or {}, single.get("send_to") or {}
    everybody = ("all contacts",) if readers.get("all") else ()
    return Remote(
        id=single["id"], is_draft=single["status"] == "draft", state=single["status"],
        subject=content.get("subject") or "", html=content.get("html_content") or "",
        text=content.get("plain_content"),
        audience=(*everybody, *readers.get("list_ids", ()), *readers.get("segment_ids", ())),
    )  # fmt: skip
