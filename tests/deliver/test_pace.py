from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadsheet.deliver.pace import DAY, HOUR, MINUTE, SECOND, Pace
from broadsheet.deliver.run import run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.model import DeliveryState
from broadsheet.store import Store
from tests.deliver.material import acquire, composer, freeze, plan, recipients
from tests.deliver.relay import Relay

NOW = datetime(2026, 11, 24, 23, 59, 30, tzinfo=UTC)


def test_nothing_limits_where_no_limit_is_given() -> None:
    assert Pace({}).room(NOW) is None


def test_the_tightest_window_counts_and_opens_again() -> None:
    pace = Pace({MINUTE: 3, HOUR: 10})
    pace.begin(NOW, {HOUR: 8})
    assert pace.room(NOW) == 2
    pace.take(NOW, 2)
    assert pace.room(NOW) == 0
    assert pace.wait(NOW) == timedelta(seconds=30)
    assert pace.room(NOW + timedelta(seconds=30)) == 3


def test_a_forecast_counts_whole_windows() -> None:
    pace = Pace({DAY: 1000})
    pace.begin(NOW, {DAY: 900})
    assert pace.forecast(NOW, 100) == timedelta()
    assert pace.forecast(NOW, 101) == timedelta(seconds=30)
    assert pace.forecast(NOW, 1101) == timedelta(days=1, seconds=30)


def test_a_days_limit_ends_the_run_and_a_seconds_limit_slows_it(tmp_path: Path) -> None:
    with Relay() as relay, Store(tmp_path / "a.db") as store:
        sending = freeze(store, recipients(30))
        out = Smtp(Account(host="127.0.0.1", port=relay.port, security="none", sessions=3))
        pace = Pace({SECOND: 15, DAY: 25})
        pace.begin(datetime.now(UTC), {DAY: 5})
        ledger = acquire(store, sending)
        end = run(ledger, out, composer().compose, plan(pace=pace))
        ledger.release()
        assert end.tally == {DeliveryState.SENT: 20}
        assert store.deliveries.attempted_since(sending.frozen_at - timedelta(days=400)) == 20
        balance = store.deliveries.balance(sending.edition)
        assert balance is not None
        assert balance.queued == 10
