"""Random calls on the contracts and on the reference model: after each one both agree, and the laws hold.

`World.act` compares the outcome of every call (events in order, or the refusal with its details); the
invariants compare what is kept. Parcels come from a small pool, so that duplicates happen.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.domain.events import Level
from backend.domain.ledger import ZERO_ACCOUNT, Membership, Record
from backend.domain.lifecycle import Direction, Profile, Step, indices
from backend.domain.participants import CreditGrade, Role, role_set
from tests.contracts.paths import MANIFESTS, steps_ready
from tests.contracts.world import CALLERS, CAST, JIAXING, PUDONG, SUZHOU, World, a_hash, fold, isolated, rpc

#: More would only make each comparison slower: what manifests share is the call, and three make one.
MOST_MANIFESTS = 6
POOL = tuple(a_hash("pool", n) for n in range(8))
DISTRICTS = (PUDONG, SUZHOU, JIAXING)
SUBJECTS = ("seller", "other_seller", "declarant", "customs_suzhou", "appeal_body", "market_regulator")


class LedgerMachine(RuleBasedStateMachine):
    """The deployment, its cast and whatever the rules make of them."""

    cast: World

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = rpc("evm_snapshot")
        cast = self.cast
        self.world = World(cast.contracts, copy.deepcopy(cast.model), dict(cast.accounts), dict(cast.numbers))
        self.folded: dict[bytes, bytes] = {}

    def teardown(self) -> None:
        rpc("evm_revert", self.snapshot)

    def act(self, who: str, function: str, *args: Any, after: int = 1) -> None:
        """One call on both; a refusal is an outcome like another. Folds the heads from the events alone."""
        for event in self.world.attempt(who, function, *args, after=after):
            fold(self.folded, event)

    # -- parcels

    @initialize()
    def two_manifests(self) -> None:
        self.world.declared(4, **MANIFESTS[Profile.ExportByTransit])
        self.world.declared(3, **MANIFESTS[Profile.ImportDirect])
        for manifest, kept in self.world.model.manifests.items():
            self.folded[manifest] = kept.head

    @rule(data=st.data(), function=st.sampled_from(("declare", "tryDeclare")))
    def declare(self, data: Any, function: str) -> None:
        if len(self.world.model.manifests) >= MOST_MANIFESTS:
            return
        declarations = [self._declaration(data) for _ in range(data.draw(st.integers(1, 2)))]
        self.act(data.draw(_mostly(("declarant", "other_declarant"))), function, declarations)

    def _declaration(self, data: Any) -> Any:
        changes = dict(MANIFESTS[data.draw(st.sampled_from(Profile))])
        changes["seller_no"] = self.world.numbers[data.draw(st.sampled_from(("seller", "other_seller")))]
        changes["parcel_ids"] = tuple(data.draw(st.lists(st.sampled_from(POOL), min_size=1, max_size=5)))
        fault = data.draw(st.sampled_from((None, None, None, *_DECLARATION_FAULTS)))
        return self.world.declaration(**(changes | (fault or {})))

    @rule(data=st.data(), function=st.sampled_from(("record", "tryRecord")))
    def take_steps_that_may_be_taken(self, data: Any, function: str) -> None:
        """What a right caller would do, with a bad record put in somewhere every other time."""
        ready = steps_ready(self.world)
        if not ready:
            return
        who = data.draw(st.sampled_from(sorted({who for who, *_ in ready})))
        choices = [entry for caller, *entry in ready if caller == who]
        chosen = data.draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3))
        records = [
            Record(manifest, step, self._some_of(data, parcels), a_hash(step)) for manifest, step, parcels in chosen
        ]
        if data.draw(st.booleans()):
            records.insert(data.draw(st.integers(0, len(records))), self._any_record(data))
        self.act(who, function, records)

    def _some_of(self, data: Any, parcels: int) -> int:
        members = data.draw(st.lists(st.sampled_from(indices(parcels)), min_size=1, unique=True))
        return sum(1 << member for member in members)

    @rule(data=st.data(), function=st.sampled_from(("record", "tryRecord")))
    def record_anything(self, data: Any, function: str) -> None:
        records = [self._any_record(data) for _ in range(data.draw(st.integers(1, 4)))]
        self.act(data.draw(st.sampled_from(CALLERS)), function, records)

    def _any_record(self, data: Any) -> Record:
        manifests = (*self.world.model.manifests, a_hash("nowhere"))
        return Record(
            data.draw(st.sampled_from(manifests)),
            data.draw(st.sampled_from(Step)),
            data.draw(st.integers(0, 63) | st.just(1 << 255)),
            data.draw(st.sampled_from((a_hash("evidence"), a_hash("evidence"), bytes(32)))),
        )

    @rule(data=st.data())
    def report_a_duplicate(self, data: Any) -> None:
        parcel = data.draw(st.sampled_from(POOL))
        places = [
            self.world.membership(name, index)
            for name, manifest in self.world.model.manifests.items()
            for index, declared in enumerate(manifest.declaration.parcel_ids)
            if declared == parcel or data.draw(st.integers(0, 19)) == 0
        ]
        if not places:
            return
        one, other = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))
        if data.draw(st.integers(0, 9)) == 0:
            other = Membership(other.manifest, other.index ^ 1, other.proof)
        who = data.draw(st.sampled_from(("outsider", "rights_holder", "suspended")))
        self.act(who, "reportDuplicate", parcel, one, other)

    # -- participants

    @rule(
        who=st.sampled_from(("owner", "owner", "platform", "outsider")),
        function=st.sampled_from(("suspend", "reinstate")),
        subject=st.sampled_from(SUBJECTS),
    )
    def suspend_or_reinstate(self, who: str, function: str, subject: str) -> None:
        self.act(who, function, self.world.numbers[subject])

    @rule(
        subject=st.sampled_from(SUBJECTS),
        roles=st.sets(st.sampled_from(Role), max_size=3),
        district=st.sampled_from((0, *DISTRICTS)),
    )
    def change_roles(self, subject: str, roles: set[Role], district: int) -> None:
        self.act("owner", "setRoles", self.world.numbers[subject], role_set(roles), district)

    @rule(subject=st.sampled_from(SUBJECTS))
    def give_back_the_roles(self, subject: str) -> None:
        roles, district = CAST[subject]
        self.act("owner", "setRoles", self.world.numbers[subject], role_set(roles), district)

    @rule(
        who=st.sampled_from(CALLERS),
        function=st.sampled_from(("addAccount", "revokeAccount")),
        subject=st.sampled_from(("platform", "declarant", "suspended")),
        account=st.sampled_from(("platform", "declarant", "spare_0", "spare_1")),
    )
    def change_accounts(self, who: str, function: str, subject: str, account: str) -> None:
        self.act(who, function, self.world.numbers[subject], self.world.accounts[account])

    @rule(
        who=st.sampled_from(("owner", "platform", "customs_pudong", "outsider")),
        identity=st.integers(0, 3),
        roles=st.sampled_from((role_set([Role.Seller]), role_set([Role.Customs]), 0)),
        district=st.sampled_from((0, PUDONG)),
    )
    def register(self, who: str, identity: int, roles: int, district: int) -> None:
        legal_identity = a_hash("newcomer", identity) if identity else bytes(32)
        self.act(who, "register", legal_identity, roles, district, ZERO_ACCOUNT)

    @rule(who=st.sampled_from(CALLERS), subject=st.sampled_from(SUBJECTS), grade=st.sampled_from(CreditGrade))
    def grade_credit(self, who: str, subject: str, grade: CreditGrade) -> None:
        self.act(who, "setCreditGrade", self.world.numbers[subject], grade)

    # -- blacklist

    @rule(data=st.data(), level=st.sampled_from(Level), term=st.integers(-1, 40))
    def impose(self, data: Any, level: Level, term: int) -> None:
        who = data.draw(_mostly(("market_regulator", "customs_pudong", "customs_suzhou")))
        subject = self.world.numbers[data.draw(st.sampled_from(SUBJECTS))]
        until = max(0, self.world.now + term)
        self.act(who, "impose", subject, level, a_hash("grounds"), a_hash("file"), until)

    @rule(data=st.data(), function=st.sampled_from(("confirm", "confirm", "lift")))
    def decide(self, data: Any, function: str) -> None:
        who = data.draw(_mostly(("other_regulator", "customs_pudong", "appeal_body", "tax_authority")))
        listing = data.draw(st.integers(0, len(self.world.model.listings) + 1))
        self.act(who, function, listing, data.draw(st.sampled_from((a_hash("file"), bytes(32)))))

    @rule(data=st.data(), function=st.sampled_from(("makeStatement", "appealListing", "askRepair")))
    def speak_for_the_listed(self, data: Any, function: str) -> None:
        who = data.draw(_mostly(("owner", "declarant", "platform")))
        listing = data.draw(st.integers(1, len(self.world.model.listings) + 1))
        self.act(who, function, listing, a_hash("statement"))

    @rule(data=st.data(), function=st.sampled_from(("decideListingAppeal", "decideRepair")), favour=st.booleans())
    def decide_on_the_listed(self, data: Any, function: str, favour: bool) -> None:
        who = data.draw(_mostly(("appeal_body", "market_regulator")))
        listing = data.draw(st.integers(1, len(self.world.model.listings) + 1))
        self.act(who, function, listing, favour, a_hash("file"))

    @rule(seconds=st.sampled_from((0, 0, 20, 86_400)), urgent=st.booleans())
    def set_hearings(self, seconds: int, urgent: bool) -> None:
        self.act("owner", "setHearingWindow", seconds)
        self.act("owner", "setUrgency", a_hash("grounds"), urgent)

    @rule(who=st.sampled_from(("owner", "customs_pudong")), level=st.sampled_from(Level), needed=st.integers(0, 3))
    def set_confirmations(self, who: str, level: Level, needed: int) -> None:
        self.act(who, "setConfirmations", level, needed)

    @rule(seconds=st.integers(1, 30))
    def time_passes(self, seconds: int) -> None:
        self.act("payment", "anchor", 1, a_hash("root"), 1, after=seconds)

    # -- what holds after every call

    @invariant()
    def chain_and_model_keep_the_same(self) -> None:
        self.world.assert_same_state()

    @invariant()
    def events_alone_fold_to_the_head(self) -> None:
        assert self.folded == {name: kept.head for name, kept in self.world.model.manifests.items()}


_DECLARATION_FAULTS: tuple[dict[str, Any], ...] = (
    {"ref": a_hash("one reference for all")},
    {"evidence": bytes(32)},
    {"parcel_ids": ()},
    {"supervision_mode": 1239},
    {"direction": Direction.Import, "supervision_mode": 9710},
    {"declaring_district": 0},
    {"seller_no": 0},
    {"declaring_district": JIAXING},
)


def _mostly(who: tuple[str, ...]) -> st.SearchStrategy[str]:
    """One of these three times out of four, else anybody."""
    named = st.sampled_from(who)
    return st.one_of(named, named, named, st.sampled_from(CALLERS))


@pytest.fixture
def machine(cast: World) -> Iterator[type[LedgerMachine]]:
    with isolated(cast):
        yield type("Machine", (LedgerMachine,), {"cast": cast})


def test_contracts_and_model_agree_whatever_happens(machine: type[LedgerMachine]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=30, print_blob=True))
