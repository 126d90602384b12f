"""What comes back: bounces, delays, complaints and automatic replies, read from whatever a mail system wrote.

The order is that of trust: our own mail tag in the address (VERP), RFC 3464 and RFC 5965 reports, then what a text
says. A text from outside is never trusted with more than the address it was sent
about.
"""

from broadsheet.audience.bounces.reading import read_report
from broadsheet.audience.bounces.reasons import Reason
from broadsheet.audience.bounces.report import BouncedRecipient, Kind, Report

__all__ = ["BouncedRecipient", "Kind", "Reason", "Report", "read_report"]
