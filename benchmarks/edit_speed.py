"""Measure the speed of categorising and clustering on stories made by recombining real ones.

    python -m benchmarks.edit_speed PATH... [--archive 100000] [--new 10000]

PATHs are news in the JSONL form. A made event takes one real story's words, given to several tellings, each with
names and numbers of its own event, some sentences swapped for another story's, a time and a source. One core, one
process. The archive is read once; then the same number of new stories is added to a tenth of it and to all of it, so
that the cost of an added story can be compared: the goal is a ratio under 2.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

from benchmarks.material import read_items
from broadsheet.edit.categorise import Categoriser
from broadsheet.edit.classifier import Classifier
from broadsheet.edit.cluster import ClusterIndex
from broadsheet.edit.names import STANDARD
from broadsheet.edit.topics import shipped_topics
from broadsheet.model import Story

Answer = TypeVar("Answer")

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STORIES_A_DAY = 2000
SYLLABLES = ("ka", "mo", "ri", "ten", "bor", "sal", "vi", "dur", "lin", "ash", "gre", "pol", "na", "wick", "os", "ham")


@dataclass(slots=True)
class Newsroom:
    """Makes stories: every third is another telling of an event of the last hours, the others tell something new."""

    models: Sequence[Story]
    chance: Random
    made: int = 0

    def stories(self, count: int) -> list[Story]:
        """Make so many stories, in the order of time."""
        recent: list[tuple[Story, str, str]] = []
        made: list[Story] = []
        for _ in range(count):
            if recent and self.chance.random() < 0.34:
                model, name, number = self.chance.choice(recent[-200:])
            else:
                model = self.chance.choice(self.models)
                name = " ".join(self._name() for _ in range(2))
                number = str(self.chance.randrange(20, 90000))
                recent.append((model, name, number))
            made.append(self._telling(model, name, number))
        return made

    def _telling(self, model: Story, name: str, number: str) -> Story:
        at = BEGIN + timedelta(days=self.made / STORIES_A_DAY)
        self.made += 1
        other = self.chance.choice(self.models)
        sentences = [part for part in " ".join(model.body).split(". ") if part]
        self.chance.shuffle(sentences)
        body = ". ".join(sentences[: max(1, len(sentences) * 2 // 3)] + list(other.body[:1]))[:1500]
        return replace(
            model,
            id=f"made-{self.made}",
            title=f"{name}: {model.title}",
            body=(f"{name} said {number}. {body}",),
            published_at=at,
            first_seen_at=at,
            source=f"source-{self.chance.randrange(40)}",
            url=None,
            language="en",
        )

    def _name(self) -> str:
        return "".join(self.chance.choice(SYLLABLES) for _ in range(3)).capitalize()


def main() -> None:
    """Make the stories, measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(prog="benchmarks.edit_speed", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--archive", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=10_000)
    given = parser.parse_args()
    models = [item.story for path in given.paths for item in read_items(path)]
    newsroom = Newsroom(models, Random(1))
    archive = newsroom.stories(given.archive)
    new = newsroom.stories(given.new)
    classifier = Classifier.of(STANDARD, shipped_topics())
    categoriser = Categoriser(STANDARD, classifier=classifier)
    print(f"{given.archive:,} stories of archive, {given.new:,} new; {_characters(new):.0f} characters a story")

    seconds, decided = _timed(lambda: sum(bool(categoriser.categorise(story).category) for story in new))
    speed, share_decided = given.new / seconds, decided / given.new
    print(f"categorise {given.new:,}: {seconds:.2f} s, {speed:,.0f} a second, {share_decided:.0%} decided")
    report: dict[str, float] = {"categorise_seconds": round(seconds, 2)}
    for share in (10, 1):
        known = archive[-(given.archive // share) :]
        index = ClusterIndex()
        loading, _ = _timed(partial(index.add, known))
        adding, found = _timed(partial(index.add, new))
        clusters = len({membership.cluster for membership in found.values()})
        print(
            f"archive of {len(known):,}: clustered in {loading:.1f} s; {given.new:,} added in {adding:.2f} s,"
            f" {1e6 * adding / given.new:.0f} us a story, into {clusters:,} clusters"
        )
        report[f"cluster_seconds_{len(known)}"] = round(loading, 2)
        report[f"add_seconds_{len(known)}"] = round(adding, 2)
    small, large = report[f"add_seconds_{given.archive // 10}"], report[f"add_seconds_{given.archive}"]
    pairs = [(story, found[story.id].cluster) for story in new]
    loading, _ = _timed(lambda: ClusterIndex(pairs))
    report |= {
        "add_ratio": round(large / small, 2),
        "edit_seconds": round(report["categorise_seconds"] + large, 2),
        "load_microseconds_per_story": round(1e6 * loading / given.new),
        "memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(f"cost of an added story, large against small archive: {report['add_ratio']}")
    print(f"known stories taken in again: {report['load_microseconds_per_story']} us a story")
    print(f"categorise and cluster {given.new:,} against {given.archive:,}: {report['edit_seconds']} s")
    print(f"memory: {report['memory_mib']} MiB")
    print(json.dumps(report))


def _timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    started = time.process_time()
    answer = work()
    return time.process_time() - started, answer


def _characters(stories: Sequence[Story]) -> float:
    return sum(len(story.title) + len(" ".join(story.body)) for story in stories) / len(stories)


if __name__ == "__main__":
    main()
