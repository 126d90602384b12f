"""Show a rendering to a person on this machine: slots filled with samples, the project's own pictures from the disk."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from html import escape, unescape
from mimetypes import guess_type
from pathlib import Path

from broadsheet.desk.opening import Desk
from broadsheet.desk.simulating import in_scheme, marked
from broadsheet.model import Finding, Recipient, RenderedEdition
from broadsheet.slots import SAMPLES, Slot, fill

_SOURCE = re.compile(r'(\ssrc=")([^"]+)(")')
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def page_for_browser(desk: Desk, rendered: RenderedEdition, folder: Path) -> str:
    """Give the HTML as it looks to a sample reader when it is opened from `folder`."""
    return _local(desk, sample_html(rendered), lambda file: Path(os.path.relpath(file, folder)).as_posix())


def page_for_frame(
    desk: Desk,
    rendered: RenderedEdition,
    *,
    dark: bool = False,
    simulate: Callable[[str], str] | None = None,
    findings: Iterable[Finding] = (),
) -> str:
    """Give the HTML as it looks to a sample reader, alone in a frame: own pictures inside it, links open elsewhere.

    The client's mode is simulated: what the mail keeps for the dark is applied, or not, whatever the browser prefers.
    `simulate` does more to the mail before its pictures are put in. The elements that `findings` point at bear their
    numbers.
    """
    page = filled(marked(rendered.html, findings))
    if simulate is not None:
        page = simulate(page)
    page = _HEAD.sub(lambda found: f'{found[0]}<base target="_blank">', _local(desk, page, _inside), count=1)
    return in_scheme(page, "dark" if dark else "light")


def sample_headers(desk: Desk, rendered: RenderedEdition) -> str:
    """Give the headers of the message as a sample reader would get it now. Raises ConfigError when none can be made."""
    from broadsheet.desk.mailing import messages_of

    publication = desk.config.publication(rendered.edition.publication)
    reader = Recipient(
        id=0, email="reader@example.org", first_name=SAMPLES[Slot.FIRST_NAME], last_name=SAMPLES[Slot.LAST_NAME]
    )  # fmt: skip
    message = messages_of(desk, publication, rendered, desk.now())(reader)
    return message.content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n") + "\n"


def filled(html: str) -> str:
    """Fill the slots of a rendering's HTML with what a sample reader has."""
    return fill(html, lambda slot: escape(SAMPLES[slot]))


def sample_html(rendered: RenderedEdition) -> str:
    """Give the HTML as a sample reader gets it, byte for byte."""
    return filled(rendered.html)


def sample_text(rendered: RenderedEdition) -> str:
    """Give the plain text as a sample reader gets it."""
    return fill(rendered.text, lambda slot: SAMPLES[slot])


def write_page(desk: Desk, rendered: RenderedEdition, folder: Path) -> Path:
    """Write preview.html into a folder that exists."""
    path = folder / "preview.html"
    path.write_text(page_for_browser(desk, rendered, folder), encoding="utf-8")
    return path


def _local(desk: Desk, page: str, address: Callable[[Path], str]) -> str:
    """Give the project's own pictures an address that works on this machine."""

    def local(found: re.Match[str]) -> str:
        path = desk.config.pictures.file_of(unescape(found[2]))
        file = desk.folder / path if path else None
        if file is None or not file.is_file():
            return found[0]
        return found[1] + escape(address(file)) + found[3]

    return _SOURCE.sub(local, page)


def _inside(file: Path) -> str:
    kind = guess_type(file.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{b64encode(file.read_bytes()).decode()}"
