"""Doubles of platforms' APIs: real HTTP servers in this process, strict about what they are sent.

Each is built from the platform's own documents or source (docs/export.md says which) and answers only what is written
there: a missing field, an unknown one or a wrong key is refused as the platform refuses it. A double can be told to
fail: to lose its answer, to cut it off, to be out of order, to ask for patience, with or without doing what was asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, Any]
Item = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, document: Any) -> None:
        super().__init__(status)
        self.status, self.document = status, document


class Double:
    """What all share. `faults` is taken from, one for each writing request; `plan` may also name reading ones."""

    key: ClassVar[str]
    account: ClassVar[dict[str, str]]

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.people: dict[str, str] = {}  # address -> request, bounce, complaint; or "" for one who stays
        self.faults: deque[str] = deque()
        self.read_faults: deque[str] = deque()
        self.retry_after = ""
        self.url = ""
        self.blind = False  # a search does not see what is there yet
        self.cuts = 0  # keep only so many characters of HTML
        self.requests: list[tuple[str, str]] = []
        self.sends: list[str] = []  # what was asked to be sent, and carried out
        self.tardy = False  # what is being sent still shows as a draft
        self.raw = b""  # the body of the request that is answered
        self.lock = threading.Lock()
        self._numbers = iter(range(101, 10_000))

    def number(self) -> int:
        return next(self._numbers)

    def kept(self, html: str) -> str:
        return html[: self.cuts] if self.cuts else html

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        raise NotImplementedError

    def mark_sent(self, identifier: str) -> None:
        raise NotImplementedError

    def dispatch(self, identifier: str) -> None:
        """Send what stands there."""
        self.sends.append(identifier)
        if not self.tardy:
            self.mark_sent(identifier)

    def crowd(self, mark: str, count: int) -> None:
        """Let drafts of other people stand before ours, which is the only one so far."""
        [(identifier, item)] = self.items.items()
        text = json.dumps(item).replace(mark, "by hand").replace("-".join(re.findall(r"\w+", mark)), "by-hand")
        ours = re.compile(rf'(?<=id": )("?){identifier}"?')
        others = {
            str(number): json.loads(ours.sub(rf"\g<1>{number}\g<1>", text)) for number in range(20_000, 20_000 + count)
        }
        self.items = {**others, **self.items}

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on a free port; gives the address."""
        double = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: Any) -> None:
                pass

            def do_any(self) -> None:
                double.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any  # noqa: N815 - http.server's names

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            self.url = f"http://127.0.0.1:{server.server_address[1]}"
            yield self.url
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        raw = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        faults = self.read_faults if request.command == "GET" else self.faults
        with self.lock:
            self.requests.append((request.command, parts.path))
            self.raw = raw
            fault = faults.popleft() if faults else ""
            if fault in ("drop", "busy", "down"):
                status, document = {"drop": (0, None), "busy": (429, {"message": "slow down"}), "down": (503, None)}[
                    fault
                ]
            elif fault.isdigit():
                status, document = int(fault), {"message": f"refused with the key {self.key} in it"}
            else:
                try:
                    body = json.loads(raw) if raw else None
                    query = dict(parse_qsl(parts.query))
                    status, document = self.answer(request.command, parts.path, query, body, request.headers)
                except Refused as refusal:
                    status, document = refusal.status, refusal.document
        if fault in ("lose", "drop"):
            request.close_connection = True
            request.connection.close()
            return
        if fault == "break":
            status, document = 500, {"message": "something broke, after the work was done"}
        content = b"" if document is None else json.dumps(document).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        if status == 429 and self.retry_after:
            request.send_header("Retry-After", self.retry_after)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2] if fault == "cut" else content)
        if fault == "cut":
            request.close_connection = True


def needs(body: Any, *fields: str, status: int = 400, only: tuple[str, ...] = ()) -> None:
    """Refuse a body that lacks a field, or holds one that is not known."""
    if not isinstance(body, dict):
        raise Refused(status, {"message": "expected an object"})
    for field in fields:
        if body.get(field) in (None, "", []):
            raise Refused(status, {"message": f"{field} is required"})
    for field in body if only else ():
        if field not in only:
            raise Refused(status, {"message": f"unexpected field {field}"})


class MailchimpDouble(Double):
    key = "0123456789abcdef-us6"
    account: ClassVar = {"list": "a1b2c3"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        user = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if user.partition(":")[2] != self.key:
            raise Refused(401, {"title": "API Key Invalid", "detail": "Your API key may be invalid"})
        if (method, path) == ("GET", "/3.0/campaigns"):
            count, offset = int(query.get("count", 10)), int(query.get("offset", 0))
            if count > 1000:
                raise Refused(400, {"detail": "count must be at most 1000"})
            items = [] if self.blind else list(self.items.values())[::-1]
            return 200, {"campaigns": items[offset : offset + count], "total_items": len(items)}
        if (method, path) == ("POST", "/3.0/campaigns"):
            needs(body, "type")
            needs(body["recipients"], "list_id")
            needs(body["settings"], "subject_line", "title", "from_name", "reply_to")
            item = {
                "id": f"c{self.number()}", "status": "save", "settings": body["settings"], "content": {},
                "recipients": body["recipients"],
            }  # fmt: skip
            self.items[item["id"]] = item
            return 200, item
        if path.startswith("/3.0/lists/a1b2c3/"):
            kind = path.rpartition("/")[2]
            states = {"unsubscribed": "request", "cleaned": "bounce"}
            wanted = "complaint" if kind == "abuse-reports" else states[query["status"]]
            count, offset = int(query.get("count", 10)), int(query.get("offset", 0))
            page = [{"email_address": one} for one, state in self.people.items() if state == wanted]
            return 200, {kind.replace("-", "_"): page[offset : offset + count], "total_items": len(page)}
        found = re.fullmatch(r"/3\.0/campaigns/(\w+)(/content|/actions/send)?", path)
        if not found or found[1] not in self.items:
            raise Refused(404, {"title": "Resource Not Found"})
        item = self.items[found[1]]
        if method == "GET":
            shown = ("id", "status", "settings", "recipients")
            return 200, item["content"] if found[2] else {key: item[key] for key in shown}
        if item["status"] != "save":
            raise Refused(400, {"detail": "Campaign has been sent"})
        if method == "POST" and found[2] == "/actions/send":
            if not item["content"].get("html"):
                raise Refused(400, {"detail": "Your Campaign is not ready to send."})
            self.dispatch(found[1])
            return 204, None
        if method == "PATCH" and not found[2]:
            item["settings"] |= body["settings"]
            return 200, item
        if method == "PUT" and found[2]:
            needs(body, "html")
            item["content"] = {"html": self.kept(body["html"]), "plain_text": body.get("plain_text", "")}
            return 200, item["content"]
        raise Refused(405, {"title": "Method Not Allowed"})

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"


class BrevoDouble(Double):
    key = "xkeysib-0123"
    account: ClassVar = {"list": "7"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("api-key") != self.key:
            raise Refused(401, {"code": "unauthorized", "message": "Key not found"})
        if (method, path) == ("GET", "/v3/contacts"):
            limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
            if limit > 1000:
                raise Refused(400, {"code": "out_of_range", "message": "Limit exceeds max value"})
            everyone = [{"email": one, "emailBlacklisted": bool(state)} for one, state in self.people.items()]
            return 200, {"contacts": everyone[offset : offset + limit], "count": len(everyone)}
        if (method, path) == ("GET", "/v3/emailCampaigns"):
            limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
            items = [] if self.blind else list(self.items.values())[::-1]
            page = [{**one, "htmlContent": ""} for one in items[offset : offset + limit]]
            return 200, {"count": len(items)} | ({"campaigns": page} if page else {})
        if (method, path) == ("POST", "/v3/emailCampaigns"):
            needs(body, "name", "sender", "subject", "htmlContent")
            needs(body["sender"], "email")
            if not all(isinstance(one, int) for one in body["recipients"]["listIds"]):
                raise Refused(400, {"code": "invalid_parameter", "message": "listIds must be integers"})
            item = {"id": self.number(), "status": "draft", "type": "classic", **body}
            item["htmlContent"] = self.kept(item["htmlContent"])
            self.items[str(item["id"])] = item
            return 201, {"id": item["id"]}
        identifier, _, action = path.removeprefix("/v3/emailCampaigns/").partition("/")
        if identifier not in self.items:
            raise Refused(404, {"code": "document_not_found", "message": "Campaign ID does not exist"})
        item = self.items[identifier]
        if method == "GET":
            return 200, {**item, "recipients": {"lists": item["recipients"]["listIds"], "exclusionLists": []}}
        if item["status"] != "draft":
            raise Refused(400, {"code": "invalid_parameter", "message": "Campaign is already sent"})
        if (method, action) == ("POST", "sendNow"):
            self.dispatch(identifier)
            return 204, None
        if method == "PUT":
            item |= {**body, "htmlContent": self.kept(body["htmlContent"])}
            return 204, None
        raise Refused(405, None)

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"


class ListmonkDouble(Double):
    key = "listmonk-token"
    account: ClassVar = {"list": "3", "user": "api_user", "template": "2"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"token api_user:{self.key}":
            raise Refused(403, {"message": "invalid API credentials"})
        if (method, path) == ("GET", "/api/bounces"):
            types = {"bounce": "hard", "complaint": "complaint", "": "soft"}
            bounces = [{"email": one, "type": types[state]} for one, state in self.people.items() if state in types]
            return 200, {"data": {"results": self._page(bounces, query), "total": len(bounces)}}
        if (method, path) == ("GET", "/api/subscribers"):
            if query.get("list_id") != "3" or query.get("subscription_status") != "unsubscribed":
                raise Refused(400, {"message": "this double answers for the list's unsubscribed only"})
            left = [{"email": one} for one, state in self.people.items() if state == "request"]
            return 200, {"data": {"results": self._page(left, query), "total": len(left)}}
        if (method, path) == ("GET", "/api/campaigns"):
            items = [] if self.blind else [{**one, "body": ""} for one in self.items.values()]
            return 200, {"data": {"results": items, "total": len(items), "per_page": 0, "page": 1}}
        if (method, path) == ("POST", "/api/campaigns"):
            item = {"id": self.number(), "status": "draft", **self._valid(body)}
            self.items[str(item["id"])] = item
            return 200, {"data": item}
        identifier, _, action = path.removeprefix("/api/campaigns/").partition("/")
        if identifier not in self.items:
            raise Refused(400, {"message": "campaign not found"})
        item = self.items[identifier]
        if method == "GET":
            return 200, {"data": item}
        if (method, action) == ("PUT", "status"):
            if body != {"status": "running"} or item["status"] != "draft":
                raise Refused(400, {"message": "only draft campaigns can be started"})
            self.dispatch(identifier)
            return 200, {"data": item}
        if method == "PUT":
            if item["status"] != "draft":
                raise Refused(400, {"message": "cannot update a running or a finished campaign"})
            item |= self._valid(body)
            return 200, {"data": item}
        raise Refused(405, {"message": "Method Not Allowed"})

    def _page(self, results: list[Item], query: dict[str, str]) -> list[Item]:
        number, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        return results[(number - 1) * size : number * size]

    def _valid(self, body: Any) -> Item:
        needs(body, "name", "subject", "lists", "messenger")
        if len(body["name"]) > 2000 or not all(isinstance(one, int) for one in body["lists"]):
            raise Refused(400, {"message": "invalid length for name, or lists"})
        known = r"\{\{ (?:\w+|\.Subscriber\.\w+(?: \| Safe)?|`[^`]*` \| Safe|if \.Subscriber\.FirstName|else|end) \}\}"
        if "{{" in re.sub(known, "", body["body"]):
            raise Refused(400, {"message": "error compiling campaign body: template: unexpected"})
        lists = [{"id": one, "name": "a list"} for one in body["lists"]]
        return {**body, "lists": lists, "body": self.kept(body["body"])}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "finished"


class ButtondownDouble(Double):
    key = "buttondown-key"
    account: ClassVar[dict[str, str]] = {}
    _FIELDS = ("subject", "body", "status", "metadata", "description", "slug", "filters", "email_type", "template")

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Token {self.key}":
            raise Refused(401, {"detail": "Invalid token."})
        if (method, path) == ("GET", "/v1/subscribers"):
            states = {"unsubscribed": "request", "undeliverable": "bounce", "complained": "complaint"}
            page = int(query.get("page", 1))
            left = [{"email_address": one} for one, state in self.people.items() if state == states[query["type"]]]
            following = f"{path}?page={page + 1}" if len(left) > page * 100 else None
            return 200, {"results": left[(page - 1) * 100 : page * 100], "count": len(left), "next": following}
        if (method, path) == ("GET", "/v1/emails"):
            page, items = int(query.get("page", 1)), list(self.items.values())[::-1]
            items = [] if self.blind else items
            following = f"{path}?page={page + 1}" if len(items) > page * 100 else None
            results = [{key: one[key] for key in one if key != "body"} for one in items[(page - 1) * 100 : page * 100]]
            return 200, {"results": results, "count": len(items), "next": following}
        if (method, path) == ("POST", "/v1/emails"):
            needs(body, "subject", status=422, only=self._FIELDS)
            item = {"id": f"em_{self.number()}", "status": "about_to_send", "metadata": {}, **self._valid(body)}
            self.items[item["id"]] = item
            return 201, item
        identifier = path.rpartition("/")[2]
        if identifier not in self.items:
            raise Refused(404, {"detail": "Not found."})
        item = self.items[identifier]
        if method == "GET":
            return 200, item
        if method == "PATCH" and body == {"status": "about_to_send"}:
            if headers.get("X-Buttondown-Live-Dangerously") != "true":
                raise Refused(400, {"code": "sending_requires_confirmation", "detail": "Confirm your first email."})
            if item["status"] != "draft":
                raise Refused(400, {"detail": "This email was sent already."})
            self.dispatch(identifier)
            return 200, item
        if method == "PATCH":
            needs(body, status=422, only=self._FIELDS)
            item |= self._valid(body)
            return 200, item
        raise Refused(405, None)

    def _valid(self, body: Any) -> Item:
        if str(body.get("body", "")).startswith("---"):
            raise Refused(400, {"code": "body_invalid", "detail": "body may not start with ---"})
        return {**body, "body": self.kept(body["body"])}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"


class KeilaDouble(Double):
    key = "keila-key"
    account: ClassVar = {"sender": "ms_1", "list": "sgm_1"}
    _FIELDS = (
        "subject", "text_body", "json_body", "mjml_body", "html_body", "mjml_content", "html_content", "text_content",
        "settings", "template_id", "sender_id", "segment_id", "data", "preview_text",
    )  # fmt: skip

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(403, {"errors": [{"status": 403, "title": "Not authorized"}]})
        if (method, path) == ("GET", "/api/v1/contacts"):
            states = {"unsubscribed": "request", "unreachable": "bounce"}
            wanted = states[json.loads(query["filter"])["status"]]
            page, size = int(query["paginate[page]"]), int(query["paginate[page_size]"])
            left = [{"email": one} for one, state in self.people.items() if state == wanted]
            meta = {"page": page, "page_count": -(-len(left) // size), "count": len(left)}
            return 200, {"meta": meta, "data": left[page * size : (page + 1) * size]}
        if (method, path) == ("GET", "/api/v1/campaigns"):
            items = [] if self.blind else list(self.items.values())
            return 200, {"meta": {"page": 0, "page_count": 1, "count": len(items)}, "data": items}
        if (method, path) == ("POST", "/api/v1/campaigns"):
            needs(body["data"], "subject", "settings", only=self._FIELDS)
            needs(body["data"]["settings"], "type", only=("type", "do_not_track"))
            item = {"id": f"mc_{self.number()}", "sent_at": None, "scheduled_for": None, **body["data"]}
            item["html_body"] = self.kept(item["html_body"])
            self.items[item["id"]] = item
            return 200, {"data": item}
        identifier, _, action = path.removeprefix("/api/v1/campaigns/").partition("/")
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"status": 404, "title": "Not found"}]})
        item = self.items[identifier]
        if (method, action) == ("POST", "actions/send"):
            if not item["sent_at"] and item.get("sender_id"):  # Keila says yes all the same: its job finds out
                self.dispatch(identifier)
            return 202, {"data": {"campaign_id": identifier, "delivery_queued": True}}
        if method in ("PATCH", "PUT"):
            needs(body["data"], only=self._FIELDS)
            item |= {**body["data"], "html_body": self.kept(body["data"]["html_body"])}
        return 200, {"data": item}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["sent_at"] = "2026-11-24T06:00:00Z"


class MauticDouble(Double):
    key = "mautic-password"
    account: ClassVar = {"list": "4", "user": "api"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode() != f"api:{self.key}":
            raise Refused(401, {"errors": [{"code": 401, "message": "Authorization denied."}]})
        if (method, path) == ("GET", "/api/contacts"):
            return 200, self._contacts(query)
        if (method, path) == ("GET", "/api/emails"):
            start, limit = int(query.get("start", 0)), int(query.get("limit", 30))
            items = [] if self.blind else list(self.items.values())
            page = {str(one["id"]): one for one in items[start : start + limit]}
            return 200, {"total": len(items), "emails": page or []}
        if (method, path) == ("POST", "/api/emails/new"):
            needs(body, "name", "subject", "emailType", "lists")
            item = {"id": self.number(), "isPublished": True, "sentCount": 0, **body}
            item["customHtml"] = self.kept(item["customHtml"])
            self.items[str(item["id"])] = item
            return 201, {"email": item}
        found = re.fullmatch(r"/api/emails/(\d+)(/edit)?", path)
        if not found or found[1] not in self.items:
            raise Refused(404, {"errors": [{"code": 404, "message": "Item was not found."}]})
        item = self.items[found[1]]
        if method == "PATCH" and found[2] and body == {"isPublished": True}:
            if not item["isPublished"]:  # its job sends to those who did not get it yet
                self.dispatch(found[1])
        elif method == "PATCH" and found[2]:
            item |= {**body, "customHtml": self.kept(body["customHtml"])}
        return 200, {"email": item}

    def _contacts(self, query: dict[str, str]) -> Item:
        if (query["where[0][col]"], query["where[0][expr]"], query["orderBy"]) != ("id", "gt", "id"):
            raise Refused(400, {"errors": [{"code": 400, "message": "this double filters by id only"}]})
        contacts = {}
        for number, (email, state) in enumerate(self.people.items(), 1):
            entry = {"id": number, "reason": {"request": 1, "bounce": 2}.get(state, 0), "channel": "email"}
            texts = {"id": number, "reason": 1, "channel": "sms"}  # to whom no short message may be sent
            contacts[str(number)] = {
                "id": number, "fields": {"core": {}, "all": {"email": email}},
                "doNotContact": [texts, entry] if state else [texts],
            }  # fmt: skip
        after, limit = int(query["where[0][val]"]), int(query["limit"])
        page = dict(list(contacts.items())[after : after + limit])
        return {"total": str(len(contacts)), "contacts": page or []}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier] |= {"sentCount": 12, "isPublished": True}


class GhostDouble(Double):
    key = "5f3c:00ff11ee22dd33cc"
    account: ClassVar = {"list": "daily"}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        self._authorise(headers.get("Authorization", ""))
        if (method, path) == ("GET", "/ghost/api/admin/members/"):
            return 200, self._members(int(query.get("page", 1)), int(query.get("limit", 15)))
        if (method, path) == ("GET", "/ghost/api/admin/posts/"):
            slug = query.get("filter", "").removeprefix("slug:")
            items = [] if self.blind else [one for one in self.items.values() if one["slug"] == slug]
            return 200, {"posts": items}
        if (method, path) == ("POST", "/ghost/api/admin/posts/"):
            post = self._post(body, query)
            taken = {one["slug"] for one in self.items.values()}
            slug = post.get("slug") or "untitled"
            slug = slug if slug not in taken else f"{slug}-2"
            item = {"id": f"p{self.number()}", "status": "draft", "updated_at": "1", **post, "slug": slug}
            self.items[item["id"]] = item
            return 201, {"posts": [item]}
        identifier = path.removeprefix("/ghost/api/admin/posts/").strip("/")
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"message": "Post not found."}]})
        item = self.items[identifier]
        if method == "PUT" and "newsletter" in query:
            if body["posts"][0].get("updated_at") != item["updated_at"]:
                raise Refused(409, {"errors": [{"message": "Saving failed! Someone else is editing this post."}]})
            if query["newsletter"] != "daily" or body["posts"][0]["status"] != "published":
                raise Refused(404, {"errors": [{"message": "Newsletter not found."}]})
            item["updated_at"] = str(int(item["updated_at"]) + 1)
            self.dispatch(identifier)
            return 200, {"posts": [item]}
        if method == "PUT":
            post = self._post(body, query)
            if post.get("updated_at") != item["updated_at"]:
                raise Refused(409, {"errors": [{"message": "Saving failed! Someone else is editing this post."}]})
            item |= {**post, "updated_at": str(int(item["updated_at"]) + 1)}
        return 200, {"posts": [item]}

    def _members(self, page: int, limit: int) -> Item:
        if limit > 100:
            raise Refused(400, {"errors": [{"message": "limit is at most 100"}]})
        reasons = {"bounce": "fail", "complaint": "spam"}
        everyone = [
            {
                "id": f"m{number}", "email": email, "subscribed": state != "request",
                "newsletters": [] if state == "request" else [{"name": "Daily", "status": "active"}],
                "email_suppression": {"suppressed": True, "info": {"reason": reasons[state]}}
                if state in reasons else {"suppressed": False, "info": None},
            }
            for number, (email, state) in enumerate(self.people.items())
        ]  # fmt: skip
        pages = -(-len(everyone) // limit)
        pagination = {"page": page, "limit": limit, "pages": pages, "next": page + 1 if page < pages else None}
        return {"members": everyone[(page - 1) * limit : page * limit], "meta": {"pagination": pagination}}

    def _post(self, body: Any, query: dict[str, str]) -> Item:
        if query.get("source") != "html":
            raise Refused(422, {"errors": [{"message": "html is ignored without source=html"}]})
        post = body["posts"][0]
        needs(post, "title", status=422)
        if len(post.get("custom_excerpt") or "") > 300:
            raise Refused(422, {"errors": [{"message": "custom_excerpt exceeds 300 characters"}]})
        before, after = "<!--kg-card-begin: html-->", "<!--kg-card-end: html-->"
        if not post["html"].startswith(before):
            raise Refused(422, {"errors": [{"message": "not one card: Ghost would rewrite this HTML"}]})
        return {**post, "html": self.kept(post["html"].removeprefix(before).removesuffix(after).strip("\n"))}

    def _authorise(self, header: str) -> None:
        name, _, secret = self.key.partition(":")
        try:
            head, claims, seal = header.removeprefix("Ghost ").split(".")
            expected = hmac.new(bytes.fromhex(secret), f"{head}.{claims}".encode(), hashlib.sha256).digest()
            read = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, claims)]
            right = base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4)) == expected
        except ValueError:
            raise Refused(401, {"errors": [{"message": "Invalid token"}]}) from None
        if not right or read[0] != {"alg": "HS256", "typ": "JWT", "kid": name} or read[1]["aud"] != "/admin/":
            raise Refused(401, {"errors": [{"message": "Invalid token"}]})
        if read[1]["exp"] - read[1]["iat"] > 300:
            raise Refused(401, {"errors": [{"message": "maxAge exceeded"}]})

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "sent"


class KlaviyoDouble(Double):
    key = "pk_0123"
    account: ClassVar = {"list": "Y6nRLr"}

    def __init__(self) -> None:
        super().__init__()
        self.templates: dict[str, Item] = {}
        self.messages: dict[str, Item] = {}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Klaviyo-API-Key {self.key}":
            raise Refused(401, {"errors": [{"title": "Missing or invalid private key."}]})
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", headers.get("revision", "")):
            raise Refused(400, {"errors": [{"detail": "revision is required"}]})
        if method != "GET" and headers.get("Content-Type") != "application/vnd.api+json":
            raise Refused(415, {"errors": [{"detail": "Unsupported media type"}]})
        data = body["data"] if body else {}
        kind, _, rest = path.removeprefix("/api/").partition("/")
        if kind == "profiles":
            return 200, self._profiles(query)
        if kind == "campaigns":
            return self._campaigns(method, rest, query, data)
        if kind == "templates":
            return self._templates(method, rest, query, data)
        if kind == "campaign-send-jobs":
            needs(data, "type", "id", only=("type", "id"))
            if self.items[data["id"]]["attributes"]["status"] != "Draft":
                raise Refused(409, {"errors": [{"detail": "Campaign is already being sent."}]})
            self.dispatch(data["id"])
            return 202, {"data": {**data, "attributes": {"status": "queued"}}}
        if kind == "campaign-message-assign-template":
            needs(data, "type", "id", "relationships")
            template = self.templates[data["relationships"]["template"]["data"]["id"]]
            self.messages[data["id"]]["template"] = json.loads(json.dumps(template))  # a copy, as Klaviyo makes one
            return 200, {"data": {"type": "campaign-message", "id": data["id"]}}
        return self._messages(method, rest, data)

    def _campaigns(self, method: str, rest: str, query: dict[str, str], data: Item) -> Answer:
        if not rest and method == "GET":
            found = re.fullmatch(
                r"equals\(messages\.channel,'email'\),contains\(name,'(.*)'\)", query.get("filter", "")
            )
            if not found:
                raise Refused(400, {"errors": [{"detail": "A channel filter is required to list campaigns."}]})
            items = [one for one in self.items.values() if found[1] in one["attributes"]["name"] and not self.blind]
            return 200, {"data": items[::-1], "links": {"next": None}}
        if not rest:
            needs(data, "type", "attributes")
            needs(data["attributes"], "name", "audiences", "campaign-messages")
            needs(data["attributes"]["audiences"], "included")
            definition = data["attributes"]["campaign-messages"]["data"][0]["attributes"]["definition"]
            needs(definition, "channel")
            message, campaign = f"m{self.number()}", f"k{self.number()}"
            content = {"attributes": {"definition": definition}, "campaign": campaign}
            self.messages[message] = {"type": "campaign-message", "id": message, **content}
            attributes = {
                "name": data["attributes"]["name"], "status": "Draft", "audiences": data["attributes"]["audiences"]
            }  # fmt: skip
            self.items[campaign] = {"type": "campaign", "id": campaign, "attributes": attributes}
            return 201, {"data": self.items[campaign]}
        identifier, _, part = rest.partition("/")
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"detail": "A campaign with this id does not exist."}]})
        if part:
            return 200, {"data": [one for one in self.messages.values() if one["campaign"] == identifier]}
        return 200, {"data": self.items[identifier]}

    def _profiles(self, query: dict[str, str]) -> Item:
        size = int(query.get("page[size]", 20))
        if size > 100 or query.get("additional-fields[profile]") != "subscriptions":
            raise Refused(400, {"errors": [{"detail": "page size, or subscriptions that were not asked for"}]})
        marketing = "subscriptions.email.marketing"
        everywhere = f"greater-than({marketing}.suppression.timestamp,1970-01-01T00:00:00Z)"
        states = {
            everywhere: {"bounce": "HARD_BOUNCE", "complaint": "SPAM_COMPLAINT"},
            f"equals({marketing}.list_suppressions.list_id,'Y6nRLr')": {"request": "UNSUBSCRIBE"},
        }.get(query.get("filter", ""))
        if states is None:
            raise Refused(400, {"errors": [{"detail": "Invalid filter provided."}]})
        field = "suppression" if query["filter"] == everywhere else "list_suppressions"
        found = [
            {
                "type": "profile", "id": one,
                "attributes": {
                    "email": one, "subscriptions": {"email": {"marketing": {field: [{"reason": states[state]}]}}}
                },
            }
            for one, state in self.people.items() if state in states
        ]  # fmt: skip
        start = int(query.get("page[cursor]", "c0")[1:])
        following = f"{self.url}/api/profiles?page%5Bcursor%5D=c{start + size}" if start + size < len(found) else None
        return {"data": found[start : start + size], "links": {"next": following}}

    def _templates(self, method: str, rest: str, query: dict[str, str], data: Item) -> Answer:
        if method == "GET":
            found = re.fullmatch(r"equals\(name,'(.*)'\)", query["filter"])
            items = [one for one in self.templates.values() if found and one["attributes"]["name"] == found[1]]
            return 200, {"data": items}
        needs(data, "type", "attributes")
        if not rest:
            needs(data["attributes"], "name", "editor_type")
            rest = f"t{self.number()}"
            self.templates[rest] = {"type": "template", "id": rest, "attributes": {}}
        attributes = {**data["attributes"], "html": self.kept(data["attributes"]["html"])}
        self.templates[rest]["attributes"] |= attributes
        return 201, {"data": self.templates[rest]}

    def _messages(self, method: str, rest: str, data: Item) -> Answer:
        identifier, _, part = rest.partition("/")
        message = self.messages[identifier]
        if part == "template":
            if "template" not in message:
                raise Refused(404, {"errors": [{"detail": "no template"}]})
            return 200, {"data": message["template"]}
        if method == "PATCH":
            needs(data, "type", "id", "attributes")
            message["attributes"] |= data["attributes"]
        return 200, {"data": message}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["attributes"]["status"] = "Sent"


class SendgridDouble(Double):
    key = "SG.0123"
    account: ClassVar = {"list": "ca1a-11", "sender": "5", "group": "17"}
    _LISTS: ClassVar = {"bounces": "bounce", "spam_reports": "complaint", "invalid_emails": "-", "unsubscribes": "-"}
    _CONTENT = (
        "subject", "html_content", "plain_content", "generate_plain_content", "editor", "sender_id",
        "suppression_group_id", "custom_unsubscribe_url", "design_id", "ip_pool",
    )  # fmt: skip

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        if headers.get("Authorization") != f"Bearer {self.key}":
            raise Refused(401, {"errors": [{"field": None, "message": "authorization required"}]})
        if path.startswith(("/v3/asm/", "/v3/suppression/")):
            return self._suppressions(path, query)
        identifier, _, action = path.removeprefix("/v3/marketing/singlesends").strip("/").partition("/")
        if not identifier and method == "GET":
            size, start = int(query.get("page_size", 10)), int(query.get("page_token", "t0")[1:])
            items = [] if self.blind else list(self.items.values())
            token = f"{self.url}{path}?page_size={size}&page_token=t{start + size}"
            shown = [{key: one[key] for key in one if key != "email_config"} for one in items[start : start + size]]
            return 200, {"result": shown, "_metadata": {"next": token} if start + size < len(items) else {}}
        if not identifier and method == "POST":
            item = {"id": f"s{self.number()}", "status": "draft", "created_at": f"{self.number()}", **self._valid(body)}
            self.items[item["id"]] = item
            return 201, item
        if identifier not in self.items:
            raise Refused(404, {"errors": [{"message": "not found"}]})
        item = self.items[identifier]
        if (method, action) == ("PUT", "schedule"):
            content = item["email_config"]
            if body != {"send_at": "now"} or not content.get("sender_id") or not content.get("suppression_group_id"):
                raise Refused(400, {"errors": [{"message": "sender_id and suppression_group_id are required"}]})
            if item["status"] != "draft":
                raise Refused(400, {"errors": [{"message": "single send is not a draft"}]})
            self.dispatch(identifier)
            return 201, {"send_at": "now", "status": "scheduled"}
        if method == "PATCH":
            if item["status"] != "draft":
                raise Refused(400, {"errors": [{"message": "single send is not a draft"}]})
            item |= self._valid(body)
        return 200, item

    def _suppressions(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/v3/asm/groups/17/suppressions":
            return 200, [one for one, state in self.people.items() if state == "request"]
        kind = path.removeprefix("/v3/suppression/")
        if kind not in self._LISTS or int(query["limit"]) > 500:
            raise Refused(404, {"errors": [{"message": "not found"}]})
        entries = [{"created": 1, "email": one} for one, state in self.people.items() if state == self._LISTS[kind]]
        return 200, entries[int(query["offset"]) :][: int(query["limit"])]

    def _valid(self, body: Any) -> Item:
        needs(body, "name", only=("name", "categories", "send_at", "send_to", "email_config"))
        needs(body["email_config"], "subject", only=self._CONTENT)
        if len(body["name"]) > 100:
            raise Refused(400, {"errors": [{"field": "name", "message": "name must be at most 100 characters"}]})
        content = body["email_config"]
        return {**body, "email_config": {**content, "html_content": self.kept(content["html_content"])}}

    def mark_sent(self, identifier: str) -> None:
        self.items[identifier]["status"] = "triggered"
