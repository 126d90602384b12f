"""Two editors press at the same moment: one is told, and nothing that was done is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import httpx2
import pytest

from broadsheet.desk import editing
from broadsheet.web.preview.serving import Share
from tests.web.preview.conftest import NOW, Clock, Room, act, log_in, sharing

JSON = {"Accept": "application/json"}


@contextmanager
def both(address: str) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    with (
        log_in(address, "robin", "correct horse battery") as robin,
        log_in(address, "ada", "a difference engine") as ada,
    ):
        yield robin, ada


@pytest.fixture
def two(shared: str) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """Log in Robin and Ada."""
    with both(shared) as editors:
        yield editors


def at_once(*deeds: tuple[httpx2.Client, dict[str, str]]) -> list[httpx2.Response]:
    with ThreadPoolExecutor(len(deeds)) as pool:
        sent = [pool.submit(client.post, "/act", data=form, headers=JSON) for client, form in deeds]
        return [answer.result() for answer in sent]


def test_both_draft_the_first_edition_and_it_is_drafted_once(room: Room, clock: Clock) -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    with sharing(room.folder, Share(host="127.0.0.1"), clock, tomorrow) as address, both(address) as two:
        assert "Nothing is drafted" in two[0].get("/").text
        answers = at_once(*((client, {"do": "pick"}) for client in two))
        assert {answer.status_code for answer in answers} <= {200, 409, 422}
        assert any(answer.json()["done"] for answer in answers)
        assert all("Harbour opens to ferries" in answer.json()["regions"]["edition"] for answer in answers)
        with room.desk() as desk:
            before = editing.edition_called(desk, f"daily-{tomorrow}")
        late = two[1].post("/act", data={"do": "pick"}, headers=JSON)
        assert late.status_code == 409  # she saw no edition: it is shown to her, and not drafted over
        assert "Harbour opens to ferries" in late.json()["regions"]["edition"]
        with room.desk() as desk:
            assert editing.edition_called(desk, f"daily-{tomorrow}") == before


def test_drafting_anew_keeps_what_the_other_did_and_tells_who_looked_at_an_older_state(
    room: Room, two: tuple[httpx2.Client, httpx2.Client]
) -> None:
    robin, ada = two
    old = robin.get("/regions").json()["revision"]
    assert act(ada, room, do="words", story="news1", headline="Ada's words").json()["done"]
    assert act(ada, room, do="drop", story="news2").json()["done"]
    refused = robin.post("/act", data={"do": "pick", "revision": old}, headers=JSON)
    assert refused.status_code == 409
    assert "changed by ada while you looked at it" in refused.json()["notice"]
    assert act(robin, room, do="pick").json()["done"]
    assert "Ada's words" in room.headlines()
    assert "Council counts its trees" not in room.headlines()
    assert act(ada, room, do="undo").json()["done"]  # hers, from before his draft
    assert "Council counts its trees" in room.headlines()
    assert "Ada's words" in room.headlines()


@pytest.mark.parametrize("number", range(4))
def test_a_draft_and_a_change_at_the_same_moment(
    room: Room, two: tuple[httpx2.Client, httpx2.Client], number: int
) -> None:
    robin, ada = two
    revision = robin.get("/regions").json()["revision"]
    drafted, worded = at_once(
        (robin, {"do": "pick", "revision": revision}),
        (ada, {"do": "words", "story": "news1", "headline": f"Ada's {number}", "revision": revision}),
    )
    assert worded.json()["done"] or worded.status_code == 409
    assert drafted.json()["done"] or drafted.status_code in (409, 422)
    assert (f"Ada's {number}" in room.headlines()) is worded.json()["done"]
