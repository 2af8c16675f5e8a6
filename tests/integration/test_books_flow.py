"""Bonded account books over HTTP on the real chain: stock in, lists that draw on it, counts, transfers, goods back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from backend.services.simulation import simulate
from tests.support.asking import is_problem
from tests.support.returning import DISTRICTS, Case
from tests.support.running import Ledger, running_ledger, until

KEEPER = "site_operator"

_books = count(1)
_documents = count(1)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    home: Path = tmp_path_factory.mktemp("books")
    with running_ledger(home) as made:
        yield made


def opened(ledger: Ledger, number: str, customs: str = "customs_pudong") -> str:
    ledger.post(customs, "/v1/books", {"number": number, "keeper_no": ledger.numbers[KEEPER]})
    return number


def fresh(ledger: Ledger) -> str:
    return opened(ledger, f"T223326A{next(_books):05d}")


def moved(ledger: Ledger, book: str, record: str, quantity: str, kind: str = "StockIn", role: str = KEEPER) -> Any:
    body: dict[str, Any] = {
        "kind": kind,
        "document": f"D-{next(_documents)}",
        "lines": [{"record_no": record, "qty": quantity}],
    }
    if kind in ("Surplus", "Shortage"):
        body["reason"] = "counted"
    return ledger.client(role).post(f"/v1/books/{book}/movements", json=body, params={"confirm": "true"})


def stock(ledger: Ledger, book: str, record: str, role: str = KEEPER) -> tuple[str, str, str]:
    records = {each["record_no"]: each for each in ledger.get(role, f"/v1/books/{book}")["records"]}
    each = records.get(record, {"on_hand": "0", "reserved": "0", "free": "0"})
    return each["on_hand"], each["reserved"], each["free"]


def test_stock_comes_in_is_counted_and_never_goes_below_nothing(ledger: Ledger) -> None:
    book = fresh(ledger)
    is_problem(
        ledger.client("customs_pudong").post("/v1/books", json={"number": book, "keeper_no": ledger.numbers[KEEPER]}),
        409,
        "Conflict",
    )
    is_problem(
        ledger.client("customs_pudong").post(
            "/v1/books", json={"number": "X1", "keeper_no": ledger.numbers["platform"]}
        ),
        403,
        "RoleMissing",
    )
    assert moved(ledger, book, "R1", "10.5").status_code == 200
    body = {"kind": "StockIn", "document": "ENTRY-1", "lines": [{"record_no": "R1", "qty": "2"}]}
    made = ledger.post(KEEPER, f"/v1/books/{book}/movements", body)
    assert ledger.post(KEEPER, f"/v1/books/{book}/movements", body)["operation_id"] == made["operation_id"]
    other = body | {"lines": [{"record_no": "R1", "qty": "3"}]}
    is_problem(ledger.client(KEEPER).post(f"/v1/books/{book}/movements", json=other), 409, "Conflict")
    assert stock(ledger, book, "R1") == ("12.5", "0", "12.5")

    # Who keeps and who counts are two; strangers read nothing.
    is_problem(moved(ledger, book, "R1", "1", role="customs_pudong"), 403, "MovementNotYours")
    is_problem(moved(ledger, book, "R1", "1", "Shortage"), 403, "MovementNotYours")
    for stranger in ("customs_suzhou", "platform"):
        is_problem(ledger.client(stranger).get(f"/v1/books/{book}"), 404, "NotFound")
        assert book not in {each["number"] for each in ledger.get(stranger, "/v1/books")["items"]}
    assert moved(ledger, book, "R1", "0.5", "Surplus", "customs_pudong").status_code == 200
    answer = moved(ledger, book, "R1", "13.00001", "Shortage", "customs_pudong")
    is_problem(answer, 409, "StockExceeded")
    assert (answer.json()["free"], answer.json()["asked"]) == ("13", "13.00001")
    is_problem(moved(ledger, book, "R2", "1", "Shortage", "customs_pudong"), 409, "StockExceeded")
    assert moved(ledger, book, "R1", "13", "Shortage", "customs_pudong").status_code == 200
    kinds = [each["kind"] for each in ledger.get(KEEPER, f"/v1/books/{book}/movements")["items"]]
    assert kinds == ["Shortage", "Surplus", "StockIn", "StockIn"]

    for lines, field in (
        ([{"record_no": "R1", "qty": "0"}], "qty"),
        ([{"record_no": "R1", "qty": "1"}, {"record_no": "R1", "qty": "2"}], "record_no"),
    ):
        refused = ledger.client(KEEPER).post(
            f"/v1/books/{book}/movements", json={"kind": "StockIn", "document": "BAD", "lines": lines}
        )
        is_problem(refused, 422, "InvalidInput")
        assert refused.json()["field"] == field
    assert stock(ledger, book, "R1") == ("0", "0", "0")
    ledger.post("customs_pudong", f"/v1/books/{book}/closure", None)
    is_problem(moved(ledger, book, "R1", "1"), 409, "BookClosed")


def test_goods_go_from_one_book_to_another_and_none_is_lost(ledger: Ledger) -> None:
    one, other = fresh(ledger), fresh(ledger)
    moved(ledger, one, "R1", "10")
    body = {"to": other, "document": "TR-1", "lines": [{"record_no": "R1", "qty": "4"}]}
    address = f"/v1/books/{one}/transfers"
    too_much = body | {"document": "TR-0", "lines": [{"record_no": "R1", "qty": "10.1"}]}
    is_problem(ledger.client(KEEPER).post(address, json=too_much), 409, "StockExceeded")
    is_problem(ledger.client(KEEPER).post(address, json=body | {"to": one}), 422, "InvalidInput")
    is_problem(ledger.client("platform").post(address, json=body), 404, "NotFound")
    made = ledger.post(KEEPER, address, body)
    assert ledger.post(KEEPER, address, body)["transfer_id"] == made["transfer_id"]
    assert (stock(ledger, one, "R1"), stock(ledger, other, "R1")) == (("6", "0", "6"), ("0", "0", "0"))
    is_problem(ledger.client("customs_pudong").post(f"/v1/books/{other}/closure"), 409, "BookNotEmpty")
    end = f"/v1/books/transfers/{made['transfer_id']}"
    is_problem(ledger.client("platform").post(f"{end}/acceptance"), 404, "NotFound")
    is_problem(ledger.client("customs_pudong").post(f"{end}/acceptance"), 403, "MovementNotYours")
    ledger.post(KEEPER, f"{end}/acceptance", None)
    is_problem(ledger.client(KEEPER).post(f"{end}/withdrawal"), 409, "TransferOver")
    assert (stock(ledger, one, "R1"), stock(ledger, other, "R1")) == (("6", "0", "6"), ("4", "0", "4"))
    again = ledger.post(KEEPER, address, body | {"document": "TR-2"})
    ledger.post("customs_pudong", f"/v1/books/transfers/{again['transfer_id']}/refusal", None)
    assert stock(ledger, one, "R1") == ("6", "0", "6")
    is_problem(ledger.client(KEEPER).post("/v1/books/transfers/999999/refusal"), 404, "NotFound")


def test_lists_draw_on_their_book_once_and_never_beyond_it(ledger: Ledger) -> None:
    first = Declared(ledger)
    opened(ledger, first.book, first.customs)
    for record, quantity in first.wanted.items():
        moved(ledger, first.book, record, f"{quantity + 1:f}")
    ledger.record(first.customs, "Acceptance", [first.parcel])
    for record, quantity in first.wanted.items():
        assert stock(ledger, first.book, record) == (f"{quantity + 1:f}", f"{quantity:f}", "1")
    # Another list that wants more than is left is refused, all of it.
    second = Declared(ledger, first)
    record, quantity = next(each for each in second.wanted.items() if each[1] > 1 or each[0] not in first.wanted)
    answer = ledger.client(first.customs).post(
        "/v1/records", json={"step": "Acceptance", "parcels": [second.parcel], "evidence": {"note": "by hand"}}
    )
    is_problem(answer, 409, "StockExceeded")
    assert answer.json()["book"] == first.book
    # What is reserved is nobody's to take away.
    held = next(iter(first.wanted))
    is_problem(moved(ledger, first.book, held, "1.5", "Shortage", first.customs), 409, "StockExceeded")
    moved(ledger, first.book, record, f"{quantity:f}")
    for other, wanted in second.wanted.items():
        if other != record:
            moved(ledger, first.book, other, f"{wanted:f}")
    ledger.record(first.customs, "Acceptance", [second.parcel])
    before = stock(ledger, first.book, held)
    ledger.record(first.customs, "Rejection", [second.parcel])
    until(lambda: Decimal(stock(ledger, first.book, held)[1]) <= Decimal(before[1]), "the rejected list gives back")
    until(lambda: stock(ledger, first.book, held)[1] == f"{first.wanted[held]:f}", "only the first list is waited for")
    ledger.record(first.customs, "Release", [first.parcel])
    until(lambda: stock(ledger, first.book, held)[1] == "0", "what was released is gone for good")
    on_hand, _, free = stock(ledger, first.book, held)
    assert on_hand == free


def test_returned_goods_are_stock_again_once_and_as_they_were_found(ledger: Ledger) -> None:
    case = Case(ledger, "import", "1210")
    declaration = case.simulated.declaration
    assert declaration is not None
    book, line = declaration.head["emsNo"], declaration.lines[0]
    if ledger.client(KEEPER).get(f"/v1/books/{book}").status_code == 404:
        opened(ledger, book, case.customs)
    record = line["itemRecordNo"]
    # Released before the book was opened: it took nothing, and nothing of it comes back.
    body = {
        "kind": "Returned",
        "document": "RET-0",
        "parcel_id": case.parcel,
        "lines": [{"record_no": record, "qty": "1"}],
    }
    is_problem(ledger.client(KEEPER).post(f"/v1/books/{book}/movements", json=body), 409, "GoodsNotBack")

    later = Declared(ledger, district=case.simulated.customs_code)
    for each, quantity in later.wanted.items():
        moved(ledger, later.book, each, f"{quantity:f}")
    ledger.record(later.customs, "Acceptance", [later.parcel])
    ledger.record(later.customs, "Release", [later.parcel])
    returned = Returning(later)
    record = next(iter(later.wanted))
    until(lambda: stock(ledger, later.book, record)[1] == "0", "what was released is gone")
    before = Decimal(stock(ledger, later.book, record)[0])
    body = {
        "kind": "Returned",
        "document": "RET-1",
        "parcel_id": later.parcel,
        "lines": [{"record_no": record, "qty": f"{later.wanted[record]:f}"}],
    }
    address = f"/v1/books/{later.book}/movements"
    is_problem(ledger.client(KEEPER).post(address, json=body), 409, "GoodsNotBack")
    returned.come_back()
    ledger.record(later.customs, "ReturnVerified", [later.parcel])
    ledger.indexed(later.parcel, lambda view: view["state"] == "Returned")
    ledger.post(KEEPER, address, body)
    assert Decimal(stock(ledger, later.book, record)[0]) == before + later.wanted[record]
    twice = ledger.client(KEEPER).post(address, json=body | {"document": "RET-2"})
    is_problem(twice, 409, "GoodsNotBack")


def test_the_automatic_account_turns_away_what_the_book_does_not_hold(ledger: Ledger) -> None:
    made = Declared(ledger)
    if ledger.client(KEEPER).get(f"/v1/books/{made.book}").status_code == 404:
        opened(ledger, made.book, made.customs)
    for record in made.wanted:
        free = stock(ledger, made.book, record)[2]
        if free != "0":
            assert moved(ledger, made.book, record, free, "Shortage", made.customs).status_code == 200
    address = f"/v1/matching/{made.simulated.customs_code}"
    settings = {"version": f"books-{made.book}", "automatic": True}
    assert ledger.client(made.customs).put(address, json=settings).status_code == 201
    try:
        view = ledger.indexed(made.parcel, lambda one: one["state"] == "Rejected", made.customs)
        assert view["examination"]["rules"] == ["M22"]
    finally:
        ledger.client(made.customs).put(address, json=settings | {"version": "books-off", "automatic": False})
    assert all(stock(ledger, made.book, record)[1:] == ("0", "0") for record in made.wanted)


class Declared:
    """A bonded import just declared and attested."""

    def __init__(self, ledger: Ledger, like: Declared | None = None, *, district: str | None = None) -> None:
        self.ledger = ledger
        wanted_district = like.simulated.customs_code if like else district
        for seed in _seeds:
            made = simulate(1, seed, "import", 0.0, barred=())
            one = made.parcels[0]
            if one.trade_mode == "1210" and wanted_district in (None, one.customs_code):
                break
        self.made, self.simulated = made, one
        (self.parcel,) = ledger.send(made)
        ledger.indexed(self.parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
        self.customs = DISTRICTS[one.customs_code]
        declaration = one.declaration
        assert declaration is not None
        self.book = declaration.head["emsNo"]
        self.wanted: dict[str, Decimal] = {}
        for line in declaration.lines:
            record = line["itemRecordNo"]
            self.wanted[record] = self.wanted.get(record, Decimal(0)) + Decimal(line["qty"])


class Returning(Case):
    """A released bonded import, from where it stands."""

    def __init__(self, declared: Declared) -> None:
        self.ledger, self.made, self.simulated = declared.ledger, declared.made, declared.simulated
        self.parcel, self.customs = declared.parcel, declared.customs
        self.lines = declared.simulated.declaration.lines if declared.simulated.declaration else ()


_seeds = count(81_000)
