"""Each exit code, reached as a user would reach it; and one clear line for what goes wrong."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.config import parse_config
from broadsheet.desk.opening import Desk
from broadsheet.desk.starting import start_project
from broadsheet.store import Store
from tests.cli.conftest import Broadsheet, Outcome


@pytest.fixture
def project(tmp_path: Path) -> Path:
    start_project(tmp_path)
    return tmp_path


def change(project: Path, *changes: tuple[str, str]) -> None:
    file = project / "broadsheet.toml"
    text = file.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text)


def one_clear_line(outcome: Outcome, *words: str) -> None:
    assert "Traceback" not in outcome.stderr, outcome.stderr
    for word in words:
        assert word in outcome.stderr, outcome.stderr


AUTOMATIC = ('approval = "required" ', 'approval = "automatic" ')


def test_0_done_and_nothing_to_do(project: Path, broadsheet: Broadsheet) -> None:
    change(project, AUTOMATIC)
    broadsheet("subscribers", "import", project / "subscribers.csv", at=project)
    first, second = broadsheet("run", at=project), broadsheet("run", at=project)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "2 sent" in first.stdout
    assert "nothing to do" in second.stdout


def test_1_when_everything_failed(project: Path, broadsheet: Broadsheet) -> None:
    outcome = broadsheet("gather", project / "gone.xml", at=project)
    assert outcome.returncode == 1
    one_clear_line(outcome, "gone.xml")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title =", "titel =", ["broadsheet.toml:7", "did you mean `title`"]),
        ('title = "The Morning Sheet" ', 'title = "The Morning Sheet ', ["not valid TOML"]),
        ('timezone = "Europe/London"', 'timezone = "Europe/Londn"', ["no timezone"]),
    ],
)
def test_2_for_a_broken_configuration(
    project: Path, broadsheet: Broadsheet, old: str, new: str, words: list[str]
) -> None:
    change(project, (old, new))
    outcome = broadsheet("run", at=project)
    assert outcome.returncode == 2
    one_clear_line(outcome, *words)


def test_2_where_no_project_is(tmp_path: Path, broadsheet: Broadsheet) -> None:
    outcome = broadsheet("gather", at=tmp_path)
    assert outcome.returncode == 2
    one_clear_line(outcome, "broadsheet init")


def test_2_for_a_command_that_does_not_exist(broadsheet: Broadsheet) -> None:
    outcome = broadsheet("gathr")
    assert outcome.returncode == 2
    one_clear_line(outcome, "'gather'")


def test_3_while_an_approval_is_missing(project: Path, broadsheet: Broadsheet) -> None:
    broadsheet("subscribers", "import", project / "subscribers.csv", at=project)
    outcome = broadsheet("run", at=project)
    assert outcome.returncode == 3
    one_clear_line(outcome, "waits for an editor's approval", "edition approve")
    assert broadsheet("edition", "approve", at=project).returncode == 0
    assert broadsheet("run", at=project).returncode == 0


def test_3_when_a_check_blocks(tmp_path: Path, broadsheet: Broadsheet) -> None:
    (tmp_path / "mail.html").write_text("<p>Hello {{ name }}</p>")
    assert broadsheet("check", tmp_path / "mail.html", "--strict").returncode == 3


def test_4_when_a_part_failed(project: Path, broadsheet: Broadsheet) -> None:
    (project / "page.xml").write_text("<!doctype html><html><body>Please log in</body></html>")
    (project / "empty.xml").write_text('<rss version="2.0"><channel><title>Quiet</title></channel></rss>')
    outcome = broadsheet("gather", project / "stories", project / "page.xml", project / "empty.xml", at=project)
    assert outcome.returncode == 4
    one_clear_line(outcome, "page.xml")


def test_75_while_another_sender_holds_the_lease(project: Path, broadsheet: Broadsheet) -> None:
    change(project, AUTOMATIC, ('then = "send"', 'then = "nothing"'))
    broadsheet("subscribers", "import", project / "subscribers.csv", at=project)
    assert broadsheet("run", at=project).returncode == 0
    with Store(project / "broadsheet.db") as store:
        config = parse_config((project / "broadsheet.toml").read_text(), folder=project)
        lease = hold_lease(Desk(config=config, store=store))
        outcome = broadsheet("send", at=project)
        lease.release()
    assert outcome.returncode == 75, outcome.stderr
    one_clear_line(outcome, "process", "is sending")


def hold_lease(desk: Desk):  # type: ignore[no-untyped-def]  # the ledger's own type is the store's
    from broadsheet.desk.editing import find_edition
    from broadsheet.desk.freezing import approved_rendering, freeze

    edition = find_edition(desk)
    publication = desk.config.publication()
    now = datetime.now(UTC)
    sending = freeze(desk, publication, approved_rendering(desk, edition), now)
    return desk.store.deliveries.acquire(
        sending, "test", now, took=lambda edition, recipient: None, unwanted=lambda ids: {}
    )


def test_75_while_the_relay_is_down(project: Path, broadsheet: Broadsheet) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    change(project, AUTOMATIC, ("# base_url", "base_url"))
    with (project / "broadsheet.toml").open("a") as file:
        file.write(f'\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
    broadsheet("subscribers", "import", project / "subscribers.csv", at=project)
    outcome = broadsheet("run", at=project)
    assert outcome.returncode == 75, outcome.stdout + outcome.stderr
    one_clear_line(outcome, "127.0.0.1", "refused")


def test_no_stories_and_no_subscribers_are_told_plainly(project: Path, broadsheet: Broadsheet) -> None:
    change(project, AUTOMATIC)
    (project / "stories" / "example.txt").unlink()
    nothing = broadsheet("run", at=project)
    assert nothing.returncode == 0
    assert "no edition today" in nothing.stdout
    one_clear_line(nothing)


def test_a_send_without_subscribers_is_told_plainly(project: Path, broadsheet: Broadsheet) -> None:
    change(project, AUTOMATIC)
    nobody = broadsheet("run", at=project)
    assert nobody.returncode == 1
    one_clear_line(nobody, "subscribers import")
