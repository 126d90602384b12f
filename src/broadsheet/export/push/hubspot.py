"""Templates at HubSpot: an edition is a coded email template, a file of the Design Manager by a path of the mark.

From HubSpot's pages on its Source Code API. Writing a file twice is writing it once, so no second one can come to be.
Only the draft of the file is written: what was published, and the emails made of it, stay until a person publishes it.
"""

from __future__ import annotations

from urllib.parse import quote

from broadsheet.export.push.api import Api, NotThere
from broadsheet.export.push.drafts import Draft, Remote, name_of
from broadsheet.export.push.places import Access, refuse_unsendable

_DRAFT = "/cms/v3/source-code/draft"
_FOLDER = "broadsheet"


def open_account(access: Access) -> HubspotTemplates:
    """Open the account that the key, an access token with the scope `content`, belongs to."""
    url = access.account.url or "https://api.hubapi.com"
    headers = {"Authorization": f"Bearer {access.key}"}
    return HubspotTemplates(Api("HubSpot", url, headers, secrets=[access.key], **access.options))


class HubspotTemplates:
    """The coded files of an account. They have neither subject nor plain text: both belong to the email made of one."""

    title = "HubSpot"
    audience = ""

    def __init__(self, api: Api) -> None:
        self._api = api

    def find(self, mark: str) -> list[Remote]:
        """Look for the path that the mark makes."""
        path = _path(mark)
        try:
            self._api.get(f"{_DRAFT}/metadata/{quote(path, safe='')}")
        except NotThere:
            return []
        return [_remote(path, "")]

    def create(self, draft: Draft) -> str:
        """Write the file, whole."""
        path = _path(draft.mark)
        self._write(path, draft)
        return path

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Write the file anew."""
        self._write(remote_id, draft)

    def read(self, remote_id: str) -> Remote | None:
        """Read the file."""
        try:
            return _remote(remote_id, self._api.get_file(_content_of(remote_id)))
        except NotThere:
            return None

    def send(self, remote_id: str) -> None:
        """Refuse: a template has no readers. Raises ConfigError."""
        refuse_unsendable("hubspot")

    def _write(self, path: str, draft: Draft) -> None:
        kind = f"templateType: email\n  isAvailableForNewContent: true\n  label: {name_of(draft.mark)}"
        self._api.put_file(_content_of(path), path.rpartition("/")[2], f"<!--\n  {kind}\n-->\n{draft.html}")


def _path(mark: str) -> str:
    return f"{_FOLDER}/{name_of(mark)}.html"


def _content_of(path: str) -> str:
    return f"{_DRAFT}/content/{quote(path, safe='')}"


def _remote(path: str, html: str) -> Remote:
    return Remote(id=path, is_draft=True, state="template", subject=None, html=html)
