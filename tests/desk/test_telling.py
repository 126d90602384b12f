from __future__ import annotations

import json
import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk.opening import Desk
from broadsheet.desk.telling import ping_watchdog, tell_problems
from broadsheet.store import Store
from tests.listener import Listener

CONFIG = """
[publications.daily]
title = "Daily"
sender = "Daily <news@example.org>"
postal_address = "1 Press Lane"
sections = [{{ category = "News" }}]

[alerts]
{alerts}
"""


def open_desk(folder: Path, alerts: str) -> Desk:
    return Desk(
        config=parse_config(CONFIG.format(alerts=alerts), folder=folder),
        store=Store(folder / "broadsheet.db"),
        clock=lambda: datetime(2026, 11, 24, 6, 5, tzinfo=UTC),
    )


def test_a_problem_is_told_once_and_its_end_too(tmp_path: Path, listener: tuple[str, type[Listener]]) -> None:
    url, handler = listener
    desk = open_desk(tmp_path, f'webhook = "{url}"')
    for problems in ({"gather/wire": "wire is down"}, {"gather/wire": "wire is down"}, {}, {}):
        assert tell_problems(desk, "daily", problems).failures == ()
    desk.store.close()
    told = [json.loads(body) for _path, body in handler.heard]
    assert [(one["over"], one["lines"]) for one in told] == [(False, ["wire is down"]), (True, ["wire is down"])]


def test_what_reached_nobody_is_tried_again(tmp_path: Path, listener: tuple[str, type[Listener]]) -> None:
    url, handler = listener
    desk = open_desk(tmp_path, f'webhook = "{url}"')
    handler.status = 500
    assert tell_problems(desk, "daily", {"a": "A"}).failures == ("webhook: answered 500",)
    handler.status = 200
    assert tell_problems(desk, "daily", {"a": "A"}).failures == ()
    assert tell_problems(desk, "daily", {"a": "A"}).failures == ()
    desk.store.close()
    assert len(handler.heard) == 2


def test_an_alert_goes_by_mail_the_way_the_edition_goes(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, 'mail = ["ops@example.org", "Night <night@example.org>"]')
    assert tell_problems(desk, "daily", {"a": "the wall\nis leaking"}).failures == ()
    desk.store.close()
    mails = list(mailbox.Maildir(tmp_path / "outbox", create=False))
    assert len(mails) == 2
    assert {mail["Subject"] for mail in mails} == {"daily: a person is needed"}
    assert "the wall" in str(mails[0].get_payload())


def test_the_watchdog_is_pinged_where_one_is_named_by_a_variable(
    tmp_path: Path, listener: tuple[str, type[Listener]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = listener
    monkeypatch.setenv("WATCHDOG", url)
    desk = open_desk(tmp_path, 'ping_env = "WATCHDOG"')
    assert [ping_watchdog(desk, stage) for stage in ("start", "fail", "success")] == [None, None, None]
    desk.store.close()
    assert [path for path, _body in handler.heard] == ["/hook/s3cret/start", "/hook/s3cret/fail", "/hook/s3cret"]
