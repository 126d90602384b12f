"""Who left at Amazon SES: the account's suppression list, and who unsubscribed from a contact list.

Each request is signed with the secret key (AWS Signature Version 4), which is never sent itself.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx2 as httpx

from broadsheet.errors import ConfigError
from broadsheet.export.pull.departures import Departure, Page, following, kind_at
from broadsheet.export.push.api import Api
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PEOPLE = 1000
_SUPPRESSED, _CONTACTS = "suppressed", "contacts"
_REASONS = {"BOUNCE": SuppressionReason.BOUNCE, "COMPLAINT": SuppressionReason.COMPLAINT}


def open_account(access: Access) -> Ses:
    """Open a region; `user` is the id of the access key, `list` the contact list, where one is used."""
    return Ses(signed_api(access), access.account.list)


def signed_api(access: Access, *, pause: float = 0.0) -> Api:
    """Speak to a region's API, with every request signed. Raises ConfigError for an account without one."""
    url = access.need("url", "the region's address, such as https://email.eu-west-1.amazonaws.com")
    parts = (urlsplit(url).hostname or "").split(".")
    if parts[0] != "email" and urlsplit(url).scheme == "https":
        raise ConfigError(
            f"{url!r} names no region", key=f"platforms.{access.name}.url",
            advice='Write url = "https://email.REGION.amazonaws.com".',
        )  # fmt: skip
    region = parts[1] if parts[0] == "email" else "us-east-1"
    signature = Signature(access.need("user", "the id of the access key"), access.key, region)
    return Api("Amazon SES", url, {}, auth=signature, secrets=[access.key], pause=pause, **access.options)


class Signature(httpx.Auth):
    """Sign requests to SES in one region."""

    requires_request_body = True

    def __init__(
        self,
        key_id: str,
        secret: str,
        region: str,
        *,
        service: str = "ses",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._key_id, self._secret, self._clock = key_id, secret, clock
        self._scope = f"{region}/{service}/aws4_request"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the time and the signature of what is asked."""
        moment = f"{self._clock():%Y%m%dT%H%M%SZ}"
        request.headers["X-Amz-Date"] = moment
        scope = f"{moment[:8]}/{self._scope}"
        query = sorted(
            (quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in request.url.params.items()
        )
        asked = "\n".join(
            [
                request.method,
                # The path is encoded once more than it is sent (only S3 takes it as it stands).
                quote(request.url.raw_path.decode().partition("?")[0], safe="/-_.~"),
                "&".join(f"{name}={value}" for name, value in query),
                f"host:{request.headers['host']}",
                f"x-amz-date:{moment}",
                "",
                "host;x-amz-date",
                hashlib.sha256(request.content).hexdigest(),
            ]
        )
        sealed = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        key = f"AWS4{self._secret}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, sealed.encode(), hashlib.sha256).hexdigest()
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._key_id}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
        )
        yield request


class Ses:
    """The suppressions of an account in a region."""

    title = "Amazon SES"

    def __init__(self, api: Api, contacts: str) -> None:
        self._api, self._contacts = api, contacts

    def departures(self, at: str) -> Page:
        """Tell who bounced or complained, and who unsubscribed from everything on the contact list."""
        kinds = (_SUPPRESSED, _CONTACTS) if self._contacts else (_SUPPRESSED,)
        kind, place = kind_at(at, kinds)
        token = {"NextToken": place} if place else {}
        if kind == _SUPPRESSED:
            answer = self._api.get("/v2/email/suppression/addresses", PageSize=_PEOPLE, **token)
            told = [
                Departure(email=entry["EmailAddress"], reason=_REASONS.get(entry["Reason"], SuppressionReason.BOUNCE))
                for entry in answer["SuppressedDestinationSummaries"]
            ]
        else:
            path = f"/v2/email/contact-lists/{quote(self._contacts, safe='')}/contacts/list"
            answer = self._api.send("POST", path, {"PageSize": _PEOPLE, **token})
            told = [
                Departure(email=contact["EmailAddress"], reason=SuppressionReason.REQUEST)
                for contact in answer["Contacts"]
                if contact.get("UnsubscribeAll")
            ]
        return Page(departures=tuple(told), following=following(kinds, kind, answer.get("NextToken") or ""))
