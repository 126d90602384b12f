"""Pick from real feeds, a week of simulated days, and many stories: `python -m benchmarks.pick [PATH ...]`.

The paths are feeds, or folders of them. Prints the editions of the three days that most sources wrote on, so that a
person can read them; then what must hold (quotas, no repeats, the same result in any order); then time and memory for
10,000 and 100,000 stories. The last line is one JSON object.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from broadsheet.config import Publication, parse_config
from broadsheet.desk import Desk
from broadsheet.desk.assessing import candidates_of, carried_by_others
from broadsheet.desk.editing import approve, pick_edition
from broadsheet.desk.gathering import gather
from broadsheet.edit.candidates import Candidate, Carried, Window, title_key
from broadsheet.edit.likeness import Likeness
from broadsheet.edit.pick import draft_edition
from broadsheet.edit.revise import Decisions
from broadsheet.model import Edition, Story
from broadsheet.store import Store

FEEDS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "feeds" / "files"
CATEGORIES = ("World", "Politics", "Business", "Technology", "Science", "Health", "Sport", "Entertainment")
CONFIG = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
[publications.daily.edit]
languages = ["en"]
per_source = 8
""" + "".join(f'[[publications.daily.sections]]\ncategory = "{name}"\nmax = 4\nper_source = 2\n' for name in CATEGORIES)


def main() -> None:
    """Run it all, or, as `--scale N`, the one measurement that wants a process of its own."""
    if sys.argv[1:2] == ["--scale"]:
        print(json.dumps(scale(int(sys.argv[2]))))
        return
    paths = [Path(argument) for argument in sys.argv[1:]] or [FEEDS]
    with tempfile.TemporaryDirectory() as folder:
        config = parse_config(CONFIG, folder=Path(folder))
        with Store(Path(folder) / "broadsheet.db") as store:
            desk = Desk(config=config, store=store)
            gather(desk, [str(path) for path in paths])
            figures: dict[str, object] = {"days": three_days(desk)}
    figures["week"] = simulated_week()
    figures["scale"] = []
    for count in (10_000, 100_000):
        run = [sys.executable, "-m", "benchmarks.pick", "--scale", str(count)]
        outcome = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
        print("{stories:>7} stories: {seconds:6.2f} s, {megabytes:6.0f} MB at most".format(**outcome))
        figures["scale"] = [*figures["scale"], outcome]  # type: ignore[misc]  # the list just above
    print(json.dumps(figures))


def three_days(desk: Desk) -> list[dict[str, object]]:
    """Pick and send, in order, the editions of the three days that most sources wrote on."""
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    for story in desk.store.stories.between(None, desk.now() + timedelta(seconds=1)):
        if story.dated:
            counts[story.published_at.date()][story.source] += 1
    sources = {day: {name for name, count in some.items() if count > 1} for day, some in counts.items()}
    days = sorted(sorted(sources, key=lambda day: (-len(sources[day]), day))[:3])
    publication = desk.config.publication()
    figures = []
    for day in days:
        edition = pick_edition(desk, publication, day)
        print(f"\n== {day}, {len(sources[day])} sources ==")
        show(edition)
        figures.append(judge(desk, publication, edition))
        if edition.picks:
            approve(desk, edition, "benchmark", "benchmark")
            desk.store.editions.mark_sending(edition.id, at=desk.now())
            desk.store.editions.mark_sent(edition.id, at=desk.now())
    return figures


def show(edition: Edition) -> None:
    """Print an edition for a person to read."""
    for section in edition.sections:
        print(f"\n{section.title}")
        for pick in section.picks:
            also = len({story.source for story in pick.also_reported_by} - {pick.story.source})
            marks = f"{' [update]' if pick.is_update else ''}{f' (+{also} sources)' if also else ''}"
            print(f"  {pick.score:5.2f}  {pick.headline}{marks}")
            print(f"         {pick.story.source}: {pick.reason}")


def judge(desk: Desk, publication: Publication, edition: Edition) -> dict[str, object]:
    """Check what must hold: quotas, and the same result in any order; and find the two picks that are most alike."""
    window = Window(from_at=edition.window_from_at, to_at=edition.window_to_at or desk.now())
    carried = carried_by_others(desk, publication, edition.id, edition.date)
    candidates = candidates_of(desk, publication, edition.date, window, carried, Decisions())
    shuffled = list(candidates)
    random.Random(7).shuffle(shuffled)
    same = all(
        draft_edition(publication, edition.date, order, window=window, carried=carried).edition == edition
        for order in (candidates, shuffled)
    )
    likeness = Likeness()
    picks = edition.picks
    alike = [
        (likeness.between(a.story, b.story), a.headline, b.headline)
        for place, a in enumerate(picks)
        for b in picks[:place]
    ]
    quotas = all(
        len(section.picks) <= plan.max
        and max(Counter(pick.story.source for pick in section.picks).values()) <= plan.per_source
        for section in edition.sections
        for plan in publication.sections
        if plan.name == section.title
    )
    likest = max(alike, default=(0.0, "", ""))
    print(
        f"\n{len(candidates)} candidates, {len(picks)} picks; the likest two ({likest[0]}): {likest[1]} | {likest[2]}"
    )
    return {
        "day": edition.date.isoformat(), "candidates": len(candidates), "picks": len(picks),
        "sources": len({pick.story.source for pick in picks}), "same_in_any_order": same, "quotas_kept": quotas,
        "likest_two": likest[0],
    }  # fmt: skip


def simulated_week() -> dict[str, object]:
    """Pick seven days in a row; a third of each day's stories come again the next day, under another address."""
    publication = parse_config(CONFIG, folder=Path()).publication()
    seen: dict[str, str] = {}
    titles: dict[str, str] = {}
    urls: dict[str, str] = {}
    repeats = picks = 0
    before: list[Candidate] = []
    for day in range(7):
        now = datetime(2026, 11, 23, 6, tzinfo=UTC) + timedelta(days=day)
        fresh = list(made_up(400, now, seed=day))
        again = [
            replace(one, story=replace(one.story, id=f"{one.story.id}-{day}", url=f"{one.story.url}?again={day}"))
            for one in before[::3]
        ]
        carried = Carried(stories=dict(seen), urls=dict(urls), titles=dict(titles))
        window = Window(from_at=now - timedelta(days=1), to_at=now)
        edition = draft_edition(publication, now.date(), [*fresh, *again], window=window, carried=carried).edition
        keys = [title_key(pick.story.title) for pick in edition.picks]
        repeats += sum(key in titles for key in keys) + len(keys) - len(set(keys))
        picks += len(keys)
        titles |= dict.fromkeys(keys, edition.id)
        seen |= {pick.story.id: edition.id for pick in edition.picks}
        before = fresh
    print(f"\nA week of 400 stories a day, a third of them again the next day: {picks} picks, {repeats} repeats")
    return {"picks": picks, "repeats": repeats}


def made_up(count: int, now: datetime, *, seed: int) -> Iterator[Candidate]:
    """Make up stories of 40 sources: one in five tells an event that others tell too."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("bcdfglmnprstv", k=1) + chance.choices("aeiou", k=1)) * 3 for _ in range(65)]
    pool = [f"{chance.choice(words)}{chance.choice(words)[:3]}{number}" for number in range(5000)]
    for number in range(count):
        at = now - timedelta(seconds=chance.randrange(86_000))
        story = Story(
            id=f"d{seed}n{number:06}", title=" ".join(chance.choices(pool, k=8)).capitalize(), language="en",
            source=f"source{chance.randrange(40)}", dek=" ".join(chance.choices(pool, k=20)), published_at=at,
            first_seen_at=at, url=f"https://example.org/{seed}/{number}", position=chance.randrange(30),
        )  # fmt: skip
        cluster = f"c{seed}-{chance.randrange(max(1, count // 10))}" if chance.random() < 0.2 else ""
        yield Candidate(
            story=story, categories=(chance.choice(CATEGORIES),), category_reason="made up", cluster=cluster
        )


def scale(count: int) -> dict[str, object]:
    """Time ranking and picking from so many stories, categories and clusters known."""
    now = datetime(2026, 11, 24, 6, tzinfo=UTC)
    candidates: Sequence[Candidate] = list(made_up(count, now, seed=1))
    publication = parse_config(CONFIG, folder=Path()).publication()
    window = Window(from_at=now - timedelta(days=1), to_at=now)
    began = time.perf_counter()
    draft = draft_edition(publication, now.date(), candidates, window=window, carried=Carried())
    seconds = time.perf_counter() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "stories": count, "picks": len(draft.edition.picks), "explained": len(draft.explanations),
        "seconds": round(seconds, 2), "megabytes": round(megabytes),
    }  # fmt: skip


if __name__ == "__main__":
    main()
