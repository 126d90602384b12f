"""The demo does the whole main job, from nothing."""

from __future__ import annotations

import json
import mailbox
from pathlib import Path

from tests.cli.conftest import Broadsheet


def test_the_demo_fills_every_mailbox_and_can_be_started_again(tmp_path: Path, broadsheet: Broadsheet) -> None:
    folder = tmp_path / "demo"
    outcome = broadsheet("demo", folder)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr == ""
    for line in outcome.stdout.split("Look at")[1].split("Try next")[0].strip().splitlines():
        assert Path(line.split("  (")[0].strip()).exists(), line

    stories = json.loads(broadsheet("stories", "--json", at=folder).stdout)
    assert len(stories) >= 25
    assert len({category for story in stories for category in story["categories"][:1]}) >= 5
    assert sum(bool(story["image"]) for story in stories) >= 5

    mails = list(mailbox.Maildir(folder / "outbox", create=False))
    assert len({mail["To"] for mail in mails}) == len(mails) == 20

    again = broadsheet("run", at=folder)
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert len(list(mailbox.Maildir(folder / "outbox", create=False))) == 20

    report = json.loads(broadsheet("send", "--json", at=folder).stdout)
    assert (report["candidates"], report["frozen"], report["sent"]) == (20, 20, 20)


def test_the_demo_overwrites_nothing(tmp_path: Path, broadsheet: Broadsheet) -> None:
    (tmp_path / "mine").write_text("precious")
    outcome = broadsheet("demo", tmp_path)
    assert outcome.returncode == 2
    assert "not empty" in outcome.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]
