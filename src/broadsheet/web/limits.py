"""How often somebody may ask: a fixed number in a sliding hour, by who asks. Kept in memory, and bounded."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock


class RateLimit:
    """Allow `most` requests in `span` by one key. Forgets those who asked longest ago when there are too many."""

    def __init__(self, most: int, span: timedelta, keys: int = 20_000) -> None:
        self._most, self._span, self._keys = most, span, keys
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def allows(self, key: str, now: datetime) -> bool:
        """Count a request, and tell whether it is within the limit."""
        with self._lock:
            times = self._asked.setdefault(key, deque())
            self._asked.move_to_end(key)
            while times and now - times[0] > self._span:
                times.popleft()
            while len(self._asked) > self._keys:
                self._asked.popitem(last=False)
            if len(times) >= self._most:
                return False
            times.append(now)
            return True
