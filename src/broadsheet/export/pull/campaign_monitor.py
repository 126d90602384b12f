"""Who left at Campaign Monitor: the suppression list of a client."""

from __future__ import annotations

from urllib.parse import quote

from broadsheet.export.pull.departures import Departure, Page
from broadsheet.export.push.api import Api
from broadsheet.export.push.places import Access
from broadsheet.model import SuppressionReason

_PEOPLE = 1000  # the most that Campaign Monitor gives at once
# Its words for a reason, as far as they are known; every other one counts as a request.
_REASONS = (("bounce", SuppressionReason.BOUNCE), ("spam", SuppressionReason.COMPLAINT))


def open_account(access: Access) -> CampaignMonitor:
    """Open the client that `user` names, by its API id."""
    return CampaignMonitor(*client_api(access))


def client_api(access: Access) -> tuple[Api, str]:
    """Speak for the client that `user` names."""
    url = access.account.url or "https://api.createsend.com"
    api = Api("Campaign Monitor", url, {}, auth=(access.key, "x"), secrets=[access.key], **access.options)
    return api, access.need("user", "the API id of the client")


class CampaignMonitor:
    """The suppression list of a client, in the order of the addresses."""

    title = "Campaign Monitor"

    def __init__(self, api: Api, client: str) -> None:
        self._api, self._client = api, client

    def departures(self, at: str) -> Page:
        """Tell who unsubscribed, bounced or complained; who was taken off the list again is not told."""
        number = int(at or 1)
        path = f"/api/v3.3/clients/{quote(self._client, safe='')}/suppressionlist.json"
        answer = self._api.get(path, page=number, pagesize=_PEOPLE, orderfield="email", orderdirection="asc")
        return Page(
            departures=tuple(
                Departure(email=entry["EmailAddress"], reason=_reason(entry["SuppressionReason"]))
                for entry in answer["Results"]
                if entry.get("State", "Suppressed") == "Suppressed"
            ),
            following=str(number + 1) if number < answer["NumberOfPages"] else "",
        )


def _reason(words: str) -> SuppressionReason:
    return next((reason for word, reason in _REASONS if word in words.lower()), SuppressionReason.REQUEST)
