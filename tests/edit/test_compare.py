from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.edit.compare import differences
from broadsheet.model import Edition, Section
from tests.edit.newsroom import candidate, draft, publication, story, words

IDS = [f"s{number:03}" for number in range(5)]
OLD = draft(publication(), [candidate(number) for number in range(5)]).edition


def arranged(*ids: str, **changes: object) -> Edition:
    """Print stories in another order; `changes` are those of the first one's pick."""
    known = {pick.story.id: pick for pick in OLD.picks}
    picks = [replace(known[one], position=place) for place, one in enumerate(ids, 1)]
    picks[0] = replace(picks[0], **changes)  # type: ignore[arg-type]  # fields of a pick, by name
    return replace(OLD, sections=(Section(title="News", category="News", picks=tuple(picks)),))


def test_who_moves_up_because_another_went_out_has_not_moved() -> None:
    assert differences(OLD, arranged(*IDS[1:])) == (f"- News 1: {words(0)} (s000)",)


def test_one_story_that_was_moved_is_one_line() -> None:
    assert differences(OLD, arranged(*IDS[1:], IDS[0])) == (f"> News 1 to 5: {words(0)} (s000)",)
    assert differences(OLD, arranged(IDS[1], IDS[0], *IDS[2:])) == (f"> News 1 to 2: {words(0)} (s000)",)


def test_what_else_is_printed_with_a_story_is_told_with_its_headline() -> None:
    new = arranged(*IDS, headline="Ours", is_update=True, also_reported_by=(story(20), story(25), story(21)))
    assert differences(OLD, new) == (
        f"~ News 1: Ours (s000), headline: {words(0)} -> Ours",
        "~ News 1: Ours (s000), label: (none) -> Update",
        "~ News 1: Ours (s000), also reported by: (none) -> source0, source1",
    )


@given(st.permutations(IDS))
def test_the_moves_that_are_told_are_the_fewest_and_none_where_nothing_moved(order: list[str]) -> None:
    moved = [line.rpartition("(")[2][:-1] for line in differences(OLD, arranged(*order))]
    staying = [one for one in order if one not in moved]
    assert staying == sorted(staying)
    assert all(
        [one for one in order if one not in fewer] != sorted(one for one in order if one not in fewer)
        for fewer in ([*moved[:place], *moved[place + 1 :]] for place in range(len(moved)))
    )
