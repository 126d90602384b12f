"""Make the tables that the edit room ships: how common words are in the news.

python -m benchmarks.make_tables PATH...      news in the JSONL form, gzipped or plain
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import broadsheet.edit
from benchmarks.material import read_items
from broadsheet.edit import text

DATA = Path(broadsheet.edit.__path__[0]) / "data"


def word_table(paths: list[Path], least: int = 2) -> str:
    """Count in how many texts each word stands, and how it is written inside sentences."""
    texts = 0
    seen: Counter[str] = Counter()
    as_name: Counter[str] = Counter()
    as_word: Counter[str] = Counter()
    for path in paths:
        for item in read_items(path):
            texts += 1
            body = "\n".join(item.story.body)
            seen.update(text.read_text(item.story.title, body, "en").words.keys())
            names, plain = text.written_as(body, "en")
            as_name.update(names)
            as_word.update(plain)
    lines = [str(texts)]
    lines += [f"{word}\t{seen[word]}\t{as_name[word]}\t{as_word[word]}" for word in sorted(seen) if seen[word] >= least]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Write the tables beside the modules that read them."""
    paths = [Path(argument) for argument in arguments]
    if not paths:
        raise SystemExit(__doc__)
    table = word_table(paths)
    (DATA / "words.en.tsv").write_text(table, encoding="utf-8")
    print(f"words.en.tsv: {len(table.splitlines()) - 1} words, {len(table) // 1024} KiB")


if __name__ == "__main__":
    main(sys.argv[1:])
