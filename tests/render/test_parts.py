"""The parts that not every edition has: sponsor, numbered list, update label, kicker, other publishers, intro."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from lxml import html as lxml_html

from broadsheet.config.look import Sponsor
from broadsheet.model import Pick
from broadsheet.render import find_theme, render_edition
from tests.render.editions import edition, pick, publication, story

THEMES = ("daily", "brief", "magazine")
DAY = date(2026, 11, 24)


def sponsor(starts: date, ends: date) -> Sponsor:
    return Sponsor(name="Ferries & Co", text="One ticket.", url="https://f.example/", starts=starts, ends=ends)


@pytest.mark.parametrize("theme", THEMES)
def test_a_sponsor_is_labelled_and_stands_on_its_days_only(theme: str) -> None:
    for days, shown in ((0, True), (-1, False)):
        runs = sponsor(DAY - timedelta(days=3), DAY + timedelta(days=days))
        rendered = render_edition(edition(), publication(sponsors=(runs,)), find_theme(theme))
        assert ("Advertisement\u00a0· Ferries &amp; Co" in rendered.html) is shown
        assert ("Advertisement: Ferries & Co" in rendered.text) is shown


@pytest.mark.parametrize("theme", THEMES)
def test_a_numbered_section_counts_from_one(theme: str) -> None:
    plans = publication().sections
    numbered = (*plans[:1], plans[1].model_copy(update={"numbered": True}), *plans[2:])
    rendered = render_edition(edition(9), publication(sections=numbered), find_theme(theme))
    shown = " ".join(lxml_html.fromstring(rendered.html).text_content().split())
    third = edition(9).sections[1].picks
    assert f"1. {third[0].headline}" in shown or f"1 {third[0].headline}" in shown or f"1{third[0].headline}" in shown
    assert rendered.html.count(third[0].dek) < 9


@pytest.mark.parametrize("theme", THEMES)
def test_what_a_pick_says_is_printed(theme: str) -> None:
    others = (story(7, id="a", publisher="Evening Star"), story(8, id="b", publisher="The Harbour Post"))
    given = edition([pick(0), pick(1, is_update=True, kicker="Ports & Ships", also_reported_by=others)])
    rendered = render_edition(given, publication(), find_theme(theme))
    assert "Ports &amp; Ships" in rendered.html
    assert ">Update</span>" in rendered.html
    for part in (rendered.html, rendered.text):
        assert "Also reported by Evening Star" in part
        assert "Evening Star and The Harbour Post" not in part
    assert "Update: Ministers" in rendered.text


@pytest.mark.parametrize(
    ("categories", "kicker"),
    [
        (("Trump, Donald J", "worldNews", "tag:uk_news", "uk-news", "Cyberwarfare"), "Cyberwarfare"),
        (("Shipping", "business"), ""),  # the section's own name is among them
        (("UK business", "The budget"), "The budget"),
        (("Trump, Donald J",), ""),
        (("Businesses", "Busines"), ""),  # the section's name, but for an ending
        (("News", "Uncategorized", "Latest News", "Home", "The Front Page", "Cyberwarfare"), "Cyberwarfare"),
        (("Allgemein", "Non classé", "Sin categoría", "Новости", "أخبار", "未分類", "Notizie"), ""),
        (("General election",), "General election"),
        (("The Harbour Post", "Harbour", "desk"), ""),  # the publisher, and the source
        (("Ana Ruiz",), ""),  # the author
        (("November 2026", "Tuesday", "2026", "20261124", "4711", "id4711", "B"), ""),
        (("Euro 2028", "G7"), "Euro 2028"),
        (("iphone", "Telephones"), "Telephones"),  # a name before a tag
        (("5G", "F1"), "5G"),
    ],
)
def test_a_kicker_says_in_words_what_the_section_does_not(categories: tuple[str, ...], kicker: str) -> None:
    given = edition([pick(0), pick(1, of=story(1, categories=categories))], categories=("Politics", "Business"))
    html = render_edition(given, publication(), find_theme("daily")).html
    assert [category for category in categories if f">{category}<" in html] == [kicker] * bool(kicker)


@pytest.mark.parametrize(
    ("section", "category", "fits"),
    [
        ("Politics", "Politica", False),
        ("Economy", "Economia", False),
        ("Police", "Polish", True),
        ("International", "Internet", True),
        ("Art", "Artists", True),
    ],
)
def test_a_kicker_is_no_other_language_s_name_of_the_section(section: str, category: str, fits: bool) -> None:
    given = edition([pick(0), pick(1, of=story(1, categories=(category,)))], categories=(section,))
    html = render_edition(given, publication(), find_theme("daily")).html
    assert (f">{category}<" in html) is fits


def test_a_kicker_is_not_said_again_by_the_story_below_unless_an_editor_wrote_it() -> None:
    def printed(*given: Pick) -> int:
        return render_edition(edition(given, categories=("World",)), publication(), find_theme("daily")).html.count(
            ">Cyberwarfare<"
        )

    lead, one, two = pick(0), *(pick(of=story(number, categories=("Cyberwarfare",))) for number in (1, 2))
    other = pick(of=story(3, categories=("Ports",)))
    assert printed(lead, one, two) == 1
    assert printed(lead, one, other, two) == 2
    assert printed(lead, one, replace(two, kicker="Cyberwarfare")) == 2


@pytest.mark.parametrize("theme", THEMES)
def test_a_logo_stands_in_for_the_title_and_has_one_for_the_dark(theme: str) -> None:
    found = find_theme(theme)
    files = {"url": "https://l.example/logo.png", "dark": "https://l.example/dark.png"}
    logo = found.settings.logo.model_copy(update=files)
    settings = found.settings.model_copy(update={"logo": logo})
    with_logo = type(found)(found.name + "-logo", settings, found.folders, found.roots)
    html = render_edition(edition(), publication(), with_logo).html
    pictures = lxml_html.fromstring(html).xpath("//h1/img")
    assert [(one.get("alt"), one.get("src")) for one in pictures] == [
        ("The Morning Sheet", files["url"]),
        ("The Morning Sheet", files["dark"]),
    ]
    assert "display:none" in pictures[1].get("style")
    assert html.count(".D{display:inline-block !important}") == 2


def test_in_brief_the_credit_stands_on_a_line_of_its_own() -> None:
    others = (story(7, id="a", publisher="Evening Star"),)
    given = edition([pick(0, also_reported_by=others), pick(1), pick(2, dek="")])
    html = render_edition(given, publication(), find_theme("brief")).html
    said = [p.text_content() for p in lxml_html.fromstring(html.replace("<br />", "\n")).iter("p")]
    assert "Politics\u00a0· By Ana Ruiz\u00a0· The Harbour Post\nAlso reported by Evening Star" in said
    assert f"{given.picks[1].dek}\nBy Ana Ruiz\u00a0· The Harbour Post" in said
    assert "By Ana Ruiz\u00a0· The Harbour Post" in said


def test_in_magazine_a_story_without_a_partner_stands_beside_its_picture() -> None:
    given = edition([pick(number) for number in range(3)], categories=("World",))
    page = lxml_html.fromstring(render_edition(given, publication(), find_theme("magazine")).html)
    *_, picture = page.iter("img")
    column = next(column for column in picture.iterancestors("div") if "mj-column-per-50" in column.get("class", ""))
    assert column.text_content().strip() == ""
    *_, headline = page.iter("h3")
    assert headline.text_content().strip() == given.picks[2].headline
    assert any("mj-column-per-50" in column.get("class", "") for column in headline.iterancestors("div"))


@pytest.mark.parametrize("theme", THEMES)
def test_the_way_to_the_browser_leaves_a_phone_s_masthead_but_not_its_footer(theme: str) -> None:
    html = render_edition(edition(), publication(), find_theme(theme)).html
    links = [link.get("class") for link in lxml_html.fromstring(html).iter("a") if link.text == "View in browser"]
    assert links == ["v", None]
    assert ".v{display:none !important}" in html.partition("@media only screen and (max-width:480px){")[2]
