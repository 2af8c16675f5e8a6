"""What `InfringementCases.sol` does, in plain Python."""

from __future__ import annotations

from dataclasses import replace

from backend.domain import errors, rights_events
from backend.domain.events import Event
from backend.domain.lifecycle import Direction, Step
from backend.domain.participants import Role, has_role
from backend.domain.reference.case_book import (
    Case,
    ReferenceCaseBook,
    check_in_time,
    check_run_out,
    check_security,
    check_state,
    not_separate,
    of_itself,
)
from backend.domain.reference.refusing import refusal
from backend.domain.reference.rights import check_committed
from backend.domain.rights import COUNTER_BOND_KINDS, CaseState, Disposal, Outcome, Route, disposal_after

__all__ = ["Case", "ReferenceCases"]

ANSWER_DAYS = 3
FINDING_DAYS = 30
COURT_DAYS = {Route.ExOfficio: 50, Route.OnApplication: 20}
#: Seconds.
APPEAL_WINDOW = 60 * 86_400
APPEAL_TERM = 90 * 86_400

_BEFORE_A_FINDING = (CaseState.Lodged, CaseState.Notified, CaseState.Detained)
_CLOCKED = (CaseState.Notified, CaseState.Detained, CaseState.Appealed)


class ReferenceCases(ReferenceCaseBook):
    """Infringement cases and their clocks: the whole of the contracts in one model."""

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
        check_state(case_id, entry, CaseState.Notified)
        check_in_time(case_id, entry.lapses_at, now)
        check_security(Route.ExOfficio, entry.goods_value, security)
        find_by = self.add_working_days(now, FINDING_DAYS)
        entry.lapses_at = self.add_working_days(now, COURT_DAYS[Route.ExOfficio])
        entry.state, entry.find_by = CaseState.Detained, find_by
        return [rights_events.DetentionRequested(case_id, security, evidence, find_by, entry.lapses_at)]

    def record_finding(self, account: str, now: int, case_id: int, infringing: bool, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        check_state(case_id, entry, CaseState.Detained)
        if entry.route is not Route.ExOfficio:
            raise refusal(errors.RouteUnfit, case_id=case_id, route=entry.route)
        check_in_time(case_id, entry.find_by, now)
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
        check_security(Route.OnApplication, goods_value, security)
        self._keep(entry)
        return [rights_events.ComplaintLodged(number, right_id, customs_no, heading, goods_value, security, evidence)]

    def detain_goods(
        self, account: str, now: int, case_id: int, manifest: bytes, parcels: int, evidence: bytes
    ) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        check_state(case_id, entry, CaseState.Lodged)
        self._check_right(entry.right_id, entry.heading, now)
        self._check_held(manifest, parcels, self.authority_of(account).district)
        lapses_at = self.add_working_days(now, COURT_DAYS[Route.OnApplication])
        opened = replace(entry, state=CaseState.Detained, manifest=manifest, parcels=parcels, lapses_at=lapses_at)
        recorded = self._record(opened, Step.CaseOpened, evidence, now)
        self.cases[case_id] = opened
        return [rights_events.GoodsDetained(case_id, manifest, parcels, evidence, lapses_at), *recorded]

    def decline_complaint(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        check_state(case_id, entry, CaseState.Lodged)
        return self._close(case_id, Outcome.Declined, evidence, now)

    # -- appeal

    def appeal_finding(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._case(case_id)
        check_committed(evidence)
        check_state(case_id, entry, CaseState.Found)
        check_in_time(case_id, entry.lapses_at, now)
        speaker_no = self._appellant(account, case_id, entry)
        entry.state, entry.lapses_at = CaseState.Appealed, now + APPEAL_TERM
        return [rights_events.FindingAppealed(case_id, speaker_no, evidence, entry.lapses_at)]

    def decide_finding_appeal(self, account: str, now: int, case_id: int, upheld: bool, evidence: bytes) -> list[Event]:
        authority = self.authority_of(account)
        if not authority.has(Role.AppealBody):
            raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.AppealBody)
        entry = self._case(case_id)
        check_committed(evidence)
        check_state(case_id, entry, CaseState.Appealed)
        check_in_time(case_id, entry.lapses_at, now)
        manifest = self.manifests[entry.manifest]
        parties = (entry.holder_no, entry.customs_no, manifest.declaration.seller_no, manifest.declarant_no)
        if authority.no in parties:
            raise not_separate(entry.holder_no, entry.customs_no, authority.no)
        decided: Event = rights_events.FindingAppealDecided(case_id, authority.no, upheld, evidence)
        if upheld:
            return [decided, *self._uphold(case_id, evidence, now)]
        return [decided, *self._close(case_id, Outcome.NotInfringing, evidence, now)]

    def confirm_finding(self, account: str, now: int, case_id: int) -> list[Event]:
        entry = self._case(case_id)
        check_state(case_id, entry, CaseState.Found)
        check_run_out(case_id, entry, now)
        return self._uphold(case_id, of_itself(case_id, Outcome.Infringing), now)

    # -- court

    def record_court_notice(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        check_state(case_id, entry, CaseState.Detained)
        check_in_time(case_id, entry.lapses_at, now)
        entry.state, entry.lapses_at = CaseState.InCourt, 0
        return [rights_events.CourtNoticeRecorded(case_id, evidence)]

    def record_ruling(self, account: str, now: int, case_id: int, infringing: bool, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        check_state(case_id, entry, CaseState.InCourt)
        ruled: Event = rights_events.RulingRecorded(case_id, infringing, evidence)
        if infringing:
            return [ruled, *self._uphold(case_id, evidence, now)]
        return [ruled, *self._close(case_id, Outcome.NotInfringing, evidence, now)]

    # -- other ends

    def withdraw_case(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._as_complainant(account, case_id, evidence)
        check_state(case_id, entry, *_BEFORE_A_FINDING)
        return self._close(case_id, Outcome.Withdrawn, evidence, now)

    def accept_counter_bond(self, account: str, now: int, case_id: int, bond: int, evidence: bytes) -> list[Event]:
        entry = self._as_investigator(account, case_id, evidence)
        check_state(case_id, entry, CaseState.Detained, CaseState.InCourt)
        if entry.kind not in COUNTER_BOND_KINDS:
            raise refusal(errors.CounterBondNotAllowed, case_id=case_id, kind=entry.kind)
        if bond < entry.goods_value:
            raise refusal(errors.BondTooSmall, case_id=case_id, bond=bond, required=entry.goods_value)
        accepted: Event = rights_events.CounterBondAccepted(case_id, bond, evidence)
        return [accepted, *self._close(case_id, Outcome.CounterBonded, evidence, now)]

    def declare_lapsed(self, account: str, now: int, case_id: int) -> list[Event]:
        entry = self._case(case_id)
        check_state(case_id, entry, *_CLOCKED)
        check_run_out(case_id, entry, now)
        return self._close(case_id, Outcome.Lapsed, of_itself(case_id, Outcome.Lapsed), now)

    # -- disposal

    def pass_over_disposal(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._to_dispose(account, case_id, evidence)
        passed = entry.disposal
        if passed is Disposal.Destruction:
            raise refusal(errors.DisposalLast, case_id=case_id)
        imported = self.manifests[entry.manifest].declaration.direction is Direction.Import
        entry.disposal = disposal_after(passed, entry.kind, imported=imported)
        return [rights_events.DisposalPassedOver(case_id, passed, evidence)]

    def choose_disposal(self, account: str, now: int, case_id: int, evidence: bytes) -> list[Event]:
        entry = self._to_dispose(account, case_id, evidence)
        last = entry.disposal is Disposal.Destruction
        step = Step.DestructionOrdered if last else Step.DisposalOrdered
        recorded = self._record(entry, step, evidence, now)
        entry.disposed = True
        return [rights_events.DisposalChosen(case_id, entry.disposal, evidence), *recorded]
