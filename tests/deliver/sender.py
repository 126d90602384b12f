"""A sender that a test can kill: `python -m tests.deliver.sender FOLDER PLACE SESSIONS`.

PLACE is a port of a relay on this machine, or a folder for a Maildir. Ends with 0 when nothing waits any more, 75 when
something does.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from broadsheet.deliver.maildir import Maildir
from broadsheet.deliver.run import run
from broadsheet.deliver.smtp import Account, Smtp
from broadsheet.deliver.transport import Transport
from broadsheet.errors import LeaseHeld
from broadsheet.store import Store
from tests.deliver.material import EDITION, composer, name_of, plan


def main(folder: Path, place: str, sessions: int) -> int:
    transport: Transport = Maildir(Path(place), sessions=sessions)
    if place.isdecimal():
        transport = Smtp(
            Account(
                host="127.0.0.1", port=int(place), security="none", sessions=sessions, timeout=2.0, answer_timeout=2.0
            )
        )
    with Store(folder / "broadsheet.db") as store:
        sending = store.deliveries.sending(EDITION)
        assert sending is not None
        try:
            ledger = store.deliveries.acquire(
                sending,
                transport.name,
                datetime.now(UTC),
                took=lambda edition, recipient: transport.took(name_of(recipient)),
                unwanted=lambda ids: {},
            )
        except LeaseHeld:
            return 75
        run(ledger, transport, composer().compose, plan(waiting_since=sending.frozen_at, patience=10.0, recycle=50))
        ledger.release()
        balance = store.deliveries.balance(EDITION)
        assert balance is not None
        assert balance.holds
        return 75 if balance.waiting else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
