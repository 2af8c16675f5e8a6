"""Tax bills on a real database: made once for each released import, as customs writes them."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from backend.domain.documents import Document, document_of
from backend.domain.errors import Conflict, InvalidInput
from backend.domain.rates import example_rates
from backend.domain.tax import ConsumptionFormula
from backend.formats.ceb.receipts import RowValues, write_rows
from backend.services.simulation import simulate
from backend.services.tax_bills import Content, MadeBill, Released, is_full_tax, make_bills
from backend.store.tables import tax_bills
from tests.support.kept import NOON, Shelf, import_list, parcel

REFERENCE = Path(__file__).parents[2].parent / "shared" / "data" / "ceb"
OBSERVED_BILL = REFERENCE / "receipts" / "CEB816_tax.xml"

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
LIST_NO = "29242020I439440284"
#: 17:15:56 on 15 June 2020 in China, as the observed bill has it.
OBSERVED_AT = 1_592_212_556

A, B = map(parcel, range(2))


def release(shelf: Shelf, parcel_id: bytes, declaration: Document, list_no: str = LIST_NO) -> Released:
    document_id = shelf.keep(parcel_id, declaration)
    return Released(parcel_id, shelf.declare(parcel_id), document_id, declaration, list_no, OBSERVED_AT)


def make(shelf: Shelf, *released: Released) -> list[MadeBill]:
    return make_bills(shelf.connection, released, example_rates(), NOON)


def content_of(made: MadeBill) -> Content:
    assert made.reason is None
    assert made.content is not None
    return made.content


def written(receipt_type: str, *contents: Content) -> bytes:
    return write_rows(receipt_type, [RowValues(**content) for content in contents], GUID)


# ---------------------------------------------------------------------------------------------------
# As customs writes them


def test_the_observed_bill_comes_out_of_a_declaration_like_the_observed_one(shelf: Shelf) -> None:
    declaration = import_list("410.00", agentCode="330766K00Q", logisticsCode="11089609XE", customsCode="2924")
    (made,) = make(shelf, release(shelf, A, declaration))
    content = content_of(made)
    assert made.is_new
    assert re.fullmatch("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", content["head"].pop("guid"))
    assert content == {
        "head": {
            "returnTime": "20200615171556000",
            "invtNo": LIST_NO,
            "taxNo": f"{LIST_NO}_0",
            "customsTax": "0.00",
            "valueAddedTax": "37.31",
            "consumptionTax": "0.00",
            "status": "1",
            "assureCode": "330766K00Q",
            "ebcCode": "4401962010",
            "logisticsCode": "11089609XE",
            "agentCode": "330766K00Q",
            "customsCode": "2924",
        },
        "lines": [
            {
                "gnum": "1",
                "gcode": "2201101000",
                "taxPrice": "410.00",
                "customsTax": "0.00",
                "valueAddedTax": "37.31",
                "consumptionTax": "0.00",
            }
        ],
    }


@pytest.mark.skipif(not OBSERVED_BILL.is_file(), reason="the observed tax bill (../shared/data/ceb) is not here")
def test_every_figure_and_code_of_the_bill_that_customs_sent_is_made_here(shelf: Shelf) -> None:
    root = etree.parse(str(OBSERVED_BILL)).getroot()
    head, line = (
        {etree.QName(one).localname: one.text or "" for one in root.find(f".//{{*}}{name}")}
        for name in ("TaxHeadRd", "TaxListRd")
    )
    codes = ("assureCode", "ebcCode", "logisticsCode", "agentCode", "customsCode")
    declaration = import_list(line["taxPrice"], **{name: head[name] for name in codes})
    (made,) = make(shelf, release(shelf, A, declaration, head["invtNo"]))
    content = content_of(made)
    for name in (*codes, "invtNo", "taxNo", "status"):
        assert content["head"][name] == head[name]
    # The seconds are the release's; the milliseconds are customs' own.
    assert content["head"]["returnTime"][:14] == head["returnTime"][:14]
    for name in ("customsTax", "valueAddedTax", "consumptionTax"):
        assert Decimal(content["head"][name]) == Decimal(head[name])
        assert Decimal(content["lines"][0][name]) == Decimal(line[name])


@pytest.mark.parametrize("seed", range(3))
def test_bills_of_any_goods_are_valid_and_add_up(shelf: Shelf, seed: int) -> None:
    simulated = [one.documents["621"] for one in simulate(40, seed, "import").parcels]
    released = [
        release(shelf, parcel(number), declaration, f"22332026I{number:09d}")
        for number, declaration in enumerate(simulated)
    ]
    contents = [content_of(made) for made in make(shelf, *released)]
    assert len(contents) == len(simulated)
    for content in contents:
        assert len(content["lines"]) >= 1
        for name in ("customsTax", "valueAddedTax", "consumptionTax"):
            total = sum(Decimal(line[name]) for line in content["lines"])
            assert Decimal(content["head"][name]) == total
    assert len({content["head"]["guid"] for content in contents}) == len(contents)
    data = written("816", *contents)
    if REFERENCE.is_dir():
        _require_schema(data, "816")


def _require_schema(data: bytes, message_type: str) -> None:
    sys.path.insert(0, str(Path(__file__).parent / "formats"))
    from ceb_reference import schema_accepts

    assert schema_accepts(data, message_type)


def test_codes_that_the_declaration_leaves_out_are_left_out(shelf: Shelf) -> None:
    (made,) = make(shelf, release(shelf, A, import_list("10", assureCode="", logisticsCode="")))
    assert not {"assureCode", "logisticsCode"} & content_of(made)["head"].keys()
    assert written("816", content_of(made))


# ---------------------------------------------------------------------------------------------------
# Once


def test_a_bill_is_made_once_and_given_again_as_it_was(shelf: Shelf) -> None:
    released = release(shelf, A, import_list("410"))
    (first, same) = make(shelf, released, released)
    before = shelf.table(tax_bills)
    (again,) = make_bills(
        shelf.connection, [released._replace(is_full_tax=True, released_at=NOON)], example_rates(), NOON + 1
    )
    assert first.content == same.content == again.content
    assert (first.is_new, same.is_new, again.is_new) == (True, False, False)
    assert shelf.table(tax_bills) == before
    (row,) = before
    assert (row["tax_no"], row["status"], row["treatment"], row["formula"], row["rates_version"]) == (
        f"{LIST_NO}_0",
        1,
        "reduced",
        "composite",
        example_rates().version,
    )


def test_a_list_number_of_another_parcel_gives_no_bill(shelf: Shelf) -> None:
    mine, other = release(shelf, A, import_list("410")), release(shelf, B, import_list("410"))
    first, second = make(shelf, mine, other)
    assert first.content is not None
    assert isinstance(second.reason, Conflict)
    assert len(shelf.table(tax_bills)) == 1


def test_without_rate_or_number_there_is_a_reason_and_the_others_have_bills(shelf: Shelf) -> None:
    unknown = import_list("410", "5")
    unknown = document_of("621", unknown.head, [unknown.lines[0], {**unknown.lines[1], "gcode": "9999999999"}])
    no_rate, no_number, good = make(
        shelf,
        release(shelf, A, unknown, "22332026I000000001"),
        release(shelf, A, import_list("5"), ""),
        release(shelf, B, import_list("5"), "22332026I000000002"),
    )
    assert isinstance(no_rate.reason, InvalidInput)
    assert no_rate.reason.details["field"] == "InventoryList.2.gcode"
    assert no_rate.content is None
    assert isinstance(no_number.reason, InvalidInput)
    assert no_number.reason.details["field"] == "invtNo"
    assert good.content is not None
    assert [row["tax_no"] for row in shelf.table(tax_bills)] == ["22332026I000000002_0"]


def test_an_export_has_no_bill(shelf: Shelf) -> None:
    export = simulate(3, 3, "export").parcels[0].documents["603"]
    assert make(shelf, release(shelf, A, export)) == []


# ---------------------------------------------------------------------------------------------------
# How much


@pytest.mark.parametrize(
    ("prices", "full"), [(("5000",), False), (("5000.01",), True), (("25999.99",), True), (("3000", "3000"), False)]
)
def test_one_article_above_the_transaction_limit_is_taxed_in_full(prices: tuple[str, ...], full: bool) -> None:
    assert is_full_tax(import_list(*prices)) is full


def test_full_tax_is_the_whole_of_every_tax(shelf: Shelf) -> None:
    goods = import_list("6000")
    watch = document_of("621", goods.head, [{**goods.lines[0], "gcode": "9102110000"}])
    reduced = make(shelf, release(shelf, A, watch, "22332026I000000001"))[0]
    full = make(shelf, release(shelf, B, watch, "22332026I000000002")._replace(is_full_tax=True))[0]
    # duty 10 %, no consumption tax below its threshold, VAT 13 % of 6000 or of 6600
    taxes = ("customsTax", "valueAddedTax", "consumptionTax")
    assert [content_of(reduced)["head"][name] for name in taxes] == ["0.00", "546.00", "0.00"]
    assert [content_of(full)["head"][name] for name in taxes] == ["600.00", "858.00", "0.00"]
    assert [row["treatment"] for row in shelf.table(tax_bills)] == ["reduced", "full"]


def test_the_formula_is_the_operators_choice_and_is_kept(shelf: Shelf) -> None:
    taxed = next(rate for rate in example_rates().rates.values() if rate.consumption and rate.consumption_from is None)
    goods = import_list("800")
    wine = document_of("621", goods.head, [{**goods.lines[0], "gcode": taxed.hs}])
    by_formula = {
        formula: content_of(
            make_bills(
                shelf.connection,
                [release(shelf, parcel(number), wine, f"22332026I{number:09d}")],
                example_rates(),
                NOON,
                formula,
            )[0]
        )["head"]["valueAddedTax"]
        for number, formula in enumerate(ConsumptionFormula)
    }
    assert by_formula[ConsumptionFormula.Composite] > by_formula[ConsumptionFormula.ReducedBase]
    assert {row["formula"] for row in shelf.table(tax_bills)} == set(ConsumptionFormula)
