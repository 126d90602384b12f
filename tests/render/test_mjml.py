"""What the engine does to text, and that we meet it. The canaries fail when an upgrade changes the engine."""

from __future__ import annotations

import subprocess
import sys

import pytest
from mjml import mjml2html

from broadsheet.errors import RenderError
from broadsheet.render.escaping import escape_attribute
from broadsheet.render.mjml import DEEPEST, compile_mjml, take_out, unbalanced

PAGE = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


def engine(body: str) -> str:
    return mjml2html(PAGE.format(body), fonts={})


def ours(body: str) -> str:
    return compile_mjml(PAGE.format(body), theme="daily")


@pytest.mark.parametrize(
    ("character", "printed"),
    [
        ("\n", "\\n"),
        ("\t", "\\t"),
        ("\\", "\\\\"),
        ("\u200d", "\\u{200d}"),
        ("\u094d", "\\u{94d}"),
        ("\u00a0", "\\u{a0}"),
    ],
)
def test_canary_attributes_are_printed_in_debug_format(character: str, printed: str) -> None:
    assert f'alt="a{printed}b"' in engine(f'<mj-text><img src="x" alt="a{character}b" /></mj-text>')
    assert f'alt="a{character}b"' in ours(f'<mj-text><img src="x" alt="a{character}b" /></mj-text>')
    assert f'alt="a&#{ord(character)};b"' in ours(f'<mj-image src="x" alt="a{escape_attribute(character)}b" />')


def test_canary_a_quote_in_an_attribute_ends_it() -> None:
    assert 'alt="a\\"b"' in engine("<mj-text><img src='x' alt='a\"b' /></mj-text>")
    assert "alt='a\"b'" in ours("<mj-text><img src='x' alt='a\"b' /></mj-text>")
    assert 'alt="a&#34;b"' in ours(f"<mj-image src='x' alt='a{escape_attribute(chr(34))}b' />")


def test_a_corrupted_attribute_is_refused() -> None:
    with pytest.raises(RenderError, match=r"attribute was corrupted near.*"):
        ours('<mj-image src="x" alt="a\u200db" />')


def test_canary_words_are_joined_across_line_ends() -> None:
    assert "<b>a</b><i>b</i>" in engine("<mj-text><b>a</b>\n<i>b</i></mj-text>")
    assert "<b>a</b>\n <i>b</i>" in ours("<mj-text><b>a</b>\n <i>b</i></mj-text>")


def test_a_line_end_in_a_tag_costs_no_declaration() -> None:
    assert "color:#111" in ours('<mj-text\n  color="#111"\n  padding="0px">x</mj-text>')
    assert "color:#111;\n margin:0" in ours('<mj-text><p style="color:#111;\n margin:0">x</p></mj-text>')


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_canary_control_characters_are_fatal(character: str) -> None:
    with pytest.raises(ValueError, match="unable to parse"):
        engine(f"<mj-text>a{character}b</mj-text>")


def test_canary_unbalanced_raw_swallows_what_follows() -> None:
    assert "<mj-text>" in engine("<mj-raw><div></mj-raw><mj-text>a</mj-text><mj-raw></div></mj-raw>")
    with pytest.raises(RenderError, match="is open"):
        ours("<mj-raw><div></mj-raw><mj-text>a</mj-text>")


def test_mjml_left_in_the_html_is_refused() -> None:
    with pytest.raises(RenderError, match="<mj-include> stands where MJML does not allow it"):
        ours('<mj-text><mj-include path="x" /></mj-text>')


def test_canary_space_in_the_head_is_an_error() -> None:
    page = "<mjml><mj-head> <mj-title>x</mj-title></mj-head><mj-body></mj-body></mjml>"
    with pytest.raises(ValueError, match="15:16"):
        mjml2html(page, fonts={})
    assert "<title>x</title>" in compile_mjml(page.replace("> <", ">\n   <"), theme="daily")


def test_canary_deep_nesting_kills_the_process() -> None:
    page = "'<mjml><mj-body><mj-section><mj-column><mj-text>' + '<div>' * 30000"
    script = f"from mjml import mjml2html; mjml2html({page})"
    assert subprocess.run([sys.executable, "-c", script], check=False, capture_output=True).returncode < 0
    with pytest.raises(RenderError, match="nested more than"):
        ours("<mj-text>" + "<div>" * DEEPEST + "</div>" * DEEPEST + "</mj-text>")


def test_an_include_reads_nothing() -> None:
    with pytest.raises(RenderError, match="engine says"):
        ours('<mj-include path="/etc/passwd" />')


def test_no_font_is_fetched() -> None:
    assert "fonts.googleapis" in mjml2html(PAGE.format("<mj-text>x</mj-text>"))
    assert "fonts.googleapis" not in ours("<mj-text>x</mj-text>")


def test_an_engine_error_names_the_line() -> None:
    with pytest.raises(RenderError, match=r"theme daily: edition\.mjml:2: "):
        compile_mjml("<mjml><mj-head>\n<mj-nothing>x</mj-nothing></mj-head><mj-body></mj-body></mjml>", theme="daily")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("<a>\n</b>", (4, "</b> stands where <a> of line 1 is open")),
        ("<a>", (0, "<a> is never closed")),
        ("</a>", (0, "</a> closes nothing")),
        ('<a title="x > y"><br><img src="a"><b/></a><!-- <i> -->', None),
    ],
)
def test_what_is_not_balanced_is_named(source: str, fault: tuple[int, str] | None) -> None:
    assert unbalanced(source) == fault


def test_tables_that_lay_out_say_that_they_are_no_data() -> None:
    assert '<table role="presentation" ' in ours("<mj-table><tr><td>x</td></tr></mj-table>")


def test_the_engine_sees_no_text() -> None:
    source = PAGE.format(
        '<mj-text color="#111">a <b>\n story</b></mj-text><mj-spacer /><mj-table><tr><td>x</td></tr></mj-table>'
    )
    layout, islands = take_out(source)
    assert islands == ["a <b>\n story</b>", "<tr><td>x</td></tr>"]
    assert "story" not in layout
    assert '<mj-text color="#111">iSlAnD0x</mj-text>' in layout


def test_a_story_that_looks_like_a_place_stays_as_it_is() -> None:
    assert "iSlAnD1x and iSlAnD99x" in ours("<mj-text>iSlAnD1x and iSlAnD99x</mj-text><mj-text>b</mj-text>")


def test_a_control_character_in_a_story_stops_nothing() -> None:
    assert "a\x0bb" in ours("<mj-text>a\x0bb</mj-text>")
