"""The life of a parcel as one table, and its algebra on sets of parcels.

A *set* is an integer whose bit i stands for the parcel with index i of a manifest. Each parcel is in
exactly one state; flags it may have any number of. A step moves a subset. The same table stands in
`contracts/libraries/Lifecycle.sol`; a test proves the two equal.

Source of the rules: the unified CBEC system's status codes and message flow (specification 202205), order
of clearance, inspection, detention, transit and return as in the customs law and the announcements on
cross-border e-commerce retail (2018 no.194, 2020 no.44 and no.45).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum

from backend.domain.participants import Role


class State(IntEnum):
    """Where a parcel stands. The number is the state's set on the chain."""

    Declared = 0
    Rejected = 1
    Accepted = 2
    Released = 3
    InTransit = 4
    AtPort = 5
    Departed = 6
    Delivered = 7
    Closed = 8
    Cancelled = 9
    Returning = 10
    Returned = 11
    ReturnedAbroad = 12
    Confiscated = 13
    Destroyed = 14
    #: Confiscated and given away, sold or auctioned.
    Disposed = 15


class Flag(IntEnum):
    """What is true of a parcel besides its state. `FLAG_SETS` plus the number is the flag's set."""

    Order = 0
    Payment = 1
    Waybill = 2
    Arrived = 3
    Review = 4
    Inspection = 5
    Inspected = 6
    HeldDeclaring = 7
    HeldPort = 8
    ReturnPending = 9
    CaseOpen = 10
    Infringing = 11
    #: Inside a consignment: it travels with that and not otherwise.
    Consigned = 12


#: Set numbers 0 to 15 are states, 16 to 31 flags.
FLAG_SETS = 16

MOST_PARCELS = 256


class Step(IntEnum):
    """What can happen to parcels."""

    Declaration = 0
    OrderAttested = 1
    PaymentAttested = 2
    WaybillAttested = 3
    Arrival = 4
    Acceptance = 5
    Rejection = 6
    ReviewOpened = 7
    ReviewClosed = 8
    InspectionOrdered = 9
    InspectionPassed = 10
    Detention = 11
    DetentionLifted = 12
    Release = 13
    TransitDeparture = 14
    TransitArrival = 15
    Departure = 16
    Offloading = 17
    Delivery = 18
    Closure = 19
    Cancellation = 20
    ReturnRequested = 21
    ReturnApproved = 22
    ReturnRefused = 23
    ReturnArrived = 24
    ReturnVerified = 25
    ReturnAbroad = 26
    Confiscation = 27
    Destruction = 28
    DuplicateReported = 29
    PortDetention = 30
    PortDetentionLifted = 31
    CaseOpened = 32
    CaseClosed = 33
    InfringementFound = 34
    DisposalOrdered = 35
    DestructionOrdered = 36
    Consigned = 37
    TakenOut = 38
    Waybilled = 39
    WrittenOff = 40
    Reinspection = 41


class Jurisdiction(IntEnum):
    """Whose say a step is, beyond the role: anyone's with the role, or the one that this manifest names."""

    Anywhere = 0
    DeclaringDistrict = 1
    PortDistrict = 2
    OwnDeclarant = 3


class Direction(IntEnum):
    Import = 0
    Export = 1


#: Supervision modes by direction (§3 of the domain notes); 1239 is bonded import outside the pilot cities.
SUPERVISION_MODES: dict[Direction, frozenset[int]] = {
    Direction.Import: frozenset({9610, 1210, 1239}),
    Direction.Export: frozenset({9610, 1210, 9710, 9810}),
}


class Profile(IntEnum):
    """A manifest's kind as far as the table distinguishes it: direction, bonded stock, transit to a port."""

    ImportDirect = 0
    ImportBonded = 1
    ExportAtPort = 2
    ExportByTransit = 3


def profile_of(direction: Direction, supervision_mode: int, declaring_district: int, port_district: int) -> Profile:
    """The kind of a manifest. Bonded imports leave stock that is already under supervision (1210, 1239)."""
    if direction == Direction.Import:
        return Profile.ImportDirect if supervision_mode == 9610 else Profile.ImportBonded
    return Profile.ExportAtPort if declaring_district == port_district else Profile.ExportByTransit


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: who may take a step, where, on which parcels, and what it changes.

    `profiles`, `origins` (states), `raises`, `clears`, `needs` and `forbids` (flags) are bit sets;
    `leads_to` is None where the state stays. `seller_clear` refuses the step while the seller is barred.
    """

    role: Role
    where: Jurisdiction
    profiles: int
    origins: int
    leads_to: State | None = None
    raises: int = 0
    clears: int = 0
    needs: int = 0
    forbids: int = 0
    seller_clear: bool = False


def bits(*members: IntEnum) -> int:
    """The members as a bit set."""
    word = 0
    for member in members:
        word |= 1 << member
    return word


_S, _F, _R, _J, _P = State, Flag, Role, Jurisdiction, Profile
_EVERY = bits(*Profile)
_IMPORTS = bits(_P.ImportDirect, _P.ImportBonded)
_EXPORTS = bits(_P.ExportAtPort, _P.ExportByTransit)
_AT_PORT = bits(_P.ExportAtPort)
_TRANSIT = bits(_P.ExportByTransit)
_DECLARED = bits(_S.Declared)
_ACCEPTED = bits(_S.Accepted)
_OPEN = bits(_S.Declared, _S.Accepted)
#: A detention may fall on goods wherever they are, while something is still to be decided about them.
_DETAINABLE = bits(
    _S.Declared, _S.Accepted, _S.Released, _S.InTransit, _S.AtPort, _S.Departed, _S.Delivered, _S.Returning
)
#: Goods that are still under supervision: what has departed or was delivered is out of a case's reach.
_SUSPECTABLE = bits(_S.Declared, _S.Accepted, _S.Released, _S.InTransit, _S.AtPort, _S.Returning)
#: Where a parcel can have come to since it was put into a consignment.
_CARRIED = bits(_S.Released, _S.InTransit, _S.AtPort, _S.Confiscated, _S.Destroyed, _S.Disposed)
_CONSIGNED = bits(_F.Consigned)
_CASE_OPEN = bits(_F.CaseOpen)
_INFRINGING = bits(_F.Infringing)
#: A case blocks by itself, whatever becomes of the holds.
_HELD = bits(_F.HeldDeclaring, _F.HeldPort) | _CASE_OPEN | _INFRINGING
_HELD_DECLARING = bits(_F.HeldDeclaring)
_HELD_PORT = bits(_F.HeldPort)
_BLOCKED = _HELD | bits(_F.Review, _F.Inspection)
_INSPECTION = bits(_F.Inspection)

#: The lifecycle. Where a step has two rows, the first that fits the manifest's profile and the caller's
#: jurisdiction counts. Rows of one step that fit the same profile have the same effect, so that a record tells
#: what it did by itself: `effect_of`.
# fmt: off
RULES: dict[Step, tuple[Rule, ...]] = {
    Step.OrderAttested: (
        Rule(_R.Platform, _J.Anywhere, _EVERY, _DECLARED, raises=bits(_F.Order), forbids=_HELD),
    ),
    Step.PaymentAttested: (
        Rule(_R.Payment, _J.Anywhere, _EVERY, _DECLARED, raises=bits(_F.Payment), forbids=_HELD),
    ),
    Step.WaybillAttested: (
        Rule(_R.Logistics, _J.Anywhere, _EVERY, _DECLARED, raises=bits(_F.Waybill), forbids=_HELD),
    ),
    Step.Arrival: (
        Rule(_R.SiteOperator, _J.Anywhere, _EVERY, _OPEN, raises=bits(_F.Arrived), forbids=_HELD | bits(_F.Arrived)),
    ),
    Step.Acceptance: (
        Rule(_R.Customs, _J.DeclaringDistrict, _IMPORTS, _DECLARED, _S.Accepted,
             needs=bits(_F.Order, _F.Payment, _F.Waybill), forbids=_HELD),
        Rule(_R.Customs, _J.DeclaringDistrict, _EXPORTS, _DECLARED, _S.Accepted,
             needs=bits(_F.Order, _F.Waybill), forbids=_HELD),
    ),
    Step.Rejection: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _OPEN, _S.Rejected,
             clears=bits(_F.Review), forbids=_HELD | _INSPECTION),
    ),
    Step.ReviewOpened: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _ACCEPTED, raises=bits(_F.Review),
             forbids=_HELD | bits(_F.Review)),
    ),
    Step.ReviewClosed: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _ACCEPTED, clears=bits(_F.Review),
             needs=bits(_F.Review), forbids=_HELD),
    ),
    Step.InspectionOrdered: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _ACCEPTED, raises=_INSPECTION, forbids=_HELD | _INSPECTION),
        # What was inspected is opened again by Reinspection alone, with its reason.
        Rule(_R.Customs, _J.PortDistrict, _TRANSIT, bits(_S.AtPort), raises=_INSPECTION,
             forbids=_HELD | _INSPECTION | bits(_F.Inspected)),
    ),
    Step.InspectionPassed: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _ACCEPTED, raises=bits(_F.Inspected), clears=_INSPECTION,
             needs=_INSPECTION, forbids=_HELD),
        Rule(_R.Customs, _J.PortDistrict, _TRANSIT, bits(_S.AtPort), raises=bits(_F.Inspected), clears=_INSPECTION,
             needs=_INSPECTION, forbids=_HELD),
    ),
    Step.Detention: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _DETAINABLE, raises=_HELD_DECLARING, forbids=_HELD_DECLARING),
    ),
    Step.DetentionLifted: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _DETAINABLE, clears=_HELD_DECLARING, needs=_HELD_DECLARING,
             forbids=_CASE_OPEN),
    ),
    Step.PortDetention: (
        Rule(_R.Customs, _J.PortDistrict, _EVERY, _DETAINABLE, raises=_HELD_PORT, forbids=_HELD_PORT),
    ),
    Step.PortDetentionLifted: (
        Rule(_R.Customs, _J.PortDistrict, _EVERY, _DETAINABLE, clears=_HELD_PORT, needs=_HELD_PORT,
             forbids=_CASE_OPEN),
    ),
    Step.Release: (
        Rule(_R.Customs, _J.DeclaringDistrict, bits(_P.ImportBonded), _ACCEPTED, _S.Released,
             forbids=_BLOCKED, seller_clear=True),
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY & ~bits(_P.ImportBonded), _ACCEPTED, _S.Released,
             needs=bits(_F.Arrived), forbids=_BLOCKED, seller_clear=True),
    ),
    Step.TransitDeparture: (
        Rule(_R.Customs, _J.DeclaringDistrict, _TRANSIT, bits(_S.Released), _S.InTransit, forbids=_HELD),
    ),
    Step.TransitArrival: (
        Rule(_R.Customs, _J.PortDistrict, _TRANSIT, bits(_S.InTransit), _S.AtPort, forbids=_HELD),
    ),
    Step.Departure: (
        Rule(_R.Logistics, _J.Anywhere, _AT_PORT, bits(_S.Released), _S.Departed, clears=_CONSIGNED,
             forbids=_HELD | _INSPECTION),
        Rule(_R.Logistics, _J.Anywhere, _TRANSIT, bits(_S.AtPort), _S.Departed, clears=_CONSIGNED,
             forbids=_HELD | _INSPECTION),
    ),
    Step.Offloading: (
        Rule(_R.Logistics, _J.Anywhere, _AT_PORT, bits(_S.Departed), _S.Released, forbids=_HELD),
        Rule(_R.Logistics, _J.Anywhere, _TRANSIT, bits(_S.Departed), _S.AtPort, forbids=_HELD),
    ),
    Step.Delivery: (
        Rule(_R.Logistics, _J.Anywhere, _IMPORTS, bits(_S.Released), _S.Delivered, forbids=_HELD),
    ),
    Step.Closure: (
        Rule(_R.Customs, _J.DeclaringDistrict, _IMPORTS, bits(_S.Released, _S.Delivered), _S.Closed,
             forbids=_HELD | bits(_F.ReturnPending)),
        Rule(_R.Customs, _J.DeclaringDistrict, _EXPORTS, bits(_S.Departed), _S.Closed,
             forbids=_HELD | bits(_F.ReturnPending)),
    ),
    Step.Cancellation: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _OPEN, _S.Cancelled,
             clears=bits(_F.Review), forbids=_HELD | _INSPECTION),
    ),
    Step.ReturnRequested: (
        Rule(_R.Declarant, _J.OwnDeclarant, _IMPORTS, bits(_S.Released, _S.Delivered, _S.Closed),
             raises=bits(_F.ReturnPending), forbids=_HELD | bits(_F.ReturnPending)),
        Rule(_R.Declarant, _J.OwnDeclarant, _EXPORTS, bits(_S.Departed, _S.Closed),
             raises=bits(_F.ReturnPending), forbids=_HELD | bits(_F.ReturnPending)),
    ),
    # A parcel on its way back has left its supervised place: `Arrived` falls and is raised anew.
    Step.ReturnApproved: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY,
             bits(_S.Released, _S.Delivered, _S.Departed, _S.Closed), _S.Returning,
             clears=bits(_F.ReturnPending, _F.Arrived), needs=bits(_F.ReturnPending), forbids=_HELD),
    ),
    Step.ReturnRefused: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY,
             bits(_S.Released, _S.Delivered, _S.Departed, _S.Closed),
             clears=bits(_F.ReturnPending), needs=bits(_F.ReturnPending), forbids=_HELD),
    ),
    Step.ReturnArrived: (
        Rule(_R.SiteOperator, _J.Anywhere, _EVERY, bits(_S.Returning), raises=bits(_F.Arrived),
             forbids=_HELD | bits(_F.Arrived)),
    ),
    Step.ReturnVerified: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, bits(_S.Returning), _S.Returned,
             needs=bits(_F.Arrived), forbids=_HELD),
    ),
    # What a district holds, only that district decides: the other's hold blocks.
    Step.ReturnAbroad: (
        Rule(_R.Customs, _J.DeclaringDistrict, _IMPORTS, _OPEN, _S.ReturnedAbroad,
             needs=_HELD_DECLARING, forbids=_HELD_PORT | _CASE_OPEN | _INFRINGING),
        Rule(_R.Customs, _J.PortDistrict, _IMPORTS, _OPEN, _S.ReturnedAbroad,
             needs=_HELD_PORT, forbids=_HELD_DECLARING | _CASE_OPEN | _INFRINGING),
    ),
    # The hold stays on what it decided: it names the district that disposes of confiscated goods.
    Step.Confiscation: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, _DETAINABLE, _S.Confiscated,
             needs=_HELD_DECLARING, forbids=_HELD_PORT | _CASE_OPEN),
        Rule(_R.Customs, _J.PortDistrict, _EVERY, _DETAINABLE, _S.Confiscated,
             needs=_HELD_PORT, forbids=_HELD_DECLARING | _CASE_OPEN),
    ),
    Step.Destruction: (
        Rule(_R.Customs, _J.DeclaringDistrict, _EVERY, bits(_S.Confiscated), _S.Destroyed,
             needs=_HELD_DECLARING, forbids=_INFRINGING),
        Rule(_R.Customs, _J.PortDistrict, _EVERY, bits(_S.Confiscated), _S.Destroyed,
             needs=_HELD_PORT, forbids=_INFRINGING),
    ),
    # Infringement cases. What was found infringing leaves by confiscation alone, and is destroyed only on the
    # case's order, which comes after the other ways of disposal.
    Step.CaseOpened: (
        Rule(_R.CaseRegister, _J.Anywhere, _EVERY, _SUSPECTABLE, raises=_CASE_OPEN, forbids=_CASE_OPEN | _INFRINGING),
    ),
    Step.CaseClosed: (
        Rule(_R.CaseRegister, _J.Anywhere, _EVERY, _DETAINABLE, clears=_CASE_OPEN, needs=_CASE_OPEN),
    ),
    Step.InfringementFound: (
        Rule(_R.CaseRegister, _J.Anywhere, _EVERY, _DETAINABLE, raises=_INFRINGING, clears=_CASE_OPEN,
             needs=_CASE_OPEN),
    ),
    Step.DisposalOrdered: (
        Rule(_R.CaseRegister, _J.Anywhere, _EVERY, bits(_S.Confiscated), _S.Disposed, clears=_INFRINGING,
             needs=_INFRINGING),
    ),
    Step.DestructionOrdered: (
        Rule(_R.CaseRegister, _J.Anywhere, _EVERY, bits(_S.Confiscated), clears=_INFRINGING, needs=_INFRINGING),
    ),
    # Consignments. Who may is the consignment contract's to say; it says it for the account that called it.
    Step.Consigned: (
        Rule(_R.Carriage, _J.Anywhere, _TRANSIT, bits(_S.Released), raises=_CONSIGNED, forbids=_HELD | _CONSIGNED),
    ),
    Step.TakenOut: (
        Rule(_R.Carriage, _J.Anywhere, _EXPORTS, _CARRIED, clears=_CONSIGNED, needs=_CONSIGNED),
    ),
    Step.Waybilled: (
        Rule(_R.Carriage, _J.Anywhere, _AT_PORT, bits(_S.Released), raises=_CONSIGNED,
             forbids=_HELD | _INSPECTION | _CONSIGNED),
        Rule(_R.Carriage, _J.Anywhere, _TRANSIT, bits(_S.AtPort), raises=_CONSIGNED,
             forbids=_HELD | _INSPECTION | _CONSIGNED),
    ),
    Step.WrittenOff: (
        Rule(_R.Carriage, _J.PortDistrict, _TRANSIT, bits(_S.AtPort), clears=_CONSIGNED, needs=_CONSIGNED,
             forbids=_HELD),
    ),
    Step.Reinspection: (
        Rule(_R.Carriage, _J.PortDistrict, _TRANSIT, bits(_S.AtPort), raises=_INSPECTION, needs=bits(_F.Inspected),
             forbids=_HELD | _INSPECTION),
    ),
}
# fmt: on

#: What showing a duplicate does to the later parcel. It is not a step anybody takes by right: two membership
#: proofs make it, so it has an effect here and no row in the table.
DUPLICATE_ORIGINS = _DETAINABLE
DUPLICATE_RAISES = _HELD_DECLARING

#: Steps by which parcels travel: what is Consigned travels so with its consignment and not otherwise. The contract
#: adds that to the row, as `travelling` does.
TRAVEL_STEPS = frozenset({Step.TransitDeparture, Step.TransitArrival, Step.Departure})

#: What ended here may be declared anew: the parcel's place in a later manifest is no duplicate.
DECLARABLE_ANEW = bits(_S.Rejected, _S.Cancelled)

#: Steps whose caller's account must belong to somebody particular are the table's; these come by other calls.
STEPS_NOT_RECORDED = frozenset({Step.Declaration, Step.DuplicateReported})


@dataclass(slots=True)
class Sets:
    """The sets of one manifest: all of them together place every parcel in one state.

    `words[n]` is set n (0 to 15 states, 16 to 31 flags). `every` holds all parcels of the manifest.
    """

    count: int
    words: list[int] = field(default_factory=lambda: [0] * 32)

    @classmethod
    def declared(cls, count: int) -> Sets:
        """A manifest as it is declared: every parcel Declared, no flag."""
        sets = cls(count)
        sets.words[State.Declared] = sets.every
        return sets

    @property
    def every(self) -> int:
        return (1 << self.count) - 1

    def in_states(self, origins: int) -> int:
        """The parcels that are in any of the states of a bit set."""
        found = 0
        for state in State:
            if origins >> state & 1:
                found |= self.words[state]
        return found

    def with_all(self, flags: int) -> int:
        """The parcels that have every flag of a bit set."""
        found = self.every
        for flag in Flag:
            if flags >> flag & 1:
                found &= self.words[FLAG_SETS + flag]
        return found

    def with_any(self, flags: int) -> int:
        """The parcels that have at least one flag of a bit set."""
        found = 0
        for flag in Flag:
            if flags >> flag & 1:
                found |= self.words[FLAG_SETS + flag]
        return found

    def state_of(self, index: int) -> State:
        """The one state of a parcel. Raises IndexError outside the manifest."""
        if not 0 <= index < self.count:
            raise IndexError(index)
        return next(state for state in State if self.words[state] >> index & 1)

    def flags_of(self, index: int) -> tuple[Flag, ...]:
        return tuple(flag for flag in Flag if self.words[FLAG_SETS + flag] >> index & 1)

    def apply(self, rule: Rule, parcels: int) -> None:
        """Moves parcels that are eligible under a rule. The caller has checked that they are."""
        if rule.leads_to is not None:
            for state in State:
                if rule.origins >> state & 1:
                    self.words[state] &= ~parcels
            self.words[rule.leads_to] |= parcels
        self.raise_flags(rule.raises, parcels)
        for flag in Flag:
            if rule.clears >> flag & 1:
                self.words[FLAG_SETS + flag] &= ~parcels

    def raise_flags(self, flags: int, parcels: int) -> None:
        for flag in Flag:
            if flags >> flag & 1:
                self.words[FLAG_SETS + flag] |= parcels


@dataclass(frozen=True, slots=True)
class Eligibility:
    """How a rule divides the parcels a step names: who may move and, for the rest, the first cause.

    The four sets are disjoint and together are the parcels asked for. Order of causes: unknown parcel,
    state, a flag missing, a flag blocking.
    """

    eligible: int
    unknown: int
    wrong_state: int
    missing: int
    blocked: int


def divide(sets: Sets, rule: Rule, parcels: int) -> Eligibility:
    """Set algebra of a step: the contract does the same, in the same order."""
    unknown = parcels & ~sets.every
    rest = parcels & sets.every
    wrong_state = rest & ~sets.in_states(rule.origins)
    rest &= ~wrong_state
    missing = rest & ~sets.with_all(rule.needs)
    rest &= ~missing
    blocked = rest & sets.with_any(rule.forbids)
    return Eligibility(rest & ~blocked, unknown, wrong_state, missing, blocked)


def rule_for(
    step: Step, profile: Profile, *, in_declaring_district: bool, in_port_district: bool, is_own_declarant: bool
) -> tuple[Rule | None, bool]:
    """The rule that counts for a caller, and whether the step exists for this kind of manifest at all.

    (None, False): the step does not exist for that profile; (None, True): it does, but is not the caller's.
    """
    exists = False
    for rule in RULES.get(step, ()):
        if not rule.profiles >> profile & 1:
            continue
        exists = True
        competent = (
            rule.where == Jurisdiction.Anywhere
            or (rule.where == Jurisdiction.DeclaringDistrict and in_declaring_district)
            or (rule.where == Jurisdiction.PortDistrict and in_port_district)
            or (rule.where == Jurisdiction.OwnDeclarant and is_own_declarant)
        )
        if competent:
            return rule, True
    return None, exists


def travelling(step: Step, rule: Rule, *, consigned: bool) -> Rule:
    """A row as it counts for parcels that travel with a consignment, or without one."""
    if step not in TRAVEL_STEPS:
        return rule
    if consigned:
        return replace(rule, needs=rule.needs | _CONSIGNED)
    return replace(rule, forbids=rule.forbids | _CONSIGNED)


def effect_of(step: Step, profile: Profile) -> Rule:
    """The row whose effect a recorded step has. KeyError for a step that such a manifest cannot have.

    Who took the step does not matter: rows that fit the same profile move, raise and clear alike.
    """
    for rule in RULES.get(step, ()):
        if rule.profiles >> profile & 1:
            return rule
    raise KeyError(step)


def indices(parcels: int) -> tuple[int, ...]:
    """The parcels of a set by index, ascending."""
    found = []
    while parcels:
        low = parcels & -parcels
        found.append(low.bit_length() - 1)
        parcels ^= low
    return tuple(found)
