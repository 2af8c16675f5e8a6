"""Statistics: the count by columns equals the straight count on any ledger; periods are Beijing's; nothing is lost."""

from __future__ import annotations

import io
import random
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.calendar import CHINA
from backend.domain.documents import document_of
from backend.domain.lifecycle import Profile, Step
from backend.domain.process import Recording
from backend.domain.statistics import (
    Dimension,
    Figures,
    Line,
    ListFacts,
    Lived,
    Times,
    list_facts,
    never_arrived,
    repeated,
    spelled,
    straight_count,
)
from backend.statistics import Columns, as_csv, as_parquet
from tests.support.lives import IMPORT, TRANSIT, header, wander

D = Dimension
NOON = int(datetime(2026, 12, 31, 12, tzinfo=CHINA).timestamp())
SOME_LINE = Line("33", "116", "", "142", 10_000_000)


def manifest(number: int, steps: Any, lists: dict[int, ListFacts], at: int = NOON, **more: Any) -> Lived:
    """A manifest of two parcels that took the same steps, a minute apart."""
    profile = more.pop("profile", Profile.ImportDirect)
    records = tuple((Recording(step, at + 60 * n, 3, n, 0), 0b11) for n, step in enumerate(steps))
    ids = tuple(bytes([number, index]) * 16 for index in range(2))
    return Lived(header(number, profile, 2), more.pop("counted", 0b11), records, more.pop("ids", ids), lists)


@st.composite
def ledgers(draw: Any) -> list[Lived]:
    """Manifests whose parcels part ways, with lists of many kinds, some unknown, some out of sight."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    ledger = []
    for number in range(draw(st.integers(0, 5))):
        size, profile = chance.randint(1, 12), chance.choice(list(Profile))
        every = (1 << size) - 1
        at = NOON + chance.randint(-(10**6), 10**6)
        records = [(Recording(Step.Declaration, at, 3, number, 0), every)]
        rest = every
        for part in (chance.getrandbits(size), every):
            moved, rest = part & rest, rest & ~part
            now = at
            for step in wander(chance.getrandbits(20), profile, chance.randint(1, 25))[1:]:
                now += chance.choice((0, 1, 60, 86_400))
                if moved:
                    records.append((Recording(step, now, 3, number, len(records)), moved))
        pick = chance.choice
        lists = {
            index: ListFacts(
                pick(("P1", "P2", "")),
                pick((None, 0, 123_456, 10**17 - 1)),
                tuple(
                    Line(pick(("33", "85", "")), pick(("116", "")), pick(("502", "")), pick(("142", "502", "")),
                         pick((None, 0, 7, 10**17 - 1)))
                    for _ in range(chance.randint(1, 3))
                ),
            )
            for index in range(size) if chance.random() < 0.8
        }  # fmt: skip
        ids = tuple(number.to_bytes(16, "big") + index.to_bytes(16, "big") for index in range(size))
        ledger.append(Lived(header(number, profile, size), chance.getrandbits(size), tuple(records), ids, lists))
    return ledger


@settings(max_examples=120)
@given(ledgers(), st.lists(st.sampled_from(list(Dimension)), max_size=4, unique=True))
def test_the_count_by_columns_equals_the_straight_count(ledger: list[Lived], by: list[Dimension]) -> None:
    assert Columns(ledger).count(by) == straight_count(ledger, by)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-12-31T23:59:59+08:00", "2026-12-31"),
        ("2027-01-01T00:00:00+08:00", "2027-01-01"),
        ("2026-12-31T16:00:00+00:00", "2027-01-01"),
        ("2026-11-30T23:59:59+08:00", "2026-11-30"),
        ("2028-02-29T15:59:59+00:00", "2028-02-29"),
        ("2028-02-29T16:00:00+00:00", "2028-03-01"),
    ],
)
def test_a_parcel_counts_in_the_period_of_its_declaration_in_beijing(moment: str, day: str) -> None:
    ledger = [manifest(1, IMPORT, {}, int(datetime.fromisoformat(moment).timestamp()))]
    assert list(straight_count(ledger, [D.day, D.month])) == [(day, day[:7])]
    assert list(Columns(ledger).count([D.day, D.month])) == [(day, day[:7])]


def test_what_a_group_says() -> None:
    lists = {0: ListFacts("P1", 50_000, (SOME_LINE, Line("85", "116", "", "502", None)))}
    both = Columns([manifest(1, IMPORT, lists)]).count([])[()]
    assert both == Figures(
        parcels=2, lists_unknown=1, weight=50_000, weight_unknown=1, lines=2, value_unknown=1,
        values={"142": 10_000_000}, states={"Closed": 2},
        times={
            "Declared": Times(2, 240, 240, 240),
            "Accepted": Times(2, 120, 120, 120),
            "Released": Times(2, 60, 60, 60),
            "Delivered": Times(2, 60, 60, 60),
        },
    )  # fmt: skip
    by_chapter = Columns([manifest(1, IMPORT, lists)]).count([D.chapter])
    assert {key: (each.parcels, each.weight, each.weight_shared) for key, each in by_chapter.items()} == {
        ("33",): (1, 0, 1),
        ("85",): (1, 0, 1),
        ("",): (1, 0, 0),
    }


def test_quantiles_are_values_that_occurred() -> None:
    accepted = [(60 * n, manifest(n, IMPORT[:1], {}, counted=1)) for n in range(1, 101)]
    ledger = [
        Lived(each.header, 1, (*each.records, (Recording(Step.Cancellation, NOON + wait, 3, 9, 9), 0b11)), (b"a", b"b"))
        for wait, each in accepted
    ]
    assert Columns(ledger).count([])[()].times["Declared"] == Times(100, 3000, 5400, 5940)


@pytest.mark.parametrize("text", ["", "x", "-1", "0.000001", "1e3", "1000000000000", None])
def test_a_number_that_is_none_is_unknown_and_not_zero(text: str | None) -> None:
    head = {"ebpCode": "P1"} | ({} if text is None else {"grossWeight": text})
    line = {"gcode": "3303000020", "country": "305"} | ({} if text is None else {"totalPrice": text})
    found = list_facts(document_of("621", head, [line]))
    assert (found.weight, found.lines[0].value) == (None, None)


def test_lists_say_where_goods_are_from_or_go() -> None:
    line = {"gcode": "3303000020", "country": "305", "currency": "502", "totalPrice": "12.5"}
    assert list_facts(document_of("621", {}, [line])).lines == (Line("33", "305", "", "502", 1_250_000),)
    assert list_facts(document_of("603", {}, [line])).lines == (Line("33", "", "305", "502", 1_250_000),)
    assert spelled(1_250_000) == "12.50000"


def test_parcels_declared_twice_are_found_unless_one_was_given_up() -> None:
    ids = (b"a" * 32, b"b" * 32)
    cancelled = (Step.Declaration, Step.Cancellation)
    first, again = manifest(1, IMPORT, {}, ids=ids), manifest(2, IMPORT, {}, ids=ids)
    assert repeated([first, again]) == tuple(each.hex() for each in ids)
    assert repeated([first, manifest(2, cancelled, {}, ids=ids)]) == ()


def test_lists_whose_goods_never_came_are_found_after_their_time() -> None:
    waiting = manifest(1, IMPORT[:5], {})
    assert never_arrived([waiting], NOON + 3600, 3600) == tuple(sorted(each.hex() for each in waiting.parcel_ids))
    assert never_arrived([waiting], NOON + 3599, 3600) == ()
    bonded = manifest(2, IMPORT[:5], {}, profile=Profile.ImportBonded)
    arrived = manifest(3, TRANSIT, {}, profile=Profile.ExportByTransit)
    assert never_arrived([bonded, arrived], NOON + 10**9, 0) == ()


def test_files_hold_every_row_and_no_formula() -> None:
    rows = [
        {"platform": "=cmd()", "parcels": 2**40, "values": None},
        {"platform": "平台", "parcels": 1, "values": "1.5"},
    ]
    columns = ["platform", "parcels", "values"]
    assert pl.read_parquet(io.BytesIO(as_parquet(rows, columns))).to_dicts() == rows
    assert as_csv(rows, columns).decode("utf-8-sig").splitlines() == [
        "platform,parcels,values",
        f"'=cmd(),{2**40},",
        "平台,1,1.5",
    ]
    assert as_csv([], columns).decode("utf-8-sig").splitlines() == ["platform,parcels,values"]
