"""Contrast of text in both palettes, worked out from the styles (WCAG 2.2, 1.4.3), and text too small to read."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.check.colour import contrast as ratio_of
from broadsheet.check.mail import Context, Mail
from broadsheet.check.paint import Paint, painted
from broadsheet.check.rule import Fault, rule
from broadsheet.check.tree import Text
from broadsheet.model import Severity

GROUP = "Accessibility"
SMALLEST = 12.0
# Contrast that readers need; large is from 24 px, or 18.66 px in bold.
NORMAL, LARGE = 4.5, 3.0


def _needed(paint: Paint) -> float:
    return LARGE if paint.size >= 24 or (paint.bold and paint.size >= 18.66) else NORMAL


def _faint(mail: Mail, *, dark: bool) -> Iterator[Fault]:
    """Give one fault for each pair of colours that is too close, at its first place."""
    found: dict[tuple[str, str, float], tuple[Text, float, int]] = {}
    for text, paint in painted(mail.page, dark=True) if dark else mail.painted:
        if paint.hidden or paint.colour is None or paint.behind is None or not _is_read(text.data):
            continue
        ratio = ratio_of(paint.colour, paint.behind)
        needed = _needed(paint)
        if ratio + 0.005 < needed:
            key = (str(paint.colour), str(paint.behind), needed)
            first, _, times = found.get(key, (text, ratio, 0))
            found[key] = (first, ratio, times + 1)
    for (colour, behind, needed), (text, ratio, times) in found.items():
        often = f", {times} times" if times > 1 else ""
        yield Fault(
            f"{colour} on {behind} has a contrast of {ratio:.1f}:1 where {needed:g}:1 is needed: "
            f"“{_short(text.data)}”{often}",
            "Make the text darker or the ground lighter, or the other way round."
            + (" Set both colours in the dark block of the style sheet." if dark else ""),
            mail.place(text),
        )


@rule("contrast", GROUP, Severity.WARN)
def contrast(mail: Mail, context: Context) -> Iterator[Fault]:
    """Text stands out from its ground in the light palette: 4.5:1, or 3:1 where it is large."""
    yield from _faint(mail, dark=False)


@rule("contrast-dark", GROUP, Severity.WARN)
def contrast_dark(mail: Mail, context: Context) -> Iterator[Fault]:
    """Text stands out from its ground in the dark palette, too, where the mail has one."""
    if mail.has_dark_palette:
        yield from _faint(mail, dark=True)


@rule("text-small", GROUP, Severity.WARN)
def text_small(mail: Mail, context: Context) -> Iterator[Fault]:
    """No text is smaller than 12 px; phones enlarge it and break the layout, and many cannot read it."""
    found: dict[float, tuple[Text, int]] = {}
    for text, paint in mail.painted:
        if not paint.hidden and paint.size + 0.05 < SMALLEST and _is_read(text.data):
            first, times = found.get(paint.size, (text, 0))
            found[paint.size] = (first, times + 1)
    for size, (text, times) in sorted(found.items()):
        often = f", {times} times" if times > 1 else ""
        yield Fault(
            f"text of {size:g} px: “{_short(text.data)}”{often}",
            "Set at least 12 px; 16 px for what is meant to be read.",
            mail.place(text),
        )


def _is_read(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else words[:39] + "…"


RULES = (contrast, contrast_dark, text_small)
