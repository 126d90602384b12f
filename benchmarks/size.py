"""Size: how many stories fit below the bytes from which Gmail cuts a mail, and what 25 stories weigh.

    python -m benchmarks.size [--theme NAME ...]

The newspaper is that of `benchmarks.stories`: titles of 35 to 60 characters, deks of 120 to 150, two thirds of the
stories with a picture in the one column, none in the other. The size limit is lifted, so that nothing is shortened;
what is counted is the HTML in UTF-8, slots at their longest.
"""

from __future__ import annotations

import argparse
import json

from benchmarks.stories import newspaper, publication
from broadsheet.config.look import SizeLimit
from broadsheet.render import find_theme, list_themes, render_edition
from broadsheet.render.trimming import weigh

LIMIT = 102_400
GOALS = {"brief": 120, "daily": 60, "magazine": 40}
LIGHT_DAILY = 60_000
MOST = 400


def main() -> None:
    """Count for every theme, print a table, then one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.size")
    parser.add_argument("--theme", action="append", choices=[entry.name for entry in list_themes()])
    rows = [_row(name) for name in parser.parse_args().theme or [entry.name for entry in list_themes()]]
    print(f"{'theme':10}{'stories that fit':>18}{'without pictures':>18}{'goal':>6}{'25 stories, bytes':>20}")
    for row in rows:
        print(
            f"{row['theme']:10}{row['stories_with_pictures']:18}{row['stories_without_pictures']:18}"
            f"{row['goal'] or '':>6}{row['bytes_of_25']:20,}"
        )
    print(
        f"Below {LIMIT:,} bytes of HTML; goal: stories. A `daily` of 25 stories is to stay below {LIGHT_DAILY:,} bytes."
    )
    print(json.dumps({"benchmark": "size", "limit": LIMIT, "goal_daily_25": LIGHT_DAILY, "results": rows}))


def _row(theme: str) -> dict[str, str | int | None]:
    return {
        "theme": theme,
        "stories_with_pictures": _fitting(theme, pictures=True),
        "stories_without_pictures": _fitting(theme, pictures=False),
        "goal": GOALS.get(theme),
        "bytes_of_25": _bytes(theme, 25, pictures=True),
    }


def _bytes(theme: str, stories: int, *, pictures: bool) -> int:
    of = publication(theme=theme, size=SizeLimit(budget=100_000_000))
    return weigh(render_edition(newspaper(stories, pictures=pictures), of, find_theme(theme)).html, of)


def _fitting(theme: str, *, pictures: bool) -> int:
    low, high = 1, MOST
    while low < high:
        middle = (low + high + 1) // 2
        if _bytes(theme, middle, pictures=pictures) < LIMIT:
            low = middle
        else:
            high = middle - 1
    return low


if __name__ == "__main__":
    main()
