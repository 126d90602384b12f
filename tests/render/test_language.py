from __future__ import annotations

import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from broadsheet.errors import ConfigError
from broadsheet.render import find_theme, render_edition
from broadsheet.render.catalogues import read_catalogue
from broadsheet.render.language import BUILT_IN, language
from tests.render.editions import edition, pick, publication, story

DAY = date(2026, 11, 24)
LOCALE = Path(language.__code__.co_filename).parent / "locale"
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


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


@pytest.mark.parametrize("file", sorted(LOCALE.rglob("*.po")), ids=lambda file: file.parent.parent.name)
def test_babel_reads_our_catalogues_alike_and_finds_no_fault(file: Path) -> None:
    pofile = pytest.importorskip("babel.messages.pofile", reason="compares with Babel, which is not here")
    template = pofile.read_po(BytesIO((LOCALE / "broadsheet.pot").read_bytes()))
    theirs = pofile.read_po(BytesIO(file.read_bytes()), locale=file.parent.parent.name, abort_invalid=True)
    assert list(theirs.check()) == []
    ours = read_catalogue(file.read_text("utf-8"), file.name)
    english = {(m.context, m.id) for m in template if m.id}
    messages = [message for message in theirs if message.id]
    assert {(message.context, message.id) for message in messages} <= english
    for message in messages:
        one = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string)
        assert ours.messages[message.context, one] == forms
    if "_" not in file.parent.parent.name:
        assert len(messages) == len(english)


@pytest.mark.parametrize("tag", BUILT_IN)
def test_plural_forms_group_numbers_as_unicode_does(tag: str) -> None:
    locale = pytest.importorskip("babel", reason="compares with Babel, which is not here").Locale(tag)
    spoken = language(tag)
    pairs = {(spoken.plural(count), locale.plural_form(count)) for count in range(1, 130)}
    assert len(pairs) == len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs})


@pytest.mark.parametrize("tag", BUILT_IN)
def test_every_word_with_a_number_has_as_many_forms_as_whole_numbers_take(tag: str) -> None:
    locale = pytest.importorskip("babel", reason="compares with Babel, which is not here").Locale(tag)
    taken = {locale.plural_form(count) for count in range(1_000)}  # the form of French for millions is never met
    with_number = ("by", "also_reported_by", "others")
    assert {name: len(language(tag).forms[name]) for name in with_number} == dict.fromkeys(with_number, len(taken))


COUNTS = (0, 1, 2, 3, 5, 11, 21, 22, 25, 100)
OTHERS = {
    "ar": "0 مصادر أخرى|مصدر آخر|مصدران آخران|3 مصادر أخرى|5 مصادر أخرى|11 مصدرًا آخر|21 مصدرًا آخر|22 مصدرًا آخر|"
    "25 مصدرًا آخر|100 مصدر آخر",
    "de": "0 weiteren|1 weiteren|2 weiteren|3 weiteren|5 weiteren|11 weiteren|21 weiteren|22 weiteren|25 weiteren|"
    "100 weiteren",
    "en": "0 others|1 other|2 others|3 others|5 others|11 others|21 others|22 others|25 others|100 others",
    "es": "0 más|1 más|2 más|3 más|5 más|11 más|21 más|22 más|25 más|100 más",
    "fr": "0 autre|1 autre|2 autres|3 autres|5 autres|11 autres|21 autres|22 autres|25 autres|100 autres",
    "it": "altri 0|1 altro|altri 2|altri 3|altri 5|altri 11|altri 21|altri 22|altri 25|altri 100",
    "ja": "ほか0社|ほか1社|ほか2社|ほか3社|ほか5社|ほか11社|ほか21社|ほか22社|ほか25社|ほか100社",
    "pl": "0 innych|1 inny|2 inne|3 inne|5 innych|11 innych|21 innych|22 inne|25 innych|100 innych",
    "pt": "0 outro|1 outro|2 outros|3 outros|5 outros|11 outros|21 outros|22 outros|25 outros|100 outros",
    "uk": "ще 0 видань|ще 1 видання|ще 2 видання|ще 3 видання|ще 5 видань|ще 11 видань|ще 21 видання|ще 22 видання|"
    "ще 25 видань|ще 100 видань",
}  # fmt: skip


@pytest.mark.parametrize("tag", BUILT_IN)
def test_every_language_counts_as_its_readers_do(tag: str) -> None:
    spoken = language(tag)
    assert [spoken.say("others", count) for count in COUNTS] == OTHERS[tag].split("|")


@pytest.mark.parametrize("tag", BUILT_IN)
def test_a_line_with_names_never_turns_singular_again_behind_many(tag: str) -> None:
    """In Ukrainian 21 takes the form of 1: right beside a number, wrong for a verb that 21 names follow."""
    spoken = language(tag)
    assert len({spoken.say("also_reported_by", count, names="…") for count in range(2, 130)}) == 1


def test_words_take_the_form_of_their_number() -> None:
    polish = language("pl")
    assert polish.say("by", 1, names="Anna") == "Autor: Anna"
    assert polish.say("by", 2, names="Anna i Jan") == "Autorzy: Anna i Jan"
    assert [polish.say("others", count) for count in (2, 5, 22)] == ["2 inne", "5 innych", "22 inne"]
    ukrainian, arabic = language("uk"), language("ar")
    assert [ukrainian.say("others", count) for count in (2, 5, 21)] == ["ще 2 видання", "ще 5 видань", "ще 21 видання"]
    assert [arabic.say("others", count) for count in (2, 3, 11)] == ["مصدران آخران", "3 مصادر أخرى", "11 مصدرًا آخر"]


def test_more_tellers_than_have_room_are_counted() -> None:
    def told(tag: str, tellers: int) -> str:
        others = tuple(story(n, id=f"o{n}", publisher=f"Paper {n}") for n in range(tellers))
        one = edition([pick(0, also_reported_by=others)])
        return render_edition(one, publication(language=tag), find_theme("daily")).text

    assert "Also reported by Paper 0, Paper 1, Paper 2, Paper 3 and Paper 4\n" in told("en", 5)
    assert "Also reported by Paper 0, Paper 1, Paper 2, Paper 3 and 3 others\n" in told("en", 7)
    assert "Pisze o tym także: Paper 0\n" in told("pl", 1)


def write_po(folder: Path, tag: str, text: str) -> Path:
    file = folder / tag / "LC_MESSAGES" / "broadsheet.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD + text, encoding="utf-8")
    return folder


def test_a_project_says_words_its_own_way_by_a_catalogue(tmp_path: Path) -> None:
    word = 'msgctxt "unsubscribe"\nmsgid "Unsubscribe"\nmsgstr "{}"\n'
    write_po(tmp_path, "de", word.format("Nicht mehr schicken"))
    assert language("de", {}, tmp_path).words["unsubscribe"] == "Nicht mehr schicken"
    assert language("de", {}, tmp_path).words["preferences"] == "Einstellungen"
    assert language("de-AT", {}, tmp_path).words["unsubscribe"] == "Nicht mehr schicken"
    write_po(tmp_path, "de_AT", word.format("Abmelden"))
    assert language("de-AT", {}, tmp_path).words["unsubscribe"] == "Abmelden"
    assert language("de-AT", {"unsubscribe": "Schluss"}, tmp_path).words["unsubscribe"] == "Schluss"
    write_po(tmp_path, "de", "#, fuzzy\n" + word.format("Vielleicht"))
    assert language("de", {}, tmp_path).words["unsubscribe"] == "Abbestellen"


def test_a_project_adds_a_language_by_a_catalogue_and_needs_no_babel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "babel", None)
    german = (LOCALE / "de" / "LC_MESSAGES" / "broadsheet.po").read_text("utf-8")
    file = tmp_path / "nds" / "LC_MESSAGES" / "broadsheet.po"
    file.parent.mkdir(parents=True)
    file.write_text(german.replace("Dienstag", "Dingsdag").replace("Abbestellen", "Afbestellen"), encoding="utf-8")
    rendered = render_edition(edition(), publication(language="nds"), find_theme("daily"), catalogues=tmp_path)
    assert "Dingsdag, 24. November 2026" in rendered.html
    assert "Afbestellen" in rendered.text
    assert not any("English" in note for note in rendered.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('msgctxt "why"\nmsgid "Why"\nmsgstr "x"\n', "no message reads 'Why' with the context 'why'"),
        ('msgctxt "others"\nmsgid "{count} other"\nmsgid_plural "{count} others"\nmsgstr[0] "{n}"\n', "names a place"),
        ("msgid Unsubscribe\n", "broadsheet.po:4: cannot be read"),
        ('msgstr "x" trailing\n', "cannot be read"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        language("en", {}, write_po(tmp_path, "en", text))


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
