"""What is checked, and what the rules may know about the world around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from broadsheet.check.css import rules
from broadsheet.check.paint import Paint, painted
from broadsheet.check.tree import Element, Page, Text, read_page
from broadsheet.model import Edition, Pick, RenderedEdition, Severity
from broadsheet.slots import TOKEN

# More than this is never read as a tree: 20 times what Gmail shows. The size rule weighs the whole.
READ_AT_MOST = 2_000_000
# What pads a preheader so that the text after it is not shown.
_FILLING = re.compile("[\u034f\u200b-\u200f\u2007\u00ad\ufeff]+")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail to be checked: our own rendering (then with its `edition`), or anybody's.

    None means "not known", '' means "known to be empty". `headers` (names in lower case) are those of a finished
    message; `is_template` says that this is a bare HTML file, which somebody's platform may still fill in.
    """

    html: str
    text: str | None = None
    subject: str | None = None
    preheader: str | None = None
    headers: Mapping[str, Sequence[str]] | None = None
    edition: Edition | None = None
    language: str = ""
    notes: tuple[str, ...] = ()
    is_template: bool = False

    @classmethod
    def of(cls, rendered: RenderedEdition) -> Mail:
        """Take a rendered edition, slots open."""
        return cls(
            html=rendered.html, text=rendered.text, subject=rendered.subject, preheader=rendered.preheader,
            edition=rendered.edition, language=rendered.language, notes=rendered.notes,
        )  # fmt: skip

    @cached_property
    def page(self) -> Page:
        """Read the HTML, once for all rules."""
        return read_page(self.html[:READ_AT_MOST])

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """List the parts that are known, each with the name of its place."""
        parts = (("subject", self.subject), ("preheader", self.preheader), ("html", self.html), ("text", self.text))
        return tuple((where, text) for where, text in parts if text)

    @cached_property
    def words(self) -> str:
        """Join all that the HTML shows or hides as text, blanks collapsed."""
        return self.page.words()[self.page.root]

    @cached_property
    def shown_words(self) -> str:
        """Join what a reader sees as text, blanks collapsed: no hidden preheader, no alt texts."""
        shown = (text.data for text, paint in self.painted if not paint.hidden)
        return " ".join(" ".join(shown).split())

    @cached_property
    def preview(self) -> str | None:
        """Give the preheader: as told, else the first text of the body where that is hidden, else None."""
        if self.preheader is not None:
            return self.preheader
        text, paint = next(iter(self.painted), (None, None))
        hidden = text is not None and paint is not None and paint.hidden
        return " ".join(_FILLING.sub(" ", text.data).split()) if text is not None and hidden else None

    @cached_property
    def painted(self) -> tuple[tuple[Text, Paint], ...]:
        """List every run of text and how it looks in the light palette."""
        return tuple(painted(self.page))

    @cached_property
    def links(self) -> tuple[Element, ...]:
        """List every `<a>` and `<area>`."""
        return tuple(self.page.named("a", "area"))

    @cached_property
    def link_words(self) -> Mapping[Element, str]:
        """Give the words of every `<a>`."""
        return self.page.words("a")

    def words_of(self, link: Element) -> str:
        """Quote the words of a link, shortened."""
        words = self.link_words.get(link, "")
        return words if len(words) <= 60 else words[:59] + "…"

    @cached_property
    def images(self) -> tuple[Element, ...]:
        """List every `<img>`."""
        return tuple(self.page.named("img"))

    @cached_property
    def sheets(self) -> tuple[tuple[Element, str], ...]:
        """List every `<style>` and its words."""
        return tuple(
            (element, "".join(child.data for child in element.children if isinstance(child, Text)))
            for element in self.page.named("style")
        )

    @cached_property
    def has_dark_palette(self) -> bool:
        """Tell whether a style sheet says how the mail looks on a dark screen."""
        return any(rule.is_dark for _, sheet in self.sheets for rule in rules(sheet))

    def place(self, node: Element | Text | int) -> str:
        """Name where something stands: the story it belongs to, where that is known, then line and column."""
        offset = node if isinstance(node, int) else node.start
        line, column = self.page.line(offset)
        spot = f"line {line}, column {column}"
        pick = self._pick_at(offset)
        return f"story {pick.story.id} ({pick.headline}), {spot}" if pick else spot

    def _pick_at(self, offset: int) -> Pick | None:
        found = None
        for start, end, pick in self.stories:
            if start > offset:
                break
            found = pick if offset < end else None
        return found

    @cached_property
    def stories(self) -> tuple[tuple[int, int, Pick], ...]:
        """Say which stretch of the source each story has: from its first link or headline to that of the next one."""
        if self.edition is None:
            return ()
        by_url = {pick.story.url: pick for pick in self.edition.picks if pick.story.url}
        by_headline = {_squeezed(pick.headline): pick for pick in self.edition.picks}
        words = {**self.page.words("h1", "h2", "h3", "h4"), **self.link_words}
        begins: list[tuple[int, Pick]] = []
        for element in self.page.named("a", "h1", "h2", "h3", "h4"):
            href = element.get("href")
            pick = by_url.get(href) or by_url.get(re.split("[?#]", href, maxsplit=1)[0])
            pick = pick or by_headline.get(words[element])
            if pick and (not begins or begins[-1][1] is not pick):
                begins.append((element.start, pick))
        if not begins:
            return ()
        # The last one ends where the mail's own frame begins again: at the next slot, or the end of the source.
        slot = TOKEN.search(self.html, begins[-1][0])
        ends = [start for start, _ in begins[1:]] + [slot.start() if slot else len(self.html)]
        return tuple((start, end, pick) for (start, pick), end in zip(begins, ends, strict=True))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


class AnswerState(StrEnum):
    """What is known of an address: CLOSED keeps robots out, UNSURE gave no usable answer."""

    ALIVE = "alive"
    DEAD = "dead"
    CLOSED = "closed"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said about an address, why that is taken so, and the size in bytes where it told."""

    state: AnswerState
    reason: str = ""
    size: int | None = None

    @property
    def is_dead(self) -> bool:
        """Tell whether nothing is there, by the server's own word."""
        return self.state is AnswerState.DEAD


@dataclass(frozen=True, kw_only=True)
class Context:
    """What rules are told instead of looking it up: the time, the configuration, the edition before, what servers said.

    `severities` holds what the configuration says about single rules; everything else keeps its default. `clients`
    gives the weight of each family of mail clients among the readers. `answers` is empty where nobody was asked.
    """

    now: datetime
    severities: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))
    postal_address: str = ""
    sender: str = ""
    reply_to: str = ""
    base_url: str = ""
    previous: Edition | None = None
    size_budget: int = 102_000
    clients: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
