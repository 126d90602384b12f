"""Take over who left at a platform: unsubscribed there, bounced there, or complained there."""

from broadsheet.export.pull.departures import Departure, Page, Teller, page_from
from broadsheet.export.pull.tellers import TELLING, open_teller, refuse_untelling

__all__ = ["TELLING", "Departure", "Page", "Teller", "open_teller", "page_from", "refuse_untelling"]
