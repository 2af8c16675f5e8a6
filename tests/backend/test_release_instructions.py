"""Release instructions: which fact follows from which, the limit's last second, and what commits to the parcels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.commitments import keccak
from backend.domain.errors import InstructionStateUnfit
from backend.domain.release_instructions import (
    EXCEPTIONS,
    InstructionFact,
    InstructionStage,
    check_instruction_fact,
    contents_of,
    standing_of_instruction,
)

F, S = InstructionFact, InstructionStage
ISSUED, DUE = 1_000, 2_800

TABLE = [
    # facts after the first, with their instants; now; the stage; what may follow
    ([], DUE, S.Waiting, {F.Acknowledged, F.Refused, F.Withdrawn}),
    ([], DUE + 1, S.Overdue, {F.Acknowledged, F.Refused, F.Withdrawn, F.Settled}),
    ([(F.Overdue, DUE + 5)], DUE + 9, S.Overdue, {F.Acknowledged, F.Refused, F.Withdrawn, F.Settled}),
    ([(F.Acknowledged, DUE)], DUE + 9, S.Acknowledged, set()),
    ([(F.Acknowledged, DUE + 1)], DUE + 9, S.AcknowledgedLate, set()),
    ([(F.Overdue, DUE + 5), (F.Acknowledged, DUE + 7)], DUE + 9, S.AcknowledgedLate, set()),
    ([(F.Refused, ISSUED + 5)], ISSUED + 9, S.Refused, {F.Withdrawn, F.Settled}),
    ([(F.Refused, ISSUED + 5), (F.Settled, DUE + 5)], DUE + 9, S.Settled, set()),
    ([(F.Overdue, DUE + 5), (F.Settled, DUE + 6)], DUE + 9, S.Settled, set()),
    ([(F.Withdrawn, ISSUED + 5)], DUE + 9, S.Withdrawn, set()),
]


@pytest.mark.parametrize(("more", "now", "stage", "possible"), TABLE)
def test_what_may_follow(
    more: list[tuple[F, int]], now: int, stage: InstructionStage, possible: set[InstructionFact]
) -> None:
    facts = [(F.Issued, ISSUED), *more]
    standing = standing_of_instruction(facts, DUE, now)
    assert (standing.stage, set(standing.possible)) == (stage, possible)
    for fact in F:
        if fact in possible:
            check_instruction_fact(7, fact, facts, DUE, now)
        else:
            with pytest.raises(InstructionStateUnfit) as refused:
                check_instruction_fact(7, fact, facts, DUE, now)
            assert refused.value.details == {"instruction_id": 7, "stage": stage.value, "act": fact.value}


@given(st.lists(st.tuples(st.sampled_from(sorted(F)), st.integers(ISSUED, DUE + 100)), max_size=12), st.data())
def test_whatever_is_tried_each_fact_comes_once_and_every_exception_has_a_way_out(
    tried: list[tuple[F, int]], data: st.DataObject
) -> None:
    facts, now = [(F.Issued, ISSUED)], ISSUED
    for fact, at in tried:
        now = max(now, at)
        standing = standing_of_instruction(facts, DUE, now)
        if standing.stage in EXCEPTIONS:
            assert F.Settled in standing.possible
        if fact in standing.possible:
            facts.append((fact, now))
    names = [fact for fact, _ in facts]
    assert len(set(names)) == len(names)
    assert sum(fact in (F.Acknowledged, F.Withdrawn, F.Settled) for fact in names) <= 1


@given(st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=20), st.randoms())
def test_contents_hang_on_the_parcels_and_not_on_their_order(parcels: set[bytes], random: object) -> None:
    ordered = sorted(parcels)
    shuffled = list(ordered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert contents_of(shuffled) == contents_of([*shuffled, shuffled[0]]) == keccak(b"".join(ordered))
    assert contents_of(ordered[1:]) != contents_of(ordered)
