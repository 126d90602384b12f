"""The one contract: everything that is known about an e-mail platform, as data.

An exporter has no code of its own. It is a `Platform`: what it takes, how it writes each slot, what it demands and
forbids, and how sure we are of each of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from broadsheet.export.engines import Engine
from broadsheet.slots import Slot

# Stands in a tag's code for what is printed when a reader's value is empty.
FALLBACK = "\x00"


class Certainty(StrEnum):
    """How a fact is known: read in a first-party document, seen in working public use, or from memory only."""

    DOCUMENTED = "D"
    PRACTICE = "P"
    MEMORY = "M"


class Takes(StrEnum):
    """What a platform takes as an edition's body."""

    DOCUMENT = "full document"
    FRAGMENT = "body fragment"
    MJML = "MJML"
    MESSAGE = "message file"


class Preheader(StrEnum):
    """Where the preheader goes: it stays hidden in the HTML, or into a field of the platform."""

    HIDDEN = "hidden in the HTML"
    FIELD = "a field of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """How a platform writes one slot.

    `code` is the tag in HTML, `text` in subjects and plain text where that differs. Where FALLBACK stands in it, the
    words for a reader without a value are put; `bare` is the shorter form for when there are none. `element` names the
    element that takes the place of a link around the slot, on platforms that have no tag for a link's address.
    """

    code: str
    sure: Certainty
    text: str = ""
    bare: str = ""
    element: str = ""

    @property
    def has_fallback(self) -> bool:
        """Say whether words for a reader without a value can stand in the tag."""
        return FALLBACK in self.code

    def in_html(self, fallback: str) -> str:
        """Write the tag for HTML."""
        return self.bare if self.bare and not fallback else self.code.replace(FALLBACK, fallback)

    def in_text(self, fallback: str) -> str:
        """Write the tag for a subject or for plain text."""
        return self.text.replace(FALLBACK, fallback) if self.text else self.in_html(fallback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a platform asks whether a field of a reader is filled. FIELD stands for its name.

    `field` is the pattern of names that may stand in the code, `named` what people call such a field there. `unless`
    asks the contrary, where it can be asked; `unless_ends` closes that where it differs.
    """

    begins: str
    ends: str
    unless: str
    field: str
    named: str
    sure: Certainty
    unless_ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """An e-mail platform, described.

    `supplied` lists the slots that the platform fills by itself outside of our body: their blocks are left out, and
    the bundle says so. `demands` are pieces of code that the platform wants in the body beside the slots, such as its
    own tag for the postal address, each with what it is for. `limit` is in bytes of HTML, `archive_limit` in bytes of
    pictures in an upload (0: none known); `link_growth` in bytes a link, the room that rewriting links for tracking
    takes. `decodes` says that references are undone before the engine runs (platforms that inline styles do so).
    `samples` fill a message file, which is personalised by nobody. `conditions` are the ways to show a section to some
    readers only; the first whose pattern fits a field's name is taken.
    """

    name: str
    title: str
    engine: Engine
    takes: Takes = Takes.DOCUMENT
    tags: Mapping[Slot, Tag] = field(default_factory=lambda: MappingProxyType({}))
    samples: Mapping[Slot, str] = field(default_factory=lambda: MappingProxyType({}))
    supplied: frozenset[Slot] = frozenset()
    required: frozenset[Slot] = frozenset()
    demands: tuple[tuple[str, str], ...] = ()
    preheader: Preheader = Preheader.HIDDEN
    forbidden: tuple[str, ...] = ()
    limit: int = 0
    link_growth: int = 90
    keeps_style: bool = True
    decodes: bool = False
    hosts_images: bool = False
    archive_limit: int = 0
    steps: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def certainty(self) -> Certainty:
        """Give the weakest ground that any of the tags stands on."""
        order = list(Certainty)
        return max((tag.sure for tag in self.tags.values()), key=order.index, default=Certainty.DOCUMENTED)


def tags(**by_slot: Tag) -> Mapping[Slot, Tag]:
    """Make a slot table from keywords that are the slots' names."""
    return MappingProxyType({Slot(name): tag for name, tag in by_slot.items()})


def known(code: str, *, text: str = "", bare: str = "", element: str = "") -> Tag:
    """Describe a tag read in a first-party document."""
    return Tag(code=code, sure=Certainty.DOCUMENTED, text=text, bare=bare, element=element)


def seen(code: str, *, text: str = "", bare: str = "", element: str = "") -> Tag:
    """Describe a tag seen in working public use."""
    return Tag(code=code, sure=Certainty.PRACTICE, text=text, bare=bare, element=element)


def recalled(code: str, *, text: str = "", bare: str = "", element: str = "") -> Tag:
    """Describe a tag that nobody could look up."""
    return Tag(code=code, sure=Certainty.MEMORY, text=text, bare=bare, element=element)
