"""What buyers have used of their year: reserved before a parcel is accepted, read by customs alone.

Everything works inside the caller's write transaction, so that what was counted and what is reserved agree. The
chain then decides; `quota_following` brings every entry where its parcel's state says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from backend.domain import quota
from backend.domain.documents import Document
from backend.domain.errors import Forbidden, InvalidInput, QuotaExceeded, QuotaMoveRefused
from backend.domain.instants import iso
from backend.domain.lifecycle import Direction
from backend.domain.participants import Role
from backend.domain.quota import USUAL_LIMITS, EntryState, Limits, QuotaAccount, person_key, quota_year
from backend.domain.tax import dutiable_value, money
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.stored_documents import stored_document
from backend.store import quota as store
from backend.store.database import Connection
from backend.store.declarations import import_lists
from backend.store.quota import KeptEntry, PersonYear


class QuotaBook:
    """The years of the buyers that some import declarations name, read at once.

    What is reserved in it counts for what is reserved after it, and is stored by `save`, all or nothing.
    """

    def __init__(
        self, connection: Connection, consortium_key: bytes, declarations: Mapping[bytes, Document], at: int
    ) -> None:
        """`declarations` by parcel; exports among them have no part. Raises InvalidInput for a buyer without number."""
        self._connection = connection
        self._year = quota_year(at)
        self._at = at
        self._persons = {
            parcel: buyer_of(consortium_key, declaration)
            for parcel, declaration in declarations.items()
            if declaration.direction is Direction.Import
        }
        self._kept = store.entries_of(connection, list(self._persons))
        self._years: dict[PersonYear, dict[bytes, KeptEntry]] = {}
        for kept in store.entries_in(connection, {(person, self._year) for person in self._persons.values()}):
            self._years.setdefault((kept.person, kept.year), {})[kept.parcel_id] = kept
        self._changed: dict[bytes, KeptEntry] = {}

    def used_by(self, parcel_id: bytes) -> Decimal:
        """What the other parcels of this one's buyer count in the year."""
        entries = self._years.get((self._persons[parcel_id], self._year), {})
        return sum((kept.entry.counted for parcel, kept in entries.items() if parcel != parcel_id), Decimal(0))

    def reserve(self, parcel_id: bytes, amount: Decimal, limits: Limits = USUAL_LIMITS) -> None:
        """Reserves a parcel's dutiable value in its buyer's year; an export has none. The same again changes nothing.

        A reservation of another amount or buyer gives way: its acceptance was never recorded, or there would be
        nothing to reserve for. Raises QuotaExceeded, which names the parcel, and QuotaMoveRefused for goods that
        were released already.
        """
        if parcel_id not in self._persons:
            return
        person = self._persons[parcel_id]
        kept = self._kept.get(parcel_id)
        before = None if kept is None else kept.entry
        if kept is not None and before is not None and (before.amount, kept.person) != (amount, person):
            if before.state is EntryState.Reserved:
                before = before.release()
            elif before.state is not EntryState.Released:
                raise QuotaMoveRefused(move=quota.QuotaMove.Reserve.value, state=before.state.value)
        try:
            entry = quota.reserve(before, amount, self.used_by(parcel_id), limits)
        except QuotaExceeded as exceeded:
            raise QuotaExceeded(**exceeded.details, parcels=[parcel_id.hex()]) from None
        if kept is not None and entry is kept.entry:
            return
        if kept is not None:
            self._years.get((kept.person, kept.year), {}).pop(parcel_id, None)
        fresh = KeptEntry(parcel_id, person, self._year, entry)
        self._kept[parcel_id] = self._changed[parcel_id] = fresh
        self._years.setdefault((person, self._year), {})[parcel_id] = fresh

    def save(self) -> None:
        store.save_entries(self._connection, self._changed.values(), self._at)
        self._changed = {}


def buyer_of(consortium_key: bytes, declaration: Document) -> bytes:
    """The key of the person whom a declaration names as buyer. Raises InvalidInput, without any number in it."""
    return key_of_number(
        consortium_key, declaration.head.get("buyerIdNumber", ""), f"{declaration.facts.head}.buyerIdNumber"
    )


def key_of_number(consortium_key: bytes, id_number: str, field: str) -> bytes:
    """A person's key. Raises InvalidInput that names the field, and nothing of what stands in it."""
    if not id_number.strip():
        raise InvalidInput(field=field, value="", rule="an identity number")
    return person_key(consortium_key, id_number)


def used_by(
    connection: Connection, consortium_key: bytes, declarations: Mapping[bytes, Document], at: int
) -> dict[bytes, Decimal]:
    """For each import what its buyer's other parcels count in the year of `at`."""
    imports = {parcel: one for parcel, one in declarations.items() if one.direction is Direction.Import}
    book = QuotaBook(connection, consortium_key, imports, at)
    return {parcel: book.used_by(parcel) for parcel in imports}


def reserve(
    connection: Connection,
    consortium_key: bytes,
    parcel_id: bytes,
    declaration: Document,
    amount: Decimal,
    limits: Limits,
    at: int,
) -> None:
    """As `QuotaBook.reserve`, for one parcel, and stored."""
    book = QuotaBook(connection, consortium_key, {parcel_id: declaration}, at)
    book.reserve(parcel_id, amount, limits)
    book.save()


def held_declarations(connection: Connection, parcel_ids: Sequence[bytes]) -> dict[bytes, Document]:
    """The import declarations of these parcels that are held here and not erased."""
    lists = import_lists(connection, parcel_ids)
    return {
        parcel: stored_document(lists[parcel].message_type, lists[parcel].fields)
        for parcel in dict.fromkeys(parcel_ids)
        if parcel in lists and lists[parcel].fields is not None
    }


def reserve_for_acceptance(
    connection: Connection,
    consortium_key: bytes,
    declarations: Mapping[bytes, Document],
    now: int,
    limits: Limits = USUAL_LIMITS,
) -> None:
    """Reserves for imports that are accepted by hand, by parcel: all of them or none.

    A parcel whose declaration is not held here is not counted here. Raises QuotaExceeded for the first that goes
    beyond its buyer's year, InvalidInput for one whose value cannot be told.
    """
    book = QuotaBook(connection, consortium_key, declarations, now)
    for parcel, declaration in declarations.items():
        book.reserve(parcel, dutiable_value(declaration), limits)
    book.save()


def withdraw(connection: Connection, parcel_ids: Sequence[bytes], now: int) -> None:
    """Gives back what was reserved for acceptances that will not be recorded; what was released stays committed."""
    reserved = [
        kept for kept in store.entries_of(connection, parcel_ids).values() if kept.entry.state is EntryState.Reserved
    ]
    store.save_entries(connection, [replace(kept, entry=kept.entry.release()) for kept in reserved], now)


def quota_view(gateway: Gateway, caller: Caller, id_number: str, year: int | None = None) -> dict[str, Any]:
    """As `account_of`, for customs: every district's, since a person's year is one. Raises Forbidden for others."""
    if not caller.bears(Role.Customs):
        raise Forbidden(action="read a person's quota", needed="the role of customs")
    with gateway.database.read() as connection:
        wanted = quota_year(gateway.now()) if year is None else year
        return account_of(connection, gateway.consortium_key, id_number, wanted)


def account_of(
    connection: Connection,
    consortium_key: bytes,
    id_number: str,
    year: int,
    limits: Limits = USUAL_LIMITS,
) -> dict[str, Any]:
    """A person's year as customs sees it; the number is not in it. Raises InvalidInput for an empty number.

    `over` is what the chain accepted beyond the limit, by hand or through another gateway.
    """
    person = key_of_number(consortium_key, id_number, "id_number")
    entries = sorted(store.entries_in(connection, [(person, year)]), key=lambda kept: (kept.updated_at, kept.parcel_id))
    account = QuotaAccount(person, year, {kept.parcel_id.hex(): kept.entry for kept in entries})
    left = limits.year - account.counted
    return {
        "year": year,
        "currency": "CNY",
        "limit": money(limits.year),
        "counted": money(account.counted),
        "reserved": money(account.reserved),
        "committed": money(account.committed),
        "left": money(max(left, Decimal(0))),
        "over": money(max(-left, Decimal(0))),
        "entries": [
            {
                "parcel_id": kept.parcel_id.hex(),
                "state": kept.entry.state.value,
                "amount": money(kept.entry.amount),
                "returned": money(kept.entry.returned),
                "counted": money(kept.entry.counted),
                "updated_at": iso(kept.updated_at),
            }
            for kept in entries
        ],
    }
