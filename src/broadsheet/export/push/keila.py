"""Drafts at Keila: a campaign of the kind HTML. The mark stands in its data, for a campaign has no name."""

from __future__ import annotations

import json
from typing import Any

from broadsheet.errors import ConfigError
from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PEOPLE = 100
_LEFT = {"unreachable": SuppressionReason.BOUNCE, "unsubscribed": SuppressionReason.REQUEST}


def open_account(access: Access) -> Keila:
    """Open the project that the key belongs to."""
    url = access.account.url or "https://app.keila.io"
    headers = {"Authorization": f"Bearer {access.key}"}
    api = Api("Keila", url, headers, secrets=[access.key], **access.options)
    return Keila(api, access.account.sender, access.account.list)


class Keila:
    """The campaigns of a project."""

    title = "Keila"

    def __init__(self, api: Api, sender: str, segment: str) -> None:
        self._api, self._sender, self.audience = api, sender, segment

    def find(self, mark: str) -> list[Remote]:
        """Go through all campaigns for the mark in their data."""
        campaigns = self._api.get("/api/v1/campaigns")["data"]
        return [_remote(one) for one in campaigns if (one.get("data") or {}).get("mark") == mark]

    def create(self, draft: Draft) -> str:
        """Make the campaign, whole."""
        return str(self._api.send("POST", "/api/v1/campaigns", {"data": self._body(draft)})["data"]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PATCH", f"/api/v1/campaigns/{remote_id}", {"data": self._body(draft)})

    def read(self, remote_id: str) -> Remote | None:
        """Read the campaign."""
        try:
            return _remote(self._api.get(f"/api/v1/campaigns/{remote_id}")["data"])
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Queue the campaign. Keila takes one without a sender too, and fails in silence, so that is asked for here."""
        if not self._sender:
            raise ConfigError(
                "expected the id of the sender", key="platforms.keila.sender",
                advice='Add sender = "…" to the table [platforms.keila] of broadsheet.toml.',
            )  # fmt: skip
        self._api.send("POST", f"/api/v1/campaigns/{remote_id}/actions/send", {})

    def departures(self, at: str) -> Page:
        """Tell who cannot be reached, and who unsubscribed."""
        kinds = tuple(_LEFT)
        kind, place = kind_at(at, kinds)
        page = int(place or 0)
        query: dict[str, str | int] = {"paginate[page]": page, "paginate[page_size]": _PEOPLE}
        answer = self._api.get("/api/v1/contacts", filter=json.dumps({"status": kind}), **query)
        return Page(
            departures=tuple(Departure(email=contact["email"], reason=_LEFT[kind]) for contact in answer["data"]),
            following=following(kinds, kind, page + 1 if page + 1 < answer["meta"]["page_count"] else ""),
        )

    def _body(self, draft: Draft) -> dict[str, object]:
        body: dict[str, object] = {
            "subject": draft.subject,
            "preview_text": draft.preheader,
            "html_body": draft.html,
            "settings": {"type": "html"},
            "data": {"mark": draft.mark},
        }
        body |= {"sender_id": self._sender} if self._sender else {}
        return body | ({"segment_id": self.audience} if self.audience else {})


def _remote(campaign: dict[str, Any]) -> Remote:
    state = "sent" if campaign.get("sent_at") else "scheduled" if campaign.get("scheduled_for") else "draft"
    return Remote(
        id=campaign["id"], is_draft=state == "draft", state=state, subject=campaign["subject"],
        html=campaign.get("html_body") or "",
        audience=tuple(filter(None, [campaign.get("segment_id")])),
    )  # fmt: skip
