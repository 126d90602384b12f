"""RenderedEdition to Bundle: the one path that every platform takes.

The order is the point: pieces that a platform lacks are cut out, then everything that stands is neutralised for the
platform's engine, and only then do the slots become its tags. Nothing touches the HTML after that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from broadsheet.config import Publication
from broadsheet.errors import ConfigError, ExportError
from broadsheet.export import lines, markup
from broadsheet.export.bundling import pack
from broadsheet.export.conditions import SectionRule, code_of, in_text, section_rules
from broadsheet.export.edition import Exported
from broadsheet.export.names import unknown_name
from broadsheet.export.platform import Platform, Preheader, Tag, Takes
from broadsheet.export.requirements import NAMED, requirements
from broadsheet.model import Bundle, RenderedEdition
from broadsheet.slots import SECTION_MARK, TOKEN, Slot, fill, used

_SAFE_FALLBACK = re.compile(r"[\w .,’-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the person who exports decided: slots whose block is dropped, slots that get fixed words.

    `fallback` is printed where a reader's name is not known. `fields` name, for a category, the platform's field that
    says who reads that section; the rendering must then be a marked one.
    """

    drop: frozenset[Slot] = frozenset()
    words: Mapping[Slot, str] = field(default_factory=lambda: MappingProxyType({}))
    fallback: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def export_edition(
    rendered: RenderedEdition,
    publication: Publication,
    platform: Platform,
    choices: Choices | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> Bundle:
    """Write an edition for a platform and pack it. Raises ExportError, naming platform and slot, with a choice."""
    return pack(exported(rendered, platform, choices, pictures), publication)


def exported(
    rendered: RenderedEdition,
    platform: Platform,
    choices: Choices | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> Exported:
    """Write an edition in a platform's own words.

    `pictures` holds the content of the pictures at hand, by their source as a browser reads it. Raises
    ExportError; ConfigError for words or a fallback that cannot stand where they are wanted.
    """
    choices = choices or Choices()
    if not _SAFE_FALLBACK.fullmatch(choices.fallback):
        raise ConfigError(
            f"the fallback for names, {choices.fallback!r}, holds characters that a platform could read as code",
            advice="Use letters, spaces, points, commas and hyphens only.",
        )
    for slot, value in choices.words.items():
        if slot.is_url and not re.match(r"https?://\S+$|mailto:\S+$", value):
            raise ConfigError(f"{slot}={value!r} is no address", advice=f"Type it whole: --set {slot}=https://…")
    subject, preheader, html, text = rendered.subject, rendered.preheader, _body(rendered, platform), rendered.text
    fixed = {**platform.samples, **choices.words}
    standing = used("\n".join((subject, preheader, html, text)))
    _refuse_lacking(platform, [slot for slot in standing if slot not in fixed and _is_lacking(slot, platform, choices)])
    dropped = tuple(slot for slot in standing if slot not in fixed and _is_dropped(slot, platform, choices))
    for slot in dropped:
        html = markup.without_link(html, slot) if slot.is_url else markup.without_block(html, slot)
        text = lines.without_slot(text, slot)
        subject, preheader = lines.without_word(subject, slot), lines.without_word(preheader, slot)
        if slot in used("\n".join((subject, html, text))):
            raise ExportError(
                f"{platform.title}: the block around {slot} could not be found, so it cannot be dropped",
                advice=f"Give it fixed words instead: --set {slot}=WORDS",
            )
    open_slots = used("\n".join((subject, preheader, html, text)))
    tags = {slot: platform.tags[slot] for slot in open_slots if slot not in fixed and slot in platform.tags}
    for slot, tag in tags.items():
        if tag.element:
            html = markup.with_element(html, slot, tag.element)
    words = {slot: value for slot, value in fixed.items() if slot in open_slots}
    rules = section_rules(rendered.edition, platform, choices.fields)
    pen = _Pen(platform, tags, words, choices.fallback, rules)
    names = _packed_names(html, platform, pictures or {})
    result = Exported(
        platform=platform,
        rendered=rendered,
        subject=pen.plain(" ".join(subject.split())),
        preheader=pen.plain(" ".join(preheader.split())),
        html=pen.html(html) + "\n",
        text=pen.plain(text),
        tags=MappingProxyType(tags),
        rules=tuple(rules.values()),
        dropped=dropped,
        fallback=choices.fallback,
        fixed=MappingProxyType(words),
        packed_html=pen.html(markup.with_sources(html, names)) + "\n" if names else "",
        pictures=MappingProxyType({name: (pictures or {})[source] for source, name in names.items()}),
    )
    return requirements(result)


def _is_dropped(slot: Slot, platform: Platform, choices: Choices) -> bool:
    return slot in choices.drop or (slot in platform.supplied and slot not in platform.tags)


def _is_lacking(slot: Slot, platform: Platform, choices: Choices) -> bool:
    return slot not in platform.tags and not _is_dropped(slot, platform, choices)


def _refuse_lacking(platform: Platform, lacking: Sequence[Slot]) -> None:
    """Name every slot that the platform cannot express at once, with what can be typed instead."""
    if not lacking:
        return
    slot = lacking[0]
    raise ExportError(
        f"{platform.title} has no tag for {' and '.join(f'{NAMED[one]} ({one})' for one in lacking)}",
        advice=f"Leave out the block around {'it' if len(lacking) == 1 else 'each'} with "
        f"{' '.join(f'--drop {one}' for one in lacking)}, or give everyone the same "
        + (f"address with --set {slot}=ADDRESS" if slot.is_url else f"words with --set {slot}=WORDS")
        + f". To decide it for good, write drop = {json.dumps(lacking)} into [platforms.{platform.name}].",
    )


def _body(rendered: RenderedEdition, platform: Platform) -> str:
    """Cut the rendering to what the platform takes, with the preheader where the platform wants it."""
    if platform.takes is Takes.MJML:
        return rendered.mjml
    html = rendered.html
    if platform.preheader is Preheader.FIELD:
        html = markup.without_preheader(html, rendered.preheader)
    if platform.takes is Takes.FRAGMENT:
        html = markup.fragment(html, keep_style=platform.keeps_style)
    return html


_DEMAND = '<div style="font-size:12px;line-height:18px;text-align:center;color:#666666">{code}</div>'


def _packed_names(html: str, platform: Platform, pictures: Mapping[str, bytes]) -> dict[str, str]:
    """Name the pictures at hand by where they lie in an archive, for a platform that hosts what an archive brings."""
    if not platform.hosts_images:
        return {}
    folder = "img" if platform.takes is Takes.MJML else "images"
    at_hand = [source for source in markup.pictures(html) if source in pictures]
    stems = (re.sub(r"[^A-Za-z0-9._-]", "-", urlsplit(source).path.rsplit("/", 1)[-1]) for source in at_hand)
    return {
        source: f"{folder}/{number}-{stem}" for number, (source, stem) in enumerate(zip(at_hand, stems, strict=True), 1)
    }


class _Pen:
    """Neutralise, then fill: once for each kind of place."""

    def __init__(
        self,
        platform: Platform,
        tags: Mapping[Slot, Tag],
        words: Mapping[Slot, str],
        fallback: str,
        rules: Mapping[int, SectionRule],
    ) -> None:
        self.platform, self.tags, self.words, self.fallback, self.rules = platform, tags, words, fallback, rules
        engine = platform.engine
        self._neutral: Callable[[str], str] = engine.sturdy_html if platform.decodes else engine.html

    def html(self, document: str) -> str:
        """Write HTML (or MJML) for the platform."""
        engine = self.platform.engine
        written = markup.rewrite(
            document,
            markup.Places(
                text=lambda text: fill(self._neutral(text), self._in_text),
                attribute=lambda value: fill(self._neutral(value), self._in_attribute),
                url=lambda address: fill(engine.url(address), self._in_url),
                css=engine.css,
                condition=engine.untouched,
                comment=self._in_comment,
            ),
        )
        for code, _purpose in self.platform.demands:
            written = markup.before_body_end(written, _DEMAND.replace("{code}", code))
        return written

    def plain(self, text: str) -> str:
        """Write a subject, a preheader or plain text for the platform."""
        text = re.sub(f"<({TOKEN.pattern})>", self._without_brackets, text)
        return in_text(fill(self.platform.engine.plain(text), self._in_plain), self.rules)

    def _in_comment(self, comment: str) -> str:
        """Let comments go, but for the marks of sections: these become the platform's code.

        Where the platform reads the HTML before its engine runs, text between the rows of a table would be moved out
        of it, so there the code stands in a comment.
        """
        mark = SECTION_MARK.search(comment)
        code = code_of(mark, self.rules) if mark else ""
        return f"<!-- {code} -->" if code and self.platform.decodes else code

    def _without_brackets(self, found: re.Match[str]) -> str:
        """Free an address from the brackets around it where a bracket and the tag would read as other code."""
        written = fill(found.group(), self._in_plain)
        return found.group(1) if self.platform.engine.code.match(written) else found.group()

    def _in_plain(self, slot: Slot) -> str:
        if slot in self.words:
            return self.platform.engine.plain(self.words[slot])
        return self.tags[slot].in_text(self.fallback)

    def _in_text(self, slot: Slot) -> str:
        if slot in self.words:
            return self._neutral(escape(self.words[slot]))
        return self.tags[slot].in_html(self.fallback)

    def _in_attribute(self, slot: Slot) -> str:
        code = self._in_text(slot)
        if '"' in code:
            raise ExportError(
                f"{self.platform.title}: the tag for {slot} holds a quotation mark and cannot stand in an attribute",
                advice=f"Give it fixed words: --set {slot}=WORDS",
            )
        return code

    def _in_url(self, slot: Slot) -> str:
        if not slot.is_url:
            if slot in self.words:
                return self.platform.engine.url(quote(self.words[slot], safe=""))
            raise ExportError(
                f"{self.platform.title}: {slot} stands inside a link, where its tag would not be encoded",
                advice=f"Take it out of the theme's link, or give it fixed words: --set {slot}=WORDS",
            )
        return self.platform.engine.url(escape(self.words[slot])) if slot in self.words else self._in_attribute(slot)


def parse_slots(names: Iterable[str]) -> frozenset[Slot]:
    """Read slots by their names. Raises ConfigError."""
    return frozenset(parse_slot(name) for name in names)


def parse_slot(name: str) -> Slot:
    """Read a slot by its name. Raises ConfigError with the nearest known ones."""
    try:
        return Slot(name.strip().replace("-", "_"))
    except ValueError:
        raise unknown_name("slot", name, Slot) from None
