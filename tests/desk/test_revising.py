from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from broadsheet.config import Publication, SectionPlan
from broadsheet.desk import Desk, editing
from broadsheet.desk.explaining import compare, explain_story
from broadsheet.desk.manuscripts import apply_manuscript, manuscript_of
from broadsheet.desk.revising import Change, Revised, change
from broadsheet.errors import EditionError
from broadsheet.model import Edition, EditionStatus
from tests.desk.newsdesk import Clock, gather, send, stories_of
from tests.edit.newsroom import printed, words

ID = "daily-2026-11-24"


def do(desk: Desk, verb: str, story: str = "", by: str = "Robin", **value: str) -> Revised:
    return change(desk, ID, [Change(verb=verb, story=story, value=value)], by)


@pytest.fixture
def edition(desk: Desk, daily: Publication, clock: Clock) -> Edition:
    gather(desk, *range(6))
    gather(desk, 10, 11, categories=("Sport",))
    return editing.pick_edition(desk, daily, clock.to(24))


def test_a_change_does_what_it_says_and_nothing_else(desk: Desk, edition: Edition) -> None:
    assert printed(edition) == {"News": ["s000", "s001", "s002"], "Sport": ["s010", "s011"]}
    assert printed(do(desk, "drop", "s001").edition) == {"News": ["s000", "s002"], "Sport": ["s010", "s011"]}
    assert printed(do(desk, "pin", "s005").edition)["News"] == ["s000", "s002", "s005"]
    assert printed(do(desk, "move", "s005", position="1").edition)["News"] == ["s005", "s000", "s002"]
    assert printed(do(desk, "move", "s005", position="9", section="sport").edition)["Sport"] == ["s010", "s011", "s005"]
    assert do(desk, "set", "s010", headline="  Our words ").edition.sections[1].picks[0].headline == "Our words"
    assert do(desk, "lead", "s011").edition.subject == words(11)
    assert do(desk, "set", subject="Mine").edition.subject == "Mine"
    assert do(desk, "reset", subject="").edition.subject == words(11)
    assert printed(do(desk, "set", "s010", category="News").edition)["News"] == ["s000", "s002", "s010"]
    assert desk.store.editions.get(ID) == editing.edition_called(desk, ID)


def test_a_new_pick_keeps_what_was_decided_and_fills_the_rest(desk: Desk, daily: Publication, edition: Edition) -> None:
    do(desk, "drop", "s000")
    do(desk, "pin", "s005")
    do(desk, "move", "s005", position="1")
    do(desk, "set", "s010", headline="Ours", dek="")
    do(desk, "set", preheader="")
    gather(desk, 20)
    again = editing.pick_edition(desk, daily, edition.date)
    assert printed(again)["News"][0] == "s005"
    assert len(printed(again)["News"]) == 3
    assert "s000" not in stories_of(again)
    assert (again.sections[1].picks[0].headline, again.preheader) == ("Ours", "")
    assert "Robin dropped it" in explain_story(desk, "s000").explanations[0].reason
    assert [line.verb for line in explain_story(desk, "s005").revisions] == ["pin", "move"]


def test_a_boost_counts_from_the_next_pick_on(desk: Desk, daily: Publication, edition: Edition) -> None:
    assert "s005" not in stories_of(do(desk, "set", "s005", boost="2").edition)
    again = editing.pick_edition(desk, daily, edition.date)
    assert printed(again)["News"][0] == "s005"
    assert [signal.fact for signal in again.picks[0].signals if signal.name == "boost"] == ["an editor's word"]
    with pytest.raises(EditionError, match="a boost is a number of points"):
        do(desk, "set", "s005", boost="much")


def test_any_change_cancels_an_approval_and_says_so(desk: Desk, edition: Edition) -> None:
    editing.approve(desk, edition, "hash", "Robin")
    revised = do(desk, "drop", "s000")
    assert revised.cancelled
    assert (revised.edition.status, revised.edition.hash) == (EditionStatus.DRAFT, "")
    assert not do(desk, "set", "s001", headline=words(1)).lines  # it says so already


def test_what_is_on_its_way_or_skipped_is_not_changed(desk: Desk, edition: Edition) -> None:
    editing.skip(desk, ID, "Robin", "x")
    with pytest.raises(EditionError, match="is skipped"):
        do(desk, "drop", "s000")
    editing.reopen(desk, ID, "Robin")
    editing.approve(desk, editing.edition_called(desk, ID), "hash", "Robin")
    desk.store.editions.mark_sending(ID, at=desk.now())
    for verb, value in (("drop", {}), ("pin", {}), ("set", {"headline": "x"})):
        with pytest.raises(EditionError, match="is sending"):
            do(desk, verb, "s000", **value)


def test_what_may_not_be_printed_is_not_brought_in(desk: Desk, daily: Publication, clock: Clock) -> None:
    clock.to(23)
    gather(desk, 1)
    send(desk, editing.pick_edition(desk, daily, clock.to(23)))
    clock.to(24)
    gather(desk, 2)
    gather(desk, 3, embargo_at=clock.now + timedelta(hours=2))
    gather(desk, 4, expires_at=clock.now - timedelta(hours=2))
    gather(desk, 5, categories=("Chess",))
    editing.pick_edition(desk, daily, clock.to(24))
    for story, why in (("s001", "daily-2026-11-23 carries it"), ("s003", "under embargo"), ("s004", "expired")):
        with pytest.raises(EditionError, match=f"{story} cannot be printed: .*{why}"):
            do(desk, "pin", story)
    with pytest.raises(EditionError, match="no section takes s005"):
        do(desk, "pin", "s005")
    assert printed(do(desk, "pin", "s005", section="news").edition) == {"News": ["s002", "s005"]}
    for story, value, why in (
        ("s999", {}, "no story is called"),
        ("s005", {"section": "Chess"}, "has no section 'Chess'"),
    ):
        with pytest.raises(EditionError, match=why):
            do(desk, "pin", story, **value)
    with pytest.raises(EditionError, match="does not print s003"):
        do(desk, "move", "s003", position="1", section="News")


def test_pinning_another_telling_takes_the_place_of_the_printed_one(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    gather(desk, 0, 1)
    gather(desk, 50, title=words(0))
    gather(desk, 2)
    edition = editing.pick_edition(desk, daily, clock.to(24))
    (place,) = (pick for pick in edition.picks if pick.also_reported_by)
    other = place.also_reported_by[0].id
    revised = do(desk, "pin", other).edition
    (changed,) = (pick for pick in revised.picks if pick.also_reported_by)
    assert (changed.story.id, changed.position) == (other, place.position)
    assert changed.also_reported_by[0].id == place.story.id
    assert stories_of(editing.pick_edition(desk, daily, edition.date)) == stories_of(revised)


def test_changes_come_together_or_not_at_all(desk: Desk, edition: Edition) -> None:
    with pytest.raises(EditionError):
        change(desk, ID, [Change(verb="drop", story="s000"), Change(verb="drop", story="s000")], "Robin")
    assert desk.store.editions.get(ID) == edition
    assert desk.store.editions.revisions(ID) == ()


def test_the_text_of_an_edition_shows_runners_up_and_is_applied(desk: Desk, edition: Edition) -> None:
    text = manuscript_of(desk, ID)
    assert text.index("* s002") < text.index("------") < text.index("* s003") < text.index("== Sport ==")
    assert not apply_manuscript(desk, ID, text, "Robin").lines
    revised = apply_manuscript(desk, ID, text.replace("* s001 [News]", "* s004"), "Robin")
    assert printed(revised.edition)["News"] == ["s000", "s004", "s002"]
    with pytest.raises(EditionError, match="was changed since this text was written"):
        apply_manuscript(desk, ID, text, "Robin")
    with pytest.raises(EditionError, match="line 11: there is no section 'Opera'"):
        apply_manuscript(desk, ID, manuscript_of(desk, ID).replace("== News ==", "== Opera =="), "Robin")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("* s001 [News]", "* s099", "line 17: no story is called 's099'"),
        ("Lead: ", "Lead: x", "line 9: no story is called 'x"),
        ("Subject: ", "Subject:\n# ", "line 6: a subject cannot be empty"),
        ("* s001 [News]", "* s001 [News]\n  Ours\n\n* s012", "line 20: s012 cannot be printed: it is under embargo"),
    ],
)
def test_what_a_text_asks_for_in_vain_is_named_by_its_line(
    desk: Desk, edition: Edition, old: str, new: str, why: str
) -> None:
    gather(desk, 12, embargo_at=desk.now() + timedelta(hours=9))
    with pytest.raises(EditionError, match=why):
        apply_manuscript(desk, ID, manuscript_of(desk, ID).replace(old, new, 1), "Robin")
    assert editing.edition_called(desk, ID) == edition


def test_the_text_shows_what_rolls_over_and_lets_it_in(desk: Desk, clock: Clock) -> None:
    sport = SectionPlan(category="Sport", min=3, when_thin="roll over")
    plan = desk.config.publication()
    plan = plan.model_copy(update={"sections": (plan.sections[0], sport)})
    gather(desk, 0)
    gather(desk, 10, 11, categories=("Sport",))
    editing.pick_edition(desk, plan, clock.to(24))
    text = manuscript_of(desk, ID)
    assert text.index("== Sport ==") < text.index("------", text.index("== Sport ==")) < text.index("* s010")
    wanted = text.replace("== Sport ==", "== Sport ==\n* s010", 1)
    assert "Sport" in printed(apply_manuscript(desk, ID, wanted, "Robin").edition)


def test_an_edition_is_compared_with_the_draft_before_and_with_the_last_sent(
    desk: Desk,
    daily: Publication,
    clock: Clock,
) -> None:
    clock.to(23)
    gather(desk, 30)
    send(desk, editing.pick_edition(desk, daily, clock.to(23)))
    clock.to(24)
    gather(desk, 0, 1)
    edition = editing.pick_edition(desk, daily, clock.to(24))
    assert compare(desk, edition) == ("", ())
    do(desk, "drop", "s000")
    do(desk, "set", "s001", headline="Ours")
    name, lines = compare(desk, editing.edition_called(desk, ID))
    assert name == "the draft before"
    assert f"~ News 1: Ours (s001), headline: {words(1)} -> Ours" in lines
    name, lines = compare(desk, editing.edition_called(desk, ID), "pick")
    assert (name, f"- News 1: {words(0)} (s000)" in lines) == ("the draft as it was picked", True)
    name, lines = compare(desk, editing.edition_called(desk, ID), "sent")
    assert name == "daily-2026-11-23"
    assert "+ News 1: Ours (s001)" in lines
    assert f"- News 1: {words(30)} (s030)" in lines


def test_where_editions_do_not_leave_by_mail_the_last_one_approved_is_the_last_that_went_out(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    by_hand = daily.model_copy(update={"then": "nothing"})
    at_a_platform = replace(desk, config=desk.config.model_copy(update={"publications": {"daily": by_hand}}))
    clock.to(23)
    gather(desk, 30)
    first = editing.pick_edition(desk, by_hand, clock.to(23))
    editing.approve(desk, first, "hash", "Robin")
    clock.to(24)
    gather(desk, 0)
    second = editing.pick_edition(desk, by_hand, clock.to(24))
    assert compare(at_a_platform, second, "sent")[0] == first.id
    assert compare(desk, second, "sent") == ("", ())
