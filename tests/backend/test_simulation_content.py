"""What simulated parcels are made of: modes, limits, taxes, people and codes that belong to nobody."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from decimal import Decimal

import pytest
from stdnum import ean
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from backend.domain.participants import Role
from backend.domain.quota import USUAL_LIMITS
from backend.domain.rates import example_rates
from backend.domain.roster import ROSTER, by_code, customs_of, enterprise, with_role
from backend.domain.tax import dutiable_value, tax_bill
from backend.services.simulation import Anomaly, Mode
from tests.support.simulated import MODES, SETS, in_order


def test_imports_mix_both_modes_and_exports_leave_through_pudong() -> None:
    imports = {(p.trade_mode, p.customs_code, p.port_code) for p in SETS["import"].parcels}
    assert imports == {("9610", "2233", "2233"), ("1210", "2303", "2303"), ("1210", "2908", "2908")}
    exports = {(p.trade_mode, p.customs_code, p.port_code) for p in SETS["export"].parcels}
    everywhere = {(mode, code, "2233") for mode in ("9610", "9710", "9810") for code in ("2233", "2303", "2908")}
    assert exports == everywhere | {("1210", "2303", "2233"), ("1210", "2908", "2233")}


def test_exports_say_what_their_mode_asks_for() -> None:
    types = {"9610": "E", "1210": "E", "9710": "B", "9810": "W"}
    with_receipt = Counter()
    for parcel in in_order("export"):
        assert parcel.documents["303"].head["orderType"] == types[parcel.trade_mode]
        with_receipt[parcel.trade_mode, "403" in parcel.documents] += 1
        is_bonded = parcel.trade_mode == "1210"
        declaration = parcel.documents["603"]
        assert all((name in declaration.head) == is_bonded for name in ("emsNo", "iacCode", "iacName"))
        assert all(("itemRecordNo" in line) == is_bonded for line in declaration.lines)
        assert (declaration.head["statisticsFlag"] == "A") == (parcel.trade_mode == "9610")
    assert with_receipt["1210", False] == 0 < with_receipt["1210", True] < with_receipt["9610", True]
    assert with_receipt["9610", True] < with_receipt["9610", False]


def test_imports_stay_within_the_limit_of_one_transaction_and_withhold_the_tax_that_is_due() -> None:
    for parcel in in_order("import"):
        declaration, order = parcel.documents["621"], parcel.documents["311"].head
        assert dutiable_value(declaration) <= USUAL_LIMITS.transaction
        assert Decimal(order["taxTotal"]) == tax_bill(declaration, example_rates()).totals.total


def test_one_buyer_in_some_sets_buys_until_the_years_limit_breaks_and_no_other_comes_near() -> None:
    bought: dict[str, Decimal] = {}
    broken = 0
    for parcel in SETS["import"].parcels:
        declaration = parcel.declaration
        if declaration is None or parcel.anomaly not in (None, Anomaly.OverYearLimit):
            continue
        buyer = declaration.head["buyerIdNumber"]
        value = bought.get(buyer, Decimal(0)) + dutiable_value(declaration)
        assert (value > USUAL_LIMITS.year) == (parcel.anomaly is Anomaly.OverYearLimit)
        if parcel.anomaly is None:
            bought[buyer] = value
        broken += parcel.anomaly is Anomaly.OverYearLimit
    assert broken > 0


def test_people_are_shaped_right_and_cannot_exist() -> None:
    for parcel in in_order("import"):
        head = parcel.documents["311"].head
        number = head["buyerIdNumber"]
        assert re.fullmatch(r"99\d{4}188\d{8}[\dX]", number)
        assert mod_11_2.is_valid(number)
        assert datetime.strptime(number[6:14], "%Y%m%d").year < 1890
        assert re.fullmatch(r"000\d{8}", head["buyerTelephone"])
        assert head["buyerName"].startswith("示例")
        assert head["consigneeAddress"].startswith("示例省虚构市")


@pytest.mark.parametrize("mode", MODES)
def test_waybills_and_bar_codes_have_right_check_digits_and_no_owner(mode: Mode) -> None:
    for parcel in in_order(mode):
        number = parcel.documents["511" if mode == "import" else "505"].logistics_no or ""
        assert re.fullmatch(r"[A-Z]{2}\d{9}ZZ", number)
        weighted = sum(int(d) * w for d, w in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
        assert int(number[10]) == {10: 0, 11: 5}.get(11 - weighted % 11, 11 - weighted % 11)
        for line in parcel.documents["311" if mode == "import" else "303"].lines:
            assert ean.is_valid(line["barCode"])
            assert line["barCode"].startswith("29")


def test_roster_has_valid_unique_codes_of_a_region_that_does_not_exist() -> None:
    assert len({each.uscc for each in ROSTER}) == len({each.customs_code for each in ROSTER}) == len(ROSTER)
    for each in ROSTER:
        assert uscc.is_valid(each.uscc)
        assert each.uscc[2:8] == "990000"
        assert re.fullmatch(r"99\d{8}", each.customs_code)
        assert set(each.roles) <= set(Role.__members__)
        assert enterprise(each.key) is by_code(each.uscc) is by_code(each.customs_code) is each
    assert [office and office.key for office in map(customs_of, ("2233", "2303", "2908", "0000"))] == [
        "customs_pudong",
        "customs_suzhou",
        "customs_jiaxing",
        None,
    ]
    assert len(with_role("Seller")) == 12
    assert len(with_role("Logistics")) == 2
