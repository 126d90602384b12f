"""Ask whether a text is of the house whose labels were learned from, by the pairs of words that both use.

A newsroom's own texts meet again the pairs of neighbouring words that its labelled texts hold: running affairs, names,
turns of phrase. Another publisher's texts share its single words, but far fewer of its pairs; what was learned from
the labels carries over to them less well.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

STRANGER = 0.2  # share of the usual meetings that another publisher's text has; 0.1 to 0.6 was measured, mostly 0.2
_FAR = 30.0  # beyond this the odds are as good as certain


@dataclass(frozen=True, slots=True)
class Familiarity:
    """How many pairs of words the labelled texts hold, and how many of these stand in another of them, too."""

    pairs: int = 0
    met: int = 0

    def after(self, texts: Sequence[Collection[str]], known: Collection[str]) -> Familiarity:
        """Count more labelled texts, each by its pairs; `known` are the pairs of those that were counted before."""
        counts = Counter(pair for text in texts for pair in text)
        met = sum(times for pair, times in counts.items() if times > 1 or pair in known)
        return Familiarity(self.pairs + counts.total(), self.met + met)

    def chance(self, pairs: int, met: int) -> float:
        """Give the chance that a text with so many pairs, and so many of them met, is of the house (Bayes, even odds).

        Meetings are taken to fall as Poisson's law has them. Where nothing is known of the house, the odds stay even.
        """
        expected = pairs * self.met / self.pairs if self.pairs else 0.0
        if not expected:
            return 0.5
        lead = (1 - STRANGER) * expected + met * math.log(STRANGER)
        return 1 / (1 + math.exp(max(-_FAR, min(_FAR, lead))))


def is_pair(feature: str) -> bool:
    """Tell a pair of neighbouring words from a single word."""
    return "_" in feature
