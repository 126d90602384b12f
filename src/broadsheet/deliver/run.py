"""The run: claim, open, hand over, settle, until nothing is left that may be tried now.

One coordinator owns the ledger; a worker a session talks to the transport; one thread carries all of them. A worker
asks before every step that must be on the disk first, and the coordinator answers all who ask at that moment with one
commit. Per session at most one message is under way (in doubt, should the process die) and one more is announced (known
to be undelivered).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broadsheet.deliver.answers import Answers
from broadsheet.deliver.lanes import Lanes
from broadsheet.deliver.ledger import Ledger
from broadsheet.deliver.loop import Loop
from broadsheet.deliver.outlets import Outlet, wait
from broadsheet.deliver.pace import Pace
from broadsheet.deliver.replies import Kind, Reply, kind_of
from broadsheet.deliver.transport import Transport
from broadsheet.deliver.worker import Grant, Request, Worker
from broadsheet.errors import BroadsheetError
from broadsheet.model import Attempt, DeliveryState, Message, Recipient, Settlement

HEARTBEAT = 5.0
LONGEST_PACE = timedelta(hours=1, minutes=1)  # a full minute or hour is waited for; a full day is not
CONNECTING_SECONDS = 2.0
JOINING_SECONDS = 0.0007  # how long a commit waits for others to join: it costs as much for one as for many
FEW = 0.4  # it waits only while fewer than this share of those under way have asked
FIRST_CONNECTION_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a run goes. Times are seconds.

    `waiting_since` is when the edition was frozen, `turn` when a reader's turn was: giving up counts from the later.
    `patience` is how long the run waits for a delivery that is to be tried again soon, and for a relay that went away.
    `recycle` is how many messages a session carries, where a transport was given alone. `lane_pace` gives the limits of
    a mailbox provider by its name. `composes_aside` lets threads beside compose: worth it where messages are signed.
    """

    waiting_since: datetime
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    patience: float = 60.0
    recycle: int = 100
    lane_pace: Callable[[str], Pace] = lambda name: Pace()
    turn: Callable[[Recipient], datetime | None] = lambda recipient: None
    composes_aside: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[Counter[DeliveryState]], None] | None = None


@dataclass(frozen=True)
class End:
    """How a run ended: what it did, and the trouble that stopped it before its time."""

    tally: Counter[DeliveryState]
    trouble: Reply | None = None
    kind: Kind | None = None


def run(ledger: Ledger, ways: Transport | Sequence[Outlet], compose: Callable[[Recipient], Message], plan: Plan) -> End:
    """Send what is due, by one transport or by several accounts in order.

    Raises what the ledger raises: then nothing more is handed over, and the rows tell the rest.
    """
    outlets = list(ways) if isinstance(ways, Sequence) else [Outlet(ways, recycle=plan.recycle)]
    return _Run(ledger, outlets, compose, plan).go()


class _Run:
    def __init__(
        self, ledger: Ledger, outlets: list[Outlet], compose: Callable[[Recipient], Message], plan: Plan
    ) -> None:
        self.ledger, self.outlets, self.compose, self.plan = ledger, outlets, compose, plan
        self.over = threading.Event()
        self._lanes = Lanes(ledger, plan.lane_pace)
        self._workers: list[Worker] = []
        self._parked: list[Worker] = []
        self._unwritten: list[Settlement] = []
        self._out = 0  # attempts and unheard answers that workers hold
        self._answers = Answers(
            outlets, self._lanes,
            waiting_since=plan.waiting_since, turn=plan.turn, chance=plan.chance, patience=plan.patience,
        )  # fmt: skip
        self._uncounted: Counter[str] = Counter()
        self._counted_at = time.monotonic()
        self._watched_at = 0.0

    def go(self) -> End:
        now = self.plan.clock()
        self._lanes.fill(now, 1)
        if not (self._lanes.at_hand or self._lanes.moved):
            return End(self._answers.tally)
        self._loop = Loop()
        try:
            self._start(now)
            while not self._finished():
                self._serve(self._collect())
        except BaseException:
            if late := self._dismiss():
                with suppress(BroadsheetError):  # what stopped the run is the news; rows not written are in doubt
                    self.ledger.commit(self.plan.clock(), settled=late)
            raise
        self._dismiss()
        if self._uncounted:
            self.ledger.commit(self.plan.clock(), attempted=self._uncounted)
        return End(self._answers.tally, self._answers.trouble, self._answers.kind)

    def _start(self, now: datetime) -> None:
        """Let the first accounts work that are enough: a later one begins when those before it are full or down."""
        for outlet in self.outlets:
            if outlet.trouble is None and not outlet.sessions:
                if outlet.pace.room(now) == 0:
                    continue
                outlet.well_at = time.monotonic()
                outlet.sessions = max(1, min(outlet.transport.sessions, self._lanes.count()))
                for _ in range(outlet.sessions):
                    self._workers.append(Worker(outlet, self.compose, self.over, aside=self.plan.composes_aside))
                    self._loop.begin(self._workers[-1])
            if outlet.works() and outlet.pace.room(now) != 0:
                return

    # --- who asks ---

    def _collect(self) -> list[Request]:
        """Wait for somebody to ask, or for the time to come when a parked worker can be given something."""
        found = self._loop.asked(self._patience_now())
        missing = int(FEW * self._out) - len(found)
        if found and missing > 0:
            found += self._loop.asked(JOINING_SECONDS, enough=missing)
        if self._loop.crash:
            self._unwritten += self._heard(found)
            raise self._loop.crash
        return found

    def _patience_now(self) -> float:
        if self._halting:
            return min(HEARTBEAT, 1.0)
        if self._lanes.moved:
            return 0.0
        now = self.plan.clock()
        at_hand = self._lanes.wait(now) if self._parked else None
        if at_hand is not None:
            return min(max(at_hand, self._turn_of_the_parked(now)).total_seconds(), 1.0)
        if self._out or not self._parked:
            return min(HEARTBEAT, 1.0)
        next_at = self.ledger.next_due_at(now)
        pause = (next_at - now).total_seconds() if next_at else HEARTBEAT
        return min(max(pause, 0.01), 1.0)

    def _turn_of_the_parked(self, now: datetime) -> timedelta:
        """Say how long until an account with a worker to spare may go, where none before it has room."""
        soonest = timedelta(seconds=1)
        parked = {worker.outlet for worker in self._parked}
        for outlet in self.outlets:
            room = outlet.pace.room(now)
            if outlet in parked and outlet.trouble is None:
                soonest = min(soonest, outlet.pace.wait(now))
            if outlet.works() and room != 0:
                break
        return soonest

    @property
    def _halting(self) -> bool:
        return self.plan.stop.is_set() or self._answers.trouble is not None or bool(self.ledger.halt)

    def _finished(self) -> bool:
        if self._out or self._loop.has_news:
            return False
        if self._halting:
            return True
        now = self.plan.clock()
        self._lanes.fill(now, 1, anew=True)
        if self._lanes.moved:
            return False
        self._lanes.open(now)
        at_hand = self._lanes.wait(now)
        if at_hand is not None and max(at_hand, wait(self.outlets, now)) <= LONGEST_PACE:
            return False
        next_at = self.ledger.next_due_at(now)
        late = next_at is None or (next_at - now).total_seconds() > self.plan.patience
        return late or wait(self.outlets, now) > LONGEST_PACE

    # --- what they get ---

    def _serve(self, requests: list[Request]) -> None:
        now = self.plan.clock()
        settlements = self._unwritten
        for request in requests:
            for attempt, reply in request.settled:
                self._out -= 1
                request.worker.outlet.out -= 1
                settlements.extend(self._answers.judge(request.worker.outlet, attempt, reply, now))
            if request.wants:
                request.worker.failures = 0
                request.worker.outlet.opened()
        handing = [request.handing.number for request in requests if request.handing]
        idle, self._parked = self._parked, []
        asking = [*(request.worker for request in requests if request.wants), *idle]
        claims = self._claims(asking, now)
        unwanted = self.ledger.commit(
            now,
            settled=settlements,
            handing=handing,
            claimed=[attempt.number for attempt in claims.values()],
            by={attempt.number: worker.outlet.transport.name for worker, attempt in claims.items()},
            moved=self._lanes.moved,
            attempted=self._attempted(claims),
            throttled=self._answers.throttled,
            speeds=self._speeds({worker.outlet for worker in asking if worker not in claims}),
        )
        written, self._unwritten = bool(settlements), []
        self._lanes.moved, self._answers.throttled = {}, {}
        for worker, attempt in list(claims.items()):
            if attempt.number in unwanted:
                del claims[worker]
                self._answers.tally[DeliveryState.SKIPPED] += 1
            else:
                worker.outlet.out += 1
        self._out += len(claims)
        for request in requests:
            self._answer(request, claims)
        for worker in idle:
            if worker in claims:
                self._loop.go_on(worker, Grant(opening=claims[worker]))
            else:
                self._parked.append(worker)
        if self.plan.watch and (written or not self._out) and time.monotonic() - self._watched_at > 0.2:
            self._watched_at = time.monotonic()
            self.plan.watch(self._answers.tally)

    def _speeds(self, idle: Collection[Outlet]) -> dict[str, float]:
        """Measure what each account does while nothing holds it back; `idle` are those with a worker that got nothing.

        That nothing is left at hand is no sign of it: a window that was read ahead may just be used up.
        """
        at, found = time.monotonic(), {}
        for outlet in self.outlets:
            if outlet in idle:
                outlet.speed.hold(at)
            if speed := outlet.speed.tick(at):
                found[outlet.scope] = speed
        return found

    def _answer(self, request: Request, claims: dict[Worker, Attempt]) -> None:
        worker = request.worker
        if request.trouble is not None:
            self._loop.go_on(worker, self._about_trouble(worker, request.trouble))
        elif request.handing or worker in claims or not request.wants:
            self._loop.go_on(worker, Grant(opening=claims.get(worker)))
        elif worker.outlet.trouble is not None:
            self._loop.go_on(worker, Grant(stop=True))
        else:
            self._parked.append(worker)

    def _claims(self, workers: list[Worker], now: datetime) -> dict[Worker, Attempt]:
        """Give out what may be tried now: to the first account what its limits allow, then to the next."""
        claims: dict[Worker, Attempt] = {}
        if self._halting:
            return claims
        self._lanes.fill(now, len(workers))  # before anything is taken: what is claimed here is not yet written down
        self._lanes.open(now)
        for outlet in self.outlets:
            mine = [worker for worker in workers if worker.outlet is outlet and outlet.trouble is None]
            room = outlet.pace.room(now)
            if room == 0:
                outlet.speed.hold(time.monotonic())
            taken = 0
            for worker in mine[:room]:
                attempt = self._lanes.take(now)
                if attempt is None:
                    break
                claims[worker] = attempt
                taken += 1
                for one in self.outlets:
                    if attempt.number in one.refusals:  # a person has given it another turn: it is its own again
                        one.refusals.remove(attempt.number)
            if taken:
                outlet.gave(now, taken)
            if outlet.works() and (room is None or room > taken):
                break
        if len(self.outlets) > 1 and self._lanes.at_hand:
            self._start(now)
        return claims

    def _attempted(self, claims: dict[Worker, Attempt]) -> Counter[str]:
        """Count what is claimed by the scopes whose limits it uses up, in the commit that claims it.

        An account without limits is counted too, as some may be configured later in the day; that can wait a second.
        """
        scopes: Counter[str] = Counter()
        for worker, attempt in claims.items():
            counter = scopes if worker.outlet.pace.counts else self._uncounted
            counter[worker.outlet.scope] += 1
            if attempt.lane and self._lanes.lane(attempt.lane).pace.counts:
                scopes[f"lane:{attempt.lane}"] += 1
        if self._uncounted and (not claims or time.monotonic() - self._counted_at > 1.0):
            scopes, self._uncounted, self._counted_at = scopes + self._uncounted, Counter(), time.monotonic()
        return scopes

    # --- a session that could not be opened ---

    def _about_trouble(self, worker: Worker, reply: Reply) -> Grant:
        """Decide whether a session that could not be opened is tried again, and when."""
        kind, outlet = kind_of(reply), worker.outlet
        worker.failures += 1
        outlet.failures += 1
        outlet.is_down = not outlet.out
        never = not outlet.ever_open and outlet.failures >= FIRST_CONNECTION_TRIES * outlet.sessions
        if kind is Kind.OURS or (not outlet.out and (never or outlet.silent_for() > self.plan.patience)):
            self._answers.put_aside(outlet, reply, kind)
        if outlet.trouble is not None:
            return Grant(stop=True)
        return Grant(pause=min(0.5 * 2 ** min(worker.failures - 1, 6), 30.0))

    # --- the end ---

    def _dismiss(self) -> list[Settlement]:
        """Send every worker home, and hear what they still have to say; gives what is not written down yet.

        A worker that waits for an answer to a message is waited for, however long its patience is: the answer is worth
        it. One that is still connecting is not.
        """
        self.over.set()
        until, pause = time.monotonic() + CONNECTING_SECONDS, 0.0
        self._loop.hurry()
        late = self._unwritten
        while True:
            self._loop.crash = None  # the first one is the news
            late += self._heard(self._loop.asked(pause))
            for worker in tuple(self._loop.asking):
                self._loop.go_on(worker, Grant(stop=True))
            is_talking = any(worker.is_talking for worker in self._workers)
            if not is_talking and not (self._loop.workers and time.monotonic() < until):
                break
            pause = 0.1
        self._loop.close()
        late += self._heard(Request(worker, worker.settled) for worker in self._workers)
        self._unwritten = []
        if self.plan.watch:
            self.plan.watch(self._answers.tally)
        return late

    def _heard(self, requests: Iterable[Request]) -> list[Settlement]:
        """Judge the last answers."""
        now = self.plan.clock()
        return [
            settlement
            for request in requests
            for attempt, reply in request.settled
            for settlement in self._answers.judge(request.worker.outlet, attempt, reply, now)
        ]
