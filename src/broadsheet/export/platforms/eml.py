"""A message file, filled for a sample reader: to look at in a mail program, to forward, or for a mail tester."""

from __future__ import annotations

from broadsheet.export.engines import NO_ENGINE
from broadsheet.export.platform import Platform, Takes
from broadsheet.slots import SAMPLES

PLATFORM = Platform(
    name="eml",
    title="a message file (.eml)",
    engine=NO_ENGINE,
    takes=Takes.MESSAGE,
    samples=SAMPLES,
    link_growth=0,
    steps=("Open edition.eml in a mail program, or hand it to a mail tester.",),
    caveats=("Made for a sample reader: its links lead nowhere. Do not send it to a list.",),
)
