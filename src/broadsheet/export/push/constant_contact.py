"""Drafts at Constant Contact: a campaign of custom code, whose content is its primary activity's.

The mark stands at the end of the campaign's name, which must be unique there: a second campaign of the same name is
refused by the platform, too. Campaigns that were deleted are still listed, and still have their name.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from broadsheet.export.pull.departures import Departure, Page
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_CAMPAIGNS = "/v3/emails"
_ACTIVITIES = "/v3/emails/activities"
_CUSTOM_CODE = 5
_NAME_AT_MOST = 80
_PAGE = 500
_PAGES_AT_MOST = 20
_PRIMARY = "primary_email"


def open_account(access: Access) -> ConstantContact:
    """Open the account; the key is an OAuth access token."""
    url = access.account.url or "https://api.cc.email"
    headers = {"Authorization": f"Bearer {access.key}"}
    api = Api("Constant Contact", url, headers, secrets=[access.key], **access.options)
    return ConstantContact(api, access.need("list", "the id of the contact list"))


class ConstantContact:
    """The email campaigns of an account."""

    title = "Constant Contact"

    def __init__(self, api: Api, audience: str) -> None:
        self._api, self.audience = api, audience

    def find(self, mark: str) -> list[Remote]:
        """Go through the campaigns for the mark in a name, but for those that were deleted."""
        return [_summary(one) for one in self._marked(mark) if not _is_removed(one)]

    def create(self, draft: Draft) -> str:
        """Make the campaign, whole but for its readers, under a name that none has, deleted ones included."""
        before = sum(1 for one in self._marked(draft.mark) if _is_removed(one))
        name = f"{draft.name.removesuffix(draft.mark)}{f'({before + 1}) ' if before else ''}{draft.mark}"
        activity = {"format_type": _CUSTOM_CODE, **_content(draft)}
        body = {"name": name[-_NAME_AT_MOST:], "email_campaign_activities": [activity]}
        return str(self._api.send("POST", _CAMPAIGNS, body)["campaign_id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set content and readers."""
        activity = _primary(self._api.get(f"{_CAMPAIGNS}/{remote_id}"))
        body = {**_content(draft), "contact_list_ids": [self.audience]}
        self._api.send("PUT", f"{_ACTIVITIES}/{activity}", body)

    def read(self, remote_id: str) -> Remote | None:
        """Read the campaign and its content; None when it was deleted."""
        try:
            campaign = self._api.get(f"{_CAMPAIGNS}/{remote_id}")
            if _is_removed(campaign):
                return None
            there = self._api.get(f"{_ACTIVITIES}/{_primary(campaign)}", include="html_content")
        except NotThere:
            return None
        summary = _summary(campaign)
        segments = [f"the segment {one}" for one in there.get("segment_ids") or ()]
        return Remote(
            id=summary.id, is_draft=summary.is_draft, state=summary.state,
            subject=there.get("subject") or "", html=there.get("html_content") or "",
            audience=(*(there.get("contact_list_ids") or ()), *segments),
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Schedule the primary activity for now, which is written "0"."""
        activity = _primary(self._api.get(f"{_CAMPAIGNS}/{remote_id}"))
        self._api.send("POST", f"{_ACTIVITIES}/{activity}/schedules", {"scheduled_date": "0"})

    def departures(self, at: str) -> Page:
        """Tell who unsubscribed; Constant Contact lists neither bounces nor complaints by contact."""
        query = dict(parse_qsl(at)) or {"status": "unsubscribed", "limit": str(_PAGE)}
        answer = self._api.get("/v3/contacts", **query)
        emails = [contact.get("email_address") or {} for contact in answer["contacts"]]
        return Page(
            departures=tuple(
                Departure(email=email["address"], reason=SuppressionReason.REQUEST)
                for email in emails
                if email.get("address")
            ),
            following=_following(answer),
        )

    def _marked(self, mark: str) -> list[dict[str, Any]]:
        """List every campaign with the mark in its name, the oldest first."""
        found: list[dict[str, Any]] = []
        query: dict[str, str] = {"limit": str(_PAGE)}
        for _page in range(_PAGES_AT_MOST):
            answer = self._api.get(_CAMPAIGNS, **query)
            found += [one for one in answer.get("campaigns") or () if mark in one["name"]]
            if not (following := _following(answer)):
                break
            query = dict(parse_qsl(following))
        return sorted(found, key=lambda one: one.get("created_at") or "")


def _content(draft: Draft) -> dict[str, str]:
    return {
        "from_name": draft.sender_name,
        "from_email": draft.sender_email,
        "reply_to_email": draft.reply_to,
        "subject": draft.subject,
        "preheader": draft.preheader,
        "html_content": draft.html,
    }


def _primary(campaign: dict[str, Any]) -> str:
    """Name the activity that is sent. Raises NotThere when the campaign has none."""
    for activity in campaign.get("campaign_activities") or ():
        if activity["role"] == _PRIMARY:
            return str(activity["campaign_activity_id"])
    raise NotThere(f"the primary activity of the campaign {campaign['campaign_id']}")


def _following(answer: dict[str, Any]) -> str:
    """Read the query of the next page out of its address; '' after the last one."""
    return urlsplit(((answer.get("_links") or {}).get("next") or {}).get("href") or "").query


def _is_removed(campaign: dict[str, Any]) -> bool:
    return str(campaign["current_status"]).lower() == "removed"


def _summary(campaign: dict[str, Any]) -> Remote:
    state = str(campaign["current_status"]).lower()
    return Remote(id=campaign["campaign_id"], is_draft=state == "draft", state=state)
