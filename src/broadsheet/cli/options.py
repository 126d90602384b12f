"""Options that many commands share, spelt once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
PublicationName = Annotated[
    str | None, typer.Option("-p", "--publication", help="Which publication; needed where there are several.")
]
SegmentText = Annotated[
    str, typer.Option("--segment", help="""Only some, as in: country == "DE" and joined < 2026-01-01""", metavar="EXPR")
]


def parse_day(text: str | None) -> date | None:
    """Read --date. Raises typer.BadParameter."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise typer.BadParameter(f"expected a date such as 2026-11-24, not {text!r}") from None


Day = Annotated[
    str | None,
    typer.Option("--date", help="The edition's date, YYYY-MM-DD; today in the publication's zone if left out."),
]
