"""Documents made to exhaust, confuse or deceive their reader. Each must end soon, in little memory, in plain text."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from broadsheet.errors import SourceError
from broadsheet.gather.clean import clean
from broadsheet.gather.reading import read_stories
from broadsheet.model import Story

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HEAD, TAIL = "<rss><channel><item><title>T</title><description>", "</description></item></channel></rss>"


def read(data: str | bytes, name: str = "feed.xml") -> list[Story]:
    stream = io.BytesIO(data.encode("utf-8", "replace") if isinstance(data, str) else data)
    found: list[Story] = []
    with suppress(SourceError):
        for raw in read_stories(stream, source="s", place=name):
            if not isinstance(raw, SourceError):
                found.append(clean(raw, now=NOW))
    return found


ATTACKS = {
    "a broken item, deep": "<rss><item>" + "<b>" * 90_000 + "</i>" * 90_000 + "</item></rss>",
    "a broken item of CDATA": "<rss><item><title>" + "<![CDATA[x]]>" * 250_000 + "</b></title></item></rss>",
    "ends of CDATA": "<rss><item><title><![CDATA[" + "]]> <b" * 250_000 + "</title></item></rss>",
    "blanks after CDATA": "<rss><item><title><![CDATA[x]]>" + " " * 9_000_000 + "<b></title></item></rss>",
    "half-open tags": "<rss><item><title>" + "<a b='" * 250_000 + "</title></item></rss>",
    "items never closed": "<rss>" + "<item><title>x" * 140_000,
    "nested elements": "<rss>" + "<a>" * 100_000,
    "nested and closed": "<rss>" + "<a>" * 100_000 + "</a>" * 100_000 + "</rss>",
    "nested html": HEAD + "&lt;div&gt;" * 100_000 + "x" + TAIL,
    "nested inline html": HEAD + "&lt;b&gt;&lt;i&gt;" * 50_000 + "x" + TAIL,
    "nested xhtml": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='xhtml'>" + "<b>" * 90_000 + "x"
    + "</b>" * 90_000 + "</title></entry></feed>",
    "unclosed items": "<rss>" + "<item>" * 200_000,
    "open cdata": "<rss><channel><item><title>" + "<![CDATA[" * 100_000,
    "open comments": HEAD + "&lt;!--" * 200_000 + TAIL,
    "many attributes": "<rss " + " ".join(f'a{number}="1"' for number in range(250_000)) + "/>",
    "too many tags": "<rss>" + "<a/>" * 2_000_000 + "</rss>",
    "a long name": f"<rss><{'a' * 5_000_000}/></rss>",
    "ampersands": HEAD + "&" * 2_000_000 + TAIL,
    "a doctype without end": "<!DOCTYPE r [" + "<!ENTITY a 'b'>" * 200_000,
    "a long author": "<rss><channel><item><title>T</title><author>" + "a" * 3_000_000,
    "a long word": HEAD + "a." * 1_000_000 + TAIL,
    "dots": HEAD + "." * 2_000_000 + TAIL,
    "quotes": HEAD + "&lt;a href=&quot;" * 200_000 + TAIL,
    "read more": HEAD + "Read more about " * 100_000 + TAIL,
    "blanks": HEAD + " " * 3_000_000 + "x" + TAIL,
    "combining marks": HEAD + "a" + "\u0301" * 1_000_000 + TAIL,
    "nested json": "[" * 200_000,
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_soon(name: str) -> None:
    began = time.process_time()
    read(ATTACKS[name], "feed.json" if name == "nested json" else "feed.xml")
    assert time.process_time() - began < 10


def test_memory_stays_small() -> None:
    """Run the greediest of them in a process of its own and look at its peak."""
    code = (
        "import resource, tests.gather.test_attacks as t\n"
        "t.read('<rss/>'); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for name in ('nested elements', 'nested html', 'many attributes', 'too many tags', 'a long word'):\n"
        "    t.read(t.ATTACKS[name])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    grown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert int(grown.stdout) < 250_000  # kB


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x07", "\u202e", "\u200b", "\ufeff", "\x9b", "\u2066"])
def test_control_and_direction_characters_leave_no_trace(character: str) -> None:
    for item in (f"a{character}b", f"a&#{ord(character)};b"):
        [story] = read(f"<rss><channel><item><title>{item}</title></item></channel></rss>")
        assert story.title in ("ab", "a b", "a›b")  # 0x9b is what Windows calls ›


def test_invalid_utf_8_is_read_on() -> None:
    [story] = read(b"<rss><channel><item><title>gr\xc3\xbc\xc3\x9f dich, sch\xf6n \xff</title></item></channel></rss>")
    assert story.title.startswith("grüß dich") or story.title.startswith("gr")
    assert "\x00" not in story.title


def test_hostile_markup_becomes_words_or_nothing() -> None:
    [story] = read(
        HEAD + "&lt;script&gt;steal()&lt;/script&gt;&lt;p onclick=x&gt;Hello &lt;img src=x onerror=alert(1)&gt; there."
        "&lt;/p&gt;&lt;style&gt;p{}&lt;/style&gt;&lt;svg&gt;&lt;script&gt;x&lt;/script&gt;&lt;/svg&gt;" + TAIL
    )
    assert story.dek == "Hello there."
