"""The shape of editions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

STEPS: tuple[Callable[[Database], None], ...] = ()
