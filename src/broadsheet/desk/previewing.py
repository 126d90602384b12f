"""Show a rendering to a person on this machine: slots filled with samples, the project's own pictures from the disk."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable
from html import escape, unescape
from mimetypes import guess_type
from pathlib import Path

from broadsheet.desk.opening import Desk
from broadsheet.model import RenderedEdition
from broadsheet.slots import SAMPLES, fill

_SOURCE = re.compile(r'(\ssrc=")([^"]+)(")')
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_ASKS_FOR_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_BOTH_SCHEMES = re.compile(r"\blight\s+dark\b")
_ALWAYS, _NEVER = "(min-width:0)", "(max-width:0)"


def page_for_browser(desk: Desk, rendered: RenderedEdition, folder: Path) -> str:
    """Give the HTML as it looks to a sample reader when it is opened from `folder`."""
    return _page(desk, rendered, lambda file: Path(os.path.relpath(file, folder)).as_posix())


def page_for_frame(desk: Desk, rendered: RenderedEdition, *, dark: bool = False) -> str:
    """Give the HTML as it looks to a sample reader, alone in a frame: own pictures inside it, links open elsewhere.

    The client's mode is simulated: what the mail keeps for the dark is applied, or not, whatever the browser prefers.
    """
    page = _HEAD.sub(lambda found: f'{found[0]}<base target="_blank">', _page(desk, rendered, _inside), count=1)
    scheme = "dark" if dark else "light"
    page = _ASKS_FOR_DARK.sub(lambda found: _ALWAYS if found[1].lower() == scheme else _NEVER, page)
    head, end, body = page.partition("</head>")
    return _BOTH_SCHEMES.sub(scheme, head) + end + body


def sample_html(rendered: RenderedEdition) -> str:
    """Give the HTML as a sample reader gets it, byte for byte."""
    return fill(rendered.html, lambda slot: escape(SAMPLES[slot]))


def sample_text(rendered: RenderedEdition) -> str:
    """Give the plain text as a sample reader gets it."""
    return fill(rendered.text, lambda slot: SAMPLES[slot])


def write_page(desk: Desk, rendered: RenderedEdition, folder: Path) -> Path:
    """Write preview.html into a folder that exists."""
    path = folder / "preview.html"
    path.write_text(page_for_browser(desk, rendered, folder), encoding="utf-8")
    return path


def _page(desk: Desk, rendered: RenderedEdition, address: Callable[[Path], str]) -> str:
    """Fill the slots, and give the project's own pictures an address that works on this machine."""

    def local(found: re.Match[str]) -> str:
        path = desk.config.pictures.file_of(unescape(found[2]))
        file = desk.folder / path if path else None
        if file is None or not file.is_file():
            return found[0]
        return found[1] + escape(address(file)) + found[3]

    return _SOURCE.sub(local, sample_html(rendered))


def _inside(file: Path) -> str:
    kind = guess_type(file.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{b64encode(file.read_bytes()).decode()}"
