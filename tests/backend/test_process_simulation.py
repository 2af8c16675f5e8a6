"""Changes tried before they are made: no change changes nothing, a change brings what can be reckoned by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.lifecycle import Profile, Step
from backend.domain.process import Log
from backend.process import ASSUMPTIONS, SCENARIOS, Ground, Plan, ground_of, simulate_change
from backend.process.simulation import t_975
from tests.support.lives import IMPORT, REPEATED, TRANSIT, header, lived, wander

S = Step
FEW = Plan(seed=3, replications=20, parcels=40)
NO_CHANGE, RECOGNISE = SCENARIOS["no-change"], SCENARIOS["recognise-origin-inspections"]
EARLY, ONCE = SCENARIOS["risk-analysis-before-arrival"], SCENARIOS["review-once"]


def mixed(teams: int = 2) -> Ground:
    """Half of the transit exports are inspected at the port again; waits of all sorts."""
    traces = [
        lived(
            header(number, Profile.ExportByTransit, 3),
            REPEATED if number % 2 else TRANSIT,
            (300 + 77 * number, 1200, 45 * number + 1),
            since=1_790_000_000 + 900 * number,
            parcels=0b111,
        )
        for number in range(12)
    ]
    return ground_of(Log(tuple(traces)), teams)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 2**20), min_size=4, max_size=10), st.integers(0, 2**31), st.integers(1, 5))
def test_without_a_change_the_difference_is_exactly_zero(seeds: list[int], seed: int, teams: int) -> None:
    profiles = list(Profile)
    traces = [
        lived(header(n, profiles[one % 4]), wander(one, profiles[one % 4], 60), (one % 977, 61), since=10**9 + one)
        for n, one in enumerate(seeds)
    ]
    done = lived(header(99, Profile.ExportByTransit), REPEATED, (50, 700))
    outcome = simulate_change(ground_of(Log((*traces, done)), teams), NO_CHANGE, Plan(seed, 20, 15))
    for difference in (outcome.mean, outcome.p90, outcome.saved):
        assert (difference.mean, difference.low, difference.high) == (0.0, 0.0, 0.0)
    assert outcome.present_mean == outcome.changed_mean
    assert outcome.affected == 0


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))
def test_a_change_that_touches_no_parcel_changes_nothing(scenario: object) -> None:
    traces = [lived(header(n, Profile.ImportDirect), IMPORT, (60 * n,), since=10**9 + n) for n in range(5)]
    outcome = simulate_change(ground_of(Log(tuple(traces)), 1), scenario, FEW)  # type: ignore[arg-type]
    assert outcome.mean.low == outcome.mean.high == outcome.saved.mean == 0


def test_the_same_seed_gives_the_same_digits_and_another_seed_others() -> None:
    ground = mixed()
    outcome = simulate_change(ground, RECOGNISE, FEW)
    assert outcome == simulate_change(mixed(), RECOGNISE, FEW)
    assert outcome != simulate_change(ground, RECOGNISE, Plan(4, FEW.replications, FEW.parcels))


def test_one_recorded_life_simulated_alone_takes_what_it_took() -> None:
    trace = lived(header(1, Profile.ExportByTransit), REPEATED, (60, 3600, 5))
    ground = ground_of(Log((trace,)), 1)
    outcome = simulate_change(ground, NO_CHANGE, Plan(1, 20, 1))
    departed = REPEATED.index(S.Departure)
    assert ground.mean == ground.p90 == trace.events[departed].at - trace.events[0].at
    assert outcome.present_mean.mean == outcome.present_mean.high == ground.mean


def test_recognising_an_origins_inspection_saves_just_the_repeat_and_its_time() -> None:
    trace = lived(header(1, Profile.ExportByTransit), REPEATED, (100,))
    outcome = simulate_change(ground_of(Log((trace,)), 1), RECOGNISE, Plan(1, 20, 1))
    # Ordered and passed at the port, a hundred seconds each.
    assert (outcome.mean.mean, outcome.p90.mean) == (-200.0, -200.0)
    assert (outcome.saved.mean, outcome.affected) == (1000.0, 100.0)


def test_inspections_that_fall_away_free_the_teams_for_others() -> None:
    """With one team at the port, parcels that are inspected there only gain from repeats of others falling away."""
    ground = mixed(teams=1)
    outcome = simulate_change(ground, RECOGNISE, Plan(5, 60, 60))
    assert outcome.mean.high < 0
    assert outcome.saved.low > 400
    assert 40 < outcome.affected < 60


def test_analysing_risk_before_the_arrival_takes_its_time_out_of_the_way_and_opens_nothing_early() -> None:
    steps = (S.Declaration, S.OrderAttested, S.WaybillAttested, S.Acceptance, S.Arrival)
    review = (*steps, S.ReviewOpened, S.ReviewClosed, S.Release, S.Departure)
    trace = lived(header(1, Profile.ExportAtPort), review, (10, 10, 10, 10, 1000, 30, 50, 7, 9))
    outcome = simulate_change(ground_of(Log((trace,)), 1), EARLY, Plan(1, 20, 1))
    assert outcome.mean.mean == -80.0, "opened 30 and closed 50 seconds after the arrival; now long before it"
    inspected = (*steps, S.InspectionOrdered, S.InspectionPassed, S.Release, S.Departure)
    trace = lived(header(1, Profile.ExportAtPort), inspected, (10, 10, 10, 10, 1000, 30, 50, 7, 9))
    outcome = simulate_change(ground_of(Log((trace,)), 1), EARLY, Plan(1, 20, 1))
    assert (outcome.mean.mean, outcome.saved.mean) == (-30.0, 0.0), "the order comes early, the opening does not"


def test_reviewing_once_drops_the_second_review() -> None:
    review = (S.ReviewOpened, S.ReviewClosed)
    early = (S.Declaration, S.OrderAttested, S.WaybillAttested, S.Acceptance, S.Arrival)
    trace = lived(header(1, Profile.ExportAtPort), (*early, *review, *review, S.Release, S.Departure), (100,))
    outcome = simulate_change(ground_of(Log((trace,)), 1), ONCE, Plan(1, 20, 1))
    assert (outcome.mean.mean, outcome.saved.mean) == (-200.0, 0.0)


def test_only_lives_that_came_to_their_milestone_and_fit_the_table_are_ground() -> None:
    whole = lived(header(1, Profile.ExportByTransit, 2), TRANSIT, parcels=0b11)
    under_way = lived(header(2, Profile.ExportByTransit), TRANSIT[:12])
    misfit = lived(header(3, Profile.ExportByTransit), [step for step in TRANSIT if step is not S.Acceptance])
    ground = ground_of(Log((whole, under_way, misfit)), 1)
    assert (len(ground.routes), ground.parcels) == (1, 2)
    assert ground.routes[0].stops[-1].activity.step is S.Departure


def test_a_ground_without_routes_and_too_few_replications_are_refused() -> None:
    with pytest.raises(ValueError, match="no finished parcel"):
        simulate_change(ground_of(Log(()), 1), NO_CHANGE, FEW)
    with pytest.raises(ValueError, match="19"):
        simulate_change(mixed(), NO_CHANGE, Plan(1, 19, 5))


@pytest.mark.parametrize(("freedom", "point"), [(19, 2.0930), (29, 2.0452), (60, 2.0003), (199, 1.9720), (999, 1.9623)])
def test_students_t_is_that_of_the_tables(freedom: int, point: float) -> None:
    assert t_975(freedom) == pytest.approx(point, abs=2e-4)


def test_assumptions_are_stated_in_both_languages() -> None:
    assert all(zh and en for zh, en in ASSUMPTIONS)
    assert all(one.zh and one.en and one.assumes_zh and one.assumes_en for one in SCENARIOS.values())
