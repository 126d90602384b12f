"""Each rule by what it lets pass and what it finds. `found` and `silent` say it in one line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broadsheet.check import Answer, AnswerState, Mail, check_mail
from broadsheet.check.rules import RULES
from broadsheet.model import Edition, Section
from tests.check.editions import CONTEXT, NOW, edition, findings_of, html_of, mail, pick, story

BODY = "<!doctype html><html lang=en><head><meta charset=utf-8><title>t</title></head><body>{}</body></html>"


def found(rule: str, html: str, words: str = "", **known: Any) -> None:
    findings = findings_of(rule, Mail(html=html, headers={}, **known))
    assert findings, f"{rule} found nothing in {html[:200]}"
    assert words in findings[0].message
    assert findings[0].advice
    assert findings[0].place


def silent(rule: str, html: str, **known: Any) -> None:
    assert not findings_of(rule, Mail(html=html, headers={}, **known))


FOUND = [
    ("unsubscribe-link", "<a href='https://x.org'>Home</a>", "no link lets a reader unsubscribe"),
    ("open-slot", "<a href='sLoT7viewurl7tOLs'>", "never filled"),
    ("template-tag", "<p>Hello ${name}", "${name}"),
    ("template-tag", "<p>Hello <%= name %>", "<%= name %>"),
    ("unfinished", "<p>The vote was TK to TK", "TK"),
    ("unfinished", "<p>[insert quote]", "[insert quote]"),
    ("filler", "<p>Lorem ipsum dolor sit amet", "Lorem ipsum"),
    ("filler", "<p>Headline goes here", "Headline goes here"),
    ("stand-in-date", "<p>DD/MM/YYYY", "DD/MM/YYYY"),
    ("stand-in-date", "<p>January 1, 1970", "1970"),
    ("stand-in-date", "<p>Month DD, 20XX", "Month DD"),
    ("year-old", "<p>&copy; 2019 The Daily", "© 2019"),
    ("year-old", "<p>Copyright 2015-2020", "2015-2020"),
    ("link-missing", "<a href='#'>Home</a>", "“Home”"),
    ("link-missing", "<a>Home</a>", "“Home”"),
    ("link-relative", "<a href='news/1.html'>x</a>", "news/1.html"),
    ("link-relative", "<a href='/news'>x</a>", "/news"),
    ("link-unsafe", "<a href='javascript:alert(1)'>x</a>", "javascript"),
    ("link-unsafe", "<a href=' jAva\tscript:alert(1)'>x</a>", ""),
    ("link-unsafe", "<a href='data:text/html,x'>x</a>", "data:"),
    ("link-form", "<a href='ftp://x.org/a'>x</a>", "another program (ftp:)"),
    ("link-http", "<a href='http://x.org'>x</a>", "http://x.org"),
    ("link-host", "<a href='https://192.0.2.7/x'>x</a>", "IP address"),
    ("link-host", "<a href='https://[2001:db8::1]/'>x</a>", "IP address"),
    ("link-host", "<a href='http://localhost:8000/x'>x</a>", "cannot reach"),
    ("link-host", "<a href='https://cms.internal/x'>x</a>", "cannot reach"),
    ("link-host", "<a href='https://www.yourdomain.com/x'>x</a>", "stand-in"),
    ("link-shortener", "<a href='https://bit.ly/abc'>x</a>", "bit.ly"),
    ("link-duplicate", "<a href='//x.org/'>a</a><a href='https://x.org/1'>a</a><a href='https://x.org/2'>b</a>"
                       "<a href='https://x.org/1?utm_source=y'>c</a>", "2"),
    ("link-form", "<a href='https://x.org/a b'>x</a>", "blank"),
    ("link-form", "<a href='https://x.org/é'>x</a>", "ASCII"),
    ("link-form", f"<a href='https://x.org/{'a' * 2100}'>x</a>", "characters long"),
    ("link-mismatch", "<a href='https://evil.example/x'>www.mybank.com</a>", "mybank.com"),
    ("image-alt", "<img src='https://x.org/a.jpg'>", "no alt text"),
    ("image-alt", "<img alt='IMG_1234.jpg' src='https://x.org/a.jpg'>", "says nothing"),
    ("image-dimensions", "<img alt='' src='https://x.org/a.jpg'>", "nowhere"),
    ("image-dimensions", "<img alt='' width='100%' src='https://x.org/a.jpg'>", "'100%'"),
    ("image-dimensions", "<img alt='' style='width:50px' src='https://x.org/a.jpg'>", "style"),
    ("image-wide", "<img width=1200 src='https://x.org/a.jpg'>", "1200"),
    ("image-format", "<img src='https://x.org/a.svg?v=1'>", "SVG"),
    ("image-format", "<img src='https://x.org/a.webp'>", "WebP"),
    ("image-data", "<img src='data:image/png;base64,AAAA'>", "bytes"),
    ("image-address", "<img src='img/a.png'>", "img/a.png"),
    ("image-address", "<img alt=x>", "(empty)"),
    ("image-http", "<img src='http://x.org/a.jpg'>", "http:"),
    ("image-only", "<img src='https://x.org/a.jpg'><p>Hello", "only 5 characters"),
    ("doctype", "<html><body>x", "doctype"),
    ("charset", "<html><head></head>", "encoded"),
    ("charset", "<meta charset=iso-8859-1>", "iso-8859-1"),
    ("charset", "<meta http-equiv=content-type content='text/html; charset=windows-1252'>", "windows-1252"),
    ("viewport", "<html>", "viewport"),
    ("viewport", "<meta name=viewport content='width=device-width, maximum-scale=1.0'>", "zooming"),
    ("active-content", "<script>1</script>", "<script>"),
    ("active-content", "<iframe src=x></iframe>", "<iframe>"),
    ("active-content", "<p onclick='x()'>", "onclick"),
    ("form", "<form><input></form>", "<form>"),
    ("external-style", "<link rel=stylesheet href='https://fonts.example/x.css'>", "fonts.example"),
    ("external-style", "<style>@import url(x.css);</style>", "@import"),
    ("style-size", f"<style>{'.a{color:red}' * 1500}</style>", "19,500"),
    ("style-nested", "<style>@media screen{@font-face{font-family:x}}</style>", "@font-face"),
    ("outlook-comment", "<!--[if mso]><table>--><p>", "not closed"),
    ("characters", "<p>a\x07b", "U+0007"),
    ("characters", "<p>a\u202eb", "direction"),
    ("garbled", "<p>Itâ€™s late", "Itâ€™s"),
    ("garbled", "<p>caf\ufffd", "wrongly"),
    ("garbled", "<p>Tom &amp;amp; Jerry", "twice"),
    ("language", "<html><body>x", "which language"),
    ("language", "<html lang='english!'>", "no language tag"),
    ("language", "<html lang=ar><body>", "right to left"),
    ("title", "<html><head></head><body>x", "no title"),
    ("title", "<title> </title><p>", "no title"),
    ("heading-order", "<h1>a</h1><h3>b</h3>", "h3 follows h1"),
    ("heading-order", "<h1>a</h1><h1>b</h1>", "2 h1"),
    ("heading-order", "<h1></h1>", "empty"),
    ("heading-order", "<p>" + "word " * 400, "no heading"),
    ("link-text", "<a href='https://x.org'>Read more…</a>", "Read more"),
    ("link-text", "<a href='https://x.org'><img src='a.png'></a>", "no words"),
    ("link-text", "<a href='https://x.org'>Weiterlesen »</a>", "Weiterlesen"),
    ("layout-table", "<table><tr><td>x</table>", "1 layout table"),
    ("aria-role", "<div role=module>", "'module'"),
    ("reading-order", "<table dir=rtl><tr><td>x</table>", "rtl"),
    ("reading-order", "<div style='display:flex;flex-direction:row-reverse'>", "row-reverse"),
    ("reading-order", "<a tabindex=3 href=x>", "tabindex"),
    ("contrast", "<p style='color:#999999'>faint", "#999999 on #ffffff has a contrast of 2.8:1"),
    ("contrast", "<table bgcolor='#000080'><tr><td>dark", "#000000 on #000080"),
    ("contrast", "<style>.a{color:#aaa}</style><p class='b a'>faint", "#aaaaaa"),
    ("contrast", "<style>td p{color:#aaa}</style><table><tr><td><div><p>faint", "#aaaaaa"),
    ("contrast", "<p style='color:rgba(0,0,0,.4)'>faint", "on #ffffff"),
    ("contrast-dark", "<meta name=color-scheme content=dark><style>@media (prefers-color-scheme:dark){b{x:y}}</style>"
                      "<p style='color:#111'>lost", "#111111 on #121212"),
    ("text-small", "<p style='font-size:9px'>small", "9 px"),
    ("text-small", "<font size=1>small", "10 px"),
    ("text-small", "<p style='font-size:7pt'>small", "9.33333 px"),
    ("dark-mode", "<p>x", "does not say"),
    ("dark-mode", "<style>:root{color-scheme:light dark}</style><p>", "only in part"),
    ("dark-priority", "<style>@media (prefers-color-scheme:dark){.a{color:#fff}}</style>", ".a {color}"),
    ("client-support", "<div style='display:grid;gap:4px'>", "gap is missing"),
    ("client-support", "<div style='background:linear-gradient(#000,#111)'>", "linear-gradient"),
    ("client-support", "<style>p::before{content:'x'}</style>", "::before"),
    ("client-support", "<video src=x></video>", "<video>"),
    ("client-support", "<p style='width:calc(100% - 3px)'>", "calc"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "html", "words"), FOUND, ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(FOUND)])
def test_found(rule: str, html: str, words: str) -> None:
    found(rule, html, words)


SILENT = [
    ("unsubscribe-link", "<a href='https://x.org/u'>Abmelden</a>"),
    ("unsubscribe-link", "<a href='https://x.org/unsubscribe?t=1'>Leave</a>"),
    ("template-tag", "<style>@media print{a{color:red}}</style><p>100 % sure"),
    ("engine-tag", "<p>mj-text &lt;mj-text&gt;"),
    ("unfinished", "<p>TK Maxx opens in Tkvarcheli"),
    ("year-old", "<p>© 2010–2026"),
    ("link-missing", "<a name=top></a><a id=top></a><a href='#top'>up</a>"),
    ("link-relative", "<a href='mailto:a@b.c'>x</a><a href='#x'>x</a><a href='//x.org/'>x</a>"
                      "<a href='[unsubscribe]'>x</a>"),
    ("link-duplicate", "<a href='https://x.org/v'>View</a><a href='https://x.org/2'>b</a><a href='https://x.org/v'>view</a>"),
    ("link-form", "<a href='localhost:80/x'>x</a><a href='mailto:a@b.c?subject=d'>x</a>"),
    ("engine-tag", "<!-- <mj-section> --><p class='mj-column-per-100'>"),
    ("link-unsafe", "<a href='https://x.org/javascript:'>x</a><a href='tel:+44'>x</a><a href='{{ x }}'>x</a>"),
    ("link-host", "<a href='https://x.org/'>x</a><a href='*|UNSUB|*'>x</a><a href='http://[broken'>x</a>"),
    ("link-duplicate", "<a href='https://x.org/1'><img></a><a href='https://x.org/1'>a</a>"
                       "<a href='https://x.org/'>b</a><a href='https://x.org'>c</a>"),
    ("link-mismatch", "<a href='https://news.mybank.com/x'>www.mybank.com</a>"
                      "<a href='https://x.org'>Read this. Now.</a>"),
    ("image-alt", "<img alt='' src=x><img alt='A ship at dawn' src=x>"),
    ("image-dimensions", "<img width=600 src=x><img width=1 height=1 src=x><img width='600px' src=x>"),
    ("image-format", "<img src='https://x.org/a.jpg'><img src='https://x.org/a'>"),
    ("image-address", "<img src='https://x.org/a.jpg'><img src='cid:1'><img src='{{ image }}'>"),
    ("image-only", "<img src='https://x.org/a.jpg'><p>" + "word " * 60),
    ("viewport", "<meta name=viewport content='width=device-width, maximum-scale=5'>"),
    ("aria-role", "<div role='doc-cover article'><table role=presentation>"),
    ("active-content", "<script type='application/ld+json'>{}</script>"),
    ("outlook-comment", "<!--[if mso]><table><![endif]--><!--[if !mso]><!--><p><!--<![endif]--><!-- note -->"),
    ("outlook-comment", "<!--[if !mso]><!-- --><a href='https://x.org'>x</a><!-- <![endif]-->"),
    ("characters", "<p>a\u2067b\u2069\tc\r\n"),
    ("garbled", "<p>Ça va à São Paulo, naïve café’s"),
    ("language", "<html lang=de-AT><body>x"),
    ("language", "<html lang=ar dir=rtl><body>x"),
    ("heading-order", "<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2>"),
    ("link-text", "<a href='https://x.org'><img alt='The Daily'></a><a href='https://x.org'>Council votes</a>"),
    ("layout-table", "<table role=presentation><tr><td><table><tr><th>x</th></table></table>"),
    ("reading-order", "<p lang=ar dir=rtl style='direction:rtl'>x"),
    ("reading-order", "<html lang=ar><table dir=rtl style='direction:rtl'>"),
    ("contrast", "<p style='color:#999;display:none'>hidden<p style='color:#777;font-size:24px'>large"),
    ("contrast", "<td background='x.png'><p style='color:#fff'>on a picture"),
    ("contrast", "<table style='background:#000'><tr><td style='color:#fff'>white on black"),
    ("contrast", "<style>@media (max-width:480px){p{color:#eee}}</style><p>only on phones"),
    ("contrast-dark", "<style>@media (prefers-color-scheme:dark){.a{color:#eee!important}"
                      ".g{background:#111!important}}</style>"
                      "<div class=g style='background:#fff'><p class=a style='color:#111'>seen"),
    ("text-small", "<td style='font-size:0'><p style='font-size:16px'>a<sup>1</sup>"),
    ("dark-priority", "<style>@media (prefers-color-scheme:dark){.a{color:#fff!important}}</style>"),
    ("client-support", "<table role=presentation style='border-radius:3px'><tr><td style='padding:3px'><p>x"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "html"), SILENT, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(SILENT)])
def test_silent(rule: str, html: str) -> None:
    silent(rule, html)


@pytest.mark.parametrize(
    ("rule", "subject", "words"),
    [
        ("subject-empty", "  ", "empty"),
        ("subject-long", "word " * 20, "99 characters"),
        ("subject-shouting", "PARLIAMENT VOTES TODAY", "capitals"),
        ("subject-shouting", "Now!!", "exclamation"),
        ("subject-shouting", "Ship 🚢 and train 🚆", "emoji"),
        ("subject-spam", "Act now: a free gift", "Act now"),
        ("subject-spam", "Re: your order", "reply"),
    ],
)
def test_subjects_found(rule: str, subject: str, words: str) -> None:
    found(rule, "<p>", words, subject=subject)


@pytest.mark.parametrize(
    "subject",
    ["EU, NATO and the UN meet", "Wer zahlt für die Brücke? 🌉", "Report: no deal yet", "👨‍👩‍👧‍👦 " * 1 + "a" * 66],
)
def test_good_subjects_pass(subject: str) -> None:
    for rule in ("subject-empty", "subject-long", "subject-shouting", "subject-spam"):
        silent(rule, "<p>", subject=subject)


def test_a_preheader_is_neither_short_nor_long_nor_the_subject() -> None:
    assert findings_of("preheader-empty", mail(preheader=""))
    assert findings_of("preheader-length", mail(preheader="Short"))
    assert findings_of("preheader-length", mail(preheader="word " * 40))
    assert findings_of("preheader-same", mail(preheader="Bridges, budgets and a bear, and five more stories"))


def test_a_mail_of_plain_text_may_say_in_words_how_to_leave() -> None:
    silent("unsubscribe-link", "", text="To unsubscribe, go to https://x.org/u")
    found("unsubscribe-link", "", text="Hello")


def test_a_hidden_preheader_is_read_from_anybodys_mail() -> None:
    hidden = "<title>t</title><div style='display:none'>{}</div><p>Shown text"
    found("preheader-length", hidden.format("Short" + "\u034f\u200c\u00a0" * 90), "5 characters")
    found("preheader-same", hidden.format("The harbour bill, and more of it"), "repeats", subject="The harbour bill")
    silent("preheader-length", hidden.format("{{ preheader }}"))
    silent("preheader-length", "<p>Shown text")


def test_an_unsubscribe_link_of_ours_must_be_https() -> None:
    assert findings_of("one-click", mail(), replace(CONTEXT, base_url="http://news.example.org"))
    assert not findings_of("one-click", mail(), replace(CONTEXT, base_url="https://news.example.org"))


def test_yesterdays_subject_and_stories_are_recognised() -> None:
    before = edition(pick(1), id="daily-2026-11-23")
    context = replace(CONTEXT, previous=before)
    assert [f.place for f in findings_of("subject-repeated", mail(), context)] == ["subject", "preheader"]
    (carried,) = findings_of("story-carried", mail(), context)
    assert carried.place.startswith("story s1")
    assert not findings_of("story-carried", mail(edition(pick(1, is_update=True))), context)
    assert not findings_of("subject-repeated", mail(), replace(CONTEXT, previous=edition()))


def sections(*parts: Section, **changes: Any) -> Edition:
    return edition(sections=parts, **changes)


@pytest.mark.parametrize(
    ("rule", "told", "words"),
    [
        ("embargo", edition(pick(1, story=story(1, embargo_at=NOW + timedelta(hours=1)))), "2026-11-24 07:00 UTC"),
        ("embargo", edition(pick(1, also_reported_by=(story(9, embargo_at=NOW + timedelta(1)),))), "number 9"),
        ("story-expired", edition(pick(1, story=story(1, expires_at=NOW))), "expired"),
        ("edition-empty", sections(), "no story"),
        ("section-empty", sections(Section(title="A", category="A", picks=(pick(1),)),
                                   Section(title="B", category="B")), "empty"),
        ("section-stale", edition(pick(1, story=story(1, published_at=NOW - timedelta(5)))), "5 days old"),
        ("headline-empty", edition(pick(1, headline=" ")), "no headline"),
        ("story-repeated", edition(pick(1), pick(1)), "the same story"),
        ("story-repeated", edition(pick(1), pick(2, story=story(2, url="https://www.example.org/story/1?utm_source=x"))),
         "the same address"),
    ],
)  # fmt: skip
def test_what_an_editor_wants_to_know(rule: str, told: Edition, words: str) -> None:
    (finding,) = findings_of(rule, mail(told))
    assert words in finding.message


@pytest.mark.parametrize(
    ("text", "words"), [("", "no text part"), ("Read it in the browser.", "words"), ("<p>word " * 90, "HTML tags")]
)
def test_a_text_part_must_be_readable_alone(text: str, words: str) -> None:
    found("text-part", "<p>" + "word " * 80, words, text=text)
    silent("text-part", "<p>" + "word " * 80, text="word " * 70)


def test_a_story_that_vanished_from_a_part_is_named() -> None:
    told = edition(pick(1), pick(2))
    shown = html_of(told).replace("Council votes on bridge number 2", "")
    (finding,) = findings_of("story-missing", mail(told, html=shown))
    assert (finding.place, "HTML" in finding.message) == ("story s2 (Council votes on bridge number 2)", True)
    assert not findings_of("story-missing", mail(told, html=shown, notes=("moved: Council votes on bridge number 2",)))


HEADERS = {
    "from": ["The Daily <news@daily.example>"],
    "date": ["Tue, 24 Nov 2026 06:00:00 +0000"],
    "message-id": ["<1@daily.example>"],
    "list-id": ["<daily.daily.example>"],
    "list-unsubscribe": ["<https://daily.example/u/1>, <mailto:u@daily.example>"],
    "list-unsubscribe-post": ["List-Unsubscribe=One-Click"],
}
RULES_OF_HEADERS = ("from", "from-name", "reply-to", "list-unsubscribe", "headers")


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        ({"from": []}, "from", "none"),
        ({"from": ["a@b.example, c@d.example"]}, "from", "a@b.example, c@d.example"),
        ({"from": ["news@daily.example"]}, "from-name", "no name"),
        ({"from": ["The Daily <daily@gmail.com>"]}, "from-name", "gmail.com"),
        ({"from": ["The Daily <no-reply@daily.example>"]}, "reply-to", "nobody reads"),
        ({"reply-to": ["somebody"]}, "reply-to", "no address"),
        ({"list-unsubscribe": []}, "list-unsubscribe", "no List-Unsubscribe"),
        ({"list-unsubscribe": ["<mailto:u@daily.example>"]}, "list-unsubscribe", "no https"),
        ({"list-unsubscribe-post": []}, "list-unsubscribe", "Post is missing"),
        ({"list-unsubscribe-post": ["yes"]}, "list-unsubscribe", "'yes'"),
        ({"date": []}, "headers", "no Date"),
        ({"date": ["yesterday"]}, "headers", "cannot be read"),
        ({"message-id": ["<1@x>", "<2@x>"]}, "headers", "2 times"),
    ],
)
def test_headers_found(change: dict[str, list[str]], rule: str, words: str) -> None:
    (finding,) = findings_of(rule, Mail(html="<p>", headers=HEADERS | change))
    assert words in finding.message


def test_good_headers_pass() -> None:
    findings = check_mail(Mail(html="<p>", headers=HEADERS), CONTEXT)
    assert not [finding for finding in findings if finding.rule in RULES_OF_HEADERS]


def test_our_own_sender_is_judged_by_the_configuration() -> None:
    context = replace(CONTEXT, sender="The Daily <no-reply@yahoo.com>")
    assert findings_of("reply-to", mail(), context)
    assert findings_of("from-name", mail(), context)
    assert not findings_of("reply-to", mail(), replace(context, reply_to="desk@daily.example"))


def test_answers_of_servers_are_judged() -> None:
    html = (
        "<a href='https://x.org/dead'>a</a><a href='https://x.org/shut'>b</a><a href='https://x.org/odd'>c</a>"
        "<img src='https://x.org/big.jpg'>"
    )
    context = replace(
        CONTEXT,
        answers={
            "https://x.org/dead": Answer(AnswerState.DEAD, "404, twice"),
            "https://x.org/shut": Answer(AnswerState.CLOSED, "403: closed to robots"),
            "https://x.org/odd": Answer(AnswerState.UNSURE, "the server answers 500"),
            "https://x.org/big.jpg": Answer(AnswerState.ALIVE, size=1_500_000),
        },
    )
    checked = Mail(html=html, headers={})
    assert [f.message for f in findings_of("link-dead", checked, context)] == [
        "a link is dead (404, twice): https://x.org/dead"
    ]
    assert [f.message for f in findings_of("link-unsure", checked, context)] == [
        "nothing is known of a link (the server answers 500): https://x.org/odd"
    ]
    assert len(findings_of("image-weight", checked, context)) == 2


def test_client_support_is_weighed_by_the_readers() -> None:
    checked = Mail(html="<div style='display:flex'>", headers={})
    assert not findings_of("client-support", checked, replace(CONTEXT, clients={"gmail": 1}))
    (finding,) = findings_of("client-support", checked, replace(CONTEXT, clients={"gmail": 1, "outlook/windows": 1}))
    assert "missing for 50% of the readers: Outlook (Windows)" in finding.message


def test_every_rule_is_tried_here() -> None:
    here = Path(__file__)
    source = here.read_text(encoding="utf-8") + here.with_name("test_checking.py").read_text(encoding="utf-8")
    assert [rule.name for rule in RULES if f'"{rule.name}"' not in source] == []
