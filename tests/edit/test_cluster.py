from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.edit.cluster import ClusterIndex, Membership, assign
from broadsheet.model import Story
from tests.edit.stories import FERRY, FIRE, MORNING, OTHERS, make_story

DAYS_LATER = 21
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


def test_a_series_is_not_one_event() -> None:
    series = {
        "tweets": ("The 20 funniest tweets of the week ({} to {})", "A cat that sat on {}, and other tweets we liked."),
        "morning": ("Morning briefing", "Good morning. {} is the word of the day, and {} is the colour."),
        "live": ("Harbour strike live: {}", "Follow what happens today, as {} meets {}."),
        "obituary": ("Obituary: a life for {}", "{} was born in a small town and loved {} above all else."),
        "result": ("Rovers {}, match report", "The match against {} ended as {} had hoped."),
    }
    words = ("quartz", "lantern", "walrus", "turbine", "saffron", "kestrel", "granite", "orchid")
    for name, (title, text) in series.items():
        instalments = [
            make_story(
                f"{name}-{day}",
                title.format(words[day], day + 7),
                text.format(words[day], words[day + 4]),
                hours=24 * day,
            )
            for day in range(4)
        ]
        assert len(set(clusters(assign((*instalments, *OTHERS))).values())) == 4 + len(OTHERS), name


def test_posts_of_one_blog_on_its_subject_are_not_one_event() -> None:
    posts = [
        make_story(
            "video",
            "Why you need to focus on video marketing",
            "Visual content works: those who sell online reach more readers with a film than with a text. Here is what "
            "a small firm can do about it in a year, without a studio, and what it costs on Facebook.",
        ),
        make_story(
            "recap",
            "Social media in review",
            "What do we know of social media marketing, and how did it change? A look back at new buttons, live films, "
            "vanishing pictures and content that went round the world, with the figures of every large network.",
        ),
        make_story(
            "apps",
            "The best apps to edit pictures for social media",
            "Visual content is half of what people share on social networks. These thirteen apps crop, colour and cut "
            "on a phone, most of them free, and two of them put a filter over a film before it goes to Facebook.",
        ),
    ]
    assert len(set(clusters(assign((*posts, *OTHERS))).values())) == len(posts) + len(OTHERS)


def test_news_goes_on_in_one_source_from_day_to_day() -> None:
    first = make_story(
        "day-1", "Ferry aground off Kalmar: ten hurt",
        "The Aurora Queen struck rocks at full speed; lifeboats from Oskarshamn took the passengers ashore, and the "
        "captain, a Dane, was questioned by the coast guard about his course past the lighthouse.",
    )  # fmt: skip
    second = make_story(
        "day-2", "Ferry aground off Kalmar: twelve hurt",
        "Two more passengers of the Aurora Queen were taken to hospital in Oskarshamn. The coast guard says that the "
        "captain had left his course past the lighthouse before the ferry struck the rocks.",
        hours=24,
    )  # fmt: skip
    assert clusters(assign((first, second, *OTHERS)))["day-2"] == "day-1"


def test_other_languages_and_scripts_are_clustered_too() -> None:
    pairs = {
        "de": (
            (
                "Fähre „Aurora Queen“ läuft vor Kalmar auf Grund",
                "Alle 214 Fahrgäste der Fähre sind an Land; der Kapitän wird verhört.",
            ),
            (
                "Kapitän der Aurora Queen nach Unglück bei Kalmar verhört",
                "Die Fähre war mit 214 Fahrgästen auf Grund gelaufen.",
            ),
            ("Rathaus in Köln wird saniert", "Die Arbeiten am Kölner Rathaus sollen vier Jahre dauern."),
        ),
        "fr": (
            (
                "Un ferry s'échoue près de Kalmar, 214 passagers évacués",
                "Le ferry Aurora Queen s'est échoué sur des rochers ; les passagers sont sains et saufs.",
            ),
            (
                "Aurora Queen : le capitaine du ferry échoué entendu",
                "Le ferry s'était échoué près de Kalmar avec 214 passagers à bord.",
            ),
            ("La mairie de Lyon rénove ses écoles", "Les travaux dureront quatre ans, selon la mairie."),
        ),
        "es": (
            (
                "Encalla un transbordador cerca de Kalmar con 214 pasajeros",
                "El transbordador Aurora Queen encalló en unas rocas; todos los pasajeros están a salvo.",
            ),
            (
                "Interrogan al capitán del transbordador que encalló en Kalmar",
                "El Aurora Queen llevaba 214 pasajeros cuando encalló.",
            ),
            ("Sevilla reforma su mercado central", "Las obras del mercado durarán cuatro años."),
        ),
        "ar": (
            ("جنوح عبارة قرب كالمار وإجلاء 214 راكبا", "جنحت العبارة أورورا كوين على الصخور ونقل الركاب إلى الشاطئ."),
            (
                "استجواب قبطان العبارة أورورا كوين بعد جنوحها قرب كالمار",
                "كانت العبارة تقل 214 راكبا عندما جنحت على الصخور.",
            ),
            ("بلدية تونس تجدد مدارسها", "تستمر أعمال التجديد أربع سنوات."),
        ),
        "ja": (
            (
                "カルマル沖でフェリー座礁、乗客214人救助",
                "フェリー「オーロラ・クイーン」が岩礁に乗り上げ、乗客は全員救助された。",
            ),
            (
                "座礁フェリーの船長を聴取　カルマル沖",
                "オーロラ・クイーンの船長から沿岸警備隊が事情を聴いた。乗客214人は無事。",
            ),
            ("札幌市、学校の改修を開始", "工事は四年かかる見込みだという。"),
        ),
    }
    for declared in (True, False):
        for language, told in pairs.items():
            stories = [
                make_story(f"{language}-{n}", *texts, source=f"paper-{n}", language=language if declared else "")
                for n, texts in enumerate(told)
            ]
            found = clusters(assign(stories))
            assert found[f"{language}-1"] == f"{language}-0", language
            assert found[f"{language}-2"] == f"{language}-2", language


def test_a_year_apart_is_another_event() -> None:
    later = FERRY[1].published_at + timedelta(days=365)
    again = replace(FERRY[1], id="again", published_at=later, first_seen_at=later)
    assert clusters(assign((*FERRY, again)))["again"] == "again"


ARTICLES = (
    (
        "Ferry Aurora Queen runs aground off Kalmar",
        "The ferry Aurora Queen ran aground on a reef outside Kalmar on Monday night with 214 passengers aboard."
        " Lifeboats and two helicopters took everybody off within three hours, the coastguard said. Captain Nils"
        " Bergman told reporters that the rudder had stopped answering shortly before midnight. Divers will examine a"
        " torn hull plate near the engine room, and a salvage tug from Oskarshamn is expected to pull the vessel"
        " free at high water.",
    ),
    (
        "Inquiry opens into Aurora Queen grounding",
        "Investigators have begun to question the crew of the Aurora Queen, the ferry that struck a reef near Kalmar."
        " All 214 passengers were rescued by lifeboats and helicopters. The captain, Nils Bergman, says the rudder"
        " failed; the coastguard wants to see the maintenance log. Divers found that the hull plate had torn beside"
        " the engine room, and a tug from Oskarshamn has since brought the vessel to a dry dock, where insurers wait.",
    ),
)


@pytest.mark.parametrize(
    ("sources", "whole", "joined"),
    [(("courier", "ledger"), True, True), (("courier", "ledger"), False, False), (("courier", "courier"), True, False)],
)
def test_articles_of_two_papers_may_lie_further_apart_than_headlines_or_one_papers_own(
    sources: tuple[str, str], whole: bool, joined: bool
) -> None:
    one, other = (
        make_story(f"telling-{number}", title, text if whole else "", source=source)
        for number, ((title, text), source) in enumerate(zip(ARTICLES, sources, strict=True))
    )
    later = one.published_at + timedelta(days=DAYS_LATER)
    found = clusters(assign((one, replace(other, published_at=later, first_seen_at=later))))
    assert (found["telling-1"] == "telling-0") is joined


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
