from __future__ import annotations

import pytest

from broadsheet.check.colour import BLACK, WHITE, Colour, contrast, read_colour
from broadsheet.check.css import declarations, nested_at_rules, rules
from broadsheet.check.paint import Paint, painted
from broadsheet.check.tree import read_page


def paint_of(html: str, *, dark: bool = False) -> Paint:
    """Paint the last run of text."""
    return list(painted(read_page(html), dark=dark))[-1][1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("#fff", "#ffffff"),
        ("#ABCDEF", "#abcdef"),
        ("abcdef", "#abcdef"),
        ("rgb(1, 2, 3)", "#010203"),
        ("rgb(100% 0% 0%)", "#ff0000"),
        ("white", "#ffffff"),
        ("url(x.png) no-repeat #123456", "#123456"),
        ("currentcolor", "None"),
        ("#12345", "None"),
        ("", "None"),
    ],
)
def test_colours_are_read(value: str, expected: str) -> None:
    assert str(read_colour(value)) == expected


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(Colour(119, 119, 119), WHITE) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(
    ("html", "colour", "behind"),
    [
        ("<p>x", "#000000", "#ffffff"),
        ("<p style='color:red'><b>x", "#ff0000", "#ffffff"),
        ("<a href=x>x", "#0000ee", "#ffffff"),
        ("<p style='color:red'><a href=x style='color:inherit'>x", "#ff0000", "#ffffff"),
        ("<style>p{color:red}.a{color:blue}#b{color:lime}</style><p class=a>x", "#0000ff", "#ffffff"),
        ("<style>p{color:red}.a{color:blue}#b{color:lime}</style><p class=a id=b>x", "#00ff00", "#ffffff"),
        ("<style>.a{color:blue}.a{color:navy}</style><p class=a>x", "#000080", "#ffffff"),
        ("<style>p{color:red!important}</style><p style='color:blue'>x", "#ff0000", "#ffffff"),
        ("<style>div .a{color:red}</style><p class=a>x", "#000000", "#ffffff"),
        ("<style>div > .a, td{color:red}</style><div><p class=a>x", "#ff0000", "#ffffff"),
        ("<style>a:hover{color:red}</style><a href=x>x", "#0000ee", "#ffffff"),
        ("<style>td a:link,td a:visited{color:red}</style><td><a href=x>x", "#ff0000", "#ffffff"),
        ("<td bgcolor=navy style='background:url(x)'>x", "#000000", "None"),
        ("<td style='background:#000'><p style='background:rgba(255,255,255,.5)'>x", "#000000", "#808080"),
        ("<font color=red>x", "#ff0000", "#ffffff"),
    ],
)
def test_text_is_painted(html: str, colour: str, behind: str) -> None:
    paint = paint_of(html)
    assert (str(paint.colour), str(paint.behind)) == (colour, behind)


@pytest.mark.parametrize(
    ("html", "size", "bold"),
    [
        ("<p style='font-size:12pt'>x", 16, False),
        ("<p style='font-size:20px'><b style='font-size:50%'>x", 10, True),
        ("<p style='font:bold 1.5em/1.2 Arial'>x", 24, False),
        ("<h1>x", 32, True),
        ("<p style='font-weight:700'>x", 16, True),
        ("<p style='font-size:99999999999999em'>x", 16, False),
    ],
)
def test_sizes_are_read(html: str, size: float, bold: bool) -> None:
    paint = paint_of(html)
    assert paint.bold is bold
    assert paint.size == pytest.approx(size) or paint.size > 1000


@pytest.mark.parametrize(
    ("html", "hidden"),
    [
        ("<div style='display:none'><p>x", True),
        ("<div style='max-height:0;overflow:hidden'>x", True),
        ("<div style='font-size:1px'>x", True),
        ("<td style='font-size:0'><p style='font-size:16px'>x", False),
        ("<p hidden>x", True),
    ],
)
def test_hidden_text_is_known(html: str, hidden: bool) -> None:
    assert paint_of(html).hidden is hidden


def test_the_dark_palette_wins_in_the_dark_only() -> None:
    html = (
        "<style>@media (prefers-color-scheme: dark){.a{color:#eee!important;background:#111!important}}</style>"
        "<p class=a style='color:#111;background:#fff'>x"
    )
    assert str(paint_of(html).colour) == "#111111"
    assert (str(paint_of(html, dark=True).colour), str(paint_of(html, dark=True).behind)) == ("#eeeeee", "#111111")


def test_css_is_read_as_far_as_it_goes() -> None:
    assert [(d.name, d.value, d.important) for d in declarations("COLOR : red ! important; b:url('a;b'); c")] == [
        ("color", "red", True),
        ("b", "url('a;b')", False),
    ]
    found = rules("/* x{} */ a,b{c:d} @media x{e{f:g} @media y{h{i:j}}} @import 'z'; k{l:m")
    assert [(rule.selector, rule.around) for rule in found] == [
        ("a,b", ()),
        ("e", ("@media x",)),
        ("h", ("@media x", "@media y")),
        ("k", ()),
    ]
    assert nested_at_rules("@media a{b{c:d}@font-face{e:f}}@media g{h{i:j}}") == ("@font-face",)
