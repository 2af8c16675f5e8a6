"""Event logs as files: what the standards ask for, every step in them once, and nobody named."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import orjson

from backend.domain.instants import iso
from backend.domain.lifecycle import Profile, Step
from backend.domain.participants import Role
from backend.domain.process import Log, Recording, traces_of
from backend.formats.event_logs import NamedLog, ocel, role_of, xes
from tests.support.event_logs import check_ocel, check_xes
from tests.support.lives import REPEATED, header, lived


def named(kind: str, value: bytes) -> str:
    return f"{kind}-{hashlib.sha256(kind.encode() + value).hexdigest()[:12]}"


def made() -> NamedLog:
    """A manifest whose parcels part ways, one that went through whole, and a parcel that is in both."""
    split = header(1, Profile.ImportDirect, 3)
    records = [
        (Recording(Step.Declaration, 1_790_000_000, 7, 5, 0), 0b111),
        (Recording(Step.OrderAttested, 1_790_000_060, 2, 6, 0), 0b111),
        (Recording(Step.Rejection, 1_790_000_120, 9, 7, 0), 0b010),
    ]
    whole = lived(header(2, Profile.ExportByTransit, 2), REPEATED, parcels=0b11, block=30)
    ids = [number.to_bytes(32, "big") for number in range(5)]
    traces = (*traces_of(split, records), whole)
    parcels = {split.manifest: ids[:3], whole.header.manifest: [ids[1], ids[4]]}
    return NamedLog(Log(traces), parcels, named)


def test_the_ocel_log_is_what_the_specification_asks_for_and_repeats_to_the_byte() -> None:
    document = ocel(made())
    check_ocel(document)
    check_ocel(json.loads(orjson.dumps(document)))
    assert orjson.dumps(document) == orjson.dumps(ocel(made()))


def test_an_ocel_event_is_a_record_of_the_ledger_with_all_its_parcels() -> None:
    document = ocel(made())
    kinds = Counter(one["type"] for one in document["events"])
    assert kinds == Counter(step.name for step in (*REPEATED, Step.Declaration, Step.OrderAttested, Step.Rejection))
    by_type = {one["type"]: one for one in document["events"][:3]}
    parcels = {
        name: [each["objectId"] for each in one["relationships"] if each["qualifier"] == "parcel"]
        for name, one in by_type.items()
    }
    ids = [number.to_bytes(32, "big") for number in range(5)]
    assert parcels["Declaration"] == [named("Parcel", one) for one in ids[:3]]
    assert parcels["Rejection"] == [named("Parcel", ids[1])]
    assert by_type["Declaration"]["time"] == "2026-09-21T14:13:20Z"
    objects = {one["id"]: one for one in document["objects"]}
    again = objects[named("Parcel", ids[1])]
    assert len(again["relationships"]) == 2, "declared in two manifests, and one object"
    assert objects[named("Customs", (9).to_bytes(4, "big"))]["type"] == "Customs"


def test_the_xes_log_has_what_the_standard_asks_for_and_a_trace_a_parcel() -> None:
    log = check_xes(xes(made()))
    traces = log.findall("trace")
    assert len(traces) == 5
    assert sum(len(trace.findall("event")) for trace in traces) == made().log.events
    for trace in traces:
        times = [one.get("value") for one in trace.iter("date")]
        assert times == sorted(times)
    last = [one.get("value") for one in traces[-1].findall("event/string[@key='concept:name']")]
    assert last[12:14] == ["Reinspection", "InspectionPassedAtPort"]
    (first, *_) = traces[0].findall("event")
    said = {one.get("key"): one.get("value") for one in first}
    assert said["org:resource"] == named("Declarant", (7).to_bytes(4, "big"))
    assert said["time:timestamp"] == iso(1_790_000_000)


def test_no_number_and_no_id_of_the_chain_stands_in_a_file() -> None:
    log = made()
    ids = [one.hex() for parcels in log.parcel_ids.values() for one in parcels]
    ids += [one.hex() for one in log.parcel_ids]
    for data in (orjson.dumps(ocel(log)), xes(log)):
        assert not [one for one in ids if one.encode() in data]
        assert b"participant_no" not in data
        assert b"block" not in data


def test_every_step_is_taken_in_a_role() -> None:
    assert {role_of(step) for step in Step} <= {role.name for role in Role} | {"Reporter"}


def test_an_empty_log_is_a_file_too() -> None:
    empty = NamedLog(Log(()), {}, named)
    check_ocel(ocel(empty))
    assert check_xes(xes(empty)).findall("trace") == []
