"""Drafts at Buttondown. The mark stands in the metadata; an email without a status would be sent at once.

The body begins with the comment by which Buttondown knows that it is HTML and not Markdown.
"""

from __future__ import annotations

from typing import Any

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_MODE = "<!-- buttondown-editor-mode: fancy -->"
_PAGES_AT_MOST = 50
_LEFT = {
    "complained": SuppressionReason.COMPLAINT,
    "undeliverable": SuppressionReason.BOUNCE,
    "unsubscribed": SuppressionReason.REQUEST,
}


def open_account(access: Access) -> Buttondown:
    """Open the account."""
    url = access.account.url or "https://api.buttondown.com"
    # A key's first request to send is refused without the second header, which says that it is meant.
    headers = {"Authorization": f"Token {access.key}", "X-Buttondown-Live-Dangerously": "true"}
    return Buttondown(Api("Buttondown", url, headers, secrets=[access.key], **access.options))


class Buttondown:
    """The emails of a newsletter."""

    title = "Buttondown"
    audience = ""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, mark: str) -> list[Remote]:
        """Go through the emails, the newest first, for the mark in their metadata."""
        found = []
        for page in range(1, _PAGES_AT_MOST + 1):
            answer = self._api.get("/v1/emails", ordering="-creation_date", excluded_fields="body", page=page)
            found += [_remote(one) for one in answer["results"] if (one.get("metadata") or {}).get("mark") == mark]
            if not answer.get("next"):
                break
        return found[::-1]

    def create(self, draft: Draft) -> str:
        """Make the email, whole."""
        return str(self._api.send("POST", "/v1/emails", {"status": "draft", **_body(draft)})["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything but the status."""
        self._api.send("PATCH", f"/v1/emails/{remote_id}", _body(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the email."""
        try:
            return _remote(self._api.get(f"/v1/emails/{remote_id}"))
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Set the status by which Buttondown begins to send."""
        self._api.send("PATCH", f"/v1/emails/{remote_id}", {"status": "about_to_send"})

    def departures(self, at: str) -> Page:
        """Tell who complained, cannot be delivered to, or unsubscribed."""
        kinds = tuple(_LEFT)
        kind, place = kind_at(at, kinds)
        page = int(place or 1)
        answer = self._api.get("/v1/subscribers", type=kind, page=page)
        return Page(
            departures=tuple(Departure(email=one["email_address"], reason=_LEFT[kind]) for one in answer["results"]),
            following=following(kinds, kind, page + 1 if answer.get("next") else ""),
        )


def _body(draft: Draft) -> dict[str, object]:
    return {
        "subject": draft.subject,
        "body": f"{_MODE}\n{draft.html}",
        "description": draft.preheader,
        "metadata": {"mark": draft.mark},
    }


def _remote(email: dict[str, Any]) -> Remote:
    return Remote(
        id=email["id"], is_draft=email["status"] == "draft", state=email["status"], subject=email["subject"],
        html=email.get("body") or "",
    )  # fmt: skip
