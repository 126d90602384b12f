"""What others say of our themes' mail, and of our own judgement: axe-core in Chromium, the Nu HTML checker."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from broadsheet.check import Context, check_mail, check_rendered
from broadsheet.check.message import mail_of_html
from broadsheet.model import RenderedEdition, Severity
from broadsheet.render import find_theme, list_themes, render_edition
from tests.check.neighbours import AXE, VNU, axe_faults, fetched, page_of, pairs_of, vnu_errors
from tests.render import editions as material

with_programs = pytest.mark.slow  # a browser or Java has to start
THEMES = [entry.name for entry in list_themes()]
# What the Nu HTML checker calls an error and a mail needs: Outlook reads the namespaces for VML, `mso-` properties
# for its tables, and Apple's older clients the property without a standard.
JUSTIFIED = re.compile(
    r"Attribute “xmlns:[vo]” not allowed here|CSS: “(?:mso-[a-z-]+|supported-color-schemes)”: Property .* doesn't exist"
)


def rendered(theme: str, language: str = "en") -> RenderedEdition:
    """Render an edition with what a day may bring: no picture, a long word, an update, two tellings of one event."""
    picks = [material.pick(n, of=material.story(n, title=f"{material.HEADLINES[n % 7]}, part {n}")) for n in range(18)]
    picks[3] = replace(picks[3], story=replace(picks[3].story, image=None), is_update=True, kicker="Live")
    picks[5] = replace(picks[5], also_reported_by=(material.story(40, publisher="The Other Paper"),))
    picks[7] = material.pick(
        7, of=material.story(7, title="Donaudampfschifffahrtsgesellschaftskapitänsmütze", url=None)
    )
    picks[9] = material.pick(9, of=material.story(9, title="قرية صغيرة تصوت على جسر جديد", language="ar", dek="نص"))
    told = material.edition(picks, subject="The harbour bill and a lost symphony", intro="Good morning.")
    told = replace(told, preheader="And: who pays for the wall, a chip plant in a coal town, and a lost symphony")
    return render_edition(told, material.publication(language=language), find_theme(theme))


@with_programs
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_fault_in_any_theme(browser: Any, dark: bool, cache: Path) -> None:
    axe = fetched(AXE, "axe.min.js", cache)
    with page_of(browser, dark=dark) as page:
        faults = {
            f"{theme} {language}": {rule: nodes[0]["html"][:200] for rule, nodes in found.items()}
            for theme in THEMES
            for language in ("en", "ar")
            if (found := axe_faults(page, rendered(theme, language).html, axe))
        }
    assert faults == {}


@with_programs
def test_the_html_validates(cache: Path, tmp_path: Path) -> None:
    files = []
    for theme in THEMES:
        file = tmp_path / f"{theme}.html"
        file.write_text(rendered(theme).html, encoding="utf-8")
        files.append(file)
    errors = vnu_errors(files, fetched(VNU, "build/dist/vnu.jar", cache))
    assert [error for error in errors if not JUSTIFIED.search(error)] == []


@pytest.mark.parametrize("theme", THEMES)
def test_our_own_rules_find_nothing_in_a_good_edition(theme: str) -> None:
    publication = material.publication()
    context = Context(now=material.AT, postal_address=publication.postal_address, sender=publication.sender)
    assert check_rendered(rendered(theme), context) == ()


TAGS = ("{{ name }}", '{% if "x" %}', "*|FNAME|*", "%%first%%", "<%= name %>", "${name}", "[[name]]", "{{{raw}}}")


@pytest.mark.parametrize("theme", THEMES)
def test_a_story_about_tags_cannot_block_an_edition(theme: str) -> None:
    picks = [
        material.pick(n, of=material.story(n, title=f"Why {tag} won, part {n}", dek=f"{tag} it is.", publisher=tag))
        for n, tag in enumerate(TAGS)
    ]
    picks[0] = replace(picks[0], also_reported_by=(material.story(40, title=TAGS[2], publisher=TAGS[3]),))
    told = replace(material.edition(picks), subject=f"{TAGS[2]} and more", preheader="And: who pays for the wall")
    publication = material.publication()
    context = Context(now=material.AT, postal_address=publication.postal_address, sender=publication.sender)
    findings = check_rendered(render_edition(told, publication, find_theme(theme)), context)
    assert [finding for finding in findings if finding.severity is Severity.BLOCK] == []


@with_programs
def test_our_contrast_is_that_of_axe(browser: Any, cache: Path, shared_data: Path) -> None:
    axe = fetched(AXE, "axe.min.js", cache)
    context = Context(now=datetime(2026, 11, 24, tzinfo=UTC))
    differ = {}
    with page_of(browser, dark=False) as page:
        for file in sorted((shared_data / "newsletter_html" / "html").iterdir())[::5]:
            content = file.read_bytes()
            theirs = pairs_of(axe_faults(page, content.decode("utf-8", "replace"), axe).get("color-contrast", []))
            ours = {
                tuple(finding.message.split(" has ")[0].split(" on "))
                for finding in check_mail(mail_of_html(content), context)
                if finding.rule == "contrast"
            }
            if ours != theirs:
                differ[file.name] = (sorted(ours - theirs), sorted(theirs - ours))
    assert differ == {}
