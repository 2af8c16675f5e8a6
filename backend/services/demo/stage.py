"""What every scene of the demo needs: the roles, the steps that they take, and waiting until nothing moves."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.domain.errors import ConfirmationTimedOut
from backend.services.demo.client import ASK_EVERY, Refused, Role, Roles
from backend.services.demo.mail import Mail
from backend.services.demo.parcels import Traced, grouped
from backend.services.demo.plan import Plan
from backend.services.simulation import SimulatedMessage

#: Whose parcels of which declaring or port district.
CUSTOMS = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}

#: Parcels asked for in one request.
ASKED_AT_ONCE = 100

#: Seconds without any movement after which a wait is given up.
PATIENCE = 300.0

Report = Callable[[str, int, int], None]


@dataclass
class Told:
    """What the story did, for whoever asks afterwards."""

    parcels: list[Traced] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    documents: int = 0
    notices: int = 0
    steps: int = 0
    #: The districts' settings.
    settings: list[dict[str, Any]] = field(default_factory=list)
    #: What customs found about parcels that were not simply accepted.
    findings: list[dict[str, Any]] = field(default_factory=list)
    #: Cancellations, returns and summaries that were asked for, and what became of each.
    requests: list[dict[str, Any]] = field(default_factory=list)
    payment_request: dict[str, Any] | None = None
    tax: dict[str, Any] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    #: With which receipt a declarant was told that the chain had refused its list.
    not_sent: dict[str, Any] | None = None
    #: All receipts of one list.
    series: dict[str, Any] | None = None
    #: The trucks that went to the port under seal.
    trucks: list[dict[str, Any]] = field(default_factory=list)
    #: Scenes that no parcel of the run fits.
    skipped: list[str] = field(default_factory=list)

    @property
    def declared(self) -> list[Traced]:
        return [parcel for parcel in self.parcels if parcel.is_declared]


class Stage:
    """The roles of one run and what they have under way. Raises NotRunning, Refused or ConfirmationTimedOut."""

    def __init__(self, roles: Roles, plan: Plan, report: Report) -> None:
        self.roles = roles
        self.plan = plan
        self.random = random.Random(plan.seed)  # noqa: S311 - which parcels are inspected is no secret
        self.report = report
        self.told = Told()
        self.mail = Mail(roles)
        self._pending: list[tuple[str, str, str]] = []
        #: Operations of notices: what they say may wait for its parcels, and is refused, long after they were sent.
        self._notices: list[tuple[str, str, str]] = []

    def customs_of(self, parcel: Traced) -> Role:
        """The office of the district that a parcel is declared in."""
        return self.roles[CUSTOMS[parcel.declaring]]

    # -----------------------------------------------------------------------------------------------
    # Messages and steps

    def send(self, message: SimulatedMessage) -> dict[str, Any]:
        """Sends a message as its sender; what was refused of it is told. The outcome."""
        what = f"message {message.type}"
        outcome = self.roles[message.sender.key].send_message(message.data)
        for document in outcome["documents"]:
            if document["standing"] == "refused":
                fault = document["faults"][0]
                key = document["business_key"]
                self.refuse(what, fault["rule"], fault["zh"], fault["en"], document=key)
        if operation := outcome.get("operation_id"):
            self._pending.append((message.sender.key, operation, what))
        return outcome

    def notify(self, message: SimulatedMessage) -> bool:
        """Sends a notice; whether all of it was taken."""
        outcome = self.send(message)
        self.told.notices += len(outcome["documents"])
        if operation := outcome.get("operation_id"):
            self._notices.append((message.sender.key, operation, f"message {message.type}"))
        return all(document["standing"] != "refused" for document in outcome["documents"])

    def customs(self, step: str, parcels: Sequence[Traced], evidence: Mapping[str, Any]) -> None:
        """A step that each declaring district takes for its own parcels."""
        for district, own in grouped(parcels, lambda parcel: parcel.declaring).items():
            self.take(CUSTOMS[district], step, own, evidence)

    def take(self, role: str, step: str, parcels: Sequence[Traced], evidence: Mapping[str, Any]) -> None:
        """A step of one role for many parcels; a refusal is told."""
        if not parcels:
            return
        ids = [parcel.parcel_id for parcel in parcels]
        try:
            operations = self.roles[role].record(step, ids, evidence)
        except Refused as refusal:
            self.refuse(step, refusal.title, refusal.details["detail_zh"], refusal.details["detail"], parcels=ids)
            return
        self.told.steps += len(parcels)
        self._pending.extend((role, operation, step) for operation in operations)

    def follow(self, role: str, operation: Mapping[str, Any], what: str) -> None:
        """What the chain makes of an operation is looked at when everything rests."""
        self._pending.append((role, operation["operation_id"], what))

    # -----------------------------------------------------------------------------------------------
    # Waiting

    def rest(self, what: str) -> None:
        """Waits until nothing moves: all that was sent, and what followed from it by itself, is on the chain.

        What waits for something that has not come (a parcel without its payment, a delivery before the release)
        rests too. Refusals are told, new receipts read and all parcels brought up to date.
        """
        most, before, deadline = 0, -1, time.monotonic() + PATIENCE
        self.report(what, 0, 1)
        while left := self.roles.moving():
            most = max(most, left)
            if left < most:
                self.report(what, most - left, most)
            if left != before:
                before, deadline = left, time.monotonic() + PATIENCE
            if time.monotonic() > deadline:
                raise ConfirmationTimedOut(operation_id=what, seconds=PATIENCE)
            time.sleep(ASK_EVERY)
        self.report(what, most or 1, most or 1)
        pending, self._pending = self._pending, []
        for role, operation, step in pending:
            self._tell_refusals(role, operation, step)
        self.mail.read()
        self.refresh(self.told.parcels)

    def _tell_refusals(self, role: str, operation: str, step: str) -> None:
        for item in self.roles[role].get(f"/v1/operations/{operation}")["items"]:
            if refusal := item.get("refusal"):
                what, transaction = item.get("step") or step, item.get("transaction")
                self.refuse(what, refusal["title"], refusal["zh"], refusal["en"], transaction=transaction)

    def close(self) -> None:
        """Tells what was refused of notices after they had been sent."""
        notices, self._notices = self._notices, []
        for role, operation, what in notices:
            for subject in self.roles[role].get(f"/v1/operations/{operation}").get("subjects", []):
                reason = subject["reason"]
                # A request that customs has refused bears customs' words alone, and stands among the requests.
                if subject["status"] == "refused" and reason and "title" in reason:
                    parcels = [subject["parcel_id"]]
                    self.refuse(what, reason["title"], reason["zh"], reason["en"], parcels=parcels)

    def refresh(self, parcels: Sequence[Traced]) -> None:
        """Brings parcels up to date with the gateway; those that were never declared stay as they are."""
        for start in range(0, len(parcels), ASKED_AT_ONCE):
            asked = {parcel.parcel_id: parcel for parcel in parcels[start : start + ASKED_AT_ONCE]}
            for view in self.roles["governance"].get("/v1/parcels", parcel_id=list(asked))["items"]:
                asked[view["parcel_id"]].update(view)

    def refuse(self, what: str, title: str, zh: str, en: str, **more: Any) -> None:
        self.told.refused.append({"what": what, "title": title, "zh": zh, "en": en, **more})

    def skip(self, scene: str) -> None:
        """No parcel of this run fits a scene: that is said, not hidden."""
        self.told.skipped.append(scene)
