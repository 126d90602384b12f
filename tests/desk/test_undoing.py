from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from broadsheet.config import Publication
from broadsheet.desk import Desk, editing
from broadsheet.desk.revising import Change, Revised, change
from broadsheet.desk.undoing import redo, steps_of, undo
from broadsheet.errors import EditionError
from broadsheet.model import Edition, EditionStatus
from tests.desk.newsdesk import Clock, gather, stories_of
from tests.edit.newsroom import printed

ID = "daily-2026-11-24"


@pytest.fixture
def edition(desk: Desk, daily: Publication, clock: Clock) -> Edition:
    gather(desk, *range(6))
    gather(desk, 10, 11, categories=("Sport",))
    return editing.pick_edition(desk, daily, clock.to(24))


@pytest.fixture(autouse=True)
def ticking(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look at the clock be later than the last one, as it is in life."""
    count = itertools.count()
    monkeypatch.setattr(Clock, "__call__", lambda self: self.now + timedelta(microseconds=next(count)))


def do(desk: Desk, verb: str, story: str = "", by: str = "Robin", **value: str) -> Revised:
    return change(desk, ID, [Change(verb=verb, story=story, value=value)], by)


def looks(edition: Edition) -> tuple[object, ...]:
    return (printed(edition), edition.subject, edition.preheader, edition.lead, [p.headline for p in edition.picks])


def test_every_kind_of_change_is_taken_back_and_given_again(desk: Desk, edition: Edition) -> None:
    seen = [looks(edition)]
    for verb, story, value in (
        ("drop", "s001", {}),
        ("pin", "s005", {}),
        ("move", "s005", {"position": "1"}),
        ("set", "s010", {"headline": "Ours"}),
        ("lead", "s011", {}),
        ("set", "", {"subject": "Mine"}),
        ("reset", "s010", {"headline": ""}),
        ("move", "s000", {"section": "Sport", "position": "1"}),
    ):
        seen.append(looks(do(desk, verb, story, **value).edition))
    back = [looks(undo(desk, ID, "Robin").edition) for _ in seen[1:]]
    assert back == seen[-2::-1]
    with pytest.raises(EditionError, match="nothing of Robin's to take back"):
        undo(desk, ID, "Robin")
    assert [looks(redo(desk, ID, "Robin").edition) for _ in seen[1:]] == seen[1:]
    with pytest.raises(EditionError, match="nothing of Robin's to give again"):
        redo(desk, ID, "Robin")
    assert desk.store.editions.get(ID) == editing.edition_called(desk, ID)
    assert [line.verb for line in desk.store.editions.revisions(ID)].count("undo") == 8


def test_undo_takes_back_ones_own_change_and_keeps_the_others(desk: Desk, edition: Edition) -> None:
    do(desk, "drop", "s001")
    do(desk, "set", "s000", by="Ada", headline="Ada's words")
    do(desk, "move", "s011", by="Ada", position="1")
    after = undo(desk, ID, "Robin").edition
    assert printed(after) == {"News": ["s000", "s001", "s002"], "Sport": ["s011", "s010"]}
    assert after.picks[0].headline == "Ada's words"
    assert steps_of(desk, ID, "Robin").undo is None
    again = steps_of(desk, ID, "Ada").undo
    assert again is not None
    assert (again.verb, again.story) == ("move", "s011")
    assert printed(undo(desk, ID, "Ada").edition)["Sport"] == ["s010", "s011"]


def test_what_another_built_upon_stays(desk: Desk, edition: Edition) -> None:
    do(desk, "pin", "s005")
    do(desk, "set", "s005", by="Ada", headline="Ada's words")
    before = desk.store.editions.get(ID)
    with pytest.raises(EditionError, match="Ada built upon that since"):
        undo(desk, ID, "Robin")
    assert desk.store.editions.get(ID) == before


def test_a_new_change_ends_what_could_be_given_again(desk: Desk, edition: Edition) -> None:
    do(desk, "drop", "s001")
    undo(desk, ID, "Robin")
    do(desk, "drop", "s002")
    assert steps_of(desk, ID, "Robin").redo is None
    with pytest.raises(EditionError):
        redo(desk, ID, "Robin")


def test_several_lines_of_one_deed_are_one_step(desk: Desk, edition: Edition) -> None:
    change(desk, ID, [Change(verb="drop", story="s000"), Change(verb="drop", story="s001")], "Robin")
    assert stories_of(undo(desk, ID, "Robin").edition) == stories_of(edition)


def test_a_new_draft_takes_nothing_back_that_was_taken_back(
    desk: Desk, daily: Publication, edition: Edition, clock: Clock
) -> None:
    do(desk, "set", "s000", headline="Ours")
    do(desk, "drop", "s001")
    undo(desk, ID, "Robin")
    clock.to(24, 7)
    again = editing.pick_edition(desk, daily, edition.date, by="the run")
    assert "s001" in stories_of(again)
    assert again.picks[0].headline == "Ours"
    assert steps_of(desk, ID, "Robin").undo is not None  # nothing new came: the draft is the same
    gather(desk, 20, categories=("Sport",))
    clock.to(24, 8)
    editing.pick_edition(desk, daily, edition.date, by="the run")
    assert desk.store.editions.revisions(ID)[-1].verb == "pick"
    taken_back = undo(desk, ID, "Robin").edition  # which was decided before that draft, and holds in it
    assert taken_back.picks[0].headline != "Ours"
    assert "s020" in stories_of(taken_back)
    assert redo(desk, ID, "Robin").edition.picks[0].headline == "Ours"


def test_undo_cancels_an_approval_and_leaves_alone_what_is_on_its_way(desk: Desk, edition: Edition) -> None:
    do(desk, "drop", "s001")
    editing.approve(desk, editing.edition_called(desk, ID), "hash", "Robin")
    revised = undo(desk, ID, "Robin")
    assert revised.cancelled
    assert revised.edition.status is EditionStatus.DRAFT
    redo(desk, ID, "Robin")
    editing.approve(desk, editing.edition_called(desk, ID), "hash", "Robin")
    desk.store.editions.mark_sending(ID, at=desk.now())
    with pytest.raises(EditionError, match="sending"):
        undo(desk, ID, "Robin")
