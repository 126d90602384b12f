"""Every fate of a story is explained: the concrete reason, with its numbers, and what would change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from broadsheet.config import Publication, parse_config
from broadsheet.desk import Desk, editing
from broadsheet.desk.explaining import explain_edition, explain_story
from broadsheet.desk.revising import Change, change
from broadsheet.desk.undoing import undo
from broadsheet.model import Explanation, Fate
from tests.desk.newsdesk import CONFIG, Clock, gather, send

ID = "daily-2026-11-24"
POLICY = """
[publications.daily.edit]
languages = ["en"]
max_age_hours = 48
per_source = 2
"""


@pytest.fixture
def edition(desk: Desk, clock: Clock) -> Desk:
    """Draft a day on which a story comes to every end there is."""
    strict = replace(desk, config=parse_config(CONFIG + POLICY, folder=desk.folder))
    plan = strict.config.publication()
    clock.to(23)
    gather(strict, 50, categories=("Sport",))
    send(strict, editing.pick_edition(strict, plan, clock.to(23)))
    clock.to(24)
    for number in range(5):
        gather(strict, number, source=f"wire{number}")
    gather(strict, 5, 6, 7, source="north", categories=("Sport",))
    gather(strict, 10, source="late", url="https://example.org/0")
    gather(strict, 11, embargo_at=clock.now + timedelta(hours=2))
    gather(strict, 12, expires_at=clock.now - timedelta(hours=2))
    gather(strict, 13, published_at=clock.now - timedelta(days=3))
    gather(strict, 14, language="de")
    gather(strict, 15, categories=("Chess",))
    gather(strict, 16, categories=())
    gather(strict, 17, url="https://example.org/50")
    editing.pick_edition(strict, plan, clock.to(24))
    return strict


def explained(desk: Desk, story: str) -> Explanation:
    """Give what the newest edition made of a story."""
    return explain_story(desk, story).explanations[0]


@pytest.mark.parametrize(
    ("story", "fate", "reason", "advice"),
    [
        ("s001", Fate.PICKED, "its source calls it 'News'; number 2 of 5 with 4.00 points", ""),
        ("s000", Fate.ALSO_REPORTED, "it came first, at 2026-11-24 05:50 UTC, and this at", "this telling instead"),
        ("s004", Fate.RUNNER_UP, "fill its 3 places: the last has 3.994 points, and it 3.98", "`max` of News"),
        ("s007", Fate.RUNNER_UP, "north has its 2 places in the edition", "raise `per_source` of the edition"),
        ("s011", Fate.HELD, "under embargo until 2026-11-24 08:00 UTC, and this was drafted at 2026-", "again"),
        ("s012", Fate.SHUT_OUT, "expired at 2026-11-24 04:00 UTC, and this was drafted at", "nothing, unless"),
        ("s013", Fate.SHUT_OUT, "more than 48 hours before the newest story (2026-11-24 06:00 UTC)", "`max_age_hours`"),
        ("s014", Fate.SHUT_OUT, "its language is de; the edition prints en", 'add "de" to `languages`'),
        ("s015", Fate.SHUT_OUT, "no section takes what its source calls it (Chess)", "pin it to"),
        ("s016", Fate.SHUT_OUT, "its category is not sure enough for any section: unsure", "categories label"),
        ("s017", Fate.SHUT_OUT, "daily-2026-11-23 carries a story of the same address", "is not printed again"),
    ],
)  # fmt: skip
def test_every_fate_has_its_reason_with_numbers_and_what_would_change_it(
    edition: Desk, story: str, fate: Fate, reason: str, advice: str
) -> None:
    one = explained(edition, story)
    assert one.fate is fate
    assert reason in one.reason
    assert advice in one.advice
    assert bool(one.advice) == (fate is not Fate.PICKED)


def test_what_editors_did_since_is_part_of_it(edition: Desk, clock: Clock) -> None:
    change(edition, ID, [Change(verb="drop", story="s001"), Change(verb="pin", story="s004")], "Robin")
    gone, came = explained(edition, "s001"), explained(edition, "s004")
    assert (gone.fate, gone.reason.partition(";")[0]) == (Fate.SHUT_OUT, "Robin dropped it")
    assert (came.fate, came.section) == (Fate.PICKED, "News")
    assert came.reason.startswith("Robin brought it in; before that: stories that score higher fill its 3 places")
    change(edition, ID, [Change(verb="pin", story="s000")], "Robin")
    first, other = explained(edition, "s000"), explained(edition, "s010")
    assert (first.fate, other.fate, other.beaten_by) == (Fate.PICKED, Fate.ALSO_REPORTED, ("s000",))
    clock.to(24, 7)
    change(edition, ID, [Change(verb="drop", story="s000")], "Robin")
    assert explained(edition, "s010").fate is Fate.SHUT_OUT
    assert {one.fate for one in explain_edition(edition, ID) if one.story in ("s000", "s001", "s010")} == {
        Fate.SHUT_OUT
    }
    undo(edition, ID, "Robin")
    assert explained(edition, "s000").fate is Fate.PICKED


def test_what_no_draft_looked_at_is_told_by_the_hours(desk: Desk, daily: Publication, clock: Clock) -> None:
    clock.to(22)
    gather(desk, 1, categories=("Chess",))
    clock.to(23)
    gather(desk, 2)
    send(desk, editing.pick_edition(desk, daily, clock.to(23)))
    clock.to(24)
    gather(desk, 3)
    editing.pick_edition(desk, daily, clock.to(24))
    clock.to(24, 9)
    gather(desk, 4)
    since = f"{ID} is made from what came in since 2026-11-23 06:00 UTC"
    assert explain_story(desk, "s001").unseen[0].startswith(f"it came in at 2026-11-22 06:00 UTC, and {since}")
    late = (
        f"it came in at 2026-11-24 08:56 UTC, and {ID} was drafted at 2026-11-24 06:00 UTC: `broadsheet pick -p daily`"
    )
    assert explain_story(desk, "s004").unseen == (f"{late} drafts anew",)
    assert explain_story(desk, "s003").unseen == ()
    printed = f"it is carried by daily-2026-11-23, and not printed again: {ID} did not look at it"
    assert explain_story(desk, "s002").unseen == (printed,)
