"""Templates at Iterable: an edition is an email template whose client template id is made of the mark.

To make one is to "upsert" it, so the same request twice is one template. Every template of that id is changed by it,
those that campaigns have, too; the id is therefore asked for first, and where a campaign has it, all is left alone.
"""

from __future__ import annotations

from typing import Any

from broadsheet.errors import PlatformBusy
from broadsheet.export.push.api import Api, NoAnswer, NotThere
from broadsheet.export.push.drafts import Draft, Remote, name_of
from broadsheet.export.push.places import Access, refuse_unsendable

_TEMPLATES = "/api/templates"


def open_account(access: Access) -> IterableTemplates:
    """Open the project that the key belongs to; `url` is https://api.eu.iterable.com for one in Europe."""
    url = access.account.url or "https://api.iterable.com"
    return IterableTemplates(Api("Iterable", url, {"Api-Key": access.key}, secrets=[access.key], **access.options))


class IterableTemplates:
    """The email templates of a project."""

    title = "Iterable"
    audience = ""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, mark: str) -> list[Remote]:
        """Ask for the client template id that the mark makes."""
        there = self._entry(name_of(mark))
        return [_summary(name_of(mark), there)] if there else []

    def create(self, draft: Draft) -> str:
        """Make the template, whole. Raises NoAnswer when Iterable says yes and shows none."""
        name = name_of(draft.mark)
        self._api.send("POST", f"{_TEMPLATES}/email/upsert", {"clientTemplateId": name, **_content(draft)})
        try:
            if self._entry(name):
                return name
        except PlatformBusy as error:
            raise NoAnswer(f"the template was taken; whether it is there could not be asked: {error}") from error
        raise NoAnswer("the template was taken and is not to be seen yet")

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything in this one template."""
        there = self._entry(remote_id)
        if there is None:
            raise NotThere(remote_id)
        self._api.send("POST", f"{_TEMPLATES}/email/update", {"templateId": there["templateId"], **_content(draft)})

    def read(self, remote_id: str) -> Remote | None:
        """Read the template."""
        entry = self._entry(remote_id)
        if entry is None:
            return None
        summary = _summary(remote_id, entry)
        there = self._api.get(f"{_TEMPLATES}/email/get", templateId=entry["templateId"])
        return Remote(
            id=summary.id, is_draft=summary.is_draft, state=summary.state, subject=there.get("subject") or "",
            html=there.get("html") or "", text=there.get("plainText") or "",
        )  # fmt: skip

    def send(self, remote_id: str) -> None:
        """Refuse: a template has no readers. Raises ConfigError."""
        refuse_unsendable("iterable")

    def _entry(self, name: str) -> dict[str, Any] | None:
        """Give the template of that client id; one that a campaign has, before one that none has."""
        try:
            listed = self._api.get(f"{_TEMPLATES}/getByClientTemplateId", clientTemplateId=name)["templates"]
        except NotThere:
            return None
        found: list[dict[str, Any]] = sorted(listed, key=lambda one: one.get("campaignId") is None)
        return found[0] if found else None


def _summary(name: str, entry: dict[str, Any]) -> Remote:
    campaign = entry.get("campaignId")
    state = "template" if campaign is None else f"the template of the campaign {campaign}"
    return Remote(id=name, is_draft=campaign is None, state=state)


def _content(draft: Draft) -> dict[str, str]:
    return {
        "name": draft.name,
        "subject": draft.subject,
        "fromName": draft.sender_name,
        "fromEmail": draft.sender_email,
        "replyToEmail": draft.reply_to,
        "html": draft.html,
        "plainText": draft.text,
    }
