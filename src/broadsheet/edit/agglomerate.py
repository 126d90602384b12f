"""Join groups, the best fitting pair first.

The fit of two groups is their mean likeness between, divided by the geometric mean of their likeness within. A small
group's likeness within says little, so it is drawn towards what is usual (`USUAL`, as if from `TRUST` pairs).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass

from broadsheet.edit.similarity import Vector, dot

FULL_CUT = 1.04  # least fit that joins two articles
HEADLINE_CUT = 0.6  # the same for bare headlines: one event is told in fewer common words
HEADLINE_TERMS = 10
FULL_TERMS = 40
LEAST_BETWEEN = 0.14  # mean likeness below which nothing joins, whatever else
USUAL = 0.105
TRUST = 30.0
# Days apart before time begins to count, and by how many more a fit halves: of bare headlines and of articles. The less
# two texts say, the more their dates must say: "strikes the city" is told of every strike.
HEADLINE_DAYS, FULL_DAYS = 3.0, 7.0
HEADLINE_HALVING, FULL_HALVING = 5.0, 10.0


@dataclass(slots=True)
class Group:
    """Stories that tell of one event: the sum of their vectors, their numbers, and the time they span.

    A `fixed` group has been given an id before: two of them are never joined.
    """

    total: Vector
    members: list[int]
    earliest: float  # days since the epoch
    latest: float
    fixed: bool
    square: float  # the sum's product with itself
    terms: int  # of all its members together
    sources: set[str]  # who told them, "" where nobody is named

    def within(self) -> float:
        """Give the mean likeness of its pairs, drawn towards the usual."""
        size = len(self.members)
        pairs = size * (size - 1) / 2
        sum_of_pairs = max(0.0, (self.square - size) / 2)
        return (sum_of_pairs + TRUST * USUAL) / (pairs + TRUST)


def agglomerate(
    groups: dict[str, Group], edges: Mapping[tuple[str, str], float | None], strictness: float = 1.0
) -> list[tuple[str, Group]]:
    """Join groups along edges until no pair fits; return every group that is left, by the name of its first part.

    An edge has the product of its groups' sums, where that is known already. A fixed group keeps its name. Changes the
    groups it is given. More `strictness` joins less.
    """
    return _Joining(groups, edges, strictness).run()


class _Joining:
    def __init__(
        self, groups: dict[str, Group], edges: Mapping[tuple[str, str], float | None], strictness: float
    ) -> None:
        self.groups = groups
        self.strictness = strictness
        self.within = {name: math.sqrt(group.within()) for name, group in groups.items()}
        self.products: dict[str, dict[str, float]] = {name: {} for name in groups}
        self.version = dict.fromkeys(groups, 0)
        self.heap: list[tuple[float, str, str, int, int]] = []
        for one, other in sorted(edges):
            if one != other and not (groups[one].fixed and groups[other].fixed):
                product = edges[one, other]
                self._link(one, other, dot(groups[one].total, groups[other].total) if product is None else product)
        heapq.heapify(self.heap)

    def run(self) -> list[tuple[str, Group]]:
        while self.heap:
            _, one, other, version_one, version_other = heapq.heappop(self.heap)
            if self.version.get(one) == version_one and self.version.get(other) == version_other:
                if self.groups[other].fixed:
                    one, other = other, one
                self._join(one, other)
        return sorted(self.groups.items())

    def _join(self, one: str, other: str) -> None:
        kept, gone = self.groups[one], self.groups.pop(other)
        kept_links, gone_links = self.products[one], self.products.pop(other)
        kept.square += gone.square + 2 * kept_links.pop(other)
        del gone_links[one]
        links: dict[str, float] = {}
        for name in sorted(kept_links.keys() | gone_links.keys()):
            there = self.groups[name]
            self.products[name].pop(other, None)
            if kept.fixed and there.fixed:
                self.products[name].pop(one, None)
                continue
            before = kept_links.get(name)
            added = gone_links.get(name)
            links[name] = (dot(kept.total, there.total) if before is None else before) + (
                dot(gone.total, there.total) if added is None else added
            )
        for term, weight in gone.total.items():
            kept.total[term] = kept.total.get(term, 0.0) + weight
        kept.members += gone.members
        kept.terms += gone.terms
        kept.sources |= gone.sources
        kept.earliest = min(kept.earliest, gone.earliest)
        kept.latest = max(kept.latest, gone.latest)
        self.within[one] = math.sqrt(kept.within())
        self.version[one] += 1
        del self.version[other], self.within[other]
        self.products[one] = {}
        for name, product in links.items():
            self._link(one, name, product)

    def _link(self, one: str, other: str, product: float) -> None:
        self.products[one][other] = self.products[other][one] = product
        fit = self._fit(one, other, product)
        if fit >= self.strictness:
            first, second = min(one, other), max(one, other)
            entry = (-round(fit, 9), first, second, self.version[first], self.version[second])
            heapq.heappush(self.heap, entry)

    def _fit(self, one: str, other: str, product: float) -> float:
        """Give the fit as a share of the least that joins."""
        here, there = self.groups[one], self.groups[other]
        between = product / (len(here.members) * len(there.members))
        if between < LEAST_BETWEEN:
            return 0.0
        fit = between / (self.within[one] * self.within[other])
        terms = min(here.terms / len(here.members), there.terms / len(there.members))
        fullness = min(1.0, max(0.0, (terms - HEADLINE_TERMS) / (FULL_TERMS - HEADLINE_TERMS)))
        fit /= HEADLINE_CUT + (FULL_CUT - HEADLINE_CUT) * fullness
        days = max(here.earliest - there.latest, there.earliest - here.latest)
        # A headline with its dek is no article yet; and what one source tells week after week is a series.
        whole = max(0.0, 2 * fullness - 1) if len(here.sources | there.sources) > 1 else 0.0
        free = HEADLINE_DAYS + (FULL_DAYS - HEADLINE_DAYS) * whole
        if days > free:
            fit *= math.pow(0.5, (days - free) / (HEADLINE_HALVING + (FULL_HALVING - HEADLINE_HALVING) * whole))
        return fit
