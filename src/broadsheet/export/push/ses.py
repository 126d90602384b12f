"""Templates at Amazon SES: an edition is a template whose name is made of the mark, so a second one cannot stand there.

Each of these requests may be made once a second; one that comes too early is made again after that second.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from broadsheet.export.pull.ses import signed_api
from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote, name_of
from broadsheet.export.push.places import Access, refuse_unsendable

_TEMPLATES = "/v2/email/templates"


def open_account(access: Access) -> SesTemplates:
    """Open a region; `user` is the id of the access key."""
    return SesTemplates(signed_api(access, pause=1.0))


class SesTemplates:
    """The templates of an account in a region."""

    title = "Amazon SES"
    audience = ""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, mark: str) -> list[Remote]:
        """Look for the name that the mark makes."""
        there = self.read(name_of(mark))
        return [there] if there else []

    def create(self, draft: Draft) -> str:
        """Make the template, whole; SES refuses a name that is taken."""
        name = name_of(draft.mark)
        self._api.send("POST", _TEMPLATES, {"TemplateName": name, "TemplateContent": _content(draft)})
        return name

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PUT", _path(remote_id), {"TemplateContent": _content(draft)})

    def read(self, remote_id: str) -> Remote | None:
        """Read the template."""
        try:
            there: dict[str, Any] = self._api.get(_path(remote_id))
        except NotThere:
            return None
        content = there["TemplateContent"]
        return Remote(
            id=there["TemplateName"], is_draft=True, state="template", subject=content.get("Subject") or "",
            html=content.get("Html") or "", text=content.get("Text") or "",
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Refuse: a template has no readers. Raises ConfigError."""
        refuse_unsendable("ses")


def _path(name: str) -> str:
    return f"{_TEMPLATES}/{quote(name, safe='')}"


def _content(draft: Draft) -> dict[str, str]:
    return {"Subject": draft.subject, "Html": draft.html, "Text": draft.text}
