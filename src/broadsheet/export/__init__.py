"""RenderedEdition to Bundle: one small module a platform, behind one contract."""

from broadsheet.export.edition import Exported
from broadsheet.export.exporting import Choices, export_edition, exported, parse_slot, parse_slots
from broadsheet.export.platform import Platform
from broadsheet.export.platforms import find_platform, platforms

__all__ = [
    "Choices",
    "Exported",
    "Platform",
    "export_edition",
    "exported",
    "find_platform",
    "parse_slot",
    "parse_slots",
    "platforms",
]
