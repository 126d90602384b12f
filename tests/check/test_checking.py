from __future__ import annotations

from dataclasses import replace

import pytest

from broadsheet.check import Mail, blocks, check_mail, check_rendered
from broadsheet.check.rules import RULES
from broadsheet.config.checks import RULE_NAMES
from broadsheet.model import Severity
from tests.check.editions import CONTEXT, edition, findings_of, mail, pick, rendered, story


def test_a_good_edition_has_no_finding() -> None:
    assert check_rendered(rendered(), CONTEXT) == ()


def test_the_configuration_knows_exactly_the_rules_that_exist() -> None:
    assert [rule.name for rule in RULES] == list(RULE_NAMES)


@pytest.mark.parametrize("severity", list(Severity))
def test_a_rule_is_as_bad_as_configured(severity: Severity) -> None:
    context = replace(CONTEXT, severities={"subject-empty": severity})
    findings = check_mail(mail(subject=" "), context)
    assert [finding.severity for finding in findings] == ([] if severity is Severity.OFF else [severity])
    assert blocks(findings) is (severity is Severity.BLOCK)


def test_a_rule_with_much_to_say_says_how_much_more() -> None:
    findings = findings_of("engine-tag", mail(html="<mj-text>" * 40))
    assert len(findings) == 26
    assert findings[-1].message == "and 15 more of this kind"


def test_a_place_names_story_line_and_column() -> None:
    told = edition(pick(1), pick(2))
    checked = mail(told)
    offset = checked.html.index("bridge 2 was close")
    assert checked.place(offset).startswith("story s2 (Council votes on bridge number 2), line 6, column ")
    assert checked.place(0) == "line 1, column 1"


def test_an_html_file_may_be_a_template() -> None:
    source = "<p>Hello *|FNAME|*</p>"
    assert not blocks(check_mail(Mail(html=source, is_template=True), CONTEXT))
    assert blocks(check_mail(Mail(html=source, headers={}), CONTEXT))


@pytest.mark.parametrize(
    ("rule", "change", "words"),
    [
        ("unsubscribe-link", ("sLoT7unsubscribeurl7tOLs", "#"), "no unsubscribe link"),
        ("postal-address", ("1 Press Lane", "somewhere"), "lacks the postal address"),
        ("open-slot", ("City", "sLoT7nosuch7tOLs"), "no slot is called"),
        ("template-tag", ("City", "{{ section.title }}"), "never filled in: {{ section.title }}"),
        ("template-tag", ("City", "{% if x %}"), "{% if x %}"),
        ("template-tag", ("City", "*|FNAME|*"), "*|FNAME|*"),
        ("template-tag", ("City", "%%first_name%%"), "%%first_name%%"),
        ("engine-tag", ("<h1>", "<mj-txt><h1>"), "<mj-txt>"),
        ("size", ("City", "x" * 102_000), "Gmail will cut it"),
        ("size-near", ("City", "x" * 91_000), "over Gmail's limit"),
    ],
)
def test_a_broken_rendering_is_found(rule: str, change: tuple[str, str], words: str) -> None:
    (finding,) = findings_of(rule, mail(html=mail().html.replace(*change)))
    assert words in finding.message
    assert finding.advice


def test_the_text_needs_a_way_out_and_an_address_too() -> None:
    assert {finding.rule for finding in check_mail(mail(text="THE DAILY"), CONTEXT)} >= {
        "unsubscribe-link",
        "postal-address",
    }


def test_tags_that_a_story_is_about_do_not_block() -> None:
    told = edition(pick(1, story=story(1, title="How {{ braces }} took over")))
    assert not findings_of("template-tag", mail(told))


def test_the_size_names_what_weighs_most() -> None:
    told = edition(pick(1, dek="long " * 25_000), pick(2))
    (finding,) = findings_of("size", mail(told))
    assert "story s1 (Council votes on bridge number 1) 125," in finding.message
