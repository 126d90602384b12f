"""Drafts at Campaign Monitor: a draft campaign. The mark stands in its name, which is unique among drafts.

From Campaign Monitor's pages on its API, version 3.3, and its own client in Python. It takes HTML from an address only,
changes no campaign, and does not tell the HTML again. A digest of the edition stands in the name too, before the mark:
a draft whose name holds it is as wanted, another one is deleted and made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from broadsheet.errors import ExportError
from broadsheet.export.pull.campaign_monitor import client_api
from broadsheet.export.push.api import Api, NoAnswer, NotThere
from broadsheet.export.push.drafts import Draft, Remote, Removed
from broadsheet.export.push.places import Access, refuse_unsendable

_VERSION = "/api/v3.3"
_STATES = ("drafts", "scheduled", "campaigns")  # the API lists campaigns by what became of them
_PAGE = 1000
_PAGES_AT_MOST = 5
ShowEdition = Callable[[str, str], tuple[str, str]]
"""Puts HTML and text on the web, and gives their addresses. Raises PlatformBusy until the web shows them."""


def open_account(access: Access) -> CampaignMonitorDrafts:
    """Open the client that `user` names, for the list that `list` names; `show_edition` puts pages on the web."""
    show_edition = access.options.pop("show_edition")
    api, client = client_api(access)
    return CampaignMonitorDrafts(api, client, access.need("list", "the id of the list"), show_edition=show_edition)


class CampaignMonitorDrafts:
    """The campaigns of a client."""

    title = "Campaign Monitor"

    def __init__(self, api: Api, client: str, audience: str, *, show_edition: ShowEdition) -> None:
        self._api, self.audience, self._show_edition = api, audience, show_edition
        self._client = quote(client, safe="")

    def find(self, mark: str) -> list[Remote]:
        """Go through drafts, scheduled and sent campaigns for the mark in a name."""
        return [_remote(entry, state) for state in _STATES for entry in self._listed(state) if mark in entry["Name"]]

    def create(self, draft: Draft) -> str:
        """Have the draft made of pages on the web; Campaign Monitor refuses a name that another draft has."""
        html, text = self._show_edition(draft.html, draft.text)
        body = {
            "Name": _name(draft),
            "Subject": draft.subject,
            "FromName": draft.sender_name,
            "FromEmail": draft.sender_email,
            "ReplyTo": draft.reply_to,
            "HtmlUrl": html,
            "TextUrl": text,
            "ListIDs": [self.audience],
            "SegmentIDs": [],
        }
        return str(self._api.send("POST", f"{_VERSION}/campaigns/{self._client}.json", body))

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Leave a draft that is as wanted; delete another one and raise Removed."""
        there = self._entry(remote_id)
        if there is None:
            raise Removed
        entry, state = there
        if entry["Name"] == _name(draft) and self._lists(remote_id) == (self.audience,):
            return
        if state != "drafts" or draft.mark not in entry["Name"]:
            raise ExportError(
                f"{self.title}: {entry['Name']!r} is no draft with {draft.mark} any more, so it was left alone",
                advice="Look at it there.",
            )
        self._show_edition(draft.html, draft.text)  # nothing goes before what comes can be made
        try:
            self._api.send("DELETE", f"{_VERSION}/campaigns/{remote_id}.json", None)
        except NotThere:
            pass
        except NoAnswer:
            if self._entry(remote_id) is not None:
                raise
        raise Removed

    def read(self, remote_id: str) -> Remote | None:
        """Read what is told of the campaign, its lists and segments; the HTML is not told."""
        there = self._entry(remote_id)
        if there is None:
            return None
        summary = _remote(*there)
        return Remote(
            id=summary.id, is_draft=summary.is_draft, state=summary.state, subject=summary.subject, html=None,
            audience=self._lists(remote_id),
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Refuse: what stands there cannot be compared. Raises ConfigError."""
        refuse_unsendable("campaign-monitor")

    def _entry(self, remote_id: str) -> tuple[dict[str, Any], str] | None:
        for state in _STATES:
            for entry in self._listed(state):
                if entry["CampaignID"] == remote_id:
                    return entry, state
        return None

    def _listed(self, state: str) -> list[dict[str, Any]]:
        path = f"{_VERSION}/clients/{self._client}/{state}.json"
        if state != "campaigns":
            entries: list[dict[str, Any]] = self._api.get(path)
            return entries
        listed: list[dict[str, Any]] = []
        for page in range(1, _PAGES_AT_MOST + 1):
            answer = self._api.get(path, page=page, pagesize=_PAGE, orderdirection="desc")
            listed += answer["Results"]
            if page >= answer["NumberOfPages"]:
                break
        return listed

    def _lists(self, remote_id: str) -> tuple[str, ...]:
        told = self._api.get(f"{_VERSION}/campaigns/{remote_id}/listsandsegments.json")
        segments = [f"the segment {one['SegmentID']}" for one in told.get("Segments") or ()]
        return tuple([str(one["ListID"]) for one in told.get("Lists") or ()] + segments)


def _name(draft: Draft) -> str:
    """Put a digest of all that a draft holds before the mark in its name."""
    whole = "\0".join((draft.subject, draft.sender_name, draft.sender_email, draft.reply_to, draft.html, draft.text))
    return f"{draft.name.removesuffix(draft.mark)}{hashlib.sha256(whole.encode()).hexdigest()[:8]} {draft.mark}"


def _remote(entry: dict[str, Any], state: str) -> Remote:
    told = {"drafts": "draft", "campaigns": "sent"}.get(state, state)
    return Remote(id=entry["CampaignID"], is_draft=told == "draft", state=told, subject=entry["Subject"], html=None)
