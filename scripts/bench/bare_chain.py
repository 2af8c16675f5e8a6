"""The same contracts without a gateway: signed beforehand, sent and mined as fast as the node takes it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from backend.chain import calls
from backend.chain.calls import DeclarationCall, RecordCall
from backend.chain.signers import UnsignedTransaction
from backend.domain.commitments import manifest_id
from backend.domain.lifecycle import Direction, Step
from backend.domain.participants import legal_identity
from backend.domain.roster import enterprise
from backend.services.gateway import Gateway
from backend.services.outbox import account_of
from backend.store.participant_queries import number_of_identity
from scripts.bench.load import LIFE

PARCELS_A_MANIFEST = 100
MANIFESTS_A_CALL = 10

#: What a gateway records with the documents, then the rest of the life.
STEPS = (
    ("OrderAttested", "platform"),
    ("PaymentAttested", "payment"),
    ("WaybillAttested", "logistics_east"),
    *((step, "customs_pudong" if who == "customs" else who) for step, who in LIFE),
)


def bare_chain(gateway: Gateway, parcels: int, report: Callable[[str, int, int], None]) -> dict[str, Any]:
    """Rates of raw calls, ten manifests of a hundred parcels each; the node mines on demand."""
    sender = _Sender(gateway)
    manifests = max(MANIFESTS_A_CALL, parcels // PARCELS_A_MANIFEST // MANIFESTS_A_CALL * MANIFESTS_A_CALL)
    declarant = sender.number("declarant")
    references = [os.urandom(32) for _ in range(manifests)]
    seller = sender.number("seller_01")
    declarations = [
        DeclarationCall(
            reference, seller, 2233, 2233, 9610, Direction.Import, os.urandom(32),
            tuple(os.urandom(32) for _ in range(PARCELS_A_MANIFEST)),
        )
        for reference in references
    ]  # fmt: skip
    ids = [manifest_id(declarant, reference) for reference in references]
    report("bare chain", 0, 1 + len(STEPS))
    every = (1 << PARCELS_A_MANIFEST) - 1
    declaring = sender.send(
        "declarant", [(calls.try_declare(part), calls.gas_of_declarations(part)) for part in _parts(declarations)]
    )
    report("bare chain", 1, 1 + len(STEPS))
    recording = 0.0
    for done, (step, role) in enumerate(STEPS, 2):
        records = [RecordCall(manifest, Step[step], every, os.urandom(32)) for manifest in ids]
        recording += sender.send(
            role, [(calls.try_record(part), calls.gas_of_records(part)) for part in _parts(records)]
        )
        report("bare chain", done, 1 + len(STEPS))
    sender.check(ids, every)
    total = manifests * PARCELS_A_MANIFEST
    return {
        "parcels": total,
        "declared_parcels_per_second": total / declaring,
        "records_per_second": total * len(STEPS) / recording,
        "parcels_per_second": total / (declaring + recording),
    }


class _Sender:
    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.fees = gateway.client.fees()

    def number(self, key: str) -> int:
        identity = legal_identity(self.gateway.consortium_key, enterprise(key).uscc)
        with self.gateway.database.read() as connection:
            found = number_of_identity(connection, identity)
        if found is None:
            raise RuntimeError(f"{key} is not registered")
        return found

    def send(self, role: str, prepared: Sequence[tuple[bytes, int]]) -> float:
        """Signs, then sends and mines; the seconds from the first byte sent to the last transaction mined."""
        client, deployment = self.gateway.client, self.gateway.deployment
        with self.gateway.database.read() as connection:
            account = account_of(connection, self.number(role))
        signer = self.gateway.signer(account)
        nonce = client.transaction_count(account)
        signed = [
            signer.sign(
                UnsignedTransaction(
                    chain_id=deployment.chain_id,
                    nonce=nonce + place,
                    to=deployment.contracts["ParcelLedger"],
                    data=data,
                    gas=gas,
                    max_fee=self.fees.max_fee,
                    priority=self.fees.priority,
                )
            )
            for place, (data, gas) in enumerate(prepared)
        ]
        started = time.perf_counter()
        for transaction in signed:
            client.send_raw(transaction.raw)
        while client.transaction_count(account) < nonce + len(signed):
            client.request("evm_mine")
        return time.perf_counter() - started

    def check(self, manifests: Sequence[bytes], every: int) -> None:
        """A rate of refused calls would be worth nothing: the last step must have reached every parcel."""
        for manifest in manifests:
            if self.gateway.views.sets_of(manifest)[8] != every:
                raise RuntimeError("the bare chain refused a step")


def _parts(items: Sequence[Any]) -> list[Any]:
    return [items[start : start + MANIFESTS_A_CALL] for start in range(0, len(items), MANIFESTS_A_CALL)]
