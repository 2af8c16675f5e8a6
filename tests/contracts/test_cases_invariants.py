"""Random lives of rights and cases on the contracts and on the model: both agree, and no parcel gets out.

Each walk is drawn from its number alone, so that a failure repeats. Most acts are what the state of some case
or parcel waits for, just before or when a clock runs out; the rest is anybody trying anything.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from backend.domain.ledger import Record
from backend.domain.lifecycle import FLAG_SETS, RULES, Direction, Flag, State, Step, bits, indices
from backend.domain.reference.cases import Case
from backend.domain.rights import CaseState, RightKind
from tests.contracts.paths import steps_ready
from tests.contracts.world import BAGS, CALLERS, SHOES, SUZHOU, YEAR, World, a_hash, customs_of, fold

FILE = a_hash("file")
VALUE = 1_000_000
MOST_CASES = 10
#: Where a case can be opened: goods that are still under supervision.
SUSPECTABLE = RULES[Step.CaseOpened][0].origins
OPEN_CASES = (CaseState.Notified, CaseState.Detained, CaseState.Found, CaseState.Appealed, CaseState.InCourt)

#: Which acts a case in each state waits for: who and what.
NEXT: dict[CaseState, tuple[tuple[str, str, tuple[Any, ...]], ...]] = {
    CaseState.Lodged: (("customs", "declineComplaint", (FILE,)), ("holder", "withdrawCase", (FILE,))),
    CaseState.Notified: (
        *[("holder", "requestDetention", (VALUE, FILE))] * 4,
        ("holder", "withdrawCase", (FILE,)),
        ("outsider", "declareLapsed", ()),
    ),
    CaseState.Detained: (
        *[("customs", "recordFinding", (True, FILE))] * 4,
        ("customs", "recordFinding", (False, FILE)),
        ("customs", "recordCourtNotice", (FILE,)),
        ("customs", "acceptCounterBond", (VALUE, FILE)),
        ("holder", "withdrawCase", (FILE,)),
        ("outsider", "declareLapsed", ()),
    ),
    CaseState.Found: (("declarant", "appealFinding", (FILE,)), ("outsider", "confirmFinding", ())),
    CaseState.Appealed: (
        ("appeal_body", "decideFindingAppeal", (True, FILE)),
        ("appeal_body", "decideFindingAppeal", (False, FILE)),
        ("outsider", "declareLapsed", ()),
    ),
    CaseState.InCourt: (("customs", "recordRuling", (True, FILE)), ("customs", "recordRuling", (False, FILE))),
    CaseState.Infringing: (("customs", "passOverDisposal", (FILE,)), ("customs", "chooseDisposal", (FILE,))),
    CaseState.Closed: (("outsider", "declareLapsed", ()), ("outsider", "confirmFinding", ())),
}
ACTORS = (
    "rights_holder",
    "other_holder",
    "customs_pudong",
    "customs_suzhou",
    "appeal_body",
    "headquarters",
    "outsider",
)


class Walk:
    """One random life."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.draw = world, random.Random(number)
        self.heads: dict[bytes, bytes] = {}
        world.recorded(RightKind.Patent)
        world.recorded(RightKind.Trademark)
        for changes in ({}, {"direction": Direction.Import, "declaring_district": SUZHOU}):
            manifest = world.accepted(5, **changes)
            self.heads[manifest] = world.model.manifests[manifest].head
        # Cases are the case contract's alone, as governance is trusted to see to.
        world.act("owner", "suspend", world.numbers["case_register"])
        self.acts = (
            *[self.go_on] * 6,
            *[self.take_a_step] * 6,
            *[self.begin] * 3,
            self.complain,
            self.detain,
            self.meddle,
            self.record_anything,
            self.apply_for_a_right,
            self.decide_on_a_right,
            self.license_a_seller,
        )

    def act(self, who: str, function: str, *args: Any, after: int = 1) -> None:
        """One call on both; a refusal is an outcome like another."""
        for event in self.world.attempt(who, function, *args, after=after):
            fold(self.heads, event)

    # -- cases

    def begin(self) -> None:
        """Over parcels that customs have just detained, sometimes over others as well."""
        if len(self.world.model.cases) >= MOST_CASES:
            return
        manifest = self.draw.choice(list(self.world.model.manifests))
        kept = self.world.model.manifests[manifest]
        who, parcels = customs_of(kept.declaration.declaring_district), self.draw.randint(1, kept.sets.every)
        self.act(who, "tryRecord", [Record(manifest, Step.Detention, parcels, FILE)])
        if self.draw.random() < 0.8:
            free = ~kept.sets.words[FLAG_SETS + Flag.CaseOpen] & ~kept.sets.words[FLAG_SETS + Flag.Infringing]
            parcels &= free & kept.sets.words[FLAG_SETS + Flag.HeldDeclaring] & kept.sets.in_states(SUSPECTABLE)
        value = VALUE if self.draw.random() < 0.9 else 0
        self.act(who, "notifyHolder", self._right(), SHOES, manifest, parcels, value, FILE)

    def complain(self) -> None:
        if len(self.world.model.cases) < MOST_CASES:
            customs = self.world.numbers[self.draw.choice(("customs_pudong", "customs_suzhou", "platform"))]
            who = self.draw.choice(("rights_holder", "rights_holder", "other_holder"))
            self.act(who, "lodgeComplaint", self._right(), customs, SHOES, VALUE, VALUE, FILE)

    def detain(self) -> None:
        lodged = [n for n, case in self.world.model.cases.items() if case.state is CaseState.Lodged]
        manifest = self.draw.choice(list(self.world.model.manifests))
        held = self.world.model.manifests[manifest].sets.words[FLAG_SETS + Flag.HeldDeclaring]
        case = self.draw.choice(lodged or [1])
        who = self._names(self.world.model.cases.get(case))["customs"]
        self.act(who, "detainGoods", case, manifest, held & self.draw.randint(0, 63), FILE)

    def go_on(self) -> None:
        """What the state of a case waits for, at once or around the end of its clock."""
        cases = self.world.model.cases
        if not cases:
            return
        going = [n for n, entry in cases.items() if entry.state is not CaseState.Closed]
        case = self.draw.choice(going or list(cases))
        entry = cases[case]
        who, function, arguments = self.draw.choice(NEXT[entry.state])
        far = who == "outsider" or self.draw.random() < 0.15
        after = max(1, entry.lapses_at - self.world.now - self.draw.choice((0, 0, 1))) if far else 1
        self.act(self._names(entry).get(who, who), function, case, *arguments, after=after)

    def meddle(self) -> None:
        """What any state waits for, by anybody."""
        _, function, arguments = self.draw.choice(NEXT[self.draw.choice(list(CaseState))])
        self.act(self.draw.choice(ACTORS), function, self.draw.randint(1, MOST_CASES), *arguments)

    # -- parcels

    def take_a_step(self) -> None:
        """Whatever the table allows now: the roads on which goods could get out of a case."""
        ready = [entry for entry in steps_ready(self.world) if entry[0] not in ("case_register", "suspended")]
        if ready:
            who, manifest, step, parcels = self.draw.choice(ready)
            some = sum(1 << n for n in indices(parcels) if self.draw.random() < 0.6) or parcels
            function = self.draw.choice(("record", "tryRecord"))
            self.act(who, function, [Record(manifest, step, some, a_hash(step))])

    def record_anything(self) -> None:
        manifest = self.draw.choice(list(self.world.model.manifests))
        entry = Record(manifest, self.draw.choice(list(Step)), self.draw.randint(0, 31), FILE)
        self.act(self.draw.choice(CALLERS), "tryRecord", [entry])

    # -- rights

    def apply_for_a_right(self) -> None:
        who = self.draw.choice(("rights_holder", "other_holder", "platform"))
        until = self.world.now + self.draw.choice((-5, 50, 3 * YEAR))
        headings = self.draw.choice(((SHOES,), (BAGS, SHOES), (9,)))
        kind = self.draw.choice(list(RightKind))
        self.act(who, "applyForRecordal", kind, a_hash("marks"), a_hash("goods"), headings, until, FILE)

    def decide_on_a_right(self) -> None:
        function = self.draw.choice(("approveApplication", "approveApplication", "refuseApplication", "revokeRecordal"))
        grounds = () if function == "approveApplication" else (a_hash("grounds"),)
        # The first right stays, or soon no case could begin.
        self.act("headquarters", function, self.draw.randint(2, 5), *grounds, FILE)

    def license_a_seller(self) -> None:
        seller = self.world.numbers[self.draw.choice(("seller", "other_seller", "platform"))]
        if self.draw.random() < 0.6:
            until = self.world.now + self.draw.randint(0, 100)
            self.act("rights_holder", "grantLicence", self._right(), seller, a_hash("goods"), until, FILE)
        else:
            self.act("rights_holder", "revokeLicence", self._right(), seller, FILE)

    def _right(self) -> int:
        return self.draw.choice((1, 1, 1, 2, self.draw.randint(1, 6)))

    def _names(self, entry: Case | None) -> dict[str, str]:
        """The investigator and the complainant of a case by name."""
        if entry is None:
            return {"customs": "customs_pudong", "holder": "rights_holder"}
        names = {number: name for name, number in self.world.numbers.items()}
        return {"customs": names[entry.customs_no], "holder": names[entry.holder_no]}


def assert_lawful(world: World) -> None:
    """No parcel leaves a case but by the case's own decision."""
    for name, manifest in world.model.manifests.items():
        sets = manifest.sets
        in_case, infringing = sets.words[FLAG_SETS + Flag.CaseOpen], sets.words[FLAG_SETS + Flag.Infringing]
        assert not in_case & infringing
        assert not in_case & ~sets.in_states(SUSPECTABLE), "the goods stand where the case found them"
        assert not infringing & ~sets.in_states(SUSPECTABLE | bits(State.Confiscated))
        cases = [entry for entry in world.model.cases.values() if entry.manifest == name]
        assert in_case == sum(entry.parcels for entry in cases if entry.state in OPEN_CASES), "each in one open case"
        waiting = [entry for entry in cases if entry.state is CaseState.Infringing and not entry.disposed]
        assert infringing == sum(entry.parcels for entry in waiting), "what infringes waits for its disposal"


@pytest.mark.parametrize("number", range(12))
def test_contracts_and_model_agree_on_every_case_and_no_parcel_gets_out(world: World, number: int) -> None:
    walk = Walk(world, number)
    for _ in range(90):
        walk.draw.choice(walk.acts)()
        world.assert_same_state()
        assert_lawful(world)
        assert walk.heads == {name: kept.head for name, kept in world.model.manifests.items()}
