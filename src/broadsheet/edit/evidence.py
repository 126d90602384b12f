"""Ask whether two stories have enough in common to tell of one event, however little else they say.

One name or place proves nothing, however rare it is: what counts is what they share besides. Nor do names alone: two
stories about one president have his names in common, and it takes a word of what happened.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from broadsheet.edit.similarity import Rarity, Vector

LEAST_SHARED = 3  # terms that two stories must have in common (a very short one: all it has)
LEAST_EVIDENCE = 10.0  # what these must add up to besides the strongest; a word in one text of a thousand has 7
HEADLINE_SHARED = 2  # the same where one of them is little more than a headline
HEADLINE_EVIDENCE = 3.5
HEADLINE_TERMS = 10
LEAST_REST = 0.085  # the likeness that is left without the strongest term
LEAST_DEED = 4.0  # rarity of the shared words that are no names: people and places alone tell no event
ENOUGH_SHARED = 8  # so many terms in common need no such word
PLENTY_SHARED = 12  # and so many prove enough, whatever they are
SERIES_SHARED = 5  # the same between two titles of one series, apart from what the titles share
SERIES_EVIDENCE = 20.0
NUMBER_RARITY = 3.0
FEW_TEXTS = 31  # a smaller archive says little about which words are common in it


class Evidence(dict[str, float]):
    """What each term proves when two stories share it; worked out when first asked.

    A term proves more the rarer it is in the news at large, and the fewer stories of this archive hold it: the name of
    the town is rare in the news at large, and on every second page of its own paper. `nouns_look_like_names` is true of
    languages that write every noun with a capital.
    """

    def __init__(
        self, rarity: Rarity, texts: int, counts: Mapping[str, int], *, nouns_look_like_names: bool = False
    ) -> None:
        super().__init__()
        self._rarity, self._texts, self._counts = rarity, texts + FEW_TEXTS, counts
        self._all_texts = math.log(self._texts)
        self._nouns_look_like_names = nouns_look_like_names

    def __missing__(self, term: str) -> float:
        if term[0].isdigit():
            gain = NUMBER_RARITY
        else:
            spread = math.log(self._texts / (self._counts.get(term, 0) + 0.5)) / self._all_texts
            gain = self._rarity[term] * spread
        self[term] = gain
        return gain

    def likeness(
        self,
        one: Vector,
        other: Vector,
        names: frozenset[str],
        other_names: frozenset[str],
        recurring: frozenset[str] = frozenset(),
    ) -> float:
        """Give the likeness (cosine) of two stories where they share enough, else 0.

        `recurring` are terms that stand in both because both are of one series: these prove nothing. What such stories
        share besides may be the mould they are cast in; one event has a name or a number in common (any word, in a
        script without capitals).
        """
        if len(other) < len(one):
            one, other, names, other_names = other, one, other_names, names
        shared = [term for term in one if term in other]
        few = len(one)
        is_headline = few <= HEADLINE_TERMS
        if len(shared) < min(HEADLINE_SHARED if is_headline else LEAST_SHARED, few):
            return 0.0
        if recurring and not len(shared) == len(one) == len(other):
            told = [term for term in shared if term not in recurring]
            if len(told) < SERIES_SHARED or math.fsum([self[term] for term in told]) < SERIES_EVIDENCE:
                return 0.0
            if not any(term in names or term.upper() == term for term in told):
                return 0.0
        has_all = len(shared) == few
        products = [one[term] * other[term] for term in shared]
        likeness = math.fsum(products)
        if not has_all:
            if likeness - max(products) < LEAST_REST:
                return 0.0
            if len(shared) < ENOUGH_SHARED and not self._nouns_look_like_names:
                deeds = [term for term in shared if term not in names and term not in other_names]
                if math.fsum([self._deed(term) for term in deeds]) < LEAST_DEED:
                    return 0.0
            if len(shared) < PLENTY_SHARED:
                gains = [self[term] for term in shared]
                if math.fsum(gains) - max(gains) < (HEADLINE_EVIDENCE if is_headline else LEAST_EVIDENCE):
                    return 0.0
        return likeness

    def _deed(self, term: str) -> float:
        return NUMBER_RARITY if term[0].isdigit() else self._rarity[term]
