from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html as lxml_html

from broadsheet.render import find_theme, hash_of, render_edition
from broadsheet.slots import Slot, used
from tests.render.editions import edition, pick, publication, story

DAILY = find_theme("daily")


def test_every_story_stands_in_html_and_text_in_the_same_order() -> None:
    given = edition(7)
    rendered = render_edition(given, publication(), DAILY)
    for part in (rendered.html, rendered.text.replace("\n   ", " ")):
        places = [part.find(each.headline) for each in given.picks]
        assert -1 not in places
    order = [link.text_content() for link in lxml_html.fromstring(rendered.html).xpath("//h2/a|//h3/a")]
    assert order == [each.headline for each in given.picks]


def test_the_same_edition_gives_the_same_bytes() -> None:
    assert render_edition(edition(), publication(), DAILY) == render_edition(edition(), publication(), DAILY)


def test_slots_stay_open_in_both_parts() -> None:
    rendered = render_edition(edition(), publication(), DAILY)
    for part in (rendered.html, rendered.text):
        assert {Slot.UNSUBSCRIBE_URL, Slot.VIEW_URL, Slot.PREFERENCES_URL} <= set(used(part))


def test_subject_and_preheader_fall_back_to_the_lead() -> None:
    rendered = render_edition(edition(subject="", preheader="", lead="s2"), publication(), DAILY)
    assert rendered.subject == "River towns ask who pays for the wall"
    assert rendered.preheader.startswith("The vote ended")


def test_the_lead_is_printed_once_and_first() -> None:
    rendered = render_edition(edition(lead="s4"), publication(), DAILY)
    headings = [h.text_content() for h in lxml_html.fromstring(rendered.html).xpath("//h2|//h3")]
    assert headings[0] == "Chipmaker to build its first plant in a former coal town"
    assert headings.count(headings[0]) == 1


def test_a_story_without_an_address_has_a_headline_that_is_no_link() -> None:
    rendered = render_edition(edition([pick(of=story(url=None))]), publication(), DAILY)
    page = lxml_html.fromstring(rendered.html)
    assert page.xpath("//h2[not(.//a)]/text()") == ["Parliament backs the harbour bill after a night of talks"]
    assert "http" not in "".join(page.xpath("//a/@href"))


def test_the_frame_is_there() -> None:
    rendered = render_edition(edition(), publication(), DAILY)
    for part in (rendered.html, rendered.text):
        assert "London EC4Y 1AA" in part
        assert "because you subscribed to The Morning Sheet" in part.replace("\n", " ")
        assert "Tuesday, November 24, 2026" in part


@pytest.mark.parametrize(
    ("tag", "date", "word"),
    [
        ("de", "Dienstag, 24. November 2026", "Abbestellen"),
        ("en-GB", "Tuesday, 24 November 2026", "Unsubscribe"),
        ("ja", "2026年11月24日火曜日", "配信停止"),
        ("ar", "الثلاثاء، 24 نوفمبر 2026", "إلغاء الاشتراك"),
    ],
)
def test_the_frame_speaks_the_language_of_the_publication(tag: str, date: str, word: str) -> None:
    rendered = render_edition(edition(), publication(language=tag), DAILY)
    assert date in rendered.html
    assert date in rendered.text
    assert word in rendered.html
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}"' in rendered.html


def test_an_intro_may_greet_the_reader_but_a_story_cannot() -> None:
    given = edition([pick(dek="Hello {first_name} and " + Slot.EMAIL.token)], intro="Good morning, {first_name}.")
    rendered = render_edition(given, publication(), DAILY)
    for part in (rendered.html, rendered.text):
        assert f"Good morning, {Slot.FIRST_NAME.token}." in part
        assert "Hello {first_name}" in part
        assert Slot.EMAIL not in used(part)


def test_links_carry_the_rule_and_slots_do_not() -> None:
    utm = publication().utm.model_copy(update={"source": "{publication}", "content": "{section}-{position}"})
    given = edition([pick(of=story(url="https://a.example/x?utm_source=own&b=1#top"))])
    rendered = render_edition(given, publication(utm=utm), DAILY)
    assert "https://a.example/x?utm_source=own&b=1&utm_content=politics-0#top" in rendered.text
    assert Slot.UNSUBSCRIBE_URL.token + "\n" in rendered.text


def test_the_hash_covers_each_part_and_keeps_them_apart() -> None:
    base = ("subject", "preheader", "html", "text")
    hashes = {hash_of(*base), hash_of("subjectp", "reheader", "html", "text")}
    hashes |= {hash_of(*(part + "x" if at == place else part for at, part in enumerate(base))) for place in range(4)}
    assert len(hashes) == 6


def test_a_story_in_another_script_says_so() -> None:
    arabic = replace(story(), title="البرلمان يقر القانون", language="ar")
    rendered = render_edition(edition([pick(of=arabic)]), publication(), DAILY)
    assert 'lang="ar" dir="rtl"' in rendered.html
