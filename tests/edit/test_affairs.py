"""One affair told from several sides: what the day's other stories have in common with two of them joins the two."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from broadsheet.config import SectionPlan
from broadsheet.edit.affairs import Affairs
from broadsheet.edit.candidates import Candidate
from broadsheet.edit.events import Event
from broadsheet.edit.likeness import Likeness
from broadsheet.edit.revise import Decisions
from tests.edit.newsroom import NOON, candidate, draft, printed, publication, reasons, words

CORE = words(60)
NEWS, ELSEWHERE = SectionPlan(category="News"), SectionPlan(category="Elsewhere", max=1, sort="newest")


def telling(number: int, title: str, **changes: Any) -> Candidate:
    """Tell of the affair, in some words of one's own."""
    return candidate(number, **{"title": f"{CORE} {title}", "source": f"paper {number}", **changes})


def affair(**changes: Any) -> list[Candidate]:
    """Make a report, the same paper's analysis of it, and three stories of other papers that have words of both."""
    report, analysis = words(71), words(81)
    one_paper: dict[str, Any] = {"source": "paper 1", **changes}
    return [
        telling(1, f"{report} {words(72)} {words(73)[:13]}", **one_paper),
        telling(2, f"{analysis} {words(82)} {words(83)[:13]}", **one_paper),
        *(telling(n, f"{report} {analysis}", **{"categories": ("Elsewhere",), **changes}) for n in (3, 4, 5)),
    ]


def bond(made: list[Candidate], *, alone: bool = False) -> object:
    """Find the bond of the first two, each an event of its own, among all or among themselves."""
    events = [Event(telling=one) for one in (made[:2] if alone else made)]
    return Affairs(events, Likeness()).bond(events[0], events[1])


def test_a_report_and_its_analysis_do_not_both_stand_and_the_reason_says_what_shows_it() -> None:
    # A newer story takes the only place that those between them ask for: they are known, but not printed.
    made = draft(publication(NEWS, ELSEWHERE), [*affair(), candidate(0, categories=("Elsewhere",))])
    assert printed(made.edition) == {"News": ["s001"], "Elsewhere": ["s000"]}
    why = reasons(made)["s002"]
    assert why.startswith("runner_up: is one affair with s001: 5 stories have ")
    assert all(word in why for word in CORE.split())


def test_an_editor_who_wants_both_has_both() -> None:
    wanted = Decisions(kept={"s001": "News", "s002": "News"})
    made = draft(publication(NEWS, ELSEWHERE), [*affair(), candidate(0, categories=("Elsewhere",))], decisions=wanted)
    assert printed(made.edition)["News"] == ["s001", "s002"]


def test_without_others_between_them_the_two_are_two() -> None:
    assert bond(affair()) is not None
    assert bond(affair(), alone=True) is None


@pytest.mark.parametrize(
    "changes",
    [{"source": "one paper"}, {"publisher": "One House"}, {"dated": False}],
    ids=["one source", "one publisher", "no dates"],
)
def test_one_publisher_or_stories_without_dates_make_no_affair(changes: dict[str, Any]) -> None:
    assert bond(affair(**changes)) is None


def test_what_comes_days_later_is_news_of_its_own() -> None:
    made = affair()
    later = replace(made[1], story=replace(made[1].story, published_at=NOON - timedelta(days=3)))
    assert bond([made[0], later, *made[2:]]) is None


def test_names_alone_make_no_affair() -> None:
    def named(one: Candidate) -> Candidate:
        return replace(one, story=replace(one.story, title=f"of {one.story.title.replace(CORE, CORE.title())}"))

    assert bond([named(one) for one in affair()]) is None
