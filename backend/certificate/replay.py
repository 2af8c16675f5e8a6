"""Living a manifest's records again: which state and flags they leave each parcel in."""

from __future__ import annotations

from collections.abc import Sequence

from backend.certificate.model import Record, RevealedDocument
from backend.certificate.state import ManifestHeader
from backend.domain.commitments import evidence_leaf, verify_inclusion
from backend.domain.lifecycle import (
    DUPLICATE_ORIGINS,
    DUPLICATE_RAISES,
    RULES,
    Direction,
    Sets,
    Step,
    divide,
    profile_of,
)


class Contradiction(Exception):
    """The record at this place cannot have happened as it is told."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(str(place))


class StepUnknown(Exception):
    """The record at this place has a step that this table does not know."""

    def __init__(self, place: int) -> None:
        self.place = place
        super().__init__(str(place))


def replay(header: ManifestHeader, records: Sequence[Record], until: int) -> Sets:
    """The sets that records leave behind, up to an instant. Raises Contradiction, StepUnknown.

    Who takes a step was checked when it was taken; here a step must be one that somebody might take on these parcels.
    """
    sets = Sets.declared(header.last_index + 1)
    first = records[0]
    if (
        (first.step, first.participant_no) != (Step.Declaration, header.declarant_no)
        or first.parcels != sets.every
        or first.at != header.declared_at
        or header.direction not in list(Direction)
    ):
        raise Contradiction(0)
    profile = profile_of(
        Direction(header.direction), header.supervision_mode, header.declaring_district, header.port_district
    )
    before = first.at
    for place, record in enumerate(records):
        if record.step not in list(Step):
            raise StepUnknown(place)
        if not before <= record.at <= until:
            raise Contradiction(place)
        before = record.at
        if place > 0 and not _apply(sets, profile, Step(record.step), record.parcels):
            raise Contradiction(place)
    return sets


def agrees(sets: Sets, header: ManifestHeader) -> bool:
    """Whether a manifest's header tells of the same sets which are full and which are partial."""
    full = sum(1 << number for number, word in enumerate(sets.words) if word == sets.every)
    partial = sum(1 << number for number, word in enumerate(sets.words) if word not in (0, sets.every))
    return (full, partial) == (header.full_sets, header.partial_sets)


def _apply(sets: Sets, profile: int, step: Step, parcels: int) -> bool:
    """Moves the parcels where some row of the table lets all of them move; whether one does."""
    if parcels == 0:
        return False
    if step is Step.DuplicateReported:
        if parcels & ~sets.in_states(DUPLICATE_ORIGINS):
            return False
        sets.raise_flags(DUPLICATE_RAISES, parcels)
        return True
    for rule in RULES.get(step, ()):
        if rule.profiles >> profile & 1 and divide(sets, rule, parcels).eligible == parcels:
            sets.apply(rule, parcels)
            return True
    return False


def is_of_parcel(document: RevealedDocument, records: Sequence[Record], index: int) -> bool:
    """Whether a document is part of the evidence of a record that moves a parcel, and that parcel's own.

    A record's evidence holds a document for each of its parcels in index order, or one that speaks for all.
    """
    if document.record >= len(records):
        return False
    record = records[document.record]
    if not record.parcels >> index & 1:
        return False
    rank = (record.parcels & ((1 << index) - 1)).bit_count()
    if document.size != 1 and (document.size, document.position) != (record.parcels.bit_count(), rank):
        return False
    leaf = evidence_leaf(document.root)
    return verify_inclusion(leaf, document.position, document.size, document.proof, record.evidence)
