"""Gathering from addresses: manners, health and quiet beginnings, over a real server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk import Desk
from broadsheet.desk.gathered import GatherReport
from broadsheet.desk.gathering import gather
from broadsheet.store import Store
from tests.desk.test_gathering import FEED, ITEM, NOW, PROJECT, feed
from tests.gather.test_attacks import ATTACKS
from tests.gather.web import Asked, Web, running


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as server:
        yield server


def sources(*urls: str, extra: str = "") -> str:
    tables = "".join(f'[sources.s{number}]\nurl = "{url}"\n{extra}\n' for number, url in enumerate(urls))
    return f'[gathering]\nallow_hosts = ["127.0.0.1"]\ntimeout = 3\n{tables}'


class Project:
    """A project whose clock is turned by hand."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder, self.text, self.now = folder, text, NOW

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        config = parse_config(PROJECT + self.text, folder=self.folder)
        with Store(self.folder / "broadsheet.db") as store:
            yield Desk(config=config, store=store, clock=lambda: self.now)

    def gather(self, *places: str, backfill: int | None = None) -> GatherReport:
        with self.desk() as desk:
            return gather(desk, places, backfill=backfill)

    def titles(self) -> list[str]:
        with self.desk() as desk:
            return [story.title for story in desk.store.stories.between(None, self.now + timedelta(seconds=1))]


def dated(title: str, at: datetime) -> str:
    return ITEM.format(title=title, slug=title.lower(), date=at.strftime("%a, %d %b %Y %H:%M:%S GMT"))


def test_a_new_source_starts_quiet(tmp_path: Path, web: Web) -> None:
    old, fresh, undated = (
        dated("Old", NOW - timedelta(days=9)), dated("Fresh", NOW - timedelta(hours=2)),
        "<item><title>Undated</title><guid>u</guid></item>",
    )  # fmt: skip
    url = web.page("/feed", FEED.format(items=old + fresh + undated))
    project = Project(tmp_path, sources(url))
    report = project.gather()
    assert (report.new, report.sources[0].backlog, report.sources[0].undated) == (3, 2, 1)
    assert project.titles() == ["Fresh"]
    project.now += timedelta(hours=1)
    web.page("/feed", FEED.format(items="<item><title>Late</title><guid>l</guid></item>" + old + fresh + undated))
    assert project.gather().new == 1
    assert project.titles() == ["Fresh", "Late"]
    project.gather(backfill=1)
    assert len(project.titles()) == 3


def test_a_named_address_is_not_quiet(tmp_path: Path, web: Web) -> None:
    url = web.page("/feed", FEED.format(items=dated("Old", NOW - timedelta(days=9))))
    project = Project(tmp_path, sources())
    assert project.gather(url).sources[0].backlog == 0
    assert project.titles() == ["Old"]


def test_the_second_time_nothing_is_sent_and_no_story_written(tmp_path: Path, web: Web) -> None:
    body = feed("One", "Two").encode()

    def answer(asked: Asked) -> None:
        same = asked.headers["If-None-Match"] == '"1"'
        asked.reply(304 if same else 200, b"" if same else body, ETag='"1"')

    web.pages["/feed"] = answer
    project = Project(tmp_path, sources(f"{web.url}/feed"))
    project.gather()
    report = project.gather()
    assert (report.sources[0].state, report.found, report.new) == ("unchanged", 2, 0)
    project.text = project.text.replace("[sources.s0]", '[sources.s0]\ncategory = "Politics"')
    assert project.gather().sources[0].changed == 2, "what the configuration makes of it has changed"


def test_cache_control_and_retry_after_are_honoured(tmp_path: Path, web: Web) -> None:
    web.page("/calm", feed("One"), Cache_Control="public, max-age=3600")
    web.page("/busy", "", 503, Retry_After="600")
    project = Project(tmp_path, sources(f"{web.url}/calm", f"{web.url}/busy"))
    assert project.gather().exit_code == 4
    project.now += timedelta(minutes=5)
    assert [report.state for report in project.gather().sources] == ["waiting", "stale"]
    assert len(web.asked) == 2
    project.now += timedelta(minutes=6)
    project.gather()
    assert web.asked[-1][0] == "/busy"
    project.now += timedelta(hours=1)
    project.gather()
    assert len(web.asked) == 5


def test_a_failing_source_is_stale_and_told_once_a_day(tmp_path: Path, web: Web) -> None:
    web.page("/feed", feed("One"))
    web.page("/good", feed("Two"))
    project = Project(tmp_path, sources(f"{web.url}/feed", f"{web.url}/good", extra="required = true"))
    project.gather()
    web.page("/feed", "oops", 500)
    first, second = project.gather(), project.gather()
    assert (first.sources[0].state, first.sources[0].was_told, first.exit_code) == ("stale", False, 4)
    assert (second.sources[0].was_told, second.missing_required) == (True, ("s0",))
    assert "One" in project.titles()
    project.now += timedelta(days=1)
    assert not project.gather().sources[0].was_told


def test_a_required_source_that_fails_holds_the_edition_and_others_do_not(tmp_path: Path, web: Web) -> None:
    web.page("/good", feed("One", date="Tue, 24 Nov 2026 05:00:00 GMT"))
    urls = (f"{web.url}/good", web.page("/bad", "oops", 500))
    from broadsheet.desk.daily import run

    held = Project(tmp_path, sources(*urls, extra="required = true"))
    with held.desk() as desk:
        [report] = run(desk)
        assert report.exit_code == 3
        assert "required sources failed: s1" in report.stages[-1].summary
    free = Project(tmp_path, sources(*urls))
    with free.desk() as desk:
        [report] = run(desk)
        assert [stage.name for stage in report.stages][:2] == ["gather", "pick"]


def test_gone_is_for_good(tmp_path: Path, web: Web) -> None:
    web.page("/feed", "", 410)
    project = Project(tmp_path, sources(f"{web.url}/feed"))
    assert project.gather().exit_code == 1
    report = project.gather()
    assert (report.sources[0].state, report.exit_code, len(web.asked)) == ("gone", 0, 1)


def test_a_permanent_redirect_is_remembered(tmp_path: Path, web: Web) -> None:
    web.page("/new", feed("One"))
    web.page("/old", "", 301, Location="/new")
    project = Project(tmp_path, sources(f"{web.url}/old"))
    project.gather()
    project.gather()
    assert [path for path, _ in web.asked] == ["/old", "/new", "/new"]


def test_a_sudden_drop_is_told(tmp_path: Path, web: Web) -> None:
    project = Project(tmp_path, sources(f"{web.url}/feed"))
    for number in range(5):
        web.page("/feed", feed(*(f"Story {number} {letter}" for letter in "abcdefgh")))
        project.gather()
    web.page("/feed", feed("Alone"))
    [refusal] = project.gather().refusals
    assert "far fewer than its usual 8" in refusal.reason
    assert refusal.is_notice


def test_ids_that_all_change_do_not_flood(tmp_path: Path, web: Web) -> None:
    web.page("/feed", feed("One day", "Two days"))
    project = Project(tmp_path, sources(f"{web.url}/feed"))
    project.gather()
    web.page("/feed", feed("One day", "Two days").replace("<guid>", "<guid>v2-"))
    report = project.gather().sources[0]
    assert (report.new, report.found) == (0, 2)


@pytest.mark.slow
def test_attacks_over_the_network_leave_the_good_source_alone(tmp_path: Path, web: Web) -> None:
    for number, attack in enumerate(ATTACKS.values()):
        web.page(f"/{number}", attack.encode("utf-8", "replace"))
    web.page("/good", feed("One"))
    urls = [f"{web.url}/{number}" for number in range(len(ATTACKS))]
    project = Project(tmp_path, sources(*urls, f"{web.url}/good"))
    report = project.gather()
    assert report.sources[-1].state == "read"
    assert report.exit_code in (0, 4)
    assert all("\n" not in refusal.reason for refusal in report.refusals)


def test_how_long_an_answer_took_is_remembered(tmp_path: Path, web: Web) -> None:
    def slow(status: int) -> Callable[[Asked], None]:
        def answer(asked: Asked) -> None:
            time.sleep(0.1)
            asked.reply(status, feed("One").encode())

        return answer

    web.pages["/good"], web.pages["/bad"] = slow(200), slow(500)
    project = Project(tmp_path, sources(f"{web.url}/good", f"{web.url}/bad"))
    project.gather()
    with project.desk() as desk:
        assert all(0.1 <= place.seconds < 3 for place in desk.store.places.all())
