"""What mail clients support, from the data of caniemail.com (MIT), carried over in `caniemail.json` with its date."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# The weight of each family where the publication says nothing: a round guess at a Western newsletter's readers. The
# order is well known, the numbers are ours; whoever knows their own readers sets `clients` of the publication.
USUAL_CLIENTS: Mapping[str, float] = MappingProxyType(
    {"apple-mail": 45, "gmail": 30, "outlook": 15, "yahoo": 5, "samsung-email": 3, "thunderbird": 2}
)
# Windows 10's Mail was withdrawn at the end of 2024.
_GONE = frozenset({("outlook", "windows-mail")})


@dataclass(frozen=True, slots=True)
class Client:
    """One client on one platform: `family` and `platform` as the data names them, `name` for people."""

    family: str
    platform: str
    name: str


@dataclass(frozen=True, slots=True)
class Support:
    """Who among the readers can see a feature: shares from 0 to 1 that cannot, or only in part, and who cannot."""

    title: str
    none: float
    partial: float
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table: for each feature its title, and one letter (y, a, n or u) for each client."""

    date: str
    clients: tuple[Client, ...]
    features: Mapping[str, tuple[str, str]]

    def support(self, feature: str, weights: Mapping[str, float]) -> Support:
        """Weigh what is known of a feature. A family's weight is shared by its platforms; what is unknown has none.

        `weights` may name a family (`gmail`) or one client of it (`outlook/windows`).
        """
        title, letters = self.features[feature]
        shares = self._shares(weights)
        total = sum(shares.values()) or 1.0
        none = sum(share for index, share in shares.items() if letters[index] == "n")
        partial = sum(share for index, share in shares.items() if letters[index] == "a")
        without = tuple(self.clients[index].name for index in shares if letters[index] == "n")
        return Support(title, none / total, partial / total, without)

    def _shares(self, weights: Mapping[str, float]) -> dict[int, float]:
        members: dict[str, list[int]] = {}
        for index, client in enumerate(self.clients):
            if (client.family, client.platform) not in _GONE:
                members.setdefault(client.family, []).append(index)
            members[f"{client.family}/{client.platform}"] = [index]
        shares: dict[int, float] = {}
        for name, weight in weights.items():
            for index in members.get(name, ()):
                shares[index] = shares.get(index, 0) + weight / len(members[name])
        return shares


@cache
def client_table() -> Table:
    """Read the table that is shipped with the program, once."""
    data = json.loads((files("broadsheet.check") / "caniemail.json").read_text(encoding="utf-8"))
    clients = tuple(Client(family, platform, _name(shown, where)) for family, platform, shown, where in data["clients"])
    return Table(data["date"], clients, {slug: (title, letters) for slug, (title, letters) in data["features"].items()})


def _name(family: str, platform: str) -> str:
    return platform if platform == "Outlook.com" else f"{family.removesuffix('!')} ({platform})"
