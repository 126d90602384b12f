from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.errors import EditionError
from broadsheet.model import EditionStatus, Explanation, Fate, Revision
from broadsheet.store import Store
from broadsheet.store.editions import CarriedStory
from tests.store.test_documents import EDITION, NOON

DRAFT = replace(EDITION, status=EditionStatus.DRAFT)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "broadsheet.db") as opened:
        yield opened


def test_an_edition_is_kept_and_listed_newest_first(store: Store) -> None:
    older = replace(DRAFT, id="daily-2026-11-23", date=DRAFT.date - timedelta(days=1))
    store.editions.save(older, at=NOON)
    store.editions.save(DRAFT, at=NOON)
    assert store.editions.get(DRAFT.id) == DRAFT
    assert [line.id for line in store.editions.list("daily")] == [DRAFT.id, older.id]
    assert store.editions.list("weekly") == ()
    assert store.editions.get("daily-1999-01-01") is None
    assert store.editions.before("daily", DRAFT.date, [EditionStatus.DRAFT]) == older


def test_the_states_are_turned_only_as_allowed(store: Store) -> None:
    shelf = store.editions
    shelf.save(DRAFT, at=NOON)
    with pytest.raises(EditionError, match="is draft and cannot become sending"):
        shelf.mark_sending(DRAFT.id, at=NOON)
    assert shelf.approve(DRAFT.id, "abc", at=NOON).hash == "abc"
    assert shelf.reopen(DRAFT.id, at=NOON).hash == ""
    shelf.approve(DRAFT.id, "abc", at=NOON)
    assert shelf.mark_sending(DRAFT.id, at=NOON).hash == "abc"
    assert shelf.mark_sending(DRAFT.id, at=NOON).status is EditionStatus.SENDING
    for refused in (shelf.reopen, shelf.skip):
        with pytest.raises(EditionError, match="is sending"):
            refused(DRAFT.id, at=NOON)
    assert shelf.mark_sent(DRAFT.id, at=NOON).status is EditionStatus.SENT
    assert shelf.list()[0].sent_at == NOON
    with pytest.raises(EditionError, match="there is no edition"):
        shelf.skip("daily-1999-01-01", at=NOON)


def test_only_what_is_approved_or_went_out_is_carried(store: Store) -> None:
    shelf = store.editions
    one = CarriedStory(edition=DRAFT.id, story="s1", url_key="example.org/1")
    shelf.save(DRAFT, at=NOON, carried=[one])
    assert list(shelf.carried("daily")) == []
    shelf.approve(DRAFT.id, "abc", at=NOON)
    assert list(shelf.carried("daily")) == [one]
    assert list(shelf.carried("daily", apart_from=DRAFT.id)) == []


def test_the_draft_that_was_replaced_can_be_looked_at(store: Store) -> None:
    shelf = store.editions
    shelf.save(DRAFT, at=NOON)
    assert shelf.last_draft(DRAFT.id) is None
    shelf.save(replace(DRAFT, subject="Another"), at=NOON)
    shelf.save(replace(DRAFT, subject="Another"), at=NOON)
    assert shelf.last_draft(DRAFT.id) == DRAFT


def test_explanations_are_found_by_edition_story_and_fate(store: Store) -> None:
    shelf = store.editions
    told = [Explanation(edition=DRAFT.id, story=f"s{n}", fate=fate, reason="x") for n, fate in enumerate(Fate)]
    shelf.save(DRAFT, at=NOON, explanations=told)
    assert shelf.explanations(edition=DRAFT.id) == tuple(told)
    assert shelf.explanations(story="s1") == (told[1],)
    assert shelf.explanations(edition=DRAFT.id, fate=Fate.HELD) == tuple(one for one in told if one.fate is Fate.HELD)
    shelf.save(replace(DRAFT, subject="Another"), at=NOON)
    assert shelf.explanations(edition=DRAFT.id) == tuple(told)


def test_the_log_can_only_grow(store: Store) -> None:
    lines = [Revision(edition=DRAFT.id, at=NOON, by="Robin", verb="set", story="s1", value={"headline": "Neu"})]
    store.editions.record(lines)
    assert [(one.by, one.verb, dict(one.value)) for one in store.editions.revisions(DRAFT.id)] == [
        ("Robin", "set", {"headline": "Neu"})
    ]
    for statement in ("DELETE FROM revisions", "UPDATE revisions SET verb = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.connection.execute(statement)
