"""Read any HTML into a light tree, in one pass, without ever failing.

Mail HTML is seldom well formed, and the HTML that we are asked about is anybody's. This reader follows the tokenisation
rules of the HTML standard closely enough for counting and advice: comments (conditional ones for Outlook included) are
not content, raw-text elements hold text only, an end tag that closes nothing is dropped. The time it takes grows with
the size of the input and with nothing else: no recursion, no search back over the open elements without a bound.
"""

from __future__ import annotations

import html as entities
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
RAW_TEXT = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"})
# A start tag that ends an open element of the same family, and the elements that the search for one stops at.
_ENDS: Mapping[str, frozenset[str]] = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option"}),
    "tr": frozenset({"tr", "td", "th"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "tbody": frozenset({"thead", "tbody", "tfoot", "tr", "td", "th"}),
    "thead": frozenset({"thead", "tbody", "tfoot", "tr", "td", "th"}),
    "tfoot": frozenset({"thead", "tbody", "tfoot", "tr", "td", "th"}),
}
_FENCES = frozenset({"table", "ul", "ol", "dl", "select", "body", "html"})
_LOOK_BACK = 32
_BREAKS = frozenset({"br", "td", "th", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6"})

_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(r"""[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""")
_TAG_END = re.compile(r"[\s/]*>")
_LONG_NUMBER = re.compile(r"&#[0-9]{8,}")
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW_TEXT}


@dataclass(eq=False, slots=True)
class Element:
    """An element, its attributes (names in lower case, values decoded, the first of a name wins) and its children.

    `start` and `end` are offsets into the source, so that ``end - start`` is what the element weighs there.
    """

    name: str
    attributes: dict[str, str]
    start: int
    parent: Element | None
    children: list[Element | Text] = field(default_factory=list)
    end: int = 0

    def get(self, name: str) -> str:
        """Give an attribute's value without the blanks around it, '' where it is absent."""
        return self.attributes.get(name, "").strip()

    def walk(self) -> Iterator[Element | Text]:
        """Walk through everything inside, in source order."""
        waiting: list[Iterator[Element | Text]] = [iter(self.children)]
        while waiting:
            for node in waiting[-1]:
                yield node
                if isinstance(node, Element) and node.children:
                    waiting.append(iter(node.children))
                    break
            else:
                waiting.pop()


@dataclass(eq=False, slots=True)
class Text:
    """A run of text, decoded; inside `<style>` and the like it is no content."""

    data: str
    start: int
    parent: Element

    @property
    def is_content(self) -> bool:
        """Tell whether a reader could see it."""
        return self.parent.name not in ("script", "style", "title")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment's words and where it stands; `<!--[if mso]>` hides markup in one."""

    data: str
    start: int


@dataclass(frozen=True, slots=True)
class Page:
    """What the reader made of a source: the root element, every element in source order, and the comments."""

    source: str
    root: Element
    elements: tuple[Element, ...]
    comments: tuple[Comment, ...]
    doctype: str
    line_starts: tuple[int, ...]

    def named(self, *names: str) -> Iterator[Element]:
        """Walk through the elements of some names, in source order."""
        return (element for element in self.elements if element.name in names)

    def first(self, name: str) -> Element | None:
        """Find the first element of a name."""
        return next(self.named(name), None)

    def words(self, *names: str) -> dict[Element, str]:
        """Give the words of each element of some names, blanks collapsed; a picture counts by its alt text.

        Words belong to the nearest such element around them. One pass over the page, however deep it is nested.
        """
        nearest: dict[Element, Element | None] = {self.root: self.root if not names else None}
        parts: dict[Element, list[str]] = {self.root: []} if not names else {}
        for node in self.root.walk():
            if isinstance(node, Text):
                owner = nearest[node.parent] if node.is_content else None
                word = node.data
            else:
                owner = nearest[node] = node if node.name in names else nearest[node.parent or self.root]
                if owner is node:
                    parts[node] = []
                word = f" {node.get('alt')} " if node.name == "img" else " " if node.name in _BREAKS else ""
            if owner is not None and word:
                parts[owner].append(word)
        return {element: " ".join("".join(words).split()) for element, words in parts.items()}

    def line(self, offset: int) -> tuple[int, int]:
        """Give line and column (both from 1) of an offset into the source."""
        row = bisect_right(self.line_starts, offset)
        return row, offset - self.line_starts[row - 1] + 1


def decode(text: str) -> str:
    """Replace character references. A number too long for any character becomes U+FFFD instead of an error."""
    if "&" not in text:
        return text
    return entities.unescape(_LONG_NUMBER.sub("&#0", text))


def read_page(source: str) -> Page:
    """Read a source into a tree. Takes any text; never raises."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.root = Element("", {}, 0, None)
        self.open: list[Element] = [self.root]
        self.open_names: dict[str, int] = {}
        self.elements: list[Element] = []
        self.comments: list[Comment] = []
        self.doctype = ""

    def read(self) -> Page:
        source, at, size = self.source, 0, len(self.source)
        while at < size:
            found = source.find("<", at)
            if found < 0:
                found = size
            if found > at:
                self._text(at, found)
            at = self._markup(found) if found < size else size
        for element in self.open:
            element.end = size
        starts = (0, *(found.end() for found in re.finditer("\n", source)))
        return Page(source, self.root, tuple(self.elements), tuple(self.comments), self.doctype, starts)

    def _text(self, start: int, end: int) -> None:
        parent = self.open[-1]
        parent.children.append(Text(decode(self.source[start:end]), start, parent))

    def _markup(self, at: int) -> int:
        """Read what begins with the `<` at an offset; give the offset after it."""
        source = self.source
        following = source[at + 1 : at + 2]
        if following == "!":
            return self._declaration(at)
        if following == "?":
            return self._until(">", at + 2)
        if following == "/":
            name = _NAME.match(source, at + 2)
            end = self._until(">", at + 2)
            if name:
                self._close(name.group().lower(), at, end)
            return end
        name = _NAME.match(source, at + 1)
        if name is None:
            self._text(at, at + 1)
            return at + 1
        return self._start_tag(name.group().lower(), at, name.end())

    def _declaration(self, at: int) -> int:
        source = self.source
        if source.startswith("<!--", at):
            # `<!-->` and `<!--->` are whole comments; `--!>` ends one, too, but no mail was ever seen to use it.
            for empty in ("<!-->", "<!--->"):
                if source.startswith(empty, at):
                    return at + len(empty)
            end = self._until("-->", at + 4)
            self.comments.append(Comment(source[at + 4 : end - 3], at))
            return end
        end = self._until(">", at + 2)
        if not self.doctype and source[at + 2 : at + 9].lower() == "doctype":
            self.doctype = source[at:end]
        return end

    def _until(self, mark: str, start: int) -> int:
        found = self.source.find(mark, start)
        return len(self.source) if found < 0 else found + len(mark)

    def _start_tag(self, name: str, start: int, at: int) -> int:
        source = self.source
        attributes: dict[str, str] = {}
        while True:
            end = _TAG_END.match(source, at)
            if end:
                at = end.end()
                break
            found = _ATTRIBUTE.match(source, at)
            if found is None:
                return len(source)  # the input ends inside the tag: the standard drops it
            key = found[1].lower()
            if key not in attributes:
                attributes[key] = decode(found[2] or found[3] or found[4] or "")
            at = found.end()
        self._imply_ends(name, start)
        element = Element(name, attributes, start, self.open[-1])
        element.parent.children.append(element)  # type: ignore[union-attr]  # the root is always open
        self.elements.append(element)
        if name in VOID:
            element.end = at
        elif name in RAW_TEXT:
            at = self._raw_text(element, at)
        else:
            self.open.append(element)
            self.open_names[name] = self.open_names.get(name, 0) + 1
        return at

    def _raw_text(self, element: Element, at: int) -> int:
        found = _RAW_ENDS[element.name].search(self.source, at)
        stop = found.start() if found else len(self.source)
        if stop > at:
            data = self.source[at:stop]
            decoded = decode(data) if element.name in ("title", "textarea") else data
            element.children.append(Text(decoded, at, element))
        element.end = self._until(">", found.end()) if found else stop
        return element.end

    def _imply_ends(self, name: str, at: int) -> None:
        ended = _ENDS.get(name)
        if ended is None or not any(self.open_names.get(other) for other in ended):
            return
        keep = None
        for index in range(len(self.open) - 1, max(0, len(self.open) - _LOOK_BACK), -1):
            other = self.open[index].name
            if other in _FENCES:
                break
            if other in ended:
                keep = index
        if keep is not None:
            self._pop(keep, at)

    def _close(self, name: str, start: int, end: int) -> None:
        if not self.open_names.get(name):
            return
        index = len(self.open) - 1
        while self.open[index].name != name:
            index -= 1
        self.open[index].end = end
        self._pop(index, start)

    def _pop(self, index: int, at: int) -> None:
        """Close every open element from an index on."""
        while len(self.open) > index:
            element = self.open.pop()
            element.end = element.end or at
            self.open_names[element.name] -= 1
