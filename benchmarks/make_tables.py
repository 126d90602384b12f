"""Make the tables that the edit room ships: how common words are in the news, and what words say of topics.

python -m benchmarks.make_tables PATH...      labelled news in the JSONL form, gzipped or plain
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import broadsheet.edit
from benchmarks.material import Item, mark, read_items
from broadsheet.edit import text
from broadsheet.edit.classifier import text_of_story
from broadsheet.edit.linear import Example, Pace, Weights, learn
from broadsheet.edit.names import STANDARD, standard_for
from broadsheet.edit.topics import features, lexicon_only, tokens

DATA = Path(broadsheet.edit.__path__[0]) / "data"
PACE = Pace(rounds=2, step=0.5, shrink=1e-3, balance=0.5)  # gentle: it is for other publishers than these
LEAST_TEXTS = 4
LEAST_WEIGHT = 0.2


def word_table(items: Sequence[Item], least: int = 2) -> str:
    """Count in how many texts each word stands, and how it is written inside sentences."""
    seen: Counter[str] = Counter()
    as_name: Counter[str] = Counter()
    as_word: Counter[str] = Counter()
    for item in items:
        body = "\n".join(item.story.body)
        seen.update(text.read_text(item.story.title, body, "en").words.keys())
        names, plain = text.written_as(body, "en")
        as_name.update(names)
        as_word.update(plain)
    lines = [str(len(items))]
    lines += [f"{word}\t{seen[word]}\t{as_name[word]}\t{as_word[word]}" for word in sorted(seen) if seen[word] >= least]
    return "\n".join(lines) + "\n"


def topic_weights(items: Sequence[Item]) -> Weights:
    """Learn what words say of the standard topics, beyond what the lexicon says."""
    known = lexicon_only()
    examples = []
    counts: Counter[str] = Counter()
    for item in items:
        topics = standard_for(item.coarse or item.label)
        if not topics:
            continue
        told = text_of_story(item.story)
        parts = [tokens(told.title), tokens(told.lede)]
        found = features(parts)
        counts.update(feature for feature, _ in found)
        answers = tuple(STANDARD.index(topic) for topic in topics)
        examples.append(Example(f"{told.title}\n{told.lede}", found, answers, known.logits(parts, found)))
    weights = learn(examples, PACE)
    return {
        feature: kept
        for feature, row in sorted(weights.items())
        if counts[feature] >= LEAST_TEXTS
        and (kept := {place: weight for place, weight in sorted(row.items()) if abs(weight) >= LEAST_WEIGHT})
    }


def topic_table(items: Sequence[Item]) -> str:
    """Write the weights in hundredths, with marks by which a text that was learned from is known again."""
    lines = [
        "#seen " + " ".join(sorted(mark(item) for item in items)[:: max(1, len(items) // 2000)]),
        *(
            "\t".join((feature, *(f"{place}:{round(weight * 100)}" for place, weight in row.items())))
            for feature, row in topic_weights(items).items()
        ),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Write the tables beside the modules that read them."""
    if not arguments:
        raise SystemExit(__doc__)
    items = [item for argument in arguments for item in read_items(Path(argument))]
    for name, table in (("words.en.tsv", word_table(items)), ("topics.en.tsv", topic_table(items))):
        (DATA / name).write_text(table, encoding="utf-8")
        print(f"{name}: {len(table.splitlines()) - 1} rows, {len(table.encode()) // 1024} KiB")


if __name__ == "__main__":
    main(sys.argv[1:])
