"""The event log: its traces, how they fit the lifecycle, what each step waited for, and what was done twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.lifecycle import Flag, Profile, State, Step
from backend.domain.process import (
    Activity,
    Cost,
    Log,
    MisfitKind,
    Place,
    Recording,
    RedundancyKind,
    conformance_of,
    costed,
    quantile,
    redundancies_of,
    replay,
    traces_of,
    waits_of,
)
from backend.domain.process.model import Trace
from tests.support.lives import IMPORT, ONCE, ORIGIN, PORT, REPEATED, REPEATS, TO_PORT, TRANSIT, header, lived, wander

S, K = Step, RedundancyKind

seeds = st.integers(0, 2**32)
profiles = st.sampled_from(list(Profile))


# ---------------------------------------------------------------------------------------------------
# Traces


@given(
    st.integers(1, 40).flatmap(
        lambda size: st.tuples(st.just(size), st.lists(st.integers(0, (1 << size) - 1), max_size=12))
    )
)
def test_a_manifests_traces_hold_each_parcel_once_with_just_the_records_that_name_it(
    drawn: tuple[int, list[int]],
) -> None:
    size, words = drawn
    head = header(1, Profile.ImportDirect, size)
    records = [(Recording(S.OrderAttested, at, 3, at, 0), word) for at, word in enumerate(words)]
    traces = traces_of(head, records)
    assert sum(trace.parcels for trace in traces) == (1 << size) - 1
    assert sum(trace.weight for trace in traces) == size
    for index in range(size):
        (mine,) = [trace for trace in traces if trace.parcels >> index & 1]
        assert [event.at for event in mine.events] == [at for at, word in enumerate(words) if word >> index & 1]
    assert len({trace.events for trace in traces}) == len(traces)


def test_a_log_counts_parcels_and_not_traces() -> None:
    log = Log((lived(header(1, Profile.ImportDirect, 8), IMPORT, parcels=0b10110111), lived(header(2, Profile(0)), [])))
    assert (log.parcels, log.events) == (7, 6 * len(IMPORT))


# ---------------------------------------------------------------------------------------------------
# Conformance


@settings(max_examples=300)
@given(seeds, profiles, st.integers(1, 40))
def test_every_life_that_the_table_allows_fits(seed: int, profile: Profile, length: int) -> None:
    log = Log((lived(header(1, profile), wander(seed, profile, length)),))
    found = conformance_of(log)
    assert (found.parcels, found.fitting, found.misfits) == (1, 1, ())


_EARLY = (S.Declaration, S.OrderAttested, S.WaybillAttested)


@pytest.mark.parametrize(
    ("profile", "steps", "kind", "index", "state", "flags"),
    [
        (Profile.ImportDirect, (S.OrderAttested,), MisfitKind.DeclarationMissing, 0, None, ()),
        (Profile.ImportDirect, (S.Declaration, S.Declaration), MisfitKind.DeclaredAgain, 1, State.Declared, ()),
        (Profile.ImportDirect, (S.Declaration, S.Departure), MisfitKind.StepUnknown, 1, State.Declared, ()),
        (Profile.ImportDirect, (S.Declaration, S.Release), MisfitKind.StepNotAllowed, 1, State.Declared, ()),
        (Profile.ImportDirect, (*_EARLY, S.Acceptance), MisfitKind.FlagsMissing, 3, State.Declared, (Flag.Payment,)),
        (
            Profile.ExportByTransit,
            (*TO_PORT, S.InspectionOrdered),
            MisfitKind.FlagsBlocking,
            12,
            State.AtPort,
            (Flag.Inspected,),
        ),
        (
            Profile.ExportByTransit,
            (*TO_PORT, S.Reinspection, S.Departure),
            MisfitKind.FlagsBlocking,
            13,
            State.AtPort,
            (Flag.Inspection,),
        ),
    ],
)
def test_a_step_that_does_not_fit_is_named_with_its_cause(
    profile: Profile,
    steps: tuple[Step, ...],
    kind: MisfitKind,
    index: int,
    state: State | None,
    flags: tuple[Flag, ...],
) -> None:
    trace = lived(header(1, profile, 3), steps, parcels=0b101)
    found = conformance_of(Log((trace, lived(header(2, Profile.ImportDirect), IMPORT))))
    (named,) = found.misfits
    assert (found.parcels, found.fitting) == (3, 1)
    assert (named.manifest, named.parcels) == (trace.header.manifest, 0b101)
    misfit = named.misfit
    assert (misfit.kind, misfit.index, misfit.state, misfit.flags) == (kind, index, state, flags)
    assert found.by_kind == {(kind, steps[index]): 2}


@settings(max_examples=150)
@given(seeds, profiles, st.integers(3, 30), st.data())
def test_a_declaration_cut_out_of_a_life_is_always_missed(
    seed: int, profile: Profile, length: int, data: st.DataObject
) -> None:
    steps = wander(seed, profile, length)
    found = conformance_of(Log((lived(header(1, profile), steps[1:]),)))
    assert found.fitting == 0
    assert found.misfits[0].misfit.kind is MisfitKind.DeclarationMissing


def test_a_block_older_than_the_one_before_does_not_fit_and_makes_no_negative_wait() -> None:
    log = Log((lived(header(1, Profile.ImportDirect), IMPORT[:3], (60, 60, -90)),))
    (named,) = conformance_of(log).misfits
    assert (named.misfit.kind, named.misfit.index) == (MisfitKind.TimeReversed, 2)
    assert [wait.total for wait in waits_of(log)] == [60, 0]


def test_showing_a_duplicate_holds_the_parcel_as_the_chain_does() -> None:
    steps = (S.Declaration, S.DuplicateReported, S.OrderAttested)
    (named,) = conformance_of(Log((lived(header(1, Profile.ImportDirect), steps),))).misfits
    assert named.misfit.flags == (Flag.HeldDeclaring,)


# ---------------------------------------------------------------------------------------------------
# Waiting


def test_a_step_waits_for_what_the_table_makes_it_wait_for_and_not_for_what_was_recorded_before_it() -> None:
    steps = (*_EARLY, S.Acceptance, S.Arrival, S.ReviewOpened, S.ReviewClosed, S.Release)
    stages = replay(lived(header(1, Profile.ExportAtPort), steps)).stages
    assert stages[2].waits_for == (0,), "a waybill does not wait for the order"
    assert stages[3].waits_for == (0, 1, 2)
    assert stages[4].waits_for == (0,), "arrival does not wait for the acceptance; both only for the declaration"
    assert stages[5].waits_for == (3,)
    assert stages[7].waits_for == (3, 4, 6), "acceptance, arrival, closed review"


def test_waits_are_counted_by_step_and_district_with_the_most_lost_first() -> None:
    fast = lived(header(1, Profile.ExportByTransit, 200), TRANSIT, (60,), parcels=(1 << 197) - 1)
    slow = lived(header(2, Profile.ExportByTransit, 3), TRANSIT, (3600,), parcels=0b111)
    waits = {(wait.activity, wait.district): wait for wait in waits_of(Log((fast, slow)))}
    ordered = waits[Activity(S.TransitArrival), PORT]
    assert (ordered.parcels, ordered.median, ordered.p90, ordered.p99) == (200, 60, 60, 3600)
    assert ordered.total == 197 * 60 + 3 * 3600
    assert (Activity(S.Departure), PORT) in waits
    assert (Activity(S.TransitDeparture), ORIGIN) in waits
    totals = [wait.total for wait in waits_of(Log((fast, slow)))]
    assert totals == sorted(totals, reverse=True)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 4)), min_size=1), st.integers(1, 100))
def test_a_quantile_is_the_smallest_value_with_so_many_up_to_it(values: list[tuple[int, int]], percent: int) -> None:
    flat = sorted(value for value, weight in values for _ in range(weight))
    found = quantile(values, percent)
    assert sum(value <= found for value in flat) * 100 >= percent * len(flat)
    assert sum(value < found for value in flat) * 100 < percent * len(flat)


def test_nothing_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="no values"):
        quantile([], 50)


# ---------------------------------------------------------------------------------------------------
# Redundancies


@settings(max_examples=300)
@given(seeds, profiles, st.integers(1, 40))
def test_none_is_invented_where_no_review_and_no_inspection_came_twice(
    seed: int, profile: Profile, length: int
) -> None:
    assert redundancies_of(Log((lived(header(1, profile), wander(seed, profile, length, ONCE, REPEATS)),))) == ()


#: Where a clean transit export takes a repeat: after which of its steps, which steps are put in, what that is.
PLANTS = {
    K.ReviewAgain: (S.ReviewClosed, (S.ReviewOpened, S.ReviewClosed)),
    K.InspectionAgain: (S.InspectionPassed, (S.InspectionOrdered, S.InspectionPassed)),
    K.InspectionAtPortAgain: (S.TransitArrival, (S.Reinspection, S.InspectionPassed)),
}


@settings(max_examples=200)
@given(st.lists(st.dictionaries(st.sampled_from(list(PLANTS)), st.integers(1, 3)), min_size=1, max_size=8))
def test_every_planted_repeat_is_found_and_named_and_no_other(plans: list[dict[RedundancyKind, int]]) -> None:
    expected: list[tuple[bytes, RedundancyKind]] = []
    traces = []
    for number, plan in enumerate(plans):
        steps: list[Step] = []
        for step in TRANSIT:
            steps.append(step)
            for kind, times in plan.items():
                if PLANTS[kind][0] is step:
                    steps += PLANTS[kind][1] * times
        head = header(number, Profile.ExportByTransit)
        for kind, times in plan.items():
            # What comes to the port a second time repeats what the port itself did.
            port = kind is K.InspectionAtPortAgain
            expected += [(head.manifest, kind)] * (1 if port else times)
            expected += [(head.manifest, K.InspectionAgain)] * (times - 1 if port else 0)
        traces.append(lived(head, steps))
    log = Log(tuple(traces))
    assert conformance_of(log).fitting == len(traces), "a repeat is allowed, which is why it is looked for"
    found = redundancies_of(log)
    assert sorted((one.manifest, one.kind) for one in found) == sorted(expected)
    assert {one.seconds for one in found} <= {60}


def test_a_repeat_says_where_it_was_how_long_it_took_and_what_it_repeats() -> None:
    trace = lived(header(1, Profile.ExportByTransit, 4), REPEATED, (60,), parcels=0b1110)
    (found,) = redundancies_of(Log((trace,)))
    assert (found.kind, found.parcels, found.district) == (K.InspectionAtPortAgain, 0b1110, PORT)
    assert (found.index, found.first, found.seconds) == (12, (trace.header.manifest, 8), 60)
    unfinished = lived(header(1, Profile.ExportByTransit), REPEATED[:13])
    assert [one.seconds for one in redundancies_of(Log((unfinished,)))] == [None]


def _declared(number: int, block: int, steps: tuple[Step, ...], size: int = 2) -> Trace:
    return lived(header(number, Profile.ImportDirect, size), steps, block=block, parcels=(1 << size) - 1)


_REJECTED = (S.Declaration, S.OrderAttested, S.Rejection)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (_declared(1, 10, IMPORT), _declared(2, 100, IMPORT), 1),
        # Rejected before the second declaration, and after it.
        (_declared(1, 10, _REJECTED), _declared(2, 100, IMPORT), 0),
        (_declared(1, 99, _REJECTED), _declared(2, 100, IMPORT), 1),
        (_declared(1, 10, (S.Declaration, S.Cancellation)), _declared(2, 100, IMPORT), 0),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_parcel_declared_while_another_manifest_has_it_is_a_duplicate(
    first: Trace, second: Trace, expected: int, *, known: bool
) -> None:
    places = (Place(second.header.manifest, 1), Place(first.header.manifest, 0))
    traces = (first, second) if known else (second,)
    log = Log(traces, repeats={b"\1" * 32: places}, earlier=() if known else (first,))
    found = redundancies_of(log)
    assert [(one.kind, one.manifest, one.parcels, one.first) for one in found] == [
        (K.DuplicateDeclaration, second.header.manifest, 0b10, (first.header.manifest, 0))
    ] * expected


def test_what_repeats_cost_is_exact_and_every_kind_has_its_row() -> None:
    traces = [lived(header(n, Profile.ExportByTransit, 8), REPEATED, (90,), parcels=0b111) for n in range(3)]
    costs = {kind: Cost(7, Decimal("0.10")) for kind in K}
    rows = {row.kind: row for row in costed(redundancies_of(Log(tuple(traces))), costs)}
    again = rows[K.InspectionAtPortAgain]
    assert (again.parcels, again.minutes, again.cny, again.elapsed) == (9, 63, Decimal("0.90"), 810)
    assert rows.keys() == set(K)
    assert {row.cny for kind, row in rows.items() if kind is not K.InspectionAtPortAgain} == {Decimal("0.00")}
