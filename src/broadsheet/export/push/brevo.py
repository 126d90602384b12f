"""Drafts at Brevo: an email campaign without a time. The mark stands in its name."""

from __future__ import annotations

from typing import Any

from broadsheet.export.pull.departures import Departure, Page
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PAGE = 100
_PAGES_AT_MOST = 20
_PEOPLE = 1000


def open_account(access: Access) -> Brevo:
    """Open the account."""
    url = access.account.url or "https://api.brevo.com"
    api = Api("Brevo", url, {"api-key": access.key}, secrets=[access.key], **access.options)
    return Brevo(api, access.number("list", "the id of the list"))


class Brevo:
    """The email campaigns of an account."""

    title = "Brevo"

    def __init__(self, api: Api, audience: int) -> None:
        self._api, self._list, self.audience = api, audience, str(audience)

    def find(self, mark: str) -> list[Remote]:
        """Go through the campaigns, the newest first, for the mark in a name."""
        found = []
        for page in range(_PAGES_AT_MOST):
            answer = self._api.get(
                "/v3/emailCampaigns", limit=_PAGE, offset=page * _PAGE, sort="desc", excludeHtmlContent="true"
            )
            campaigns = answer.get("campaigns") or []
            found += [_remote(one) for one in campaigns if mark in one.get("name", "")]
            if len(campaigns) < _PAGE:
                break
        return found[::-1]

    def create(self, draft: Draft) -> str:
        """Make the campaign, whole."""
        return str(self._api.send("POST", "/v3/emailCampaigns", self._body(draft))["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PUT", f"/v3/emailCampaigns/{remote_id}", self._body(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the campaign."""
        try:
            return _remote(self._api.get(f"/v3/emailCampaigns/{remote_id}"))
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Send the campaign now."""
        self._api.send("POST", f"/v3/emailCampaigns/{remote_id}/sendNow", {})

    def departures(self, at: str) -> Page:
        """Tell who is on the blocklist for campaigns; Brevo does not say why."""
        offset = int(at or 0)
        contacts = self._api.get("/v3/contacts", limit=_PEOPLE, offset=offset)["contacts"]
        return Page(
            departures=tuple(
                Departure(email=contact["email"], reason=SuppressionReason.REQUEST)
                for contact in contacts
                if contact.get("emailBlacklisted") and contact.get("email")
            ),
            following=str(offset + len(contacts)) if len(contacts) == _PEOPLE else "",
        )

    def _body(self, draft: Draft) -> dict[str, object]:
        return {
            "name": draft.name,
            "subject": draft.subject,
            "previewText": draft.preheader,
            "sender": {"name": draft.sender_name, "email": draft.sender_email},
            "replyTo": draft.reply_to,
            "htmlContent": draft.html,
            "recipients": {"listIds": [self._list]},
            "mirrorActive": True,
        }


def _remote(campaign: dict[str, Any]) -> Remote:
    return Remote(
        id=str(campaign["id"]), is_draft=campaign["status"] == "draft", state=campaign["status"],
        subject=campaign.get("subject", ""), html=campaign.get("htmlContent", ""),
        audience=tuple(str(one) for one in (campaign.get("recipients") or {}).get("lists", ())),
    )  # fmt: skip
