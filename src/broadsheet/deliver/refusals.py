"""When a relay's word that there is no such mailbox is enough to write to it no more. Values in, values out."""

from __future__ import annotations

from collections.abc import Sequence

FEW = 25
TOO_LARGE_A_SHARE = 0.2


def is_dead(refused: Sequence[bool], after: int) -> bool:
    """Tell whether a mailbox was refused as none in each of its last editions, `after` of them; 0 is never.

    `refused` tells of each edition that was tried there, the newest first.
    """
    return 0 < after <= len(refused) and all(refused[:after])


def is_believed(refused: int, tried: int) -> bool:
    """Tell whether a mailbox provider that refused so many of those tried means what it says.

    A provider whose directory is away refuses everybody for good, living or dead (Gmail did on 15 December 2020): more
    than 25 that are more than a fifth of all are taken for that.
    """
    return refused <= max(FEW, tried * TOO_LARGE_A_SHARE)
