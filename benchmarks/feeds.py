"""How much of what feeds carry we read, beside feedparser: `python -m benchmarks.feeds [PATH ...]`.

A PATH is a folder with `manifest.jsonl` and the feeds it names, a folder with peers' suites (`*.tar.gz`), or a folder
that holds such folders. Default: the shared data beside the checkout. The last line is one JSON object.
"""

from __future__ import annotations

import calendar
import io
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

from benchmarks.carried import CELLS, EXCUSED, missed_in
from benchmarks.feed_suites import Case, Values, cases_in, dates_of, links_of, names_of
from broadsheet.errors import SourceError
from broadsheet.gather.clean import authors_of, categories_of, clean
from broadsheet.gather.identity import words_of
from broadsheet.gather.links import absolute
from broadsheet.gather.reading import read_stories
from broadsheet.gather.text import line_of, paragraphs_of, tidy
from broadsheet.model import RawStory

_ORIGIN = re.compile(r"<feedburner:origLink>([^<]+)<")
FIELDS = ("title", "link", "date", "author", "content", "image", "categories")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PREAMBLE = """# What was read of each feed

By `python -m benchmarks.feeds --table=docs/gather-feeds.md`: stories, and how many of them have each part. `summary` is
a dek or a body. An empty cell means that the feed carries nothing there. Where it carries something that is not taken,
the second table says why. `tests/gather/test_cells.py` holds both: it reads the feeds by other means, and fails for a
cell that is empty and not excused.
"""


def read_ours(data: bytes, name: str) -> list[Values]:
    """Read with broadsheet."""
    found = []
    try:
        for raw in read_stories(io.BytesIO(data), source="bench", place=name, format="feed"):
            if isinstance(raw, RawStory):
                found.append(
                    Values(
                        title=line_of(raw.title),
                        links=links_of([raw.url]),
                        dates=dates_of([raw.published, raw.updated]),
                        authors=names_of(authors_of(raw.authors)),
                        texts=[raw.content, raw.summary],
                        images=links_of(image.url for image in raw.images),
                        categories=names_of(categories_of(raw.categories)),
                    )
                )
    except SourceError:
        pass
    return found


def read_peer(data: bytes, name: str) -> list[Values]:
    """Read with feedparser as it comes."""
    parsed = feedparser.parse(data)
    found = []
    for entry in parsed.entries:
        images = [media.get("url") for media in (*entry.get("media_content", ()), *entry.get("media_thumbnail", ()))]
        images += [link.get("href") for link in entry.get("enclosures", ())]
        images.append((entry.get("image") or {}).get("href"))
        authors = [author.get("name", "") for author in entry.get("authors", ())] + [entry.get("author", "")]
        times = [entry[key] for key in ("published", "updated", "created") if key in entry]
        found.append(
            Values(
                title=line_of(entry.get("title", "")),
                links=links_of([entry.get("link")]),
                dates=dates_of(times)
                | {
                    datetime.fromtimestamp(calendar.timegm(entry[key]), UTC)
                    for key in ("published_parsed", "updated_parsed")
                    if entry.get(key)
                },
                authors=names_of(authors_of(tuple(filter(None, authors)))),
                texts=[part.get("value", "") for part in entry.get("content", ())] + [entry.get("summary", "")],
                images=links_of(images),
                categories=names_of(tag.get("label") or tag.get("term") or "" for tag in entry.get("tags", ())),
            )
        )
    return found


def judge(expected: Values, found: Values | None, score: Counter[str], total: Counter[str]) -> list[str]:
    """Count which stated values were found; give the names of those that were not."""
    wrong = []
    have = found or Values()
    tests: tuple[tuple[str, object, Callable[[], bool]], ...] = (
        ("title", expected.title.strip(), lambda: have.title in (line_of(expected.title), tidy(expected.title))),
        ("link", expected.links, lambda: bool(have.links & expected.links) or _same_tail(expected.links, have.links)),
        ("date", expected.dates, lambda: bool(have.dates & expected.dates)),
        ("author", expected.authors, lambda: expected.authors <= have.authors),
        ("content", "".join(filter(_words, expected.texts)), lambda: _has_text(expected.texts, have.texts)),
        ("image", expected.images, lambda: bool(have.images & expected.images)),
        ("categories", expected.categories, lambda: expected.categories <= have.categories),
    )
    for name, stated, is_right in tests:
        if not stated or "\ufffd" in str(stated):
            continue  # not stated, or damaged in the suite itself
        total[name] += 1
        if is_right():
            score[name] += 1
        else:
            wrong.append(name)
    return wrong


def _same_tail(expected: set[str], have: set[str]) -> bool:
    """Accept an absolute address where a peer leaves it relative."""
    return any(not link.startswith("http") and any(mine == absolute(link, mine) for mine in have) for link in expected)


def _words(text: str) -> list[str]:
    return words_of(" ".join(paragraphs_of(text, keep_captions=True)))


def _has_text(expected: list[str], have: list[str]) -> bool:
    """Compare words, whatever their order: one suite's own reader shuffles mixed content. 95% must agree."""
    mine = [Counter(_words(text)) for text in have]
    for text in expected:
        words = Counter(_words(text))
        if any((words & other).total() >= 0.95 * max(words.total(), other.total(), 1) for other in mine):
            return True
    return False


def judge_peers(cases: list[Case], *, is_verbose: bool) -> dict[str, Any]:
    """Score both readers over the suites."""
    total: dict[str, Counter[str]] = defaultdict(Counter)
    ours: dict[str, Counter[str]] = defaultdict(Counter)
    theirs: dict[str, Counter[str]] = defaultdict(Counter)
    missed: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        mine, peer = read_ours(case.data, case.name), read_peer(case.data, case.name)
        origins = links_of(_ORIGIN.findall(case.data.decode("utf-8", "replace")))
        for item, ours_read in zip(case.items, mine, strict=False):
            # The feed itself says that the stated address only redirects to this one.
            if ours_read.links & origins:
                item.links |= ours_read.links
        for number, item in enumerate(case.items):
            wrong = judge(item, mine[number] if number < len(mine) else None, ours[case.suite], total[case.suite])
            peer_wrong = judge(item, peer[number] if number < len(peer) else None, theirs[case.suite], Counter())
            for field_name in wrong:
                missed[field_name][case.name] += 1
            if is_verbose and wrong:
                got = mine[number] if number < len(mine) else None
                print(f"{case.name} #{number}: {wrong} (feedparser: {peer_wrong})\n   want {item}\n   have {got}")
    result: dict[str, Any] = {"files": len(cases), "missed": {name: dict(found) for name, found in missed.items()}}
    print(f"\nvalues that the peers' suites state: {len(cases)} feeds\n")
    print(f"{'suite':12} {'field':12} {'stated':>7} {'broadsheet':>11} {'feedparser':>11}")
    for suite in (*sorted(total), "all"):
        for name in (*FIELDS, "all"):
            suites = sorted(total) if suite == "all" else [suite]
            names = FIELDS if name == "all" else (name,)
            stated, right, peer_right = (
                sum(count[one][key] for one in suites for key in names) for count in (total, ours, theirs)
            )
            if stated:
                print(f"{suite:12} {name:12} {stated:7} {right / stated:11.4f} {peer_right / stated:11.4f}")
                result[f"{suite}.{name}"] = {
                    "stated": stated,
                    "broadsheet": round(right / stated, 4),
                    "feedparser": round(peer_right / stated, 4),
                }
    for name, found in sorted(missed.items()):
        print(f"missed {name}: " + ", ".join(f"{feed} {number}" for feed, number in found.most_common()))
    return result


def survey(folders: list[Path], *, per_feed: Path | None) -> dict[str, Any]:
    """Count, for each trait of the manifest, the stories and the cells that are filled, ours beside feedparser's."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    failed: list[str] = []
    lines = []
    missed: Counter[tuple[str, str]] = Counter()
    seconds, peer_seconds, slowest = 0.0, 0.0, 0.0
    for folder in folders:
        for entry in map(json.loads, (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()):
            file = next(
                (path for path in (folder / entry["file"], folder / "files" / entry["file"]) if path.is_file()), None
            )
            if file is None:
                continue
            data = file.read_bytes()
            began = time.perf_counter()
            counts, reason = _cells(data, file.name)
            took = time.perf_counter() - began
            seconds, slowest = seconds + took, max(slowest, took)
            began = time.perf_counter()
            peer = feedparser.parse(data)
            peer_seconds += time.perf_counter() - began
            if reason and entry["items"]:
                failed.append(f"{file.name}: {reason}")
            for cell, number in missed_in(data, file.name, NOW).items():
                missed[file.name, cell] += number
            counts["feedparser"] = len(peer.entries)
            counts["feeds"], counts["items"] = 1, entry["items"]
            for trait in ("all", entry["format"], *entry["traits"]):
                rows[trait].update(counts)
            lines.append((file.name, counts))
    head = ("feeds", "items", "feedparser", "stories", *CELLS)
    print(f"{'trait':30}" + "".join(f"{name:>11}" for name in head))
    for trait, counts in sorted(rows.items(), key=lambda row: -row[1]["feeds"]):
        print(f"{trait:30}" + "".join(f"{counts[name]:11}" for name in head))
    for line in failed:
        print(f"not read: {line}")
    unexcused = {key: number for key, number in missed.items() if number > EXCUSED.get(key, (0, ""))[0]}
    for (name, cell), number in sorted(unexcused.items()):
        print(f"empty, though the feed carries it: {name}: {cell}, {number} times")
    excused = sum(missed.values()) - sum(unexcused.values())
    print(f"cells that are empty though the feed carries something: {sum(unexcused.values())}, and {excused} excused")
    print(f"\nread and cleaned in {seconds:.2f} s, slowest {slowest:.2f} s; feedparser's parse: {peer_seconds:.2f} s")
    if per_feed:
        _write_table(per_feed, lines)
    return {
        **{name: rows["all"][name] for name in head},
        "empty_though_carried": sum(unexcused.values()), "excused": excused,
        "failed": len(failed), "seconds": round(seconds, 2), "feedparser_seconds": round(peer_seconds, 2),
    }  # fmt: skip


def _cells(data: bytes, name: str) -> tuple[Counter[str], str]:
    counts: Counter[str] = Counter()
    reason = ""
    try:
        for raw in read_stories(io.BytesIO(data), source="bench", place=name, format="feed"):
            try:
                if isinstance(raw, SourceError):
                    raise raw
                story = clean(raw, now=NOW)
            except SourceError:
                counts["refused"] += 1
                continue
            cells = (
                story.title,
                story.url,
                story.dated,
                story.authors,
                story.image,
                story.dek or story.body,
                story.categories,
            )
            counts["stories"] += 1
            counts.update(cell for cell, value in zip(CELLS, cells, strict=True) if value)
    except SourceError as error:
        reason = error.reason
    return counts, reason


def _write_table(file: Path, lines: list[tuple[str, Counter[str]]]) -> None:
    head = ("stories", *CELLS)
    rows = [
        PREAMBLE,
        "| feed | " + " | ".join(head) + " |",
        "|---|" + "---:|" * len(head),
    ]
    rows += [f"| {name} | " + " | ".join(str(counts[cell]) for cell in head) + " |" for name, counts in lines]
    rows += [
        "",
        "## What is left out, and why",
        "",
        "| feed | part | times | what stands there |",
        "|---|---|---:|---|",
    ]
    rows += [f"| {name} | {cell} | {number} | {reason} |" for (name, cell), (number, reason) in EXCUSED.items()]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _is_of_feeds(manifest: Path) -> bool:
    return manifest.is_file() and '"raw_item_elements"' in manifest.read_text(encoding="utf-8").partition("\n")[0]


def main(arguments: list[str]) -> None:
    """Find the data, judge, print."""
    verbose = "--verbose" in arguments
    table = next((Path(word.partition("=")[2]) for word in arguments if word.startswith("--table=")), None)
    root = Path(__file__).resolve().parent.parent
    default = os.environ.get("BROADSHEET_SHARED_DATA", str(root.parent / "shared" / "data"))
    paths = [Path(word) for word in arguments if not word.startswith("--")] or [Path(default)]
    folders = [folder for path in paths for folder in (path, *sorted(path.glob("*/"))) if folder.is_dir()]
    manifests = [folder for folder in folders if _is_of_feeds(folder / "manifest.jsonl")]
    result: dict[str, Any] = {"survey": survey(manifests, per_feed=table) if manifests else {}}
    cases: list[Case] = []
    for folder in folders:
        if any(folder.glob("*.tar.gz")):
            near = [*manifests, folder.parent / "feeds"]
            feeds = next((one / "files" if (one / "files").is_dir() else one for one in near if one.is_dir()), None)
            cases += cases_in(folder, feeds)
    if cases:
        result["peers"] = judge_peers(cases, is_verbose=verbose)
    if not manifests and not cases:
        sys.exit(f"no manifest.jsonl and no *.tar.gz in {', '.join(map(str, paths))}")
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
