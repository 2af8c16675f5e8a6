"""The reference model of the contracts: what they do, in plain Python.

    model = ReferenceLedger(owner)
    model.register(owner, now, identity, roles, district, account)
    model.declare(account, now, [Declaration(...)])

`ReferenceLedger` knows the registry and the blacklist as its bases, as the contract knows the two others.
Every method that changes something takes the calling account and the time (Unix seconds) first, returns
the events in order and, where the contract would revert, raises the error of the same name and details and
leaves the model as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from backend.domain import commitments, errors, events
from backend.domain.errors import GuanlianError
from backend.domain.events import Event, Refusal
from backend.domain.lifecycle import (
    DECLARABLE_ANEW,
    DUPLICATE_ORIGINS,
    DUPLICATE_RAISES,
    FLAG_SETS,
    RULES,
    TRAVEL_STEPS,
    Eligibility,
    Flag,
    Jurisdiction,
    Rule,
    Step,
    divide,
    rule_for,
    travelling,
)
from backend.domain.participants import Role, role_set
from backend.domain.reference.manifests import Declaration, Manifest, ReferenceManifests
from backend.domain.reference.refusing import refusal
from backend.domain.reference.registry import NO_HASH, ZERO_ACCOUNT, Authority

__all__ = ["ZERO_ACCOUNT", "Declaration", "Manifest", "Membership", "Record", "ReferenceLedger"]


@dataclass(frozen=True, slots=True)
class Record:
    """One step of some parcels of one manifest; bit n of `parcels` is the parcel with index n."""

    manifest: bytes
    step: Step
    parcels: int
    evidence: bytes


@dataclass(frozen=True, slots=True)
class Membership:
    """A parcel's place in a manifest, with the proof that it is there."""

    manifest: bytes
    index: int
    proof: tuple[bytes, ...]


#: Fits no manifest and moves nothing.
_NO_RULE = Rule(Role.Seller, Jurisdiction.Anywhere, profiles=0, origins=0)
_NOBODY = Eligibility(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Check:
    """How the check of one record came out: a cause for the whole, or a division under a rule."""

    whole: Refusal = Refusal.Zero
    rule: Rule = _NO_RULE
    parts: Eligibility = _NOBODY
    missing: int = 0
    blocking: int = 0


class ReferenceLedger(ReferenceManifests):
    """The life of every parcel."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.duplicates: set[tuple[bytes, int, bytes, int]] = set()

    # -- recording

    def record(self, account: str, now: int, records: Sequence[Record]) -> list[Event]:
        return self._record_all(self.authority_of(account), records, now, consigned=False)

    def record_for(self, account: str, now: int, speaker: str, records: Sequence[Record]) -> list[Event]:
        carrier = self.authority_of(account)
        if not carrier.has(Role.Carriage):
            raise refusal(errors.RoleMissing, index=0, participant_no=carrier.no, role=Role.Carriage)
        caller = self.authority_of(speaker)
        caller = replace(caller, roles=caller.roles | role_set([Role.Carriage]))
        return self._record_all(caller, records, now, consigned=True)

    def _record_all(self, caller: Authority, records: Sequence[Record], now: int, *, consigned: bool) -> list[Event]:
        found = list[Event]()
        before = {r.manifest: copy.deepcopy(self.manifests.get(r.manifest)) for r in records}
        for index, entry in enumerate(records):
            check = self._check(caller, entry, now, consigned=consigned)
            if check.parts.eligible != entry.parcels or entry.parcels == 0:
                self.manifests |= {name: old for name, old in before.items() if old is not None}
                raise self._record_refused(index, caller, entry, check)
            found.append(self._move(caller, entry, check, now))
        return found

    def try_record(self, account: str, now: int, records: Sequence[Record]) -> list[Event]:
        caller, found = self.authority_of(account), list[Event]()
        for entry in records:
            check = self._check(caller, entry, now, consigned=False)
            for parcels, cause, flags in _causes(entry, check):
                found.append(events.RecordRefused(entry.manifest, caller.no, entry.step, parcels, cause, flags))
            if check.parts.eligible:
                found.append(self._move(caller, entry, check, now))
        return found

    def anchor(self, account: str, now: int, kind: int, root: bytes, count: int) -> list[Event]:
        caller = self.authority_of(account)
        if root == NO_HASH:
            raise refusal(errors.EvidenceMissing, index=0)
        return [events.Anchored(caller.no, kind, root, count)]

    def _check(self, caller: Authority, entry: Record, now: int, *, consigned: bool) -> _Check:
        manifest = self.manifests.get(entry.manifest)
        if manifest is None:
            return _Check(Refusal.ManifestUnknown)
        if entry.evidence == NO_HASH:
            return _Check(Refusal.EvidenceMissing)
        if entry.step not in RULES:
            return _Check(Refusal.StepNotAllowed)
        if consigned and entry.step not in TRAVEL_STEPS and RULES[entry.step][0].role is not Role.Carriage:
            return _Check(Refusal.StepNotAllowed)
        if not caller.has(RULES[entry.step][0].role):
            return _Check(Refusal.RoleMissing)
        rule, exists = rule_for(
            entry.step,
            manifest.profile,
            in_declaring_district=caller.district == manifest.declaration.declaring_district,
            in_port_district=caller.district == manifest.declaration.port_district,
            is_own_declarant=caller.no == manifest.declarant_no,
        )
        if rule is None:
            return _Check(Refusal.DistrictNotCompetent if exists else Refusal.StepNotAllowed)
        if rule.seller_clear and self.is_barred(manifest.declaration.seller_no, now):
            return _Check(Refusal.SellerBarred)
        if entry.parcels == 0:
            return _Check(Refusal.ParcelsUnknown)
        rule = travelling(entry.step, rule, consigned=consigned)
        parts = divide(manifest.sets, rule, entry.parcels)
        return _Check(
            Refusal.Zero,
            rule,
            parts,
            missing=_flags(rule.needs, lambda flag: parts.missing & ~manifest.sets.words[FLAG_SETS + flag]),
            blocking=_flags(rule.forbids, lambda flag: parts.blocked & manifest.sets.words[FLAG_SETS + flag]),
        )

    def _move(self, caller: Authority, entry: Record, check: _Check, now: int) -> Event:
        self.manifests[entry.manifest].sets.apply(check.rule, check.parts.eligible)
        return self._append(entry.manifest, caller.no, entry.step, check.parts.eligible, entry.evidence, now)

    def _append(self, name: bytes, participant_no: int, step: Step, parcels: int, evidence: bytes, now: int) -> Event:
        manifest = self.manifests[name]
        manifest.head = commitments.next_head(manifest.head, step, participant_no, parcels, evidence, now)
        return events.Recorded(name, participant_no, step, parcels, evidence, now, manifest.head)

    def _record_refused(self, index: int, caller: Authority, entry: Record, check: _Check) -> GuanlianError:
        parcels, cause, flags = _causes(entry, check)[0]
        place = {"index": index, "manifest": entry.manifest}
        match cause:
            case Refusal.ManifestUnknown:
                return refusal(errors.ManifestUnknown, **place)
            case Refusal.EvidenceMissing:
                return refusal(errors.EvidenceMissing, index=index)
            case Refusal.RoleMissing:
                role = RULES[entry.step][0].role
                return refusal(errors.RoleMissing, index=index, participant_no=caller.no, role=role)
            case Refusal.DistrictNotCompetent:
                whose = {"participant_no": caller.no, "district": caller.district}
                return refusal(errors.DistrictNotCompetent, **place, step=entry.step, **whose)
            case Refusal.SellerBarred:
                seller_no = self.manifests[entry.manifest].declaration.seller_no
                return refusal(errors.SellerBarred, **place, seller_no=seller_no)
            case Refusal.ParcelsUnknown:
                return refusal(errors.ParcelsUnknown, **place, parcels=parcels)
            case Refusal.StepNotAllowed:
                return refusal(errors.StepNotAllowed, **place, step=entry.step, parcels=parcels)
            case Refusal.FlagsMissing:
                return refusal(errors.FlagsMissing, **place, step=entry.step, parcels=parcels, flags=flags)
            case Refusal.FlagsBlocking:
                return refusal(errors.FlagsBlocking, **place, step=entry.step, parcels=parcels, flags=flags)
        raise AssertionError(f"{cause.name} is no cause of a record")

    # -- holds

    def held_by(self, manifest: bytes, district: int) -> int:
        """The parcels that a district holds, declared to it or at its port. Raises ManifestUnknown."""
        kept = self.manifests.get(manifest)
        if kept is None:
            raise refusal(errors.ManifestUnknown, index=0, manifest=manifest)
        held = 0
        if district == kept.declaration.declaring_district:
            held |= kept.sets.words[FLAG_SETS + Flag.HeldDeclaring]
        if district == kept.declaration.port_district:
            held |= kept.sets.words[FLAG_SETS + Flag.HeldPort]
        return held

    # -- duplicates

    def report_duplicate(
        self, account: str, now: int, parcel_id: bytes, one: Membership, other: Membership
    ) -> list[Event]:
        places = []
        for index, place in enumerate((one, other)):
            manifest = self.manifests.get(place.manifest)
            if manifest is None:
                raise refusal(errors.ManifestUnknown, index=index, manifest=place.manifest)
            if not commitments.verify_membership(manifest.root, place.index, parcel_id, place.proof):
                raise refusal(errors.ProofInvalid, manifest=place.manifest, index=place.index)
            places.append((manifest.declared_at, place.manifest, place.index))
        (_, first, first_index), (_, later, later_index) = sorted(places)
        if (first, first_index) == (later, later_index):
            raise refusal(errors.DuplicateInvalid, manifest=first, index=first_index)
        pair = (first, first_index, later, later_index)
        if pair in self.duplicates:
            raise refusal(errors.DuplicateAlreadyReported, manifest=later, index=later_index)
        if self.manifests[first].sets.in_states(DECLARABLE_ANEW) >> first_index & 1:
            raise refusal(errors.DuplicateInvalid, manifest=first, index=first_index)
        sets, parcel = self.manifests[later].sets, 1 << later_index
        if not sets.in_states(DUPLICATE_ORIGINS) & parcel:
            step = Step.DuplicateReported
            raise refusal(errors.StepNotAllowed, index=0, manifest=later, step=step, parcels=parcel)

        self.duplicates.add(pair)
        sets.raise_flags(DUPLICATE_RAISES, parcel)
        evidence = commitments.keccak(first + first_index.to_bytes(32, "big"))
        reporter_no = self._reporter(account)
        return [self._append(later, reporter_no, Step.DuplicateReported, parcel, evidence, now)]

    def _reporter(self, account: str) -> int:
        """Zero for one that acts for nobody or is suspended: what it shows is true whoever shows it."""
        try:
            return self.authority_of(account).no
        except (errors.AccountUnknown, errors.ParticipantSuspended):
            return 0


def _causes(entry: Record, check: _Check) -> list[tuple[int, Refusal, int]]:
    """Refused parcels by cause, with the flags that are missing or blocking, in the contract's order."""
    if check.whole is not Refusal.Zero:
        return [(entry.parcels, check.whole, 0)]
    parts = check.parts
    found = [
        (parts.unknown, Refusal.ParcelsUnknown, 0),
        (parts.wrong_state, Refusal.StepNotAllowed, 0),
        (parts.missing, Refusal.FlagsMissing, check.missing),
        (parts.blocked, Refusal.FlagsBlocking, check.blocking),
    ]
    return [cause for cause in found if cause[0]]


def _flags(among: int, concerns: Callable[[Flag], int]) -> int:
    """Of a flag set, those that concern some parcel."""
    return sum(1 << flag for flag in Flag if among >> flag & 1 and concerns(flag))
