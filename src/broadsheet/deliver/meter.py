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
    """How many a second go when nothing holds us back: the mean over a minute's worth of such time."""

    SPAN, KEPT = 2.0, 30

    def __init__(self) -> None:
        self._since, self._count = 0.0, 0
        self._is_held = True
        self._spans: deque[tuple[float, int]] = deque(maxlen=self.KEPT)

    def note(self, count: int = 1) -> None:
        """Count some."""
        self._count += count

    def hold(self) -> None:
        """Note that limits held us back: this span of time tells nothing about our speed."""
        self._is_held = True

    def tick(self, now: float) -> float | None:
        """Let time pass; gives the speed where a span has ended and told something new."""
        spent = now - self._since
        if spent < self.SPAN:
            return None
        told = not self._is_held and self._count > 0
        if told:
            self._spans.append((spent, self._count))
        self._since, self._count, self._is_held = now, 0, False
        return self.per_second if told else None

    @property
    def per_second(self) -> float | None:
        """Give the speed as measured so far."""
        spent = sum(seconds for seconds, _ in self._spans)
        return sum(count for _, count in self._spans) / spent if spent else None
