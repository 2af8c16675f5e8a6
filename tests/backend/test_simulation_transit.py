"""Simulated trucks: every parcel on one, the same for the same seed, and what goes wrong labelled as it is built."""

from __future__ import annotations

from collections import Counter

import pytest

from backend.domain.consignments import AnomalyKind
from backend.domain.districts import DISTRICTS
from backend.services.simulation import LANES, Mishap, simulate, trucks

PARCELS = [(district, f"{district}/{number}") for district in LANES for number in range(950)]


def test_every_parcel_is_on_one_truck_of_its_lane() -> None:
    fleet = list(trucks(PARCELS, 3, mishaps=0.5, most=40))
    assert Counter(parcel for truck in fleet for parcel in truck.load) == Counter(parcel for _, parcel in PARCELS)
    assert all(parcel.split("/")[0] == truck.lane.origin for truck in fleet for parcel in truck.load)
    assert max(len(truck.load) for truck in fleet) == 40
    assert len({truck.seal for truck in fleet}) == len(fleet)


def test_the_same_seed_gives_the_same_trucks_and_another_gives_others() -> None:
    one, same, other = (list(trucks(PARCELS, seed, mishaps=0.5, most=40)) for seed in (3, 3, 4))
    assert one == same
    assert [truck.mishap for truck in one] != [truck.mishap for truck in other]
    later = list(trucks(PARCELS, 3, mishaps=0.5, most=40, first=len(one)))
    assert not {truck.seal for truck in one} & {truck.seal for truck in later}


def test_every_mishap_occurs_and_says_what_the_port_finds() -> None:
    fleet = list(trucks(PARCELS, 5, mishaps=1.0, most=10))
    assert {truck.mishap for truck in fleet} == set(Mishap)
    for truck in fleet:
        short = truck.mishap in (Mishap.Short, Mishap.RiskHit)
        assert bool(truck.lost) == short
        assert set(truck.lost) < set(truck.load)
        assert truck.found == len(truck.load) - len(truck.lost) + (truck.mishap is Mishap.Over)
        assert truck.is_intact == (truck.mishap is not Mishap.SealBroken)


def test_a_truck_of_one_parcel_loses_none() -> None:
    fleet = list(trucks([("2303", str(number)) for number in range(200)], 6, mishaps=1.0, most=1))
    assert not any(truck.lost for truck in fleet)
    assert None in {truck.mishap for truck in fleet}


def test_mishaps_are_the_ledgers_anomalies_and_lanes_lie_between_known_districts() -> None:
    assert {mishap.value for mishap in Mishap} == set(AnomalyKind.__members__)
    assert all({lane.origin, lane.port} <= DISTRICTS.keys() for lane in LANES.values())
    with pytest.raises(KeyError):
        list(trucks([("2233", "at the port already")], 1))


def test_exports_are_declared_where_they_are_told_to_be() -> None:
    made = simulate(60, 8, "export", districts={"2901": 1})
    assert {parcel.customs_code for parcel in made.parcels} == {"2901"}
    shared = simulate(200, 8, "export", districts={"2901": 1, "2303": 1})
    assert {parcel.customs_code for parcel in shared.parcels} == {"2901", "2303"}
