"""Show a rendering to a person on this machine: slots filled with samples, the project's own pictures from the disk."""

from __future__ import annotations

import os
import re
from html import escape, unescape
from pathlib import Path

from broadsheet.desk.opening import Desk
from broadsheet.model import RenderedEdition
from broadsheet.slots import SAMPLES, fill

_SOURCE = re.compile(r'(\ssrc=")([^"]+)(")')


def page_for_browser(desk: Desk, rendered: RenderedEdition, folder: Path) -> str:
    """Give the HTML as it looks to a sample reader when it is opened from `folder`."""

    def local(found: re.Match[str]) -> str:
        path = desk.config.pictures.file_of(unescape(found[2]))
        file = desk.folder / path if path else None
        if file is None or not file.is_file():
            return found[0]
        return found[1] + escape(Path(os.path.relpath(file, folder)).as_posix()) + found[3]

    return _SOURCE.sub(local, fill(rendered.html, lambda slot: escape(SAMPLES[slot])))


def write_page(desk: Desk, rendered: RenderedEdition, folder: Path) -> Path:
    """Write preview.html into a folder that exists."""
    path = folder / "preview.html"
    path.write_text(page_for_browser(desk, rendered, folder), encoding="utf-8")
    return path
