"""What the contracts answer, typed. The chain is asked wherever a decision depends on the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from faster_eth_abi import decode

from backend.chain import calls, interfaces
from backend.chain.client import ChainClient
from backend.chain.deployment import Deployment
from backend.domain.errors import ListingUnknown, ManifestUnknown
from backend.domain.events import Level
from backend.domain.lifecycle import Direction, Flag, Jurisdiction, Rule, State, Step
from backend.domain.participants import CreditGrade, Role


@dataclass(frozen=True, slots=True)
class Participant:
    """A registered organisation; `roles` is a role set, `registered_at` Unix seconds, registrar 0 the owner."""

    no: int
    roles: int
    district: int
    credit_grade: CreditGrade
    suspended: bool
    registered_at: int
    registrar_no: int


@dataclass(frozen=True, slots=True)
class Authority:
    """For whom an account acts, with what roles and in what district."""

    participant_no: int
    roles: int
    district: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing. Unix seconds; an instant is zero until what it tells of has happened."""

    id: int
    participant_no: int
    imposed_by: int
    imposed_at: int
    in_force_at: int
    until: int
    lifted_at: int
    confirmations: int
    level: Level
    hearing_until: int
    appealed_at: int
    appeal_decided_at: int
    repair_asked_at: int


@dataclass(frozen=True, slots=True)
class Header:
    """A manifest as it stands; `full_sets` and `partial_sets` say which of its 32 sets are not empty."""

    manifest: bytes
    declarant_no: int
    seller_no: int
    declaring_district: int
    port_district: int
    supervision_mode: int
    direction: Direction
    count: int
    declared_at: int
    full_sets: int
    partial_sets: int


class Views:
    """The view calls of one deployment.

    `block` asks for the answer at that block where the node keeps it; None is the newest. Raises the
    contracts' own errors (ParticipantUnknown, ListingUnknown, ManifestUnknown, …) and ChainUnavailable.
    """

    def __init__(self, client: ChainClient, deployment: Deployment) -> None:
        self._client = client
        self._contracts = deployment.contracts

    # Participants

    def participant(self, no: int, block: int | None = None) -> Participant:
        (found,) = self._ask("ParticipantRegistry", "participant", no, block=block)
        roles, district, grade, suspended, registered_at, registrar_no, _ = found
        return Participant(no, roles, district, CreditGrade(grade), suspended, registered_at, registrar_no)

    def participant_of(self, legal_identity: bytes, block: int | None = None) -> int | None:
        """The number under which a legal entity is registered, or None."""
        (no,) = self._ask("ParticipantRegistry", "participantOf", legal_identity, block=block)
        return no or None

    def participant_count(self, block: int | None = None) -> int:
        (count,) = self._ask("ParticipantRegistry", "participantCount", block=block)
        return int(count)

    def authority_of(self, account: str, block: int | None = None) -> Authority:
        return Authority(*self._ask("ParticipantRegistry", "authorityOf", account, block=block))

    def is_active_seller(self, no: int, block: int | None = None) -> bool:
        (active,) = self._ask("ParticipantRegistry", "isActiveSeller", no, block=block)
        return bool(active)

    # Blacklist

    def is_barred(self, no: int, block: int | None = None) -> bool:
        (barred,) = self._ask("Blacklist", "isBarred", no, block=block)
        return bool(barred)

    def in_force_until(self, no: int, level: Level, block: int | None = None) -> int:
        """The end of the longest listing in force at a level, Unix seconds; zero where there is none."""
        (until,) = self._ask("Blacklist", "inForceUntil", no, int(level), block=block)
        return int(until)

    def listing(self, listing_id: int, block: int | None = None) -> Listing:
        if listing_id < 1:
            raise ListingUnknown(listing_id=listing_id)
        (found,) = self._ask("Blacklist", "listing", listing_id, block=block)
        participant_no, imposed_by, imposed_at, in_force_at, until, lifted_at, confirmations, level, *due = found
        times = (imposed_at, in_force_at, until, lifted_at)
        return Listing(listing_id, participant_no, imposed_by, *times, confirmations, Level(level), *due)

    def listing_count(self, block: int | None = None) -> int:
        """How many listings were ever proposed; they are numbered from one."""
        (count,) = self._ask("Blacklist", "listingCount", block=block)
        return int(count)

    def confirmations_of(self, level: Level, block: int | None = None) -> int:
        (needed,) = self._ask("Blacklist", "confirmationsOf", int(level), block=block)
        return int(needed)

    # Parcels

    def header(self, manifest: bytes, block: int | None = None) -> Header:
        (found,) = self._ask("ParcelLedger", "header", manifest, block=block)
        declarant, seller, declaring, port, mode, direction, last_index, at, full, partial = found
        where = (declaring, port, mode, Direction(direction))
        return Header(manifest, declarant, seller, *where, last_index + 1, at, full, partial)

    def sets_of(self, manifest: bytes, block: int | None = None) -> tuple[int, ...]:
        """All 32 sets: 0 to 15 states, 16 to 31 flags."""
        (words,) = self._ask("ParcelLedger", "setsOf", manifest, block=block)
        return tuple(words)

    def root_of(self, manifest: bytes, block: int | None = None) -> bytes:
        return self._known("rootOf", manifest, block)

    def head_of(self, manifest: bytes, block: int | None = None) -> bytes:
        return self._known("headOf", manifest, block)

    def parcel_at(self, manifest: bytes, index: int, block: int | None = None) -> tuple[State, tuple[Flag, ...]]:
        """The state of one parcel and its flags in their order."""
        state, flags = self._ask("ParcelLedger", "parcelAt", manifest, index, block=block)
        return State(state), tuple(flag for flag in Flag if flags >> flag & 1)

    def rule_of(self, step: Step, row: int) -> Rule | None:
        """Row 0 or 1 of a step in the contract's lifecycle table, None past the last."""
        (found,) = self._ask("ParcelLedger", "ruleOf", int(step), row)
        exists, role, where, profiles, origins, moves, leads_to, raises, clears, needs, forbids, clear = found
        if not exists:
            return None
        return Rule(
            Role(role),
            Jurisdiction(where),
            profiles,
            origins,
            State(leads_to) if moves else None,
            raises,
            clears,
            needs,
            forbids,
            clear,
        )

    def _known(self, function: str, manifest: bytes, block: int | None) -> bytes:
        (word,) = self._ask("ParcelLedger", function, manifest, block=block)
        if not any(word):
            raise ManifestUnknown(index=0, manifest="0x" + manifest.hex())
        return bytes(word)

    def _ask(self, contract: str, name: str, *arguments: Any, block: int | None = None) -> tuple[Any, ...]:
        data = calls.encode_call(contract, name, *arguments)
        answer = self._client.call(self._contracts[contract], data, block=block)
        types = [p.spelled for p in interfaces.function(contract, name).outputs]
        return tuple(decode(types, answer))
