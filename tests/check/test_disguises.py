"""Counts and blocking rules do not depend on how a mail is written, wrapped or encoded, nor on who reads its HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from broadsheet.check import Mail, check_mail
from broadsheet.check.counts import count
from broadsheet.check.message import mail_of_html
from broadsheet.model import Severity
from tests.check.disguises import DISGUISES
from tests.check.editions import CONTEXT

LETTER = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Crème</title>
<style>a > b { color: red }</style></head>
<body><!-- a <table> that is not --><table role="presentation" width="600"><tr><td>
<h1>Crème brûlée &amp; more</h1><img src="https://x.example/a.png" width="20" alt=""><img src='https://x.example/b.png'>
<p>Read <a href="https://x.example/?a=1&amp;b=2">the whole story</a>, <a href="http://y.example/">another</a>
or <a href="#">nothing</a>.<br><a href="https://x.example/unsubscribe">Unsubscribe</a></p>
</td></tr></table><table><tr><td>Price</td></tr></table></body>
</html>
"""
NOT_COMPARED = {"html_bytes", "over_102400_bytes", "charset_declared"}  # what a disguise may well change


def facts(mail: Mail) -> Mapping[str, object]:
    return {name: value for name, value in count(mail).items() if name not in NOT_COMPARED}


def blocking(mail: Mail) -> set[str]:
    """Name the rules that block what stands in the HTML; headers and size are the disguise's."""
    findings = check_mail(replace(mail, is_template=True), CONTEXT)
    return {finding.rule for finding in findings if finding.severity is Severity.BLOCK} - {"list-unsubscribe", "size"}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_letter_counts_alike_in_every_disguise(disguise: str) -> None:
    plain, other = mail_of_html(LETTER.encode()), DISGUISES[disguise](LETTER)
    assert facts(plain)["images"] == 2
    assert facts(other) == facts(plain)
    assert blocking(other) == blocking(plain)


def real_mails(shared_data: Path, step: int) -> list[tuple[str, str]]:
    files = sorted((shared_data / "newsletter_html" / "html").iterdir())[::step]
    return [(file.name, mail_of_html(file.read_bytes()).html) for file in files]


def test_real_mails_count_alike_in_every_disguise(shared_data: Path) -> None:
    differ = [
        (name, disguise)
        for name, html in real_mails(shared_data, 10)
        for disguise, change in DISGUISES.items()
        if facts(other := change(html)) != facts(mail_of_html(html.encode()))
        or blocking(other) != blocking(mail_of_html(html.encode()))
    ]
    assert differ == []


def test_lxml_counts_the_same_in_real_mails_whole_and_cut(shared_data: Path) -> None:
    differ = []
    for name, whole in real_mails(shared_data, 2):
        for share in (1.0, 0.7, 0.3):
            html = whole[: int(len(whole) * share)]
            ours, theirs = count(mail_of_html(html.encode())), counted_by_lxml(html)
            differ += [(name, share, fact) for fact in theirs if ours[fact] != theirs[fact]]
    assert differ == []


def counted_by_lxml(html: str) -> Mapping[str, object]:
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    page = lxml_html.document_fromstring(html.encode(), parser=parser)
    images, tables = page.findall(".//img"), page.findall(".//table")
    links = [link for link in page.iter("a") if "href" in link.attrib or "name" not in link.attrib]
    targets = [link.get("href", "").strip().lower() for link in links]
    return {
        "images": len(images),
        "images_without_alt": sum("alt" not in image.attrib for image in images),
        "links": len(links),
        "empty_links": sum(target in ("", "#") for target in targets),
        "http_links": sum(target.startswith("http://") for target in targets),
        "tables": len(tables),
        "tables_without_role": sum(table.get("role", "").lower() != "presentation" for table in tables),
        "style_blocks": len(page.findall(".//style")),
        "scripts": len(page.findall(".//script")),
    }


def test_a_thousand_tables_around_a_mail_are_a_thousand_tables() -> None:
    around = '<table role="presentation"><tr><td>' * 1000
    deep = LETTER.replace("<body>", f"<body>{around}").replace("</body>", "</td></tr></table>" * 1000 + "</body>")
    plain = facts(mail_of_html(LETTER.encode()))
    assert facts(mail_of_html(deep.encode())) == {**plain, "tables": 1002}
