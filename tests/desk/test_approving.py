"""What blocks keeps an edition from being approved, until it is mended or answered for by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadsheet.config import Publication, parse_config
from broadsheet.desk import Desk, editing
from broadsheet.desk.approving import approve_checked, unacknowledged
from broadsheet.desk.checking import check
from broadsheet.desk.daily import run
from broadsheet.desk.production import render
from broadsheet.desk.revising import Change, change
from broadsheet.errors import CheckFailed
from broadsheet.model import EditionStatus
from tests.desk.newsdesk import CONFIG, Clock, gather

SHOUTED = "READ ALL OF THIS NOW " * 10


@pytest.fixture
def desk(desk: Desk) -> Desk:
    strict = "[sources.archive]\npath = 'stories'\n[checks]\nsubject-shouting = 'block'\nsubject-long = 'block'\n"
    return replace(desk, config=parse_config(CONFIG + strict, folder=desk.folder))


def test_what_blocks_is_acknowledged_by_name_for_one_rendering(desk: Desk, daily: Publication, clock: Clock) -> None:
    day = clock.to(24)
    gather(desk, 1, 2, language="en")
    edition = editing.pick_edition(desk, daily, day)
    edition = change(desk, edition.id, [Change(verb="set", value={"subject": SHOUTED})], "Robin").edition
    rendered = render(desk, edition)
    with pytest.raises(CheckFailed, match=r"subject-shouting \(") as refused:
        approve_checked(desk, edition, rendered, "Robin", acknowledged=["subject-long"])
    assert refused.value.exit_code == 3
    assert "--acknowledge subject-long --acknowledge subject-shouting" in refused.value.advice
    assert editing.edition_called(desk, edition.id).status is EditionStatus.DRAFT

    both = ["subject-long", "subject-shouting", "link-dead"]
    approved = approve_checked(desk, edition, rendered, "Robin", acknowledged=both)
    assert (approved.status, approved.hash) == (EditionStatus.APPROVED, rendered.hash)
    lines = [line for line in desk.store.editions.revisions(edition.id) if line.verb == "acknowledge"]
    assert sorted((line.by, line.value["rule"]) for line in lines) == [
        ("Robin", "subject-long"),
        ("Robin", "subject-shouting"),
    ]
    assert all(line.value["findings"] and line.value["hash"] == rendered.hash for line in lines)

    editing.reopen(desk, edition.id, "Kim")
    approve_checked(desk, editing.edition_called(desk, edition.id), rendered, "Kim")  # the very same bytes
    assert sum(line.verb == "acknowledge" for line in desk.store.editions.revisions(edition.id)) == 2
    shorter = change(desk, edition.id, [Change(verb="set", value={"subject": f"{SHOUTED} NOW"})], "Kim").edition
    again = render(desk, shorter)
    assert {finding.rule for finding in unacknowledged(desk, again, check(desk, again))} == {
        "subject-shouting",
        "subject-long",
    }
    assert editing.pick_edition(desk, daily, day).subject == f"{SHOUTED} NOW"  # the log is still understood


def test_the_daily_run_goes_on_with_what_an_editor_answered_for(desk: Desk, daily: Publication, clock: Clock) -> None:
    day = clock.to(24)
    gather(desk, 1, 2, language="en")
    edition = editing.pick_edition(desk, daily, day)
    shouting = Change(verb="set", value={"subject": "READ ALL OF THIS NOW"})
    edition = change(desk, edition.id, [shouting], "Robin").edition
    (desk.folder / "stories").mkdir()
    (desk.folder / "stories" / "old.txt").write_text("---\npublished_at: 2026-10-01T00:00:00Z\n---\nOld\nLong ago.\n")
    (blocked,) = run(desk, day=day)
    assert (blocked.exit_code, blocked.stages[-1].name) == (3, "check")
    assert f"edition approve {edition.id} --acknowledge subject-shouting" in blocked.stages[-1].problems[0]

    approve_checked(desk, edition, render(desk, edition), "Robin", acknowledged=["subject-shouting"])
    (done,) = run(desk, day=day)
    assert [stage.name for stage in done.stages if stage.exit_code == 3] == []
    assert done.stages[-1].name != "check"
