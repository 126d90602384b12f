"""The run: claim, open, hand over, settle, until nothing is left that may be tried now.

One coordinator owns the ledger; a worker a session talks to the transport. A worker asks before every step that must be
on the disk first, and the coordinator answers all who ask at that moment with one commit. Per session at most one
message is under way (in doubt, should the process die) and one more is announced (known to be undelivered).
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broadsheet.deliver.ledger import Ledger
from broadsheet.deliver.pace import Pace
from broadsheet.deliver.replies import Kind, Phase, Reply, kind_of
from broadsheet.deliver.retry import decide
from broadsheet.deliver.transport import Refusal, Session, Transport
from broadsheet.errors import BroadsheetError
from broadsheet.model import Attempt, DeliveryState, Message, Outcome, Recipient, Settlement

HEARTBEAT = 5.0
LONGEST_PACE = timedelta(hours=1, seconds=1)  # a full minute or hour is waited for; a full day is not
CONNECTING_SECONDS = 2.0
READ_AHEAD = 500
JOINING_SECONDS = 0.0007  # how long a commit waits for others to join: it costs as much for one as for many
FEW = 0.4  # it waits only while fewer than this share of those under way have asked
MOST_REFUSALS_IN_A_ROW = 25
FIRST_CONNECTION_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a run goes. Times are seconds.

    `waiting_since` is when the edition was frozen. `patience` is how long the run waits for a delivery that is to be
    tried again soon, and for a relay that went away. `recycle` is how many messages a session carries.
    """

    waiting_since: datetime
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    patience: float = 60.0
    recycle: int = 100
    pace: Pace = field(default_factory=lambda: Pace({}))
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[Counter[DeliveryState]], None] | None = None


@dataclass(frozen=True)
class End:
    """How a run ended: what it did, and the trouble that stopped it before its time."""

    tally: Counter[DeliveryState]
    trouble: Reply | None = None
    kind: Kind | None = None


@dataclass(slots=True)
class _Request:
    worker: _Worker
    settled: list[tuple[Attempt, Reply]]
    handing: Attempt | None = None
    wants: bool = False
    trouble: Reply | None = None
    crash: BaseException | None = None


@dataclass(slots=True)
class _Grant:
    opening: Attempt | None = None
    pause: float = 0.0
    stop: bool = False


def run(ledger: Ledger, transport: Transport, compose: Callable[[Recipient], Message], plan: Plan) -> End:
    """Send what is due. Raises what the ledger raises: then nothing more is handed over, and the rows tell the rest."""
    return _Run(ledger, transport, compose, plan).go()


class _Worker(threading.Thread):
    """Carry one session. Between two steps it waits for the coordinator's word."""

    def __init__(self, run: _Run, number: int) -> None:
        super().__init__(name=f"session-{number}", daemon=True)
        self._run = run
        self.inbox: queue.SimpleQueue[_Grant] = queue.SimpleQueue()
        self.failures = 0
        self._settled: list[tuple[Attempt, Reply]] = []

    def run(self) -> None:
        """Work until told to stop; a defect of ours is reported, not lost."""
        try:
            self._work()
        except BaseException as error:
            self._run.requests.put(_Request(self, self._settled, crash=error))

    def _ask(self, **what: object) -> _Grant:
        settled, self._settled = self._settled, []
        self._run.requests.put(_Request(self, settled, **what))  # type: ignore[arg-type]  # by name
        return self.inbox.get()

    def _work(self) -> None:
        while True:
            session = self._connect()
            if session is None:
                return
            try:
                if not self._talk(session):
                    return
            finally:
                session.close()

    def _connect(self) -> Session | None:
        while True:
            if self._settled and self._ask().stop:
                return None
            try:
                return self._run.transport.open()
            except Refusal as refusal:
                grant = self._ask(trouble=refusal.reply)
                if grant.stop or self._run.over.wait(grant.pause):
                    return None

    def _talk(self, session: Session) -> bool:
        """Use a session until it is worn out or broken (True), or the run is over (False)."""
        opened: tuple[Attempt, Message] | None = None
        left = self._run.plan.recycle
        while session.alive and (left > 0 or opened):
            grant = self._ask(handing=opened and opened[0], wants=left > 0)
            if grant.stop:
                return False
            attempt, message = grant.opening, None
            if attempt is not None:
                left -= 1
                message = self._composed(attempt)
            handed, answer = session.exchange(opened and opened[1], message)
            if opened and handed:
                self._settled.append((opened[0], handed))
            opened = None
            if attempt and message and answer:
                if answer.is_yes:
                    opened = (attempt, message)
                else:
                    self._settled.append((attempt, answer))
        if opened:
            self._settled.append((opened[0], Reply(Phase.DATA, None, "connection lost before the message")))
        return True

    def _composed(self, attempt: Attempt) -> Message | None:
        try:
            return self._run.compose(attempt.recipient)
        except ValueError as error:
            self._settled.append((attempt, Reply(Phase.RECIPIENT, 553, f"5.1.3 {error}", "broadsheet")))
            return None


class _Run:
    def __init__(
        self, ledger: Ledger, transport: Transport, compose: Callable[[Recipient], Message], plan: Plan
    ) -> None:
        self.ledger, self.transport, self.compose, self.plan = ledger, transport, compose, plan
        self.requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
        self.over = threading.Event()
        self._ready: deque[Attempt] = deque()
        self._parked: list[_Worker] = []
        self._unwritten: list[Settlement] = []
        self._out = 0  # workers that hold an attempt or an unheard answer
        self._tally: Counter[DeliveryState] = Counter()
        self._streak: list[int] = []
        self._trouble: Reply | None = None
        self._kind: Kind | None = None
        self._ever_connected = False
        self._well_at = time.monotonic()
        self._troubles = 0
        self._watched_at = 0.0
        self._workers: list[_Worker] = []

    def go(self) -> End:
        self._refill(self.plan.clock())
        if not self._ready:
            return End(self._tally)
        self._workers = [_Worker(self, n) for n in range(max(1, min(self.transport.sessions, len(self._ready))))]
        for worker in self._workers:
            worker.start()
        try:
            while not self._finished():
                self._serve(self._collect())
        except BaseException:
            if late := self._dismiss():
                with suppress(BroadsheetError):  # what stopped the run is the news; rows not written are in doubt
                    self.ledger.commit(self.plan.clock(), settled=late)
            raise
        self._dismiss()
        return End(self._tally, self._trouble, self._kind)

    # --- who asks ---

    def _collect(self) -> list[_Request]:
        """Wait for somebody to ask, or for the time to come when a parked worker can be given something."""
        found: list[_Request] = []
        try:
            found.append(self.requests.get(timeout=self._patience_now()))
            if 1 + self.requests.qsize() < FEW * self._out:
                time.sleep(JOINING_SECONDS)
            while True:
                found.append(self.requests.get_nowait())
        except queue.Empty:
            return found

    def _patience_now(self) -> float:
        if self._parked and self._ready and not self._halting:
            now = self.plan.clock()
            return min(self.plan.pace.wait(now).total_seconds(), 1.0) if self.plan.pace.room(now) == 0 else 0.0
        if self._out or not self._parked:
            return min(HEARTBEAT, 1.0)
        next_at = self.ledger.next_due_at()
        wait = (next_at - self.plan.clock()).total_seconds() if next_at else HEARTBEAT
        return min(max(wait, 0.01), 1.0)

    @property
    def _halting(self) -> bool:
        return self.plan.stop.is_set() or self._trouble is not None or bool(self.ledger.halt)

    def _finished(self) -> bool:
        if self._out or not self.requests.empty():
            return False
        if self._halting:
            return True
        now = self.plan.clock()
        if not self._ready:
            self._refill(now)
        if self._ready:
            return self.plan.pace.room(now) == 0 and self.plan.pace.wait(now) > LONGEST_PACE
        next_at = self.ledger.next_due_at()
        return next_at is None or (next_at - now).total_seconds() > self.plan.patience

    # --- what they get ---

    def _serve(self, requests: list[_Request]) -> None:
        now = self.plan.clock()
        settlements = self._unwritten
        for request in requests:
            if request.crash is not None:
                raise request.crash
            for attempt, reply in request.settled:
                self._out -= 1
                settlements.extend(self._judge(attempt, reply, now))
        handing = [request.handing.number for request in requests if request.handing]
        asking = [request.worker for request in requests if request.wants]
        idle = self._parked
        self._parked = []
        claims = self._claims([*asking, *idle], now)
        unwanted = self.ledger.commit(
            now, settled=settlements, handing=handing, claimed=[attempt.number for attempt in claims.values()]
        )
        written, self._unwritten = bool(settlements), []
        for worker, attempt in list(claims.items()):
            if attempt.number in unwanted:
                del claims[worker]
                self._tally[DeliveryState.SKIPPED] += 1
        self._out += len(claims)
        for request in requests:
            self._answer(request, claims)
        for worker in idle:
            if worker in claims:
                worker.inbox.put(_Grant(opening=claims[worker]))
            else:
                self._parked.append(worker)
        if self.plan.watch and (written or not self._out) and time.monotonic() - self._watched_at > 0.2:
            self._watched_at = time.monotonic()
            self.plan.watch(self._tally)

    def _answer(self, request: _Request, claims: dict[_Worker, Attempt]) -> None:
        worker = request.worker
        if request.trouble is not None:
            worker.inbox.put(self._about_trouble(worker, request.trouble))
            return
        if request.wants:
            worker.failures = 0
            self._ever_connected, self._troubles = True, 0
        if request.handing or worker in claims or not request.wants:
            worker.inbox.put(_Grant(opening=claims.get(worker)))
        else:
            self._parked.append(worker)

    def _claims(self, workers: list[_Worker], now: datetime) -> dict[_Worker, Attempt]:
        claims: dict[_Worker, Attempt] = {}
        if self._halting:
            return claims
        room = self.plan.pace.room(now)
        workers = workers if room is None else workers[:room]
        if len(self._ready) < len(workers):
            self._refill(now)  # once, before anything is taken: what is claimed here is not yet written as claimed
        for worker in workers[: len(self._ready)]:
            claims[worker] = self._ready.popleft()
        self.plan.pace.take(now, len(claims))
        return claims

    def _refill(self, now: datetime) -> None:
        self._ready.extend(self.ledger.due(now, READ_AHEAD, {attempt.number for attempt in self._ready}))

    # --- what the answers mean ---

    def _judge(self, attempt: Attempt, reply: Reply, now: datetime) -> list[Settlement]:
        decision = decide(
            reply,
            attempts=attempt.attempts + 1,
            waiting_since=self.plan.waiting_since,
            now=now,
            chance=self.plan.chance(),
        )
        self._tally[decision.outcome.state] += 1
        settlements = [Settlement(attempt.number, decision.outcome, decision.due_at)]
        if decision.kind is Kind.OURS:
            self._halt(reply, decision.kind)
        elif decision.kind is Kind.BLOCKED:
            self._streak.append(attempt.number)
            if len(self._streak) >= MOST_REFUSALS_IN_A_ROW:
                settlements += self._put_back(reply)
                self._halt(reply, decision.kind)
        elif decision.kind is Kind.ACCEPTED:
            self._streak.clear()
            self._well_at = time.monotonic()
        elif decision.kind in (Kind.LOST, Kind.RELAY_BUSY) and self._is_down():
            self._halt(reply, decision.kind)
        return settlements

    def _put_back(self, reply: Reply) -> list[Settlement]:
        """Give the readers of a row of refusals their turn again: so many at once say that the fault is not theirs."""
        words = Outcome(
            state=DeliveryState.QUEUED, code=reply.code, enhanced_code=reply.enhanced_code, text=reply.text[:500],
            server=reply.server,
        )  # fmt: skip
        self._tally[DeliveryState.FAILED] -= len(self._streak)
        self._tally[DeliveryState.QUEUED] += len(self._streak)
        back = [Settlement(number, words) for number in self._streak]
        self._streak.clear()
        return back

    def _halt(self, reply: Reply, kind: Kind) -> None:
        if self._trouble is None:
            self._trouble, self._kind = reply, kind

    def _about_trouble(self, worker: _Worker, reply: Reply) -> _Grant:
        """Decide whether a session that could not be opened is tried again, and when."""
        kind = kind_of(reply)
        worker.failures += 1
        self._troubles += 1
        never = not self._ever_connected and self._troubles >= FIRST_CONNECTION_TRIES * len(self._workers)
        if kind is Kind.OURS or (not self._out and (never or self._is_down())):
            self._halt(reply, kind)
        return _Grant(pause=min(0.5 * 2 ** min(worker.failures - 1, 6), 30.0))

    def _is_down(self) -> bool:
        return time.monotonic() - self._well_at > self.plan.patience

    # --- the end ---

    def _dismiss(self) -> list[Settlement]:
        """Send every worker home, and hear what they still have to say; gives what is not written down yet.

        A worker that waits for an answer to a message is waited for, however long its patience is: the answer is worth
        it. One that is still connecting is not.
        """
        self.over.set()
        for worker in self._workers:
            worker.inbox.put(_Grant(stop=True))
        until = time.monotonic() + CONNECTING_SECONDS
        for worker in self._workers:
            worker.join(None if self._out else max(until - time.monotonic(), 0.0))
        late, self._unwritten = self._unwritten, []
        now = self.plan.clock()
        while not self.requests.empty():
            for attempt, reply in self.requests.get().settled:
                late.extend(self._judge(attempt, reply, now))
        if self.plan.watch:
            self.plan.watch(self._tally)
        return late
