"""What becomes of tax bills: collected when nothing can come back any more, void where it did, told once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backend.domain.documents import Document
from backend.domain.lifecycle import Sets, State, Step
from backend.domain.notices import notice_of
from backend.domain.rates import example_rates
from backend.formats.ceb.receipts import RowValues, write_rows
from backend.services.tax_bills import Released, make_bills
from backend.services.tax_settling import BillNews, settle_bills, void_bills
from backend.store import readmodel
from backend.store.tables import documents, tax_bills
from tests.support.kept import DAY, NOON, Shelf, import_list, parcel

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
A, B = map(parcel, range(2))
LIST_NO = {A: "22332026I000000001", B: "22332026I000000002"}


def billed(shelf: Shelf, parcel_id: bytes = A, declaration: Document | None = None) -> None:
    """An import that was released at noon, with its bill."""
    declaration = declaration or import_list("410")
    document_id = shelf.keep(parcel_id, declaration)
    manifest = shelf.declare(parcel_id)
    take(shelf, Step.Acceptance, Step.Release, parcel_id=parcel_id)
    released = Released(parcel_id, manifest, document_id, declaration, LIST_NO[parcel_id], NOON)
    (made,) = make_bills(shelf.connection, [released], example_rates(), NOON)
    assert made.is_new


def take(shelf: Shelf, *steps: Step, day: int = 0, parcel_id: bytes = A) -> None:
    for step in steps:
        shelf.step(parcel_id, step, NOON + day * DAY)


def put(shelf: Shelf, state: State) -> None:
    """Has the parcel stand elsewhere than its records say, as after a block that went away."""
    place = readmodel.places_of(shelf.connection, [A])[A][0]
    sets = Sets(1)
    sets.words[state] = 1
    readmodel.update_manifest(shelf.connection, place.id, bytes(32), sets)


def settle(shelf: Shelf, day: int) -> list[BillNews]:
    return settle_bills(shelf.connection, NOON + day * DAY)


def void(shelf: Shelf, day: int = 60) -> list[BillNews]:
    return void_bills(shelf.connection, [A, B], NOON + day * DAY)


def statuses(shelf: Shelf) -> dict[object, object]:
    return {row["tax_no"]: row["status"] for row in shelf.table(tax_bills)}


def apply_for(shelf: Shelf, *lines: tuple[str, str]) -> None:
    head = {"agentCode": "3122600001", "copNo": "R1", "appType": "1", "appStatus": "2"}
    notice = notice_of("625", head, [{"gnum": gnum, "qty": quantity} for gnum, quantity in lines])
    shelf.keep(A, notice, "ReturnRequest")


FIRST = f"{LIST_NO[A]}_0"
REMAINDER = f"{LIST_NO[A]}_1"


# ---------------------------------------------------------------------------------------------------
# Collected


@pytest.mark.parametrize("steps", [(), (Step.Delivery,), (Step.Delivery, Step.Closure)])
def test_a_bill_is_collected_on_the_day_after_the_last_day_to_apply(shelf: Shelf, steps: tuple[Step, ...]) -> None:
    billed(shelf)
    take(shelf, *steps, day=2)
    assert settle(shelf, 30) == []
    (news,) = settle(shelf, 31)
    assert (news.receipt_type, news.parcel_id, news.tax_no) == ("818", A, FIRST)
    head = news.content["head"]
    assert (head["status"], head["taxNo"], head["invtNo"], head["assureCode"]) == (
        "2",
        FIRST,
        LIST_NO[A],
        "330766K00Q",
    )
    assert head["returnTime"] == "20260401120000000"
    assert statuses(shelf) == {FIRST: 2}
    assert settle(shelf, 31) == settle(shelf, 300) == []


def test_days_are_counted_as_in_china(shelf: Shelf) -> None:
    billed(shelf)
    # noon to one minute before and at midnight, thirty days on
    midnight = NOON + 30 * DAY + DAY // 2
    assert settle_bills(shelf.connection, midnight - 60) == []
    assert len(settle_bills(shelf.connection, midnight)) == 1


@pytest.mark.parametrize(
    ("steps", "collected"),
    [
        # asked for in time: there is hope until the goods should be back
        (((Step.ReturnRequested, 30),), 46),
        (((Step.ReturnRequested, 30), (Step.ReturnApproved, 31)), 46),
        # asked for too late
        (((Step.ReturnRequested, 31),), 31),
        # refused, and nothing is pending any more
        (((Step.ReturnRequested, 20), (Step.ReturnRefused, 25)), 31),
        # back too late
        (((Step.ReturnRequested, 20), (Step.ReturnApproved, 25), (Step.ReturnArrived, 46)), 46),
        (
            (
                (Step.ReturnRequested, 20),
                (Step.ReturnApproved, 25),
                (Step.ReturnArrived, 46),
                (Step.ReturnVerified, 50),
            ),
            46,
        ),
    ],
)
def test_a_return_holds_a_bill_back_while_it_can_be_in_time(
    shelf: Shelf, steps: tuple[tuple[Step, int], ...], collected: int
) -> None:
    billed(shelf)
    for step, day in steps:
        if day < collected:
            take(shelf, step, day=day)
    assert settle(shelf, collected - 1) == []
    for step, day in steps:
        if day >= collected:
            take(shelf, step, day=day)
    assert [news.content["head"]["status"] for news in settle(shelf, collected)] == ["2"]


def test_goods_that_are_back_in_time_are_not_collected_while_they_are_looked_at(shelf: Shelf) -> None:
    billed(shelf)
    take(shelf, Step.ReturnRequested, Step.ReturnApproved, day=20)
    take(shelf, Step.ReturnArrived, day=45)
    assert settle(shelf, 90) == []
    take(shelf, Step.ReturnVerified, day=91)
    assert settle(shelf, 92) == []
    assert [news.content["head"]["status"] for news in void(shelf, 92)] == ["3"]


def test_without_the_bills_manifest_nothing_is_decided(shelf: Shelf) -> None:
    billed(shelf)
    readmodel.clear(shelf.connection)
    assert settle(shelf, 90) == void(shelf, 90) == []
    # declared anew, the parcel's other manifest says nothing of this bill
    shelf.declare(A)
    take(shelf, Step.Acceptance, Step.Release)
    assert settle(shelf, 90) == []


def test_a_release_that_went_away_waits_for_its_return(shelf: Shelf) -> None:
    billed(shelf)
    put(shelf, State.Accepted)
    assert settle(shelf, 90) == []
    take(shelf, Step.Release)
    assert len(settle(shelf, 90)) == 1


def test_more_bills_than_one_reading_holds_are_collected_in_one_go(shelf: Shelf) -> None:
    declaration = import_list("410")
    released = []
    for number in range(1_203):
        parcel_id = parcel(number)
        manifest = shelf.declare(parcel_id)
        take(shelf, Step.Acceptance, Step.Release, parcel_id=parcel_id)
        released.append(Released(parcel_id, manifest, 1, declaration, f"22332026I{number:09d}", NOON + number % 7))
    make_bills(shelf.connection, released, example_rates(), NOON)
    news = settle(shelf, 40)
    assert len({one.tax_no for one in news}) == len(news) == 1_203
    assert set(statuses(shelf).values()) == {2}


# ---------------------------------------------------------------------------------------------------
# Void


def returned(shelf: Shelf) -> None:
    take(shelf, Step.ReturnRequested, Step.ReturnApproved, day=10)
    take(shelf, Step.ReturnArrived, Step.ReturnVerified, day=20)


def test_what_came_back_in_time_is_not_taxed(shelf: Shelf) -> None:
    billed(shelf)
    billed(shelf, B)
    returned(shelf)
    (news,) = void(shelf, 20)
    assert (news.receipt_type, news.parcel_id, news.content["head"]["status"]) == ("818", A, "3")
    assert statuses(shelf) == {FIRST: 3, f"{LIST_NO[B]}_0": 1}
    assert void(shelf, 21) == []
    assert [news.parcel_id for news in settle(shelf, 90)] == [B]


def test_what_came_back_late_stays_taxed(shelf: Shelf) -> None:
    billed(shelf)
    take(shelf, Step.ReturnRequested, Step.ReturnApproved, day=10)
    take(shelf, Step.ReturnArrived, Step.ReturnVerified, day=46)
    assert void(shelf) == []
    assert len(settle(shelf, 60)) == 1


def test_goods_that_went_abroad_are_not_taxed(shelf: Shelf) -> None:
    billed(shelf)
    put(shelf, State.ReturnedAbroad)
    assert [news.content["head"]["status"] for news in void(shelf)] == ["3"]


def test_of_a_part_that_came_back_the_rest_is_taxed(shelf: Shelf) -> None:
    billed(shelf, A, import_list("410", "100", "30"))
    apply_for(shelf, ("1", "1"), ("2", "0.5"))
    returned(shelf)
    status, bill = void(shelf, 20)
    assert (status.receipt_type, status.tax_no, status.content["head"]["status"]) == ("818", FIRST, "3")
    assert (bill.receipt_type, bill.tax_no) == ("816", REMAINDER)
    prices = [line["taxPrice"] for line in bill.content["lines"]]
    taxes = [line["valueAddedTax"] for line in bill.content["lines"]]
    # 9.1 % of 100.00 and of 30.00; half of the 9.10 came back
    assert (prices, taxes) == (["0.00", "50.00", "30.00"], ["0.00", "4.55", "2.73"])
    assert bill.content["head"]["valueAddedTax"] == "7.28"
    assert [line["gnum"] for line in bill.content["lines"]] == ["1", "2", "3"]
    assert bill.content["head"]["status"] == "1"
    assert bill.content["head"]["guid"] != shelf.table(tax_bills)[0]["bill"]["head"]["guid"]
    assert void(shelf, 21) == []
    assert statuses(shelf) == {FIRST: 3, REMAINDER: 1}
    assert settle(shelf, 30) == []
    assert [news.tax_no for news in settle(shelf, 31)] == [REMAINDER]
    assert void(shelf, 32) == []


def test_an_application_for_everything_leaves_no_bill(shelf: Shelf) -> None:
    billed(shelf, A, import_list("410", "100"))
    apply_for(shelf, ("1", "1"), ("2", "1"))
    returned(shelf)
    assert len(void(shelf)) == 1
    assert statuses(shelf) == {FIRST: 3}


def test_without_the_declaration_all_of_it_came_back(shelf: Shelf) -> None:
    billed(shelf, A, import_list("410", "100"))
    apply_for(shelf, ("1", "1"))
    returned(shelf)
    shelf.connection.execute(documents.update().where(documents.c.kind == "Declaration").values(fields=None))
    assert len(void(shelf)) == 1


# ---------------------------------------------------------------------------------------------------
# As customs writes it


def test_what_is_told_is_valid(shelf: Shelf) -> None:
    billed(shelf, A, import_list("410", "100"))
    billed(shelf, B, import_list("5", assureCode=""))
    apply_for(shelf, ("2", "1"))
    returned(shelf)
    told = void(shelf, 20) + settle(shelf, 60)
    assert [news.receipt_type for news in told] == ["818", "816", "818", "818"]
    for receipt_type in ("816", "818"):
        rows = [RowValues(**news.content) for news in told if news.receipt_type == receipt_type]
        assert write_rows(receipt_type, rows, GUID)
    guids = [news.content["head"]["guid"] for news in told]
    assert len(set(guids)) == 4
    assert sum(Decimal(line["taxPrice"]) for line in told[1].content["lines"]) == 410
