"""Nobody twice and nobody lost, whenever the sender is killed."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from broadsheet.model import DeliveryState
from broadsheet.store import Store
from tests.deliver.kills import kill_until_sent
from tests.deliver.material import EDITION, name_of
from tests.deliver.relay import Relay

KILLS = int(os.environ.get("BROADSHEET_KILLS", "20"))


@pytest.mark.slow
def test_twenty_kills_in_a_send_of_two_thousand_messages(tmp_path: Path) -> None:
    with Relay(keep=False) as relay:
        toll = kill_until_sent(
            tmp_path, str(relay.port), lambda: Counter(taken.recipient for taken in list(relay.taken)),
            kills=KILLS, messages=100 * KILLS, sessions=4,
        )  # fmt: skip
    toll.check(sessions=4)
    assert toll.kills >= KILLS // 2
    doubts = sum(state is DeliveryState.IN_DOUBT for state in toll.states.values())
    print(
        f"{toll.kills} kills, {len(toll.arrived)} arrived, {doubts} in doubt, at most {toll.most_doubt_at_once} at once"
    )


@pytest.mark.slow
def test_kills_of_a_send_to_a_maildir_leave_no_doubt_at_all(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"

    def arrived() -> Counter[str]:
        return Counter(path.name for path in (outbox / "new").glob("*"))

    toll = kill_until_sent(tmp_path, str(outbox), arrived, kills=KILLS // 2, messages=50 * KILLS, sessions=2)
    assert len(toll.arrived) == 50 * KILLS
    assert {*toll.states.values()} == {DeliveryState.SENT}
    with Store(tmp_path / "broadsheet.db") as store:
        assert len({name_of(row.recipient) for row in store.deliveries.listed(EDITION)}) == len(toll.arrived)
