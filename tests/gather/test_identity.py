"""When two stories are one. Each test changes what feeds change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from broadsheet.gather import identity
from broadsheet.gather.identity import keys_of, new_id
from broadsheet.model import Story

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
RAIN = "Rain in the north, sun in the south, and snow on all hills above the tree line."
STORM = "Storms will cross the coast tonight; ferries stay in port until Tuesday noon at least."
LEFT = "The minister for fisheries has left her office after a vote that her own party lost by a wide margin."
TEXT = "The harbour opens again in May after nine years of repairs, the port authority said on Monday evening."


def story(title: str = "Harbour opens", *, source: str = "s", **parts: object) -> Story:
    values = {
        "guid": "urn:1", "url": "https://a.example/harbour", "dek": TEXT, "published_at": NOW, "first_seen_at": NOW,
    } | parts  # fmt: skip
    return Story(id=new_id(source, str(values["guid"] or values["url"] or title)), title=title, source=source, **values)  # type: ignore[arg-type]  # a test's shorthand


def identify(stories: list[Story], known: list[Story] | tuple[Story, ...]) -> list[Story]:
    return [found for found, _ in identity.identify([(one, keys_of(one)) for one in stories], known)]


KNOWN = story()


def one(new: Story, *known: Story) -> Story:
    [found] = identify([replace(new, first_seen_at=LATER)], known or (KNOWN,))
    return found


def is_same(new: Story) -> bool:
    return one(new).id == KNOWN.id


def test_one_thing_may_change() -> None:
    assert is_same(story("Harbour to open in May, port says"))
    assert is_same(story(guid="urn:2"))
    assert is_same(story(url="https://a.example/2026/harbour"))
    assert is_same(story(dek="Quite another text, which says a number of other things about other matters altogether."))


def test_two_things_may_change_while_the_text_stays() -> None:
    assert is_same(story(guid="urn:2", url="https://a.example/2026/harbour"))
    assert is_same(story("Boats are back", guid="urn:2", url="https://a.example/boats"))
    assert is_same(story("Boats are back", guid="urn:2"))


def test_the_identity_stays_and_the_words_are_new() -> None:
    found = one(story("Harbour to open in May", position=4))
    assert (found.title, found.first_seen_at, found.position) == ("Harbour to open in May", NOW, 0)


def test_a_generic_headline_makes_no_twin() -> None:
    weather = story("Weather", guid="w1", url="https://a.example/w/1", dek=RAIN)
    other = story("Weather", guid="w2", url="https://a.example/w/2", dek=STORM)
    bare = story("Weather", guid="w3", url="https://a.example/w/3", dek="", published_at=LATER)
    ids = [found.id for found in identify([weather, other, bare], [])]
    assert len(set(ids)) == 3


def test_an_id_or_address_shared_by_different_stories_proves_nothing() -> None:
    batch = [
        story(f"Story {word}", guid="1", url="https://a.example/all", dek=f"{word} " * 14)
        for word in ("alpha", "beta", "gamma")
    ]
    found = identify(batch, [])
    assert len({one.id for one in found}) == 3
    again = identify(batch, found)
    assert {one.id for one in again} == {one.id for one in found}


def test_a_live_page_with_a_new_id_headline_and_text_is_a_new_story() -> None:
    new = story("Minister resigns", guid="urn:9", dek=LEFT)
    assert one(new).id != KNOWN.id


def test_a_file_name_used_again_is_a_new_story() -> None:
    known = story(guid="file:today.txt", url=None)
    new = story("Minister resigns", guid="file:today.txt", url=None, dek=LEFT)
    assert one(new, known).id != known.id
    assert one(story("Harbour opens in May", guid="file:today.txt", url=None), known).id == known.id


def test_another_source_with_the_same_address_only_adds_its_categories() -> None:
    known = story(categories=("Local",))
    found = one(story(source="other", guid="x", categories=("Sea", "local")), known)
    assert found == replace(known, categories=("Local", "Sea"))
    [back] = identify([replace(known, first_seen_at=LATER)], [found])
    assert back == found, "and the first source does not take them away again"


def test_two_tellings_in_one_batch_become_one_with_both_categories() -> None:
    first = story(categories=("Local",))
    [found] = identify([first, replace(first, categories=("Sea",), position=1)], [])
    assert (found.categories, found.position) == (("Local", "Sea"), 0)


def test_a_date_that_vanishes_is_kept_and_one_that_appears_is_taken() -> None:
    assert one(story(dated=False, published_at=LATER)).published_at == NOW
    undated = replace(KNOWN, dated=False)
    found = one(story(published_at=LATER), undated)
    assert (found.published_at, found.dated) == (LATER, True)


def test_ids_are_short_and_typeable() -> None:
    made = {new_id("s", str(number)) for number in range(20_000)}
    assert len(made) == 20_000
    assert all(len(one) == 10 and one.isalnum() and one.islower() is not False for one in list(made)[:50])
