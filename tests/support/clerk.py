"""Customs and enterprises on a workshop: messages sent, districts that decide by themselves, what was answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import sqlalchemy as sa

from backend.chain import calls
from backend.chain.calls import RecordCall
from backend.domain.commitments import parcel_id
from backend.domain.lifecycle import State, Step
from backend.domain.participants import Role
from backend.services.access import Caller, Scope
from backend.services.examination import Examiner
from backend.services.intake import receive_message
from backend.services.outbox import account_of
from backend.services.outcomes import MessageOutcome
from backend.services.requests import decide, list_requests
from backend.services.rulebook import load_matching
from backend.services.simulation.model import SimulatedMessage, SimulatedParcel
from backend.services.steps import submit_steps
from backend.store import examinations, notice_queries, readmodel
from backend.store.receipts import receipts_of_parcel
from backend.store.tables import documents, notice_subjects
from tests.support.workshop import Workshop

CUSTOMS = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}

#: A version stands for one text for ever, on a database that tests share.
_VERSIONS = count(1)


@dataclass
class Clerk:
    """Does everybody's part on one workshop."""

    shop: Workshop
    #: The version of the settings that were loaded last.
    version: str = ""
    examiner: Examiner = field(init=False)

    def __post_init__(self) -> None:
        self.examiner = Examiner(self.shop.gateway)

    # Enterprises

    def send(self, *messages: SimulatedMessage) -> list[MessageOutcome]:
        """Takes messages in, each from its sender."""
        return [receive_message(self.shop.gateway, self.shop.numbers[each.sender.key], each.data) for each in messages]

    def statuses(self, outcomes: Iterable[MessageOutcome]) -> list[str]:
        return [document.return_status for outcome in outcomes for document in outcome.documents]

    # Customs

    def automate(self, *districts: str, **settings: Any) -> None:
        """Has districts decide by themselves, under settings of a version of their own."""
        self.version = f"test-{next(_VERSIONS)}"
        text = json.dumps({"version": self.version, "automatic": True, **settings}).encode()
        for district in districts or CUSTOMS:
            load_matching(self.shop.gateway, self.customs(district), int(district), text)

    def customs(self, district: str) -> Caller:
        number = self.shop.numbers[CUSTOMS[district]]
        return Caller(1, number, frozenset({Scope.authority}), "test", 1 << Role.Customs, int(district))

    def take(self, step: Step, *parcels: SimulatedParcel, who: str = "", **evidence: Any) -> None:
        """A step by customs of the parcel's district, or by another role, and what follows from it."""
        for parcel in parcels:
            number = self.shop.numbers[who or CUSTOMS[parcel.customs_code]]
            submit_steps(self.shop.gateway, number, step, [self.id_of(parcel)], evidence or {"note": step.name})
        self.shop.settle()

    def detain_elsewhere(self, parcel: SimulatedParcel) -> None:
        """A detention recorded by another gateway of the same customs, of which this one has not read yet."""
        shop, parcel_no = self.shop, self.id_of(parcel)
        with shop.gateway.database.read() as connection:
            place = readmodel.places_of(connection, [parcel_no])[parcel_no][0]
            account = account_of(connection, shop.numbers[CUSTOMS[parcel.customs_code]])
        data = calls.try_record([RecordCall(place.manifest, Step.Detention, 1 << place.position, b"e" * 32)])
        ledger = shop.gateway.deployment.contracts["ParcelLedger"]
        sent = {"from": account, "to": ledger, "data": "0x" + data.hex(), "gas": hex(10**6)}
        shop.gateway.client.request("anvil_impersonateAccount", account)
        shop.gateway.client.request("eth_sendTransaction", sent)
        shop.mine()
        shop.gateway.client.request("anvil_stopImpersonatingAccount", account)

    def examine(self, rounds: int = 8) -> int:
        """Lets automatic districts decide until nothing is left; how many parcels were decided."""
        decided = 0
        for _ in range(rounds):
            self.shop.settle()
            now = self.examiner.tick()
            decided += now
            if not now:
                break
        self.shop.settle()
        return decided

    def requests(self, parcel: SimulatedParcel) -> list[dict[str, Any]]:
        found = list_requests(self.shop.gateway, int(parcel.customs_code), None, None, 100)["items"]
        return [each for each in found if each["parcel_id"] == self.id_of(parcel).hex()]

    def decide(self, parcel: SimulatedParcel, *, grant: bool, reason: str = "checked") -> None:
        (request,) = self.requests(parcel)
        caller = self.customs(parcel.customs_code)
        decide(self.shop.gateway, caller, request["request_id"], grant=grant, reason=reason)
        self.shop.settle()

    # What became of it

    def id_of(self, parcel: SimulatedParcel) -> bytes:
        return parcel_id(self.shop.gateway.consortium_key, parcel.platform_code, parcel.order_no)

    def place(self, parcel: SimulatedParcel) -> tuple[State, set[str]]:
        """State and flags in the newest manifest."""
        parcel_no = self.id_of(parcel)
        with self.shop.gateway.database.read() as connection:
            place = readmodel.places_of(connection, [parcel_no])[parcel_no][0]
        sets = readmodel.sets_of_blob(place.size, place.sets)
        return sets.state_of(place.position), {flag.name for flag in sets.flags_of(place.position)}

    def state(self, parcel: SimulatedParcel) -> State:
        return self.place(parcel)[0]

    def receipts(self, parcel: SimulatedParcel, receipt_type: str) -> list[Any]:
        """The receipts of one type about a parcel, in their order."""
        with self.shop.gateway.database.read() as connection:
            rows = receipts_of_parcel(connection, self.id_of(parcel))
        return [row for row in rows if row.receipt_type == receipt_type]

    def told(self, parcel: SimulatedParcel, receipt_type: str) -> list[str]:
        """Their statuses."""
        return [row.status for row in self.receipts(parcel, receipt_type)]

    def list_no(self, parcel: SimulatedParcel) -> str:
        """Customs' number of the parcel's list."""
        with self.shop.gateway.database.read() as connection:
            row = notice_queries.lists_of_parcels(connection, [self.id_of(parcel)])[self.id_of(parcel)]
            number = connection.execute(sa.select(documents.c.list_no).where(documents.c.id == row.id)).scalar()
        assert number, "the list has no number yet"
        return str(number)

    def subjects(self, kind: str, parcels: Sequence[SimulatedParcel]) -> list[str]:
        """How the notices of a kind stand about parcels, one word a subject."""
        wanted = {self.id_of(parcel) for parcel in parcels}
        query = sa.select(notice_subjects).where(notice_subjects.c.kind == kind).order_by(notice_subjects.c.id)
        with self.shop.gateway.database.read() as connection:
            return [row.status for row in connection.execute(query) if row.parcel_id in wanted]

    def examination(self, parcel: SimulatedParcel) -> Any:
        with self.shop.gateway.database.read() as connection:
            return examinations.of_parcel(connection, self.id_of(parcel))[-1]
