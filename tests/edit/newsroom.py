"""A small newsroom to pick from: stories, candidates and publications with few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from broadsheet.config import Publication, SectionPlan
from broadsheet.edit.candidates import Candidate, Carried, Window
from broadsheet.edit.pick import Draft, draft_edition
from broadsheet.edit.revise import Decisions
from broadsheet.model import Edition, Story

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = Window(from_at=NOON - timedelta(days=1), to_at=NOON)

SYLLABLES = ("ba", "ko", "di", "fu", "ge", "ly", "mo", "na", "pi", "ru")


def words(number: int) -> str:
    """Make three words that belong to a number alone, so that no two stories are alike unless a test makes them so."""
    stem = "".join(SYLLABLES[int(digit)] for digit in f"{number:03}")
    return f"{stem}ra {stem}le {stem}tu"


def story(number: int, **changes: Any) -> Story:
    """Make a story whose words are its own. Later numbers are older."""
    values: dict[str, Any] = {
        "id": f"s{number:03}",
        "title": words(number),
        "source": f"source{number % 5}",
        "published_at": NOON - timedelta(minutes=number + 1),
        "first_seen_at": NOON - timedelta(minutes=number + 1),
        "url": f"https://example.org/{number}",
        "categories": ("News",),
        "language": "en",
    }
    return Story(**(values | changes))


def candidate(number: int = 0, *, cluster: str = "", weight: float = 1.0, **changes: Any) -> Candidate:
    """Make a candidate; its categories are those of its story."""
    told = story(number, **changes)
    return Candidate(
        story=told, categories=told.categories, category_reason="its source says so", cluster=cluster, weight=weight
    )


def publication(*sections: SectionPlan, **changes: Any) -> Publication:
    """Make a publication; one section of News where none is given."""
    values: dict[str, Any] = {
        "name": "daily",
        "title": "The Daily",
        "sender": "The Daily <news@example.org>",
        "postal_address": "1 Press Lane, London",
        "sections": sections or (SectionPlan(category="News"),),
    }
    return Publication(**(values | changes))


def draft(
    plan: Publication,
    candidates: Iterable[Candidate],
    *,
    carried: Carried | None = None,
    decisions: Decisions | None = None,
    budget: int = 0,
    window: Window = WINDOW,
) -> Draft:
    """Draft the edition of the day."""
    return draft_edition(
        plan, DAY, candidates, window=window, carried=carried or Carried(), decisions=decisions or Decisions(),
        budget=budget,
    )  # fmt: skip


def printed(edition: Edition) -> dict[str, list[str]]:
    """Give each section's stories by id."""
    return {section.title: [pick.story.id for pick in section.picks] for section in edition.sections}


def reasons(draft: Draft) -> dict[str, str]:
    """Give each story's fate and reason in one line."""
    return {one.story: f"{one.fate}: {one.reason}" for one in draft.explanations}
