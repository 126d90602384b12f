from __future__ import annotations

import json
from dataclasses import replace

import pytest

from broadsheet.config.categories import Category
from broadsheet.edit.categorise import Categoriser, Verdict, topic_owners
from broadsheet.edit.classifier import Classifier, Labelled, Text
from broadsheet.edit.familiarity import Familiarity
from broadsheet.edit.topics import shipped_topics
from tests.edit.stories import make_story

WANTED = ("Politics", "Business", "Sport", "Tech")
RULES = {
    "Business": Category(aliases=("City pages",), urls=("/kontor/",)),
    "Economy": Category(within="Business", keywords=("interest rates", "Central Bank")),
}
PLAIN = make_story("s", "A quiet day in Ludlow", url=None)


def categoriser(**more: object) -> Categoriser:
    options: dict[str, object] = {"rules": RULES} | more
    return Categoriser(WANTED, **options)  # type: ignore[arg-type]  # each test names real options


def with_classifier(**more: object) -> Categoriser:
    owners = topic_owners((*WANTED, *RULES), RULES)
    return categoriser(classifier=Classifier.of(owners, shipped_topics()), **more)


def test_an_editors_word_beats_everything() -> None:
    story = make_story("s", "Interest rates rise", categories=("Sports",), source="bourse")
    verdict = categoriser(editors={"s": "Politics"}, sources={"bourse": "Business"}).categorise(story)
    assert verdict == Verdict(category="Politics", confidence=1.0, reason="an editor says so")


def test_the_sources_category_comes_before_the_feeds() -> None:
    story = make_story("s", "Interest rates rise", categories=("Sports",), source="bourse")
    verdict = categoriser(sources={"bourse": "business"}).categorise(story)
    assert (verdict.category, verdict.reason) == ("Business", "all of bourse is business")


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Business", "Business"),
        ("economy", "Economy"),
        ("Companies", "Business"),
        ("CITY PAGES", "Business"),
        ("Sports", "Sport"),
        ("Football", "Sport"),
        ("Technology News", "Tech"),
        ("Sci/Tech", "Tech"),
        ("Élections", "Politics"),
    ],
)
def test_a_feeds_category_is_understood_by_its_usual_names(name: str, category: str) -> None:
    story = make_story("s", "A quiet day", categories=("Ludlow", name), url=None)
    assert categoriser().categorise(story).category == category


def test_a_topic_no_section_asks_for_is_put_nowhere() -> None:
    story = make_story("s", "Interest rates and the opera", categories=("Arts & Culture",))
    verdict = with_classifier().categorise(story)
    assert verdict.category == ""
    assert "no section asks for" in verdict.reason


def test_a_category_asked_for_wins_over_one_that_is_not() -> None:
    story = make_story("s", "A match", categories=("Culture", "Sport"))
    assert categoriser().categorise(story).category == "Sport"


@pytest.mark.parametrize(
    ("url", "category"),
    [
        ("https://x.example/sport/2026/match.html", "Sport"),
        ("https://x.example/news/kontor/10-a.html", "Business"),
        ("https://x.example/en/uk-politics/a", "Politics"),
        ("https://x.example/home/desk/it/a", ""),
        ("https://x.example/business", ""),
        ("https://x.example/%FF%FE/a", ""),
    ],
)
def test_the_path_of_an_address_tells(url: str, category: str) -> None:
    assert categoriser().categorise(make_story("s", "A quiet day", url=url)).category == category


def test_a_keyword_is_matched_by_words_not_letters() -> None:
    rules = {"Tech": Category(keywords=("AI",)), **RULES}
    assert categoriser(rules=rules).categorise(make_story("s", "New AI law", url=None)).category == "Tech"
    assert categoriser(rules=rules).categorise(make_story("s", "He said rain", url=None)).category == ""
    assert categoriser().categorise(make_story("s", "x", "The central bank waits", url=None)).category == "Economy"


def test_the_classifier_is_asked_last_and_explains_itself() -> None:
    story = make_story("s", "Striker scores twice as United win the cup final", url=None)
    verdict = with_classifier().categorise(story)
    assert verdict.category == "Sport"
    assert verdict.confidence > 0.6
    assert {"striker", "cup final", "cup", "final"} & set(verdict.words)
    assert verdict.words[0] in verdict.reason


def test_unsure_is_said_and_guesses_are_kept_apart() -> None:
    verdict = with_classifier(sure_enough=1.0).categorise(
        make_story("s", "Striker scores twice as United win the cup final", url=None)
    )
    assert (verdict.category, verdict.guess) == ("", "Sport")
    assert verdict.reason.startswith("unsure: perhaps Sport")


def test_nothing_known_is_nothing_said() -> None:
    verdict = with_classifier().categorise(make_story("s", "Zxqv blorp", url=None))
    assert verdict == Verdict(category="", confidence=0.0, reason="unsure: no word speaks for a category")
    assert categoriser().categorise(PLAIN).reason == "no rule speaks for a category"


def test_what_belongs_to_no_section_is_not_pressed_into_one() -> None:
    only = Categoriser(("Business",), classifier=Classifier.of(("Business",), shipped_topics()))
    verdict = only.categorise(make_story("s", "Striker scores twice as United win the cup final", url=None))
    assert verdict.category == ""


def test_another_language_is_left_alone() -> None:
    story = make_story("s", "Der Trainer und die Spieler sind nach dem Sieg im Final froh", language="de", url=None)
    assert with_classifier().categorise(story).category == ""


def test_a_story_of_a_narrower_category_fits_the_wider() -> None:
    assert categoriser().fits("Economy", "Business")
    assert categoriser().fits("business", "Business")
    assert not categoriser().fits("Business", "Economy")
    assert not categoriser().fits("", "Business")
    ring = Categoriser((), rules={"A": Category(within="B"), "B": Category(within="A")})
    assert not ring.fits("A", "C")


def test_one_category_speaks_for_a_topic() -> None:
    assert topic_owners(("Economy", "Business", "Markets"), {}) == ["Business"]
    assert topic_owners(("Markets", "Economy"), RULES) == ["Markets"]
    assert topic_owners(("Sci/Tech", "Opinion"), {}) == ["Sci/Tech"]


def test_a_part_of_a_topic_is_not_filled_with_all_of_it() -> None:
    paper = Categoriser(("Gardening", "Sport"))
    assert paper.resolve("gardening") == "Gardening"
    assert paper.resolve("Parenting") == ""
    assert topic_owners(("Gardening", "Football"), {}) == []
    text = Text("Fashion week: the dresses that stole the runway in Paris")
    assert Classifier.of(("Lifestyle", "Sport"), shipped_topics()).judge(text).label == "Lifestyle"
    assert Classifier.of(("Gardening", "Sport"), shipped_topics()).judge(text).label != "Gardening"


LOCAL = [
    Labelled(Text(f"Parish council of Ludlow {thing}"), "Local")
    for thing in ("mends the bridge", "opens a pool", "meets late", "plants limes", "sells a barn")
]
OTHER = [
    Labelled(Text(f"{who} {what}"), "Business")
    for who, what in (("Acme", "buys a rival"), ("Initech", "reports a profit"), ("Globex", "cuts jobs"))
]


def test_a_handful_of_labels_is_felt_at_once() -> None:
    before = Classifier.of(("Local", "Business", "Sport"), shipped_topics())
    after = before.taught(LOCAL + OTHER)
    text = Text("Ludlow parish council closes a road")
    assert before.judge(text).label != "Local"
    assert after.judge(text).label == "Local"
    assert after.judge(text).confidence > before.judge(text).confidence
    assert after.judge(Text("Striker scores twice in the cup final")).label == "Sport"


def test_labels_that_overrule_a_known_topic_are_less_sure_than_those_that_confirm_it() -> None:
    text = Text("Striker scores twice in the cup final for Acme")
    known = Classifier.of(("Business", "Sport"), shipped_topics(), closed=True)
    assert known.judge(text).label == "Sport"
    confirming = known.taught([Labelled(text, "Sport"), Labelled(Text("Globex cuts jobs"), "Business")])
    overruling = known.taught([Labelled(text, "Business")] * 9)
    sure, less_sure = confirming.judge(text), overruling.judge(text)
    assert [sure.label, less_sure.label] == ["Sport", "Business"]
    assert less_sure.confidence < sure.confidence


def test_what_was_taught_is_trusted_in_the_houses_own_texts_more_than_in_a_strangers() -> None:
    house = [
        Labelled(Text(f"{what} as the harbour board of Ludlow meets in the old mill"), label)
        for label in ("Business", "Sport")
        for what in (("Rates", "Tolls", "Cranes") if label == "Business" else ("Rowers", "Sailors", "Divers"))
    ]
    classifier = Classifier.of(("Business", "Sport"), shipped_topics(), closed=True).taught(house)
    assert classifier.house.met > 0
    knowing = replace(classifier, house=Familiarity())
    own = Text("Rowers wait as the harbour board of Ludlow meets in the old mill")
    strange = Text("Rowers and sailors and divers return from a long and quiet afternoon upriver")
    assert classifier.judge(own).confidence > knowing.judge(own).confidence
    assert classifier.judge(strange).confidence < knowing.judge(strange).confidence


def test_a_category_without_a_topic_is_decided_on_from_a_handful_of_labels() -> None:
    taught = with_classifier()
    known = Classifier.of(("Local", "Business", "Sport"), shipped_topics()).taught(LOCAL + OTHER)
    paper = Categoriser(("Local", "Business", "Sport"), classifier=known)
    story = make_story("s", "Parish council of Ludlow closes a road", url=None)
    assert taught.categorise(story).category == ""
    assert paper.categorise(story).category == "Local"


def test_what_was_learned_is_kept_with_how_familiar_the_house_is() -> None:
    taught = Classifier.of(("Local", "Business"), shipped_topics()).taught(LOCAL + OTHER)
    kept = Classifier.from_content(json.loads(json.dumps(taught.content())), shipped_topics())
    assert kept.house == taught.house != Familiarity()


def test_teaching_is_the_same_in_any_order_and_adds_labels() -> None:
    empty = Classifier.of((), shipped_topics())
    one = empty.taught(LOCAL + OTHER)
    other = Classifier.of(one.labels, shipped_topics()).taught(list(reversed(LOCAL + OTHER)))
    assert one.weights == other.weights
    assert one.labels == ("Business", "Local")
    assert empty.judge(Text("anything")).label == ""
