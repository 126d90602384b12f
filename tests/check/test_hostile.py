"""Any input gets an answer, and soon: the whole checker over hostile and broken mail."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.check import Mail, check_mail
from broadsheet.check.counts import count
from broadsheet.check.message import mail_of_html, mail_of_message
from broadsheet.check.report import grouped, sarif
from tests.check.editions import CONTEXT, edition, html_of, mail, pick, story

# fmt: off
PIECES = st.sampled_from([
    "<table>", "<tr>", "<td style='", "color:#", "color:rgb(", "999", "font-size:", "1e9px", "';", "'>", "<style>",
    "@media (prefers-color-scheme:dark){", ".a{color:", "}", "</style>", "<a href='", "https://", "[::1", "x.org:99999",
    "&#", "99999999999", ";", "<img src=data:", "<h1>", "</h1>", "<!--[if mso]>", "<![endif]-->", "{{", "}}", "*|",
    "|*", "\u202e", "\x00", "\ud800", "text", " ", "\n", "<meta charset=", "utf-8", "<html lang=",
    "width=", "\u00b2", "٣",
])
# fmt: on


@settings(max_examples=80)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)), st.booleans())
def test_any_html_gets_an_answer(html: str, is_template: bool) -> None:
    checked = Mail(html=html, text=html, subject=html, preheader=html, headers={}, is_template=is_template)
    findings = check_mail(checked, CONTEXT)
    count(checked)
    list(grouped(findings))
    sarif(findings, "x")


@settings(max_examples=50)
@given(st.binary())
def test_any_bytes_get_an_answer(content: bytes) -> None:
    for checked in (mail_of_html(content), mail_of_message(content)):
        check_mail(checked, CONTEXT)


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_any_story_gets_an_answer(title: str, url: str) -> None:
    told = edition(pick(1, story=story(1, title=title, dek=title, url=url)))
    check_mail(mail(told, html=html_of(told)), CONTEXT)


MANY = 20_000
HOSTILE = {
    "nested divs": "<div>" * 100_000,
    "nested links": "<a href=x>" * MANY,
    "nested styles": "<div style='color:red;background:#fff'>x" * (MANY // 4),
    "nested tables": "<table><tr><td>" * (MANY // 3),
    "nested headings": "<h1>x<h3>" * (MANY // 2),
    "crossed": "<b><i>" * (MANY // 2) + "</b></i>" * (MANY // 2),
    "selectors": "<style>" + ".a .b .c .d{color:red}" * 5_000 + "</style>" + "<p class='a b c d'>x" * 2_000,
    "descendants": "<style>" + "div p{color:red}" * 3_000 + "</style>" + "<div>" * 500 + "<p>x" * 500,
    "at-rules": "<style>" + "@media x{" * MANY,
    "declarations": "<p style='" + "a" * 100_000 + "'>",
    "colons": "<p style='" + "a:" * 50_000 + "'>",
    "quotes": '<p style="' + "a:'" * 20_000 + '">',
    "parentheses": "<p style='color:" + "(" * 50_000 + "'>",
    "tags": "{{" * 50_000,
    "bars": "*|" * 50_000,
    "percent": "%%a" * 20_000,
    "brackets": "[[a" * 20_000,
    "blanks": "<p>" + " " * 100_000 + "copyright" + " " * 100_000,
    "one word": "<p>" + "a" * 100_000,
    "href": "<a href='https://" + "a." * 50_000 + "'>x</a>",
    "query": "<a href='https://x.org/?" + "a=b&" * 20_000 + "'>" + "x." * 20_000 + "</a>",
    "data": "<img src='data:" + "a" * 100_000 + "'>",
    "images": "<img>" * MANY,
    "comments": "<!--[if x]>" * MANY,
    "marks": "<p>" + "TK! " * MANY,
    "turns": "<p>" + "\u202e" * MANY,
    "classes": "<style>.a{color:red}</style><p class='" + "b " * 50_000 + "'>x",
    "fonts": "<p style='font-size:" + "9" * 100_000 + "'>x",
}


@pytest.mark.slow  # together, not one by one
@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_takes_long(name: str) -> None:
    began = time.thread_time()
    checked = Mail(html=HOSTILE[name], text=HOSTILE[name], subject=HOSTILE[name], headers={})
    check_mail(checked, CONTEXT)
    count(checked)
    assert time.thread_time() - began < 10


@pytest.mark.slow
def test_stories_cannot_make_it_slow() -> None:
    told = edition(*(pick(n, story=story(n, title="{{" * 50_000)) for n in range(5)))
    known: dict[str, Any] = {"html": html_of(told)}
    began = time.thread_time()
    check_mail(mail(told, **known), CONTEXT)
    assert time.thread_time() - began < 10
