"""Drafts at Mailchimp: a regular campaign, and its content in a request of its own.

The mark stands in the campaign's title. The API names the data centre by the part of the key after its hyphen.
"""

from __future__ import annotations

from typing import Any

from broadsheet.errors import ConfigError
from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PAGE = 200
_PAGES_AT_MOST = 10
_PEOPLE = 1000


def open_account(access: Access) -> Mailchimp:
    """Open the account."""
    centre = access.key.rpartition("-")[2]
    if not access.account.url and (centre == access.key or not centre.isalnum()):
        raise ConfigError(
            "expected a key that ends in its data centre, such as …-us6", key=f"platforms.{access.name}",
            advice="Copy the whole key from Mailchimp's settings.",
        )  # fmt: skip
    api = Api(
        "Mailchimp", access.account.url or f"https://{centre}.api.mailchimp.com", {}, auth=("broadsheet", access.key),
        secrets=[access.key], **access.options,
    )  # fmt: skip
    return Mailchimp(api, access.need("list", "the id of the audience"))


class Mailchimp:
    """The campaigns of an account."""

    title = "Mailchimp"

    def __init__(self, api: Api, audience: str) -> None:
        self._api, self.audience = api, audience

    def find(self, mark: str) -> list[Remote]:
        """Go through the campaigns, the newest first, for the mark in a title."""
        found = []
        for page in range(_PAGES_AT_MOST):
            answer = self._api.get(
                "/3.0/campaigns", count=_PAGE, offset=page * _PAGE, sort_field="create_time", sort_dir="DESC",
                fields="campaigns.id,campaigns.status,campaigns.settings.title,total_items",
            )  # fmt: skip
            campaigns = answer.get("campaigns", [])
            found += [_summary(one) for one in campaigns if mark in one.get("settings", {}).get("title", "")]
            if len(campaigns) < _PAGE:
                break
        return found[::-1]

    def create(self, draft: Draft) -> str:
        """Make the campaign, empty."""
        body = {"type": "regular", "recipients": {"list_id": self.audience}, "settings": _settings(draft)}
        return str(self._api.send("POST", "/3.0/campaigns", body)["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set subject and sender, then HTML and text."""
        self._api.send("PATCH", f"/3.0/campaigns/{remote_id}", {"settings": _settings(draft)})
        body = {"html": draft.html, "plain_text": draft.text}
        self._api.send("PUT", f"/3.0/campaigns/{remote_id}/content", body)

    def read(self, remote_id: str) -> Remote | None:
        """Read settings and content."""
        try:
            campaign = self._api.get(f"/3.0/campaigns/{remote_id}")
            content = self._api.get(f"/3.0/campaigns/{remote_id}/content")
        except NotThere:
            return None
        summary = _summary(campaign)
        return Remote(
            id=summary.id, is_draft=summary.is_draft, state=summary.state,
            subject=campaign["settings"].get("subject_line", ""), html=content.get("html", ""),
            text=content.get("plain_text"), audience=_audience(campaign["recipients"]),
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Send the campaign; it is refused there unless it is one that was not sent."""
        self._api.send("POST", f"/3.0/campaigns/{remote_id}/actions/send", {})

    def departures(self, at: str) -> Page:
        """Tell who reported abuse, unsubscribed, or was cleaned for bouncing."""
        kinds = tuple(_LEFT)
        kind, place = kind_at(at, kinds)
        offset = int(place or 0)
        field = "abuse_reports" if kind == _ABUSE else "members"
        query: dict[str, str | int] = {} if kind == _ABUSE else {"status": kind}
        people = self._api.get(
            f"/3.0/lists/{self.audience}/{field.replace('_', '-')}", count=_PEOPLE, offset=offset,
            fields=f"{field}.email_address,total_items", **query,
        )[field]  # fmt: skip
        return Page(
            departures=tuple(Departure(email=one["email_address"], reason=_LEFT[kind]) for one in people),
            following=following(kinds, kind, offset + len(people) if len(people) == _PEOPLE else ""),
        )


_ABUSE = "abuse"
_LEFT = {
    _ABUSE: SuppressionReason.COMPLAINT,
    "unsubscribed": SuppressionReason.REQUEST,
    "cleaned": SuppressionReason.BOUNCE,
}


def _audience(recipients: dict[str, Any]) -> tuple[str, ...]:
    """Name the list, and the segment of it where somebody chose one."""
    whole = (str(recipients.get("list_id", "")),)
    return whole if not recipients.get("segment_opts") else (*whole, "a segment of it")


def _settings(draft: Draft) -> dict[str, str]:
    return {
        "title": draft.name,
        "subject_line": draft.subject,
        "preview_text": draft.preheader,
        "from_name": draft.sender_name,
        "reply_to": draft.reply_to,
    }


def _summary(campaign: dict[str, str]) -> Remote:
    return Remote(id=campaign["id"], is_draft=campaign["status"] in ("save", "paused"), state=campaign["status"])
