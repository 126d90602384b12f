"""Judge a story's category from its words: what is known about topics, and what this newsroom's labels taught.

The answer carries its confidence and the words that speak for it. Every label that names a standard topic ("Economy",
"Sci/Tech") begins with what is known of that topic; labels teach the difference. Without a single word that speaks for
anything, no label leads, and a caller reads that as unsure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from broadsheet.edit.familiarity import Familiarity, is_pair
from broadsheet.edit.language import primary
from broadsheet.edit.linear import BIAS, PACE, Example, Features, Pace, Weights, learn, score, softmax
from broadsheet.edit.names import STANDARD, is_narrow, key, standard_for
from broadsheet.edit.text import language_of, text_of
from broadsheet.edit.topics import Topics, features, tokens
from broadsheet.model import Story

LEDE_CHARACTERS = 600
# How far shares are evened out before they count as confidence, found across publishers (docs/edit-quality.md): many
# labels are easier to mistake for one another than few.
HEAT = 1.1
HEAT_PER_DOUBLING = 0.2
FEW_LABELS = 4
SILENT = Topics.silent()
_NEVER = -1e3  # a score that leaves no share


@dataclass(frozen=True, slots=True)
class Text:
    """What is judged: the headline and the lede, and their language."""

    title: str
    lede: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text somebody has given a label."""

    text: Text
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The leading label ("" when there is none), how sure that is, its strongest words, and the next label."""

    label: str
    confidence: float
    words: tuple[str, ...] = ()
    runner_up: str = ""


def text_of_story(story: Story) -> Text:
    """Take from a story what is judged."""
    telling = text_of(story, LEDE_CHARACTERS)[len(story.title) + 1 :]
    return Text(story.title, telling, primary(story.language) or language_of(story))


@dataclass(frozen=True, slots=True)
class Classifier:
    """Judge texts among labels. `spans` gives each label's standard topics; `weights` what labels have taught.

    Until it is taught otherwise, each topic belongs to one label: the one named like it, else the first whose name
    means it; a label without topics is never the answer. `taught_labels` are those it has seen examples of.

    A closed classifier thinks that every text belongs to one of its labels; an open one leaves room for the topics
    that none of them covers, and puts nothing of theirs under a label. In an open one a name for a part of a topic
    ("Gardening") has no topic before it is taught.
    """

    labels: tuple[str, ...]
    spans: tuple[tuple[int, ...], ...]
    topics: Topics
    weights: Weights = field(default_factory=dict)
    taught_labels: frozenset[str] = frozenset()
    closed: bool = False
    house: Familiarity = field(default_factory=Familiarity)

    @classmethod
    def of(cls, labels: Iterable[str], topics: Topics, *, closed: bool = False) -> Classifier:
        """Make a classifier for labels, each with the topics its name stands for."""
        names = tuple(dict.fromkeys(labels))
        able = names if closed else tuple(name for name in names if not is_narrow(name))
        owners = {topic: _owner(topic, able) for topic in STANDARD}
        spans = tuple(tuple(place for place, topic in enumerate(STANDARD) if owners[topic] == name) for name in names)
        return cls(names, spans, topics, closed=closed)

    def taught(self, labelled: Sequence[Labelled], pace: Pace = PACE) -> Classifier:
        """Learn from labels, on top of what was learned before. Labels it has not heard of are added."""
        new = {label.label for label in labelled}
        names = tuple(dict.fromkeys((*self.labels, *sorted(new))))
        heard = self.taught_labels | new
        wider = replace(self, labels=names, spans=self._spans(names, heard), taught_labels=heard)
        place_of = {label: place for place, label in enumerate(wider.labels)}
        examples = []
        for label in labelled:
            parts, found = wider._read(label.text)
            name = f"{label.label}\n{label.text.title}\n{label.text.lede}"
            offset = wider._offsets(parts, found, label.text.language)
            rivals = wider._elsewhere(parts, found, label.text.language)
            examples.append(Example(name, found, (place_of[label.label],), offset, rivals))
        pairs = [[feature for feature, _ in example.found if is_pair(feature)] for example in examples]
        house = self.house.after(pairs, self.weights)
        return replace(wider, weights=learn(examples, pace, wider.weights), house=house)

    def knowing(self, labels: Iterable[str]) -> Classifier:
        """Add labels it may answer as well."""
        names = tuple(dict.fromkeys((*self.labels, *labels)))
        return replace(self, labels=names, spans=self._spans(names, self.taught_labels))

    def content(self) -> dict[str, Any]:
        """Give what labels taught, to be kept as JSON; weights in thousandths, those too small to matter left out."""
        weights = {
            feature: kept
            for feature, row in self.weights.items()
            if (kept := {place: round(1000 * weight) for place, weight in row.items() if abs(weight) >= 0.02})
        }
        house = [self.house.pairs, self.house.met]
        return {"labels": list(self.labels), "taught": sorted(self.taught_labels), "weights": weights, "house": house}

    @classmethod
    def from_content(cls, content: Mapping[str, Any], topics: Topics) -> Classifier:
        """Make a classifier from what was kept."""
        weights = {
            feature: {int(place): value / 1000 for place, value in row.items()}
            for feature, row in content["weights"].items()
        }
        house = Familiarity(*content.get("house", ()))
        empty = cls(tuple(content["labels"]), (), topics, weights, frozenset(content["taught"]), house=house)
        return replace(empty, spans=empty._spans(empty.labels, empty.taught_labels))

    def judge(self, text: Text) -> Opinion:
        """Say which label leads, and how surely."""
        parts, found = self._read(text)
        before = self._offsets(parts, found, text.language)
        scores = score(self.weights, found, before)
        rivals = self._elsewhere(parts, found, text.language)
        heat = _heat(len(scores) + len(rivals))
        shares = softmax(scores + rivals, heat)[: len(scores)]
        able = [place for place, label in enumerate(self.labels) if self.spans[place] or label in self.taught_labels]
        order = sorted(able, key=lambda place: (-shares[place], self.labels[place]))
        if not order:
            return Opinion(label="", confidence=0.0)
        first = order[0]
        words = self._speaks_for(first, parts, found, text.language)
        known = softmax(before + rivals, heat)[first] if self.spans[first] else shares[first]
        confidence = shares[first] * self._trust(found, known)
        return Opinion(
            label=self.labels[first] if words else "",
            confidence=round(confidence, 4) if words else 0.0,
            words=words,
            runner_up=self.labels[order[1]] if len(order) > 1 else "",
        )

    def _spans(self, names: tuple[str, ...], taught: frozenset[str]) -> tuple[tuple[int, ...], ...]:
        """Give each taught label all the topics its name means, and the others what is left to them."""
        alone = Classifier.of([name for name in names if name not in taught], self.topics)
        left = dict(zip(alone.labels, alone.spans, strict=True))
        own = {name: tuple(sorted(STANDARD.index(topic) for topic in standard_for(name))) for name in taught}
        used = {place for span in own.values() for place in span}
        return tuple(
            own[name] if name in own else tuple(place for place in left[name] if place not in used) for name in names
        )

    def _read(self, text: Text) -> tuple[list[list[str]], Features]:
        parts = [tokens(text.title), tokens(text.lede[:LEDE_CHARACTERS])]
        return parts, [(BIAS, 0.1), *features(parts)]

    def _known(self, language: str) -> Topics:
        return self.topics if language in ("en", "") else SILENT

    def _offsets(self, parts: Sequence[Sequence[str]], found: Features, language: str) -> list[float]:
        scores = self._known(language).logits(parts, found)
        usual = _log_sum(scores) - math.log(len(scores))
        return [
            _log_sum([scores[place] for place in span]) if span else usual if label in self.taught_labels else _NEVER
            for label, span in zip(self.labels, self.spans, strict=True)
        ]

    def _elsewhere(self, parts: Sequence[Sequence[str]], found: Features, language: str) -> list[float]:
        """Score the topics that no label covers, for an open classifier."""
        if self.closed:
            return []
        covered = {place for span in self.spans for place in span}
        scores = self._known(language).logits(parts, found)
        return [value for place, value in enumerate(scores) if place not in covered]

    def _trust(self, found: Features, known: float) -> float:
        """Say how far to trust a share: wholly in the house's own text, as far as what is `known` agrees in others."""
        pairs = [feature for feature, _ in found if is_pair(feature)]
        own = self.house.chance(len(pairs), sum(pair in self.weights for pair in pairs)) if self.weights else 0.0
        return own + (1 - own) * known

    def _speaks_for(
        self, label: int, parts: Sequence[Sequence[str]], found: Features, language: str
    ) -> tuple[str, ...]:
        gains: dict[str, float] = {}
        for place in self.spans[label]:
            for gain, word in self._known(language).speaks_for(place, parts, found):
                gains[word] = gains.get(word, 0.0) + gain
        for word, value in found:
            gain = self.weights.get(word, {}).get(label, 0.0) * value
            gains[word] = gains.get(word, 0.0) + gain
        gains.pop(BIAS, None)
        strongest = sorted(((gain, word) for word, gain in gains.items() if gain > 0.02), key=lambda g: (-g[0], g[1]))
        return tuple(word.replace("_", " ") for _, word in strongest[:5])


def _heat(choices: int) -> float:
    return HEAT + HEAT_PER_DOUBLING * max(0.0, math.log2(max(1, choices) / FEW_LABELS))


def _owner(topic: str, names: Sequence[str]) -> str | None:
    claims = [name for name in names if topic in standard_for(name)]
    return min(claims, key=lambda name: (key(name) != topic, names.index(name)), default=None)


def _log_sum(values: Sequence[float]) -> float:
    top = max(values)
    return top + math.log(math.fsum(math.exp(value - top) for value in values))
