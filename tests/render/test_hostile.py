"""Stories that mean harm, through every theme: the output parses, shows the text, runs nothing, crosses no boundary."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from broadsheet.model import Edition, Image, Section, Signal
from broadsheet.render import find_theme, render_edition
from broadsheet.slots import Slot, used
from tests.render.editions import AT, edition, pick, publication, story

THEMES = {name: find_theme(name) for name in ("daily", "brief", "magazine")}
OWN_SLOTS = {Slot.UNSUBSCRIBE_URL, Slot.VIEW_URL, Slot.PREFERENCES_URL}

NASTY = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "</mj-text></mj-column><mj-raw><script>alert(1)</script></mj-raw>",
    "<![CDATA[x]]><!--",
    "--><script>",
    "<!--[if mso]>x<![endif]-->",
    "{{ 7*7 }} {% include 'x' %} {# x #}",
    "{{ slot.unsubscribe_url }} *|UNSUB|* %%unsubscribe%% {$unsubscribe} [unsubscribe] <%= x %>",
    Slot.UNSUBSCRIBE_URL.token,
    "sLoT7\u200bemail7tOLs",
    "<div>" * 10_000,
    "<b><i></b></i><p>unclosed",
    "a\x00b\x08c\x0bd\x1fe\ufffef\uffffg\x7f\x9b31m",
    "\u202egnikcah\u202c \u2066isolated",
    "\ud800 lone",
    "👩\u200d👩\u200d👧\u200d👦 ❤️\u200d🔥 🏳️\u200d🌈",
    "नमस्ते दुनिया क्षत्रिय தமிழ் السَّلامُ عَلَيْكُمْ שָׁלוֹם",
    "e" + "\u0301" * 500,
    "&amp; &lt;b&gt; &#0; &unknown; &",
    "back\\slash \\u{200d} \\n",
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3,
    "x" * 1_000_000,
    "word " * 200_000,
    "]]>",
    "<?php echo 1 ?>",
    "<style>*{display:none}</style>",
    "\u2028line\u2029paragraph\u0085next",
    "",
    " \n\t ",
)
URLS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \x01javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/x",
    "/relative",
    "http://",
    "https://[::1",
    "https://user:pass@bank.example@evil.example/",
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/'><script>alert(1)</script>",
    "https://a.example/{{ 7*7 }}?a=*|X|*&b=%%y%%",
    "https://bücher.example/straße?q=ü#é",
    f"https://a.example/{Slot.EMAIL.token}",
    "https://a.example/" + "x" * 5000,
    "https://a.example/%7B%22%3C",
    "mailto:a@b.example",
    None,
)

outside = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=80),
    st.lists(st.sampled_from(NASTY[:20]), max_size=4).map(" ".join),
)
address = st.one_of(st.sampled_from(URLS), st.text(max_size=40).map(lambda tail: f"https://a.example/{tail}"))


class Strict(HTMLParser):
    """Reads what a browser would read, and refuses what we would never write."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def bones(html: str) -> tuple[list[str], set[tuple[str, str]]]:
    parser = Strict()
    parser.feed(html)
    for tag, name, value in parser.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("href", "src"):
            assert re.match(r"https?://[\x21-\x7e]+$|sLoT7[a-z]+7tOLs$", value), value
            assert not re.search(r"[<>\"'`{}\\]", value), value
    return parser.tags, {(tag, name) for tag, name, _ in parser.attributes}


def hostile(text: str, link: str | None, picture: str | None) -> Edition:
    other = story(1, id="o", publisher=text, title=text)
    image = Image(url=picture, width=1200, height=800, alt=text) if picture else None
    nasty = story(
        0, id="n", title=text, url=link, dek=text, authors=(text,), publisher=text, categories=(text,), image=image
    )
    picks = (
        pick(0, of=nasty, headline=text, dek=text, kicker=text, also_reported_by=(other,), is_update=True),
        pick(1, of=nasty, headline=text, dek=text, signals=(Signal(name="x", points=1, fact=text),)),
        pick(2, of=nasty, headline=text, dek=text, kicker=text),
    )
    return Edition(
        id="daily-2026-11-24", publication="daily", date=AT.date(), subject=text, preheader=text,
        sections=(Section(title=text, category=text, picks=picks),),
    )  # fmt: skip


@pytest.mark.parametrize("name", list(THEMES))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=outside, link=address, picture=address)
def test_nothing_from_outside_becomes_markup(name: str, text: str, link: str | None, picture: str | None) -> None:
    rendered = render_edition(hostile(text, link, picture), publication(), THEMES[name])
    tags, attributes = bones(rendered.html)
    assert not {"script", "iframe", "object", "form", "input", "svg", "link", "base", "mj-raw"} & set(tags)
    assert tags.count("h1") == 1
    usual, known = bones(render_edition(edition(9), publication(), THEMES[name]).html)
    assert tags.count("style") == usual.count("style")
    extra = {name for _, name in attributes - known}
    assert extra <= {"dir", "class", "style", "colspan", "width", "valign", "height", "align"}
    assert set(used(rendered.html)) == OWN_SLOTS
    assert set(used(rendered.text)) == OWN_SLOTS
    assert len(rendered.html.encode()) <= 102_400
    lxml_html.document_fromstring(rendered.html)
    rendered.html.encode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", rendered.html)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rendered.text)


def shown(html: str) -> str:
    body = lxml_html.document_fromstring(html).find("body")
    assert body is not None
    return re.sub(r"\s+", " ", body.text_content())


@pytest.mark.parametrize("name", list(THEMES))
@pytest.mark.parametrize("text", [text for text in NASTY if 2 < len(text) < 200])
def test_the_text_is_shown_as_it_was_written(name: str, text: str) -> None:
    rendered = render_edition(hostile(text, "https://a.example/", None), publication(), THEMES[name])
    printable = "".join(
        character
        for character in text
        if unicodedata.category(character) not in ("Cc", "Cs", "Cn") and character not in "\u200b\u202e\u202c\u2066"
    )
    wanted = re.sub(r"\s+", "", printable)[:60]
    for part in (shown(rendered.html), rendered.text):
        assert wanted in re.sub(r"\s+", "", part.replace("\u2060", "")), part[:3000]


@pytest.mark.parametrize("name", list(THEMES))
def test_the_frame_is_hostile_safe_as_well(name: str) -> None:
    for text in NASTY:
        if not text.strip():
            continue
        rendered = render_edition(
            edition(2, intro=text), publication(title=text, tagline=text, postal_address=text), THEMES[name]
        )
        tags, _ = bones(rendered.html)
        assert "script" not in tags
        assert set(used(rendered.html)) == OWN_SLOTS
