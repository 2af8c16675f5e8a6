"""What the simulator sends, held against customs' published schemas and code tables."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from ceb_reference import FOLDER, needs_reference, schema, schema_accepts

from backend.services.simulation import Mode, SimulatedMessage, SimulatedParcel
from backend.services.simulation.catalogue import DESTINATIONS, EXPORTED, IMPORTED, UNLISTED
from backend.services.simulation.requests import (
    cancellation_request,
    offloading,
    return_arrival,
    return_request,
    summary_request,
)
from tests.support.simulated import MODES, SETS, in_order


@needs_reference
@pytest.mark.parametrize("mode", MODES)
def test_every_message_and_notice_is_valid_for_customs_schema(mode: Mode) -> None:
    assert SETS[mode].notices
    for message in (*SETS[mode].messages, *SETS[mode].notices):
        assert schema_accepts(message.data, message.type), schema(mode).error_log


@needs_reference
@pytest.mark.parametrize("mode", MODES)
def test_every_request_is_valid_for_customs_schema(mode: Mode) -> None:
    for parcel in in_order(mode)[:60]:
        for message in requests_of(parcel):
            assert schema_accepts(message.data, message.type), schema(mode).error_log


def requests_of(parcel: SimulatedParcel) -> list[SimulatedMessage]:
    """Everything that can be asked about a parcel whose list has a number."""
    number = f"{parcel.customs_code}2026{'I' if '621' in parcel.documents else 'E'}{parcel.index:09d}"
    made = [cancellation_request(parcel, number, pre_no="B20260302000000001"), return_request(parcel, number)]
    if "603" in parcel.documents:
        made += [return_arrival(parcel, number), summary_request([(parcel, number)]), offloading(parcel)]
    return made


@needs_reference
def test_units_countries_and_districts_are_customs_codes() -> None:
    def codes(name: str) -> set[str]:
        rows = json.loads((FOLDER / "codes" / f"customs_{name}_2019.json").read_text(encoding="utf-8"))
        return {row["code"] for row in rows}

    units, countries, districts = codes("units"), codes("countries"), codes("districts")
    for goods in (*IMPORTED, *EXPORTED, *UNLISTED):
        assert {goods.unit, goods.unit1, goods.unit2 or goods.unit} <= units
        assert goods.country in countries
        assert re.fullmatch(r"\d{10}", goods.gcode)
        assert Decimal(0) < goods.net_kg
        assert 0 < goods.low < goods.high
    assert len(IMPORTED) + len(EXPORTED) >= 40
    assert countries.issuperset(DESTINATIONS)
    assert {"2233", "2303", "2908"} <= districts
