"""What one person may buy: the limits on retail imports, and the account of a person's calendar year.

Limits: the Ministry of Finance's rule of 2018 no.49. When an amount is reserved, counted and given back is
this project's own reading: reserved when customs takes the declaration in (120), committed at its release (800),
released when it is rejected, cancelled or the goods go back abroad (100, cancellation, 700), and reduced by what
a completed return brought back in time.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from backend.domain.calendar import china_day
from backend.domain.errors import QuotaExceeded, QuotaMoveRefused
from backend.domain.lifecycle import Step

_SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """In CNY of dutiable value (goods, freight and insurance, without tax); both are still within."""

    transaction: Decimal = Decimal(5000)
    year: Decimal = Decimal(26000)


USUAL_LIMITS = Limits()


class Route(StrEnum):
    """Where a declaration goes that breaks a limit."""

    #: One indivisible article: retail channel, counted to the year, but taxed in full.
    FullTax = "full_tax"
    #: Out of the retail channel (0110); nothing is counted to the year.
    GeneralTrade = "general_trade"


def route_of(value: Decimal, *, single_item: bool, used: Decimal | None, limits: Limits = USUAL_LIMITS) -> Route | None:
    """The way of a purchase of this dutiable value by a person who has used so much of the year.

    None within the limits. `used` None: what the person bought before is not known, and only what this
    purchase breaks by itself is told.
    """
    if value + (used or 0) > limits.year:
        return Route.GeneralTrade
    if value <= limits.transaction:
        return None
    # The rule says above the transaction limit *and below* the year's.
    return Route.FullTax if single_item and value < limits.year else Route.GeneralTrade


def person_key(consortium_key: bytes, id_number: str) -> bytes:
    """Whose account it is, without the identity number: HMAC-SHA256, 32 bytes.

    Full-width characters, spaces and a small x at the end make no second person. ValueError for a key of less
    than 16 bytes or an empty number.
    """
    number = "".join(unicodedata.normalize("NFKC", id_number).split()).upper()
    if len(consortium_key) < _SHORTEST_KEY or not number:
        raise ValueError("a key of at least 16 bytes and an identity number are needed")
    return hmac.new(consortium_key, b"buyer\x1f" + number.encode(), hashlib.sha256).digest()


def quota_year(at: int) -> int:
    """The calendar year in China in which an instant (Unix seconds) lies; quotas begin anew with it."""
    return china_day(at).year


#: Days after release within which a return is applied for, and within which the goods are back in the place that
#: they were released from (announcement 2020 no.45). Then no tax is charged and the year's total is reduced.
RETURN_APPLY_DAYS = 30
RETURN_BACK_DAYS = 45


def is_return_in_time(released_at: int, applied_at: int, back_at: int) -> bool:
    """Whether an import's return reduces its buyer's year: instants in Unix seconds, days as China counts them."""
    released, applied, back = china_day(released_at), china_day(applied_at), china_day(back_at)
    return (applied - released).days <= RETURN_APPLY_DAYS and (back - released).days <= RETURN_BACK_DAYS


# ---------------------------------------------------------------------------------------------------
# One parcel's part of an account


class EntryState(StrEnum):
    Reserved = "reserved"
    Committed = "committed"
    Released = "released"
    #: All of it came back.
    Returned = "returned"


class QuotaMove(StrEnum):
    Reserve = "reserve"
    Commit = "commit"
    Release = "release"
    TakeBack = "take_back"


#: What a step on an import does to its buyer's account; every other step leaves it as it is. A return moves it only
#: if it was in time (`is_return_in_time`).
QUOTA_MOVES: dict[Step, QuotaMove] = {
    Step.Acceptance: QuotaMove.Reserve,
    Step.Release: QuotaMove.Commit,
    Step.Rejection: QuotaMove.Release,
    Step.Cancellation: QuotaMove.Release,
    Step.ReturnAbroad: QuotaMove.Release,
    Step.ReturnVerified: QuotaMove.TakeBack,
}


@dataclass(frozen=True, slots=True)
class QuotaEntry:
    """What one parcel takes of a person's year.

    Every move may come again and then changes nothing, since chain events are read again after a reorganisation
    or a restart. A move that the state does not allow raises QuotaMoveRefused.
    """

    amount: Decimal
    state: EntryState = EntryState.Reserved
    #: Return application → the value of the goods that came back with it.
    returns: tuple[tuple[str, Decimal], ...] = ()

    def __post_init__(self) -> None:
        _require_amount(self.amount)

    @property
    def returned(self) -> Decimal:
        return sum((amount for _, amount in self.returns), Decimal(0))

    @property
    def counted(self) -> Decimal:
        """What counts to the year now, never negative."""
        if self.state in {EntryState.Reserved, EntryState.Committed}:
            return self.amount - self.returned
        return Decimal(0)

    def commit(self) -> QuotaEntry:
        """The goods were released."""
        if self.state in {EntryState.Committed, EntryState.Returned}:
            return self
        self._require(QuotaMove.Commit, EntryState.Reserved)
        return replace(self, state=EntryState.Committed)

    def release(self) -> QuotaEntry:
        """The declaration was rejected or cancelled, or the goods went back abroad, before or after release."""
        if self.state is EntryState.Released:
            return self
        self._require(QuotaMove.Release, EntryState.Reserved, EntryState.Committed)
        return replace(self, state=EntryState.Released)

    def take_back(self, application: str, amount: Decimal) -> QuotaEntry:
        """A return was completed in time and brought back goods of this value.

        QuotaMoveRefused as well where more would come back than was bought, and for an application that was
        counted before with another value.
        """
        _require_amount(amount)
        before = dict(self.returns).get(application)
        if before == amount:
            return self
        if before is not None or self.returned + amount > self.amount:
            raise QuotaMoveRefused(move=QuotaMove.TakeBack.value, state=self.state.value)
        self._require(QuotaMove.TakeBack, EntryState.Committed)
        is_all = self.returned + amount == self.amount
        state = EntryState.Returned if is_all else EntryState.Committed
        return replace(self, state=state, returns=(*self.returns, (application, amount)))

    def _require(self, move: QuotaMove, *states: EntryState) -> None:
        if self.state not in states:
            raise QuotaMoveRefused(move=move.value, state=self.state.value)


def reserve(entry: QuotaEntry | None, amount: Decimal, others: Decimal, limits: Limits) -> QuotaEntry:
    """A parcel's entry once its amount is reserved; `others` is what the year's other parcels count.

    A released entry may be reserved anew, since a rejected parcel may be declared again, with another amount too.
    Raises QuotaExceeded above the yearly limit, QuotaMoveRefused where the parcel holds another reservation or
    was released already. Both calls, reading `others` and storing the entry, belong in one transaction.
    """
    if entry is not None and entry.state is not EntryState.Released:
        if entry.amount == amount:
            return entry
        raise QuotaMoveRefused(move=QuotaMove.Reserve.value, state=entry.state.value)
    fresh = QuotaEntry(amount)
    if others + amount > limits.year:
        raise QuotaExceeded(used=f"{others:f}", amount=f"{amount:f}", limit=f"{limits.year:f}")
    return fresh


def _require_amount(amount: Decimal) -> None:
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{amount} is no amount of 0 or more")


# ---------------------------------------------------------------------------------------------------
# A person's year


@dataclass(frozen=True)
class QuotaAccount:
    """One person's calendar year: an entry per parcel.

    Whatever moves come, in whatever order: no entry and no sum is negative, and reserved and committed amounts
    together never exceed the limit. What is routed to general trade has no entry.
    """

    person: bytes
    year: int
    entries: Mapping[str, QuotaEntry] = field(default_factory=dict)

    @property
    def counted(self) -> Decimal:
        """Reserved and committed amounts, less what came back."""
        return sum((entry.counted for entry in self.entries.values()), Decimal(0))

    @property
    def reserved(self) -> Decimal:
        return self._sum(EntryState.Reserved)

    @property
    def committed(self) -> Decimal:
        return self._sum(EntryState.Committed)

    def counted_without(self, parcel: str) -> Decimal:
        """What the year's other parcels count: the `used` against which this parcel is judged."""
        return sum((entry.counted for name, entry in self.entries.items() if name != parcel), Decimal(0))

    def reserve(self, parcel: str, amount: Decimal, limits: Limits = USUAL_LIMITS) -> QuotaAccount:
        """As the function of this name, for one parcel of the account."""
        others = self.counted_without(parcel)
        return self._with(parcel, reserve(self.entries.get(parcel), amount, others, limits))

    def commit(self, parcel: str) -> QuotaAccount:
        return self._with(parcel, self._entry(parcel, QuotaMove.Commit).commit())

    def release(self, parcel: str) -> QuotaAccount:
        """As the entry's; a parcel rejected before anything was reserved for it has nothing to release."""
        if parcel not in self.entries:
            return self
        return self._with(parcel, self.entries[parcel].release())

    def take_back(self, parcel: str, application: str, amount: Decimal) -> QuotaAccount:
        return self._with(parcel, self._entry(parcel, QuotaMove.TakeBack).take_back(application, amount))

    def _sum(self, state: EntryState) -> Decimal:
        return sum((entry.counted for entry in self.entries.values() if entry.state is state), Decimal(0))

    def _entry(self, parcel: str, move: QuotaMove) -> QuotaEntry:
        if parcel not in self.entries:
            raise QuotaMoveRefused(move=move.value, state="none")
        return self.entries[parcel]

    def _with(self, parcel: str, entry: QuotaEntry) -> QuotaAccount:
        return replace(self, entries={**self.entries, parcel: entry})
