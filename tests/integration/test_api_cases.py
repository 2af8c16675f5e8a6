"""Infringement cases over HTTP on a real chain: both routes, their clocks, who may do what, and who reads what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.asking import refuse
from tests.support.enforcing import CASES, Time, held, hire, notified, recorded, stage
from tests.support.running import Ledger, running_ledger

EVIDENCE = {"laboratory": "the stitching is that of no original"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of this file's own: its clock is moved."""
    with running_ledger(tmp_path_factory.mktemp("cases")) as made:
        hire(made, "appeal_body", "AppealBody")
        yield made


@pytest.fixture(scope="module")
def time(ledger: Ledger) -> Time:
    return Time(ledger.gateway)


@pytest.fixture(scope="module")
def right(ledger: Ledger) -> int:
    return recorded(ledger)


def test_a_wrongly_suspected_parcel_is_detained_investigated_and_released(ledger: Ledger, right: int) -> None:
    (parcel,) = held(ledger)
    case = notified(ledger, right, [parcel])
    view = stage(ledger, case, "Notified", "rights_holder")
    assert (view["turn"], view["yours"]) == ("Holder", ["RequestDetention", "WithdrawCase"])
    assert (view["goods_value"], view["security_required"]) == ("60000.00", "30000.00")
    assert view["deadline"]["working_days_left"] == 3
    assert not view["deadline"]["run_out"]
    assert [fact["name"] for fact in view["facts"]] == ["HolderNotified"]
    assert {"path": "photograph", "value": "a swoosh where none should be"} in view["facts"][0]["evidence_fields"]
    assert view["goods"]["parcels"][0]["parcel_id"] == parcel
    assert "CaseOpen" in view["goods"]["parcels"][0]["flags"]

    lift = {"step": "DetentionLifted", "parcels": [parcel], "evidence": EVIDENCE}
    refuse(ledger, "customs_pudong", "/v1/records", lift, 409, "FlagsBlocking")
    path = f"{CASES}/{case}"
    security = {"security": "30000", "evidence": {"guarantee": "bank"}}
    refuse(
        ledger,
        "rights_holder",
        f"{path}/detention-request",
        security | {"security": "29999.99"},
        422,
        "SecurityInvalid",
    )
    refuse(
        ledger, "customs_pudong", f"{path}/finding", {"infringing": True, "evidence": EVIDENCE}, 409, "CaseStateUnfit"
    )
    ledger.post("rights_holder", f"{path}/detention-request", security)
    view = stage(ledger, case, "Detained")
    assert (view["turn"], view["security"]) == ("Investigator", "30000.00")
    assert view["deadline"]["working_days_left"] == 30
    assert set(view["yours"]) == {"RecordFinding", "RecordCourtNotice"}
    (item,) = [one for one in ledger.get("customs_pudong", CASES, queue="mine")["items"] if one["case_id"] == case]
    assert item["deadline"] == view["deadline"]

    ledger.post("customs_pudong", f"{path}/finding", {"infringing": False, "evidence": EVIDENCE})
    view = stage(ledger, case, "Closed")
    assert (view["outcome"], view["turn"], view["parcel_step"]) == ("NotInfringing", "Nobody", "DetentionLifted")
    ledger.post("customs_pudong", "/v1/records", lift)
    ledger.record("customs_pudong", "Acceptance", [parcel])
    ledger.record("site_operator", "Arrival", [parcel])
    ledger.record("customs_pudong", "Release", [parcel])
    assert ledger.indexed(parcel, lambda view: view["state"] == "Released")
