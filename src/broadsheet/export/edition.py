"""An edition in a platform's own words: what exporting makes, and what bundles and drafts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from broadsheet.export.conditions import SectionRule
from broadsheet.export.platform import Platform, Tag
from broadsheet.model import RenderedEdition
from broadsheet.slots import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """An edition in a platform's own words, before it is packed: what is pasted, uploaded or pushed.

    `packed_html` is the HTML once more, with the sources of `pictures` as they lie beside it in an archive.
    """

    platform: Platform
    rendered: RenderedEdition
    subject: str
    preheader: str
    html: str
    text: str
    tags: Mapping[Slot, Tag]
    rules: tuple[SectionRule, ...] = ()
    dropped: tuple[Slot, ...] = ()
    fallback: str = ""
    fixed: Mapping[Slot, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    packed_html: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
