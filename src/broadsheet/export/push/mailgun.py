"""Templates at Mailgun: an edition is a stored template whose name is made of the mark, with one version that is ours.

From Mailgun's own pages on its API and its client library in Go. The subject stands in the headers of the version; a
stored template has no plain text, which Mailgun can make when it sends (`t:text`).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from broadsheet.export.pull.mailgun import domain_api
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote, name_of
from broadsheet.export.push.places import Access, refuse_unsendable

_VERSION = "broadsheet"


def open_account(access: Access) -> MailgunTemplates:
    """Open the domain that `list` names."""
    api, domain = domain_api(access)
    return MailgunTemplates(api, domain)


class MailgunTemplates:
    """The templates of a domain."""

    title = "Mailgun"
    audience = ""

    def __init__(self, api: Api, domain: str) -> None:
        self._api, self._templates = api, f"/v3/{quote(domain, safe='')}/templates"

    def find(self, mark: str) -> list[Remote]:
        """Look for the name that the mark makes."""
        name = name_of(mark).lower()
        try:
            self._api.get(f"{self._templates}/{name}")
        except NotThere:
            return []
        return [Remote(id=name, is_draft=True, state="template")]

    def create(self, draft: Draft) -> str:
        """Make the template with its version, whole; Mailgun writes names in small letters, and refuses one twice."""
        name = name_of(draft.mark).lower()
        fields = {"name": name, "description": draft.name, "tag": _VERSION, **_content(draft)}
        self._api.send_form("POST", self._templates, fields)
        return name

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set our version, and make it the one that is sent."""
        self._api.send_form(
            "PUT", f"{self._templates}/{remote_id}/versions/{_VERSION}", {**_content(draft), "active": "yes"}
        )

    def read(self, remote_id: str) -> Remote | None:
        """Read our version of the template."""
        try:
            there = self._api.get(f"{self._templates}/{remote_id}/versions/{_VERSION}")["template"]
        except NotThere:
            return None
        version: dict[str, Any] = there.get("version") or {}
        html, subject = version.get("template") or "", _subject(version)
        return Remote(id=there["name"], is_draft=True, state="template", subject=subject, html=html)

    def send(self, remote_id: str) -> None:
        """Refuse: a template has no readers. Raises ConfigError."""
        refuse_unsendable("mailgun")


def _content(draft: Draft) -> dict[str, str]:
    sender = f"{json.dumps(draft.sender_name, ensure_ascii=False)} <{draft.sender_email}>"
    headers = {"Subject": draft.subject, "From": sender, "Reply-To": draft.reply_to}
    return {"template": draft.html, "headers": json.dumps(headers, ensure_ascii=False)}


def _subject(version: dict[str, Any]) -> str | None:
    headers = {name.lower(): value for name, value in (version.get("headers") or {}).items()}
    return headers.get("subject")
