"""Drafts at Klaviyo: a template with the HTML, and a campaign whose message is given that template.

The mark stands in the name of both. Assigning a template copies it into the message, so a changed one is assigned anew.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_REVISION = "2026-07-15"
_PAGES_AT_MOST = 20
_PEOPLE = 100  # the most that Klaviyo gives at once

# What of a profile's marketing by e-mail says that it left, and the profiles in which it stands.
_FILTERS = {
    "suppression": "greater-than(subscriptions.email.marketing.suppression.timestamp,1970-01-01T00:00:00Z)",
    "list_suppressions": "equals(subscriptions.email.marketing.list_suppressions.list_id,'LIST')",
}
_REASONS = {
    "SPAM_COMPLAINT": SuppressionReason.COMPLAINT,
    "HARD_BOUNCE": SuppressionReason.BOUNCE,
    "INVALID_EMAIL": SuppressionReason.BOUNCE,
}
_GRAVEST = (SuppressionReason.COMPLAINT, SuppressionReason.BOUNCE, SuppressionReason.REQUEST)


def open_account(access: Access) -> Klaviyo:
    """Open the account."""
    headers = {
        "Authorization": f"Klaviyo-API-Key {access.key}",
        "revision": _REVISION,
        "Accept": "application/vnd.api+json",
    }
    url = access.account.url or "https://a.klaviyo.com"
    api = Api("Klaviyo", url, headers, secrets=[access.key], **access.options)
    return Klaviyo(api, access.need("list", "the id of the list or segment"))


class Klaviyo:
    """The campaigns and templates of an account."""

    title = "Klaviyo"

    def __init__(self, api: Api, audience: str) -> None:
        self._api, self.audience = api, audience

    def find(self, mark: str) -> list[Remote]:
        """Look for email campaigns with the mark in their name."""
        words = mark.strip("[]")
        query: dict[str, str] = {"filter": f"equals(messages.channel,'email'),contains(name,'{words}')"}
        found = []
        for _page in range(_PAGES_AT_MOST):
            answer = self._api.get("/api/campaigns", **query)
            found += [_summary(one) for one in answer["data"] if mark in one["attributes"]["name"]]
            if not (cursor := _cursor(answer)):
                break
            query["page[cursor]"] = cursor
        return found[::-1]

    def create(self, draft: Draft) -> str:
        """Make the campaign with its message, no template in it yet."""
        message = {"type": "campaign-message", "attributes": {"definition": _definition(draft)}}
        attributes = {
            "name": draft.name,
            "audiences": {"included": [self.audience]},
            "campaign-messages": {"data": [message]},
        }
        body = {"data": {"type": "campaign", "attributes": attributes}}
        return str(self._api.send("POST", "/api/campaigns", body)["data"]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Bring template and message up to date, then put the one into the other."""
        template, message = self._template(draft), self._message(remote_id)
        body = {"type": "campaign-message", "id": message, "attributes": {"definition": _definition(draft)}}
        self._api.send("PATCH", f"/api/campaign-messages/{message}", {"data": body})
        relation = {"template": {"data": {"type": "template", "id": template}}}
        body = {"type": "campaign-message", "id": message, "relationships": relation}
        self._api.send("POST", "/api/campaign-message-assign-template", {"data": body})

    def read(self, remote_id: str) -> Remote | None:
        """Read the campaign, its message's subject and its message's template."""
        try:
            known = self._api.get(f"/api/campaigns/{remote_id}")["data"]
            campaign = _summary(known)
            messages = self._api.get(f"/api/campaigns/{remote_id}/campaign-messages")["data"]
        except NotThere:
            return None
        subject = html = ""
        text = None
        if messages:
            subject = messages[0]["attributes"]["definition"]["content"].get("subject") or ""
            try:
                template = self._api.get(f"/api/campaign-messages/{messages[0]['id']}/template")["data"]["attributes"]
                html, text = template.get("html") or "", template.get("text")
            except NotThere:
                pass  # no template in it yet: everything will be reported as missing
        return Remote(
            id=campaign.id, is_draft=campaign.is_draft, state=campaign.state, subject=subject, html=html, text=text,
            audience=tuple((known["attributes"].get("audiences") or {}).get("included", ())),
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Start the job that sends the campaign, which bears the campaign's id."""
        self._api.send("POST", "/api/campaign-send-jobs", {"data": {"type": "campaign-send-job", "id": remote_id}})

    def departures(self, at: str) -> Page:
        """Tell who is suppressed for everything, and who left the list."""
        kinds = tuple(_FILTERS)
        kind, cursor = kind_at(at, kinds)
        query: dict[str, str | int] = {
            "filter": _FILTERS[kind].replace("LIST", _quoted(self.audience)),
            "additional-fields[profile]": "subscriptions",
            "page[size]": _PEOPLE,
        }
        answer = self._api.get("/api/profiles", **query, **({"page[cursor]": cursor} if cursor else {}))
        told = []
        for profile in answer["data"]:
            attributes = profile["attributes"]
            email = ((attributes.get("subscriptions") or {}).get("email") or {}).get("marketing") or {}
            reasons = [_REASONS.get(one["reason"], SuppressionReason.REQUEST) for one in email.get(kind) or ()]
            if attributes.get("email") and reasons:
                told.append(Departure(email=attributes["email"], reason=min(reasons, key=_GRAVEST.index)))
        return Page(departures=tuple(told), following=following(kinds, kind, _cursor(answer)))

    def _message(self, remote_id: str) -> str:
        return str(self._api.get(f"/api/campaigns/{remote_id}/campaign-messages")["data"][0]["id"])

    def _template(self, draft: Draft) -> str:
        attributes = {"name": draft.name, "html": draft.html, "text": draft.text}
        there = self._api.get("/api/templates", filter=f"equals(name,'{_quoted(draft.name)}')")["data"]
        if there:
            body = {"type": "template", "id": there[0]["id"], "attributes": attributes}
            self._api.send("PATCH", f"/api/templates/{there[0]['id']}", {"data": body})
            return str(there[0]["id"])
        body = {"type": "template", "attributes": {**attributes, "editor_type": "CODE"}}
        return str(self._api.send("POST", "/api/templates", {"data": body})["data"]["id"])


def _cursor(answer: dict[str, Any]) -> str:
    """Read where the next page begins out of its address; '' after the last one."""
    address = (answer.get("links") or {}).get("next") or ""
    return dict(parse_qsl(urlsplit(address).query)).get("page[cursor]", "")


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _definition(draft: Draft) -> dict[str, object]:
    return {
        "channel": "email",
        "label": draft.name,
        "content": {
            "subject": draft.subject,
            "preview_text": draft.preheader,
            "from_email": draft.sender_email,
            "from_label": draft.sender_name,
            "reply_to_email": draft.reply_to,
        },
    }


def _summary(campaign: dict[str, Any]) -> Remote:
    state = campaign["attributes"]["status"]
    return Remote(id=campaign["id"], is_draft=state == "Draft", state=state)
