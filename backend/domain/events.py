"""What the contracts say has happened: one class per Solidity event, its arguments in Solidity's order.

`bytes` are 32 bytes long, addresses are checksummed text, instants are Unix seconds, sets of parcels and of
flags are words with one bit a member.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from backend.domain.carriage_events import CarriageEvent
from backend.domain.draw_events import DrawEvent
from backend.domain.lifecycle import Direction, Step
from backend.domain.participants import CreditGrade
from backend.domain.rights_events import RightsEvent


class Level(IntEnum):
    """How far a listing reaches; the higher includes the lower."""

    Watch = 0
    Inspect = 1
    Barred = 2


class Refusal(IntEnum):
    """Why a `try…` call left parcels where they are. Each but `Zero` is also an error of the same name."""

    #: `None` in Solidity, a word that Python keeps for itself; no event carries it.
    Zero = 0
    ManifestUnknown = 1
    RoleMissing = 2
    EvidenceMissing = 3
    ParcelsUnknown = 4
    StepNotAllowed = 5
    DistrictNotCompetent = 6
    SellerBarred = 7
    FlagsMissing = 8
    FlagsBlocking = 9
    ManifestTaken = 10
    ManifestSizeInvalid = 11
    SupervisionModeInvalid = 12
    DistrictMissing = 13
    SellerUnknown = 14


# ---------------------------------------------------------------------------------------------------
# Participants


@dataclass(frozen=True, slots=True)
class ParticipantRegistered:
    """An organisation got its number. `registrar_no` zero is the owner."""

    participant_no: int
    legal_identity: bytes
    roles: int
    district: int
    registrar_no: int


@dataclass(frozen=True, slots=True)
class RolesChanged:
    """The owner changed what a participant may do."""

    participant_no: int
    roles: int
    district: int


@dataclass(frozen=True, slots=True)
class AccountAdded:
    """A key began to act for a participant."""

    participant_no: int
    account: str


@dataclass(frozen=True, slots=True)
class AccountRevoked:
    """A key ceased to act for a participant."""

    participant_no: int
    account: str


@dataclass(frozen=True, slots=True)
class CreditGraded:
    """Customs graded a participant."""

    participant_no: int
    credit_grade: CreditGrade
    authority_no: int


@dataclass(frozen=True, slots=True)
class Suspended:
    """The owner suspended a participant."""

    participant_no: int


@dataclass(frozen=True, slots=True)
class Reinstated:
    """The owner ended a suspension."""

    participant_no: int


# ---------------------------------------------------------------------------------------------------
# Blacklist


@dataclass(frozen=True, slots=True)
class ListingImposed:
    """An authority proposed a listing."""

    listing_id: int
    participant_no: int
    authority_no: int
    level: Level
    grounds: bytes
    evidence: bytes
    until: int


@dataclass(frozen=True, slots=True)
class ListingConfirmed:
    """Another authority confirmed a listing."""

    listing_id: int
    authority_no: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class ListingInForce:
    """A listing has the confirmations it needs."""

    listing_id: int
    participant_no: int
    level: Level
    until: int


@dataclass(frozen=True, slots=True)
class ListingLifted:
    """A listing was ended before its time."""

    listing_id: int
    participant_no: int
    authority_no: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class HearingOpened:
    """A listed party may be heard until then, and nobody confirms before."""

    listing_id: int
    participant_no: int
    until: int


@dataclass(frozen=True, slots=True)
class StatementMade:
    """A listed party said what it has to say. `speaker_no` zero is the owner, for whom it registered."""

    listing_id: int
    participant_no: int
    speaker_no: int
    statement: bytes


@dataclass(frozen=True, slots=True)
class ListingAppealed:
    """A listed party appealed."""

    listing_id: int
    participant_no: int
    speaker_no: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class ListingAppealDecided:
    """An appeal body decided; a listing that is not upheld is lifted."""

    listing_id: int
    authority_no: int
    upheld: bool
    evidence: bytes


@dataclass(frozen=True, slots=True)
class RepairAsked:
    """A listed party asked for credit repair."""

    listing_id: int
    participant_no: int
    speaker_no: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class RepairDecided:
    """Credit repair was decided on; a listing that is repaired is lifted."""

    listing_id: int
    authority_no: int
    granted: bool
    evidence: bytes


@dataclass(frozen=True, slots=True)
class HearingWindowSet:
    """The owner set how long a party may be heard, in seconds."""

    hearing_window: int


@dataclass(frozen=True, slots=True)
class UrgencySet:
    """The owner said whether grounds are so urgent that they are not heard first."""

    grounds: bytes
    urgent: bool


@dataclass(frozen=True, slots=True)
class ConfirmationsSet:
    """The owner set how many confirmations a level needs."""

    level: Level
    confirmations: int


# ---------------------------------------------------------------------------------------------------
# Parcels


@dataclass(frozen=True, slots=True)
class ManifestDeclared:
    """A manifest was declared. `head` is the first link of its history, `parcel_ids` are in index order."""

    manifest: bytes
    declarant_no: int
    seller_no: int
    declaring_district: int
    port_district: int
    supervision_mode: int
    direction: Direction
    at: int
    evidence: bytes
    root: bytes
    head: bytes
    parcel_ids: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Parcels of a manifest took a step. With the declaration, folding these gives `head`."""

    manifest: bytes
    participant_no: int
    step: Step
    parcels: int
    evidence: bytes
    at: int
    head: bytes


@dataclass(frozen=True, slots=True)
class RecordRefused:
    """`tryRecord` left parcels where they are. `flags`: those missing or blocking, zero for other reasons."""

    manifest: bytes
    participant_no: int
    step: Step
    parcels: int
    reason: Refusal
    flags: int


@dataclass(frozen=True, slots=True)
class DeclarationRefused:
    """`tryDeclare` refused a manifest."""

    manifest: bytes
    declarant_no: int
    seller_no: int
    reason: Refusal


@dataclass(frozen=True, slots=True)
class Anchored:
    """Documents were put on record before their manifest exists. `root` is an RFC 9162 tree head."""

    participant_no: int
    kind: int
    root: bytes
    count: int


Event = (
    ParticipantRegistered
    | RolesChanged
    | AccountAdded
    | AccountRevoked
    | CreditGraded
    | Suspended
    | Reinstated
    | ListingImposed
    | ListingConfirmed
    | ListingInForce
    | ListingLifted
    | HearingOpened
    | StatementMade
    | ListingAppealed
    | ListingAppealDecided
    | RepairAsked
    | RepairDecided
    | HearingWindowSet
    | UrgencySet
    | ConfirmationsSet
    | RightsEvent
    | DrawEvent
    | CarriageEvent
    | ManifestDeclared
    | Recorded
    | RecordRefused
    | DeclarationRefused
    | Anchored
)


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place on the chain: (`block_hash`, `transaction`, `log_index`) names it for ever.

    The block's hash belongs to the name: after a reorg the same transaction may stand in another block.
    """

    event: Event
    block: int
    block_hash: bytes
    transaction: bytes
    log_index: int
