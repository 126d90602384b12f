"""Measure clustering on news whose tellings people have grouped: JSONL with a `cluster` on each line.

    python -m benchmarks.cluster PATH...

Beside two baselines in the same run: the same title; and plain TF-IDF with average linkage, cut at cosine 0.15
(scikit-learn's weighting, written out here). Every threshold of ours is as shipped. Below the table, the honest test of
that: the strictness is chosen on some topics and judged on the others, in five folds (topics, where the file names
them, keep look-alike events together). Dates are used where the file has them.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from benchmarks.material import Item, read_items
from broadsheet.edit.background import background
from broadsheet.edit.cluster import assign
from broadsheet.edit.similarity import dot
from broadsheet.edit.text import text_of
from broadsheet.edit.words import fold, tokens_of

STRICTNESS = (0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2)
PLAIN_CUT = 0.15


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 over documents (B-cubed) and over pairs."""

    bcubed_precision: float
    bcubed_recall: float
    pairwise_precision: float
    pairwise_recall: float

    @property
    def bcubed_f1(self) -> float:
        return _harmonic(self.bcubed_precision, self.bcubed_recall)

    @property
    def pairwise_f1(self) -> float:
        return _harmonic(self.pairwise_precision, self.pairwise_recall)

    @classmethod
    def of(cls, gold: Sequence[str], found: Sequence[str]) -> Figures:
        precision, recall = per_document(gold, found)
        both, true, said = (_pairs(Counter(names)) for names in (zip(gold, found, strict=True), gold, found))
        return cls(
            sum(precision) / len(gold),
            sum(recall) / len(gold),
            both / said if said else 1.0,
            both / true if true else 1.0,
        )

    def as_dict(self) -> dict[str, float]:
        names = (
            "bcubed_precision",
            "bcubed_recall",
            "bcubed_f1",
            "pairwise_precision",
            "pairwise_recall",
            "pairwise_f1",
        )
        return {name: round(float(getattr(self, name)), 4) for name in names}


def per_document(gold: Sequence[str], found: Sequence[str]) -> tuple[list[float], list[float]]:
    """Give each document's B-cubed precision and recall (Bagga and Baldwin 1998)."""
    both = Counter(zip(gold, found, strict=True))
    true, said = Counter(gold), Counter(found)
    pairs = list(zip(gold, found, strict=True))
    return [both[g, f] / said[f] for g, f in pairs], [both[g, f] / true[g] for g, f in pairs]


def _pairs(counts: Counter[object]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0


def ours(items: Sequence[Item], strictness: float = 1.0) -> list[str]:
    """Cluster with broadsheet."""
    found = assign([item.story for item in items], strictness=strictness)
    return [found[item.story.id].cluster for item in items]


def same_title(items: Sequence[Item]) -> list[str]:
    """Put together what has the same headline, whatever its case and accents."""
    return [fold(item.story.title) for item in items]


def plain_tfidf(items: Sequence[Item]) -> list[str]:
    """Average linkage on the cosine of TF-IDF vectors of title and first 3,000 characters, cut at one likeness."""
    bags = [Counter(word.lower() for word in tokens_of(text_of(item.story, 3000))) for item in items]
    texts = Counter(word for bag in bags for word in bag)
    vectors = []
    for bag in bags:
        raw = {word: (1 + math.log(n)) * (math.log((1 + len(bags)) / (1 + texts[word])) + 1) for word, n in bag.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        vectors.append({word: weight / length for word, weight in raw.items()})
    like = [[dot(one, other) for other in vectors[:row]] for row, one in enumerate(vectors)]
    full = [[like[max(a, b)][min(a, b)] if a != b else -1.0 for b in range(len(items))] for a in range(len(items))]
    return [str(group) for group in _average_linkage(full, PLAIN_CUT)]


def _average_linkage(like: list[list[float]], cut: float) -> list[int]:
    alive = list(range(len(like)))
    group = {number: [number] for number in alive}
    best = {a: max(((like[a][b], b) for b in alive if b != a), default=(-1.0, a)) for a in alive}
    while len(alive) > 1:
        a = max(alive, key=lambda one: best[one][0])
        value, b = best[a]
        if value < cut:
            break
        for c in alive:
            if c not in (a, b):
                mean = (len(group[a]) * like[a][c] + len(group[b]) * like[b][c]) / (len(group[a]) + len(group[b]))
                like[a][c] = like[c][a] = mean
        group[a] += group.pop(b)
        alive.remove(b)
        for c in alive:
            if c == a or best[c][1] in (a, b):
                best[c] = max(((like[c][d], d) for d in alive if d != c), default=(-1.0, c))
            elif like[c][a] > best[c][0]:
                best[c] = (like[c][a], a)
    label = {number: name for name, members in group.items() for number in members}
    return [label[number] for number in range(len(like))]


def cross_validated(items: Sequence[Item], folds: int = 5) -> dict[str, object]:
    """Choose the strictness on four fifths of the topics, judge on the fifth; B-cubed F1 over all that was judged."""
    gold = [item.cluster for item in items]
    fold = folds_of(items, folds)
    tried = {strictness: per_document(gold, ours(items, strictness)) for strictness in STRICTNESS}
    precision, recall = [0.0] * len(items), [0.0] * len(items)
    chosen = []
    for held in range(folds):
        kept = [place for place, at in enumerate(fold) if at != held]
        if not kept:
            continue
        best = max(STRICTNESS, key=lambda strictness: (f1_over(tried[strictness], kept), -abs(strictness - 1)))
        chosen.append(best)
        for place, at in enumerate(fold):
            if at == held:
                precision[place], recall[place] = tried[best][0][place], tried[best][1][place]
    everything = range(len(items))
    return {"bcubed_f1": round(f1_over((precision, recall), everything), 4), "strictness": chosen}


def folds_of(items: Sequence[Item], folds: int) -> list[int]:
    """Give each item its fold, so that a topic (a cluster, where no topic is named) is in one fold only."""
    topics = sorted({item.topic or item.cluster for item in items}, key=_shuffled)
    fold_of = {topic: place % folds for place, topic in enumerate(topics)}
    return [fold_of[item.topic or item.cluster] for item in items]


def f1_over(per_doc: tuple[list[float], list[float]], places: Sequence[int]) -> float:
    """Give the B-cubed F1 over some of the documents."""
    precision = sum(per_doc[0][place] for place in places) / len(places)
    recall = sum(per_doc[1][place] for place in places) / len(places)
    return _harmonic(precision, recall)


def _shuffled(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=8).digest()


def main(arguments: list[str]) -> None:
    """Measure each file and all together, and print one JSON object last."""
    if not arguments:
        raise SystemExit(__doc__)
    reports: dict[str, dict[str, object]] = {}
    gold_all: list[str] = []
    found_all: list[str] = []
    seconds_all = 0.0
    background("en")  # read the word table before the clock starts
    print(f"{'':<52} {'B-cubed P':>9} {'R':>6} {'F1':>6}   {'pairs P':>7} {'R':>6} {'F1':>6} {'texts/s':>8}")
    for path in map(Path, arguments):
        items = [item for item in read_items(path) if item.cluster]
        if not items:
            print(f"{path.name}: no line has a `cluster`")
            continue
        gold = [item.cluster for item in items]
        for name, method in (("broadsheet", ours), ("same title", same_title), ("plain TF-IDF", plain_tfidf)):
            started = time.perf_counter()
            found = method(items)
            seconds = time.perf_counter() - started
            figures = Figures.of(gold, found)
            _print_row(f"{path.name[:38]}: {name}", figures, len(items) / seconds)
            if name == "broadsheet":
                reports[path.name] = {
                    **figures.as_dict(),
                    "items": len(items),
                    "texts_per_second": round(len(items) / seconds),
                }
                gold_all += [f"{path.name}/{group}" for group in gold]
                found_all += [f"{path.name}/{group}" for group in found]
                seconds_all += seconds
        reports[path.name]["cross_validated"] = held = cross_validated(items)
        print(f"{'':4}cross-validated B-cubed F1 {held['bcubed_f1']} (strictness chosen by fold: {held['strictness']})")
    if not gold_all:
        raise SystemExit("nothing to measure: expected JSON lines with id, title, text and cluster")
    overall = Figures.of(gold_all, found_all)
    _print_row("all files: broadsheet", overall, len(gold_all) / seconds_all)
    speed = round(len(gold_all) / seconds_all)
    print(json.dumps({**overall.as_dict(), "items": len(gold_all), "texts_per_second": speed, "files": reports}))


def _print_row(name: str, figures: Figures, speed: float) -> None:
    print(
        f"{name:<52} {figures.bcubed_precision:9.3f} {figures.bcubed_recall:6.3f} {figures.bcubed_f1:6.3f}"
        f"   {figures.pairwise_precision:7.3f} {figures.pairwise_recall:6.3f} {figures.pairwise_f1:6.3f} {speed:8.0f}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
