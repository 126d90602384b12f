from __future__ import annotations

import itertools
import os
import re
from colorsys import hls_to_rgb, rgb_to_hls
from pathlib import Path

import pytest
from lxml import html as lxml_html

from broadsheet.errors import ConfigError, RenderError
from broadsheet.render import find_theme, list_themes, render_edition
from broadsheet.slots import Slot, used
from tests.render.editions import edition, pick, publication, story

SHIPPED = ("daily", "brief", "magazine")


def project(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / "templates" / name.replace("__", "/").replace("_j2", ".mjml.j2").replace("_toml", ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def rendered_with(folder: Path, name: str = "daily") -> str:
    return render_edition(edition(), publication(), find_theme(name, folder)).html


def test_three_themes_are_shipped() -> None:
    assert {entry.name for entry in list_themes()} == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_theme_prints_every_story_once_and_keeps_the_slots_open(name: str) -> None:
    given = edition(9)
    rendered = render_edition(given, publication(), find_theme(name))
    headings = [" ".join(h.text_content().split()) for h in lxml_html.fromstring(rendered.html).xpath("//h2|//h3")]
    assert [text for text in headings if text not in ("Politics", "Business", "Culture")] == [
        each.headline for each in given.picks
    ]
    assert {Slot.UNSUBSCRIBE_URL, Slot.VIEW_URL, Slot.PREFERENCES_URL} <= set(used(rendered.html))


@pytest.mark.parametrize("name", SHIPPED)
def test_headings_stand_in_order_with_one_of_the_first(name: str) -> None:
    rendered = render_edition(edition(9), publication(), find_theme(name))
    levels = [int(h.tag[1]) for h in lxml_html.fromstring(rendered.html).xpath("//h1|//h2|//h3|//h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("name", SHIPPED)
def test_pictures_tables_and_words_are_fit_for_everybody(name: str) -> None:
    page = lxml_html.fromstring(render_edition(edition(9), publication(), find_theme(name)).html)
    for picture in page.xpath("//img"):
        assert picture.get("alt")
        assert int(picture.get("width")) > 0
        assert int(picture.get("height")) > 0
    assert page.xpath("//table[not(@role)]") == []
    sizes = [int(size) for size in re.findall(r"font(?:-size)?:[^;\"]*?(\d+)px", lxml_html.tostring(page).decode())]
    assert min(size for size in sizes if size > 1) >= 14


def luminance(colour: str) -> float:
    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (channel(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_stands_out_from_every_ground_it_may_stand_on(name: str, mode: str) -> None:
    palette = getattr(find_theme(name).settings.colours, mode)
    for ground in (palette.page, palette.paper, palette.panel):
        for text in (palette.ink, palette.soft, palette.accent):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(palette.on_accent, palette.accent) >= 4.5


def turned(colour: str) -> str:
    hue, lightness, saturation = rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    return "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, 1 - lightness, saturation))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_light_palette_can_be_read_where_a_client_turns_its_colours(name: str) -> None:
    palette = find_theme(name).settings.colours.light
    for ground in (palette.page, palette.paper, palette.panel):
        for text in (palette.ink, palette.soft, palette.accent):
            assert contrast(turned(text), turned(ground)) >= 4.5, (text, ground)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_way_of_going_dark_is_told_how(name: str) -> None:
    html = render_edition(edition([pick(0), pick(1, is_update=True)]), publication(), find_theme(name)).html
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    dark = find_theme(name).settings.colours.dark
    by_media = next(style for style in styles if "prefers-color-scheme:dark" in style)
    by_outlook = next(style for style in styles if "[data-ogsc]" in style)
    for style in (by_media, by_outlook):
        assert all(colour in style for colour in (dark.page, dark.paper, dark.ink, dark.soft, dark.accent))
    assert "[" not in by_media, "Gmail knows no attribute selectors, and may drop the style that has one"
    assert '<body class="g" ' in html
    assert "u+.g .y{background:#000;mix-blend-mode:screen}" in by_media
    assert '<span class="y"><span class="z">Update</span></span>' in html
    assert all(
        f'<meta name="{name}" content="light dark"' in html for name in ("color-scheme", "supported-color-schemes")
    )


def test_scripts_that_do_not_slant_are_not_tilted() -> None:
    for tag, slants in (("en", True), ("uk", True), ("ar", False), ("ja", False)):
        for name in SHIPPED:
            html = render_edition(edition(), publication(language=tag), find_theme(name)).html
            assert ("font-style:italic" in html) == (slants and name != "brief")


def test_a_colour_is_changed_without_copying_the_rest(tmp_path: Path) -> None:
    html = rendered_with(project(tmp_path, daily__theme_toml='[colours.light]\naccent = "#004488"\n'))
    assert "#004488" in html
    assert "#a3231c" not in html


def test_a_part_is_changed_without_copying_the_rest(tmp_path: Path) -> None:
    html = rendered_with(
        project(tmp_path, daily__section_j2='<tr><td colspan="2"><h2>~{{ section.title }}~</h2></td></tr>')
    )
    assert "~Politics~" in html
    assert "London EC4Y" in html


def test_a_block_is_changed_and_the_shipped_part_kept(tmp_path: Path) -> None:
    block = "{% block footer %}{{ super() }}<mj-raw><p>more</p></mj-raw>{% endblock %}"
    part = '{% extends "shipped/base/edition.mjml.j2" %}' + block
    html = rendered_with(project(tmp_path, daily__edition_j2=part))
    assert "<p>more</p>" in html
    assert "London EC4Y" in html


@pytest.mark.parametrize("origin", SHIPPED)
def test_a_theme_of_ones_own_changes_a_block_of_any_part_of_its_origin(tmp_path: Path, origin: str) -> None:
    block = "{% block footer %}{{ super() }}<mj-raw><p>more</p></mj-raw>{% endblock %}"
    own = f'title = "Evening"\nextends = "{origin}"\n'
    for number, name in enumerate((origin, f"shipped/{origin}")):
        folder = project(
            tmp_path / str(number), evening__theme_toml=own,
            evening__edition_j2=f'{{% extends "{name}/edition.mjml.j2" %}}{block}',
        )  # fmt: skip
        html = rendered_with(folder, "evening")
        assert "<p>more</p>" in html
        assert "London EC4Y" in html


def test_a_theme_of_ones_own_extends_another(tmp_path: Path) -> None:
    folder = project(tmp_path, evening__theme_toml='title = "Evening"\nextends = "brief"\n[layout]\ndek = 40\n')
    assert "<h1" in rendered_with(folder, "evening")
    assert {entry.name: entry.origin for entry in list_themes(folder)}["evening"] == "the project's own"


PICTURE = '<mj-section><mj-column><mj-image src="x" alt="a\u200db" /></mj-column></mj-section>'
STORY = "{% macro lead(s) %}\n{{ s.nothing }}{% endmacro %}" + "".join(
    f"{{% macro {name}(s) %}}{{% endmacro %}}" for name in ("opener", "story", "line")
)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "theme_toml",
            '[colours.light]\n\naccent = "red"\n',
            r"theme\.toml:3: colours\.light\.accent: expected a colour",
        ),
        ("theme_toml", "[layout]\nwidht = 600\n", r"theme daily: .*theme\.toml:2: layout\.widht: unknown key"),
        ("theme_toml", "[layout\n", r"theme\.toml:1: cannot be read"),
        ("theme_toml", 'extends = "daily"\n', "extends itself"),
        (
            "theme_toml",
            'extends = "dayli"\n',
            "no theme is called 'dayli', which 'daily' extends; did you mean 'daily'",
        ),
        (
            "section_j2",
            "a\n{{ section.titel }}",
            r"daily/section\.mjml\.j2:2: a section has no 'titel'; did you mean 'title'",
        ),
        ("section_j2", "a\n{% if %}", r"theme daily: daily/section\.mjml\.j2:2: "),
        ("section_j2", "{% include 'nothing' %}", "the part nothing does not exist"),
        ("section_j2", "{% include 'section.mjml.j2' %}", "includes itself"),
        ("section_j2", "<tr><td><p></td></tr>", r"edition\.mjml:\d+: .*</td> stands where <p> of line"),
        ("footer_j2", PICTURE, "attribute was corrupted"),
        (
            "story_j2",
            STORY,
            r"theme daily: daily/story\.mjml\.j2:2: story s0 \(Parliament .*…\): a story has no 'nothing'; known: ",
        ),
        ("section_j2", "{{ light.acent }}", "it has no 'acent'; did you mean 'accent'"),
        ("section_j2", "{{ layouts.width }}", "'layouts' is undefined"),
        ("section_j2", "a\n{% set light = dark %}", r"daily/section\.mjml\.j2:2: 'light' has a meaning already"),
        ("section_j2", "{% for start in range(2) %}{% endfor %}", "'start' has a meaning already"),
        ("section_j2", "{% macro row(dir) %}{% endmacro %}", "'dir' has a meaning already"),
        ("section_j2", "{% macro words() %}{% endmacro %}", "'words' has a meaning already"),
        ("section_j2", "{% with dot = 1 %}{% endwith %}", "'dot' has a meaning already"),
        ("section_j2", "{% import 'links.mjml.j2' as fonts with context %}", "'fonts' has a meaning already"),
        ("section_j2", "{% from 'links.mjml.j2' import kicker as logo %}", "'logo' has a meaning already"),
    ],
)
def test_a_fault_names_theme_file_and_line(tmp_path: Path, file: str, text: str, message: str) -> None:
    with pytest.raises((RenderError, ConfigError), match=message):
        rendered_with(project(tmp_path, **{f"daily__{file}": text}))


@pytest.mark.parametrize("name", ["dayli", "../daily", "base/x", ""])
def test_an_unknown_theme_is_named_with_its_nearest(name: str) -> None:
    with pytest.raises(ConfigError, match="no theme is called"):
        find_theme(name or "nothing")


@pytest.mark.parametrize(
    "attempt",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ edition.__class__ }}",
        "{{ edition.stories.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lead.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ layout.__dict__ }}",
        "{{ words.__init__ }}",
        "{% for x in range(100000000) %}a{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% include '../../pyproject.toml' %}",
        "{% include 'shipped/../../pyproject.toml' %}",
        "{{ '{0.__class__}'.format(edition) }}",
        "{{ edition.title|safe }}",
    ],
)
def test_a_theme_reaches_nothing_but_what_it_is_given(tmp_path: Path, attempt: str) -> None:
    with pytest.raises(RenderError, match="theme daily"):
        rendered_with(project(tmp_path, daily__section_j2=attempt))


def test_a_theme_cannot_lead_out_of_its_folder_by_a_link(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", daily__theme_toml="")
    (tmp_path / "secret.mjml.j2").write_text("secret")
    assert "secret" not in rendered_with(folder)


@pytest.mark.parametrize("name", SHIPPED)
def test_an_edition_without_pictures_deks_or_names_is_whole(name: str) -> None:
    bare = [pick(of=story(number, url=None, dek="", authors=(), publisher="", image=None)) for number in range(4)]
    html = render_edition(edition(bare), publication(tagline=""), find_theme(name)).html
    assert "<img" not in html
    assert not re.search(r"<(p|h\d)\b[^>]*>\s*</\1>", html)


@pytest.mark.parametrize(
    ("name", "stories", "limit"),
    [("daily", 25, 60_000), ("daily", 60, 102_400), ("brief", 120, 102_400), ("magazine", 40, 102_400)],
)
def test_as_many_stories_fit_as_promised(name: str, stories: int, limit: int) -> None:
    html = render_edition(edition(stories), publication(), find_theme(name)).html
    assert html.count("<h3") + 1 >= stories
    assert len(html.encode()) < limit


def test_what_is_written_into_templates_once_is_that_of_the_theme_language_and_words_at_hand(tmp_path: Path) -> None:
    changed = project(tmp_path, daily__theme_toml='[colours.light]\naccent = "#004488"\n')
    ways = {
        "en": (publication(), find_theme("daily")),
        "ar": (publication(language="ar"), find_theme("daily")),
        "own words": (publication(words={"unsubscribe": 'Stop \\ "this" <b>'}), find_theme("daily")),
        "own colour": (publication(), find_theme("daily", changed)),
        "brief": (publication(), find_theme("brief")),
    }
    first = {name: render_edition(edition(), *way).html for name, way in ways.items()}
    assert {name: render_edition(edition(), *way).html for name, way in reversed(ways.items())} == first
    assert len(set(first.values())) == len(ways)
    assert "Stop &#92; &#34;this&#34; &lt;b&gt;</a>" in first["own words"]
    assert "#004488" in first["own colour"]


def test_a_part_that_changes_is_read_again(tmp_path: Path) -> None:
    folder = project(tmp_path, daily__section_j2='<tr><td colspan="2"><h2>one</h2></td></tr>')
    assert "<h2>one</h2>" in rendered_with(folder)
    part = folder / "templates" / "daily" / "section.mjml.j2"
    part.write_text('<tr><td colspan="2"><h2>two</h2></td></tr>')
    os.utime(part, (1, 1))
    assert "<h2>two</h2>" in rendered_with(folder)


def test_a_tag_that_is_not_closed_is_shown_with_the_story_before_it(tmp_path: Path) -> None:
    links = (Path(__file__).parents[2] / "templates" / "base" / "links.mjml.j2").read_text()
    broken = links.replace("{{ s.source }}", "<i>{{ s.source }}")
    with pytest.raises(RenderError) as refused:
        rendered_with(project(tmp_path, daily__links_j2=broken))
    assert refused.value.story == "s0 (Parliament backs the harbour bill after…)"
    assert refused.value.line is not None
    assert "<i>The Harbour Post" in refused.value.advice


@pytest.mark.parametrize("name", SHIPPED)
def test_the_paper_lies_on_the_pages_own_ground(name: str) -> None:
    theme = find_theme(name)
    page = lxml_html.fromstring(render_edition(edition(), publication(), theme).html)
    [body] = page.xpath("//body")
    assert theme.settings.colours.light.page in body.get("style")
