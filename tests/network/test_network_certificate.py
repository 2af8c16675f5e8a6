"""A certificate made on real validators: believed on their word alone, by nobody else's machine."""

from __future__ import annotations

import json
import time
from typing import Any

import rlp

from backend.certificate import Answers, Status, read_trust, verify
from backend.domain.commitments import keccak
from backend.services import network as networks
from backend.services.certifying import certificate_of
from backend.services.network import Network
from backend.services.trusting import network_trust
from tests.support.certificates import hexed, written
from tests.support.running import Ledger, until
from tests.support.workshop import small_set


def declared(ledger: Ledger, seed: int) -> list[bytes]:
    parcels = list(ledger.send(small_set(2, seed)))
    for parcel in parcels:
        ledger.indexed(parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    return [bytes.fromhex(parcel) for parcel in parcels]


def certified(ledger: Ledger, parcel: bytes) -> bytes:
    """The certificate once all that the read model tells of the parcel is final."""

    def whole() -> bytes | None:
        response = ledger.client().get(f"/v1/parcels/{parcel.hex()}/certificate")
        if response.status_code != 200:
            assert response.status_code in (409, 503), response.text
            return None
        view = ledger.get(None, f"/v1/parcels/{parcel.hex()}")
        says = verify(response.content, None, 0).says.facts
        return response.content if len(says["history"]) == len(view["history"]) else None

    data: bytes = until(whole, "a certificate of the whole history")
    return data


def checked(data: bytes, trust: dict[str, Any]) -> Answers:
    return verify(data, read_trust(written(trust)), int(time.time()))


def test_a_certificate_is_final_on_the_validators_word(network: Network, ledger: Ledger) -> None:
    parcel, _ = declared(ledger, 41)
    data, trust = certified(ledger, parcel), network_trust(network.home)
    found = checked(data, trust)
    assert found.status is Status.Valid, found.as_json()
    said = found.as_json()
    assert len(said["final"]["sealed_by"]) >= said["final"]["needed"] == 3
    view = ledger.get(None, f"/v1/parcels/{parcel.hex()}")
    assert (said["says"]["state"], said["says"]["flags"]) == (view["state"], view["flags"])
    assert ledger.get(None, "/v1/trust") == trust

    # Nobody whom the list does not name makes it final, nor a list that leaves too many out.
    mine = trust["validator_sets"][-1]["validators"]
    sealed = said["final"]["sealed_by"]
    without_one = [each for each in mine if each != sealed[0]]
    assert checked(data, trust | {"validator_sets": [{"from_block": 0, "validators": without_one}]}).final.code == (
        "seal-not-trusted"
    )
    strangers = [hexed(keccak(bytes([n]))[:20]) for n in range(4)]
    forged = checked(data, trust | {"validator_sets": [{"from_block": 0, "validators": strangers}]})
    assert forged.final.code == "seal-not-trusted"
    assert checked(data, trust | {"chain_id": 1}).final.code == "other-chain"


def test_every_byte_of_a_real_seal_counts(network: Network, ledger: Ledger) -> None:
    parcel, _ = declared(ledger, 42)
    made, trust = json.loads(certified(ledger, parcel)), network_trust(network.home)
    header = rlp.decode(bytes.fromhex(made["block"]["headers"][-1][2:]))
    extra = header[12]
    for at in range(len(extra)):
        header[12] = extra[:at] + bytes([extra[at] ^ 1]) + extra[at + 1 :]
        changed = made | {
            "block": made["block"] | {"headers": [*made["block"]["headers"][:-1], hexed(rlp.encode(header))]}
        }
        assert checked(written(changed), trust).final.status is Status.Invalid, at


def test_a_certificate_outlives_a_change_of_validators(network: Network, ledger: Ledger) -> None:
    parcel, _ = declared(ledger, 43)
    before = certified(ledger, parcel)
    networks.add(network.home)
    try:
        widened = network_trust(network.home)
        assert [len(each["validators"]) for each in widened["validator_sets"]][-2:] == [4, 5]
        began = widened["validator_sets"][-1]["from_block"]
        assert checked(before, widened).status is Status.Valid

        # The gateway still counts to three: of five validators that is just enough, and said so.
        until(lambda: networks.status(network.home)["head"] >= began + 6, "blocks by five validators")
        until(lambda: _block(certificate_of(ledger.gateway, parcel)) >= began, "a certificate under the new set")
        after = certificate_of(ledger.gateway, parcel)
        assert checked(after, widened).status is Status.Valid
        alone = widened | {"validator_sets": widened["validator_sets"][:1]}
        assert checked(before, alone).status is Status.Valid
    finally:
        networks.remove(network.home, networks.load(network.home).validators[-1].number)
    narrowed = network_trust(network.home)
    assert [len(each["validators"]) for each in narrowed["validator_sets"]][-3:] == [4, 5, 4]
    assert checked(before, narrowed).status is Status.Valid
    assert checked(after, narrowed).status is Status.Valid


def _block(data: bytes) -> int:
    return int(verify(data, None, 0).says.facts["block"])
