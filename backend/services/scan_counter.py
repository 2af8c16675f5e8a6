"""Who has scanned a code today, remembered so that nobody can be followed by it.

A visit's token is an HMAC of the asker's network and the parcel under a secret that is made anew every day. Secret and
tokens are in this process's memory only and gone at midnight or with the process; what leaves it are counts. So the
same network is two visits on two days, and two again where the gateway was restarted in between.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date

from backend.domain.scans import MOST_VISITS_A_DAY

#: Tokens remembered; beyond them the oldest is forgotten, and its network counts again should it come back.
MOST_TOKENS = 200_000

#: How much of an address names a network: what a provider gives to a household or an office, and not less.
IPV4_PREFIX, IPV6_PREFIX = 24, 48


def network_of(address: str) -> bytes | None:
    """The network that an address lies in; None for what is no address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    prefix = IPV4_PREFIX if found.version == 4 else IPV6_PREFIX
    return bytes([found.version]) + found.packed[: prefix // 8]


@dataclass
class ScanCounter:
    """Today's visits of each parcel, and what tells a new one from a repeated one.

    Counts are totals of a day: storing one twice, or reading it beside what is stored, adds nothing.
    """

    most_tokens: int = MOST_TOKENS
    _day: date = date.min
    _secret: bytes = b""
    _tokens: OrderedDict[bytes, None] = field(default_factory=OrderedDict)
    _today: dict[bytes, int] = field(default_factory=dict)
    #: Totals that changed since they were last stored.
    _waiting: dict[tuple[bytes, date], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, parcel_id: bytes, address: str, day: date, stored: int = 0) -> bool:
        """Counts a scan from an address; whether it was a visit, that is, the network's first on this day.

        `stored` are the day's visits that the store has, from before this process began to count.
        """
        network = network_of(address)
        if network is None:
            return False
        with self._lock:
            if day > self._day:
                self._begin(day)
            token = hmac.digest(self._secret, network + parcel_id, hashlib.sha256)[:16]
            total = self._today.get(parcel_id, stored)
            if token in self._tokens or total >= MOST_VISITS_A_DAY:
                return False
            self._tokens[token] = None
            if len(self._tokens) > self.most_tokens:
                self._tokens.popitem(last=False)
            self._today[parcel_id] = self._waiting[parcel_id, self._day] = total + 1
            return True

    def today(self, parcel_id: bytes) -> dict[date, int]:
        """The day that is counted and a parcel's visits on it; nothing where this process has counted none."""
        with self._lock:
            return {self._day: self._today[parcel_id]} if parcel_id in self._today else {}

    def take(self) -> dict[tuple[bytes, date], int]:
        """The totals that are to be stored; whoever takes them stores them or puts them back."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
        return taken

    def put_back(self, totals: dict[tuple[bytes, date], int]) -> None:
        with self._lock:
            self._waiting = totals | self._waiting

    def _begin(self, day: date) -> None:
        self._day, self._secret = day, secrets.token_bytes(32)
        self._tokens.clear()
        self._today.clear()
