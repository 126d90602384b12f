"""Say of a name that nobody knows which known ones are near it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from broadsheet.errors import ConfigError


def unknown_name(kind: str, name: str, known: Iterable[str], advice: str = "") -> ConfigError:
    """Make the error for a name of a `kind` that is not among the known ones; it tells the near ones, or all."""
    names = [str(one) for one in known]
    wanted = name.strip().lower()
    held = [one for one in names if len(wanted) > 2 and wanted in one]
    near = held or difflib.get_close_matches(wanted, names, n=2, cutoff=0.7)
    guess = f"; did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
    return ConfigError(f"no {kind} is called {name!r}{guess}", advice=advice or f"Known ones: {', '.join(names)}.")
