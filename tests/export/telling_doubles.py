"""Doubles of platforms that take no drafts from here, and tell who left: built like those of `doubles`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, ClassVar
from urllib.parse import quote

from tests.export.doubles import Answer, Double, Item, Refused, needs


class TellingDouble(Double):
    """One that only tells. `page_most` is the most that it gives at once."""

    page_most = 1000

    def mark_sent(self, identifier: str) -> None:
        raise NotImplementedError

    def who(self, *states: str) -> list[str]:
        """List those who left for these reasons."""
        return [one for one, state in self.people.items() if state in states]

    def size(self, value: str) -> int:
        """Read a page's size, and refuse one that is too large."""
        if int(value) > self.page_most:
            raise Refused(400, {"message": f"at most {self.page_most} at once"})
        return int(value)


class PostmarkDouble(TellingDouble):
    key = "server-token-0"
    account: ClassVar[dict[str, str]] = {}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("X-Postmark-Server-Token") != self.key:
            raise Refused(401, {"ErrorCode": 10, "Message": "Bad or missing Server API token."})
        if (method, path) != ("GET", "/message-streams/broadcast/suppressions/dump"):
            raise Refused(404, {"ErrorCode": 1226, "Message": "The message stream was not found."})
        reasons = {"bounce": "HardBounce", "complaint": "SpamComplaint", "request": "ManualSuppression"}
        return 200, {
            "Suppressions": [
                {"EmailAddress": one, "SuppressionReason": reasons[state], "Origin": "Recipient"}
                for one, state in self.people.items()
                if state
            ]
        }


class MailgunDouble(TellingDouble):
    key = "key-0123"
    account: ClassVar[dict[str, str]] = {"list": "mg.example.com"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"api:{self.key}":
            raise Refused(401, {"message": "Forbidden"})
        kind = path.removeprefix("/v3/mg.example.com/")
        state = {"bounces": "bounce", "complaints": "complaint", "unsubscribes": "request"}.get(kind)
        if method != "GET" or state is None:
            raise Refused(404, {"message": "Domain not found"})
        size = self.size(query.get("limit", "100"))
        people = self.who(state)
        after = people.index(query["address"]) + 1 if query.get("page") == "next" else 0
        items: list[Item] = [
            {"address": one, "created_at": "Fri, 21 Oct 2011 11:02:55 UTC"} for one in people[after:][:size]
        ]
        if kind == "unsubscribes":
            items = [{**item, "tags": ["*"]} for item in items]
            items = [{"address": "one-tag@example.com", "tags": ["sport"]}, *items] if not after else items
        last = quote(items[-1]["address"]) if items else ""
        following = f"https://api.mailgun.net{path}?page=next&address={last}&limit={size}"
        return 200, {"items": items, "paging": {"next": following}}


class SesDouble(TellingDouble):
    key = "secret/with+signs=="
    account: ClassVar[dict[str, str]] = {"user": "AKIDEXAMPLE", "list": "readers"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        self._authorise(method, path, query, headers)
        if (method, path) == ("GET", "/v2/email/suppression/addresses"):
            size, start = self.size(query["PageSize"]), int(query.get("NextToken", "t/+=0").removeprefix("t/+="))
            reasons = {"bounce": "BOUNCE", "complaint": "COMPLAINT"}
            found = [
                {"EmailAddress": one, "Reason": reasons[state]}
                for one, state in self.people.items()
                if state in reasons
            ]
            token = {"NextToken": f"t/+={start + size}"} if start + size < len(found) else {}
            return 200, {"SuppressedDestinationSummaries": found[start : start + size], **token}
        if (method, path) == ("POST", "/v2/email/contact-lists/readers/contacts/list"):
            needs(body, "PageSize", only=("PageSize", "NextToken", "Filter"))
            start, size = int(body.get("NextToken", 0)), self.size(body["PageSize"])
            contacts = [
                {"EmailAddress": one, "UnsubscribeAll": state == "request"} for one, state in self.people.items()
            ]
            token = {"NextToken": str(start + size)} if start + size < len(contacts) else {}
            return 200, {"Contacts": contacts[start : start + size], **token}
        raise Refused(404, {"message": "NotFoundException"})

    def _authorise(self, method: str, path: str, query: dict[str, str], headers: Any) -> None:
        """Compute the signature anew from what arrived, by the steps of AWS's document."""
        moment = headers.get("X-Amz-Date", "")
        scope = f"{moment[:8]}/us-east-1/ses/aws4_request"
        pairs = sorted(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query.items())
        lines = [method, path, "&".join(pairs), f"host:{headers['Host']}", f"x-amz-date:{moment}", ""]
        lines += ["host;x-amz-date", hashlib.sha256(self.raw).hexdigest()]
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        key = b"AWS4" + self.key.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.new(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}".encode(), "sha256").hexdigest()
        wanted = f"Credential=AKIDEXAMPLE/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
        if headers.get("Authorization") != f"AWS4-HMAC-SHA256 {wanted}":
            raise Refused(403, {"message": "The request signature we calculated does not match."})


class CampaignMonitorDouble(TellingDouble):
    """Built from Campaign Monitor's own Python client and its example of an answer."""

    key = "0a1b2c3d4e5f"
    account: ClassVar[dict[str, str]] = {"user": "aa164e9c"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"{self.key}:x":
            raise Refused(401, {"Code": 50, "Message": "Must supply a valid HTTP Basic Authorization header"})
        if (method, path) != ("GET", "/api/v3.3/clients/aa164e9c/suppressionlist.json"):
            raise Refused(404, {"Code": 404, "Message": "We couldn't find the resource you're looking for."})
        size, page = self.size(query["pagesize"]), int(query["page"])
        words = {"bounce": "Bounced", "complaint": "Marked as spam", "request": "Unsubscribed"}
        people = [
            {"EmailAddress": one, "SuppressionReason": words[state], "State": "Suppressed"}
            for one, state in sorted(self.people.items())
            if state
        ]
        back = {"EmailAddress": "back@example.com", "SuppressionReason": "Unsubscribed", "State": "Unsuppressed"}
        pages = -(-(len(people) + 1) // size)
        return 200, {
            "Results": [back, *people][(page - 1) * size : page * size],
            "PageNumber": page,
            "NumberOfPages": pages,
        }
