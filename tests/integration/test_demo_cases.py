"""The demo's two infringement cases, told on a chain that began in the past: what stands on the chain afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from web3 import HTTPProvider, Web3

from backend.chain.interfaces import abi_of
from backend.chain.node import free_port
from backend.domain.rights import Outcome
from backend.services.demo.cases import COUNTERFEITER, DAY, DAYS_BEHIND, DISGUISED, DISTRIBUTOR
from backend.services.demo.client import unix
from tests.support.plain_chain import read_plainly
from tests.support.running import member

#: The steps that customs' people and accounts decide on.
_DECISIONS = {
    *("Acceptance", "InspectionOrdered", "InspectionPassed", "Detention", "DetentionLifted", "CaseOpened"),
    *("Release", "Confiscation", "Destruction"),
}

ROOT = Path(__file__).resolve().parents[2]


#: Ports of its own: another installation that begins at this moment would find the usual ones free too.
PORTS = {"GUANLIAN_API_PORT": str(free_port()), "GUANLIAN_RPC_URL": f"http://127.0.0.1:{free_port()}"}


def guanlian(*arguments: str) -> Any:
    """The JSON value that a command prints, run as a user would."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUANLIAN_")} | PORTS
    command = [sys.executable, "-m", "backend.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("cases")
    try:
        yield home
    finally:
        guanlian("down", "--home", str(home), "--json")


@pytest.fixture(scope="module")
def told(home: Path) -> dict[str, Any]:
    told = dict(guanlian("demo", "--home", str(home), "--parcels", "6", "--seed", "3", "--no-wait", "--json"))
    if any("working days" in reason for reason in told["skipped"]):
        pytest.skip(f"{told['skipped']}: the arrangements of that year are to be added to the calendar")
    return told


@pytest.fixture(scope="module")
def web3(told: dict[str, Any]) -> Web3:
    return Web3(HTTPProvider(told["rpc_url"]))


def asked(told: dict[str, Any], role: str | None, path: str, **query: str) -> dict[str, Any]:
    headers = {} if role is None else {"Authorization": f"Bearer {told['keys'][role]}"}
    return dict(httpx.get(f"{told['api_url']}{path}", params=query, headers=headers, trust_env=False).json())


def contract(web3: Web3, told: dict[str, Any], name: str) -> Any:
    return web3.eth.contract(address=Web3.to_checksum_address(told["contracts"][name]), abi=abi_of(name))


def events(web3: Web3, told: dict[str, Any], name: str, event: str) -> list[Any]:
    found = contract(web3, told, name).events[event]().get_logs(from_block=0)
    return [dict(log) | {"at": web3.eth.get_block(log["blockNumber"])["timestamp"]} for log in found]


def steps(told: dict[str, Any], parcel_id: str) -> dict[str, int]:
    """When each step of a parcel stood on the chain, read with web3 and the ABI alone."""
    history = read_plainly(told["rpc_url"], told["contracts"]["ParcelLedger"])
    ((manifest, index),) = history.declared[bytes.fromhex(parcel_id)]
    records = history.records[manifest]
    return {one["step"]: one["at"] for one in records if one["parcels"] >> index & 1}


def test_the_counterfeit_is_destroyed_when_the_law_lets_it(told: dict[str, Any], web3: Web3) -> None:
    fake = told["cases"][0]
    assert (fake["title"], fake["outcome"], fake["parcel_state"]) == ("a counterfeit", "Infringing", "Destroyed")
    taken = steps(told, fake["parcel_id"])
    assert [step for step in taken if step in _DECISIONS] == [
        "Acceptance",
        "InspectionOrdered",
        "Detention",
        "CaseOpened",
        "Confiscation",
        "Destruction",
    ]
    (found,) = [log for log in events(web3, told, "InfringementCases", "FindingRecorded") if log["args"]["infringing"]]
    assert found["args"]["caseId"] == fake["case_id"]
    decided = {log["args"]["caseId"]: log for log in events(web3, told, "InfringementCases", "CaseDecided")}
    assert decided[fake["case_id"]]["args"]["outcome"] == Outcome.Infringing
    assert decided[fake["case_id"]]["at"] - found["at"] >= 60 * DAY
    assert taken["Confiscation"] >= decided[fake["case_id"]]["at"]


def test_its_seller_is_listed_after_it_was_heard_and_two_others_agreed(told: dict[str, Any], web3: Web3) -> None:
    listing_id = told["cases"][0]["listing_id"]
    (imposed,) = [
        log for log in events(web3, told, "Blacklist", "ListingImposed") if log["args"]["listingId"] == listing_id
    ]
    (said,) = events(web3, told, "Blacklist", "StatementMade")
    (in_force,) = [
        log for log in events(web3, told, "Blacklist", "ListingInForce") if log["args"]["listingId"] == listing_id
    ]
    assert imposed["at"] <= said["at"] < in_force["at"]
    assert in_force["at"] - imposed["at"] >= 5 * DAY
    confirmed = [
        log["args"]["authorityNo"]
        for log in events(web3, told, "Blacklist", "ListingConfirmed")
        if log["args"]["listingId"] == listing_id
    ]
    assert confirmed
    assert imposed["args"]["authorityNo"] not in confirmed
    public = asked(told, None, f"/v1/blacklist/listings/{listing_id}")
    assert (public["participant"]["uscc"], public["in_force"]) == (member(COUNTERFEITER).uscc, True)


def test_the_wrongly_suspected_parcel_is_released_and_its_seller_licensed(told: dict[str, Any], web3: Web3) -> None:
    genuine = told["cases"][1]
    assert (genuine["outcome"], genuine["parcel_state"]) == ("NotInfringing", "Released")
    assert [step for step in steps(told, genuine["parcel_id"]) if step in _DECISIONS] == [
        "Acceptance",
        "InspectionOrdered",
        "Detention",
        "CaseOpened",
        "DetentionLifted",
        "InspectionPassed",
        "Release",
    ]
    (licence,) = events(web3, told, "RightsRegistry", "LicenceGranted")
    seller = asked(told, None, f"/v1/parcels/{genuine['parcel_id']}")["seller"]
    (distributor,) = asked(told, "customs_pudong", "/v1/participants", code=member(DISTRIBUTOR).uscc)["items"]
    assert licence["args"]["sellerNo"] == seller["participant_no"] == distributor["participant_no"]


def test_screening_says_what_it_took_for_the_mark(told: dict[str, Any]) -> None:
    found = asked(told, "customs_pudong", "/v1/suspicions")["items"]
    (hit,) = [one for item in found if item["parcel_id"] == told["cases"][0]["parcel_id"] for one in item["hits"]]
    assert hit["declared"] in DISGUISED
    assert {"digit", "spacing"} & set(hit["disguises"])


def test_the_chain_has_caught_up_with_the_present(told: dict[str, Any], home: Path, web3: Web3) -> None:
    first = web3.eth.get_block(1)["timestamp"]
    assert abs(time.time() - web3.eth.get_block("latest")["timestamp"]) < 60
    assert time.time() - first >= DAYS_BEHIND * DAY
    status = asked(told, None, "/v1/status")
    assert abs(unix(status["now"]) - time.time()) < 60
    assert json.loads((home / "chain" / "clock.json").read_text()) == {"behind": 0}


def test_another_run_tells_the_same_cases_and_brings_no_others(told: dict[str, Any], home: Path) -> None:
    again = guanlian("demo", "--home", str(home), "--parcels", "3", "--seed", "3", "--no-wait", "--json")
    assert again["cases"] == told["cases"]
