"""The reference model by itself: a whole story without a chain, and refusals that leave no trace."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import commitments, errors
from backend.domain.errors import GuanlianError
from backend.domain.events import Level, ListingInForce, Recorded, RecordRefused, Refusal
from backend.domain.ledger import ZERO_ACCOUNT, Declaration, Membership, Record, ReferenceLedger
from backend.domain.lifecycle import Direction, State, Step
from backend.domain.participants import Role, role_set

NOW = 1_790_000_000
PUDONG, SUZHOU = 2233, 2303
EVIDENCE = commitments.keccak(b"evidence")
ACTORS = {
    "platform": (Role.Platform, 0),
    "logistics": (Role.Logistics, 0),
    "declarant": (Role.Declarant, 0),
    "site_operator": (Role.SiteOperator, 0),
    "customs_pudong": (Role.Customs, PUDONG),
    "customs_suzhou": (Role.Customs, SUZHOU),
    "market_regulator": (Role.MarketRegulator, 0),
}


def ledger() -> ReferenceLedger:
    """A model with its cast; an actor's name is its account. The seller is the last one registered."""
    model = ReferenceLedger("owner")
    for name, (role, district) in ACTORS.items():
        model.register("owner", NOW, commitments.keccak(name.encode()), role_set([role]), district, name)
    model.register("platform", NOW, EVIDENCE, role_set([Role.Seller]), 0, ZERO_ACCOUNT)
    return model


def declaration(model: ReferenceLedger, name: str, count: int = 4) -> Declaration:
    parcels = tuple(commitments.keccak(f"{name} {n}".encode()) for n in range(count))
    seller = len(model.participants)
    reference = commitments.keccak(name.encode())
    return Declaration(reference, seller, PUDONG, PUDONG, 9610, Direction.Export, EVIDENCE, parcels)


def declared(model: ReferenceLedger, name: str = "first") -> bytes:
    (event,) = model.declare("declarant", NOW, [declaration(model, name)])
    return bytes(event.manifest)


def accepted(model: ReferenceLedger) -> bytes:
    manifest = declared(model)
    for who, step in (
        ("platform", Step.OrderAttested),
        ("logistics", Step.WaybillAttested),
        ("site_operator", Step.Arrival),
        ("customs_pudong", Step.Acceptance),
    ):
        model.record(who, NOW, [Record(manifest, step, 0b1111, EVIDENCE)])
    return manifest


def test_a_story_from_declaration_to_closure() -> None:
    model = ledger()
    manifest = accepted(model)
    for who, step in (
        ("customs_pudong", Step.Release),
        ("logistics", Step.Departure),
        ("customs_pudong", Step.Closure),
    ):
        (event,) = model.record(who, NOW + 60, [Record(manifest, step, 0b0111, EVIDENCE)])
        assert isinstance(event, Recorded)
        assert event.head == model.manifests[manifest].head
    sets = model.manifests[manifest].sets
    assert [sets.state_of(n) for n in range(4)] == [State.Closed] * 3 + [State.Accepted]


def test_barring_a_seller_stops_declarations_and_releases_until_its_end() -> None:
    model = ledger()
    manifest = accepted(model)
    seller = len(model.participants)
    model.set_hearing_window("owner", NOW, 0)
    model.impose("market_regulator", NOW, seller, Level.Barred, EVIDENCE, EVIDENCE, NOW + 100)
    release = [Record(manifest, Step.Release, 0b1, EVIDENCE)]
    assert isinstance(model.try_record("customs_pudong", NOW, release)[0], Recorded)
    events = model.confirm("customs_suzhou", NOW, 1, EVIDENCE)
    assert events[-1] == ListingInForce(1, seller, Level.Barred, NOW + 100)
    with pytest.raises(errors.SellerBarred):
        model.declare("declarant", NOW, [declaration(model, "second")])
    release = [Record(manifest, Step.Release, 0b10, EVIDENCE)]
    (refused,) = model.try_record("customs_pudong", NOW + 99, release)
    assert refused.reason is Refusal.SellerBarred
    assert isinstance(model.try_record("customs_pudong", NOW + 100, release)[0], Recorded)


def test_a_duplicate_is_held_once() -> None:
    model = ledger()
    parcels = declaration(model, "first").parcel_ids
    places = []
    for n, name in enumerate(("first", "second")):
        whole = declaration(model, name)
        changed = Declaration(whole.ref, whole.seller_no, PUDONG, PUDONG, 9610, Direction.Export, EVIDENCE, parcels)
        (event,) = model.declare("declarant", NOW + n, [changed])
        places.append(Membership(event.manifest, 2, commitments.membership_proof(parcels, 2)))
    (event,) = model.report_duplicate("nobody", NOW + 9, parcels[2], *places)
    assert (event.manifest, event.participant_no, event.parcels) == (places[1].manifest, 0, 0b100)
    with pytest.raises(errors.DuplicateAlreadyReported):
        model.report_duplicate("nobody", NOW + 9, parcels[2], *reversed(places))


accounts = st.sampled_from(("owner", "nobody", *ACTORS))
words = st.sampled_from((EVIDENCE, commitments.keccak(b"other"), bytes(32)))
numbers = st.integers(0, 12)
calls = st.one_of(
    st.tuples(st.just("register"), words, st.integers(0, 1 << 10), st.sampled_from((0, PUDONG)), accounts),
    st.tuples(st.just("set_roles"), numbers, st.integers(0, 1 << 10), st.sampled_from((0, PUDONG))),
    st.tuples(st.just("add_account"), numbers, accounts),
    st.tuples(st.just("revoke_account"), numbers, accounts),
    st.tuples(st.just("suspend"), numbers),
    st.tuples(st.just("impose"), numbers, st.sampled_from(Level), words, words, st.integers(NOW - 1, NOW + 9)),
    st.tuples(st.just("confirm"), numbers, words),
    st.tuples(st.just("lift"), numbers, words),
    st.tuples(st.just("set_confirmations"), st.sampled_from(Level), st.integers(0, 9)),
)


@given(st.lists(st.tuples(accounts, calls), max_size=12))
def test_a_refused_call_leaves_the_model_as_it_was(story) -> None:
    model = ledger()
    for account, (function, *arguments) in story:
        before = _facts(model)
        try:
            getattr(model, function)(account, NOW, *arguments)
        except GuanlianError as error:
            assert _facts(model) == before
            json.dumps(error.details)


@given(
    st.lists(
        st.tuples(st.sampled_from(Step), st.integers(0, 31), st.sampled_from((EVIDENCE, bytes(32)))),
        min_size=1,
        max_size=5,
    ),
    accounts,
)
def test_records_are_taken_all_or_none(steps, account: str) -> None:
    model = ledger()
    manifest = accepted(model)
    records = [Record(manifest, step, parcels, evidence) for step, parcels, evidence in steps]
    before, tried = _facts(model), copy.deepcopy(model)
    try:
        events = model.record(account, NOW, records)
    except GuanlianError as error:
        assert _facts(model) == before
        json.dumps(error.details)
        return
    assert events == tried.try_record(account, NOW, records), "where all is right the two calls are one"
    assert _facts(model) == _facts(tried)


def test_declarations_are_taken_all_or_none() -> None:
    model = ledger()
    good = declaration(model, "good")
    with pytest.raises(errors.ManifestTaken) as refused:
        model.declare("declarant", NOW, [good, declaration(model, "better"), good])
    assert refused.value.details["index"] == 2
    assert not model.manifests


def test_trying_refuses_each_parcel_for_its_first_cause_alone() -> None:
    model = ledger()
    manifest = accepted(model)
    model.record("customs_pudong", NOW, [Record(manifest, Step.Release, 0b0001, EVIDENCE)])
    model.record("customs_pudong", NOW, [Record(manifest, Step.Detention, 0b0011, EVIDENCE)])
    events = model.try_record("customs_pudong", NOW, [Record(manifest, Step.Release, 0b11111, EVIDENCE)])
    causes = {event.reason: event.parcels for event in events if isinstance(event, RecordRefused)}
    assert causes == {
        Refusal.ParcelsUnknown: 0b10000,
        Refusal.StepNotAllowed: 0b00001,
        Refusal.FlagsBlocking: 0b00010,
    }
    assert events[-1].parcels == 0b01100


def _facts(model: ReferenceLedger) -> str:
    return repr([sorted(vars(model).items(), key=lambda item: item[0])])
