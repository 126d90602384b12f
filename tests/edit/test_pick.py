from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from broadsheet.config import SectionPlan
from broadsheet.config.policies import EditPolicy, SignalWeights
from broadsheet.edit.candidates import Carried
from broadsheet.edit.revise import Decisions
from broadsheet.model import EditionStatus, Fate
from tests.edit.newsroom import NOON, candidate, draft, printed, publication, reasons, words

NEWS = SectionPlan(category="News", max=3)
SPORT = SectionPlan(category="Sport", max=2)


def test_sections_are_filled_by_category_up_to_their_maximum_with_a_reason_each() -> None:
    made = draft(
        publication(NEWS, SPORT), [candidate(n, categories=("Sport" if n % 2 else "News",)) for n in range(10)]
    )
    assert {name: len(ids) for name, ids in printed(made.edition).items()} == {"News": 3, "Sport": 2}
    assert all("its source says so; number" in pick.reason for pick in made.edition.picks)
    assert len(made.explanations) == 10
    assert made.edition.status is EditionStatus.DRAFT


def test_newest_first_where_the_section_says_so() -> None:
    plan = SectionPlan(category="News", max=3, sort="newest")
    made = draft(publication(plan), [candidate(n) for n in (4, 1, 3, 0, 2)])
    assert printed(made.edition) == {"News": ["s000", "s001", "s002"]}
    times = "the oldest is of 2026-11-24 11:57 UTC, and it of 2026-11-24 11:55 UTC"
    assert reasons(made)["s004"] == f"runner_up: newer stories fill its 3 places: {times}"


def test_the_order_of_input_makes_no_difference() -> None:
    every = [candidate(n, categories=("News", "Sport")[: 1 + n % 2]) for n in range(30)]
    first = draft(publication(NEWS, SPORT), every)
    random.Random(1).shuffle(every)
    assert draft(publication(NEWS, SPORT), every) == first


@pytest.mark.parametrize(
    "changes",
    [{"url": "http://www.example.org/0/?utm_source=x#top"}, {"title": f"“{words(0).title()}” –", "url": None}],
)
def test_exact_duplicates_stand_once_and_are_named_as_other_tellings(changes: dict[str, Any]) -> None:
    made = draft(publication(NEWS), [candidate(0), candidate(50, **changes)])
    assert len(made.edition.picks) == 1
    other = made.edition.picks[0].also_reported_by[0].id
    assert reasons(made)[other].startswith("also_reported: tells the same event as")


def test_a_cluster_stands_once_by_its_best_telling() -> None:
    made = draft(
        publication(NEWS),
        [
            candidate(0, cluster="c"),
            candidate(1, cluster="c", dek="It has a dek."),
            candidate(2, cluster="c", weight=0.5),
        ],
    )
    assert printed(made.edition) == {"News": ["s001"]}
    assert [one.id for one in made.edition.picks[0].also_reported_by] == ["s000", "s002"]


def test_two_that_tell_the_same_stand_once_even_without_a_cluster() -> None:
    told = "Central bank of Norway raises interest rates by half a point to four per cent"
    made = draft(
        publication(NEWS, SectionPlan(category="Sport", min=0)),
        [candidate(0, title=told), candidate(1, title=told + " on Thursday", categories=("Sport",)), candidate(2)],
    )
    assert printed(made.edition) == {"News": ["s000", "s002"]}
    assert "tells the same as s000" in reasons(made)["s001"]


def test_two_clusters_of_one_event_stand_once_by_whatever_telling_gives_them_away() -> None:
    told_twice = "Ferry Perpetua runs aground off Port Ellery"
    candidates = [
        candidate(1, cluster="one", weight=2),
        candidate(2, cluster="one", title=f"{told_twice}, forty people brought ashore"),
        candidate(3, cluster="two", weight=2),
        candidate(4, cluster="two", title=f"{told_twice}; forty people are ashore"),
        candidate(5),
    ]
    assert len(printed(draft(publication(), candidates).edition)["News"]) == 2


@pytest.mark.parametrize(
    "carried", [Carried(stories={"s000": "daily-2026-11-23"}), Carried(urls={"example.org/0": "daily-2026-11-23"})]
)
def test_what_an_earlier_edition_carried_is_never_picked_not_even_by_an_editor(carried: Carried) -> None:
    made = draft(
        publication(NEWS), [candidate(0), candidate(1)], carried=carried, decisions=Decisions(kept={"s000": ""})
    )
    assert printed(made.edition) == {"News": ["s001"]}
    assert "daily-2026-11-23 carries" in reasons(made)["s000"]
    assert "was to stand, but cannot" in made.edition.notes[0]


def test_an_embargo_holds_a_story_for_the_next_edition_and_an_expired_one_is_shut_out() -> None:
    made = draft(
        publication(NEWS),
        [candidate(0, embargo_at=NOON + timedelta(hours=1)), candidate(1, expires_at=NOON - timedelta(hours=1))],
    )
    fates = {one.story: one.fate for one in made.explanations}
    assert fates == {"s000": Fate.HELD, "s001": Fate.SHUT_OUT}
    assert made.edition.status is EditionStatus.SKIPPED


def test_a_source_has_no_more_than_its_cap() -> None:
    plan = SectionPlan(category="News", max=5, per_source=1)
    made = draft(publication(plan), [candidate(n, source="one" if n < 4 else "two") for n in range(6)])
    assert sorted(pick.story.source for pick in made.edition.picks) == ["one", "two"]
    assert "one has its 1 place already" in reasons(made)["s003"]


def test_a_source_has_no_more_than_its_cap_in_the_edition() -> None:
    policy = EditPolicy(per_source=2)
    every = [candidate(n, source="one", categories=("News", "Sport")) for n in range(6)] + [candidate(7, source="two")]
    made = draft(publication(NEWS, SPORT, edit=policy), every)
    assert sorted(pick.story.source for pick in made.edition.picks) == ["one", "one", "two"]


def test_no_source_takes_more_than_half_while_others_wait() -> None:
    plan = SectionPlan(category="News", max=4)
    made = draft(publication(plan), [candidate(n, source="one" if n < 6 else "two") for n in range(8)])
    assert sorted(pick.story.source for pick in made.edition.picks) == ["one", "one", "two", "two"]
    alone = draft(publication(plan), [candidate(n, source="one") for n in range(8)])
    assert len(alone.edition.picks) == 4


def test_no_name_takes_more_than_half_while_others_wait() -> None:
    plan = SectionPlan(category="News", max=4)
    deeds = ("meets farmers about grain subsidies", "names seven judges at appeal courts", "signs nursing pension bill")
    about = [candidate(n, title=f"Yesterday Brzezinska {deed}") for n, deed in enumerate(deeds)]
    flat = EditPolicy(weights=SignalWeights(variety=0))
    made = draft(publication(plan, edit=flat), [*about, *(candidate(n) for n in range(10, 20))])
    assert sum("Brzezinska" in pick.headline for pick in made.edition.picks) == 2
    assert "Brzezinska has 2 of the 4 places already, and others wait" in reasons(made)["s002"]


def test_a_story_that_fits_two_sections_stands_where_it_is_needed() -> None:
    sport = SectionPlan(category="Sport", min=2, max=2)
    both = candidate(0, categories=("News", "Sport"))
    made = draft(
        publication(NEWS, sport), [both, *(candidate(n) for n in (1, 2, 3)), candidate(4, categories=("Sport",))]
    )
    assert printed(made.edition)["Sport"] == ["s000", "s004"]
    assert printed(made.edition)["News"] == ["s001", "s002", "s003"]
    (guest,) = [pick for pick in made.edition.picks if pick.story.id == "s000"]
    assert ", and Sport fits it too; number 1 of 2" in guest.reason


@pytest.mark.parametrize(
    ("policy", "sport", "held", "questions"),
    [("leave out", [], 0, 0), ("short", ["s001"], 0, 0), ("roll over", [], 1, 0), ("ask", ["s001"], 0, 1)],
)
def test_a_thin_section_does_what_its_policy_says(policy: str, sport: list[str], held: int, questions: int) -> None:
    plan = SectionPlan.model_validate({"category": "Sport", "min": 2, "when_thin": policy})
    made = draft(publication(NEWS, plan), [candidate(0), candidate(1, categories=("Sport",))])
    assert printed(made.edition).get("Sport", []) == sport
    assert sum(one.fate is Fate.HELD for one in made.explanations) == held
    assert len(made.edition.questions) == questions
    assert made.edition.notes or made.edition.questions


def test_a_thin_section_is_filled_from_its_neighbours() -> None:
    plan = SectionPlan(category="Sport", min=2, max=2, when_thin="fill", neighbours=("Leisure",))
    every = [candidate(0, categories=("Leisure",)), candidate(1, categories=("Sport",)), candidate(2)]
    made = draft(publication(NEWS, plan), every)
    assert printed(made.edition)["Sport"] == ["s001", "s000"]
    assert made.edition.notes == ("Sport has 1 story, and wants 2; filled up.",)
    assert reasons(made)["s001"].startswith("picked: its source says so; number 1")
    assert reasons(made)["s000"].startswith("picked: Sport is filled up with Leisure: its source says so; number 2")


@pytest.mark.parametrize("sort", ["score", "newest", "feed"])
def test_what_fills_a_section_up_stands_behind_its_own_and_up_to_its_least(sort: str) -> None:
    plan = SectionPlan.model_validate(
        {"category": "Sport", "min": 4, "max": 6, "sort": sort, "when_thin": "fill", "neighbours": ("Leisure",)}
    )
    own = [candidate(n, categories=("Sport",), source="wire") for n in (20, 21, 22)]
    made = draft(publication(NEWS, plan), [*own, *(candidate(n, categories=("Leisure",)) for n in range(8))])
    stood = printed(made.edition)["Sport"]
    assert (set(stood[:3]), len(stood)) == ({"s020", "s021", "s022"}, 4)
    told = [why for why in reasons(made).values() if "Sport is filled up to its 4 stories" in why]
    assert len(told) == 7


def test_where_no_section_has_enough_the_notes_say_which_and_that_they_wait() -> None:
    plan = SectionPlan(category="Sport", min=2, when_thin="roll over")
    made = draft(publication(NEWS, plan), [candidate(0, categories=("Sport",))])
    assert made.edition.notes[0] == "Sport has 1 story, and wants 2; rolled over to the next edition."
    assert made.edition.notes[1].startswith("Nothing to print: no section has enough.")


def test_a_section_that_stays_thin_does_not_say_that_it_was_filled() -> None:
    plan = SectionPlan(category="Sport", min=3, when_thin="fill", neighbours=("Leisure",))
    made = draft(
        publication(NEWS, plan), [candidate(n, categories=(one,)) for n, one in enumerate(("Leisure", "Sport", "News"))]
    )
    assert made.edition.notes[0] == "Sport has 2 stories, and wants 3; left out."
    assert not any("filled" in note for note in made.edition.notes)


@pytest.mark.parametrize(
    ("policy", "status", "picks", "questions"),
    [
        ("skip", EditionStatus.SKIPPED, 3, 0),
        ("short", EditionStatus.DRAFT, 3, 0),
        ("fill", EditionStatus.DRAFT, 5, 0),
        ("ask", EditionStatus.DRAFT, 3, 1),
    ],
)
def test_a_thin_day_does_what_the_policy_says(policy: str, status: EditionStatus, picks: int, questions: int) -> None:
    edit = EditPolicy.model_validate({"min_stories": 5, "when_thin": policy})
    made = draft(publication(NEWS, edit=edit), [candidate(n) for n in range(9)])
    assert (made.edition.status, len(made.edition.picks), len(made.edition.questions)) == (status, picks, questions)
    short = "A thin day: 3 stories of the 5 it takes; printed short."
    assert (short in made.edition.notes) == (policy == "short")
    stretched = [note for note in made.edition.notes if "more than their `max`" in note]
    assert stretched == (["A thin day: sections hold up to 2 more than their `max`."] if policy == "fill" else [])


def test_the_edition_keeps_to_its_size_and_to_the_minimum_of_its_sections() -> None:
    every = [candidate(n, categories=("Sport",) if n > 5 else ("News",)) for n in range(8)]
    made = draft(publication(NEWS, SPORT), every, budget=2)
    assert {name: len(ids) for name, ids in printed(made.edition).items()} == {"News": 1, "Sport": 1}
    assert "the edition holds 2 stories" in reasons(made)["s002"]


def test_the_languages_and_the_age_that_the_policy_names_are_kept() -> None:
    policy = EditPolicy(languages=("en",), max_age_hours=2)
    every = [candidate(0), candidate(1, language="de-AT"), candidate(2, language=""), candidate(180)]
    made = draft(publication(NEWS, edit=policy), every)
    assert printed(made.edition) == {"News": ["s000", "s002"]}
    assert "its language is de-AT" in reasons(made)["s001"]
    assert "more than 2 hours" in reasons(made)["s180"]


def test_a_section_may_take_any_category_after_the_others_have_chosen() -> None:
    rest = SectionPlan(category="*", title="And also")
    made = draft(
        publication(rest, NEWS), [candidate(0), candidate(1, categories=("Chess",)), candidate(2, categories=())]
    )
    assert printed(made.edition) == {"And also": ["s001", "s002"], "News": ["s000"]}


def test_each_signal_counts_and_is_kept_with_its_fact() -> None:
    every = [candidate(n, cluster="c", publisher=f"P{n}", dek="A dek.") for n in range(4)] + [candidate(9)]
    pick = draft(publication(NEWS), every).edition.picks[0]
    facts = {signal.name: signal.fact for signal in pick.signals}
    assert facts["sources"] == "4 sources report it"
    assert facts["freshness"].endswith("min old")
    assert pick.score == pytest.approx(sum(signal.points for signal in pick.signals))
    silent = SignalWeights(freshness=0, sources=0, source=0, position=0, completeness=0, picture=0, variety=0)
    quiet = draft(publication(NEWS, edit=EditPolicy(weights=silent)), every)
    assert quiet.edition.picks[0].signals == ()


def test_the_lead_is_the_best_or_the_first_and_the_subject_follows_it() -> None:
    every = [candidate(0), candidate(1, categories=("Sport",), dek="A dek.")]
    made = draft(publication(NEWS, SPORT), every).edition
    assert (made.lead, made.subject) == ("s001", made.picks[1].headline)
    first = draft(publication(NEWS, SPORT, edit=EditPolicy(lead="first"), subject="{title}: {lead}"), every).edition
    assert (first.lead, first.subject) == ("s000", f"The Daily: {first.picks[0].headline}")
