"""Drafts at listmonk: a new campaign is always one. The mark stands in its name, and beside it in its tags."""

from __future__ import annotations

from typing import Any

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_LEFT = {"complaint": SuppressionReason.COMPLAINT, "hard": SuppressionReason.BOUNCE}

_PEOPLE = 1000


def open_account(access: Access) -> Listmonk:
    """Open the account."""
    user = access.need("user", "the name of the API user")
    headers = {"Authorization": f"token {user}:{access.key}"}
    api = Api("listmonk", access.need("url", "listmonk's address"), headers, secrets=[access.key], **access.options)
    template = access.number("template", "the id of the template") if access.account.template else None
    return Listmonk(api, access.number("list", "the id of the list"), template)


class Listmonk:
    """The campaigns of a listmonk."""

    title = "listmonk"

    def __init__(self, api: Api, audience: int, template: int | None) -> None:
        self._api, self._list, self._template = api, audience, template
        self.audience = str(audience)

    def find(self, mark: str) -> list[Remote]:
        """Go through all campaigns, without their bodies, for the mark in a name."""
        answer = self._api.get("/api/campaigns", per_page="all", no_body="true", order_by="created_at", order="ASC")
        return [_remote(one) for one in answer["data"]["results"] if mark in one["name"]]

    def create(self, draft: Draft) -> str:
        """Make the campaign, whole."""
        return str(self._api.send("POST", "/api/campaigns", self._body(draft))["data"]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PUT", f"/api/campaigns/{remote_id}", self._body(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the campaign. listmonk answers 400 for one that does not exist, so the list is looked at."""
        try:
            answer = self._api.get("/api/campaigns", per_page="all", no_body="true")
            if not any(str(one["id"]) == remote_id for one in answer["data"]["results"]):
                return None
            return _remote(self._api.get(f"/api/campaigns/{remote_id}")["data"])
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Start the campaign; one that was started before is refused there."""
        self._api.send("PUT", f"/api/campaigns/{remote_id}/status", {"status": "running"})

    def departures(self, at: str) -> Page:
        """Tell who complained or bounced for good, and who unsubscribed from the list."""
        kinds = ("bounces", "unsubscribed")
        kind, place = kind_at(at, kinds)
        page = int(place or 1)
        query: dict[str, str | int] = {"page": page, "per_page": _PEOPLE, "order_by": "created_at", "order": "ASC"}
        if kind == "bounces":
            results = self._api.get("/api/bounces", **query)["data"]["results"]
            told = [Departure(email=one["email"], reason=_LEFT[one["type"]]) for one in results if one["type"] in _LEFT]
        else:
            query |= {"list_id": self._list, "subscription_status": "unsubscribed"}
            results = self._api.get("/api/subscribers", **query)["data"]["results"]
            told = [Departure(email=one["email"], reason=SuppressionReason.REQUEST) for one in results]
        more = page + 1 if len(results) == _PEOPLE else ""
        return Page(departures=tuple(told), following=following(kinds, kind, more))

    def _body(self, draft: Draft) -> dict[str, object]:
        body: dict[str, object] = {
            "name": draft.name,
            "subject": draft.subject,
            "lists": [self._list],
            "from_email": f"{draft.sender_name} <{draft.sender_email}>",
            "type": "regular",
            "content_type": "html",
            "messenger": "email",
            "body": draft.html,
            "altbody": draft.text,
            "tags": ["broadsheet"],
        }
        return body | ({"template_id": self._template} if self._template else {})


def _remote(campaign: dict[str, Any]) -> Remote:
    return Remote(
        id=str(campaign["id"]), is_draft=campaign["status"] == "draft", state=campaign["status"],
        subject=campaign["subject"], html=campaign.get("body") or "", text=campaign.get("altbody"),
        audience=tuple(str(one["id"]) for one in campaign.get("lists") or ()),
    )  # fmt: skip
