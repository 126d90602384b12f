"""What every platform must keep, whatever it is: inherited by one small test class a platform."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from broadsheet import __version__
from broadsheet.export import Choices, Exported, Platform, export_edition, exported, find_platform
from broadsheet.export.markup import links, pictures
from broadsheet.export.platform import Takes
from broadsheet.export.requirements import GMAIL_CLIP, NAMED
from broadsheet.model import Bundle, RenderedEdition
from broadsheet.slots import TOKEN, Slot
from tests.export.awkward import HOSTILE, PUBLICATION, awkward_edition


def words_of(html: str) -> str:
    """Read HTML as a reader does: words only, invisible characters aside."""
    bare = re.sub(r"<style\b.*?</style>|<title>.*?</title>|<!--.*?-->|<[^>]*>", " ", html, flags=re.DOTALL)
    return same(unescape(bare))


def same(text: str) -> str:
    """Bring a text to the form in which a reader compares it."""
    return " ".join(re.sub("[\u2060\u034f\u200c]", "", text).split())


def attributes(html: str, name: str) -> list[str]:
    """List the values of an attribute, as a reader's program reads them."""
    return [same(unescape(value)) for value in re.findall(rf'\s{name}="([^"]*)"', html)]


def printed(platform: Platform, text: str) -> str:
    """Undo the code by which an engine is told to print a character as it is."""
    lead, _, tail = platform.engine.as_is.partition("@")
    return re.sub(f"{re.escape(lead)}(.*?){re.escape(tail)}", r"\1", text) if lead else text


GOLDEN = Path(__file__).parent.parent / "export" / "golden"


def as_text(bundle: Bundle) -> str:
    """Write a bundle as one text for people to compare: every file under its name, archives by what is in them."""
    parts = []
    for file in bundle.files:
        if file.path.endswith(".zip"):
            content = "\n".join(zipfile.ZipFile(io.BytesIO(file.content)).namelist()) + "\n"
        else:
            content = file.content.decode().replace("\r\n", "\n").replace(f'"{__version__}"', '"VERSION"')
        parts.append(f"==== {file.path}\n{content}")
    return "".join(parts)


class ExporterContract:
    """Set `name`; everything else follows from the platform's description."""

    name: str

    @pytest.fixture
    def platform(self) -> Platform:
        return find_platform(self.name)

    @pytest.fixture
    def rendered(self) -> RenderedEdition:
        return awkward_edition()

    def choices(self, platform: Platform) -> Choices:
        """Drop what the platform cannot express, as its user would."""
        return Choices(drop=frozenset(slot for slot in Slot if slot not in platform.tags))

    @pytest.fixture
    def result(self, platform: Platform, rendered: RenderedEdition) -> Exported:
        return exported(rendered, platform, self.choices(platform))

    def test_no_slot_is_left_open(self, result: Exported) -> None:
        assert not TOKEN.search(result.html + result.text + result.subject + result.preheader)

    def test_each_tag_stands_byte_for_byte(self, platform: Platform, result: Exported) -> None:
        for slot, tag in result.tags.items():
            assert tag.in_text("") in result.text
            if tag.element:
                assert f"<{tag.element}" in result.html
            elif platform.takes is not Takes.MJML or slot is Slot.UNSUBSCRIBE_URL:
                assert (f'href="{tag.in_html("")}"' if slot.is_url else tag.in_html("")) in result.html

    def test_nothing_but_our_tags_reads_as_code(self, platform: Platform, result: Exported) -> None:
        for text, write in (
            (result.html, lambda tag: tag.in_html("")),
            (result.text, lambda tag: tag.in_text("")),
            (result.subject, lambda tag: tag.in_text("")),
            (result.preheader, lambda tag: tag.in_text("")),
        ):
            for code in sorted(
                [*map(write, result.tags.values()), *(d for d, _ in platform.demands)], key=len, reverse=True
            ):
                text = text.replace(code, "")
            found = platform.engine.code.search(text)
            assert not found, text[max(0, found.start() - 40) : found.end() + 40]

    def test_hostile_text_reads_as_it_was_written(self, platform: Platform, result: Exported) -> None:
        if platform.takes is Takes.MJML:
            return
        kept = {name: attributes(result.html, name) for name in ("data-note", "title", "alt")}
        for text in HOSTILE:
            assert same(text) in words_of(result.html)
            assert all(same(text) in values for values in kept.values())
            assert same(text) in same(printed(platform, result.text))

    def test_every_link_survives(self, platform: Platform, rendered: RenderedEdition, result: Exported) -> None:
        if platform.takes is not Takes.MJML:
            ours = [link for link in links(rendered.html) if "news.example" in link]
            assert len([link for link in links(result.html) if "news.example" in link]) == len(ours)
            assert len(pictures(result.html)) == len(pictures(rendered.html))

    def test_a_missing_slot_is_an_error_with_a_choice(self, platform: Platform, rendered: RenderedEdition) -> None:
        from broadsheet.errors import ExportError

        lacking = [slot for slot in Slot if slot not in {*platform.tags, *platform.supplied, *platform.samples}]
        if not lacking or platform.takes is Takes.MJML:
            return
        with pytest.raises(ExportError) as error:
            exported(rendered, platform)
        assert platform.title in error.value.message
        assert any(slot in error.value.message for slot in lacking)
        assert "--drop" in error.value.advice

    def test_a_fixed_word_takes_the_place_of_a_slot(self, platform: Platform, rendered: RenderedEdition) -> None:
        words = {Slot.FIRST_NAME: "dear {{ reader }} & <co>"}
        lacking = [slot for slot in Slot if slot not in platform.tags]
        words |= {slot: "" for slot in lacking if not slot.is_url and slot not in words}
        drop = frozenset(slot for slot in lacking if slot.is_url)
        result = exported(rendered, platform, Choices(drop=drop, words=words))
        assert "dear {{ reader }} & <co>" in same(printed(platform, result.text))
        if platform.takes is not Takes.MJML:
            assert "dear {{ reader }} & <co>" in words_of(result.html)

    def test_the_bundle_is_complete_and_repeatable(self, platform: Platform, rendered: RenderedEdition) -> None:
        bundle = export_edition(rendered, PUBLICATION, platform, self.choices(platform))
        again = export_edition(rendered, PUBLICATION, platform, self.choices(platform))
        assert bundle == again
        files = {file.path: file.content for file in bundle.files}
        manifest = json.loads(files["manifest.json"])
        assert manifest["platform"] == platform.name
        assert manifest["hash"] == rendered.hash
        for entry in manifest["files"]:
            assert hashlib.sha256(files[entry["path"]]).hexdigest() == entry["sha256"]
        assert "README.txt" in files
        assert {entry["path"] for entry in manifest["files"]} == set(files) - {"manifest.json"}

    def test_the_bundle_is_as_it_was(self, platform: Platform, rendered: RenderedEdition, rewrite: bool) -> None:
        """Compare with the golden bundle: one text that holds every file. `pytest --rewrite` writes it anew."""
        golden = GOLDEN / f"{self.name}.txt"
        whole = as_text(export_edition(rendered, PUBLICATION, platform, self.choices(platform)))
        if rewrite:
            golden.write_text(whole, encoding="utf-8", newline="")
        assert whole == golden.read_bytes().decode()

    def test_the_readme_says_what_to_do(self, platform: Platform, rendered: RenderedEdition) -> None:
        bundle = export_edition(rendered, PUBLICATION, platform, self.choices(platform))
        readme = next(file.content.decode() for file in bundle.files if file.path == "README.txt")
        assert platform.title in readme
        assert "\n1. " in f"\n{readme}"
        for slot in (slot for slot in Slot if slot in platform.supplied and slot not in platform.tags):
            assert f"adds {NAMED[slot]} itself" in " ".join(readme.split())

    def test_words_for_readers_without_a_name_are_printed_or_told(
        self, platform: Platform, rendered: RenderedEdition
    ) -> None:
        result = exported(rendered, platform, replace(self.choices(platform), fallback="reader"))
        tag = result.tags.get(Slot.FIRST_NAME)
        told = any("'reader' in place of a name" in note for note in result.notes)
        if tag:
            assert ("reader" in tag.in_html("reader")) is not told
            assert tag.in_html("reader") in result.html or platform.takes is Takes.MJML
            assert tag.in_text("reader") in result.text

    def test_the_preview_text_is_given_once(self, platform: Platform, rendered: RenderedEdition) -> None:
        """It stands hidden in the HTML, or goes into a field there, and the README says which."""
        bundle = export_edition(rendered, PUBLICATION, platform, self.choices(platform))
        if platform.takes is Takes.MESSAGE:
            return
        readme = " ".join(next(file.content.decode() for file in bundle.files if file.path == "README.txt").split())
        html = exported(rendered, platform, self.choices(platform)).html
        is_hidden = "News of the day" in html.partition("Good morning")[0]
        assert ("Leave the field for the preview text empty" in readme) is is_hidden
        assert ("Put preheader.txt into the field" in readme) is not is_hidden

    def test_a_growing_edition_is_told(self, platform: Platform, rendered: RenderedEdition) -> None:
        long = replace(
            rendered, html=rendered.html.replace("</tbody>", f"<tr><td>{'news ' * (GMAIL_CLIP // 5)}</td></tr></tbody>")
        )
        if platform.takes in (Takes.DOCUMENT, Takes.FRAGMENT):
            assert any("Gmail" in note for note in exported(long, platform, self.choices(platform)).notes)
