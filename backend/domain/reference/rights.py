"""What `RightsRegistry.sol` does, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.domain import errors, rights_events
from backend.domain.events import Event
from backend.domain.participants import Role, has_role
from backend.domain.reference.calendar import ReferenceCalendar
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import NO_HASH, Authority
from backend.domain.rights import Application, RightKind

DECISION_DAYS = 30
#: Seconds: ten years with the two leap days that they have at least, and the shortest six months.
TERM = 3_652 * 86_400
RENEWAL_WINDOW = 181 * 86_400
MOST_HEADINGS = 64


@dataclass(slots=True)
class Right:
    """A right and what is asked for it; instants are zero until they come."""

    holder_no: int
    kind: RightKind
    applied_at: int
    underlying_until: int
    recorded_at: int = 0
    until: int = 0
    ended_at: int = 0
    pending: Application = Application.Zero
    decide_by: int = 0
    lists: list[frozenset[int]] = field(default_factory=list)
    #: Which of `lists` holds, numbered from one.
    list_no: int = 0

    def is_in_force(self, at: int) -> bool:
        stands = not self.ended_at or at < self.ended_at
        return bool(self.recorded_at) and self.recorded_at <= at < self.until and stands


@dataclass(slots=True)
class Licence:
    """A seller's permission from the holder."""

    granted_at: int
    until: int
    revoked_at: int = 0


class ReferenceRights(ReferenceCalendar):
    """Rights recorded with customs, and who may use them."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.rights: dict[int, Right] = {}
        self.licences: dict[tuple[int, int], Licence] = {}
        self.headquarters_no = 0

    # -- what a holder asks for

    def apply_for_recordal(
        self,
        account: str,
        now: int,
        kind: RightKind,
        marks: bytes,
        goods: bytes,
        headings: Sequence[int],
        underlying_until: int,
        evidence: bytes,
    ) -> list[Event]:
        holder = self.authority_of(account)
        if not holder.has(Role.RightsHolder):
            raise refusal(errors.RoleMissing, participant_no=holder.no, role=Role.RightsHolder)
        check_committed(marks, goods, evidence)
        if underlying_until <= now:
            raise refusal(errors.UnderlyingRightEnds, underlying_until=underlying_until, earliest=now)
        decide_by = self.add_working_days(now, DECISION_DAYS)
        _check_headings(headings)
        number = len(self.rights) + 1
        entry = Right(holder.no, kind, now, underlying_until, pending=Application.Recordal, decide_by=decide_by)
        self.rights[number] = entry
        applied = rights_events.RecordalAppliedFor(
            number, holder.no, kind, marks, underlying_until, evidence, decide_by
        )
        return [applied, _listed(number, entry, goods, headings)]

    def apply_for_renewal(
        self, account: str, now: int, right_id: int, underlying_until: int, evidence: bytes
    ) -> list[Event]:
        entry = self._own(account, right_id)
        check_committed(evidence)
        self._check_in_force(right_id, now)
        earliest = entry.until - RENEWAL_WINDOW
        if now < earliest:
            raise refusal(errors.RenewalTooEarly, right_id=right_id, earliest=earliest)
        if underlying_until <= entry.until:
            raise refusal(errors.UnderlyingRightEnds, underlying_until=underlying_until, earliest=entry.until)
        decide_by = self._ask_for(right_id, Application.Renewal, now)
        entry.underlying_until = underlying_until
        return [rights_events.RenewalAppliedFor(right_id, underlying_until, evidence, decide_by)]

    def apply_for_change(
        self,
        account: str,
        now: int,
        right_id: int,
        marks: bytes,
        goods: bytes,
        headings: Sequence[int],
        evidence: bytes,
    ) -> list[Event]:
        entry = self._own(account, right_id)
        check_committed(marks, goods, evidence)
        self._check_in_force(right_id, now)
        self._check_nothing_pending(right_id)
        self.add_working_days(now, DECISION_DAYS)
        _check_headings(headings)
        decide_by = self._ask_for(right_id, Application.Change, now)
        applied = rights_events.ChangeAppliedFor(right_id, marks, evidence, decide_by)
        return [applied, _listed(right_id, entry, goods, headings)]

    def withdraw_recordal(self, account: str, now: int, right_id: int, evidence: bytes) -> list[Event]:
        entry = self._own(account, right_id)
        check_committed(evidence)
        self._end(right_id, entry, now)
        return [rights_events.RecordalWithdrawn(right_id, evidence)]

    # -- what headquarters decide

    def approve_application(self, account: str, now: int, right_id: int, evidence: bytes) -> list[Event]:
        authority, entry = self._to_decide(account, right_id)
        check_committed(evidence)
        application = entry.pending
        if application is Application.Recordal:
            if entry.underlying_until <= now:
                raise refusal(errors.UnderlyingRightEnds, underlying_until=entry.underlying_until, earliest=now)
            entry.recorded_at, entry.until = now, min(now + TERM, entry.underlying_until)
        if application is Application.Renewal:
            entry.until = min(entry.until + TERM, entry.underlying_until)
        else:
            entry.list_no = len(entry.lists)
        entry.pending = Application.Zero
        late = now >= entry.decide_by
        return [rights_events.ApplicationApproved(right_id, application, authority.no, entry.until, evidence, late)]

    def refuse_application(self, account: str, now: int, right_id: int, grounds: bytes, evidence: bytes) -> list[Event]:
        authority, entry = self._to_decide(account, right_id)
        check_committed(grounds, evidence)
        application, entry.pending = entry.pending, Application.Zero
        if application is Application.Recordal:
            entry.ended_at = now
        late = now >= entry.decide_by
        return [rights_events.ApplicationRefused(right_id, application, authority.no, grounds, evidence, late)]

    def revoke_recordal(self, account: str, now: int, right_id: int, grounds: bytes, evidence: bytes) -> list[Event]:
        authority, entry = self._by_headquarters(account, right_id)
        check_committed(grounds, evidence)
        self._end(right_id, entry, now)
        return [rights_events.RecordalRevoked(right_id, authority.no, grounds, evidence)]

    def set_headquarters(self, account: str, now: int, participant_no: int) -> list[Event]:
        self._check_owner(account)
        if not has_role(self._known(participant_no).roles, Role.Customs):
            raise refusal(errors.RoleMissing, participant_no=participant_no, role=Role.Customs)
        self.headquarters_no = participant_no
        return [rights_events.HeadquartersSet(participant_no)]

    # -- licences

    def grant_licence(
        self, account: str, now: int, right_id: int, seller_no: int, goods: bytes, until: int, evidence: bytes
    ) -> list[Event]:
        self._own(account, right_id)
        check_committed(goods, evidence)
        self._check_in_force(right_id, now)
        if not self.is_active_seller(seller_no):
            raise refusal(errors.LicenseeInvalid, participant_no=seller_no)
        if until <= now:
            raise refusal(errors.LicenceTermInvalid, until=until)
        self.licences[right_id, seller_no] = Licence(now, until)
        return [rights_events.LicenceGranted(right_id, seller_no, goods, until, evidence)]

    def revoke_licence(self, account: str, now: int, right_id: int, seller_no: int, evidence: bytes) -> list[Event]:
        self._own(account, right_id)
        check_committed(evidence)
        if not self._has_licence(right_id, seller_no, now):
            raise refusal(errors.LicenceMissing, right_id=right_id, seller_no=seller_no)
        self.licences[right_id, seller_no].revoked_at = now
        return [rights_events.LicenceRevoked(right_id, seller_no, evidence)]

    # -- views

    def is_in_force(self, right_id: int, at: int) -> bool:
        return self._right(right_id).is_in_force(at)

    def covers(self, right_id: int, heading: int) -> bool:
        entry = self._right(right_id)
        return bool(entry.list_no) and heading in entry.lists[entry.list_no - 1]

    def is_licensed(self, right_id: int, seller_no: int, now: int) -> bool:
        entry = self._right(right_id)
        may = entry.holder_no == seller_no or self._has_licence(right_id, seller_no, now)
        return entry.is_in_force(now) and may

    # -- parts and checks

    def _ask_for(self, right_id: int, application: Application, now: int) -> int:
        self._check_nothing_pending(right_id)
        entry, decide_by = self.rights[right_id], self.add_working_days(now, DECISION_DAYS)
        entry.pending, entry.decide_by = application, decide_by
        return decide_by

    def _end(self, right_id: int, entry: Right, now: int) -> None:
        alive = not entry.ended_at and (entry.pending is not Application.Zero or entry.until > now)
        if not alive:
            raise refusal(errors.RightNotInForce, right_id=right_id)
        entry.ended_at, entry.pending = now, Application.Zero

    def _right(self, right_id: int) -> Right:
        if right_id not in self.rights:
            raise refusal(errors.RightUnknown, right_id=right_id)
        return self.rights[right_id]

    def _own(self, account: str, right_id: int) -> Right:
        entry = self._right(right_id)
        own_no = self.authority_of(account).no
        if entry.holder_no != own_no:
            raise refusal(errors.HolderOnly, right_id=right_id, participant_no=own_no)
        return entry

    def _by_headquarters(self, account: str, right_id: int) -> tuple[Authority, Right]:
        authority = self.authority_of(account)
        if authority.no != self.headquarters_no:
            whose = {"participant_no": authority.no, "headquarters_no": self.headquarters_no}
            raise refusal(errors.HeadquartersOnly, **whose)
        if not authority.has(Role.Customs):
            raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.Customs)
        entry = self._right(right_id)
        if entry.holder_no == authority.no:
            raise refusal(errors.SelfApproval, right_id=right_id, participant_no=authority.no)
        return authority, entry

    def _to_decide(self, account: str, right_id: int) -> tuple[Authority, Right]:
        authority, entry = self._by_headquarters(account, right_id)
        if entry.pending is Application.Zero:
            raise refusal(errors.ApplicationMissing, right_id=right_id)
        return authority, entry

    def _check_in_force(self, right_id: int, now: int) -> None:
        if not self.is_in_force(right_id, now):
            raise refusal(errors.RightNotInForce, right_id=right_id)

    def _check_nothing_pending(self, right_id: int) -> None:
        pending = self.rights[right_id].pending
        if pending is not Application.Zero:
            raise refusal(errors.ApplicationPending, right_id=right_id, application=pending)

    def _has_licence(self, right_id: int, seller_no: int, now: int) -> bool:
        entry = self.licences.get((right_id, seller_no))
        return entry is not None and not entry.revoked_at and entry.until > now


def check_committed(*commitments: bytes) -> None:
    """Raises CommitmentMissing where one of them is empty."""
    if NO_HASH in commitments:
        raise refusal(errors.CommitmentMissing)


def _check_headings(headings: Sequence[int]) -> None:
    if not 1 <= len(headings) <= MOST_HEADINGS:
        raise refusal(errors.HeadingsInvalid, count=len(headings), most=MOST_HEADINGS)
    for heading in headings:
        if not (100 < heading < 9_800 and heading % 100):
            raise refusal(errors.HeadingInvalid, heading=heading)


def _listed(right_id: int, entry: Right, goods: bytes, headings: Sequence[int]) -> Event:
    entry.lists.append(frozenset(headings))
    return rights_events.GoodsListed(right_id, len(entry.lists), goods, tuple(headings))
