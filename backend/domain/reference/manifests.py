"""What the declaring half of `ParcelLedger.sol` does, in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain import commitments, errors, events
from backend.domain.errors import GuanlianError
from backend.domain.events import Event, Refusal
from backend.domain.lifecycle import (
    MOST_PARCELS,
    SUPERVISION_MODES,
    Direction,
    Profile,
    Sets,
    Step,
    profile_of,
)
from backend.domain.participants import Role
from backend.domain.reference.blacklist import ReferenceBlacklist
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import NO_HASH, Authority


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a declarant declares in one go; `ref` and `evidence` have 32 bytes."""

    ref: bytes
    seller_no: int
    declaring_district: int
    port_district: int
    supervision_mode: int
    direction: Direction
    evidence: bytes
    parcel_ids: tuple[bytes, ...]


@dataclass(slots=True)
class Manifest:
    """A manifest as it stands."""

    declarant_no: int
    declaration: Declaration
    declared_at: int
    root: bytes
    head: bytes
    sets: Sets

    @property
    def profile(self) -> Profile:
        as_declared = self.declaration
        return profile_of(
            as_declared.direction,
            as_declared.supervision_mode,
            as_declared.declaring_district,
            as_declared.port_district,
        )


class ReferenceManifests(ReferenceBlacklist):
    """What was declared, by manifest id."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.manifests: dict[bytes, Manifest] = {}

    def declare(self, account: str, now: int, declarations: Sequence[Declaration]) -> list[Event]:
        caller, before, found = self.authority_of(account), dict(self.manifests), list[Event]()
        for index, declaration in enumerate(declarations):
            cause = self._check_declaration(caller, declaration, now)
            if cause is not Refusal.Zero:
                self.manifests = before
                raise _declaration_refused(cause, index, caller, declaration)
            found.append(self._declare(caller, declaration, now))
        return found

    def try_declare(self, account: str, now: int, declarations: Sequence[Declaration]) -> list[Event]:
        caller, found = self.authority_of(account), list[Event]()
        for declaration in declarations:
            cause = self._check_declaration(caller, declaration, now)
            if cause is Refusal.Zero:
                found.append(self._declare(caller, declaration, now))
            else:
                manifest = commitments.manifest_id(caller.no, declaration.ref)
                found.append(events.DeclarationRefused(manifest, caller.no, declaration.seller_no, cause))
        return found

    def _check_declaration(self, caller: Authority, declaration: Declaration, now: int) -> Refusal:
        if not caller.has(Role.Declarant):
            return Refusal.RoleMissing
        if commitments.manifest_id(caller.no, declaration.ref) in self.manifests:
            return Refusal.ManifestTaken
        if declaration.evidence == NO_HASH:
            return Refusal.EvidenceMissing
        if not 1 <= len(declaration.parcel_ids) <= MOST_PARCELS:
            return Refusal.ManifestSizeInvalid
        if declaration.supervision_mode not in SUPERVISION_MODES[declaration.direction]:
            return Refusal.SupervisionModeInvalid
        if 0 in (declaration.declaring_district, declaration.port_district):
            return Refusal.DistrictMissing
        if not self.is_active_seller(declaration.seller_no):
            return Refusal.SellerUnknown
        if self.is_barred(declaration.seller_no, now):
            return Refusal.SellerBarred
        return Refusal.Zero

    def _declare(self, caller: Authority, declaration: Declaration, now: int) -> Event:
        manifest = commitments.manifest_id(caller.no, declaration.ref)
        sets = Sets.declared(len(declaration.parcel_ids))
        root = commitments.manifest_root(declaration.parcel_ids)
        evidence = declaration.evidence
        head = commitments.next_head(root, Step.Declaration, caller.no, sets.every, evidence, now)
        self.manifests[manifest] = Manifest(caller.no, declaration, now, root, head, sets)
        return events.ManifestDeclared(
            manifest,
            caller.no,
            declaration.seller_no,
            declaration.declaring_district,
            declaration.port_district,
            declaration.supervision_mode,
            declaration.direction,
            now,
            evidence,
            root,
            head,
            declaration.parcel_ids,
        )


def _declaration_refused(cause: Refusal, index: int, caller: Authority, declaration: Declaration) -> GuanlianError:
    manifest = commitments.manifest_id(caller.no, declaration.ref)
    match cause:
        case Refusal.RoleMissing:
            role = Role.Declarant
            return refusal(errors.RoleMissing, index=index, participant_no=caller.no, role=role)
        case Refusal.ManifestTaken:
            return refusal(errors.ManifestTaken, index=index, manifest=manifest)
        case Refusal.EvidenceMissing:
            return refusal(errors.EvidenceMissing, index=index)
        case Refusal.ManifestSizeInvalid:
            return refusal(errors.ManifestSizeInvalid, index=index, count=len(declaration.parcel_ids))
        case Refusal.SupervisionModeInvalid:
            mode = declaration.supervision_mode
            return refusal(errors.SupervisionModeInvalid, index=index, supervision_mode=mode)
        case Refusal.DistrictMissing:
            return refusal(errors.DistrictMissing, index=index)
        case Refusal.SellerUnknown:
            return refusal(errors.SellerUnknown, index=index, seller_no=declaration.seller_no)
        case Refusal.SellerBarred:
            seller_no = declaration.seller_no
            return refusal(errors.SellerBarred, index=index, manifest=manifest, seller_no=seller_no)
    raise AssertionError(f"{cause.name} is no cause of a declaration")
