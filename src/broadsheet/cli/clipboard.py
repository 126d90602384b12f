"""The clipboard, through whichever program of the system fills it."""

from __future__ import annotations

import shutil
import subprocess

from broadsheet.errors import BroadsheetError

_WAYS = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)


def copy_text(text: str) -> str:
    """Put a text on the clipboard; gives the name of the program that did. Raises BroadsheetError when none can."""
    for way in _WAYS:
        if shutil.which(way[0]) and not subprocess.run(way, input=text.encode(), check=False).returncode:
            return way[0]
    raise BroadsheetError(
        f"there is no clipboard here (looked for {', '.join(way[0] for way in _WAYS)})",
        advice="Open the bundle's file instead, or pipe it: --out -",
    )
