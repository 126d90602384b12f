"""Judge a story's category from its words: what is known about topics, and what this newsroom's labels taught.

The answer carries its confidence and the words that speak for it. Every label that names a standard topic ("Economy",
"Sci/Tech") begins with what is known of that topic; labels teach the difference. Without a single word that speaks for
anything, no label leads, and a caller reads that as unsure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from broadsheet.edit.language import primary
from broadsheet.edit.linear import BIAS, PACE, Example, Features, Pace, Weights, learn, score, softmax
from broadsheet.edit.names import STANDARD, standard_for
from broadsheet.edit.text import language_of, text_of
from broadsheet.edit.topics import Topics, features, tokens
from broadsheet.model import Story

LEDE_CHARACTERS = 600
HEAT = 1.6  # found by cross-validation across publishers; see docs/edit-quality.md
SILENT = Topics.silent()


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

    A closed classifier thinks that every text belongs to one of its labels; an open one leaves room for the topics
    that none of them covers, and puts nothing of theirs under a label.
    """

    labels: tuple[str, ...]
    spans: tuple[tuple[int, ...], ...]
    topics: Topics
    weights: Weights = field(default_factory=dict)
    closed: bool = False

    @classmethod
    def of(cls, labels: Iterable[str], topics: Topics, *, closed: bool = False) -> Classifier:
        """Make a classifier for labels, each with the topics its name stands for."""
        names = tuple(dict.fromkeys(labels))
        spans = tuple(tuple(sorted(STANDARD.index(name) for name in standard_for(label))) for label in names)
        return cls(names, spans, topics, closed=closed)

    def taught(self, labelled: Sequence[Labelled], pace: Pace = PACE) -> Classifier:
        """Learn from labels, on top of what was learned before. Labels it has not heard of are added."""
        wider = self._with_labels(label.label for label in labelled)
        place_of = {label: place for place, label in enumerate(wider.labels)}
        examples = []
        for label in labelled:
            parts, found = wider._read(label.text)
            key = f"{label.label}\n{label.text.title}\n{label.text.lede}"
            offset = wider._offsets(parts, found, label.text.language)
            examples.append(Example(key, found, (place_of[label.label],), offset))
        return replace(wider, weights=learn(examples, pace, wider.weights))

    def judge(self, text: Text) -> Opinion:
        """Say which label leads, and how surely."""
        parts, found = self._read(text)
        scores = score(self.weights, found, self._offsets(parts, found, text.language))
        room = [] if self.closed else self._elsewhere(parts, found, text.language)
        shares = softmax(scores + room, HEAT)[: len(scores)]
        order = sorted(range(len(shares)), key=lambda place: (-shares[place], self.labels[place]))
        if not order:
            return Opinion(label="", confidence=0.0)
        first = order[0]
        words = self._speaks_for(first, parts, found, text.language)
        return Opinion(
            label=self.labels[first] if words else "",
            confidence=round(shares[first], 4) if words else 0.0,
            words=words,
            runner_up=self.labels[order[1]] if len(order) > 1 else "",
        )

    def _with_labels(self, labels: Iterable[str]) -> Classifier:
        new = tuple(label for label in dict.fromkeys(labels) if label not in self.labels)
        fresh = Classifier.of(new, self.topics)
        return replace(self, labels=self.labels + fresh.labels, spans=self.spans + fresh.spans)

    def _read(self, text: Text) -> tuple[list[list[str]], Features]:
        parts = [tokens(text.title), tokens(text.lede[:LEDE_CHARACTERS])]
        return parts, [(BIAS, 0.1), *features(parts)]

    def _known(self, language: str) -> Topics:
        return self.topics if language in ("en", "") else SILENT

    def _offsets(self, parts: Sequence[Sequence[str]], found: Features, language: str) -> list[float]:
        scores = self._known(language).logits(parts, found)
        usual = _log_sum(scores) - math.log(len(scores))
        return [_log_sum([scores[place] for place in span]) if span else usual for span in self.spans]

    def _elsewhere(self, parts: Sequence[Sequence[str]], found: Features, language: str) -> list[float]:
        covered = {place for span in self.spans for place in span}
        scores = self._known(language).logits(parts, found)
        return [value for place, value in enumerate(scores) if place not in covered]

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


def _log_sum(values: Sequence[float]) -> float:
    top = max(values)
    return top + math.log(math.fsum(math.exp(value - top) for value in values))
