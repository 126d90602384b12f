"""Drafts at Kit: a broadcast without a time. The mark stands in its description, which readers do not see.

From Kit's description of its API, version 4. Kit takes no plain text and no name of a sender: both are its own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from broadsheet.errors import ConfigError
from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_BROADCASTS = "/v4/broadcasts"
_PAGE = 50  # each is told with its content
_PAGES_AT_MOST = 40
_PEOPLE = 1000  # the most that Kit gives at once
_LEFT = {
    "cancelled": SuppressionReason.REQUEST,
    "bounced": SuppressionReason.BOUNCE,
    "complained": SuppressionReason.COMPLAINT,
}


def open_account(access: Access) -> Kit:
    """Open the account. `list` is `segment:ID` or `tag:ID`, `sender` an address that Kit knows, `template` an id."""
    clock = access.options.pop("epoch", time.time)
    audience = access.account.list
    if audience and not re.fullmatch(r"(segment|tag):[1-9]\d*", audience):
        raise ConfigError(
            f"expected segment:ID or tag:ID, not {audience!r}", key=f"platforms.{access.name}.list",
            advice='Write list = "segment:18", or leave it out for everybody.',
        )  # fmt: skip
    url = access.account.url or "https://api.kit.com"
    api = Api("Kit", url, {"X-Kit-Api-Key": access.key}, secrets=[access.key], **access.options)
    template = access.number("template", "the id of the email template") if access.account.template else None
    return Kit(api, audience, sender=access.account.sender, template=template, epoch=clock)


class Kit:
    """The broadcasts of an account."""

    title = "Kit"

    def __init__(
        self, api: Api, audience: str, *, sender: str, template: int | None, epoch: Callable[[], float]
    ) -> None:
        self._api, self.audience, self._sender, self._template, self._epoch = api, audience, sender, template, epoch

    def find(self, mark: str) -> list[Remote]:
        """Go through the broadcasts for the mark in a description."""
        found: list[dict[str, Any]] = []
        query: dict[str, str | int] = {"per_page": _PAGE}
        for _page in range(_PAGES_AT_MOST):
            answer = self._api.get(_BROADCASTS, **query)
            found += [one for one in answer["broadcasts"] if mark in (one.get("description") or "")]
            if not (cursor := _cursor(answer)):
                break
            query["after"] = cursor
        return [_remote(one) for one in sorted(found, key=lambda one: (one["created_at"], one["id"]))]

    def create(self, draft: Draft) -> str:
        """Make the broadcast, whole; without a time it is a draft."""
        body = {**self._body(draft), **self._chosen(), "send_at": None}
        return str(self._api.send("POST", _BROADCASTS, body)["broadcast"]["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything; the address and the template that a person chose there stay, where the table names none."""
        there = self._api.get(f"{_BROADCASTS}/{remote_id}")["broadcast"]
        body = {**self._body(draft), **_choice(there), **self._chosen()}
        self._api.send("PUT", f"{_BROADCASTS}/{remote_id}", body)

    def read(self, remote_id: str) -> Remote | None:
        """Read the broadcast."""
        try:
            return _remote(self._api.get(f"{_BROADCASTS}/{remote_id}")["broadcast"])
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Give the broadcast, as it stands there, the time now; Kit's document asks for `public` as well."""
        there = self._api.get(f"{_BROADCASTS}/{remote_id}")["broadcast"]
        now = f"{datetime.fromtimestamp(int(self._epoch()), UTC):%Y-%m-%dT%H:%M:%SZ}"
        kept = {key: there[key] for key in ("subject", "preview_text", "description", "content")}
        body = {
            **kept, **_choice(there), "subscriber_filter": _filter(self.audience),
            "public": True, "published_at": now, "send_at": now,
        }  # fmt: skip
        self._api.send("PUT", f"{_BROADCASTS}/{remote_id}", body)

    def departures(self, at: str) -> Page:
        """Tell who cancelled, bounced or complained."""
        kinds = tuple(_LEFT)
        kind, cursor = kind_at(at, kinds)
        query: dict[str, str | int] = {"status": kind, "per_page": _PEOPLE}
        answer = self._api.get("/v4/subscribers", **query, **({"after": cursor} if cursor else {}))
        return Page(
            departures=tuple(
                Departure(email=one["email_address"], reason=_LEFT[kind]) for one in answer["subscribers"]
            ),
            following=following(kinds, kind, _cursor(answer)),
        )

    def _body(self, draft: Draft) -> dict[str, object]:
        return {
            "subject": draft.subject,
            "preview_text": draft.preheader,
            "description": draft.name,
            "content": draft.html,
            "public": False,
            "subscriber_filter": _filter(self.audience),
        }

    def _chosen(self) -> dict[str, object]:
        """Give what the table chose; Kit takes its own where nothing is given."""
        chosen: dict[str, object] = {"email_address": self._sender} if self._sender else {}
        return chosen | ({"email_template_id": self._template} if self._template else {})


def _choice(there: dict[str, Any]) -> dict[str, object]:
    """Give what was chosen there, so that a change does not put Kit's default in its place."""
    template = (there.get("email_template") or {}).get("id")
    return {"email_address": there.get("email_address")} | ({"email_template_id": template} if template else {})


def _filter(audience: str) -> list[dict[str, object]]:
    """Write the filter of readers; none is everybody."""
    if not audience:
        return []
    kind, _, identifier = audience.partition(":")
    return [{"all": [{"type": kind, "ids": [int(identifier)]}], "any": None, "none": None}]


def _audience(filters: list[dict[str, Any]]) -> tuple[str, ...]:
    """Name the segments and tags of a filter, and how they are asked for where it is not by `all`."""
    named: list[str] = []
    for group in filters:
        for how, wanted in group.items():
            for one in wanted or ():
                before = "" if how == "all" else f"{how} of "
                named += [f"{before}{one['type']}:{identifier}" for identifier in one.get("ids") or ()]
                named += [] if one.get("ids") or one["type"] == "all_subscribers" else [f"{before}{one['type']}"]
    return tuple(named)


def _cursor(answer: dict[str, Any]) -> str:
    """Read where the next page begins; '' after the last one."""
    pagination = answer.get("pagination") or {}
    return str(pagination["end_cursor"]) if pagination.get("has_next_page") else ""


def _remote(broadcast: dict[str, Any]) -> Remote:
    time_of_sending = broadcast.get("send_at")
    state = broadcast.get("status") or ("scheduled" if time_of_sending else "draft")
    return Remote(
        id=str(broadcast["id"]), is_draft=state == "draft" and not time_of_sending,
        state="scheduled" if state == "draft" and time_of_sending else state,
        subject=broadcast.get("subject") or "", html=broadcast.get("content") or "",
        audience=_audience(broadcast.get("subscriber_filter") or []),
    )  # fmt: skip
