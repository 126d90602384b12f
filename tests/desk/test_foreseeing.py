"""The forecast beside a paced sending by a real relay: the clock moves on where the run waits for its limits."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.deliver import run as running
from broadsheet.deliver.forecast import Forecast
from broadsheet.deliver.worker import Request
from tests.deliver.relay import Relay
from tests.desk.mailroom import Mailroom

LIMITS = {
    "an account's limit a second": ("per_second = 10", "", "account"),
    "an account's limit a minute": ("per_minute = 40", "", "account"),
    "a provider's limit": ("", "[providers.gmail]\nper_second = 2", "gmail"),
    "both": ("per_second = 20", "[providers.gmail]\nper_minute = 12", "gmail"),
}
READERS, OF_GMAIL = 200, 40


@pytest.mark.parametrize(("smtp", "rest", "held_by"), LIMITS.values(), ids=LIMITS)
def test_a_paced_sending_is_done_when_foreseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, smtp: str, rest: str, held_by: str
) -> None:
    with Relay() as relay, closing(Mailroom(tmp_path, relay, smtp=f"connections = 1\n{smtp}", rest=rest)) as room:

        class Hurried(running._Run):
            """A run that turns the clock on instead of waiting, while its one session waits for it."""

            def _collect(self) -> list[Request]:
                if self._parked and not self._out and not self._loop.has_news:
                    room.now += timedelta(seconds=self._patience_now())
                    return []
                return super()._collect()

        monkeypatch.setattr(running, "_Run", Hurried)
        for number in range(READERS):
            room.reads(f"reader{number}@{'gmail.com' if number < OF_GMAIL else 'example.com'}")
        foreseen: list[tuple[datetime, Forecast]] = []
        report = room.send(room.edition(23), announce=lambda forecast: foreseen.append((room.now, forecast)))
        assert (report.sent, report.waiting) == (READERS, 0)
        assert len(relay.taken) == READERS
        began, forecast = foreseen[0]
        assert forecast.limited_by == held_by
        assert forecast.done_at is not None
        took = room.now - began
        assert took >= timedelta(seconds=15)
        assert abs((forecast.done_at - began) / took - 1) < 0.1
