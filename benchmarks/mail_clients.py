"""What mail clients do to a mail before they show it, as far as a browser can play it.

Sources: caniemail's notes on prefers-color-scheme and style, issues 56 and 68 of hteumeuleu/email-bugs. Gmail's way of
turning colours is not published; each colour's lightness is turned here, which is what full inversion looks like.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

_STYLE = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL)
_DARK = re.compile(r"@media \(prefers-color-scheme:dark\)\s*\{(?:[^{}]*\{[^{}]*\})*\s*\}")
_BODY = re.compile(r"<body\b([^>]*)>(.*)</body>", re.DOTALL)
_COLOUR = re.compile(r"linear-gradient\([^)]*\)|#[0-9a-f]{6}\b|#000\b", re.IGNORECASE)


@dataclass(frozen=True)
class Client:
    """A client's way with a mail: what it makes of the HTML, and whether it loads pictures."""

    name: str
    shown: Callable[[str], str]
    loads_pictures: bool = True


def outlook_com_dark(html: str) -> str:
    """Give the original colours to attributes, as Outlook.com does; its rules start from `[data-ogsc]`."""
    return html.replace("<body ", '<body data-ogsc="" data-ogsb="" ', 1)


def gmail_ios_dark(html: str) -> str:
    """Put the body into a div behind an empty `u`, know no colour scheme, and turn every colour but a gradient's."""
    html = _BODY.sub(r"<body style='margin:0;background:#000000'><u></u><div\1>\2</div></body>", _DARK.sub("", html))
    return _COLOUR.sub(lambda found: _turned(found.group()), html)


def gmail_without_styles(html: str) -> str:
    """Drop every style sheet, as Gmail does for mail of other accounts and in its mobile web page."""
    return _STYLE.sub("", html)


def unchanged(html: str) -> str:
    """Show it as it is."""
    return html


def _turned(colour: str) -> str:
    if not colour.startswith("#"):
        return colour
    digits = colour[1:] if len(colour) == 7 else colour[1:] * 2
    hue, lightness, saturation = rgb_to_hls(*(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    return "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, 1 - lightness, saturation))


CLIENTS = (
    Client("outlook-com-dark", outlook_com_dark),
    Client("gmail-ios-dark", gmail_ios_dark),
    Client("gmail-without-styles", gmail_without_styles),
    Client("pictures-not-loaded", unchanged, loads_pictures=False),
)
