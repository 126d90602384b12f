"""How heavy the mail is: Gmail cuts a message whose HTML is over about 102 KB, and the footer goes first."""

from __future__ import annotations

from collections.abc import Iterator

from broadsheet.check.mail import Context, Mail
from broadsheet.check.rule import Fault, rule
from broadsheet.check.weight import contributors, weight
from broadsheet.model import Severity

GROUP = "Size"
# Bytes of the decoded HTML. Gmail cuts at 102,400; platforms that rewrite links need the room above seven eighths.
CLIPPED_FROM = 102_000
ROOM = 7 / 8


def _biggest(mail: Mail) -> str:
    return "; ".join(f"{name} {size:,}" for name, size in contributors(mail)[:5])


@rule("size", GROUP, Severity.BLOCK)
def size(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML stays within its budget, and below the 102,000 bytes from which Gmail cuts it."""
    total, limit = weight(mail.html), min(CLIPPED_FROM, context.size_budget)
    if total > limit:
        fate = ": Gmail will cut it, and the unsubscribe link with it" if total > CLIPPED_FROM else ""
        yield Fault(
            f"{total:,} bytes of HTML, {total - limit:,} more than the budget{fate}. Biggest parts: {_biggest(mail)}",
            "Drop stories, shorten their text, or take a lighter theme.",
            "html",
        )


@rule("size-near", GROUP, Severity.WARN)
def size_near(mail: Mail, context: Context) -> Iterator[Fault]:
    """The HTML leaves room, an eighth of its budget, for what a platform adds by rewriting links."""
    total, limit = weight(mail.html), min(CLIPPED_FROM, context.size_budget)
    if limit * ROOM < total <= limit:
        yield Fault(
            f"{total:,} bytes of HTML: a platform that rewrites links may push it over Gmail's limit. "
            f"Biggest parts: {_biggest(mail)}",
            "Drop a story or two if this goes through a platform that tracks links.",
            "html",
        )


RULES = (size, size_near)
