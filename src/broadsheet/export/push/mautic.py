"""Drafts at Mautic: a segment email that is not published. The mark stands in its name."""

from __future__ import annotations

from typing import Any

from broadsheet.export.pull.departures import Departure, Page
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PAGE = 100
_PAGES_AT_MOST = 50
_PEOPLE = 200

# Unsubscribed, bounced, set by hand.
_REASONS = {1: SuppressionReason.REQUEST, 2: SuppressionReason.BOUNCE, 3: SuppressionReason.REQUEST}


def open_account(access: Access) -> Mautic:
    """Open the installation."""
    user = access.need("user", "the name of the API user")
    url = access.need("url", "Mautic's address")
    api = Api("Mautic", url, {}, auth=(user, access.key), secrets=[access.key], **access.options)
    return Mautic(api, access.number("list", "the id of the segment"))


class Mautic:
    """The emails of an installation."""

    title = "Mautic"

    def __init__(self, api: Api, segment: int) -> None:
        self._api, self._segment, self.audience = api, segment, str(segment)

    def find(self, mark: str) -> list[Remote]:
        """Go through the emails for the mark in a name."""
        found = []
        for page in range(_PAGES_AT_MOST):
            emails = self._api.get("/api/emails", start=page * _PAGE, limit=_PAGE)["emails"]
            listed = list(emails.values()) if isinstance(emails, dict) else emails
            found += [_remote(one) for one in listed if mark in one["name"]]
            if len(listed) < _PAGE:
                break
        return sorted(found, key=lambda remote: int(remote.id))

    def create(self, draft: Draft) -> str:
        """Make the email, whole."""
        return str(self._api.send("POST", "/api/emails/new", self._body(draft))["email"]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PATCH", f"/api/emails/{remote_id}/edit", self._body(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the email."""
        try:
            return _remote(self._api.get(f"/api/emails/{remote_id}")["email"])
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Publish the email: Mautic's job for segment emails then sends it, once to each contact.

        Its other request, which sends while we wait, takes as long as the list is long and would end in a time-out.
        """
        self._api.send("PATCH", f"/api/emails/{remote_id}/edit", {"isPublished": True})

    def departures(self, at: str) -> Page:
        """Tell which contacts are not to be written to, in the order of their ids; Mautic knows no complaints."""
        query: dict[str, str | int] = {
            "where[0][col]": "id",
            "where[0][expr]": "gt",
            "where[0][val]": int(at or 0),
            "orderBy": "id",
            "orderByDir": "asc",
            "limit": _PEOPLE,
        }
        contacts = self._api.get("/api/contacts", **query)["contacts"]
        listed = list(contacts.values()) if isinstance(contacts, dict) else contacts
        told = []
        for contact in listed:
            email = contact["fields"]["all"].get("email")
            for entry in contact.get("doNotContact") or ():
                if email and entry["channel"] == "email" and (reason := _REASONS.get(int(entry["reason"]))):
                    told.append(Departure(email=email, reason=reason))
        last = max((int(contact["id"]) for contact in listed), default=0)
        return Page(departures=tuple(told), following=str(last) if len(listed) == _PEOPLE else "")

    def _body(self, draft: Draft) -> dict[str, object]:
        return {
            "name": draft.name,
            "subject": draft.subject,
            "preheaderText": draft.preheader,
            "fromName": draft.sender_name,
            "fromAddress": draft.sender_email,
            "replyToAddress": draft.reply_to,
            "customHtml": draft.html,
            "plainText": draft.text,
            "emailType": "list",
            "lists": [self._segment],
            "isPublished": False,
        }


def _remote(email: dict[str, Any]) -> Remote:
    sent = int(email.get("sentCount") or 0)
    state = "sent" if sent else "published" if email.get("isPublished") else "draft"
    return Remote(
        id=str(email["id"]), is_draft=state == "draft", state=state, subject=email["subject"],
        html=email.get("customHtml") or "", text=email.get("plainText"),
        audience=tuple(str(one["id"] if isinstance(one, dict) else one) for one in email.get("lists") or ()),
    )  # fmt: skip
