from __future__ import annotations

import sys
from datetime import date, timedelta

import pytest

from broadsheet.errors import ConfigError
from broadsheet.render import find_theme, render_edition
from broadsheet.render.language import BUILT_IN, language
from tests.render.editions import edition, publication

DAY = date(2026, 11, 24)


@pytest.mark.parametrize("tag", [*BUILT_IN, "en-GB", "en-AU", "en-IN", "en-NZ", "en-IE", "pt-PT", "es-MX", "fr-CA"])
def test_dates_read_as_unicode_writes_them(tag: str) -> None:
    dates = pytest.importorskip("babel.dates", reason="compares with Babel, which is not here")
    spoken = language(tag)
    for step in range(366):
        day = DAY + timedelta(days=step)
        assert spoken.full_date(day) == dates.format_date(day, "full", tag.replace("-", "_")).translate(
            {0x2BC: "’", 0x202F: " "}
        )


@pytest.mark.parametrize("tag", BUILT_IN)
def test_every_catalogue_has_every_word(tag: str) -> None:
    spoken, english = language(tag), language("en")
    assert spoken.words.keys() == english.words.keys()
    assert spoken.missing == ()
    if tag != "en":
        assert [name for name in spoken.words if spoken.words[name] == english.words[name]] == []


@pytest.mark.parametrize("tag", BUILT_IN)
@pytest.mark.parametrize("theme", ["daily", "brief", "magazine"])
def test_every_theme_speaks_every_language(theme: str, tag: str) -> None:
    rendered = render_edition(edition(), publication(language=tag), find_theme(theme))
    words = language(tag).words
    for word in ("unsubscribe", "preferences", "view_in_browser"):
        assert words[word] in rendered.html.replace("&#39;", "'")
        assert words[word] in rendered.text
    assert language(tag).full_date(DAY) in rendered.html


def test_names_are_joined_as_the_language_does() -> None:
    assert language("en").join(["A", "B", "C"]) == "A, B and C"
    assert language("de").join(["A", "B"]) == "A und B"
    assert language("ja").join(["A", "B", "C"]) == "A、B、C"
    assert language("en").join(["A"]) == "A"
    assert language("en").join([]) == ""


def test_a_project_may_say_any_word_its_own_way() -> None:
    rendered = render_edition(edition(), publication(words={"unsubscribe": "Stop these"}), find_theme("daily"))
    assert "Stop these" in rendered.html
    assert "Stop these" in rendered.text


@pytest.mark.parametrize(
    ("tag", "words", "message"),
    [
        ("en", {"unsubscrib": "x"}, "no word is called 'unsubscrib'"),
        ("en", {"by": "By {name}"}, "names a place that does not exist"),
        ("en", {"by": "By {names.__class__}"}, "names a place that does not exist"),
        ("en", {"by": "By {"}, "names a place that does not exist"),
        ("english please", {}, "is no language"),
        ("xx", {}, "no language is called 'xx'"),
    ],
)
def test_a_wrong_tag_or_word_is_refused(tag: str, words: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        language(tag, words)


def test_another_language_takes_dates_from_babel_and_says_which_words_are_missing() -> None:
    pytest.importorskip("babel", reason="needs Babel, which is not here")
    rendered = render_edition(
        edition(), publication(language="nl", words={"unsubscribe": "Afmelden"}), find_theme("daily")
    )
    assert "dinsdag 24 november 2026" in rendered.html
    assert "Afmelden" in rendered.html
    assert any("view_in_browser" in note for note in rendered.notes)
    assert not any("unsubscribe" in note for note in rendered.notes)


def test_without_babel_another_language_is_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "babel", None)
    with pytest.raises(ConfigError, match="'nl' is not built in") as refused:
        language("nl")
    assert "broadsheet[i18n]" in refused.value.advice


@pytest.mark.parametrize("theme", ["daily", "brief", "magazine"])
def test_right_to_left_is_mirrored(theme: str) -> None:
    html = render_edition(edition(), publication(language="ar"), find_theme(theme)).html
    assert '<html lang="ar" dir="rtl"' in html
    assert 'role="article" lang="ar" dir="rtl"' in html
    assert 'align="right"' in html
    assert "direction:ltr" not in html
