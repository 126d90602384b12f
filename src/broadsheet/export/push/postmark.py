"""Templates at Postmark: an edition is a template whose alias is made of the mark.

An alias that nobody has is answered with 422, as other mistakes are: whether one is there is read off the list.
"""

from __future__ import annotations

from typing import Any

from broadsheet.export.push.api import Api
from broadsheet.export.push.drafts import Draft, Remote, name_of
from broadsheet.export.push.places import Access, refuse_unsendable

_TEMPLATES = "/templates"
_PAGE = 100
_PAGES_AT_MOST = 20


def open_account(access: Access) -> PostmarkTemplates:
    """Open the server that the token belongs to."""
    url = access.account.url or "https://api.postmarkapp.com"
    headers = {"X-Postmark-Server-Token": access.key}
    return PostmarkTemplates(Api("Postmark", url, headers, secrets=[access.key], **access.options))


class PostmarkTemplates:
    """The templates of a server."""

    title = "Postmark"
    audience = ""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, mark: str) -> list[Remote]:
        """Look for the alias that the mark makes."""
        return [_remote(entry) for entry in self._listed(name_of(mark))]

    def create(self, draft: Draft) -> str:
        """Make the template, whole."""
        self._api.send("POST", _TEMPLATES, {"Alias": name_of(draft.mark), **_content(draft)})
        return name_of(draft.mark)

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything."""
        self._api.send("PUT", f"{_TEMPLATES}/{remote_id}", _content(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the template, after it was seen in the list."""
        if not self._listed(remote_id):
            return None
        return _remote(self._api.get(f"{_TEMPLATES}/{remote_id}"))

    def send(self, remote_id: str) -> None:
        """Refuse: a template has no readers. Raises ConfigError."""
        refuse_unsendable("postmark")

    def _listed(self, alias: str) -> list[dict[str, Any]]:
        for page in range(_PAGES_AT_MOST):
            entries = self._api.get(_TEMPLATES, Count=_PAGE, Offset=page * _PAGE)["Templates"]
            if found := [entry for entry in entries if entry.get("Alias") == alias]:
                return found
            if len(entries) < _PAGE:
                break
        return []


def _content(draft: Draft) -> dict[str, str]:
    return {"Name": draft.name, "Subject": draft.subject, "HtmlBody": draft.html, "TextBody": draft.text}


def _remote(template: dict[str, Any]) -> Remote:
    return Remote(
        id=template["Alias"], is_draft=True, state="template", subject=template.get("Subject") or "",
        html=template.get("HtmlBody") or "", text=template.get("TextBody") or "",
    )  # fmt: skip
