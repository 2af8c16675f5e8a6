"""What `Blacklist.sol` does, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.domain import errors, events
from backend.domain.events import Event, Level
from backend.domain.participants import Role
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import NO_HASH, Authority, ReferenceRegistry

#: Seconds.
LONGEST_TERM = 5 * 365 * 24 * 3600
APPEAL_WINDOW = 60 * 24 * 3600
HEARING_WINDOW = 5 * 24 * 3600
LONGEST_HEARING = 30 * 24 * 3600
REPAIR_PERIODS = {Level.Watch: 90 * 24 * 3600, Level.Inspect: 180 * 24 * 3600, Level.Barred: 365 * 24 * 3600}

MOST_CONFIRMATIONS = 7
MOST_IN_FORCE = 16

PROPOSERS = (Role.MarketRegulator, Role.Customs)
CO_SIGNERS = (*PROPOSERS, Role.TaxAuthority, Role.ForeignExchangeAuthority)


@dataclass(slots=True)
class Listing:
    """One proposal to sanction a participant, and what became of it. Instants are zero until they come."""

    participant_no: int
    imposed_by: int
    imposed_at: int
    until: int
    level: Level
    hearing_until: int
    in_force_at: int = 0
    lifted_at: int = 0
    appealed_at: int = 0
    appeal_decided_at: int = 0
    repair_asked_at: int = 0
    confirmed_by: list[int] = field(default_factory=list)

    def is_in_force(self, now: int) -> bool:
        return bool(self.in_force_at) and not self.lifted_at and self.until > now

    def had_part(self, participant_no: int) -> bool:
        return participant_no == self.imposed_by or participant_no in self.confirmed_by


class ReferenceBlacklist(ReferenceRegistry):
    """The regulators' blacklist. What is in force is derived from the listings at every question."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.listings: dict[int, Listing] = {}
        self.confirmations = dict.fromkeys(Level, 1)
        self.hearing_window = HEARING_WINDOW
        self.urgent: dict[bytes, bool] = {}

    def impose(
        self,
        account: str,
        now: int,
        participant_no: int,
        level: Level,
        grounds: bytes,
        evidence: bytes,
        until: int,
    ) -> list[Event]:
        authority = self._check_authority(account, PROPOSERS)
        self._known(participant_no)
        if participant_no == authority.no:
            raise refusal(errors.SelfListing, participant_no=participant_no)
        if NO_HASH in (grounds, evidence):
            raise refusal(errors.GroundsMissing)
        hearing_until = now if self.urgent.get(grounds) else now + self.hearing_window
        if not hearing_until < until <= now + LONGEST_TERM:
            raise refusal(errors.ListingTermInvalid, until=until, latest=now + LONGEST_TERM)
        number = len(self.listings) + 1
        self.listings[number] = Listing(participant_no, authority.no, now, until, level, hearing_until)
        found: list[Event] = [
            events.ListingImposed(number, participant_no, authority.no, level, grounds, evidence, until)
        ]
        if hearing_until != now:
            found.append(events.HearingOpened(number, participant_no, hearing_until))
        return found

    def make_statement(self, account: str, now: int, listing_id: int, statement: bytes) -> list[Event]:
        entry, speaker_no = self._as_listed_party(account, listing_id, statement)
        if entry.lifted_at:
            raise refusal(errors.ListingAlreadyLifted, listing_id=listing_id)
        if entry.until <= now:
            raise refusal(errors.ListingNotOpen, listing_id=listing_id)
        return [events.StatementMade(listing_id, entry.participant_no, speaker_no, statement)]

    def confirm(self, account: str, now: int, listing_id: int, evidence: bytes) -> list[Event]:
        authority = self._check_authority(account, CO_SIGNERS)
        entry = self._listing(listing_id)
        if evidence == NO_HASH:
            raise refusal(errors.GroundsMissing)
        if entry.in_force_at or entry.lifted_at or entry.until <= now:
            raise refusal(errors.ListingNotOpen, listing_id=listing_id)
        if now < entry.hearing_until:
            raise refusal(errors.HearingOpen, listing_id=listing_id, until=entry.hearing_until)
        if entry.participant_no == authority.no:
            raise refusal(errors.SelfListing, participant_no=authority.no)
        if entry.had_part(authority.no):
            raise refusal(errors.ConfirmationRepeated, listing_id=listing_id, participant_no=authority.no)
        enough = len(entry.confirmed_by) + 1 >= self.confirmations[entry.level]
        if enough and len(list(self._in_force(entry.participant_no, entry.level, now))) >= MOST_IN_FORCE:
            raise refusal(errors.ListingsInForceTooMany, participant_no=entry.participant_no)

        entry.confirmed_by.append(authority.no)
        found: list[Event] = [events.ListingConfirmed(listing_id, authority.no, evidence)]
        if enough:
            entry.in_force_at = now
            found.append(events.ListingInForce(listing_id, entry.participant_no, entry.level, entry.until))
        return found

    def lift(self, account: str, now: int, listing_id: int, evidence: bytes) -> list[Event]:
        authority = self.authority_of(account)
        entry = self._listing(listing_id)
        if authority.no != entry.imposed_by or not _has_any(authority, PROPOSERS):
            _check_impartial(listing_id, entry, authority)
        if evidence == NO_HASH:
            raise refusal(errors.GroundsMissing)
        if entry.lifted_at:
            raise refusal(errors.ListingAlreadyLifted, listing_id=listing_id)
        entry.lifted_at = now
        return [events.ListingLifted(listing_id, entry.participant_no, authority.no, evidence)]

    # -- appeal and repair

    def appeal_listing(self, account: str, now: int, listing_id: int, evidence: bytes) -> list[Event]:
        entry, speaker_no = self._as_listed_party(account, listing_id, evidence)
        _check_in_force(listing_id, entry, now)
        latest = entry.in_force_at + APPEAL_WINDOW
        if now >= latest:
            raise refusal(errors.AppealTooLate, listing_id=listing_id, latest=latest)
        if entry.appealed_at:
            raise refusal(errors.AppealRepeated, listing_id=listing_id)
        entry.appealed_at = now
        return [events.ListingAppealed(listing_id, entry.participant_no, speaker_no, evidence)]

    def decide_listing_appeal(
        self, account: str, now: int, listing_id: int, upheld: bool, evidence: bytes
    ) -> list[Event]:
        authority = self.authority_of(account)
        entry = self._listing(listing_id)
        _check_impartial(listing_id, entry, authority)
        if evidence == NO_HASH:
            raise refusal(errors.GroundsMissing)
        if not entry.appealed_at or entry.appeal_decided_at:
            raise refusal(errors.AppealMissing, listing_id=listing_id)
        _check_in_force(listing_id, entry, now)
        entry.appeal_decided_at = now
        found: list[Event] = [events.ListingAppealDecided(listing_id, authority.no, upheld, evidence)]
        if not upheld:
            entry.lifted_at = now
            found.append(events.ListingLifted(listing_id, entry.participant_no, authority.no, evidence))
        return found

    def ask_repair(self, account: str, now: int, listing_id: int, evidence: bytes) -> list[Event]:
        entry, speaker_no = self._as_listed_party(account, listing_id, evidence)
        _check_in_force(listing_id, entry, now)
        earliest = entry.in_force_at + REPAIR_PERIODS[entry.level]
        if now < earliest:
            raise refusal(errors.RepairTooEarly, listing_id=listing_id, earliest=earliest)
        if entry.repair_asked_at:
            raise refusal(errors.RepairPending, listing_id=listing_id)
        entry.repair_asked_at = now
        return [events.RepairAsked(listing_id, entry.participant_no, speaker_no, evidence)]

    def decide_repair(self, account: str, now: int, listing_id: int, granted: bool, evidence: bytes) -> list[Event]:
        authority = self._check_authority(account, PROPOSERS)
        entry = self._listing(listing_id)
        if authority.no != entry.imposed_by:
            raise refusal(errors.ImposingAuthorityOnly, listing_id=listing_id, participant_no=authority.no)
        if evidence == NO_HASH:
            raise refusal(errors.GroundsMissing)
        if not entry.repair_asked_at:
            raise refusal(errors.RepairMissing, listing_id=listing_id)
        _check_in_force(listing_id, entry, now)
        entry.repair_asked_at = 0
        found: list[Event] = [events.RepairDecided(listing_id, authority.no, granted, evidence)]
        if granted:
            entry.lifted_at = now
            found.append(events.ListingLifted(listing_id, entry.participant_no, authority.no, evidence))
        return found

    # -- what the owner sets

    def set_hearing_window(self, account: str, now: int, hearing_window: int) -> list[Event]:
        self._check_owner(account)
        if hearing_window > LONGEST_HEARING:
            raise refusal(errors.HearingWindowInvalid, hearing_window=hearing_window, longest=LONGEST_HEARING)
        self.hearing_window = hearing_window
        return [events.HearingWindowSet(hearing_window)]

    def set_urgency(self, account: str, now: int, grounds: bytes, urgent: bool) -> list[Event]:
        self._check_owner(account)
        if grounds == NO_HASH:
            raise refusal(errors.GroundsMissing)
        self.urgent[grounds] = urgent
        return [events.UrgencySet(grounds, urgent)]

    def set_confirmations(self, account: str, now: int, level: Level, confirmations: int) -> list[Event]:
        self._check_owner(account)
        if not 1 <= confirmations <= MOST_CONFIRMATIONS:
            raise refusal(
                errors.ConfirmationsInvalid, level=level, confirmations=confirmations, most=MOST_CONFIRMATIONS
            )
        self.confirmations[level] = confirmations
        return [events.ConfirmationsSet(level, confirmations)]

    # -- views

    def is_barred(self, participant_no: int, now: int) -> bool:
        return self.in_force_until(participant_no, Level.Barred, now) > now

    def in_force_until(self, participant_no: int, level: Level, now: int) -> int:
        """The end of the longest listing in force at exactly this level, or zero."""
        return max((entry.until for entry in self._in_force(participant_no, level, now)), default=0)

    def _in_force(self, participant_no: int, level: Level, now: int) -> Iterator[Listing]:
        for entry in self.listings.values():
            if entry.is_in_force(now) and (entry.participant_no, entry.level) == (participant_no, level):
                yield entry

    # -- checks

    def _check_authority(self, account: str, among: tuple[Role, ...]) -> Authority:
        authority = self.authority_of(account)
        if not _has_any(authority, among):
            raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.MarketRegulator)
        return authority

    def _as_listed_party(self, account: str, listing_id: int, evidence: bytes) -> tuple[Listing, int]:
        """Who imposed or confirmed a listing does not speak for its party, though it may have registered it."""
        entry = self._listing(listing_id)
        speaks, speaker_no = self.speaks_for(account, entry.participant_no)
        if not speaks or entry.had_part(speaker_no):
            raise refusal(errors.ListedPartyOnly, listing_id=listing_id, participant_no=speaker_no)
        if evidence == NO_HASH:
            raise refusal(errors.GroundsMissing)
        return entry, speaker_no

    def _listing(self, listing_id: int) -> Listing:
        if listing_id not in self.listings:
            raise refusal(errors.ListingUnknown, listing_id=listing_id)
        return self.listings[listing_id]


def _check_impartial(listing_id: int, entry: Listing, authority: Authority) -> None:
    if not authority.has(Role.AppealBody):
        raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.AppealBody)
    if entry.had_part(authority.no) or entry.participant_no == authority.no:
        raise refusal(errors.AppealNotImpartial, listing_id=listing_id, participant_no=authority.no)


def _check_in_force(listing_id: int, entry: Listing, now: int) -> None:
    if not entry.is_in_force(now):
        raise refusal(errors.ListingNotInForce, listing_id=listing_id)


def _has_any(authority: Authority, among: tuple[Role, ...]) -> bool:
    return any(authority.has(role) for role in among)
