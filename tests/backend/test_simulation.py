"""Simulated message sets: the same from the same seed, consistent, valid, labelled, and about nobody."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from backend.domain.roster import ROSTER, SELLER_TO_BAR, by_code, enterprise, with_role
from backend.formats.ceb.checks import check_document
from backend.formats.ceb.messages import parse_message
from backend.services.simulation import KINDS, Anomaly, Expected, Mode, simulate
from tests.support.simulated import MODES, SETS

#: What is turned away by itself, whatever came before it.
MALFORMED = {Anomaly.MalformedTime, Anomaly.QuantityWithoutUnit}


@pytest.mark.parametrize("mode", MODES)
def test_same_seed_gives_the_same_bytes_and_another_seed_other_numbers(mode: Mode) -> None:
    one, same, other = (simulate(40, seed, mode, 0.2) for seed in (1, 1, 2))
    assert [message.data for message in one.messages] == [message.data for message in same.messages]
    assert {p.order_no for p in one.parcels}.isdisjoint({p.order_no for p in other.parcels})


@pytest.mark.parametrize("mode", MODES)
def test_a_parcel_does_not_depend_on_how_many_follow(mode: Mode) -> None:
    assert simulate(9, 1, mode, 0.2).parcels == simulate(30, 1, mode, 0.2).parcels[:9]


@pytest.mark.parametrize("mode", MODES)
def test_every_document_is_read_back_and_one_in_order_without_a_fault_or_a_warning(mode: Mode) -> None:
    for message in SETS[mode].messages:
        parsed = parse_message(message.data)
        assert len(parsed.documents) == len(message.parcels) <= 100
        for index, document in zip(message.parcels, parsed.documents, strict=True):
            parcel = SETS[mode].parcels[index]
            assert document.faults == ()
            assert document.to_document() == parcel.documents[message.type]
            faults = check_document(document)
            if parcel.anomaly is None:
                assert faults == ()
            is_wrong = parcel.anomaly in MALFORMED and message.type in ("621", "603")
            assert is_wrong == any(fault.level == "error" for fault in faults), parcel.anomaly


@pytest.mark.parametrize("mode", MODES)
def test_a_set_holds_every_anomaly_of_its_direction_and_no_more_than_its_share(mode: Mode) -> None:
    found = Counter(parcel.anomaly for parcel in SETS[mode].parcels)
    assert 0.25 < 1 - found[None] / 800 < 0.36
    whole = {parcel.anomaly for seed in range(3) for parcel in simulate(800, seed, mode, 0.5).parcels}
    assert whole == {None, *KINDS[mode]}


@pytest.mark.parametrize("mode", MODES)
def test_a_label_tells_the_outcome_and_the_rules_of_its_anomaly(mode: Mode) -> None:
    for parcel in SETS[mode].parcels:
        if parcel.anomaly is None:
            assert (parcel.expected, parcel.expected_rules) == (Expected.Matched, frozenset())
            continue
        kind = KINDS[mode][parcel.anomaly]
        assert (parcel.expected, parcel.expected_rules) == (kind.expected, kind.rules)
        assert not kind.modes or parcel.trade_mode in kind.modes


@pytest.mark.parametrize("mode", MODES)
def test_a_message_has_one_sender_and_names_it(mode: Mode) -> None:
    for message in SETS[mode].messages:
        parsed = parse_message(message.data)
        assert parsed.transfer.cop_code == message.sender.customs_code
        assert {d.to_document().sender_code for d in parsed.documents} == {message.sender.customs_code}


@pytest.mark.parametrize("mode", MODES)
def test_numbers_are_unique_but_for_duplicates_and_sellers_repeat(mode: Mode) -> None:
    parcels = SETS[mode].parcels
    guids = Counter(d.head["guid"] for parcel in parcels for d in parcel.documents.values())
    assert set(guids.values()) == {1}
    keys = Counter(document.business_key for parcel in parcels for document in parcel.documents.values())
    orders = Counter(parcel.order_no for parcel in parcels)
    anomalies = Counter(parcel.anomaly for parcel in parcels)
    assert sum(count - 1 for count in keys.values()) == anomalies[Anomaly.DuplicateWaybill] > 0
    assert sum(count - 1 for count in orders.values()) == anomalies[Anomaly.DuplicateDeclaration] > 0
    assert max(keys.values()) == max(orders.values()) == 2
    assert max(Counter(parcel.seller for parcel in parcels).values()) > 20


@pytest.mark.parametrize("mode", MODES)
def test_what_a_duplicate_repeats_is_sent_before_it(mode: Mode) -> None:
    waybill, declaration = ("511", "621") if mode == "import" else ("505", "603")
    sent: dict[str, list[int]] = {
        each: [index for message in SETS[mode].messages_of(each) for index in message.parcels]
        for each in (waybill, declaration)
    }
    parcels = SETS[mode].parcels
    for parcel in parcels:
        if parcel.anomaly is Anomaly.DuplicateDeclaration:
            kind, first = declaration, next(p for p in parcels if p.order_no == parcel.order_no)
        elif parcel.anomaly is Anomaly.DuplicateWaybill:
            key = parcel.documents[waybill].business_key
            kind, first = (
                waybill,
                next(p for p in parcels if waybill in p.documents and p.documents[waybill].business_key == key),
            )
        else:
            continue
        assert first.anomaly is None
        assert sent[kind].index(first.index) < sent[kind].index(parcel.index)


def test_an_order_is_declared_again_by_another_declarant_where_there_is_one() -> None:
    second = replace(enterprise("declarant"), key="declarant_2", uscc="", customs_code="9901969998")
    parcels = simulate(400, 5, "import", 0.5, (*ROSTER, second)).parcels
    again = [parcel for parcel in parcels if parcel.anomaly is Anomaly.DuplicateDeclaration]
    assert {parcel.senders["621"] for parcel in again} == {"declarant_2"}
    assert {parcel.documents["621"].sender_code for parcel in again} == {"9901969998"}


@pytest.mark.parametrize("mode", MODES)
def test_barred_and_unknown_sellers_appear_only_where_labelled(mode: Mode) -> None:
    for parcel in SETS[mode].parcels:
        assert (parcel.seller == SELLER_TO_BAR) == (parcel.anomaly is Anomaly.BarredSeller)
        assert (parcel.seller is None) == (parcel.anomaly is Anomaly.UnknownEnterprise)
        if parcel.declaration is None:
            continue
        known = by_code(parcel.declaration.seller_code or "")
        assert (known.key if known else None) == parcel.seller


def test_every_seller_trades_where_nobody_is_barred_yet() -> None:
    parcels = simulate(400, 3, "export", 0.5, barred=()).parcels
    assert {p.seller for p in parcels if p.anomaly is None} == {s.key for s in with_role("Seller")}
    assert Anomaly.BarredSeller not in {p.anomaly for p in parcels}


def test_written_set_holds_the_messages_and_a_label_for_each_parcel(tmp_path: Path) -> None:
    simulated = simulate(120, 9, "import", 0.2)
    paths = simulated.write_set(tmp_path / "set")
    every = [message.file_name for message in (*simulated.messages, *simulated.notices)]
    assert [path.name for path in paths] == [*every, "labels.json"]
    assert (tmp_path / "set" / "CEB311-0001.xml").read_bytes() == simulated.messages[0].data
    labels = json.loads((tmp_path / "set" / "labels.json").read_text(encoding="utf-8"))
    assert labels["sending_order"] == every
    assert [row["order_no"] for row in labels["parcels"]] == [parcel.order_no for parcel in simulated.parcels]
    assert {row["expected"] for row in labels["parcels"]} <= {each.value for each in Expected}
    for row, parcel in zip(labels["parcels"], simulated.parcels, strict=True):
        assert (row["anomaly"], row["expected_rules"]) == (parcel.anomaly, sorted(parcel.expected_rules))
        assert ("joined_rules" in row) == (parcel.joined_rules is not None)
    assert any(row["expected_rules"] for row in labels["parcels"])


@pytest.mark.parametrize("arguments", [(-1, 1), (1_000_001, 1)])
def test_impossible_numbers_of_parcels_are_refused(arguments: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="parcels"):
        simulate(*arguments)


def test_impossible_share_of_anomalies_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        simulate(1, 1, "import", 1.5)
