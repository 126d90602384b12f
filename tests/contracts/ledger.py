"""What every ledger keeps: the transitions of a delivery, and no others; one writer; a balance that always holds.

A state machine plays a sender, its successors, a person and the clock against the books, beside a model of a few lines.

    queued -> in_flight -> sent | deferred (-> queued) | failed | in_doubt;   skipped(reason) is never queued
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from broadsheet.deliver.ledger import Ledger
from broadsheet.errors import LeaseHeld
from broadsheet.model import Delivery, DeliveryState, Outcome, Settlement

PEOPLE = 8
LANES = ("", "gmail", "gmx")
S = DeliveryState
WAITING = (S.QUEUED, S.DEFERRED)
ENDS = (S.SENT, S.DEFERRED, S.FAILED, S.IN_DOUBT, S.QUEUED)
NEED_A_HANDING = (S.SENT, S.IN_DOUBT)
START = datetime(2026, 11, 24, 6, tzinfo=UTC)


class Writer(Ledger, Protocol):
    """A ledger under a lease, as the desk holds it."""

    def cancel_waiting(self, now: datetime, reason: str) -> int: ...

    def release(self) -> None: ...


class Books(Protocol):
    """Where the ledger is kept: what a machine does to it from outside."""

    def acquire(self, now: datetime, took: Callable[[int], bool | None], unwanted: dict[int, str]) -> Writer:
        """Become the sender, as another process would after the one before has died."""

    def bury(self) -> None:
        """Let the sender that holds the lease be taken for dead."""

    def rows(self) -> list[Delivery]: ...

    def numbers(self) -> dict[int, int]:
        """Give each subscription's number in the ledger."""

    def handed(self) -> set[int]:
        """Name those whose content may be on its way."""

    def balance(self) -> Any: ...

    def freeze_again(self) -> str:
        """Try to freeze again, with other people; gives the hash of who was frozen."""

    def settle(self, recipients: Iterable[int], became: DeliveryState, was: list[DeliveryState], now: datetime) -> int:
        """Write a person's word."""

    def decisions(self) -> list[tuple[int, str, str]]:
        """List what persons decided: number, was, became."""

    def halt(self, word: str) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Row:
    state: DeliveryState = S.QUEUED
    handed: bool = False
    attempts: int = 0
    due: float = 0.0
    lane: str = ""
    text: str = ""


class LedgerMachine(RuleBasedStateMachine):
    """Inherit it, and say where the books are kept. Subscriptions are 1 to PEOPLE; each third one has a lane."""

    def books_of(self, lanes: list[str], turns: list[float]) -> Books:
        """Freeze them, each with its lane and its turn."""
        raise NotImplementedError

    @initialize(
        lanes=st.lists(st.sampled_from(LANES), min_size=PEOPLE, max_size=PEOPLE),
        turns=st.lists(
            st.sampled_from([0.0, START.timestamp() - 60, START.timestamp() + 60]), min_size=PEOPLE, max_size=PEOPLE
        ),
    )
    def begin(self, lanes: list[str], turns: list[float]) -> None:
        self.books = self.books_of(lanes, turns)
        self.now = START
        self.number = self.books.numbers()
        assert sorted(self.number) == list(range(1, PEOPLE + 1))
        self.model = {self.number[n]: Row(lane=lanes[n - 1], due=turns[n - 1]) for n in self.number}
        self.person = {number: n for n, number in self.number.items()}
        self.unwanted: dict[int, str] = {}
        self.decided: list[tuple[int, str, str]] = []
        self.hash = self.books.freeze_again()
        self.word = ""
        self.old: list[Writer] = []
        self.ledger = self.books.acquire(self.now, lambda n: None, self.unwanted)

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.books.close()

    # --- the model ---

    def those(self, *states: DeliveryState, handed: bool | None = None) -> list[int]:
        return [number for number, row in self.model.items() if row.state in states and handed in (None, row.handed)]

    def change(self, number: int, **what: Any) -> None:
        self.model[number] = replace(self.model[number], **what)

    def some(self, data: st.DataObject, numbers: list[int], least: int = 1) -> list[int]:
        chosen = data.draw(st.lists(st.sampled_from(numbers), unique=True, min_size=least)) if numbers else []
        return list(chosen)

    def reads_what_is_due(self) -> None:
        at = self.now.timestamp()
        waiting = {lane: [] for lane in LANES}  # type: dict[str, list[tuple[float, int]]]
        for number in self.those(*WAITING):
            row = self.model[number]
            waiting[row.lane].append((row.due, number))
        assert self.ledger.lanes() == sorted(lane for lane, rows in waiting.items() if rows)
        for lane, rows in waiting.items():
            due = [number for turn, number in sorted(rows) if turn <= at]
            found = self.ledger.due(self.now, 100, lane=lane)
            assert [attempt.number for attempt in found] == due
            assert [attempt.attempts for attempt in found] == [self.model[number].attempts for number in due]
            assert [attempt.number for attempt in self.ledger.due(self.now, 2, due[:1], lane=lane)] == due[1:3]
        later = [row.due for row in self.model.values() if row.state in WAITING and row.due > at]
        next_at = self.ledger.next_due_at(self.now)
        assert (next_at.timestamp() if next_at else None) == (min(later) if later else None)

    # --- a sender ---

    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        """Do at one stroke what a sender does: hear answers, hand over, claim."""
        settled = self.some(data, self.those(S.IN_FLIGHT), 0)
        handing = [n for n in self.some(data, self.those(S.IN_FLIGHT, handed=False), 0) if n not in settled]
        self.reads_what_is_due()
        at = self.now.timestamp()
        due = [n for n in self.those(*WAITING) if self.model[n].due <= at]
        claimed = self.some(data, due, 0)
        settlements = []
        for number in settled:
            allowed = [end for end in ENDS if self.model[number].handed or end not in NEED_A_HANDING]
            end = data.draw(st.sampled_from(allowed))
            later = self.now + timedelta(minutes=data.draw(st.integers(1, 90))) if end is S.DEFERRED else None
            settlements.append(Settlement(number, Outcome(state=end, code=250, text=f"was {end}"), later))
        unwanted = self.ledger.commit(self.now, settled=settlements, handing=handing, claimed=claimed)
        for one in settlements:
            due_at = one.due_at.timestamp() if one.due_at else 0.0
            self.change(one.number, state=one.outcome.state, handed=False, due=due_at, text=one.outcome.text)
        for number in handing:
            self.change(number, handed=True)
        self.took_or_skipped(claimed, unwanted)
        if settlements or handing or claimed:
            assert self.ledger.halt == self.word

    def took_or_skipped(self, claimed: list[int], unwanted: Any) -> None:
        assert dict(unwanted) == {
            number: self.unwanted[self.person[number]] for number in claimed if self.person[number] in self.unwanted
        }
        for number in claimed:
            if number in unwanted:
                self.change(number, state=S.SKIPPED, text=unwanted[number])
            else:
                self.change(number, state=S.IN_FLIGHT, attempts=self.model[number].attempts + 1)

    @rule(data=st.data())
    def what_is_not_allowed_changes_nothing(self, data: st.DataObject) -> None:
        """Try one wrong step, together with right ones: all of it is refused."""
        right = self.some(data, self.those(S.IN_FLIGHT, handed=False), 0)[:1]
        wrong = [n for n in self.model if n not in right]
        number = data.draw(st.sampled_from(wrong))
        row = self.model[number]
        steps: list[dict[str, Any]] = []
        if row.state not in WAITING:
            steps.append({"claimed": [number], "handing": right})
        if row.state is not S.IN_FLIGHT or row.handed:
            steps.append({"handing": [*right, number]})
        for end in ENDS:
            in_flight = row.state is S.IN_FLIGHT and (row.handed or end not in NEED_A_HANDING)
            again = end is S.QUEUED and row.state in (S.FAILED, S.QUEUED)
            if not in_flight and not again:
                steps.append({"settled": [Settlement(number, Outcome(state=end))], "handing": right})
        for step in [*steps, {"handing": [10**6]}]:
            with pytest.raises(RuntimeError, match="nothing was written"):
                self.ledger.commit(self.now, **step)

    @rule(data=st.data())
    def put_failed_ones_back(self, data: st.DataObject) -> None:
        """Say that a row of refusals was nobody's own fault."""
        back = self.some(data, self.those(S.FAILED), 0)
        self.ledger.commit(self.now, settled=[Settlement(n, Outcome(state=S.QUEUED, text="back")) for n in back])
        for number in back:
            self.change(number, state=S.QUEUED, due=0.0, text="back")

    @rule(data=st.data(), lane=st.sampled_from(LANES))
    def move(self, data: st.DataObject, lane: str) -> None:
        moved = self.some(data, self.those(*WAITING), 0)
        self.ledger.commit(self.now, moved=dict.fromkeys(moved, lane))
        for number in moved:
            self.change(number, lane=lane)

    @rule()
    def cancel(self) -> None:
        waiting = self.those(*WAITING)
        if len(waiting) > 2:
            return  # else nothing would be left to play with
        assert self.ledger.cancel_waiting(self.now, "cancelled") == len(waiting)
        for number in waiting:
            self.change(number, state=S.SKIPPED, text="cancelled")

    # --- its end, and its successors ---

    @rule()
    def go_home(self) -> None:
        self.ledger.release()
        self.recovered({})
        self.old.append(self.ledger)
        self.ledger = self.books.acquire(self.now, lambda n: None, self.unwanted)

    @rule(data=st.data(), knows=st.booleans())
    def be_killed(self, data: st.DataObject, knows: bool) -> None:
        """Die, and be followed by another sender; a transport that can be asked settles what was handed over."""
        known = {n: data.draw(st.booleans()) for n in self.those(S.IN_FLIGHT, handed=True)} if knows else {}
        self.books.bury()
        self.old.append(self.ledger)
        asked: list[int] = []

        def took(recipient: int) -> bool | None:
            asked.append(self.number[recipient])
            return known.get(self.number[recipient])

        self.ledger = self.books.acquire(self.now, took, self.unwanted)
        assert sorted(asked) == sorted(self.those(S.IN_FLIGHT, handed=True)), "asked about what was not handed over"
        self.recovered(known)

    def recovered(self, known: dict[int, bool]) -> None:
        for number in self.those(S.IN_FLIGHT):
            state = S.QUEUED
            if self.model[number].handed:
                state = {True: S.SENT, False: S.QUEUED, None: S.IN_DOUBT}[known.get(number)]
            self.change(number, state=state, handed=False, due=0.0)

    @precondition(lambda self: self.old)
    @rule(data=st.data())
    def a_sender_taken_for_dead_writes_nothing(self, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from(self.old))
        waiting, under_way = self.those(*WAITING), self.those(S.IN_FLIGHT)
        for what in (
            {"claimed": waiting[:1]},
            {"handing": under_way[:1]},
            {"settled": [Settlement(n, Outcome(state=S.SENT)) for n in under_way[:1]]},
            {"moved": dict.fromkeys(waiting[:1], "gmx")},
            {},
        ):
            with pytest.raises(LeaseHeld):
                old.commit(self.now, **what)
        for step in (old.release, lambda: old.cancel_waiting(self.now, "x")):
            with pytest.raises(LeaseHeld):
                step()

    # --- a person, and the clock ---

    @rule(data=st.data(), again=st.booleans())
    def a_person_settles_doubts(self, data: st.DataObject, again: bool) -> None:
        became = S.QUEUED if again else S.SENT
        self.decide(self.some(data, self.those(S.IN_DOUBT), 0), became, S.IN_DOUBT)

    @rule(data=st.data())
    def a_person_wants_failed_ones_tried_again(self, data: st.DataObject) -> None:
        self.decide(self.some(data, self.those(S.FAILED), 0), S.QUEUED, S.FAILED)

    def decide(self, numbers: list[int], became: DeliveryState, was: DeliveryState) -> None:
        # Everybody is named, and those alone are settled that are in the state that it is about.
        others = [n for n in self.model if self.model[n].state is not was]
        named = [self.person[n] for n in [*numbers, *others]]
        assert self.books.settle(named, became, [was], self.now) == len(numbers)
        for number in numbers:
            self.change(number, state=became, due=0.0)
            self.decided.append((number, was.value, became.value))

    @rule(person=st.integers(1, PEOPLE))
    def leave(self, person: int) -> None:
        self.unwanted[person] = "unsubscribed"
        self.books.halt(self.word)  # whoever leaves writes to the database: that is how a sender hears of it

    @rule(word=st.sampled_from(["", "paused", "cancelled"]))
    def direct(self, word: str) -> None:
        self.books.halt(word)
        self.word = word

    @rule(minutes=st.sampled_from([1, 20, 120]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # --- what is always so ---

    @invariant()
    def the_books_are_right(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = {self.number[row.recipient]: row for row in self.books.rows()}
        assert {n: (row.state, row.attempts) for n, row in rows.items()} == {
            n: (row.state, row.attempts) for n, row in self.model.items()
        }
        assert self.books.handed() == {n for n, row in self.model.items() if row.handed}
        for number in self.those(S.SKIPPED):
            assert rows[number].text == self.model[number].text
        assert sorted(self.books.decisions()) == sorted(self.decided)

    @invariant()
    def the_balance_holds(self) -> None:
        if not hasattr(self, "model"):
            return
        balance = self.books.balance()
        assert balance.holds
        assert balance.frozen == PEOPLE
        assert balance.is_closed is not any(row.state in (*WAITING, S.IN_FLIGHT) for row in self.model.values())
        assert self.books.freeze_again() == self.hash
