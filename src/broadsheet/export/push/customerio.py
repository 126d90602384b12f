"""Drafts at Customer.io: a newsletter that is neither sent nor scheduled. The mark stands in its name.

Name, readers and layout are given when it is made and cannot be changed by the API; the content can. Whether it is
scheduled is not told, whether it was sent is.
"""

from __future__ import annotations

from typing import Any

from broadsheet.errors import ExportError
from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_NEWSLETTERS = "/v1/newsletters"
_NAME_AT_MOST = 190
_PAGE = 100
_PAGES_AT_MOST = 20
_PEOPLE = 1000  # the most that Customer.io gives at once
_SUPPRESSED = {
    "spam_reports": SuppressionReason.COMPLAINT,
    "bounces": SuppressionReason.BOUNCE,
    "invalid_emails": SuppressionReason.BOUNCE,
}
_UNSUBSCRIBED = "unsubscribed"


def open_account(access: Access) -> CustomerIo:
    """Open the workspace; `list` is a segment, `template` a layout, `sender` a sender, `group` a topic, by id."""
    url = access.account.url or "https://api.customer.io"
    headers = {"Authorization": f"Bearer {access.key}"}
    api = Api("Customer.io", url, headers, secrets=[access.key], pause=1.0, **access.options)
    choices = {"layout_id": "template", "from_id": "sender", "subscription_topic_id": "group"}
    return CustomerIo(
        api,
        access.number("list", "the id of the segment"),
        {name: access.number(field, "an id") for name, field in choices.items() if getattr(access.account, field)},
    )


class CustomerIo:
    """The newsletters of a workspace."""

    title = "Customer.io"

    def __init__(self, api: Api, segment: int, chosen: dict[str, int]) -> None:
        self._api, self._segment, self._chosen, self.audience = api, segment, chosen, str(segment)

    def find(self, mark: str) -> list[Remote]:
        """Go through the newsletters, the newest first, for the mark in a name."""
        found = []
        query: dict[str, str | int] = {"limit": _PAGE, "sort": "desc"}
        for _page in range(_PAGES_AT_MOST):
            answer = self._api.get(_NEWSLETTERS, **query)
            found += [_summary(one) for one in answer.get("newsletters") or () if mark in one["name"]]
            if not answer.get("next"):
                break
            query["start"] = answer["next"]
        return found[::-1]

    def create(self, draft: Draft) -> str:
        """Make the newsletter, whole; without a time it stays a draft."""
        body: dict[str, object] = {
            "name": draft.name[-_NAME_AT_MOST:],
            "type": "email",
            "recipients": {"segment": {"id": self._segment}},
            **_content(draft),
            **self._chosen,
        }
        if "from_id" not in self._chosen:
            body["from"] = f"{draft.sender_name} <{draft.sender_email}>"
        return str(self._api.send("POST", _NEWSLETTERS, body)["newsletter"]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set subject, HTML and text. Raises ExportError when a layout would be put around them."""
        content = self._contents(remote_id)[0]
        if "".join((content.get("layout") or "").split()) not in ("", "{{content}}"):
            raise ExportError(
                "Customer.io would put a layout around the edition, which is a whole document",
                advice="Make a layout there that is {{ content }} alone and put its id into `template`; the draft of "
                "today is given it there by hand, or deleted and pushed again.",
            )
        self._api.send("PUT", f"{_NEWSLETTERS}/{remote_id}/contents/{content['id']}", _content(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the newsletter and its content; one in several variants is not ours any more."""
        try:
            summary = _summary(self._api.get(f"{_NEWSLETTERS}/{remote_id}")["newsletter"])
            contents = self._contents(remote_id)
        except NotThere:
            return None
        several = len(contents) > 1
        return Remote(
            id=summary.id, is_draft=summary.is_draft and not several,
            state="in several variants" if several else summary.state,
            subject=contents[0].get("subject") or "", html=contents[0].get("body") or "", audience=summary.audience,
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Send the newsletter; Customer.io refuses one that is no draft."""
        self._api.send("POST", f"{_NEWSLETTERS}/{remote_id}/send", {})

    def departures(self, at: str) -> Page:
        """Tell who reported spam, bounced, has no address, or unsubscribed from everything."""
        kinds = (*_SUPPRESSED, _UNSUBSCRIBED)
        kind, place = kind_at(at, kinds)
        if kind == _UNSUBSCRIBED:
            asked = {"filter": {"attribute": {"field": _UNSUBSCRIBED, "operator": "eq", "value": "true"}}}
            start = {"start": place} if place else {}
            answer = self._api.send("POST", "/v1/customers", asked, limit=_PEOPLE, **start)
            left = [one["email"] for one in answer["identifiers"] if one.get("email")]
            told = tuple(Departure(email=email, reason=SuppressionReason.REQUEST) for email in left)
            return Page(departures=told, following=following(kinds, kind, answer.get("next") or ""))
        offset = int(place or 0)
        entries = self._api.get(f"/v1/esp/suppression/{kind}", limit=_PEOPLE, offset=offset)["suppressions"]
        more = offset + len(entries) if len(entries) == _PEOPLE else ""
        return Page(
            departures=tuple(Departure(email=entry["email"], reason=_SUPPRESSED[kind]) for entry in entries),
            following=following(kinds, kind, more),
        )

    def _contents(self, remote_id: str) -> list[dict[str, Any]]:
        """List the variants, at least one. Raises NotThere."""
        contents: list[dict[str, Any]] = self._api.get(f"{_NEWSLETTERS}/{remote_id}/contents")["contents"]
        if not contents:
            raise NotThere(f"the content of the newsletter {remote_id}")
        return contents


def _content(draft: Draft) -> dict[str, object]:
    return {"subject": draft.subject, "body": draft.html, "body_plain": draft.text}


def _summary(newsletter: dict[str, Any]) -> Remote:
    sent = newsletter.get("sent_at")
    return Remote(
        id=str(newsletter["id"]), is_draft=not sent, state="sent" if sent else "draft",
        audience=tuple(str(one) for one in newsletter.get("recipient_segment_ids") or ()),
    )  # fmt: skip
