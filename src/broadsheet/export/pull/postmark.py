"""Who left at Postmark: the suppressions of a message stream, told at once."""

from __future__ import annotations

from urllib.parse import quote

from broadsheet.export.pull.departures import Departure, Page
from broadsheet.export.push.api import Api
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_REASONS = {
    "HardBounce": SuppressionReason.BOUNCE,
    "SpamComplaint": SuppressionReason.COMPLAINT,
    "ManualSuppression": SuppressionReason.REQUEST,
}


def open_account(access: Access) -> Postmark:
    """Open the server that the token belongs to; `list` is the stream, `broadcast` if left out."""
    url = access.account.url or "https://api.postmarkapp.com"
    api = Api("Postmark", url, {"X-Postmark-Server-Token": access.key}, secrets=[access.key], **access.options)
    return Postmark(api, access.account.list or "broadcast")


class Postmark:
    """The suppressions of a stream."""

    title = "Postmark"

    def __init__(self, api: Api, stream: str) -> None:
        self._api, self._stream = api, stream

    def departures(self, at: str) -> Page:
        """Tell who bounced for good, complained, or was suppressed at their wish or by hand."""
        answer = self._api.get(f"/message-streams/{quote(self._stream, safe='')}/suppressions/dump")
        return Page(
            departures=tuple(
                Departure(
                    email=entry["EmailAddress"],
                    reason=_REASONS.get(entry["SuppressionReason"], SuppressionReason.REQUEST),
                )
                for entry in answer["Suppressions"]
            ),
            following="",
        )
