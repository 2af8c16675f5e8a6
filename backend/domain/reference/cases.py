"""What `InfringementCases.sol` does, in plain Python: the whole of the contracts in one model.

The case contract acts in the ledger as the participant that its address is registered for; `case_account`
is that address.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

from backend.domain import commitments, errors, rights_events
from backend.domain.events import Event
from backend.domain.ledger import Record, ReferenceLedger
from backend.domain.lifecycle import Direction, Step
from backend.domain.participants import Role, has_role
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import ZERO_ACCOUNT
from backend.domain.reference.rights import ReferenceRights, Right, check_committed
from backend.domain.rights import (
    COUNTER_BOND_KINDS,
    CaseState,
    Disposal,
    Outcome,
    RightKind,
    Route,
    security_for,
)

ANSWER_DAYS = 3
FINDING_DAYS = 30
COURT_DAYS = {Route.ExOfficio: 50, Route.OnApplication: 20}
#: Seconds.
APPEAL_WINDOW = 60 * 86_400
APPEAL_TERM = 90 * 86_400

_BEFORE_A_FINDING = (CaseState.Lodged, CaseState.Notified, CaseState.Detained)
_CLOCKED = (CaseState.Notified, CaseState.Detained, CaseState.Appealed)


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


class ReferenceCases(ReferenceRights, ReferenceLedger):
    """Infringement cases and their clocks, over the rights and the ledger."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.cases: dict[int, Case] = {}
        self.case_account = ZERO_ACCOUNT

    # -- ex officio

    def notify_holder(
        self,
        account: str,
        now: int,
        right_id: int,
        heading: int,
        manifest: bytes,
        parcels: int,
        goods_value: int,
        evidence: bytes,
    ) -> list[Event]:
        customs = self.authority_of(account)
        if not customs.has(Role.Customs):
            raise refusal(errors.RoleMissing, participant_no=customs.no, role=Role.Customs)
        entry = self._begun(Route.ExOfficio, right_id, customs.no, heading, goods_value, now)
        self._check_held(manifest, parcels, customs.district)
        answer_by = self.add_working_days(now, ANSWER_DAYS)
        entry = replace(entry, state=CaseState.Notified, manifest=manifest, parcels=parcels, lapses_at=answer_by)
        recorded = self._record(entry, Step.CaseOpened, evidence, now)
        number = self._keep(entry)
        notified = rights_events.HolderNotified(
            number, right_id, manifest, parcels, customs.no, heading, goods_value, evidence, answer_by
        )
        return [notified, *recorded]

    def request_detention(self, account: str, now: int, case_id: int, security: int, evidence: bytes) -> list[Event]:
        entry = self._as_complainant(account, case_id, evidence)
        _check_state(case_id, entry, CaseState.Notified)
        _check_in_time(case_id, entry.lapses_at, now)
        _check_security(Route.ExOfficio, entry.goods_value, security)
        find_by = self.add_working_days(now, FINDING_DAYS)
        entry.lapses_at = self.add_working_days(now, COURT_DAYS[Route.ExOfficio])
        entry.state, entry.find_by = CaseState.Detained, find_by
        return [rights_events.DetentionRequested(case_id, security, evidence, find_by, entry.lapses_at)]

    def record_finding(self, account: str, now: int, case_id: int, infringing: bool, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        _check_state(case_id, entry, CaseState.Detained)
        if entry.route is not Route.ExOfficio:
            raise refusal(errors.RouteUnfit, case_id=case_id, route=entry.route)
        _check_in_time(case_id, entry.find_by, now)
        appeal_by = now + APPEAL_WINDOW if infringing else 0
        found: Event = rights_events.FindingRecorded(case_id, infringing, evidence, appeal_by)
        if not infringing:
            return [found, *self._close(case_id, Outcome.NotInfringing, evidence, now)]
        entry.state, entry.lapses_at = CaseState.Found, appeal_by
        return [found]

    # -- on application

    def lodge_complaint(
        self,
        account: str,
        now: int,
        right_id: int,
        customs_no: int,
        heading: int,
        goods_value: int,
        security: int,
        evidence: bytes,
    ) -> list[Event]:
        holder = self.authority_of(account)
        if not has_role(self._known(customs_no).roles, Role.Customs):
            raise refusal(errors.InvestigatorUnfit, participant_no=customs_no)
        entry = self._begun(Route.OnApplication, right_id, customs_no, heading, goods_value, now)
        number = len(self.cases) + 1
        if entry.holder_no != holder.no:
            raise refusal(errors.ComplainantOnly, case_id=number, participant_no=holder.no)
        check_committed(evidence)
        _check_security(Route.OnApplication, goods_value, security)
        self._keep(entry)
        return [rights_events.ComplaintLodged(number, right_id, customs_no, heading, goods_value, security, evidence)]

    def detain_goods(
        self, account: str, now: int, case_id: int, manifest: bytes, parcels: int, evidence: bytes
    ) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        _check_state(case_id, entry, CaseState.Lodged)
        self._check_right(entry.right_id, entry.heading, now)
        self._check_held(manifest, parcels, self.authority_of(account).district)
        lapses_at = self.add_working_days(now, COURT_DAYS[Route.OnApplication])
        opened = replace(entry, state=CaseState.Detained, manifest=manifest, parcels=parcels, lapses_at=lapses_at)
        recorded = self._record(opened, Step.CaseOpened, evidence, now)
        self.cases[case_id] = opened
        return [rights_events.GoodsDetained(case_id, manifest, parcels, evidence, lapses_at), *recorded]

    def decline_complaint(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        _check_state(case_id, entry, CaseState.Lodged)
        return self._close(case_id, Outcome.Declined, evidence, now)

    # -- appeal

    def appeal_finding(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._case(case_id)
        check_committed(evidence)
        _check_state(case_id, entry, CaseState.Found)
        _check_in_time(case_id, entry.lapses_at, now)
        speaker_no = self._appellant(account, case_id, entry)
        entry.state, entry.lapses_at = CaseState.Appealed, now + APPEAL_TERM
        return [rights_events.FindingAppealed(case_id, speaker_no, evidence, entry.lapses_at)]

    def decide_finding_appeal(self, account: str, now: int, case_id: int, upheld: bool, evidence: bytes) -> list[Event]:
        authority = self.authority_of(account)
        if not authority.has(Role.AppealBody):
            raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.AppealBody)
        entry = self._case(case_id)
        check_committed(evidence)
        _check_state(case_id, entry, CaseState.Appealed)
        _check_in_time(case_id, entry.lapses_at, now)
        manifest = self.manifests[entry.manifest]
        parties = (entry.holder_no, entry.customs_no, manifest.declaration.seller_no, manifest.declarant_no)
        if authority.no in parties:
            raise _not_separate(entry.holder_no, entry.customs_no, authority.no)
        decided: Event = rights_events.FindingAppealDecided(case_id, authority.no, upheld, evidence)
        if upheld:
            return [decided, *self._uphold(case_id, evidence, now)]
        return [decided, *self._close(case_id, Outcome.NotInfringing, evidence, now)]

    def confirm_finding(self, account: str, now: int, case_id: int) -> list[Event]:
        entry = self._case(case_id)
        _check_state(case_id, entry, CaseState.Found)
        _check_run_out(case_id, entry, now)
        return self._uphold(case_id, _of_itself(case_id, Outcome.Infringing), now)

    # -- court

    def record_court_notice(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        _check_state(case_id, entry, CaseState.Detained)
        _check_in_time(case_id, entry.lapses_at, now)
        entry.state, entry.lapses_at = CaseState.InCourt, 0
        return [rights_events.CourtNoticeRecorded(case_id, evidence)]

    def record_ruling(self, account: str, now: int, case_id: int, infringing: bool, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        _check_state(case_id, entry, CaseState.InCourt)
        ruled: Event = rights_events.RulingRecorded(case_id, infringing, evidence)
        if infringing:
            return [ruled, *self._uphold(case_id, evidence, now)]
        return [ruled, *self._close(case_id, Outcome.NotInfringing, evidence, now)]

    # -- other ends

    def withdraw_case(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._as_complainant(account, case_id, evidence)
        _check_state(case_id, entry, *_BEFORE_A_FINDING)
        return self._close(case_id, Outcome.Withdrawn, evidence, now)

    def accept_counter_bond(self, account: str, now: int, case_id: int, bond: int, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        _check_state(case_id, entry, CaseState.Detained, CaseState.InCourt)
        if entry.kind not in COUNTER_BOND_KINDS:
            raise refusal(errors.CounterBondNotAllowed, case_id=case_id, kind=entry.kind)
        if bond < entry.goods_value:
            raise refusal(errors.BondTooSmall, case_id=case_id, bond=bond, required=entry.goods_value)
        accepted: Event = rights_events.CounterBondAccepted(case_id, bond, evidence)
        return [accepted, *self._close(case_id, Outcome.CounterBonded, evidence, now)]

    def declare_lapsed(self, account: str, now: int, case_id: int) -> list[Event]:
        entry = self._case(case_id)
        _check_state(case_id, entry, *_CLOCKED)
        _check_run_out(case_id, entry, now)
        return self._close(case_id, Outcome.Lapsed, _of_itself(case_id, Outcome.Lapsed), now)

    # -- disposal

    def pass_over_disposal(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._to_dispose(account, case_id, evidence)
        passed = entry.disposal
        if passed is Disposal.Destruction:
            raise refusal(errors.DisposalLast, case_id=case_id)
        imported = self.manifests[entry.manifest].declaration.direction is Direction.Import
        following = Disposal(passed + 1)
        if following is Disposal.Auction and imported and entry.kind is RightKind.Trademark:
            following = Disposal.Destruction
        entry.disposal = following
        return [rights_events.DisposalPassedOver(case_id, passed, evidence)]

    def choose_disposal(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._to_dispose(account, case_id, evidence)
        last = entry.disposal is Disposal.Destruction
        step = Step.DestructionOrdered if last else Step.DisposalOrdered
        recorded = self._record(entry, step, evidence, now)
        entry.disposed = True
        return [rights_events.DisposalChosen(case_id, entry.disposal, evidence), *recorded]

    # -- parts

    def _begun(self, route: Route, right_id: int, customs_no: int, heading: int, goods_value: int, now: int) -> Case:
        right = self._check_right(right_id, heading, now)
        if right.holder_no == customs_no:
            raise _not_separate(right.holder_no, customs_no, customs_no)
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
        _check_state(case_id, entry, CaseState.Infringing)
        if entry.disposed:
            raise refusal(errors.AlreadyDisposed, case_id=case_id, disposal=entry.disposal)
        return entry

    def _appellant(self, account: str, case_id: int, entry: Case) -> int:
        manifest = self.manifests[entry.manifest]
        speaks, speaker_no = self.speaks_for(account, manifest.declaration.seller_no)
        if not speaks and speaker_no != manifest.declarant_no:
            raise refusal(errors.AppellantUnfit, case_id=case_id, participant_no=speaker_no)
        if speaker_no in (entry.holder_no, entry.customs_no):
            raise _not_separate(entry.holder_no, entry.customs_no, speaker_no)
        return speaker_no

    def _check_right(self, right_id: int, heading: int, now: int) -> Right:
        right = self._right(right_id)
        self._check_in_force(right_id, now)
        if not self.covers(right_id, heading):
            raise refusal(errors.GoodsNotCovered, right_id=right_id, heading=heading)
        return copy.copy(right)

    def _check_held(self, manifest: bytes, parcels: int, district: int) -> None:
        loose = parcels & ~self.held_by(manifest, district)
        if loose:
            raise refusal(errors.ParcelsNotHeld, manifest=manifest, parcels=loose, district=district)


def _check_state(case_id: int, entry: Case, *fit: CaseState) -> None:
    if entry.state not in fit:
        raise refusal(errors.CaseStateUnfit, case_id=case_id, state=entry.state)


def _check_in_time(case_id: int, deadline: int, now: int) -> None:
    if now >= deadline:
        raise refusal(errors.ClockRunOut, case_id=case_id, deadline=deadline)


def _check_run_out(case_id: int, entry: Case, now: int) -> None:
    if now < entry.lapses_at:
        raise refusal(errors.ClockRunning, case_id=case_id, deadline=entry.lapses_at)


def _check_security(route: Route, goods_value: int, security: int) -> None:
    required = security_for(route, goods_value)
    if not required <= security <= goods_value:
        raise refusal(errors.SecurityInvalid, security=security, required=required, most=goods_value)


def _not_separate(complainant_no: int, investigator_no: int, participant_no: int) -> errors.GuanlianError:
    return refusal(
        errors.PartiesNotSeparate,
        complainant_no=complainant_no,
        investigator_no=investigator_no,
        participant_no=participant_no,
    )


def _of_itself(case_id: int, outcome: Outcome) -> bytes:
    """What happens because time passed has no document behind it."""
    return commitments.keccak(case_id.to_bytes(32, "big") + outcome.to_bytes(32, "big"))
