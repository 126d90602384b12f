"""Work out how text is painted: its colour, what lies behind it, its size, and whether it is shown at all.

A small cascade: HTML's own attributes, style sheets (type, class, id and descendant selectors, which is what mail
uses), inline styles, `!important`; inherited from the outside in, in one pass. What it cannot know (a picture behind
the text, a colour it cannot read) it says, so that nobody is accused without proof.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.check.colour import BLACK, WHITE, Colour, read_colour
from broadsheet.check.css import Declaration, StyleRule, declarations, rules
from broadsheet.check.tree import Element, Page, Text

_COMPOUND = re.compile(r"(?:[a-z][\w-]*|\*)?(?:[.#][\w-]+)*", re.IGNORECASE)
_SIMPLE = re.compile(r"([.#]?)([\w*-]+)")
_LENGTH = re.compile(r"([\d.]{1,10})\s*(px|pt|em|rem|%)?", re.IGNORECASE)
_OUTWARDS_AT_MOST = 64
_SELECTORS_AT_MOST = 5_000
_TRIES_AT_MOST = 500_000
_LINK_BLUE = Colour(0, 0, 238)
_DARK_CANVAS = Colour(18, 18, 18)
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_HEADING_SIZES = {"h1": 32.0, "h2": 24.0, "h3": 18.7, "h4": 16.0, "h5": 13.3, "h6": 10.7}
_KEYWORD_SIZES = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "xx-large": 32.0,
}  # fmt: skip
_BOLD = frozenset({"b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True)
class Paint:
    """How text inside an element looks. Sizes in CSS px. `behind` is None where it cannot be known."""

    colour: Colour | None = BLACK
    behind: Colour | None = WHITE
    size: float = 16.0
    bold: bool = False
    out_of_sight: bool = False

    @property
    def hidden(self) -> bool:
        """Tell whether nobody sees the text. A wrapper's `font-size:0` hides nothing that sets its own size."""
        return self.out_of_sight or self.size <= 1


_UNKNOWN = Paint(colour=None, behind=None)


@dataclass(frozen=True, slots=True)
class _Selector:
    """A compound of simple selectors, those that must match further out, and the weight of it all."""

    parts: tuple[tuple[str, str], ...]
    outer: tuple[tuple[tuple[str, str], ...], ...]
    weight: tuple[int, int, int]
    order: int
    declarations: tuple[Declaration, ...]


class _Sheets:
    """Every selector of a page's sheets, filed under the last simple selector in it, and how many tries are left.

    Real mails need some thousand tries. One made to need millions gets no answer about colours, not a late one.
    """

    def __init__(self, index: Mapping[str, list[_Selector]]) -> None:
        self.index = index
        self.tries = _TRIES_AT_MOST

    def matching(self, element: Element) -> list[_Selector]:
        """List the selectors that match an element, the strongest last."""
        keys = [element.name, "*", *(f".{name}" for name in _classes(element.attributes.get("class", "")))]
        if "id" in element.attributes:
            keys.append(f"#{element.get('id')}")
        found = []
        for key in keys:
            for selector in self.index.get(key, ()):
                if self.tries <= 0:
                    break
                self.tries -= 1 + 4 * len(selector.outer)
                if _matches(element, selector):
                    found.append(selector)
        return sorted(found, key=lambda selector: (selector.weight, selector.order)) if len(found) > 1 else found


def painted(page: Page, *, dark: bool = False) -> Iterator[tuple[Text, Paint]]:
    """Give every run of text that holds more than blanks, and how it is painted in one of the palettes."""
    sheets = _Sheets(_index(page, dark=dark))
    adapts = dark and any("dark" in meta.get("content").lower() for meta in page.named("meta"))
    start = Paint(colour=WHITE, behind=_DARK_CANVAS) if adapts else Paint()
    paints: dict[Element, Paint] = {page.root: start}
    for node in page.root.walk():
        if isinstance(node, Element):
            paints[node] = _paint(node, paints[node.parent or page.root], sheets)
        elif node.data.strip() and node.is_content:
            yield node, paints[node.parent] if sheets.tries > 0 else _UNKNOWN


def _paint(element: Element, outer: Paint, sheets: _Sheets) -> Paint:
    colour, behind, size, bold = outer.colour, outer.behind, outer.size, outer.bold
    hidden = outer.out_of_sight or "hidden" in element.attributes
    name = element.name
    if name in _BOLD:
        bold = True
    size = _HEADING_SIZES.get(name, size)
    if name in ("small", "sub", "sup"):
        size *= 0.83
    if name == "a" and "href" in element.attributes:
        colour = _LINK_BLUE
    if "bgcolor" in element.attributes:
        behind = _behind(element.get("bgcolor"), behind)
    if "background" in element.attributes:
        behind = None
    if name == "font":
        colour = read_colour(element.get("color")) or colour
        size = _FONT_SIZES.get(element.get("size"), size)
    for declaration in _cascade(element, sheets):
        value = declaration.value.lower()
        match declaration.name:
            case "color":
                if value not in ("inherit", "currentcolor"):
                    colour = read_colour(value)
                elif value == "inherit":
                    colour = outer.colour
            case "background" | "background-color":
                behind = _behind(value, behind)
            case "background-image":
                behind = behind if value == "none" else None
            case "font-size":
                size = _size(value, outer.size)
            case "font":
                length = _LENGTH.search(value)
                size = _size(length.group(), outer.size) if length and length[2] else size
            case "font-weight":
                bold = value in ("bold", "bolder") or (value[:3].isdigit() and int(value[:3]) >= 700)
            case "display":
                hidden = outer.out_of_sight or value == "none"
            case "visibility":
                hidden = hidden or value == "hidden"
            case "opacity" | "max-height" | "font-size-adjust":
                hidden = hidden or value in ("0", "0px", "0.0")
    if colour is not None and colour.alpha < 1:
        colour = None if behind is None else colour.over(behind)
    paint = Paint(colour, behind, size, bold, hidden)
    return outer if paint == outer else paint


def _behind(value: str, below: Colour | None) -> Colour | None:
    if "url(" in value or "gradient" in value:
        return None
    if value in ("none", "inherit", "initial", "0", ""):
        return below
    colour = read_colour(value)
    if colour is None or colour.alpha >= 1:
        return colour
    return None if below is None else colour.over(below)


def _size(value: str, outer: float) -> float:
    if value in _KEYWORD_SIZES:
        return _KEYWORD_SIZES[value]
    found = _LENGTH.match(value)
    if found is None:
        return outer
    try:
        number = float(found[1])
    except ValueError:
        return outer
    unit = (found[2] or "px").lower()
    return number * {"px": 1, "pt": 4 / 3, "em": outer, "rem": 16, "%": outer / 100}[unit]


def _cascade(element: Element, sheets: _Sheets) -> Iterable[Declaration]:
    """List the declarations that hold for an element, the strongest last."""
    inline = declarations(element.attributes["style"]) if "style" in element.attributes else ()
    matching = sheets.matching(element) if sheets.index else ()
    if not matching:
        return inline
    ordered = [d for selector in matching for d in selector.declarations if not d.important]
    ordered += [d for d in inline if not d.important]
    ordered += [d for selector in matching for d in selector.declarations if d.important]
    ordered += [d for d in inline if d.important]
    return ordered


def _matches(element: Element, selector: _Selector) -> bool:
    if not _fits(element, selector.parts):
        return False
    wanted = list(selector.outer)
    outer, steps = element.parent, 0
    while wanted and outer is not None and steps < _OUTWARDS_AT_MOST:
        if _fits(outer, wanted[-1]):
            wanted.pop()
        outer, steps = outer.parent, steps + 1
    return not wanted


@lru_cache(maxsize=1024)
def _classes(written: str) -> tuple[str, ...]:
    return tuple(written.split()[:20])


def _fits(element: Element, parts: tuple[tuple[str, str], ...]) -> bool:
    for kind, name in parts:
        if kind == ".":
            if name not in _classes(element.attributes.get("class", "")):
                return False
        elif kind == "#":
            if name != element.get("id"):
                return False
        elif name not in ("*", element.name):
            return False
    return True


_PAINTING = frozenset(
    {"color", "background", "background-color", "background-image", "font-size", "font", "font-weight", "display"}
    | {"visibility", "opacity", "max-height"}
)


def _index(page: Page, *, dark: bool) -> Mapping[str, list[_Selector]]:
    """File every selector of the page's style sheets that paints, under the last simple selector in it."""
    index: dict[str, list[_Selector]] = defaultdict(list)
    order = 0
    for sheet in page.named("style"):
        text = "".join(child.data for child in sheet.children if isinstance(child, Text))
        for rule in rules(text):
            if not _holds(rule, dark=dark) or not any(d.name in _PAINTING for d in rule.declarations):
                continue
            for written in rule.selector.split(","):
                order += 1
                selector = _selector(written, order, rule.declarations)
                if selector and order <= _SELECTORS_AT_MOST:
                    index["".join(selector.parts[-1])].append(selector)
    return index


def _holds(rule: StyleRule, *, dark: bool) -> bool:
    return (dark and rule.is_dark) or not rule.is_conditional


def _selector(written: str, order: int, given: tuple[Declaration, ...]) -> _Selector | None:
    """Read a selector of compounds in descent. None for what is more: it is no client's common ground."""
    words = written.replace(">", " ").replace(":link", "").split()  # `a:link` is every link that leads somewhere
    if not words or len(words) > 8 or any(_COMPOUND.fullmatch(word) is None for word in words):
        return None
    compounds = [tuple((kind, name if kind else name.lower()) for kind, name in _SIMPLE.findall(w)) for w in words]
    simple = [part for compound in compounds for part in compound]
    weight = (
        sum(kind == "#" for kind, _ in simple),
        sum(kind == "." for kind, _ in simple),
        sum(kind == "" and name != "*" for kind, name in simple),
    )
    return _Selector(compounds[-1], tuple(compounds[:-1]), weight, order, given)
