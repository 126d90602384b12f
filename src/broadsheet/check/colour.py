"""Colours as CSS writes them, and the contrast between two of them (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple


class Colour(NamedTuple):
    """Red, green and blue from 0 to 255, alpha from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def __str__(self) -> str:
        return f"#{round(self.red):02x}{round(self.green):02x}{round(self.blue):02x}"

    def over(self, below: Colour) -> Colour:
        """Blend this colour with the opaque one below it."""
        if self.alpha >= 1:
            return self
        share = self.alpha
        return Colour(
            self.red * share + below.red * (1 - share),
            self.green * share + below.green * (1 - share),
            self.blue * share + below.blue * (1 - share),
        )


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)
_NAMES: Mapping[str, str] = {
    "black": "000000", "silver": "c0c0c0", "gray": "808080", "grey": "808080", "white": "ffffff", "maroon": "800000",
    "red": "ff0000", "purple": "800080", "fuchsia": "ff00ff", "magenta": "ff00ff", "green": "008000", "lime": "00ff00",
    "olive": "808000", "yellow": "ffff00", "navy": "000080", "blue": "0000ff", "teal": "008080", "aqua": "00ffff",
    "cyan": "00ffff", "orange": "ffa500", "darkgray": "a9a9a9", "darkgrey": "a9a9a9", "dimgray": "696969",
    "dimgrey": "696969", "lightgray": "d3d3d3", "lightgrey": "d3d3d3", "gainsboro": "dcdcdc", "whitesmoke": "f5f5f5",
    "darkblue": "00008b", "darkred": "8b0000", "darkgreen": "006400", "crimson": "dc143c", "tomato": "ff6347",
    "gold": "ffd700", "slategray": "708090", "slategrey": "708090", "steelblue": "4682b4", "royalblue": "4169e1",
    "ivory": "fffff0", "beige": "f5f5dc", "snow": "fffafa", "pink": "ffc0cb", "brown": "a52a2a", "coral": "ff7f50",
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-fA-F]{3,8})\b")
_RGB = re.compile(r"rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)(?:[\s,/]+([\d.]+%?))?\s*\)", re.IGNORECASE)


@lru_cache(maxsize=2048)
def read_colour(value: str) -> Colour | None:
    """Read a colour from a CSS value or an HTML attribute; in a shorthand, the first one it names. None if none."""
    text = value.strip().lower()[:200]
    if text.startswith("transparent"):
        return Colour(0, 0, 0, 0)
    found = _HEX.search(text) or re.fullmatch(r"([0-9a-f]{6})", text)
    if found:
        return _from_hex(found[1])
    rgb = _RGB.search(text)
    if rgb:
        alpha = 1.0 if rgb[4] is None else _number(rgb[4], 1)
        return Colour(_number(rgb[1], 255), _number(rgb[2], 255), _number(rgb[3], 255), alpha)
    for word in re.findall(r"[a-z]+", text):
        if word in _NAMES:
            return _from_hex(_NAMES[word])
    return None


def contrast(one: Colour, other: Colour) -> float:
    """Give the contrast ratio of two opaque colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _from_hex(digits: str) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8):
        return None
    red, green, blue, alpha = (int((digits + "ff")[i : i + 2], 16) for i in (0, 2, 4, 6))
    return Colour(red, green, blue, alpha / 255)


def _number(text: str, whole: float) -> float:
    try:
        value = float(text.rstrip("%"))
    except ValueError:
        return 0.0
    return min(whole, max(0.0, value * whole / 100 if text.endswith("%") else value))


@lru_cache(maxsize=2048)
def _luminance(colour: Colour) -> float:
    def linear(part: float) -> float:
        part /= 255
        return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue)
