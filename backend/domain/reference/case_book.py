"""What is kept of cases, who acts in them, and their steps in the ledger: `cases` has the acts.

The case contract acts in the ledger as the participant that its address is registered for; `case_account`
is that address.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain import commitments, errors, rights_events
from backend.domain.events import Event
from backend.domain.ledger import Record, ReferenceLedger
from backend.domain.lifecycle import Step
from backend.domain.participants import Role
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import ZERO_ACCOUNT
from backend.domain.reference.rights import ReferenceRights, Right, check_committed
from backend.domain.rights import CaseState, Disposal, Outcome, RightKind, Route, security_for


@dataclass(slots=True)
class Case:
    """One suspected infringement. Instants are zero while no clock runs; the value is in fen."""

    right_id: int
    kind: RightKind
    holder_no: int
    customs_no: int
    heading: int
    route: Route
    goods_value: int
    state: CaseState = CaseState.Lodged
    outcome: Outcome = Outcome.Zero
    manifest: bytes = bytes(32)
    parcels: int = 0
    find_by: int = 0
    lapses_at: int = 0
    disposal: Disposal = Disposal.PublicWelfare
    disposed: bool = False


class ReferenceCaseBook(ReferenceRights, ReferenceLedger):
    """The cases, over the rights and the ledger."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.cases: dict[int, Case] = {}
        self.case_account = ZERO_ACCOUNT

    # -- parts

    def _begun(self, route: Route, right_id: int, customs_no: int, heading: int, goods_value: int, now: int) -> Case:
        right = self._check_right(right_id, heading, now)
        if right.holder_no == customs_no:
            raise not_separate(right.holder_no, customs_no, customs_no)
        if goods_value == 0:
            raise refusal(errors.GoodsValueInvalid, goods_value=goods_value)
        return Case(right_id, right.kind, right.holder_no, customs_no, heading, route, goods_value)

    def _keep(self, entry: Case) -> int:
        number = len(self.cases) + 1
        self.cases[number] = entry
        return number

    def _close(self, case_id: int, outcome: Outcome, evidence: bytes, now: int) -> list[Event]:
        entry = self.cases[case_id]
        recorded = []
        if entry.state is not CaseState.Lodged:
            recorded = self._record(entry, Step.CaseClosed, evidence, now)
        entry.state, entry.outcome, entry.lapses_at = CaseState.Closed, outcome, 0
        return [rights_events.CaseDecided(case_id, outcome, evidence), *recorded]

    def _uphold(self, case_id: int, evidence: bytes, now: int) -> list[Event]:
        entry = self.cases[case_id]
        recorded = self._record(entry, Step.InfringementFound, evidence, now)
        entry.state, entry.outcome, entry.lapses_at = CaseState.Infringing, Outcome.Infringing, 0
        return [rights_events.CaseDecided(case_id, Outcome.Infringing, evidence), *recorded]

    def _record(self, entry: Case, step: Step, evidence: bytes, now: int) -> list[Event]:
        return self.record(self.case_account, now, [Record(entry.manifest, step, entry.parcels, evidence)])

    # -- checks

    def _case(self, case_id: int) -> Case:
        if case_id not in self.cases:
            raise refusal(errors.CaseUnknown, case_id=case_id)
        return self.cases[case_id]

    def _as_complainant(self, account: str, case_id: int, evidence: bytes) -> Case:
        entry = self._case(case_id)
        own_no = self.authority_of(account).no
        if own_no != entry.holder_no:
            raise refusal(errors.ComplainantOnly, case_id=case_id, participant_no=own_no)
        check_committed(evidence)
        return entry

    def _as_investigator(self, account: str, case_id: int, evidence: bytes) -> Case:
        entry = self._case(case_id)
        authority = self.authority_of(account)
        if authority.no != entry.customs_no:
            raise refusal(errors.InvestigatorOnly, case_id=case_id, participant_no=authority.no)
        if not authority.has(Role.Customs):
            raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.Customs)
        check_committed(evidence)
        return entry

    def _to_dispose(self, account: str, case_id: int, evidence: bytes) -> Case:
        entry = self._as_investigator(account, case_id, evidence)
        check_state(case_id, entry, CaseState.Infringing)
        if entry.disposed:
            raise refusal(errors.AlreadyDisposed, case_id=case_id, disposal=entry.disposal)
        return entry

    def _appellant(self, account: str, case_id: int, entry: Case) -> int:
        manifest = self.manifests[entry.manifest]
        speaks, speaker_no = self.speaks_for(account, manifest.declaration.seller_no)
        if not speaks and speaker_no != manifest.declarant_no:
            raise refusal(errors.AppellantUnfit, case_id=case_id, participant_no=speaker_no)
        if speaker_no in (entry.holder_no, entry.customs_no):
            raise not_separate(entry.holder_no, entry.customs_no, speaker_no)
        return speaker_no

    def _check_right(self, right_id: int, heading: int, now: int) -> Right:
        right = self._right(right_id)
        self._check_in_force(right_id, now)
        if not self.covers(right_id, heading):
            raise refusal(errors.GoodsNotCovered, right_id=right_id, heading=heading)
        return right

    def _check_held(self, manifest: bytes, parcels: int, district: int) -> None:
        loose = parcels & ~self.held_by(manifest, district)
        if loose:
            raise refusal(errors.ParcelsNotHeld, manifest=manifest, parcels=loose, district=district)


def check_state(case_id: int, entry: Case, *fit: CaseState) -> None:
    if entry.state not in fit:
        raise refusal(errors.CaseStateUnfit, case_id=case_id, state=entry.state)


def check_in_time(case_id: int, deadline: int, now: int) -> None:
    if now >= deadline:
        raise refusal(errors.ClockRunOut, case_id=case_id, deadline=deadline)


def check_run_out(case_id: int, entry: Case, now: int) -> None:
    if now < entry.lapses_at:
        raise refusal(errors.ClockRunning, case_id=case_id, deadline=entry.lapses_at)


def check_security(route: Route, goods_value: int, security: int) -> None:
    required = security_for(route, goods_value)
    if not required <= security <= goods_value:
        raise refusal(errors.SecurityInvalid, security=security, required=required, most=goods_value)


def not_separate(complainant_no: int, investigator_no: int, participant_no: int) -> errors.GuanlianError:
    return refusal(
        errors.PartiesNotSeparate,
        complainant_no=complainant_no,
        investigator_no=investigator_no,
        participant_no=participant_no,
    )


def of_itself(case_id: int, outcome: Outcome) -> bytes:
    """What happens because time passed has no document behind it."""
    return commitments.keccak(case_id.to_bytes(32, "big") + outcome.to_bytes(32, "big"))
