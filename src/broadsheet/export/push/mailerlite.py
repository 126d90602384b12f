"""Drafts at MailerLite: a regular campaign with one email. The mark stands in the campaign's name.

The API takes the HTML and does not tell it again, so what was kept of it is never claimed to be known.
"""

from __future__ import annotations

from typing import Any

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_CAMPAIGNS = "/api/campaigns"
_STATES = ("draft", "ready", "sent")  # the API lists one of them at a time
_NAME_AT_MOST = 255
_PAGE = 100
_PAGES_AT_MOST = 20
_LEFT = {
    "unsubscribed": SuppressionReason.REQUEST,
    "bounced": SuppressionReason.BOUNCE,
    "junk": SuppressionReason.COMPLAINT,
}


def open_account(access: Access) -> MailerLite:
    """Open the account; `list` is a group, by its id."""
    url = access.account.url or "https://connect.mailerlite.com"
    headers = {"Authorization": f"Bearer {access.key}"}
    api = Api("MailerLite", url, headers, secrets=[access.key], **access.options)
    return MailerLite(api, access.need("list", "the id of the group"))


class MailerLite:
    """The campaigns of an account."""

    title = "MailerLite"

    def __init__(self, api: Api, audience: str) -> None:
        self._api, self.audience = api, audience

    def find(self, mark: str) -> list[Remote]:
        """Go through the campaigns of each state for the mark in a name."""
        found: dict[str, dict[str, Any]] = {}
        for state in _STATES:
            for page in range(1, _PAGES_AT_MOST + 1):
                query: dict[str, str | int] = {"filter[status]": state, "limit": _PAGE, "page": page}
                campaigns = self._api.get(_CAMPAIGNS, **query)["data"]
                if not campaigns:  # the API may give fewer than were asked for: only an empty page is the end
                    break
                found |= {one["id"]: one for one in campaigns if mark in one["name"]}
        return [_remote(one) for one in sorted(found.values(), key=lambda one: one.get("created_at") or "")]

    def create(self, draft: Draft) -> str:
        """Make the campaign, whole; it stays a draft until it is scheduled."""
        return str(self._api.send("POST", _CAMPAIGNS, self._body(draft))["data"]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PUT", f"{_CAMPAIGNS}/{remote_id}", self._body(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the campaign, which is told without its HTML."""
        try:
            return _remote(self._api.get(f"{_CAMPAIGNS}/{remote_id}")["data"])
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Schedule the campaign for now."""
        self._api.send("POST", f"{_CAMPAIGNS}/{remote_id}/schedule", {"delivery": "instant"})

    def departures(self, at: str) -> Page:
        """Tell who unsubscribed, bounced, or marked a message as junk."""
        kinds = tuple(_LEFT)
        kind, cursor = kind_at(at, kinds)
        query: dict[str, str | int] = {"filter[status]": kind, "limit": _PAGE}
        answer = self._api.get("/api/subscribers", **query, **({"cursor": cursor} if cursor else {}))
        return Page(
            departures=tuple(Departure(email=one["email"], reason=_LEFT[kind]) for one in answer["data"]),
            following=following(kinds, kind, (answer.get("meta") or {}).get("next_cursor") or ""),
        )

    def _body(self, draft: Draft) -> dict[str, object]:
        email = {
            "subject": draft.subject,
            "from_name": draft.sender_name,
            "from": draft.sender_email,
            "reply_to": draft.reply_to,
            "content": draft.html,
        }
        return {
            "name": draft.name[-_NAME_AT_MOST:],
            "type": "regular",
            "emails": [email],
            "groups": [self.audience],
        }


def _remote(campaign: dict[str, Any]) -> Remote:
    state, emails = campaign["status"], campaign.get("emails") or [{}]
    rules = [rule["args"] for rules in campaign.get("filter") or () for rule in rules]
    audience = [
        str(one) if kind == "groups" else f"{kind} {one}"
        for kind, chosen in ((args[0], args[1]) for args in rules)
        for one in chosen
    ]
    return Remote(
        id=str(campaign["id"]), is_draft=state == "draft", state=state, subject=emails[0].get("subject") or "",
        html=None, audience=tuple(audience),
    )  # fmt: skip
