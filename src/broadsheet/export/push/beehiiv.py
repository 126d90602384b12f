"""Drafts at beehiiv: a post with the status `draft`. The mark stands in its slug.

From beehiiv's description of its API, version 2. A post is made in the background, under the id that the answer names;
until it is there, questions are answered with "not yet". What was given is told only as beehiiv renders it: inside its
template, with parameters of its own at the end of each link.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote, name_of
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PEOPLE = 100  # the most that beehiiv gives at once
_LEFT = {"inactive": SuppressionReason.REQUEST, "invalid": SuppressionReason.BOUNCE}


def open_account(access: Access) -> Beehiiv:
    """Open the publication that `list` names; `template` is a post template, for another than the default one."""
    url = access.account.url or "https://api.beehiiv.com"
    publication = access.need("list", "the id of the publication, pub_…")
    api = Api("beehiiv", url, {"Authorization": f"Bearer {access.key}"}, secrets=[access.key], **access.options)
    return Beehiiv(api, publication, access.account.template)


class Beehiiv:
    """The posts of a publication. Who gets a post is not told; it is for those that the publication's default says."""

    title = "beehiiv"
    audience = ""

    def __init__(self, api: Api, publication: str, template: str) -> None:
        self._api, self._template = api, template
        self._people = f"/v2/publications/{quote(publication, safe='')}/subscriptions"
        self._posts = f"/v2/publications/{quote(publication, safe='')}/posts"
        self._made = ""  # it may not be there yet, and needs nothing more

    def find(self, mark: str) -> list[Remote]:
        """Look for the slug that the mark makes."""
        query: dict[str, str | int] = {"slugs[]": name_of(mark), "status": "all", "hidden_from_feed": "all"}
        return [_remote(post) for post in self._api.get(self._posts, **query, limit=100)["data"]]

    def create(self, draft: Draft) -> str:
        """Make the post, whole; without the word `draft` it could be published at once."""
        template = {"post_template_id": self._template} if self._template else {}
        body = {**_content(draft), **template, "status": "draft"}
        self._made = str(self._api.send("POST", self._posts, body)["data"]["id"])
        return self._made

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything but the template; what was made a moment ago is as wanted."""
        if remote_id != self._made:
            self._api.send("PATCH", f"{self._posts}/{remote_id}", _content(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the post, as beehiiv renders it for a reader who does not pay; None when it could not be made."""
        try:
            return _remote(self._api.get(f"{self._posts}/{remote_id}", **{"expand[]": "free_email_content"})["data"])
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Confirm the post: without a time it is published, and sent, now."""
        self._api.send("PATCH", f"{self._posts}/{remote_id}", {"status": "confirmed"})

    def departures(self, at: str) -> Page:
        """Tell whose subscription is inactive, mostly by their wish, or whose address is invalid."""
        kinds = tuple(_LEFT)
        kind, cursor = kind_at(at, kinds)
        query: dict[str, str | int] = {"status": kind, "limit": _PEOPLE}
        answer = self._api.get(self._people, **query, **({"cursor": cursor} if cursor else {}))
        return Page(
            departures=tuple(Departure(email=one["email"], reason=_LEFT[kind]) for one in answer["data"]),
            following=following(kinds, kind, (answer.get("next_cursor") or "") if answer.get("has_more") else ""),
        )


def _content(draft: Draft) -> dict[str, object]:
    shows = {f"display_{part}_in_email": False for part in ("title", "byline", "subtitle")}
    return {
        "title": draft.subject,
        "body_content": draft.html,
        "email_settings": {"email_subject_line": draft.subject, "email_preview_text": draft.preheader, **shows},
        "web_settings": {"slug": name_of(draft.mark)},
    }


def _remote(post: dict[str, Any]) -> Remote:
    free = (post.get("content") or {}).get("free") or {}
    return Remote(
        id=post["id"], is_draft=post["status"] == "draft", state=post["status"],
        subject=post.get("subject_line") or "", html=free.get("email"), adds_to_links=True,
    )  # fmt: skip
