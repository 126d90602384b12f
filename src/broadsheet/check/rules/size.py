"""How heavy the mail is: Gmail cuts a message whose HTML is over about 102 KB, and the footer goes first."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.weight import contributors, weight
from broadsheet.model import Severity

GROUP = "Size"
# Bytes of the decoded HTML. 102,400 is where Gmail cuts; platforms that rewrite links need the room above 90,000.
CLIPPED_FROM = 102_000
NEAR_FROM = 90_000


def _biggest(mail: Mail) -> str:
    return "; ".join(f"{name} {size:,}" for name, size in contributors(mail)[:5])


@rule("size", GROUP, Severity.BLOCK)
def size(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML stays below the 102,000 bytes from which Gmail cuts it."""
    total = weight(mail.html)
    if total >= CLIPPED_FROM:
        yield Fault(
            f"{total:,} bytes of HTML, {total - CLIPPED_FROM + 1:,} too many: Gmail will cut it, and the unsubscribe "
            f"link with it. Biggest parts: {_biggest(mail)}",
            "Drop stories, shorten their text, or take a lighter theme.",
            "html",
        )


@rule("size-near", GROUP, Severity.WARN)
def size_near(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML leaves room (above 90,000 bytes) for what a platform adds by rewriting links."""
    total = weight(mail.html)
    if NEAR_FROM <= total < CLIPPED_FROM:
        yield Fault(
            f"{total:,} bytes of HTML: a platform that rewrites links may push it over Gmail's limit. "
            f"Biggest parts: {_biggest(mail)}",
            "Drop a story or two if this goes through a platform that tracks links.",
            "html",
        )


RULES = (size, size_near)
