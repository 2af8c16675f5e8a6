"""Simulated message sets: the same from the same seed, consistent, valid, labelled, and about nobody."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from stdnum import ean
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from backend.domain.matching import match
from backend.domain.participants import Role
from backend.domain.roster import ROSTER, SELLER_TO_BAR, by_code, customs_of, enterprise, with_role
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.messages import parse_message
from backend.services.simulation import Anomaly, Expected, Mode, SimulatedSet, simulate
from backend.services.simulation.catalogue import DESTINATIONS, EXPORTED, IMPORTED

REFERENCE = Path(__file__).parents[2].parent / "shared" / "data" / "ceb"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="customs' published schemas and code tables (../shared/data/ceb) are not here"
)

MODES: tuple[Mode, ...] = ("import", "export")
SETS: dict[Mode, SimulatedSet] = {mode: simulate(250, 7, mode, 0.3) for mode in MODES}


@pytest.mark.parametrize("mode", MODES)
def test_same_seed_gives_the_same_bytes_and_another_seed_other_numbers(mode: Mode) -> None:
    one, same, other = (simulate(40, seed, mode, 0.2) for seed in (1, 1, 2))
    assert [message.data for message in one.messages] == [message.data for message in same.messages]
    assert {p.order_no for p in one.parcels}.isdisjoint({p.order_no for p in other.parcels})


@pytest.mark.parametrize("mode", MODES)
def test_a_parcel_does_not_depend_on_how_many_follow(mode: Mode) -> None:
    assert simulate(9, 1, mode, 0.2).parcels == simulate(30, 1, mode, 0.2).parcels[:9]


@needs_reference
@pytest.mark.parametrize("mode", MODES)
def test_every_message_is_valid_for_customs_schema(mode: Mode) -> None:
    schema = etree.XMLSchema(etree.parse(str(REFERENCE / "xsd" / f"{mode}.xsd")))
    for message in SETS[mode].messages:
        assert schema.validate(etree.fromstring(message.data)), schema.error_log


@pytest.mark.parametrize("mode", MODES)
def test_every_document_is_read_back_without_a_fault_or_a_warning(mode: Mode) -> None:
    for message in SETS[mode].messages:
        parsed = parse_message(message.data)
        assert len(parsed.documents) == len(message.parcels) <= 100
        for index, document in zip(message.parcels, parsed.documents, strict=True):
            assert document.faults == ()
            assert check_document(document) == ()
            assert document.to_document() == SETS[mode].parcels[index].documents[message.type]


@pytest.mark.parametrize("mode", MODES)
def test_matching_finds_exactly_the_labelled_differences(mode: Mode) -> None:
    types = ("621", "311", "411", "511") if mode == "import" else ("603", "303", "403", "505")
    found = Counter()
    for parcel in SETS[mode].parcels:
        declaration, order, payment, waybill = (parcel.documents.get(kind) for kind in types)
        assert declaration is not None
        outcome = match(declaration, order, payment, waybill).outcome.value
        # What the chain or the registry refuses is in order as far as its documents go.
        expected = "matched" if parcel.expected is Expected.Refused else parcel.expected.value
        assert outcome == expected
        found[parcel.anomaly] += 1
    assert 0.2 < 1 - found[None] / 250 < 0.4
    if mode == "import":
        assert found.keys() == {None, *Anomaly}


@pytest.mark.parametrize("mode", MODES)
def test_a_message_has_one_sender_and_names_it(mode: Mode) -> None:
    for message in SETS[mode].messages:
        parsed = parse_message(message.data)
        assert parsed.transfer.cop_code == message.sender.customs_code
        assert {d.to_document().sender_code for d in parsed.documents} == {message.sender.customs_code}


@pytest.mark.parametrize("mode", MODES)
def test_numbers_are_unique_and_sellers_repeat(mode: Mode) -> None:
    parcels = SETS[mode].parcels
    keys = Counter(document.business_key for parcel in parcels for document in parcel.documents.values())
    assert set(keys.values()) == {1}
    guids = Counter(d.head["guid"] for parcel in parcels for d in parcel.documents.values())
    assert set(guids.values()) == {1}
    assert max(Counter(parcel.seller for parcel in parcels).values()) > 20


@pytest.mark.parametrize("mode", MODES)
def test_barred_and_unknown_sellers_appear_only_where_labelled(mode: Mode) -> None:
    for parcel in SETS[mode].parcels:
        assert (parcel.seller == SELLER_TO_BAR) == (parcel.anomaly is Anomaly.BarredSeller)
        assert (parcel.seller is None) == (parcel.anomaly is Anomaly.UnknownEnterprise)
        declaration = parcel.documents["621" if mode == "import" else "603"]
        known = by_code(declaration.seller_code or "")
        assert (known.key if known else None) == parcel.seller


def test_every_seller_trades_where_nobody_is_barred_yet() -> None:
    parcels = simulate(400, 3, "export", 0.5, barred=()).parcels
    assert {p.seller for p in parcels if p.anomaly is None} == {s.key for s in with_role("Seller")}
    assert Anomaly.BarredSeller not in {p.anomaly for p in parcels}


def test_imports_mix_both_modes_and_exports_leave_through_pudong() -> None:
    imports = {(p.trade_mode, p.customs_code, p.port_code) for p in SETS["import"].parcels}
    assert imports == {("9610", "2233", "2233"), ("1210", "2303", "2303"), ("1210", "2908", "2908")}
    exports = {(p.trade_mode, p.customs_code, p.port_code) for p in SETS["export"].parcels}
    assert exports == {("9610", code, "2233") for code in ("2233", "2303", "2908")}


def test_imports_stay_below_the_limit_of_one_transaction() -> None:
    assert max(Decimal(p.documents["311"].head["acturalPaid"]) for p in SETS["import"].parcels) <= 5000


def test_people_are_shaped_right_and_cannot_exist() -> None:
    for parcel in SETS["import"].parcels:
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
    for parcel in SETS[mode].parcels:
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


@needs_reference
def test_units_countries_and_districts_are_customs_codes() -> None:
    def codes(name: str) -> set[str]:
        rows = json.loads((REFERENCE / "codes" / f"customs_{name}_2019.json").read_text(encoding="utf-8"))
        return {row["code"] for row in rows}

    units, countries, districts = codes("units"), codes("countries"), codes("districts")
    for goods in (*IMPORTED, *EXPORTED):
        assert {goods.unit, goods.unit1, goods.unit2 or goods.unit} <= units
        assert goods.country in countries
        assert re.fullmatch(r"\d{10}", goods.gcode)
        assert Decimal(0) < goods.net_kg
        assert 0 < goods.low < goods.high
    assert len(IMPORTED) + len(EXPORTED) >= 40
    assert countries.issuperset(DESTINATIONS)
    assert {"2233", "2303", "2908"} <= districts


def test_written_set_holds_the_messages_and_a_label_for_each_parcel(tmp_path: Path) -> None:
    simulated = simulate(120, 9, "import", 0.1)
    paths = simulated.write_set(tmp_path / "set")
    assert {path.name for path in paths} == {message.file_name for message in simulated.messages} | {"labels.json"}
    assert (tmp_path / "set" / "CEB311-0001.xml").read_bytes() == simulated.messages[0].data
    labels = json.loads((tmp_path / "set" / "labels.json").read_text(encoding="utf-8"))
    assert [row["order_no"] for row in labels["parcels"]] == [parcel.order_no for parcel in simulated.parcels]
    assert {row["expected"] for row in labels["parcels"]} <= {each.value for each in Expected}
    assert all((row["anomaly"] is None) == (row["expected"] == "matched") for row in labels["parcels"])


@pytest.mark.parametrize("arguments", [(-1, 1), (1_000_001, 1)])
def test_impossible_numbers_of_parcels_are_refused(arguments: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="parcels"):
        simulate(*arguments)


def test_impossible_share_of_anomalies_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        simulate(1, 1, "import", 1.5)
