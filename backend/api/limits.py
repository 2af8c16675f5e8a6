"""How often one caller may ask: token buckets in memory, one set per process."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from backend.domain.errors import RateLimited

#: Callers remembered; the one not seen for longest is forgotten, which fills its bucket.
MOST_CALLERS = 20_000


@dataclass
class Buckets:
    """One bucket per caller: `burst` requests at once, refilled with `per_second`."""

    per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    _filled: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, caller: str, cost: float = 1.0) -> None:
        """Takes tokens from a caller's bucket. Raises RateLimited, with the seconds to wait."""
        now = self.clock()
        with self._lock:
            left = self._left(caller, now)
            if left < cost:
                raise RateLimited(retry_after=max(1, math.ceil((cost - left) / self.per_second)))
            self._filled[caller] = (left - cost, now)
            self._filled.move_to_end(caller)
            while len(self._filled) > MOST_CALLERS:
                self._filled.popitem(last=False)

    def require(self, caller: str) -> None:
        """Raises RateLimited where a caller's bucket is empty, and takes nothing."""
        now = self.clock()
        with self._lock:
            left = self._left(caller, now)
        if left < 1.0:
            raise RateLimited(retry_after=max(1, math.ceil((1.0 - left) / self.per_second)))

    def _left(self, caller: str, now: float) -> float:
        left, at = self._filled.get(caller, (float(self.burst), now))
        return min(float(self.burst), left + (now - at) * self.per_second)


@dataclass
class Limits:
    """The buckets of one gateway. Wrong keys have a small one of their own, so that nobody can try them out."""

    by_address: Buckets
    by_key: Buckets
    wrong_keys: Buckets = field(default_factory=lambda: Buckets(per_second=1.0, burst=30))
