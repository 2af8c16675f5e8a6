"""The bare chain read with web3 and the ABI alone: what a stranger to the gateway would see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from web3 import HTTPProvider, Web3

from backend.chain.interfaces import abi_of
from backend.domain.lifecycle import Step, indices


@dataclass
class PlainHistory:
    """Every parcel's places and steps as the ledger's events tell them."""

    #: (parcel id) → manifests it is declared in
    declared: dict[bytes, list[tuple[bytes, int]]] = field(default_factory=dict)
    #: (parcel id, step) → how often
    steps: Counter[tuple[bytes, Step]] = field(default_factory=Counter)
    #: (manifest) → its records in order: step, participant, parcels, evidence, head, block, transaction, at
    records: dict[bytes, list[dict[str, Any]]] = field(default_factory=dict)
    anchors: Counter[bytes] = field(default_factory=Counter)
    #: (root) → (participant, kind, documents) of its last anchor
    anchored: dict[bytes, tuple[int, int, int]] = field(default_factory=dict)
    refused: int = 0


def read_plainly(rpc_url: str, ledger: str) -> PlainHistory:
    """All events of a ledger, decoded by web3's own decoder."""
    web3 = Web3(HTTPProvider(rpc_url))
    contract = web3.eth.contract(address=Web3.to_checksum_address(ledger), abi=abi_of("ParcelLedger"))
    found = PlainHistory()
    members: dict[bytes, Sequence[bytes]] = {}
    logs = web3.eth.get_logs({"address": contract.address, "fromBlock": 0, "toBlock": "latest"})
    readers = {
        bytes(Web3.keccak(text=event.signature)): event
        for event in (contract.events[item["name"]]() for item in contract.abi if item["type"] == "event")
    }
    for log in logs:
        decoded = readers[bytes(log["topics"][0])].process_log(log)
        name, values = decoded["event"], decoded["args"]
        if name == "Anchored":
            found.anchors[values["root"]] += 1
            found.anchored[values["root"]] = (values["participantNo"], values["kind"], values["count"])
        elif name in ("RecordRefused", "DeclarationRefused"):
            found.refused += 1
        elif name == "ManifestDeclared":
            members[values["manifest"]] = values["parcelIds"]
            for index, parcel in enumerate(values["parcelIds"]):
                found.declared.setdefault(parcel, []).append((values["manifest"], index))
            _note(found, decoded, Step.Declaration, values["declarantNo"], (1 << len(values["parcelIds"])) - 1)
        elif name == "Recorded":
            step = Step(values["step"])
            for index in indices(values["parcels"]):
                found.steps[(members[values["manifest"]][index], step)] += 1
            _note(found, decoded, step, values["participantNo"], values["parcels"])
    return found


def _note(found: PlainHistory, decoded: Any, step: Step, participant_no: int, parcels: int) -> None:
    values = decoded["args"]
    found.records.setdefault(values["manifest"], []).append(
        {
            "step": step.name,
            "participant_no": participant_no,
            "parcels": parcels,
            "evidence": "0x" + values["evidence"].hex(),
            "head": "0x" + values["head"].hex(),
            "at": values["at"],
            "block": decoded["blockNumber"],
            "transaction": "0x" + bytes(decoded["transactionHash"]).hex(),
        }
    )
