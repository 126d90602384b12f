"""Measure the classifier: accuracy, coverage at the "unsure" threshold, speed, beside plain baselines.

    python -m benchmarks.categorise --train PATH... --test PATH...     trained on some files, tested on others
    python -m benchmarks.categorise --test PATH...                     as shipped, taught nothing
    python -m benchmarks.categorise --train PATH...                    five-fold cross-validation within the files

Labels are compared as written where train and test share them all. Where the two call things differently, both are
mapped to the standard topics (broadsheet.edit.names) and compared on the topics that both have; a wider label (the
"science-technology" of one side) takes in the narrower ones of the other. Rows without a shared label are left out.

Weights that are shipped were learned from two openly licensed sets. When a test text was among them, the shipped
weights are left aside (the hand-written lexicon stays), so that no figure comes from texts seen before.

"Ten new labels" is what an editor feels who begins a category: a classifier that was taught all the other labels and
knows the new one by its name alone, before and after it is taught ten stories of it. Given is the share of the new
label's test texts that it names rightly, and the same for all other texts, each the mean over the commonest labels.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from benchmarks.material import Item, mark, read_items
from broadsheet.edit.categorise import SURE_ENOUGH
from broadsheet.edit.classifier import Classifier, Labelled, Text, text_of_story
from broadsheet.edit.names import standard_for
from broadsheet.edit.topics import Topics, lexicon_only, shipped_topics

Guess = tuple[str, float]
TAUGHT = 10  # stories of a label that is new
NEW_LABELS = 8  # labels that take their turn at being new
OTHER_ROWS = 2000  # rows of other labels that were taught before: a newsroom's archive, not the whole set


@dataclass(frozen=True, slots=True)
class Row:
    """A text, its right label, and the headline's mark."""

    text: Text
    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a list of guesses is."""

    accuracy: float
    macro_f1: float
    coverage: float
    accuracy_decided: float

    @classmethod
    def of(cls, rows: Sequence[Row], guesses: Sequence[Guess], sure: float = SURE_ENOUGH) -> Figures:
        gold = [row.label for row in rows]
        right = [label == guess for label, (guess, _) in zip(gold, guesses, strict=True)]
        decided = [hit for hit, (guess, confidence) in zip(right, guesses, strict=True) if guess and confidence >= sure]
        return cls(
            accuracy=sum(right) / len(rows),
            macro_f1=_macro_f1(gold, [guess for guess, _ in guesses]),
            coverage=len(decided) / len(rows),
            accuracy_decided=sum(decided) / len(decided) if decided else 0.0,
        )


def _macro_f1(gold: Sequence[str], guesses: Sequence[str]) -> float:
    both = Counter(zip(gold, guesses, strict=True))
    has, said = Counter(gold), Counter(guesses)
    return sum(2 * both[label, label] / (has[label] + said[label]) for label in has) / len(has)


def align(train: Sequence[Item], test: Sequence[Item]) -> tuple[list[Row], list[Row]]:
    """Bring both sides to the same labels: as written if train has all of test's, else the shared standard topics."""
    if not train:
        rows = [_row(item, item.label) for item in test if standard_for(item.label)]
        return [], rows or [_row(item, item.coarse) for item in test if standard_for(item.coarse)]
    if {item.label for item in test} <= {item.label for item in train}:
        return [_row(item, item.label) for item in train], [_row(item, item.label) for item in test]
    spans = {topics for item in (*train, *test) if (topics := _topics(item))}
    widest = [span for span in spans if not any(set(span) < set(other) for other in spans)]

    def shared_name(item: Item) -> str:
        topics = _topics(item)
        span = next((span for span in sorted(widest) if topics and set(topics) <= set(span)), None)
        return "-".join(sorted(span)) if span else ""

    mine, theirs = {shared_name(item) for item in train}, {shared_name(item) for item in test}
    both = (mine & theirs) - {""}
    return (
        [_row(item, name) for item in train if (name := shared_name(item)) in both],
        [_row(item, name) for item in test if (name := shared_name(item)) in both],
    )


def _topics(item: Item) -> tuple[str, ...]:
    return standard_for(item.coarse) if item.coarse else standard_for(item.label)


def _row(item: Item, label: str) -> Row:
    return Row(text_of_story(item.story), label, mark(item))


def topics_for(test: Sequence[Row]) -> tuple[Topics, bool]:
    """Give what is shipped, unless it has learned from some of the test's texts: then the lexicon alone."""
    first = (files("broadsheet.edit") / "data" / "topics.en.tsv").read_text("utf-8").partition("\n")[0]
    seen = set(first.split()[1:])
    met = sum(row.mark in seen for row in test)
    was_seen = met > 0.01 * len(test)
    return (lexicon_only() if was_seen else shipped_topics()), was_seen


def ours(train: Sequence[Row], test: Sequence[Row], topics: Topics) -> tuple[list[Guess], float, float]:
    """Teach our classifier and judge the test. Gives the guesses, and the seconds that teaching and judging took."""
    labels = sorted({row.label for row in (*train, *test)})
    started = time.perf_counter()
    classifier = Classifier.of(labels, topics, closed=True)
    if train:
        classifier = classifier.taught([Labelled(row.text, row.label) for row in train])
    taught = time.perf_counter()
    usual = Counter(row.label for row in train).most_common(1)[0][0] if train else ""
    opinions = [classifier.judge(row.text) for row in test]
    judged = time.perf_counter()
    return [(one.label or usual, one.confidence) for one in opinions], taught - started, judged - taught


def majority(train: Sequence[Row], test: Sequence[Row]) -> list[Guess]:
    """Say the commonest label to everything."""
    label = Counter(row.label for row in train).most_common(1)[0][0]
    return [(label, 1.0)] * len(test)


def sklearn_baselines() -> dict[str, Callable[[Sequence[Row], Sequence[Row]], list[Guess]]]:
    """Give the peers, where scikit-learn is installed."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.naive_bayes import MultinomialNB
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC
    except ImportError:
        return {}

    def run(train: Sequence[Row], test: Sequence[Row], model: object) -> list[Guess]:
        pipe = make_pipeline(TfidfVectorizer(sublinear_tf=True), model)
        pipe.fit([f"{row.text.title} {row.text.lede}" for row in train], [row.label for row in train])
        return [(str(label), 1.0) for label in pipe.predict([f"{row.text.title} {row.text.lede}" for row in test])]

    return {
        "multinomial naive Bayes (scikit-learn)": lambda train, test: run(train, test, MultinomialNB(alpha=0.1)),
        "TF-IDF + LinearSVC (scikit-learn)": lambda train, test: run(train, test, LinearSVC()),
    }


def folds(rows: Sequence[Row], count: int = 5) -> list[tuple[list[Row], list[Row]]]:
    """Split rows by their headline, so that the same headline is never on both sides."""
    place = [blake2b(row.text.title.encode(), digest_size=4).digest()[0] % count for row in rows]
    return [
        ([row for row, at in zip(rows, place, strict=True) if at != fold],
         [row for row, at in zip(rows, place, strict=True) if at == fold])
        for fold in range(count)
    ]  # fmt: skip


def ten_new_labels(train: Sequence[Row], test: Sequence[Row], topics: Topics) -> dict[str, float]:
    """Let the commonest labels be new in turn, and measure before and after ten stories of each were taught."""
    common = Counter(row.label for row in train)
    asked = Counter(row.label for row in test)
    new_labels = [label for label, _ in asked.most_common() if common[label] >= TAUGHT][:NEW_LABELS]
    mixed = sorted(train, key=lambda row: blake2b(row.text.title.encode(), digest_size=8).digest())
    found = []
    for new in new_labels:
        own = [Labelled(row.text, row.label) for row in mixed if row.label == new][:TAUGHT]
        others = [Labelled(row.text, row.label) for row in mixed if row.label != new][:OTHER_ROWS]
        before = Classifier.of(sorted(common), topics, closed=True).taught(others)
        found.append((*_right(before, test, new), *_right(before.taught(own), test, new)))
    means = [round(sum(column) / len(column), 4) for column in zip(*found, strict=True)]
    names = ("before", "others_before", "after", "others_after")
    return {"labels": len(new_labels), **dict(zip(names, means, strict=False))}


def _right(classifier: Classifier, test: Sequence[Row], new: str) -> tuple[float, float]:
    """Give the share of right answers among texts of the new label, and among all others."""
    hits: dict[bool, list[bool]] = {True: [], False: []}
    for row in test:
        hits[row.label == new].append(classifier.judge(row.text).label == row.label)
    mine, rest = (sum(hits[own]) / max(1, len(hits[own])) for own in (True, False))
    return mine, rest


def measure(train: Sequence[Row], test: Sequence[Row], topics: Topics, *, peers: bool) -> dict[str, object]:
    """Run ours and the baselines on one split, print a table, and give our figures."""
    guesses, taught, judged = ours(train, test, topics)
    figures = Figures.of(test, guesses)
    lines = [("broadsheet", figures)]
    if train and peers:
        lines.append(("majority", Figures.of(test, majority(train, test))))
        lines += [(name, Figures.of(test, run(train, test))) for name, run in sklearn_baselines().items()]
    for name, found in lines:
        decided = f"{found.accuracy_decided:.3f} of {found.coverage:.3f}" if name == "broadsheet" else ""
        print(f"{name:<40} {found.accuracy:8.3f} {found.macro_f1:8.3f}   {decided}")
    return {
        "accuracy": round(figures.accuracy, 4),
        "macro_f1": round(figures.macro_f1, 4),
        "coverage": round(figures.coverage, 4),
        "accuracy_decided": round(figures.accuracy_decided, 4),
        "train_rows": len(train),
        "test_rows": len(test),
        "train_seconds": round(taught, 2),
        "texts_per_second": round(len(test) / judged) if judged else 0,
    }


def main() -> None:
    """Read the arguments, measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(prog="benchmarks.categorise", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--train", nargs="*", type=Path, default=[])
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    parser.add_argument("--no-peers", action="store_true", help="leave out the baselines")
    given = parser.parse_args()
    if not given.train and not given.test:
        parser.error("name files: --train PATH... and/or --test PATH...")
    train = [item for path in given.train for item in read_items(path) if item.label]
    test = [item for path in given.test for item in read_items(path) if item.label]
    print(f"{'':<40} accuracy macro F1   right of decided")
    if test:
        train_rows, test_rows = align(train, test)
        if not test_rows:
            raise SystemExit("train and test share no label, not even by the standard topics")
        topics, was_seen = topics_for(test_rows)
        report = measure(train_rows, test_rows, topics, peers=not given.no_peers)
        split = (train_rows, test_rows)
        report["labels"] = sorted({row.label for row in test_rows})
        report["shipped_weights"] = not was_seen
    else:
        rows = [_row(item, item.label) for item in train]
        topics, was_seen = topics_for(rows)
        splits = folds(rows)
        reports = [measure(*fold, topics, peers=not given.no_peers) for fold in splits]
        split = splits[0]
        report = {name: _mean([one[name] for one in reports]) for name in reports[0]}
        report |= {"folds": len(reports), "shipped_weights": not was_seen}
    if split[0]:
        new = ten_new_labels(*split, topics)
        print("A new label, before and after ten stories of it: {before:.3f}, {after:.3f}".format(**new), end="; ")
        print("all other texts: {others_before:.3f}, {others_after:.3f}".format(**new))
        report["ten_new_labels"] = new
    print(json.dumps(report))


def _mean(values: Sequence[object]) -> float:
    numbers = [float(str(value)) for value in values]
    return round(sum(numbers) / len(numbers), 4)


if __name__ == "__main__":
    main()
