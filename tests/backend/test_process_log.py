"""The event log as it is read: just what the read model has, for just whom it is for, and not more than fits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import Profile, Sets, Step
from backend.domain.participants import Role
from backend.domain.process import Header, Log, Place, RedundancyKind, Trace, redundancies_of
from backend.services import mining
from backend.services.access import Caller, Scope
from backend.services.mining import Period, read_log
from backend.store import readmodel
from backend.store.database import Database
from tests.support.cast import make_database, opened
from tests.support.lives import IMPORT, ORIGIN, PORT, REPEATED, TRANSIT, header, lived

GOVERNANCE = Caller(1, None, frozenset({Scope.governance}), "governance")
SINCE = 1_790_000_000


def customs(district: int) -> Caller:
    return Caller(2, 9, frozenset({Scope.authority}), "customs", 1 << Role.Customs, district)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    make_database(tmp_path / "log.db")
    with opened(tmp_path / "log.db") as database:
        yield database


def keep(database: Database, *traces: Trace, ids: Sequence[bytes] | None = None) -> None:
    """Puts the traces of one manifest into the read model; with the parcel ids given, or ids of their own."""
    head: Header = traces[0].header
    parcels = list(ids or (hashlib.sha256(head.manifest + bytes([at])).digest() for at in range(head.size)))
    sets = Sets.declared(head.size)
    row = {
        "manifest": head.manifest,
        "seller_no": head.seller_no,
        "declarant_no": head.declarant_no,
        "declaring_district": head.declaring_district,
        "port_district": head.port_district,
        "supervision_mode": head.supervision_mode,
        "direction": int(head.direction),
        "size": head.size,
        "declared_at": traces[0].events[0].at,
        "root": b"r" * 32,
        "head": b"h" * 32,
        "sets": readmodel.blob_of(sets),
        "occupied": readmodel.occupied(sets),
        "block": traces[0].events[0].block,
    }
    together: dict[tuple[int, int], dict[str, object]] = {}
    for trace in traces:
        for event in trace.events:
            made = together.setdefault(
                (event.block, event.log_index),
                {
                    "step": int(event.step),
                    "participant_no": event.participant_no,
                    "parcels": 0,
                    "evidence": b"e" * 32,
                    "head": b"h" * 32,
                    "at": event.at,
                    "block": event.block,
                    "log_index": event.log_index,
                    "transaction_hash": b"t" * 32,
                },
            )
            made["parcels"] = int(str(made["parcels"])) | trace.parcels
    with database.write() as connection:
        number = readmodel.insert_manifest(connection, row, parcels)
        rows = [together[key] for key in sorted(together)]
        for one in rows:
            one |= {"manifest_row": number, "parcels": readmodel.word(int(str(one["parcels"])))}
        readmodel.insert_records(connection, rows)


def read(database: Database, caller: Caller = GOVERNANCE, period: Period | None = None) -> Log:
    with database.read() as connection:
        return read_log(connection, caller, period or Period())


def test_the_log_is_what_the_read_model_has_up_to_its_cursor(database: Database) -> None:
    whole = lived(header(1, Profile.ExportByTransit, 3), TRANSIT, parcels=0b011, block=10)
    early = lived(whole.header, TRANSIT[:3], parcels=0b100, block=10)
    other = lived(header(2, Profile.ImportDirect), IMPORT, block=100)
    keep(database, whole, early)
    keep(database, other)
    assert read(database).block is None
    with database.write() as connection:
        readmodel.set_cursor(connection, readmodel.Cursor(150, b"c" * 32, SINCE + 9000))
    log = read(database)
    assert log.traces == (whole, early, other)
    assert (log.block, log.at, log.repeats, log.earlier) == (150, SINCE + 9000, {}, ())


def test_customs_sees_what_passes_its_district_and_a_period_and_a_district_narrow_it(database: Database) -> None:
    transit = lived(header(1, Profile.ExportByTransit), TRANSIT, block=10, since=SINCE)
    at_port = lived(header(2, Profile.ImportDirect), IMPORT, block=100, since=SINCE + 5000)
    keep(database, transit)
    keep(database, at_port)
    assert read(database, customs(ORIGIN)).traces == (transit,)
    assert read(database, customs(PORT)).traces == (transit, at_port)
    assert read(database, customs(2908)).traces == ()
    assert read(database, GOVERNANCE, Period(district=ORIGIN)).traces == (transit,)
    assert read(database, GOVERNANCE, Period(since=SINCE, until=SINCE)).traces == (transit,)
    assert read(database, GOVERNANCE, Period(since=SINCE + 1)).traces == (at_port,)
    assert read(database, customs(ORIGIN), Period(since=SINCE + 1)).traces == ()
    with pytest.raises(InvalidInput, match="until"):
        Period(since=2, until=1)


def test_a_parcel_in_two_manifests_is_found_even_where_the_first_is_older_than_the_period(database: Database) -> None:
    parcel = b"\7" * 32
    first = lived(header(1, Profile.ImportDirect, 2), IMPORT, block=10, parcels=0b11)
    second = lived(header(2, Profile.ImportDirect, 2), IMPORT, block=100, since=SINCE + 5000, parcels=0b11)
    keep(database, first, ids=[parcel, b"\1" * 32])
    keep(database, second, ids=[b"\2" * 32, parcel])
    for period in (Period(), Period(since=SINCE + 5000)):
        log = read(database, GOVERNANCE, period)
        assert log.repeats == {parcel: (Place(first.header.manifest, 0), Place(second.header.manifest, 1))}
        (found,) = redundancies_of(log)
        assert (found.kind, found.parcels) == (RedundancyKind.DuplicateDeclaration, 0b10)
    assert log.earlier == (first,)
    assert redundancies_of(read(database, GOVERNANCE, Period(until=SINCE + 4999))) == ()


def test_a_parcel_declared_anew_after_its_rejection_is_no_duplicate(database: Database) -> None:
    parcel = b"\7" * 32
    rejected = lived(header(1, Profile.ImportDirect), (Step.Declaration, Step.OrderAttested, Step.Rejection), block=10)
    keep(database, rejected, ids=[parcel])
    keep(database, lived(header(2, Profile.ImportDirect), IMPORT, block=100, since=SINCE + 5000), ids=[parcel])
    log = read(database)
    assert parcel in log.repeats
    assert redundancies_of(log) == ()


def test_a_log_that_is_too_large_is_refused_and_not_cut(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(database, lived(header(1, Profile.ExportByTransit), REPEATED, block=10))
    monkeypatch.setattr(mining, "MOST_RECORDS", len(REPEATED))
    assert read(database).events == len(REPEATED)
    monkeypatch.setattr(mining, "MOST_RECORDS", len(REPEATED) - 1)
    with pytest.raises(InvalidInput, match="since"):
        read(database)
