"""A double of Kit's API."""

from __future__ import annotations

from typing import Any, ClassVar

from tests.export.doubles.double import Answer, Double, Item, Refused, needs


class KitDouble(Double):
    """Built from Kit's description of its API, version 4: cursors, one filter of readers, no change once it is sent."""

    key = "kit_0123"
    account: ClassVar = {"list": "segment:18", "template": "6"}
    _STATES: ClassVar = {"cancelled": "request", "bounced": "bounce", "complained": "complaint"}
    _FIELDS = (
        "email_template_id", "email_address", "content", "description", "public", "published_at", "send_at",
        "thumbnail_alt", "thumbnail_url", "preview_text", "subject", "subscriber_filter",
    )  # fmt: skip

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("X-Kit-Api-Key") != self.key:
            raise Refused(401, {"errors": ["The access token is invalid"]})
        if (method, path) == ("GET", "/v4/subscribers"):
            state = self._STATES[query["status"]]
            left = [
                {"id": number, "email_address": one, "state": query["status"]}
                for number, (one, why) in enumerate(self.people.items()) if why == state
            ]  # fmt: skip
            return 200, self._page("subscribers", left, query)
        if (method, path) == ("GET", "/v4/broadcasts"):
            listed = [] if self.blind else [self._shown(one) for one in list(self.items.values())[::-1]]
            return 200, self._page("broadcasts", listed, query)
        if (method, path) == ("POST", "/v4/broadcasts"):
            number = self.number()
            chosen = {"email_address": "own@example.com", "email_template_id": 1, "send_at": None}
            item = {"id": number, "created_at": f"2026-11-24T05:00:00.{number}Z", **chosen, **self._valid(body)}
            if item["send_at"]:
                raise Refused(422, {"errors": ["this double makes drafts only"]})
            self.items[str(number)] = {**item, "status": "draft"}
            return 201, {"broadcast": self._shown(self.items[str(number)])}
        identifier = path.removeprefix("/v4/broadcasts/")
        if identifier not in self.items:
            raise Refused(404, {"errors": ["Not Found"]})
        item = self.items[identifier]
        if method == "PUT":
            if item["status"] != "draft":
                raise Refused(422, {"errors": ["The campaign has already started sending"]})
            # What is left out falls back to the account's own, as the document says of the template.
            changed = {"email_address": "own@example.com", "email_template_id": 1, **self._valid(body)}
            due = changed.pop("send_at", None)
            item |= changed
            if due and changed["public"]:
                self.dispatch(identifier)
        return 200, {"broadcast": self._shown(item)}

    def _valid(self, body: Any) -> Item:
        required = ("content", "description", "preview_text", "subject")
        needs(body, *required, status=422, only=self._FIELDS)
        if not isinstance(body.get("public"), bool) or not isinstance(body.get("subscriber_filter"), list):
            raise Refused(422, {"errors": ["public and subscriber_filter are required"]})
        for group in body["subscriber_filter"]:
            if set(group) != {"all", "any", "none"} or sum(1 for wanted in group.values() if wanted) != 1:
                raise Refused(422, {"errors": ["Only a single filter group is supported."]})
            for one in group["all"] or ():
                if one["type"] not in ("segment", "tag") or not all(isinstance(number, int) for number in one["ids"]):
                    raise Refused(422, {"errors": ["a filter names segments or tags by their ids"]})
        return {**body, "content": self.kept(body["content"])}

    def _shown(self, item: Item) -> Item:
        groups = [{how: group[how] for how in group if group[how]} for group in item["subscriber_filter"]]
        shown = {key: item[key] for key in item if key != "email_template_id"}
        return shown | {
            "email_template": {"id": item["email_template_id"], "name": "Ours"},
            "subscriber_filter": groups or [{"all": [{"type": "all_subscribers"}]}],
        }

    def _page(self, kind: str, everything: list[Item], query: dict[str, str]) -> Item:
        size, start = int(query.get("per_page", 500)), int(query.get("after", "c0").removeprefix("c"))
        if size > 1000:
            raise Refused(422, {"errors": ["per_page is at most 1000"]})
        ends = start + size
        pagination = {"has_next_page": ends < len(everything), "end_cursor": f"c{ends}", "per_page": size}
        return {kind: everything[start:ends], "pagination": pagination}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier] |= {"status": "completed", "send_at": "2026-11-24T05:00:00Z"}
