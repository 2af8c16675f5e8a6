"""Original payment records as JSON: what is read, what is kept, and every wrong field by its path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.checked_json import MOST_FAULTS
from backend.domain.errors import InvalidInput, MessageTooLarge
from backend.domain.payment_records import ASKED, MOST_BYTES, is_same_record, read_record
from backend.services.simulation import simulate
from tests.support.payment_records import ACCOUNT, body_of, changed, record_for

_PARCEL = simulate(3, 5, "import", 0.0, barred=()).parcels[0]
GOOD = record_for(_PARCEL.documents["311"], _PARCEL.documents["411"], "S-1")
HEAD, LIST = "payExchangeInfoHead", "payExchangeInfoLists.0"


def faults_of(body: bytes) -> dict[str, dict[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        read_record(body)
    return {fault["field"]: fault for fault in refused.value.details["faults"]}


def test_everything_is_kept_as_it_was_sent_in_the_order_of_the_announcement() -> None:
    fields = read_record(body_of(GOOD)).to_fields()
    found = dict(fields)
    assert found[f"{HEAD}.initalRequest"] == GOOD[HEAD]["initalRequest"]
    assert len(found[f"{HEAD}.initalRequest"]) > 1_000
    assert found["payExchangeInfoLists.1.recpAccount"] == ACCOUNT
    assert found["payExchangeInfoLists.1.goodsInfo.1.gname"] == _PARCEL.documents["311"].lines[0]["itemName"]
    assert found["signValue"] == "c2lnbmVk"
    assert [path for path, _ in fields][:3] == ["sessionID", f"{HEAD}.guid", f"{HEAD}.initalRequest"]
    leaves = sum(isinstance(value, str) for value in GOOD.values()) + len(GOOD[HEAD])
    leaves += sum(4 + 2 * len(order["goodsInfo"]) for order in GOOD["payExchangeInfoLists"])
    assert len(fields) == leaves


def test_all_that_the_announcement_asks_for_is_in_a_record() -> None:
    names = {path.rpartition(".")[2] for path, _ in read_record(body_of(GOOD)).to_fields()}
    assert set(ASKED) <= names


@pytest.mark.parametrize(("written", "kept"), [("100", "100"), ("100.50", "100.50"), ('"0.13"', "0.13"), ("0", "0")])
def test_an_amount_is_a_number_or_its_text_and_keeps_its_digits(written: str, kept: str) -> None:
    body = body_of(changed(GOOD, f"{HEAD}.totalAmount", "AMOUNT")).replace(b'"AMOUNT"', written.encode())
    assert read_record(body).head["totalAmount"] == kept


@pytest.mark.parametrize("value", ["", None, ...])
def test_a_note_may_be_left_out(value: Any) -> None:
    assert read_record(body_of(changed(GOOD, f"{HEAD}.note", value))).head["note"] == ""


@pytest.mark.parametrize("name", ["guid", "initalRequest", "initalResponse", "verDept", "payType"])
def test_what_is_empty_is_for_the_comparison_and_what_is_missing_is_refused(name: str) -> None:
    assert read_record(body_of(changed(GOOD, f"{HEAD}.{name}", ""))).head[name] == ""
    assert faults_of(body_of(changed(GOOD, f"{HEAD}.{name}", ...))).keys() == {f"{HEAD}.{name}"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sessionID", ...),
        ("sessionID", ""),
        ("sessionID", "x" * 37),
        ("serviceTime", "１５４４５１９９５２４６９"),
        ("serviceTime", "now"),
        ("serviceTime", 1544519952469),
        ("certNo", None),
        ("signValue", "x" * 4001),
        (f"{HEAD}.ebpCode", " "),
        (f"{HEAD}.ebpCode", 9901960005),
        (f"{HEAD}.payCode", "9" * 19),
        (f"{HEAD}.payTransactionId", ["P1"]),
        (f"{HEAD}.payTransactionId", 1.5),
        (f"{HEAD}.payTransactionId", True),
        (f"{HEAD}.totalAmount", ...),
        (f"{HEAD}.totalAmount", None),
        (f"{HEAD}.totalAmount", "１００"),
        (f"{HEAD}.totalAmount", "1e3"),
        (f"{HEAD}.totalAmount", 1e22),
        (f"{HEAD}.totalAmount", -1),
        (f"{HEAD}.totalAmount", True),
        (f"{HEAD}.totalAmount", 10**400),
        (f"{HEAD}.totalAmount", 0.123456),
        (f"{HEAD}.totalAmount", float("nan")),
        (f"{HEAD}.totalAmount", float("inf")),
        (f"{HEAD}.note", float("nan")),
        (f"{HEAD}.currency", "CNY"),
        (f"{HEAD}.currency", "１４２"),
        (f"{HEAD}.currency", 142),
        (f"{HEAD}.verDept", 3),
        (f"{HEAD}.verDept", "NETS"),
        (f"{HEAD}.tradingTime", "２０２６０３０２０９０１０６"),
        (f"{HEAD}.tradingTime", "20260230000000"),
        (f"{HEAD}.tradingTime", "2026-03-02 09:"),
        (f"{HEAD}.initalRequest", {"a": {"b": {"c": "d"}}}),
        (f"{HEAD}.initalResponse", "x" * 100_001),
        (f"{HEAD}.guid", "\ud800"),
        ("payExchangeInfoLists", []),
        ("payExchangeInfoLists", {}),
        ("payExchangeInfoLists", "none"),
        ("payExchangeInfoLists", [GOOD["payExchangeInfoLists"][0]] * 101),
        (f"{LIST}.orderNo", ...),
        (f"{LIST}.orderNo", "x" * 61),
        (f"{LIST}.goodsInfo", []),
        (f"{LIST}.goodsInfo", [{"gname": "a", "itemLink": ""}] * 201),
        (f"{LIST}.goodsInfo.0.gname", ""),
        (f"{LIST}.goodsInfo.0.itemLink", 7),
        (f"{LIST}.recpAccount", ...),
        (f"{LIST}.recpCode", "x" * 19),
        (f"{LIST}.recpName", 0),
    ],
)
def test_a_wrong_field_is_named_by_its_path_in_both_languages(path: str, value: Any) -> None:
    faults = faults_of(json.dumps(changed(GOOD, path, value)).encode())
    expected = path.replace("payExchangeInfoLists.0", "payExchangeInfoLists[0]").replace("goodsInfo.0", "goodsInfo[0]")
    assert faults.keys() == {expected}
    (fault,) = faults.values()
    assert fault["zh"].startswith(f"字段 {expected}：")
    assert fault["en"] == f"Field {expected}: {fault['rule']}"
    # The rule itself is in Chinese, too.
    assert any("\u4e00" <= letter <= "\u9fff" for letter in fault["zh"].partition("：")[2])


def test_every_fault_is_named_not_only_the_first() -> None:
    wrong = changed(changed(changed(GOOD, "certNo", 1), f"{HEAD}.currency", "x"), f"{LIST}.goodsInfo.0.gname", None)
    paths = {"certNo", f"{HEAD}.currency", "payExchangeInfoLists[0].goodsInfo[0].gname"}
    assert faults_of(body_of(wrong)).keys() == paths


def test_a_field_that_nobody_knows_is_refused_without_its_value() -> None:
    faults = faults_of(body_of(changed(GOOD, f"{LIST}.nickname", "张三 330102188001010011")))
    assert faults.keys() == {"payExchangeInfoLists[0].nickname"}
    assert "330102" not in str(faults)


@pytest.mark.parametrize("path", [f"{HEAD}.initalRequest", f"{HEAD}.initalResponse", f"{LIST}.recpAccount"])
@pytest.mark.parametrize("value", [6222020200112233445, {"account": ACCOUNT}, [ACCOUNT], ACCOUNT * 6000])
def test_no_fault_shows_what_is_personal(path: str, value: Any) -> None:
    assert ACCOUNT not in str(faults_of(body_of(changed(GOOD, path, value))))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe{",
        json.dumps(GOOD).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"totalAmount": ' + b"1" * 5_000 + b"}",
        b'{"sessionID": "1", "sessionID": "2"}',
    ],
)
def test_what_is_no_json_object_is_refused_as_such(body: bytes) -> None:
    assert faults_of_any(body) == "$"


def faults_of_any(body: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_record(body)
    return str(refused.value.details["field"])


def test_a_text_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(MessageTooLarge):
        read_record(body_of(GOOD) + b" " * MOST_BYTES)


def test_faults_are_listed_up_to_a_bound() -> None:
    many = {f"field{number}": 1 for number in range(20_000)}
    assert len(faults_of(body_of(GOOD | many))) == MOST_FAULTS


@pytest.mark.parametrize("path", ["sessionID", "serviceTime", "signValue", f"{HEAD}.guid"])
def test_what_a_transmission_changes_makes_no_other_record(path: str) -> None:
    first, again = read_record(body_of(GOOD)), read_record(body_of(changed(GOOD, path, "7")))
    assert is_same_record(first.to_fields(), again.to_fields())


@pytest.mark.parametrize(
    ("path", "value"),
    [(f"{HEAD}.totalAmount", 1), (f"{HEAD}.initalResponse", "other"), (f"{LIST}.recpAccount", "1"), ("certNo", "1")],
)
def test_another_content_is_another_record(path: str, value: Any) -> None:
    first, other = read_record(body_of(GOOD)), read_record(body_of(changed(GOOD, path, value)))
    assert not is_same_record(first.to_fields(), other.to_fields())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_PATHS = st.sampled_from(
    list(GOOD)
    + [f"{HEAD}.{name}" for name in GOOD[HEAD]]
    + [f"{LIST}.{name}" for name in GOOD["payExchangeInfoLists"][0]]
    + [f"{LIST}.goodsInfo.0", f"{LIST}.goodsInfo.0.gname"]
)


@given(path=_PATHS, value=_JSON)
def test_whatever_stands_in_a_field_is_read_or_refused_by_name(path: str, value: Any) -> None:
    body = json.dumps(changed(GOOD, path, value)).encode()
    try:
        record = read_record(body)
    except InvalidInput as refused:
        fields = [fault["field"] for fault in refused.details["faults"]]
        top = path.partition(".")[0]
        assert all(field.startswith(top) for field in fields)
        json.dumps(refused.details).encode()
    else:
        assert all(isinstance(text, str) and text.encode() is not None for _, text in record.to_fields())
