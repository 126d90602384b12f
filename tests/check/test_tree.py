from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.check.tree import Element, read_page


def shape(source: str) -> str:
    """Write a tree as nested names."""

    def show(element: Element) -> str:
        inside = " ".join(show(child) for child in element.children if isinstance(child, Element))
        return f"{element.name}({inside})" if inside else element.name

    return show(read_page(source).root)[1:-1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a<br>b</p>", "p(br)"),
        ("<div/><img/>", "div(img)"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "table(tr(td td) tr(td))"),
        ("<table><tr><td><table><tr><td>x</table><td>y</table>", "table(tr(td(table(tr(td))) td))"),
        ("<ul><li>a<li>b</ul>", "ul(li li)"),
        ("<b><i>x</b>y</i>", "b(i)"),
        ("</p></div>text", ""),
        ("<!--[if mso]><table><![endif]--><p>x", "p"),
        ("<![if !mso]><p>x</p><![endif]>", "p"),
        ("<style>a > b {} </p></style><p>", "style p"),
        ("<script>'<p>'</script><p>", "script p"),
        ("<title>a <b> c</title>", "title"),
        ("<p", ""),
        ("<p class='a", ""),
        ("a < b <3 <>", ""),
    ],
)
def test_markup_becomes_a_tree(source: str, expected: str) -> None:
    assert shape(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<a href=x>", {"href": "x"}),
        ("<a HREF = 'a b' href=2>", {"href": "a b"}),
        ('<a title="a &amp; b > c">', {"title": "a & b > c"}),
        ("<a disabled/>", {"disabled": ""}),
        ("<a =x b>", {"=x": "", "b": ""}),
        ("<a x=&#999999999999999999999999999999;>", {"x": "\ufffd"}),
    ],
)
def test_attributes_are_read(source: str, expected: dict[str, str]) -> None:
    assert read_page(source).elements[0].attributes == expected


def test_text_is_decoded_and_squeezed() -> None:
    page = read_page("<p>a&nbsp;&amp;\n  b<td>c<style>no</style>")
    assert page.words()[page.root] == "a & b c"


def test_words_belong_to_the_nearest_element() -> None:
    page = read_page("<a>one <b>two</b><p><a>three <img alt='four'></a></p></a><p>five")
    assert list(page.words("a").values()) == ["one two", "three four"]


def test_an_element_knows_its_stretch_and_line() -> None:
    source = "<div>\n <p>x</p>\n</div>"
    page = read_page(source)
    div, p = page.elements
    assert (source[div.start : div.end], source[p.start : p.end]) == (source, "<p>x</p>")
    assert page.line(p.start) == (2, 2)


# fmt: off
_PIECES = st.sampled_from([
    "<", ">", "<!--", "-->", "<!", "<?", "</", "<a ", "='", '="', "<td>", "</td>", "<style>", "</style", "&#", "&amp;",
    "<table>", "</table>", "<p>", "x", " ", "\n", "/", "=", "'", '"', "\x00", "İ", "\ud800",
])
# fmt: on


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_any_text_is_read(source: str) -> None:
    page = read_page(source)
    page.words("a", "td")
    for element in page.elements:
        assert 0 <= element.start <= element.end <= len(source)


@pytest.mark.slow  # together, not one by one
@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 100_000,
        "<b>" * 100_000 + "</i>" * 100_000,
        "<div>" * 50_000 + "<td>" * 50_000,
        "<table><tr><td>" * 40_000,
        "<a href='" * 100_000,
        '<a href="' * 100_000,
        "<!--" * 200_000,
        "<!" * 300_000,
        "<a" * 300_000,
        "<a " + " " * 500_000,
        "<a " + "/" * 500_000,
        "<style>" * 100_000,
        "<title>" * 100_000,
        "&#" + "9" * 500_000 + ";",
        "<" * 500_000,
        "</" * 300_000,
        "\n" * 500_000 + "<p>",
    ],
    ids=lambda source: source[:12],
)
def test_no_input_takes_long(source: str) -> None:
    began = time.thread_time()
    page = read_page(source)
    page.words("a", "td", "div", "b")
    assert time.thread_time() - began < 5
