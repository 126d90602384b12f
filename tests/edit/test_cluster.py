from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.edit.cluster import ClusterIndex, Membership, assign
from broadsheet.model import Story
from tests.edit.stories import FERRY, FIRE, MORNING, OTHERS, make_story

ALL = (*FERRY, *FIRE, *OTHERS)


def clusters(found: dict[str, Membership]) -> dict[str, str]:
    return {story: membership.cluster for story, membership in found.items()}


def test_tellings_of_one_event_share_a_cluster_named_after_the_first() -> None:
    assert clusters(assign(ALL)) == {
        "ferry-1": "ferry-1",
        "ferry-2": "ferry-1",
        "ferry-3": "ferry-1",
        "fire-1": "fire-1",
        "fire-2": "fire-1",
        "rates": "rates",
        "cup": "cup",
    }


def test_the_evidence_names_what_is_shared() -> None:
    told = assign(ALL)["ferry-2"]
    assert told.nearest in ("ferry-1", "ferry-3")
    assert {"aurora", "kalmar"} & set(told.evidence)
    assert 0 < told.score <= 1


def test_a_story_that_stands_alone_has_no_evidence() -> None:
    assert assign(ALL)["cup"] == Membership(cluster="cup")


def test_the_order_of_input_makes_no_difference() -> None:
    expected = assign(ALL)
    for order in list(permutations(ALL))[::97]:
        assert assign(order) == expected


def test_new_stories_join_known_clusters_which_keep_their_ids() -> None:
    known = [(FERRY[0], "event-7"), (FIRE[0], "event-9")]
    found = clusters(assign((*FERRY[1:], *FIRE[1:], *OTHERS), known))
    assert found == {"ferry-2": "event-7", "ferry-3": "event-7", "fire-2": "event-9", "rates": "rates", "cup": "cup"}


def test_adding_day_by_day_keeps_what_was_placed() -> None:
    index = ClusterIndex()
    first = clusters(index.add(ALL[:1]))
    second = clusters(index.add(ALL[1:]))
    assert first == {"ferry-1": "ferry-1"}
    assert second["ferry-2"] == second["ferry-3"] == "ferry-1"
    assert index.cluster_of("fire-2") == "fire-1"
    assert index.cluster_of("nobody") is None


def test_a_story_that_was_placed_before_stays_where_it_is() -> None:
    index = ClusterIndex([(FERRY[0], "event-7")])
    assert clusters(index.add(FERRY)) == {"ferry-1": "event-7", "ferry-2": "event-7", "ferry-3": "event-7"}


def test_two_known_clusters_are_never_joined() -> None:
    known = [(FERRY[0], "a"), (FERRY[1], "b")]
    assert clusters(assign(FERRY[2:], known))["ferry-3"] in ("a", "b")


def test_the_same_words_in_two_languages_are_two_clusters() -> None:
    german = replace(FERRY[0], id="german", language="de")
    assert clusters(assign((FERRY[0], german))) == {"ferry-1": "ferry-1", "german": "german"}


def test_languages_are_kept_apart_where_none_is_declared() -> None:
    german = make_story(
        "de",
        "Fähre Aurora Queen läuft vor Kalmar auf Grund",
        "Die Fähre ist in der Nacht vor Kalmar auf Grund gelaufen; alle 214 Passagiere sind an Land.",
        language="",
    )
    english = replace(FERRY[0], language="")
    assert len(set(clusters(assign((german, english))).values())) == 2


def test_a_year_apart_is_another_event() -> None:
    later = FERRY[1].published_at + timedelta(days=365)
    again = replace(FERRY[1], id="again", published_at=later, first_seen_at=later)
    assert clusters(assign((*FERRY, again)))["again"] == "again"


def test_stories_without_any_words_stand_alone() -> None:
    empty = [make_story(f"empty-{number}", title) for number, title in enumerate(("", "!!!", "the of"))]
    assert len(set(clusters(assign(empty)).values())) == 3


def test_unrelated_stories_of_one_town_stay_apart() -> None:
    town = [
        make_story("bakery", "Bakery opens its third shop in Tarrowby", "The Tarrowby baker will hire nine people."),
        make_story("clinic", "Tarrowby clinic drops its app", "Patients in Tarrowby may call the clinic again."),
        make_story("chess", "Tarrowby chess club goes up a league", "It is the first time since 1987, the club said."),
        make_story("fish", "Fish auction goes online", "Three in four bids at Tarrowby harbour come by telephone."),
        make_story(
            "budget-1",
            "Council passes harbour budget by one vote",
            "Tarrowby council voted 12 to 11 for a levy on cruise ships to pay for the north quay.",
        ),
        make_story(
            "budget-2",
            "One vote carries harbour budget in Tarrowby",
            "A levy on cruise ships will pay for the north quay, the council decided by 12 votes to 11.",
            source="gazette",
        ),
    ]
    found = clusters(assign((*town, *OTHERS)))
    assert found["budget-1"] == found["budget-2"]
    assert len(set(found.values())) == len(town) + len(OTHERS) - 1


def test_one_persons_name_alone_joins_nothing() -> None:
    senator = [
        make_story("a", "Ines Okafor Varga opens a bridge", "Senator Ines Okafor Varga spoke in Lisbon on Friday."),
        make_story("b", "Ines Okafor Varga loses her seat belt case", "A judge in Lisbon fined Ines Okafor Varga."),
    ]
    assert clusters(assign((*senator, *OTHERS)))["b"] == "b"


VOCABULARY = ["ferry", "Kalmar", "Aurora", "rocks", "bank", "rates", "cup", "Rovers", "fire", "214", "hall"]
words = st.lists(st.sampled_from(VOCABULARY), max_size=12)


@st.composite
def newsrooms(draw: st.DrawFn) -> list[Story]:
    titles = draw(st.lists(words, min_size=1, max_size=12))
    hours = draw(st.lists(st.integers(0, 400), min_size=len(titles), max_size=len(titles)))
    languages = draw(st.lists(st.sampled_from(["en", "de", ""]), min_size=len(titles), max_size=len(titles)))
    return [
        make_story(f"s{n}", " ".join(title), hours=hour, language=language)
        for n, (title, hour, language) in enumerate(zip(titles, hours, languages, strict=True))
    ]


@settings(max_examples=60, deadline=None)
@given(newsrooms(), st.randoms(use_true_random=False))
def test_any_newsroom_in_any_order_gives_the_same_clusters(stories: list[Story], chance: Random) -> None:
    expected = assign(stories)
    shuffled = list(stories)
    chance.shuffle(shuffled)
    assert assign(shuffled) == expected
    assert set(expected) == {story.id for story in stories}


@settings(max_examples=40, deadline=None)
@given(words.filter(lambda title: len(set(title)) >= 2), st.integers(0, 48))
def test_the_same_story_twice_is_one_cluster(title: list[str], hours: int) -> None:
    twins = [make_story("a", " ".join(title)), make_story("b", " ".join(title), hours=hours)]
    assert clusters(assign((*twins, *OTHERS)))["b"] == "a"


def test_the_first_story_is_the_one_first_published() -> None:
    late_id_first = replace(FERRY[0], id="zz")
    assert clusters(assign((FERRY[1], late_id_first)))["ferry-2"] == "zz"
    assert late_id_first.published_at == MORNING
