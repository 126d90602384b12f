from __future__ import annotations

import pytest

from broadsheet.config.look import SizeLimit
from broadsheet.model import Signal
from broadsheet.render import find_theme, render_edition
from broadsheet.render.trimming import weigh
from broadsheet.slots import Slot, fill
from tests.render.editions import edition, pick, publication, story

DAILY = find_theme("daily")


def limit(budget: int, per_link: int | None = None) -> SizeLimit:
    return SizeLimit(budget=budget, per_link=per_link)


def test_what_fits_is_left_alone() -> None:
    assert render_edition(edition(9), publication(), DAILY).notes == ()


@pytest.mark.parametrize("name", ["daily", "brief", "magazine"])
@pytest.mark.parametrize("stories", [90, 200, 400])
def test_any_edition_fits_and_says_what_was_done(name: str, stories: int) -> None:
    given = edition([pick(number, headline=f"Story number {number} of the day") for number in range(stories)])
    rendered = render_edition(given, publication(), find_theme(name))
    longest = fill(rendered.html, lambda slot: "x" * (240 if slot.is_url else 64))
    assert len(longest.encode()) <= 102_400
    left_out = [note for note in rendered.notes if "left out" in note]
    missing = [each for each in given.picks if f"{each.headline}<" not in rendered.html]
    assert bool(missing) == bool(left_out)
    assert given.picks[0].headline in rendered.html
    assert all(each.headline in rendered.text for each in given.picks if each not in missing)


def test_the_lowest_ranked_shorten_first_then_move() -> None:
    scores = [9, 1, 5, 2, 8, 3, 7]
    given = edition([pick(n, signals=(Signal(name="fresh", points=score),)) for n, score in enumerate(scores)])
    full = render_edition(given, publication(), DAILY)
    room = weigh(full.html, publication())
    shortened = render_edition(given, publication(size=limit(room - 200)), DAILY)
    assert len(shortened.notes) == 1
    assert "one story was shortened: Ministers promise" in shortened.notes[0]
    moved = render_edition(given, publication(size=limit(20_000, per_link=400)), DAILY)
    assert "moved to “more on the web”" in " ".join(moved.notes)
    assert "More on the web" in moved.html
    assert moved.html.index("More on the web") < moved.html.index("Ministers promise")


def test_a_pinned_story_goes_last() -> None:
    given = edition([pick(0), pick(1, is_pinned=True), pick(2)])
    room = weigh(render_edition(given, publication(), DAILY).html, publication())
    rendered = render_edition(given, publication(size=limit(room - 200)), DAILY)
    assert "River towns" in rendered.notes[0]


def test_a_platform_that_rewrites_links_gets_room_for_it() -> None:
    html = f'<a href="https://a.example">x</a><a href="{Slot.VIEW_URL.token}">y</a>'
    own = weigh(html, publication())
    assert weigh(html, publication(export_for=("mailchimp",))) == own + 100
    assert weigh(html, publication(then="export", size=limit(102_000, per_link=7))) == own + 7
    assert own == len(html) - len(Slot.VIEW_URL.token) + 240


def test_a_variant_for_some_sections_is_never_larger() -> None:
    whole = render_edition(edition(30), publication(), DAILY)
    part = render_edition(edition([pick(of=story(n)) for n in range(10)]), publication(), DAILY)
    assert len(part.html) < len(whole.html)
