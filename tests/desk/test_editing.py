from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from broadsheet.config import Publication, parse_config
from broadsheet.desk import Desk, editing
from broadsheet.desk.categorising import label_story
from broadsheet.desk.days import day_of, end_of_day
from broadsheet.desk.explaining import explain_edition, explain_story
from broadsheet.desk.revising import Change, change
from broadsheet.errors import ApprovalMissing, ConfigError, EditionError
from broadsheet.model import EditionStatus, Fate
from tests.desk.newsdesk import CONFIG, Clock, gather, send, stories_of
from tests.edit.newsroom import printed


def test_a_week_of_editions_repeats_nothing_and_loses_nothing_fresh(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    seen: list[str] = []
    for day in range(23, 30):
        today = clock.to(day)
        gather(desk, *range(4 * day, 4 * day + 3))
        edition = editing.pick_edition(desk, daily, today)
        seen += stories_of(edition)
        send(desk, edition)
    assert len(seen) == len(set(seen)) == 21


def test_what_was_seen_while_an_edition_was_on_its_way_is_in_the_next(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    today = clock.to(24)
    gather(desk, 0)
    edition = editing.pick_edition(desk, daily, today)
    clock.to(24, 7)
    gather(desk, 1)
    send(desk, edition)
    assert stories_of(editing.pick_edition(desk, daily, clock.to(25))) == ["s001"]


def test_the_window_reaches_back_to_the_last_edition_that_went_out(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    clock.to(20)
    gather(desk, 0)
    editing.pick_edition(desk, daily, clock.to(20))  # nobody approves it
    clock.to(21)
    gather(desk, 1)
    skipped = editing.pick_edition(desk, daily, clock.to(21))
    editing.skip(desk, skipped.id, "Robin", "a holiday")
    gather(desk, 2)
    assert stories_of(editing.pick_edition(desk, daily, clock.to(22))) == ["s000", "s001", "s002"]


@pytest.mark.parametrize(("day", "month", "hours"), [(25, 10, 25), (29, 3, 23), (24, 11, 24)])
def test_days_end_where_the_zone_says(daily: Publication, day: int, month: int, hours: int) -> None:
    start = end_of_day(daily, date(2026, month, day) - timedelta(days=1))
    assert end_of_day(daily, date(2026, month, day)) - start == timedelta(hours=hours)


@pytest.mark.parametrize("night", [datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 3, 28, tzinfo=UTC)])
def test_no_story_is_lost_or_read_twice_where_the_clock_changes(
    desk: Desk, daily: Publication, clock: Clock, night: datetime
) -> None:
    seen: list[str] = []
    number = 0
    for hour in range(72):  # the clock in Berlin is changed the next night at 01:00 UTC
        clock.now = night + timedelta(hours=hour)
        if hour % 12 == 3:
            gather(desk, number)
            number += 1
        if hour % 24 == 4:
            edition = editing.pick_edition(desk, daily, day_of(desk, daily))
            seen += stories_of(edition)
            send(desk, edition)
    assert seen == ["s000", "s001", "s002", "s003", "s004"]


def test_an_embargoed_story_is_picked_once_its_time_has_come(desk: Desk, daily: Publication, clock: Clock) -> None:
    today = clock.to(24)
    gather(desk, 0, embargo_at=clock.now + timedelta(hours=12))
    gather(desk, 1)
    edition = editing.pick_edition(desk, daily, today)
    assert stories_of(edition) == ["s001"]
    assert explain_story(desk, "s000").explanations[0].fate is Fate.HELD
    send(desk, edition)
    assert stories_of(editing.pick_edition(desk, daily, clock.to(25))) == ["s000"]


def test_an_edition_of_a_past_day_is_made_of_what_that_day_knew(desk: Desk, daily: Publication, clock: Clock) -> None:
    clock.to(24)
    gather(desk, 0)
    gather(desk, 1, published_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert stories_of(editing.pick_edition(desk, daily, date(2026, 11, 20))) == ["s001"]


@pytest.mark.parametrize(
    ("end", "again"), [("sent", False), ("approved", True), ("skipped", True), ("given up", False)]
)
def test_what_was_beaten_comes_again_unless_its_edition_went_out_or_gave_its_stories_up(
    desk: Desk, daily: Publication, clock: Clock, end: str, again: bool
) -> None:
    clock.to(23)
    gather(desk, 0, 1, 2, 3)
    edition = editing.pick_edition(desk, daily, clock.to(23))
    assert "s003" not in stories_of(edition)  # News holds three
    if end == "sent":
        send(desk, edition)
    elif end == "approved":
        editing.approve(desk, edition, "hash", "Robin")
    else:
        editing.skip(desk, edition.id, "Robin", "a holiday", gives_up_stories=end == "given up")
    clock.to(24)
    gather(desk, 4)
    known = editing.pick_edition(desk, daily, clock.to(24))
    told = {one.story for one in explain_edition(desk, known.id)}
    assert ("s003" in told) == again


def test_a_day_ends_to_the_moment(desk: Desk, daily: Publication, clock: Clock) -> None:
    clock.to(24)
    end = end_of_day(daily, date(2026, 11, 20))
    gather(desk, 1, published_at=end)
    gather(desk, 2, published_at=end - timedelta(microseconds=1))
    assert stories_of(editing.pick_edition(desk, daily, date(2026, 11, 20))) == ["s002"]


def test_what_was_held_back_waits_while_a_draft_that_has_it_is_not_approved(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    clock.to(22)
    gather(desk, 0, embargo_at=clock.now + timedelta(hours=12))
    gather(desk, 1)
    send(desk, editing.pick_edition(desk, daily, clock.to(22)))
    assert stories_of(editing.pick_edition(desk, daily, clock.to(23))) == ["s000"]  # and nobody approves it
    clock.to(24)
    gather(desk, 2)
    assert stories_of(editing.pick_edition(desk, daily, clock.to(24))) == ["s000", "s002"]


def test_a_story_from_before_the_window_stays_once_an_editor_has_brought_it_in(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    clock.to(22)
    gather(desk, 0, categories=("Chess",))
    gather(desk, 1)
    send(desk, editing.pick_edition(desk, daily, clock.to(22)))
    today = clock.to(23)
    gather(desk, 2)
    edition = editing.pick_edition(desk, daily, today)
    change(desk, edition.id, [Change(verb="pin", story="s000", value={"section": "Sport"})], "Robin")
    assert stories_of(editing.pick_edition(desk, daily, today)) == ["s000", "s002"]


@pytest.mark.parametrize(("day", "is_update"), [(21, True), (22, False)])
def test_an_event_is_remembered_for_fourteen_days(
    desk: Desk, daily: Publication, clock: Clock, day: int, is_update: bool
) -> None:
    clock.to(7)
    gather(desk, 1, title="Norwick harbour opens", dek="Mayor Anna Berg opened the rebuilt harbour of Norwick.")
    send(desk, editing.pick_edition(desk, daily, clock.to(7)))
    today = clock.to(day)
    again = (
        "Mayor Anna Berg opened the rebuilt harbour of Norwick, and divers found cracks of forty metres in its wall."
    )
    gather(desk, 2, title="Norwick harbour opens, its wall cracks", dek=again)
    free = daily.model_copy(update={"edit": daily.edit.model_copy(update={"enough_new": 0.0})})
    picks = editing.pick_edition(desk, free, today).picks
    assert [pick.is_update for pick in picks] == ([True] if is_update else [False])


def test_what_is_approved_or_skipped_by_hand_is_not_drafted_anew(desk: Desk, daily: Publication, clock: Clock) -> None:
    today = clock.to(24)
    gather(desk, 0)
    edition = editing.pick_edition(desk, daily, today)
    editing.approve(desk, edition, "hash", "Robin")
    gather(desk, 1)
    assert stories_of(editing.pick_edition(desk, daily, today)) == ["s000"]
    editing.reopen(desk, edition.id, "Robin")
    assert stories_of(editing.pick_edition(desk, daily, today)) == ["s000", "s001"]
    editing.skip(desk, edition.id, "Robin", "strike")
    assert editing.pick_edition(desk, daily, today).status is EditionStatus.SKIPPED
    assert [line.verb for line in desk.store.editions.revisions(edition.id)] == ["approve", "reopen", "skip"]


def test_a_day_without_stories_is_skipped_until_some_come(desk: Desk, daily: Publication, clock: Clock) -> None:
    today = clock.to(24)
    empty = editing.pick_edition(desk, daily, today)
    assert (empty.status, empty.picks) == (EditionStatus.SKIPPED, ())
    gather(desk, 0)
    assert editing.pick_edition(desk, daily, today).status is EditionStatus.DRAFT


def test_what_changed_while_it_was_looked_at_is_not_approved(desk: Desk, daily: Publication, clock: Clock) -> None:
    today = clock.to(24)
    gather(desk, 0)
    looked_at = editing.pick_edition(desk, daily, today)
    gather(desk, 1)
    editing.pick_edition(desk, daily, today)
    with pytest.raises(EditionError, match="changed while it was looked at"):
        editing.approve(desk, looked_at, "hash", "Robin")


def test_two_drafts_of_one_story_cannot_both_be_approved(desk: Desk, daily: Publication, clock: Clock) -> None:
    clock.to(24)
    gather(desk, 0)
    first = editing.pick_edition(desk, daily, date(2026, 11, 24))
    second = editing.pick_edition(desk, daily, date(2026, 11, 25))
    editing.approve(desk, second, "hash", "Robin")
    with pytest.raises(EditionError, match="which daily-2026-11-25 carries"):
        editing.approve(desk, first, "hash", "Robin")


def test_a_question_waits_for_a_person(desk: Desk, clock: Clock) -> None:
    plan = parse_config(CONFIG + 'min = 2\nwhen_thin = "ask"\n', folder=desk.folder).publication()
    today = clock.to(24)
    gather(desk, 0)
    gather(desk, 1, categories=("Sport",))
    edition = editing.pick_edition(desk, plan, today)
    assert printed(edition)["Sport"] == ["s001"]
    with pytest.raises(ApprovalMissing, match="Sport has 1 story, and wants 2"):
        editing.approve(desk, edition, "hash", "the daily run", by_person=False)
    assert editing.approve(desk, edition, "hash", "Robin").status is EditionStatus.APPROVED


def test_editions_are_found_by_id_or_day(desk: Desk, daily: Publication, clock: Clock) -> None:
    today = clock.to(24)
    gather(desk, 0)
    edition = editing.pick_edition(desk, daily, today)
    assert editing.find_edition(desk) == editing.find_edition(desk, "daily-2026-11-24") == edition
    assert editing.find_edition(desk, None, "daily", "2026-11-24") == edition
    with pytest.raises(EditionError, match="there is no edition daily-2026-11-01"):
        editing.find_edition(desk, None, None, "2026-11-01")
    with pytest.raises(ConfigError, match="no date"):
        editing.find_edition(desk, None, None, "yesterday")


def test_before_midnight_tomorrows_draft_is_named_and_not_guessed(desk: Desk, daily: Publication, clock: Clock) -> None:
    clock.to(24, 20)
    gather(desk, 0)
    tomorrow = date(2026, 11, 25)
    editing.pick_edition(desk, daily, tomorrow)
    with pytest.raises(EditionError, match="no edition daily-2026-11-24, which is today's") as caught:
        editing.find_edition(desk)
    assert "daily-2026-11-25 waits as a draft" in caught.value.advice
    assert "--date 2026-11-25" in caught.value.advice
    assert editing.find_edition(desk, day="2026-11-25").date == tomorrow


def test_where_todays_is_settled_the_draft_of_tomorrow_is_named_to_whoever_would_change_it(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    gather(desk, 0)
    today = editing.pick_edition(desk, daily, clock.to(24))
    send(desk, today)
    clock.to(24, 20)
    gather(desk, 1)
    able = [EditionStatus.DRAFT]
    assert editing.find_edition(desk, able=able).id == today.id
    editing.pick_edition(desk, daily, date(2026, 11, 25))
    assert editing.find_edition(desk).id == today.id
    with pytest.raises(EditionError, match="daily-2026-11-24, which is today's, is sent already") as caught:
        editing.find_edition(desk, able=able)
    assert "daily-2026-11-25 waits as a draft" in caught.value.advice
    assert editing.find_edition(desk, today.id, able=able).id == today.id
    assert editing.find_edition(desk, day="2026-11-24", able=able).id == today.id


def test_a_column_comes_again_with_other_contents_but_a_story_does_not(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    def day(number: int, id_: int, title: str, dek: str) -> list[str]:
        today = clock.to(number)
        gather(desk, id_, title=title, dek=dek, source="wire")
        edition = editing.pick_edition(desk, daily, today)
        if edition.picks:
            send(desk, edition)
        return stories_of(edition)

    assert day(20, 1, "Cartoon of the day", "A cat on a roof.") == ["s001"]
    assert day(21, 2, "Cartoon of the day", "A dog in a boat.") == ["s002"]
    assert day(22, 3, "Cartoon of the day", "A dog in a boat.") == []
    assert day(23, 4, "The council closes seven of its nine libraries", "It is over.") == ["s004"]
    assert day(24, 5, "The council closes seven of its nine libraries", "It was late when it came.") == []


def test_what_editors_taught_about_categories_counts_at_the_next_pick(
    desk: Desk, daily: Publication, clock: Clock
) -> None:
    today = clock.to(24)
    gather(desk, 0, 1)
    assert printed(editing.pick_edition(desk, daily, today)) == {"News": ["s000", "s001"]}
    label_story(desk, "s001", "Sport", "Robin")
    edition = editing.pick_edition(desk, daily, today)
    assert printed(edition) == {"News": ["s000"], "Sport": ["s001"]}
    assert edition.sections[1].picks[0].reason.startswith("an editor says so")
