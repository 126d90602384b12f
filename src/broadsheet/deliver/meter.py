"""How fast something goes: counts of late, values in and values out. Times are seconds of any clock."""

from __future__ import annotations

from collections import deque


class Meter:
    """How many a second, over the last ten to twenty seconds."""

    SPAN = 10.0

    def __init__(self) -> None:
        self._since, self._count = 0.0, 0
        self._before = 0.0

    def note(self, now: float, count: int = 1) -> None:
        """Count some."""
        if not 0 <= now - self._since <= self.SPAN:
            self._before = self._count / self.SPAN if 0 <= now - self._since <= 2 * self.SPAN else 0.0
            self._since, self._count = now, 0
        self._count += count

    def rate(self, now: float) -> float:
        """Give how many a second."""
        spent = now - self._since
        if not 0 <= spent <= 2 * self.SPAN:
            return 0.0
        return max(self._before, self._count / max(spent, 1.0))


class Speed:
    """How many a second go when nothing holds us back: the mean over a minute's worth of such time.

    A sending that is over, or held back, before one span has passed tells what it did until then; `known` is what the
    sending before measured, which such a piece moves by its part of a span: a few readers are no proof for all.
    """

    SPAN, KEPT = 2.0, 30
    SHORTEST, FEWEST = 0.1, 10  # a piece of less time or of fewer messages is chance

    def __init__(self, known: float | None = None) -> None:
        self._since, self._count = 0.0, 0
        self._is_held = True
        self._piece: float | None = None  # what a span told that was held before its end
        self._known = known
        self._spans: deque[tuple[float, int]] = deque(maxlen=self.KEPT)

    def note(self, count: int = 1) -> None:
        """Count some."""
        self._count += count

    def hold(self, now: float) -> None:
        """Note that from now on limits hold us back, or nobody is left: the rest of this span tells nothing."""
        spent = now - self._since
        if not (self._is_held or self._spans) and self.SHORTEST <= spent < self.SPAN and self._count >= self.FEWEST:
            measured, part = self._count / spent, spent / self.SPAN
            self._known = measured if self._known is None else self._known + (measured - self._known) * part
            self._piece = self._known
        self._is_held = True

    def tick(self, now: float) -> float | None:
        """Let time pass; gives the speed where a span, or a piece of one, has ended and told something new."""
        piece, self._piece = self._piece, None
        spent = now - self._since
        if spent < self.SPAN:
            return piece
        told = not self._is_held and self._count > 0
        if told:
            self._spans.append((spent, self._count))
        self._since, self._count, self._is_held = now, 0, False
        return self.per_second if told else piece

    @property
    def per_second(self) -> float | None:
        """Give the speed as measured so far."""
        spent = sum(seconds for seconds, _ in self._spans)
        return sum(count for _, count in self._spans) / spent if spent else self._known
