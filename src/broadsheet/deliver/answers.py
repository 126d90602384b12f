"""What the answers of a run mean: for the reader, the provider, the account, and for the run itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from broadsheet.deliver.lanes import Lanes
from broadsheet.deliver.outlets import Outlet
from broadsheet.deliver.replies import Kind, Phase, Reply
from broadsheet.deliver.retry import decide
from broadsheet.model import Attempt, DeliveryState, Outcome, Recipient, Settlement, Throttle

MOST_REFUSALS_IN_A_ROW = 25
MOST_UNRELAYED = 3  # "relaying denied" in a row, before anything was taken: we may not relay there at all
SLOW_LANES, SLOW_LANES_WITHIN = 3, timedelta(seconds=30)


class Answers:
    """The tally of a run's answers, what slowed it down, and the trouble that ends it.

    `waiting_since` is when the edition was frozen, `turn` when a reader's turn was; `patience` is how many seconds an
    account may be silent.
    """

    def __init__(
        self,
        outlets: Sequence[Outlet],
        lanes: Lanes,
        *,
        waiting_since: datetime,
        turn: Callable[[Recipient], datetime | None],
        chance: Callable[[], float],
        patience: float,
    ) -> None:
        self._outlets, self._lanes = outlets, lanes
        self._waiting_since, self._turn, self._chance, self._patience = waiting_since, turn, chance, patience
        self._slow: dict[str, datetime] = {}  # when a provider last said "too fast"
        self.tally: Counter[DeliveryState] = Counter()
        self.throttled: dict[str, Throttle] = {}  # what is to be written down
        self.trouble: Reply | None = None
        self.kind: Kind | None = None

    def judge(self, outlet: Outlet, attempt: Attempt, reply: Reply, now: datetime) -> list[Settlement]:
        """Say what is to be written down after an answer, and put its account aside or slow down where it says so."""
        decision = decide(
            reply,
            attempts=attempt.attempts + 1,
            waiting_since=max(self._waiting_since, self._turn(attempt.recipient) or self._waiting_since),
            now=now,
            chance=self._chance(),
        )
        self.tally[decision.outcome.state] += 1
        settlements = [Settlement(attempt.number, decision.outcome, decision.due_at)]
        if decision.kind is Kind.OURS:
            self.put_aside(outlet, reply, decision.kind)
        elif decision.kind in (Kind.BLOCKED, Kind.NO_RELAY):
            outlet.refusals.append(attempt.number)
            early = decision.kind is Kind.NO_RELAY and not outlet.has_taken
            most = MOST_UNRELAYED if early else MOST_REFUSALS_IN_A_ROW
            if len(outlet.refusals) >= most or outlet.trouble is not None:
                settlements += self._put_back(outlet, reply)
                self.put_aside(outlet, reply, decision.kind)
        elif decision.kind is Kind.ACCEPTED:
            outlet.took()
        elif decision.kind is Kind.THROTTLED:
            self._slow_down(outlet, attempt, reply, now)
        elif decision.kind in (Kind.LOST, Kind.RELAY_BUSY) and outlet.silent_for() > self._patience:
            self.put_aside(outlet, reply, decision.kind)
        return settlements

    def _slow_down(self, outlet: Outlet, attempt: Attempt, reply: Reply, now: datetime) -> None:
        """Go slower to the reader's provider; or by the account, where it says so before it knows the reader.

        Providers do not tire together: three of them at once are taken for the account's own "too fast".
        """
        if reply.phase is not Phase.SENDER:
            lane = self._lanes.slow_down(attempt, now)
            if lane is not None and lane.pace.throttle is not None:
                self.throttled[f"lane:{lane.name}"] = lane.pace.throttle
                self._slow = {name: at for name, at in self._slow.items() if now - at <= SLOW_LANES_WITHIN}
                self._slow[lane.name] = now
        if reply.phase is Phase.SENDER or len(self._slow) >= SLOW_LANES:
            self._slow.clear()
            if outlet.pace.slow_down(now, outlet.meter.rate(now.timestamp())) and outlet.pace.throttle is not None:
                self.throttled[outlet.scope] = outlet.pace.throttle

    def _put_back(self, outlet: Outlet, reply: Reply) -> list[Settlement]:
        """Give the readers of a row of refusals their turn again: so many at once say that the fault is not theirs."""
        words = Outcome(
            state=DeliveryState.QUEUED, code=reply.code, enhanced_code=reply.enhanced_code, text=reply.text[:500],
            server=reply.server,
        )  # fmt: skip
        self.tally[DeliveryState.FAILED] -= len(outlet.refusals)
        self.tally[DeliveryState.QUEUED] += len(outlet.refusals)
        back = [Settlement(number, words) for number in outlet.refusals]
        outlet.refusals.clear()
        return back

    def put_aside(self, outlet: Outlet, reply: Reply, kind: Kind) -> None:
        """Use an account no more in this run. With the last one, the run ends: by the trouble of the first."""
        if outlet.trouble is None:
            outlet.trouble = (reply, kind)
        if self.trouble is None and all(one.trouble for one in self._outlets):
            self.trouble, self.kind = next(one.trouble for one in self._outlets if one.trouble)
