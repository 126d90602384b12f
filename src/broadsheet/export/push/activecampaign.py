"""Drafts at ActiveCampaign: a campaign of the status draft, with one message of ours. The mark stands in its name.

Campaigns are made by version 1 of the API, which says no with the status 200 and `result_code` 0, and read by version
3. A message is made first, then the campaign that sends it; changing the message changes the draft. No call is known
that has a draft sent, so a person sends it there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from broadsheet.errors import ExportError, PlatformBusy
from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NoAnswer, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access, refuse_unsendable
from broadsheet.model import SuppressionReason

_OLD = "/admin/api.php"
_NEW = "/api/3"
_STATES = ("draft", "scheduled", "sending", "paused", "stopped", "completed")
_PEOPLE = 100  # the most that ActiveCampaign gives at once
_LEFT = {"2": SuppressionReason.REQUEST, "3": SuppressionReason.BOUNCE}
_YEAR = timedelta(days=365)


def open_account(access: Access) -> ActiveCampaign:
    """Open the account at its own address."""
    clock = access.options.pop("epoch", time.time)
    url = access.need("url", "the account's API address, https://ACCOUNT.api-us1.com")
    headers = {"Api-Token": access.key}
    api = Api("ActiveCampaign", url, headers, secrets=[access.key], **access.options)
    return ActiveCampaign(api, access.number("list", "the id of the list"), epoch=clock)


class ActiveCampaign:
    """The campaigns of an account."""

    title = "ActiveCampaign"

    def __init__(self, api: Api, audience: int, *, epoch: Callable[[], float]) -> None:
        self._api, self.audience, self._epoch = api, str(audience), epoch
        self._made = ""

    def find(self, mark: str) -> list[Remote]:
        """Ask for the campaigns with the mark in their name; the oldest first."""
        query: dict[str, str | int] = {"filters[name]": mark, "full": 0, "sort": "id", "sort_direction": "ASC"}
        answer = self._api.get(_OLD, api_action="campaign_list", api_output="json", **query)
        if str(answer.get("result_code")) != "1" and "nothing is returned" in str(answer.get("result_message")).lower():
            return []
        self._refuse(answer)
        campaigns = [entry for entry in answer.values() if isinstance(entry, dict) and mark in entry.get("name", "")]
        return [_remote(campaign) for campaign in campaigns]

    def create(self, draft: Draft) -> str:
        """Make the message, then the campaign. The time is one that a draft must name, and does not heed."""
        try:
            message = self._old("message_add", self._message(draft))["id"]
        except NoAnswer as silence:
            # A message without a campaign is seen by nobody, so there is nothing to ask after.
            raise PlatformBusy(
                f"{self.title} gave no answer ({silence}), and no campaign was made",
                advice="Run the same command again.",
            ) from silence
        campaign = {
            "type": "single",
            "name": draft.name,
            "sdate": f"{datetime.fromtimestamp(self._epoch(), UTC) + _YEAR:%Y-%m-%d %H:%M:%S}",
            "status": "0",
            "public": "1",
            "segmentid": "0",
            "tracklinks": "all",
            "trackreads": "1",
            f"p[{self.audience}]": self.audience,
            f"m[{message}]": "100",
        }
        self._made = str(self._old("campaign_create", campaign)["id"])
        return self._made

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything in the campaign's message; what was made a moment ago is as wanted."""
        if remote_id != self._made:
            message = {"message": _content(draft)}
            self._api.send("PUT", f"{_NEW}/messages/{self._message_of(remote_id)}", message)

    def read(self, remote_id: str) -> Remote | None:
        """Read the campaign, its lists and its message."""
        try:
            campaign = self._api.get(f"{_NEW}/campaigns/{remote_id}")["campaign"]
        except NotThere:
            return None
        message = self._api.get(f"{_NEW}/messages/{self._message_of(remote_id)}")["message"]
        lists = self._api.get(f"{_NEW}/campaigns/{remote_id}/campaignLists")["campaignLists"]
        segment = str(campaign.get("segmentid") or "0")
        summary = _remote(campaign)
        return Remote(
            id=summary.id, is_draft=summary.is_draft, state=summary.state,
            subject=message.get("subject") or "", html=message.get("html") or "", text=message.get("text"),
            audience=(*(str(one["listid"]) for one in lists), *([f"the segment {segment}"] if segment != "0" else ())),
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Refuse: how a draft is started is not documented. Raises ConfigError."""
        refuse_unsendable("activecampaign")

    def departures(self, at: str) -> Page:
        """Tell who unsubscribed from the list or bounced, in the order of their ids."""
        kinds = tuple(_LEFT)
        kind, last = kind_at(at, kinds)
        query: dict[str, str | int] = {
            "listid": self.audience,
            "status": kind,
            "limit": _PEOPLE,
            "orders[id]": "ASC",
            "id_greater": last or "0",
        }
        contacts = self._api.get(f"{_NEW}/contacts", **query)["contacts"]
        more = contacts[-1]["id"] if len(contacts) == _PEOPLE else ""
        return Page(
            departures=tuple(Departure(email=one["email"], reason=_LEFT[kind]) for one in contacts),
            following=following(kinds, kind, more),
        )

    def _message_of(self, campaign: str) -> str:
        """Name the campaign's message. Raises ExportError when somebody made several of it."""
        messages = self._api.get(f"{_NEW}/campaigns/{campaign}/campaignMessages")["campaignMessages"]
        if len(messages) != 1:
            raise ExportError(
                f"{self.title}: the campaign {campaign} holds {len(messages) or 'no'} messages, so it was left alone",
                advice="Look at it there: a campaign that is split cannot be renewed from here.",
            )
        return str(messages[0]["messageid"])

    def _old(self, action: str, fields: dict[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = self._api.send_form("POST", _OLD, fields, api_action=action, api_output="json")
        self._refuse(answer)
        return answer

    def _refuse(self, answer: dict[str, Any]) -> None:
        """Raise ExportError for an answer of version 1 that says no; its status says yes."""
        if str(answer.get("result_code")) == "1":
            return
        words = self._api.clean(str(answer.get("result_message") or "no reason is told"))
        if "not authorized" in words.lower():
            raise ExportError(
                f"{self.title} refuses the key: {words}", advice="Check the key, and what its user is allowed to do."
            )
        raise ExportError(
            f"{self.title} refuses what was sent: {words}",
            advice="Check the platform's table in broadsheet.toml (list), and that the sender is known there.",
        )

    def _message(self, draft: Draft) -> dict[str, str]:
        typed = {"htmlconstructor": "editor", "textconstructor": "editor", f"p[{self.audience}]": self.audience}
        form = {"format": "mime", "priority": "3", "charset": "utf-8", "encoding": "quoted-printable"}
        return {**_content(draft), **form, **typed}


def _content(draft: Draft) -> dict[str, str]:
    return {
        "subject": draft.subject,
        "fromname": draft.sender_name,
        "fromemail": draft.sender_email,
        "reply2": draft.reply_to,
        "html": draft.html,
        "text": draft.text,
    }


def _remote(campaign: dict[str, Any]) -> Remote:
    number = int(campaign["status"])
    state = _STATES[number] if 0 <= number < len(_STATES) else f"in the state {number}"
    return Remote(id=str(campaign["id"]), is_draft=state == "draft", state=state)
