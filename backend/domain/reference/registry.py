"""What `ParticipantRegistry.sol` does, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain import errors, events
from backend.domain.events import Event
from backend.domain.participants import ALL_ROLES, CreditGrade, Role, has_role, role_set
from backend.domain.reference.refusing import refusal

ZERO_ACCOUNT = "0x" + "0" * 40
NO_HASH = bytes(32)

_SELLER_ONLY = role_set([Role.Seller])


@dataclass(slots=True)
class Participant:
    """A registered organisation; `roles` is a role set, `district` zero where there is none."""

    roles: int
    district: int
    registered_at: int
    registrar_no: int = 0
    credit_grade: CreditGrade = CreditGrade.Regular
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Authority:
    """For whom an account acts, with what roles and in what district."""

    no: int
    roles: int
    district: int

    def has(self, role: Role) -> bool:
        return has_role(self.roles, role)


class ReferenceRegistry:
    """Participants, their accounts and what they may do.

    Every method that changes something takes the calling account and the time (Unix seconds), returns the
    events and raises before it has changed anything.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.pending_owner = ZERO_ACCOUNT
        self.participants: dict[int, Participant] = {}
        self.numbers: dict[str, int] = {}
        self.identities: dict[bytes, int] = {}

    # -- participants

    def register(
        self, account: str, now: int, legal_identity: bytes, roles: int, district: int, first_account: str
    ) -> list[Event]:
        registrar_no = self._check_registrar(account, roles, district, first_account)
        _check_roles(roles, district)
        if legal_identity == NO_HASH:
            raise refusal(errors.LegalIdentityMissing)
        taken = self.identities.get(legal_identity)
        if taken is not None:
            raise refusal(errors.LegalIdentityTaken, legal_identity=legal_identity, participant_no=taken)
        number = len(self.participants) + 1
        if first_account != ZERO_ACCOUNT:
            self._check_free(first_account)

        self.participants[number] = Participant(roles, district, now, registrar_no)
        self.identities[legal_identity] = number
        found: list[Event] = [events.ParticipantRegistered(number, legal_identity, roles, district, registrar_no)]
        if first_account != ZERO_ACCOUNT:
            self.numbers[first_account] = number
            found.append(events.AccountAdded(number, first_account))
        return found

    def set_roles(self, account: str, now: int, participant_no: int, roles: int, district: int) -> list[Event]:
        self._check_owner(account)
        subject = self._known(participant_no)
        _check_roles(roles, district)
        subject.roles, subject.district = roles, district
        return [events.RolesChanged(participant_no, roles, district)]

    def set_credit_grade(self, account: str, now: int, participant_no: int, credit_grade: CreditGrade) -> list[Event]:
        authority = self.authority_of(account)
        if not authority.has(Role.Customs):
            raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.Customs)
        self._known(participant_no).credit_grade = credit_grade
        return [events.CreditGraded(participant_no, credit_grade, authority.no)]

    def suspend(self, account: str, now: int, participant_no: int) -> list[Event]:
        self._check_owner(account)
        self._known(participant_no).suspended = True
        return [events.Suspended(participant_no)]

    def reinstate(self, account: str, now: int, participant_no: int) -> list[Event]:
        self._check_owner(account)
        self._known(participant_no).suspended = False
        return [events.Reinstated(participant_no)]

    # -- accounts

    def add_account(self, account: str, now: int, participant_no: int, added: str) -> list[Event]:
        self._check_speaks_for(account, participant_no)
        self._known(participant_no)
        self._check_free(added)
        self.numbers[added] = participant_no
        return [events.AccountAdded(participant_no, added)]

    def revoke_account(self, account: str, now: int, participant_no: int, revoked: str) -> list[Event]:
        self._check_speaks_for(account, participant_no)
        self._known(participant_no)
        if self.numbers.get(revoked) != participant_no:
            raise refusal(errors.AccountNotOfParticipant, account=revoked, participant_no=participant_no)
        del self.numbers[revoked]
        return [events.AccountRevoked(participant_no, revoked)]

    # -- ownership, in two steps

    def transfer_ownership(self, account: str, now: int, new_owner: str) -> list[Event]:
        self._check_owner(account)
        self.pending_owner = new_owner
        return []

    def accept_ownership(self, account: str, now: int) -> list[Event]:
        if account != self.pending_owner:
            raise refusal(errors.OwnableUnauthorizedAccount, account=account)
        self.owner, self.pending_owner = account, ZERO_ACCOUNT
        return []

    def renounce_ownership(self, account: str, now: int) -> list[Event]:
        self._check_owner(account)
        raise refusal(errors.OwnableInvalidOwner, owner=ZERO_ACCOUNT)

    # -- views

    def authority_of(self, account: str) -> Authority:
        """Raises AccountUnknown or ParticipantSuspended."""
        number = self.numbers.get(account)
        if number is None:
            raise refusal(errors.AccountUnknown, account=account)
        subject = self.participants[number]
        if subject.suspended:
            raise refusal(errors.ParticipantSuspended, participant_no=number)
        return Authority(number, subject.roles, subject.district)

    def is_active_seller(self, participant_no: int) -> bool:
        subject = self.participants.get(participant_no)
        return subject is not None and has_role(subject.roles, Role.Seller) and not subject.suspended

    def speaks_for(self, account: str, participant_no: int) -> tuple[bool, int]:
        """Whether an account may be heard for a participant, and whose it is; zero is the owner's.

        A participant without a key of its own is spoken for by its registrar.
        """
        subject = self._known(participant_no)
        is_mute = participant_no not in self.numbers.values()
        if is_mute and (account, subject.registrar_no) == (self.owner, 0):
            return True, 0
        speaker = self.authority_of(account).no
        return speaker == participant_no or (is_mute and speaker == subject.registrar_no), speaker

    # -- checks

    def _check_owner(self, account: str) -> None:
        if account != self.owner:
            raise refusal(errors.OwnableUnauthorizedAccount, account=account)

    def _check_registrar(self, account: str, roles: int, district: int, first_account: str) -> int:
        if account == self.owner:
            return 0
        registrar = self.authority_of(account)
        may = registrar.has(Role.Platform) or registrar.has(Role.Customs)
        if not may or (roles, district, first_account) != (_SELLER_ONLY, 0, ZERO_ACCOUNT):
            raise refusal(errors.RegistrationNotAllowed, participant_no=registrar.no, roles=roles)
        return registrar.no

    def _check_speaks_for(self, account: str, participant_no: int) -> None:
        if account != self.owner and self.authority_of(account).no != participant_no:
            raise refusal(errors.AccountNotOfParticipant, account=account, participant_no=participant_no)

    def _check_free(self, account: str) -> None:
        if account == ZERO_ACCOUNT:
            raise refusal(errors.AccountUnknown, account=account)
        if account in self.numbers:
            raise refusal(errors.AccountTaken, account=account, participant_no=self.numbers[account])

    def _known(self, participant_no: int) -> Participant:
        if participant_no not in self.participants:
            raise refusal(errors.ParticipantUnknown, participant_no=participant_no)
        return self.participants[participant_no]


def _check_roles(roles: int, district: int) -> None:
    if not 0 < roles <= ALL_ROLES or (has_role(roles, Role.Customs) and district == 0):
        raise refusal(errors.RolesInvalid, roles=roles, district=district)
