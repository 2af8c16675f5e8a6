"""What the rules need to know beside the documents, gathered for many parcels at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from backend.domain.documents import Document, DocumentKind
from backend.domain.lifecycle import Direction, Flag
from backend.domain.matching import Context, MatchingConfig, SignatureFact, enterprise_codes, tax_expected
from backend.domain.participants import Role, roles_in
from backend.services.rulebook import EVERY_DISTRICT, Tariff, configs_of, tariff_of
from backend.services.stock import Shelves
from backend.store import comparison, readmodel
from backend.store.database import Connection
from backend.store.parcel_queries import sets_of
from backend.store.profiles import names_of, numbers_of_codes

#: What the buyer's other parcels count to the year, by parcel and declaration; None where that is not known.
Used = Callable[[bytes, Document], Decimal | None]

ARRIVAL, MASTER = "Arrival", "MasterWaybill"


@dataclass
class Parcel:
    """The documents that are judged together, with what was found of their signatures (by message type)."""

    parcel_id: bytes | None
    documents: dict[DocumentKind, Document]
    signatures: dict[str, SignatureFact] = field(default_factory=dict)

    @property
    def declaration(self) -> Document | None:
        return self.documents.get(DocumentKind.Declaration)

    @property
    def district(self) -> int:
        """Whose settings count; before the declaration is there those of every district."""
        code = (self.declaration.customs_code or "") if self.declaration else ""
        return int(code) if len(code) == 4 and code.isascii() and code.isdigit() else EVERY_DISTRICT


class Facts:
    """The facts of many parcels: a handful of queries, however many parcels there are."""

    def __init__(self, connection: Connection, parcels: Iterable[Parcel], used: Used) -> None:
        self._used = used
        given = list(parcels)
        self.configs: Mapping[int, MatchingConfig] = configs_of(connection, {each.district for each in given})
        self._tariff: Tariff = tariff_of(connection)
        imports = [doc for each in given for doc in each.documents.values() if doc.direction is Direction.Import]
        self._enterprises = _enterprises(connection, imports)
        declared = [each for each in given if each.declaration is not None]
        self._reports = _Reports(connection, declared)
        self._shelves = Shelves(
            connection, {each.parcel_id: each.declaration for each in declared if each.parcel_id and each.declaration}
        )
        unreported = (each.parcel_id for each in declared if each.parcel_id and not self._reports.name(each))
        self._arrived = _arrived(connection, unreported)

    def config_of(self, parcel: Parcel) -> MatchingConfig:
        return self.configs[parcel.district]

    def of(self, parcel: Parcel) -> Context:
        """Everything that this gateway knows of one parcel's documents."""
        declaration, config = parcel.declaration, self.config_of(parcel)
        is_export = any(each.direction is Direction.Export for each in parcel.documents.values())
        listed = self._reports.of(parcel, has_arrived=parcel.parcel_id in self._arrived)
        if is_export:
            return Context(signatures=parcel.signatures, arrivals=listed[ARRIVAL], masters=listed[MASTER])
        used = self._used(parcel.parcel_id, declaration) if parcel.parcel_id and declaration else None
        bill = tax_expected(declaration, self._tariff.rates, config, used) if declaration else None
        return Context(
            goods=self._tariff.goods,
            enterprises=self._enterprises,
            signatures=parcel.signatures,
            arrivals=listed[ARRIVAL],
            stock=self._shelves.quantities_for(parcel.parcel_id, declaration)
            if parcel.parcel_id and declaration
            else None,
            used_this_year=used,
            tax_due=bill.totals.total if bill else None,
            rates_version=self._tariff.rates.version,
        )


class _Reports:
    """Which bills the arrivals and master waybills name for each waybill."""

    def __init__(self, connection: Connection, parcels: Iterable[Parcel]) -> None:
        places = [place for each in parcels if (place := _place(each)) is not None]
        self._of_waybill: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._whole_bills: set[tuple[str, str]] = set()
        bills = {bill for _, _, bill in places if bill}
        for row in comparison.reported(connection, [key for key, _, _ in places], bills):
            bill = (row.bill_no or "").strip()
            if row.waybill_key is None:
                self._whole_bills.add((row.kind, bill))
            else:
                self._of_waybill[row.kind, row.waybill_key].add(bill)

    def name(self, parcel: Parcel) -> bool:
        """Whether an arrival that is known here lists the parcel."""
        return bool(self.of(parcel, has_arrived=False)[ARRIVAL])

    def of(self, parcel: Parcel, *, has_arrived: bool) -> dict[str, dict[str, str]]:
        """Kind of notice → waybill number → bill number, the declared one where several are named.

        A parcel whose arrival stands on the chain alone was reported elsewhere: nothing says of it that its bill is
        another one.
        """
        place = _place(parcel)
        listed: dict[str, dict[str, str]] = {ARRIVAL: {}, MASTER: {}}
        if place is None:
            return listed
        key, number, bill = place
        for kind, found in listed.items():
            named = self._of_waybill.get((kind, key), set())
            if bill in named or (kind, bill) in self._whole_bills or (not named and kind == ARRIVAL and has_arrived):
                found[number] = bill
            elif named:
                # The empty one, of goods by post, comes first.
                found[number] = min(named)
        return listed


def _place(parcel: Parcel) -> tuple[str, str, str] | None:
    """The declaration's waybill, as notices key it and by its number, and its bill."""
    declaration = parcel.declaration
    if declaration is None or declaration.waybill_reference is None:
        return None
    code, number = declaration.waybill_reference
    return f"{code.strip()}|{number.strip()}", number.strip(), declaration.head.get("billNo", "").strip()


def _enterprises(connection: Connection, documents: Iterable[Document]) -> dict[str, frozenset[Role]]:
    """The registered ones among the enterprises that documents name, with their roles."""
    numbers = numbers_of_codes(connection, {code for each in documents for code in enterprise_codes(each)})
    names = names_of(connection, set(numbers.values()))
    return {code: frozenset(roles_in(names[number].roles)) for code, number in numbers.items() if number in names}


def _arrived(connection: Connection, parcel_ids: Iterable[bytes]) -> set[bytes]:
    """The parcels of which the chain says that they have arrived."""
    places = readmodel.places_of(connection, list(parcel_ids))
    return {
        parcel for parcel, (newest, *_) in places.items() if Flag.Arrived in sets_of(newest).flags_of(newest.position)
    }
