"""Drafts at GetResponse: a newsletter of the type `draft`. The mark stands in its name.

From GetResponse's own client library and description of its API, version 3. A newsletter can be made, read and deleted
there, not changed: a draft that is not what is wanted any more is deleted, and made anew.
"""

from __future__ import annotations

from typing import Any

from broadsheet.errors import ExportError
from broadsheet.export.push.api import Api, NoAnswer, NotThere
from broadsheet.export.push.drafts import Draft, Remote, Removed
from broadsheet.export.push.places import Access

_NEWSLETTERS = "/v3/newsletters"
_KINDS = ("draft", "broadcast")  # the API lists newsletters by their type
_LISTED = "newsletterId,name,type,status,subject,createdOn"
_GONE = ("scheduled", "sending", "sent", "error")
_NAME_AT_MOST = 128
_PAGE = 1000
_PAGES_AT_MOST = 5


def open_account(access: Access) -> GetResponse:
    """Open the account; `list` is a list (a "campaign" there) by its id, `sender` a "from field" by its id."""
    url = access.account.url or "https://api.getresponse.com"
    api = Api("GetResponse", url, {"X-Auth-Token": f"api-key {access.key}"}, secrets=[access.key], **access.options)
    audience = access.need("list", "the id of the list, campaignId in the API")
    return GetResponse(api, audience, sender=access.need("sender", "the id of the sender, fromFieldId in the API"))


class GetResponse:
    """The newsletters of an account."""

    title = "GetResponse"

    def __init__(self, api: Api, audience: str, *, sender: str) -> None:
        self._api, self.audience, self._sender = api, audience, sender
        self._made = ""  # what was made a moment ago is as wanted, whatever the platform made of its HTML

    def find(self, mark: str) -> list[Remote]:
        """Go through the newest drafts and broadcasts, of all lists, for the mark in a name."""
        found: dict[str, dict[str, Any]] = {}
        for kind in _KINDS:
            query: dict[str, str | int] = {"query[type]": kind, "sort[createdOn]": "DESC", "fields": _LISTED}
            for page in range(1, _PAGES_AT_MOST + 1):
                listed = self._api.get(_NEWSLETTERS, **query, page=page, perPage=_PAGE)
                found |= {one["newsletterId"]: one for one in listed if mark in (one.get("name") or "")}
                if len(listed) < _PAGE:
                    break
        return [_remote(one) for one in sorted(found.values(), key=lambda one: one.get("createdOn") or "")]

    def create(self, draft: Draft) -> str:
        """Make the draft, whole. The type says that nothing is queued."""
        self._made = str(self._api.send("POST", _NEWSLETTERS, self._body(draft))["newsletterId"])
        return self._made

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Leave a draft that is as wanted; delete another one and raise Removed."""
        if remote_id == self._made:
            return
        # Whether a draft that is sent becomes the broadcast or stays beside it is not documented: look for both.
        if gone_out := [one for one in self.find(draft.mark) if not one.is_draft]:
            raise ExportError(
                f"{self.title}: {draft.mark} is {gone_out[0].state} there already, so it was left alone",
                advice="Look at it there. To send it anew, make a copy there by hand.",
            )
        there = self._there(remote_id)
        if there is None:
            raise Removed
        wanted = self._body(draft)
        if all(_same(there.get(key), value) for key, value in wanted.items()):
            return
        if draft.mark not in (there.get("name") or "") or not _remote(there).is_draft:
            raise ExportError(
                f"{self.title}: {there.get('name')!r} is no draft with {draft.mark} any more, so it was left alone",
                advice="Give it back its name there, or delete it there and run the same command again.",
            )
        try:
            self._api.send("DELETE", f"{_NEWSLETTERS}/{remote_id}", None)
        except NotThere:
            pass
        except NoAnswer:
            if self._there(remote_id) is not None:
                raise
        raise Removed

    def read(self, remote_id: str) -> Remote | None:
        """Read the newsletter."""
        there = self._there(remote_id)
        return None if there is None else _remote(there)

    def send(self, remote_id: str) -> None:
        """Have the draft sent to the list now."""
        body = {"messageId": remote_id, "sendSettings": {"selectedCampaigns": [self.audience]}}
        self._api.send("POST", f"{_NEWSLETTERS}/send-draft", body)

    def _there(self, remote_id: str) -> dict[str, Any] | None:
        try:
            there: dict[str, Any] = self._api.get(f"{_NEWSLETTERS}/{remote_id}")
        except NotThere:
            return None
        return there

    def _body(self, draft: Draft) -> dict[str, object]:
        return {
            "type": "draft",
            "name": draft.name[-_NAME_AT_MOST:],
            "subject": draft.subject,
            "content": {"html": draft.html, "plain": draft.text},
            "campaign": {"campaignId": self.audience},
            "fromField": {"fromFieldId": self._sender},
            "sendSettings": {"selectedCampaigns": [self.audience]},
        }


def _same(there: Any, wanted: object) -> bool:
    """Say whether what is told holds what is wanted; it may tell more, such as links of its API."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_same(there.get(key), value) for key, value in wanted.items())
    return bool(there == wanted)


def _remote(newsletter: dict[str, Any]) -> Remote:
    kind, status = newsletter.get("type") or "", newsletter.get("status") or ""
    is_draft = (kind or status) == "draft" and status not in _GONE
    content = newsletter.get("content") or {}
    return Remote(
        id=str(newsletter["newsletterId"]), is_draft=is_draft,
        state="draft" if is_draft else status if status in _GONE else f"a {kind or 'newsletter'}",
        subject=newsletter.get("subject") or "", html=content.get("html"), text=content.get("plain"),
        audience=_audience(newsletter.get("sendSettings")),
    )  # fmt: skip


def _audience(settings: dict[str, Any] | None) -> tuple[str, ...] | None:
    """Name the lists, and whatever else makes the readers others, as the API calls it."""
    if settings is None:
        return None
    others = ("selectedSegments", "selectedContacts", "excludedCampaigns", "excludedSegments")
    named = [str(one) for one in settings.get("selectedCampaigns") or ()]
    return tuple(named + [f"{kind} {one}" for kind in others for one in settings.get(kind) or ()]) or ("nobody",)
