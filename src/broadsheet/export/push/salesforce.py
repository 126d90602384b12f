"""Emails at Salesforce Marketing Cloud: an edition is an HTML email in Content Builder, by a customer key of the mark.

From Salesforce's pages on the Content Builder API and on tokens; that the views of an HTML email are filled like those
of the example there is seen in use. A customer key is unique, so a second email of it is refused. Searches are answered
from an index of their own, which may lag; what was made is read by its id.
"""

from __future__ import annotations

import hashlib
from typing import Any

from broadsheet.errors import PlatformBusy
from broadsheet.export.push.api import Api, NoAnswer, NotThere
from broadsheet.export.push.drafts import Draft, Remote, name_of
from broadsheet.export.push.places import Access, refuse_unsendable

_ASSETS = "/asset/v1/content/assets"
_HTML_EMAIL = {"id": 208, "name": "htmlemail"}
_NAME_AT_MOST = 200
_KEY_AT_MOST = 36


def open_account(access: Access) -> SalesforceEmails:
    """Open a tenant; `user` is the client's id, the key its secret, `sender` the business unit where there are some."""
    access.need("url", "the tenant's address, https://SUBDOMAIN.auth.marketingcloudapis.com")
    access.need("user", "the client id of an API integration")
    return SalesforceEmails(access)


class SalesforceEmails:
    """The HTML emails of a business unit."""

    title = "Salesforce Marketing Cloud"
    audience = ""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._opened: Api | None = None

    @property
    def _api(self) -> Api:
        """Get a token, which lasts for twenty minutes, once it is needed, and the address that it is for."""
        if self._opened is None:
            account, secret = self._access.account, self._access.key
            door = Api(self.title, account.url, {}, secrets=[secret], **self._access.options)
            asked = {"grant_type": "client_credentials", "client_id": account.user, "client_secret": secret}
            unit = {"account_id": account.sender} if account.sender else {}
            try:
                given = door.send("POST", "/v2/token", asked | unit)
            except NoAnswer as silence:
                raise PlatformBusy(f"{self.title} gave no token ({silence})", advice="Try again later.") from silence
            token = given["access_token"]
            headers, secrets = {"Authorization": f"Bearer {token}"}, [secret, token]
            self._opened = Api(self.title, given["rest_instance_url"], headers, secrets=secrets, **self._access.options)
        return self._opened

    def find(self, mark: str) -> list[Remote]:
        """Look for the customer key that the mark makes."""
        key = customer_key(mark)
        listed = self._api.get(_ASSETS, **{"$filter": f"customerKey eq '{key}'"}).get("items") or []
        return [_summary(asset) for asset in listed if asset.get("customerKey") == key]

    def create(self, draft: Draft) -> str:
        """Make the email, whole; Salesforce refuses a customer key that is taken."""
        key = {"customerKey": customer_key(draft.mark), "assetType": _HTML_EMAIL}
        return str(self._api.send("POST", _ASSETS, {**key, **_content(draft)})["id"])

    def fill(self, remote_id: str, draft: Draft) -> None:
        """Set everything but the folder, which a person may have chosen."""
        self._api.send("PATCH", f"{_ASSETS}/{remote_id}", _content(draft))

    def read(self, remote_id: str) -> Remote | None:
        """Read the email."""
        try:
            asset: dict[str, Any] = self._api.get(f"{_ASSETS}/{remote_id}")
        except NotThere:
            return None
        views = asset.get("views") or {}
        subject, html, text = ((views.get(view) or {}).get("content") or "" for view in ("subjectline", "html", "text"))
        return Remote(id=str(asset["id"]), is_draft=True, state="template", subject=subject, html=html, text=text)

    def send(self, remote_id: str) -> None:
        """Refuse: an email in Content Builder has no readers. Raises ConfigError."""
        refuse_unsendable("salesforce")


def customer_key(mark: str) -> str:
    """Write a mark as a customer key: its name, or where that is longer than the 36 characters of a key, a digest."""
    name = name_of(mark)
    return name if len(name) <= _KEY_AT_MOST else hashlib.sha256(mark.encode()).hexdigest()[:_KEY_AT_MOST]


def _summary(asset: dict[str, Any]) -> Remote:
    return Remote(id=str(asset["id"]), is_draft=True, state="template")


def _content(draft: Draft) -> dict[str, object]:
    own_text = {"email": {"options": {"generateFrom": ""}}}
    return {
        "name": draft.name[-_NAME_AT_MOST:],
        "data": {"email": {"options": {"characterEncoding": "utf-8"}}},
        "views": {
            "html": {"content": draft.html},
            "text": {"content": draft.text, "data": own_text},
            "subjectline": {"content": draft.subject},
        },
    }
