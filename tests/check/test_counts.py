from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from broadsheet.check import Mail
from broadsheet.check.counts import count, is_relative
from broadsheet.check.message import mail_of_html


@pytest.mark.parametrize(
    ("html", "name", "expected"),
    [
        ("<!DOCTYPE html><p>", "doctype", True),
        ("<p>", "doctype", False),
        ("<meta http-equiv=content-type content='text/html; charset=utf-8'>", "charset_declared", True),
        ("<html lang='pt-BR'>", "lang", "pt-BR"),
        ("<html>", "lang", None),
        ("<img><img alt><img alt=''><img alt=x>", "images_without_alt", 1),
        ("<img><img width=1><img style='max-width:9px'>", "images_without_width", 1),
        ("<img src=a.png><img src=https://x.org/a.png><img src='{{ x }}'><img src=cid:1>", "relative_image_src", 1),
        ("<a href=x>1</a><a name=y></a><a>2</a>", "links", 2),
        ("<a href>1</a><a href='#'>2</a><a href='#x'>3</a>", "empty_links", 2),
        ("<a href='HTTP://x.org'>1</a>", "http_links", 1),
        ("<a href='x.org'>1</a><a href='[tag]'>2</a><a href='*|TAG|*'>3</a><a href='mailto:a@b.c'>4</a>",
         "relative_links", 2),
        ("<link rel='stylesheet' href=x><link rel=icon href=y>", "external_css", 1),
        ("<table><tr><td><table role=Presentation></table></table>", "tables_without_role", 1),
        ("<!--[if mso]><table><img><![endif]-->", "tables", 0),
        ("<p onclick=x ONLOAD=y>", "event_handlers", 2),
        ("<a href='/u'>Unsubscribe</a>", "unsubscribe_link", True),
        ("<p>Leave: {{{unsubscribe}}}", "unsubscribe_link", True),
        ("<p>You cannot unsubscribe", "unsubscribe_link", False),
        ("<title>a</title><style>b</style><p>c&nbsp; d<b>e</b><script>f</script>", "text_chars", 7),
    ],
)  # fmt: skip
def test_counts(html: str, name: str, expected: object) -> None:
    assert count(Mail(html=html))[name] == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [(address, True) for address in ("a.html", "/a", "?a", "x.org", "[tag]")]
    + [(address, False) for address in ("", "#a", "//x.org", "https://x.org", "tel:+1")]
    + [(address, False) for address in ("%%url%%", "<%url%>", "{{url}}", "*|URL|*", "${url}")],
)
def test_an_address_is_relative_or_not(address: str, expected: bool) -> None:
    assert is_relative(address) is expected


def test_the_counts_agree_with_what_is_stated_about_other_peoples_mails(shared_data: Path) -> None:
    folder = shared_data / "newsletter_html"
    differ = []
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        content = (folder / row["file"]).read_bytes()
        counts = {**count(mail_of_html(content)), "html_bytes": len(content)}
        differ += [(row["file"], fact) for fact, stated in row["facts"].items() if counts[fact] != stated]
    assert differ == []


class Tags(HTMLParser):
    """Note the start tags that the standard library sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, sorted(dict(attrs))))


def test_our_reader_sees_the_tags_that_the_standard_library_sees(shared_data: Path) -> None:
    for file in sorted((shared_data / "newsletter_html" / "html").iterdir()):
        mail = mail_of_html(file.read_bytes())
        peer = Tags()
        peer.feed(mail.html)
        peer.close()
        assert [(element.name, sorted(element.attributes)) for element in mail.page.elements] == peer.seen, file.name
