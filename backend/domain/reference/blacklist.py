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
MOST_CONFIRMATIONS = 7
MOST_IN_FORCE = 16


@dataclass(slots=True)
class Listing:
    """One proposal to sanction a participant, and what became of it. Instants are zero until they come."""

    participant_no: int
    imposed_by: int
    imposed_at: int
    until: int
    level: Level
    in_force_at: int = 0
    lifted_at: int = 0
    confirmed_by: list[int] = field(default_factory=list)


class ReferenceBlacklist(ReferenceRegistry):
    """The regulators' blacklist. What is in force is derived from the listings at every question."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.listings: dict[int, Listing] = {}
        self.confirmations = dict.fromkeys(Level, 1)

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
        authority = self._check_authority(account)
        self._known(participant_no)
        if participant_no == authority.no:
            raise refusal(errors.SelfListing, participant_no=participant_no)
        if NO_HASH in (grounds, evidence):
            raise refusal(errors.GroundsMissing)
        if not now < until <= now + LONGEST_TERM:
            raise refusal(errors.ListingTermInvalid, until=until, latest=now + LONGEST_TERM)
        number = len(self.listings) + 1
        self.listings[number] = Listing(participant_no, authority.no, now, until, level)
        return [events.ListingImposed(number, participant_no, authority.no, level, grounds, evidence, until)]

    def confirm(self, account: str, now: int, listing_id: int, evidence: bytes) -> list[Event]:
        authority = self._check_authority(account)
        entry = self._listing(listing_id)
        if evidence == NO_HASH:
            raise refusal(errors.GroundsMissing)
        if entry.in_force_at or entry.lifted_at or entry.until <= now:
            raise refusal(errors.ListingNotOpen, listing_id=listing_id)
        if entry.participant_no == authority.no:
            raise refusal(errors.SelfListing, participant_no=authority.no)
        if authority.no == entry.imposed_by or authority.no in entry.confirmed_by:
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
        if authority.no != entry.imposed_by or not _is_authority(authority):
            if not authority.has(Role.AppealBody):
                raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.AppealBody)
            if authority.no == entry.imposed_by or authority.no in entry.confirmed_by:
                raise refusal(errors.AppealNotImpartial, listing_id=listing_id, participant_no=authority.no)
        if evidence == NO_HASH:
            raise refusal(errors.GroundsMissing)
        if entry.lifted_at:
            raise refusal(errors.ListingAlreadyLifted, listing_id=listing_id)
        entry.lifted_at = now
        return [events.ListingLifted(listing_id, entry.participant_no, authority.no, evidence)]

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
            stands = entry.in_force_at and not entry.lifted_at and entry.until > now
            if stands and (entry.participant_no, entry.level) == (participant_no, level):
                yield entry

    # -- checks

    def _check_authority(self, account: str) -> Authority:
        authority = self.authority_of(account)
        if not _is_authority(authority):
            raise refusal(errors.RoleMissing, participant_no=authority.no, role=Role.MarketRegulator)
        return authority

    def _listing(self, listing_id: int) -> Listing:
        if listing_id not in self.listings:
            raise refusal(errors.ListingUnknown, listing_id=listing_id)
        return self.listings[listing_id]


def _is_authority(authority: Authority) -> bool:
    return authority.has(Role.MarketRegulator) or authority.has(Role.Customs)
