"""Find which features of HTML and CSS a mail uses, by the names that caniemail gives them, and where each begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from broadsheet.check.css import Declaration, at_rules, declarations, rules
from broadsheet.check.mail import Mail
from broadsheet.check.tree import Element

_ELEMENTS: Mapping[str, str] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "html-h1-h6"),
    **dict.fromkeys(("ul", "ol", "li", "dl"), "html-lists"),
    **dict.fromkeys(("section", "article", "nav", "header", "footer", "main", "aside", "figure"), "html-semantics"),
    **dict.fromkeys(("details", "summary", "figcaption", "mark", "time"), "html-semantics"),
    "b": "html-strong",
    "s": "html-strike",
    "map": "html-image-maps",
    "button": "html-button-submit",
}
_ATTRIBUTES = (
    "align", "valign", "background", "width", "height", "cellpadding", "cellspacing", "dir", "lang", "hidden", "role",
    "srcset", "target", "popover", "required", "aria-label", "aria-labelledby", "aria-describedby", "aria-hidden",
    "aria-live",
)  # fmt: skip
_PROPERTIES = (
    (re.compile(r"border-(?:top|bottom)-(?:left|right)-radius"), "css-border-radius"),
    (re.compile(r"border-(?:start|end)-(?:start|end)-radius"), "css-border-radius-logical"),
    (re.compile(r"border(?:-(?:top|right|bottom|left))?(?:-(?:width|style|color))?"), "css-border"),
    (re.compile(r"margin-(?:top|right|bottom|left)"), "css-margin"),
    (re.compile(r"margin-inline-(?:start|end)"), "css-margin-inline-start-end"),
    (re.compile(r"margin-block-(?:start|end)"), "css-margin-block-start-end"),
    (re.compile(r"margin-(?:inline|block)"), "css-margin-inline-block"),
    (re.compile(r"padding-(?:top|right|bottom|left)"), "css-padding"),
    (re.compile(r"padding-inline-(?:start|end)"), "css-padding-inline-start-end"),
    (re.compile(r"padding-block-(?:start|end)"), "css-padding-block-start-end"),
    (re.compile(r"padding-(?:inline|block)"), "css-padding-inline-block"),
    (re.compile(r"left|right|top|bottom"), "css-left-right-top-bottom"),
    (re.compile(r"animation-\w+"), "css-animation"),
    (re.compile(r"transition-\w+"), "css-transition"),
    (re.compile(r"overflow-[xy]"), "css-overflow"),
    (re.compile(r"grid-template-\w+"), "css-grid-template"),
    (re.compile(r"(?:row|column)-gap"), "css-gap"),
    (re.compile(r"outline-(?:width|style|color)"), "css-outline"),
    (re.compile(r"--.*"), "css-variables"),
)
_VALUES: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = (
    (re.compile(r"\b(calc|clamp|min|max)\("), {"calc": "css-unit-calc", "clamp": "css-function-clamp",
                                               "min": "css-function-min", "max": "css-function-max"}),
    (re.compile(r"(linear|radial|conic)-gradient\("), {"linear": "css-linear-gradient",
                                                       "radial": "css-radial-gradient", "conic": "css-conic-gradient"}),
    (re.compile(r"\b(rgba?|var|light-dark)\("), {"rgba": "css-rgba", "rgb": "css-rgb", "var": "css-variables",
                                                 "light-dark": "css-function-light-dark"}),
    (re.compile(r"(?<![\w#.])-?\d*\.?\d+(rem|vw|vh|vmin|vmax|ch|ex|cm|mm|in|pc)\b"), {}),
)  # fmt: skip
_DISPLAYS = {
    "flex": "css-display-flex", "inline-flex": "css-display-flex", "grid": "css-display-grid",
    "inline-grid": "css-display-grid", "none": "css-display-none",
}  # fmt: skip
_MEDIA = (
    ("prefers-color-scheme", "css-at-media-prefers-color-scheme"),
    ("prefers-reduced-motion", "css-at-media-prefers-reduced-motion"),
    ("orientation", "css-at-media-orientation"),
    ("device-pixel-ratio", "css-at-media-device-pixel-ratio"),
    ("hover", "css-at-media-hover"),
)
_PSEUDO = re.compile(r"(::?)(-?[a-z][a-z-]{1,30})", re.IGNORECASE)
_ELEMENT_PSEUDOS = frozenset({"before", "after", "first-letter", "first-line", "marker", "placeholder"})
_IMAGE_FORMATS: Mapping[str, str] = {
    "webp": "image-webp", "svg": "image-svg", "avif": "image-avif", "apng": "image-apng", "bmp": "image-bmp",
    "tif": "image-tiff", "tiff": "image-tiff", "heic": "image-heif", "heif": "image-heif", "ico": "image-ico",
}  # fmt: skip
# A selector that only one client can match (Gmail puts an empty `u` before the body) asks nothing of the others.
_ONE_CLIENT = re.compile(r"\s*u\s*\+\s*\.", re.IGNORECASE)
_SUFFIX = re.compile(r"\.([a-z0-9]{2,5})(?:[?#]|$)", re.IGNORECASE)


def features_of(mail: Mail, known: Mapping[str, object]) -> dict[str, tuple[Element, int]]:
    """Give each known feature that a mail uses, with the element where it stands first and how often it stands."""
    found: dict[str, tuple[Element, int]] = {}
    for element, feature in _used(mail):
        if feature in known:
            first, times = found.get(feature, (element, 0))
            found[feature] = (first, times + 1)
    return found


def _used(mail: Mail) -> Iterator[tuple[Element, str]]:
    seen: dict[str, tuple[str, ...]] = {}
    for element in mail.page.elements:
        yield element, _ELEMENTS.get(element.name, f"html-{element.name}")
        for name in element.attributes:
            if name in _ATTRIBUTES:
                yield element, f"html-{name}"
        if element.name == "a":
            href = element.get("href")
            if href[:1] == "#" and len(href) > 1:
                yield element, "html-anchor-links"
        elif element.name == "img":
            yield from ((element, feature) for feature in _of_image(element))
        elif element.name == "input":
            yield element, f"html-input-{element.get('type').lower() or 'text'}"
        elif element.name == "meta" and element.get("name").lower() == "color-scheme":
            yield element, "html-meta-color-scheme"
        style = element.attributes.get("style")
        if style:
            if style not in seen:
                seen[style] = tuple(feature for given in declarations(style) for feature in _of_declaration(given))
            yield from ((element, feature) for feature in seen[style])
    for element, sheet in mail.sheets:
        yield from ((element, feature) for feature in _of_sheet(sheet))


def _of_image(image: Element) -> Iterator[str]:
    source = image.get("src")
    if "loading" in image.attributes:
        yield "html-loading-attribute"
    if source[:5].lower() == "data:":
        yield "image-base64"
        return
    suffix = _SUFFIX.search(source[:2000])
    if suffix and suffix[1].lower() in _IMAGE_FORMATS:
        yield _IMAGE_FORMATS[suffix[1].lower()]


def _of_declaration(given: Declaration) -> Iterator[str]:
    name, value = given.name, given.value.lower()[:2000]
    if name == "display":
        if value in _DISPLAYS:
            yield _DISPLAYS[value]
    else:
        yield next((slug for pattern, slug in _PROPERTIES if pattern.fullmatch(name)), f"css-{name}")
    if given.important:
        yield "css-important"
    if "url(" in value and name in ("background", "background-image"):
        yield "css-background-image"
    if "(" in value or value[-2:] in ("em", "vw", "vh", "in", "ax", "ch", "ex", "cm", "mm", "pc"):
        for pattern, names in _VALUES:
            for match in pattern.finditer(value):
                yield names.get(match[1], f"css-unit-{match[1]}")
        if re.search(r"rgba?\(\s*\d+\s+\d", value):
            yield "css-modern-color"
    if value == "initial":
        yield "css-unit-initial"


def _of_sheet(sheet: str) -> Iterator[str]:
    for written in at_rules(sheet):
        name, _, condition = written.partition(" ")
        name = name.lower().lstrip("@")
        if name == "media":
            hits = [slug for word, slug in _MEDIA if word in condition.lower()]
            yield from hits or ["css-at-media"]
        else:
            yield f"css-at-{name.removeprefix('-webkit-').removeprefix('-moz-')}"
    for rule in rules(sheet):
        selector = rule.selector
        if all(_ONE_CLIENT.match(part) for part in selector.split(",")):
            continue
        for colons, pseudo in _PSEUDO.findall(selector):
            kind = "element" if colons == "::" or pseudo.lower() in _ELEMENT_PSEUDOS else "class"
            yield f"css-pseudo-{kind}-{pseudo.lower()}"
        if "[" in selector:
            yield "css-selector-attribute"
        elif "+" in selector:
            yield "css-selector-adjacent-sibling"
        elif "~" in selector:
            yield "css-selector-general-sibling"
        if "&" in selector:
            yield "css-nesting"
        for given in rule.declarations:
            yield from _of_declaration(given)
