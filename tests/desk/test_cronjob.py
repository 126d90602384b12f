"""What surrounds a run: alarms, the log, metrics, tidying, and editions that leave by export."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk import editing
from broadsheet.desk.cronjob import Start, start_job
from broadsheet.desk.gathering import gather
from broadsheet.desk.logbook import read_log
from broadsheet.desk.opening import Desk
from broadsheet.desk.production import render
from broadsheet.desk.subscribing import add_subscriber
from broadsheet.model import EditionStatus
from broadsheet.store import Store
from tests.listener import Listener

CONFIG = """
[publications.daily]
title = "The Daily"
sender = "The Daily <news@example.org>"
postal_address = "1 Press Lane, London"
timezone = "Europe/London"
sections = [{ category = "News" }]
PUBLICATION
[publications.daily.schedule]
at = 06:00:00
late_after = "3h"
SCHEDULE
[sources.desk]
path = "stories"
category = "News"
REST
"""
TEXTS = {
    "bridge": "Drivers crossed the river by the northern bridge for the first time after six years of work.",
    "market": "Firemen fought flames among the fish stalls until dawn; nobody was hurt, the cause is not known.",
    "school": "Twelve apprentices will learn to make sourdough and croissants in the old railway station from May on.",
}


class Job:
    """A project whose clock a test sets."""

    def __init__(self, folder: Path, publication: str = "", schedule: str = "", rest: str = "") -> None:
        self.folder = folder
        (folder / "stories").mkdir()
        text = CONFIG.replace("PUBLICATION", publication).replace("SCHEDULE", schedule).replace("REST", rest)
        self.desk = Desk(
            config=parse_config(text, folder=folder), store=Store(folder / "broadsheet.db"), clock=lambda: self.now
        )
        self.at(24, 5)
        add_subscriber(self.desk, self.desk.config.publication(), "ada@example.com", basis="asked")

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        self.now = datetime(2026, 11, day, hour, minute, tzinfo=UTC)

    def file(self, name: str) -> None:
        file = self.folder / "stories" / f"{name}.txt"
        file.write_text(f"News of the {name}\n\n{TEXTS[name]}\n")
        os.utime(file, (self.now.timestamp(),) * 2)

    def start(self, day: int, hour: int, minute: int = 0) -> Start:
        self.at(day, hour, minute)
        return start_job(self.desk)

    def status(self, day: int) -> EditionStatus | None:
        edition = self.desk.store.editions.get(f"daily-2026-11-{day}")
        return edition.status if edition else None

    def headlines(self, day: int) -> list[str]:
        edition = self.desk.store.editions.get(f"daily-2026-11-{day}")
        return sorted(pick.headline for pick in edition.picks) if edition else []


Jobs = Callable[..., Job]


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """Make a job: what stands in its publication, its schedule, and the rest of its configuration."""
    made: list[Job] = []

    def make(publication: str = "", schedule: str = "", rest: str = "") -> Job:
        made.append(Job(tmp_path, publication, schedule, rest))
        return made[-1]

    yield make
    for job in made:
        job.desk.store.close()


AUTOMATIC = 'approval = "automatic"'


def test_an_edition_that_is_expected_and_not_there_is_an_alarm_once(
    jobs: Jobs, listener: tuple[str, type[Listener]]
) -> None:
    url, handler = listener
    job = jobs('approval = "required"', "expected_by = 06:30:00", f'[alerts]\nwebhook = "{url}"')
    job.file("bridge")
    assert job.start(24, 6).alarms == ()
    (alarm,) = job.start(24, 6, 35).alarms
    assert "daily-2026-11-24 was expected by 06:30 (Europe/London)" in alarm
    job.start(24, 6, 40)
    told = [line for body in handler.heard for line in json.loads(body[1])["lines"] if "was expected" in line]
    assert told == [alarm]
    edition = job.desk.store.editions.get("daily-2026-11-24")
    assert edition is not None
    editing.approve(job.desk, edition, render(job.desk, edition).hash, "Robin")
    assert job.start(24, 6, 45).alarms == ()
    assert job.status(24) is EditionStatus.SENT
    over = [json.loads(body) for _path, body in handler.heard][-1]
    assert over["over"] is True


def test_a_question_is_put_to_the_editors_and_the_next_start_goes_on_with_their_answer(jobs: Jobs) -> None:
    asking = 'edit = { min_stories = 2, when_thin = "ask" }\neditors = ["robin@example.org"]'
    job = jobs(f"{AUTOMATIC}\n{asking}\nbase_url = 'https://news.example.org'")
    job.file("bridge")
    first = job.start(24, 6)
    (report,) = first.reports
    assert (report.exit_code, job.status(24)) == (3, EditionStatus.DRAFT)
    question = "A thin day: 1 story of the 2 it takes. Send it, or skip it?"
    (said,) = [line for line in first.news if question in line]
    assert said.startswith(f"daily-2026-11-24 asks: {question}")
    assert "`broadsheet edition skip daily-2026-11-24`" in said
    letters = [file.read_text() for file in (job.folder / "outbox" / "new").iterdir()]
    (letter,) = [text for text in letters if "To: robin@example.org" in text]
    assert question in " ".join(letter.replace("=\n", "").split())
    assert job.start(24, 6, 5).news == ()
    edition = job.desk.store.editions.get("daily-2026-11-24")
    assert edition is not None
    editing.approve(job.desk, edition, render(job.desk, edition).hash, "Robin")
    assert [report.exit_code for report in job.start(24, 6, 10).reports] == [0]
    assert job.status(24) is EditionStatus.SENT


def test_an_edition_that_leaves_by_export_is_made_once_and_never_missed(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC + '\nthen = "export"\nexport_for = ["mailchimp"]')
    job.file("bridge")
    (report,) = job.start(24, 6).reports
    assert (report.exit_code, job.status(24)) == (0, EditionStatus.SENT)
    assert job.start(24, 6, 5).reports == ()
    assert job.start(24, 12).reports == ()  # past late_after: nothing was missed
    job.at(25, 5)
    job.file("market")
    job.start(25, 6)
    assert job.headlines(25) == ["News of the market"]


def test_where_approval_is_the_end_an_approved_edition_is_settled(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC + '\nthen = "nothing"')
    job.file("bridge")
    job.start(24, 6)
    assert job.start(24, 12).reports == ()
    assert job.status(24) is EditionStatus.APPROVED


@pytest.mark.parametrize(
    ("missed", "printed"),
    [("merge", ["News of the bridge", "News of the market"]), ("skip", ["News of the market"])],
)
def test_a_missed_slot_leaves_its_stories_or_gives_them_up(jobs: Jobs, missed: str, printed: list[str]) -> None:
    job = jobs(AUTOMATIC, f'missed = "{missed}"')
    job.file("school")
    job.start(23, 6)
    job.at(24, 5)
    job.file("bridge")
    gather(job.desk)  # a machine that gathered, and then stood still until noon
    job.start(24, 12)
    assert job.status(24) is EditionStatus.SKIPPED
    job.at(25, 5)
    job.file("market")
    job.start(25, 6)
    assert job.headlines(25) == printed


def test_where_another_start_is_at_work_this_one_leaves_the_edition_to_it(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC)
    job.file("bridge")
    with job.desk.store.holding("run-daily") as is_ours:
        assert is_ours
        started = job.start(24, 6)
        assert (started.reports, started.busy, started.exit_code) == ((), ("daily",), 75)
        assert job.status(24) is None
    assert job.start(24, 6, 5).exit_code == 0


def test_what_is_new_is_news_once_and_so_is_its_end(jobs: Jobs) -> None:
    job = jobs('approval = "required"')
    job.file("bridge")
    (news,) = job.start(24, 6).news
    assert "waits for an editor's approval" in news
    assert job.start(24, 6, 5).news == ()
    edition = job.desk.store.editions.get("daily-2026-11-24")
    assert edition is not None
    editing.approve(job.desk, edition, render(job.desk, edition).hash, "Robin")
    assert job.start(24, 6, 10).news == (f"over: {news}",)


def test_an_edition_that_hangs_is_an_alarm_of_the_other_starts(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC, "expected_by = 06:30:00")
    with job.desk.store.holding("run-daily"):
        assert job.start(24, 6, 35).alarms


def test_each_missed_edition_is_told_of_and_none_is_over_at_once(
    jobs: Jobs, listener: tuple[str, type[Listener]]
) -> None:
    url, handler = listener
    job = jobs(AUTOMATIC, "", f'[alerts]\nwebhook = "{url}"')
    job.file("bridge")
    job.start(21, 6)
    job.start(24, 12)
    told = [json.loads(body) for _path, body in handler.heard]
    assert [one["over"] for one in told] == [False]
    assert [line.partition(":")[0] for line in told[0]["lines"]] == [f"daily-2026-11-{day}" for day in (22, 23, 24)]


def test_a_run_is_logged_line_by_line_without_addresses(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC, "", "[sources.gone]\npath = 'ada@example.com.txt'")
    job.file("bridge")
    job.start(24, 6)
    (file,) = (job.folder / "logs").iterdir()
    assert file.name == "broadsheet-2026-11-24.jsonl"
    assert "ada@" not in file.read_text()
    lines = list(read_log(job.desk, edition="daily-2026-11-24"))
    assert [line["stage"] for line in lines if line["event"] == "stage"] == [
        "gather", "pick", "render", "check", "approve", "send",
    ]  # fmt: skip
    assert [line["exit_code"] for line in lines if line["event"] == "run"] == [4]
    assert any("…@example.com.txt" in line["message"] for line in lines if line["event"] == "problem")


def test_old_logs_and_reports_go_once_a_day(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC, "", "[retention]\nreports = 30")
    job.file("bridge")
    job.start(23, 6)
    job.now += timedelta(days=31)
    start_job(job.desk)
    names = [file.name for file in (job.folder / "logs").iterdir()]
    assert names == ["broadsheet-2026-12-24.jsonl"]
    kept = [run.started_at for run in job.desk.store.runs.newest(limit=100)]
    assert min(kept) > job.now - timedelta(days=30)


def test_metrics_are_what_a_collector_reads(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC, "", '[metrics]\ntextfile = "broadsheet.prom"')
    job.file("bridge")
    job.start(24, 6)
    text = (job.folder / "broadsheet.prom").read_text()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert values['broadsheet_run_exit_code{publication="daily"}'] == "0"
    assert values['broadsheet_deliveries{publication="daily",state="sent"}'] == "1"
    assert float(values['broadsheet_edition_sent_seconds{publication="daily"}']) == job.now.timestamp()
    assert values["broadsheet_sources"] == "1"
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if line.startswith("# TYPE")] == [
        f"# TYPE broadsheet_{name} gauge"
        for name in (
            "run_started_seconds", "run_exit_code", "run_stage_seconds", "edition_sent_seconds", "deliveries",
            "sources_failing", "sources", "problems_open",
        )
    ]  # fmt: skip


def test_metrics_that_cannot_be_written_hold_no_edition_back(jobs: Jobs) -> None:
    job = jobs(AUTOMATIC, "", '[metrics]\ntextfile = "nowhere/broadsheet.prom"')
    job.file("bridge")
    started = job.start(24, 6)
    assert started.exit_code == 0
    assert job.status(24) is EditionStatus.SENT
    assert any("metrics" in line for line in started.untold)
