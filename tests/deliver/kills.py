"""Kill a sender at random moments until its edition is out, and reconcile what arrived with the ledger."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from broadsheet.model import DeliveryState
from broadsheet.store import Store
from tests.deliver.material import EDITION, freeze, recipients

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Toll:
    """What many kills came to."""

    kills: int
    messages: int
    arrived: Counter[str]
    states: dict[str, DeliveryState]
    most_doubt_at_once: int

    def check(self, sessions: int) -> None:
        """Nobody twice, nobody lost, and doubt only about what was under way."""
        assert max(self.arrived.values()) == 1, "somebody got two"
        assert set(self.arrived) <= set(self.states)
        lost = [
            email
            for email, state in self.states.items()
            if state is not DeliveryState.IN_DOUBT and self.arrived[email] != (state is DeliveryState.SENT)
        ]
        assert not lost, f"the ledger and the server disagree about {lost[:5]}"
        assert {*self.states.values()} <= {DeliveryState.SENT, DeliveryState.IN_DOUBT}
        assert self.most_doubt_at_once <= sessions


def sender(folder: Path, place: str, sessions: int, *, quiet: bool = False) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.deliver.sender", str(folder), place, str(sessions)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
    )


def kill_until_sent(
    folder: Path,
    place: str,
    arrived: Callable[[], Counter[str]],
    *,
    kills: int,
    messages: int,
    sessions: int,
    seed: int = 7,
) -> Toll:
    """Send to `messages` readers; end the sender `kills` times, each a random while after mail began to arrive."""
    chance = random.Random(seed)
    with Store(folder / "broadsheet.db") as store:
        if store.deliveries.sending(EDITION) is None:
            freeze(store, recipients(messages))
    done, worst, doubts = 0, 0, 0
    while done < kills:
        before = sum(arrived().values())
        process = sender(folder, place, sessions)
        wait_for_more(arrived, before, process)
        time.sleep(chance.random() ** 2 * 0.1)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            done += 1
        assert process.wait() in (0, 75, -signal.SIGKILL), "the sender failed by itself"
        in_doubt, waiting = _doubts(folder)
        worst, doubts = max(worst, in_doubt - doubts), in_doubt
        if not waiting:
            break
    while (code := sender(folder, place, sessions).wait(120)) == 75:
        time.sleep(0.2)
    assert code == 0
    in_doubt, _ = _doubts(folder)
    worst = max(worst, in_doubt - doubts)
    with Store(folder / "broadsheet.db") as store:
        states = {row.email: row.state for row in store.deliveries.listed(EDITION)}
    return Toll(done, messages, arrived(), states, worst)


def _doubts(folder: Path) -> tuple[int, int]:
    """Count the doubts that an end now would leave, the unanswered among those in flight included, and the waiting."""
    with Store(folder / "broadsheet.db") as store:
        balance = store.deliveries.balance(EDITION)
        handed = store.connection.execute(
            "SELECT count(*) FROM deliveries WHERE state = 'in_flight' AND handed"
        ).fetchone()
        assert balance is not None
        return balance.in_doubt + int(handed[0]), balance.waiting


def wait_for_more(arrived: Callable[[], Counter[str]], before: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until more has arrived than before, or the sender has ended."""
    until = time.monotonic() + 30
    while sum(arrived().values()) <= before and process.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
