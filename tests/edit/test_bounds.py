"""Where a rule of picking begins and ends: each bound from both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broadsheet.config import SectionPlan
from broadsheet.config.policies import EditPolicy, SignalWeights
from broadsheet.edit.candidates import Carried, text_key, title_key
from broadsheet.edit.revise import Decisions, Place
from broadsheet.model import EditionStatus, Fate, Image
from tests.edit.newsroom import NOON, candidate, draft, printed, publication, reasons, story, words

MOMENT = timedelta(microseconds=1)
FLAT = SignalWeights(freshness=0, sources=0, source=0, position=0, completeness=0, picture=0, variety=0)


@pytest.mark.parametrize(
    ("hours", "stands"), [({"embargo_at": NOON - MOMENT}, True), ({"embargo_at": NOON}, False),
                          ({"expires_at": NOON}, True), ({"expires_at": NOON - MOMENT}, False)]
)  # fmt: skip
def test_an_embargo_ends_and_a_story_expires_to_the_moment(hours: dict[str, Any], stands: bool) -> None:
    assert bool(draft(publication(), [candidate(0, **hours)]).edition.picks) == stands


def test_age_counts_to_the_moment_from_the_newest_story_and_never_for_an_undated_one() -> None:
    plan = publication(edit=EditPolicy(max_age_hours=24))
    newest = NOON - timedelta(days=30)
    made = draft(
        plan,
        [
            candidate(0, published_at=newest),
            candidate(1, published_at=newest - timedelta(hours=24)),
            candidate(2, published_at=newest - timedelta(hours=24) - MOMENT),
            candidate(3, published_at=newest - timedelta(days=99), dated=False),
        ],
    )
    assert sorted(pick.story.id for pick in made.edition.picks) == ["s000", "s001", "s003"]


@pytest.mark.parametrize(("stories", "status"), [(2, EditionStatus.SKIPPED), (3, EditionStatus.DRAFT)])
def test_a_day_is_thin_below_its_minimum_only(stories: int, status: EditionStatus) -> None:
    plan = publication(edit=EditPolicy(min_stories=3))
    every = [candidate(n) for n in range(stories)]
    assert draft(plan, every).edition.status is status
    assert draft(plan, every, decisions=Decisions(goes_out=True)).edition.status is EditionStatus.DRAFT


@pytest.mark.parametrize(("stories", "stands"), [(1, 0), (2, 2)])
def test_a_section_is_thin_below_its_minimum_only(stories: int, stands: int) -> None:
    plan = publication(SectionPlan(category="News", min=2))
    assert len(draft(plan, [candidate(n) for n in range(stories)]).edition.picks) == stands


def test_a_stretched_edition_grows_to_its_minimum_and_no_further() -> None:
    plan = publication(SectionPlan(category="News", max=2), edit=EditPolicy(min_stories=3, when_thin="fill"))
    assert len(draft(plan, [candidate(n) for n in range(9)]).edition.picks) == 3


@pytest.mark.parametrize("pinned", [False, True])
def test_an_edition_over_its_size_loses_its_lowest_and_no_pinned_story(pinned: bool) -> None:
    every = [candidate(n) for n in range(5)]
    kept = Decisions(kept={"s004": "News"} if pinned else {})
    for plan, budget in ((publication(edit=EditPolicy(max_stories=2)), 0), (publication(), 2)):
        made = draft(plan, every, decisions=kept, budget=budget)
        assert sorted(pick.story.id for pick in made.edition.picks) == (
            ["s000", "s004"] if pinned else ["s000", "s001"]
        )


def test_pinned_stories_count_towards_a_section_and_are_never_turned_away_as_alike() -> None:
    plan = publication(SectionPlan(category="News", max=3))
    pinned = Decisions(kept={"s008": "News", "s009": ""})
    twin: dict[str, Any] = {
        "title": "Norwick harbour opens after storm",
        "dek": "Mayor Berg opened Norwick harbour after the storm.",
    }
    every = [
        candidate(0, **twin),
        candidate(1),
        candidate(2),
        candidate(8, **twin, url="https://x.example/8"),
        candidate(9),
    ]
    stood = [pick.story.id for pick in draft(plan, every, decisions=pinned).edition.picks]
    assert (len(stood), {"s008", "s009"} <= set(stood)) == (3, True)
    assert "s000" not in stood
    both = draft(plan, every, decisions=Decisions(kept={"s000": "News", "s008": "News"}))
    assert {"s000", "s008"} <= {pick.story.id for pick in both.edition.picks}


def test_a_pinned_story_stands_in_its_section_and_place_whatever_its_category_language_and_age() -> None:
    sport = SectionPlan(category="Sport")
    plan = publication(SectionPlan(category="News"), sport, edit=EditPolicy(languages=("en",), max_age_hours=1))
    stranger = candidate(9, language="de", published_at=NOON - timedelta(days=3))
    decisions = Decisions(
        kept={"s009": "Sport"},
        places=(Place(story="s009", section="Sport", position=1),),
        texts={"s009": {"dek": "Ours."}},
    )
    made = draft(plan, [candidate(0), candidate(1, categories=("Sport",)), stranger], decisions=decisions)
    assert printed(made.edition)["Sport"] == ["s009", "s001"]
    assert next(pick.dek for pick in made.edition.picks if pick.story.id == "s009") == "Ours."


def test_a_dropped_telling_takes_its_event_with_it_whichever_would_be_printed() -> None:
    event = [candidate(n, cluster="c", weight=1.0 + n) for n in range(3)]
    for dropped in ("s000", "s002"):
        made = draft(publication(), event, decisions=Decisions(dropped={dropped: "Robin"}))
        assert printed(made.edition) == {}
        assert "Robin dropped" in reasons(made)["s001"]


def test_likeness_costs_points_in_a_section_and_beside_another() -> None:
    first: dict[str, Any] = {
        "title": "Norwick harbour opens",
        "dek": "Mayor Berg opened the rebuilt harbour of Norwick on Tuesday.",
    }
    like: dict[str, Any] = {
        "title": "Norwick council plants lime trees",
        "dek": "Gardeners bring four hundred young limes to its avenues.",
    }
    alike = candidate(1, **like)
    other = candidate(2, dek="A dek.")
    heavy = publication(SectionPlan(category="News", max=2), edit=EditPolicy(weights=SignalWeights(variety=9)))
    assert printed(draft(heavy, [candidate(0, **first), alike, other]).edition) == {"News": ["s000", "s002"]}
    flat = publication(SectionPlan(category="News", max=2), edit=EditPolicy(weights=SignalWeights(variety=0)))
    assert printed(draft(flat, [candidate(0, **first), alike, other]).edition) == {"News": ["s000", "s001"]}
    weights = SignalWeights(variety=9)
    apart = publication(
        SectionPlan(category="News"), SectionPlan(category="Sport", max=1), edit=EditPolicy(weights=weights)
    )
    elsewhere = [candidate(1, **like, categories=("Sport",)), candidate(2, dek="A dek.", categories=("Sport",))]
    assert printed(draft(apart, [candidate(0, **first), *elsewhere]).edition)["Sport"] == ["s002"]


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("freshness", {"published_at": NOON - timedelta(hours=1)}, {"published_at": NOON - timedelta(hours=9)}),
        ("position", {"position": 0}, {"position": 5}),
        ("completeness", {"dek": "A dek."}, {}),
        ("source", {"weight": 2.0}, {"weight": 1.0}),
        ("picture", {"image": Image(url="https://example.org/1.jpg")}, {}),
    ],
)
def test_each_signal_alone_decides(name: str, better: dict[str, Any], worse: dict[str, Any]) -> None:
    weights = FLAT.model_copy(update={name: 1.0})
    plan = publication(SectionPlan(category="News", max=1), edit=EditPolicy(weights=weights))
    for one, other in ((1, 2), (2, 1)):
        made = draft(plan, [candidate(one, **better), candidate(other, **worse)])
        assert printed(made.edition) == {"News": [f"s{one:03}"]}


@pytest.mark.parametrize(("sort", "stood"), [("score", "s003"), ("newest", "s001"), ("feed", "s002")])
def test_a_section_is_sorted_as_it_says_whatever_the_scores(sort: str, stood: str) -> None:
    plan = SectionPlan.model_validate({"category": "News", "max": 1, "sort": sort})
    every = [candidate(1, position=9), candidate(2, position=0, published_at=NOON - timedelta(days=2))]
    best = candidate(3, position=3, dek="A dek.", image=Image(url="https://example.org/1.jpg"), weight=4.0)
    assert printed(draft(publication(plan), [*every, best]).edition) == {"News": [stood]}


def test_equal_tellings_and_what_cannot_stand_come_in_one_order_whatever_came_first() -> None:
    same: dict[str, Any] = {"published_at": NOON - timedelta(hours=1), "cluster": "c"}
    gone: dict[str, Any] = {"expires_at": NOON - timedelta(hours=1)}
    every = [candidate(1, **same), candidate(2, **same), candidate(3, **gone), candidate(4, **gone)]
    kept = Decisions(kept={"s003": "News", "s004": "News"})
    first = draft(publication(), every, decisions=kept)
    assert printed(first.edition) == {"News": ["s001"]}
    assert len(first.edition.notes) == 2
    assert draft(publication(), every[::-1], decisions=kept) == first


def test_a_sections_own_stories_that_crowd_it_come_before_what_fills_it_up() -> None:
    plan = SectionPlan.model_validate(
        {"category": "Sport", "min": 4, "max": 4, "when_thin": "fill", "neighbours": ["Leisure"]}
    )
    own = [candidate(n, categories=("Sport",), source="wire") for n in (20, 21, 22)]
    made = draft(publication(plan), [*own, *(candidate(n, categories=("Leisure",)) for n in range(3))])
    assert sorted(printed(made.edition)["Sport"]) == ["s000", "s020", "s021", "s022"]


def test_many_sources_and_a_boost_decide_too() -> None:
    plan = publication(
        SectionPlan(category="News", max=1), edit=EditPolicy(weights=FLAT.model_copy(update={"sources": 1.0}))
    )
    told_twice = [candidate(2, cluster="c", source="a"), candidate(3, cluster="c", source="b")]
    stood = printed(draft(plan, [candidate(1), *told_twice]).edition)["News"]
    assert stood in (["s002"], ["s003"])
    flat = publication(SectionPlan(category="News", max=1), edit=EditPolicy(weights=FLAT))
    made = draft(flat, [candidate(1), candidate(2)], decisions=Decisions(boosts={"s002": 0.5}))
    assert printed(made.edition) == {"News": ["s002"]}


def test_a_best_source_that_comes_late_in_the_order_is_still_in_the_running() -> None:
    plan = publication(SectionPlan(category="News", max=2, per_source=1))
    crowd = [candidate(n, source="north") for n in range(60)]
    made = draft(plan, [*crowd, candidate(90, source="south")])
    assert printed(made.edition) == {"News": ["s000", "s090"]}


def test_who_is_turned_away_as_alike_leaves_the_place_to_the_next_of_the_order_and_of_the_source() -> None:
    twin: dict[str, Any] = {"title": "Norwick harbour opens after storm", "dek": "Mayor Berg opened Norwick harbour."}
    every = [
        candidate(0, **twin, source="south"),
        candidate(1, **twin | {"title": "After storm, Norwick opens harbour"}, source="north"),
        candidate(2, source="north"),
        candidate(3, source="west"),
    ]
    plan = publication(SectionPlan(category="News", max=2))
    assert printed(draft(plan, every).edition) == {"News": ["s000", "s002"]}


def test_a_thin_section_is_not_helped_out_at_the_cost_of_another() -> None:
    plan = publication(SectionPlan(category="News", min=2), SectionPlan(category="Sport", min=2))
    both = [candidate(n, categories=("News", "Sport")) for n in (0, 1)]
    made = draft(plan, [*both, candidate(2, categories=("Sport",))])
    assert printed(made.edition) == {"News": ["s000", "s001"]}


def test_a_rolled_over_story_is_held_and_stands_nowhere_else() -> None:
    plan = publication(
        SectionPlan(category="Sport", min=2, when_thin="roll over"), SectionPlan(category="*", title="Rest")
    )
    made = draft(plan, [candidate(0, categories=("Sport",)), candidate(1)])
    assert printed(made.edition) == {"Rest": ["s001"]}
    assert [one.story for one in made.explanations if one.fate is Fate.HELD] == ["s000"]


def test_the_nearest_neighbour_fills_first() -> None:
    plan = SectionPlan.model_validate(
        {"category": "Sport", "min": 1, "max": 1, "when_thin": "fill", "neighbours": ["Leisure", "Arts"]}
    )
    also = SectionPlan.model_validate(
        {"category": "Chess", "min": 1, "max": 1, "when_thin": "fill", "neighbours": ["Arts", "Leisure"]}
    )
    both = [candidate(0, categories=("Arts",)), candidate(1, categories=("Leisure",))]
    assert printed(draft(publication(plan), both).edition) == {"Sport": ["s001"]}
    made = draft(publication(plan, also), [candidate(0, categories=("Arts",)), candidate(1, categories=("Leisure",))])
    assert printed(made.edition) == {"Sport": ["s001"], "Chess": ["s000"]}


def test_a_title_that_was_carried_is_told_from_a_columns() -> None:
    title = title_key(words(0))
    again = Carried(titles={title: "daily-2026-11-23"})
    assert printed(draft(publication(), [candidate(0)], carried=again).edition) == {}
    column = Carried(
        titles={title: "daily-2026-11-23"}, texts={title: frozenset({("source0", text_key(story(0, dek="Else.")))})}
    )
    assert printed(draft(publication(), [candidate(0, dek="New.")], carried=column).edition) == {"News": ["s000"]}
    assert printed(draft(publication(), [candidate(0, dek="New.", source="other")], carried=column).edition) == {}
