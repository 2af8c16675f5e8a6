"""Where a listing stands at an instant, and what may be done by whom.

Computed from the plain facts of a listing. As for cases, what stands here as possible is what the contract lets its
party do; a test holds both against the reference model.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.reference.blacklist import APPEAL_WINDOW, REPAIR_PERIODS, Listing


class ListingStage(StrEnum):
    """Where a listing stands."""

    #: Its party is heard; nobody confirms yet.
    Hearing = "Hearing"
    #: It waits for the confirmations of its level.
    Confirming = "Confirming"
    InForce = "InForce"
    #: In force, and its party's appeal waits for a decision.
    Appealed = "Appealed"
    Expired = "Expired"
    Lifted = "Lifted"


class ListingParty(StrEnum):
    """Who has a part in a listing; an authority that took part in it is no co-signer and no appeal body of it."""

    Listed = "Listed"
    Imposer = "Imposer"
    CoSigner = "CoSigner"
    AppealBody = "AppealBody"


class ListingAct(StrEnum):
    """What may be done to a listing."""

    MakeStatement = "MakeStatement"
    ConfirmListing = "ConfirmListing"
    LiftListing = "LiftListing"
    AppealListing = "AppealListing"
    DecideListingAppeal = "DecideListingAppeal"
    AskRepair = "AskRepair"
    DecideRepair = "DecideRepair"


@dataclass(frozen=True, slots=True)
class ListingPossible:
    """An act that is open now; `until` is the first instant at which it no longer is."""

    act: ListingAct
    by: ListingParty
    until: int


@dataclass(frozen=True, slots=True)
class ListingStanding:
    """The stage, and everything that may be done now."""

    stage: ListingStage
    possible: tuple[ListingPossible, ...]
    #: Until when an appeal may be made, and from when credit repair may be asked for; zero before it is in force.
    appeal_until: int
    repair_from: int


def listing_standing_of(listing: Listing, now: int) -> ListingStanding:
    """Where a listing stands at an instant (Unix seconds)."""
    in_force_at = listing.in_force_at
    appeal_until = in_force_at + APPEAL_WINDOW if in_force_at else 0
    repair_from = in_force_at + REPAIR_PERIODS[listing.level] if in_force_at else 0
    stage = _stage(listing, now)
    acts: list[ListingPossible] = []

    def add(act: ListingAct, *parties: ListingParty, until: int = listing.until) -> None:
        acts.extend(ListingPossible(act, party, until) for party in parties)

    if stage is not ListingStage.Lifted:
        add(ListingAct.LiftListing, ListingParty.Imposer, ListingParty.AppealBody, until=0)
    if stage not in (ListingStage.Lifted, ListingStage.Expired):
        add(ListingAct.MakeStatement, ListingParty.Listed)
    if stage is ListingStage.Confirming:
        add(ListingAct.ConfirmListing, ListingParty.CoSigner)
    if stage in (ListingStage.InForce, ListingStage.Appealed):
        if not listing.appealed_at and now < appeal_until:
            add(ListingAct.AppealListing, ListingParty.Listed, until=min(appeal_until, listing.until))
        if stage is ListingStage.Appealed:
            add(ListingAct.DecideListingAppeal, ListingParty.AppealBody)
        if listing.repair_asked_at:
            add(ListingAct.DecideRepair, ListingParty.Imposer)
        elif now >= repair_from:
            add(ListingAct.AskRepair, ListingParty.Listed)
    return ListingStanding(stage, tuple(acts), appeal_until, repair_from)


def _stage(listing: Listing, now: int) -> ListingStage:
    if listing.lifted_at:
        return ListingStage.Lifted
    if listing.until <= now:
        return ListingStage.Expired
    if not listing.in_force_at:
        return ListingStage.Hearing if now < listing.hearing_until else ListingStage.Confirming
    return ListingStage.Appealed if listing.appealed_at and not listing.appeal_decided_at else ListingStage.InForce
