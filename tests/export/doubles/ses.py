"""Doubles of Amazon SES's API."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from tests.export.doubles.double import Answer, Item, Refused, TellingDouble, needs


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


class SesTemplatesDouble(SesDouble):
    """Built from the API reference of SES, version 2: a template's name is its only handle."""

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: Any) -> Answer:
        self._authorise(method, path, query, headers)
        if (method, path) == ("POST", "/v2/email/templates"):
            needs(body, "TemplateName", "TemplateContent", only=("TemplateName", "TemplateContent"))
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", body["TemplateName"]):
                raise Refused(400, {"message": "BadRequestException"})
            if body["TemplateName"] in self.items:
                raise Refused(400, {"message": "AlreadyExistsException: the template already exists"})
            self.items[body["TemplateName"]] = {"name": body["TemplateName"], **self._content(body)}
            return 200, {}
        name = unquote(path.removeprefix("/v2/email/templates/"))
        if name not in self.items or self.blind:
            raise Refused(404, {"message": f"NotFoundException: Template {name} doesn't exist."})
        if method == "GET":
            return 200, {"TemplateName": name, "TemplateContent": self.items[name]["content"]}
        if method == "PUT":
            needs(body, "TemplateContent", only=("TemplateContent",))
            self.items[name] |= self._content(body)
            return 200, {}
        raise Refused(405, {"message": "MethodNotAllowed"})

    def _content(self, body: Any) -> Item:
        content = body["TemplateContent"]
        needs(content, "Subject", "Html", "Text", only=("Subject", "Html", "Text"))
        return {"content": {**content, "Html": self.kept(content["Html"])}}
