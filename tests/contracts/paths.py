"""The shortest way from a declaration to any row of the lifecycle table, found in the table itself."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from backend.domain.lifecycle import RULES, Direction, Jurisdiction, Profile, Rule, State, Step, divide
from backend.domain.participants import Role
from tests.contracts.world import CAST, PUDONG, SUZHOU, World, customs_of

#: What to declare to get a manifest of each kind. The ports of imports differ from the declaring district,
#: so that each district's own rows can be told apart.
MANIFESTS: dict[Profile, dict[str, Any]] = {
    Profile.ImportDirect: {"direction": Direction.Import, "supervision_mode": 9610, "declaring_district": SUZHOU},
    Profile.ImportBonded: {"direction": Direction.Import, "supervision_mode": 1210, "declaring_district": SUZHOU},
    Profile.ExportAtPort: {"direction": Direction.Export, "supervision_mode": 9710},
    Profile.ExportByTransit: {"direction": Direction.Export, "declaring_district": SUZHOU},
}

ROWS = tuple((step, row) for step, rules in RULES.items() for row in range(len(rules)))

_BY_ROLE = {
    Role.Platform: "platform",
    Role.Payment: "payment",
    Role.Logistics: "logistics",
    Role.SiteOperator: "site_operator",
    Role.Declarant: "declarant",
    Role.CaseRegister: "case_register",
    Role.Carriage: "carriage",
}


@dataclass(frozen=True)
class Way:
    """The steps that lead a parcel of a kind of manifest to where a row may be taken."""

    profile: Profile
    before: tuple[tuple[Step, int], ...]

    def walk(self, world: World, count: int = 2) -> bytes:
        """Declares such a manifest and takes all its parcels to where the row begins."""
        manifest = world.declared(count, **MANIFESTS[self.profile])
        for step, row in self.before:
            world.take(who_takes(RULES[step][row], self.profile), step, manifest)
        return manifest


def who_takes(rule: Rule, profile: Profile) -> str:
    """Somebody who may take a row's step in a manifest of that kind."""
    if rule.role != Role.Customs:
        return _BY_ROLE[rule.role]
    declaring = MANIFESTS[profile].get("declaring_district", PUDONG)
    return customs_of(PUDONG if rule.where is Jurisdiction.PortDistrict else declaring)


def way_to(step: Step, row: int) -> Way:
    """The shortest way to a row, in the first kind of manifest that has it."""
    goal = RULES[step][row]
    profile = next(p for p in Profile if goal.profiles >> p & 1)
    seen, queue = {(State.Declared, 0)}, deque([((State.Declared, 0), ())])
    while queue:
        (state, flags), before = queue.popleft()
        if _fits(goal, state, flags):
            return Way(profile, before)
        for name, number in ROWS:
            rule = RULES[name][number]
            if rule.profiles >> profile & 1 and _fits(rule, state, flags):
                after = (rule.leads_to if rule.leads_to is not None else state, flags_after(rule, flags))
                if after not in seen:
                    seen.add(after)
                    queue.append((after, (*before, (name, number))))
    raise LookupError(f"no parcel can ever take {step.name} by row {row}")


def steps_ready(world: World) -> list[tuple[str, bytes, Step, int]]:
    """Who may take which step of which parcels now, by the table."""
    found = []
    for name, manifest in world.model.manifests.items():
        for step, row in ROWS:
            entry = RULES[step][row]
            if not entry.profiles >> manifest.profile & 1:
                continue
            parcels = divide(manifest.sets, entry, manifest.sets.every).eligible
            if parcels:
                found += [(who, name, step, parcels) for who in CAST if entry.role in CAST[who][0]]
    return found


def flags_after(rule: Rule, flags: int) -> int:
    return (flags | rule.raises) & ~rule.clears


def _fits(rule: Rule, state: State, flags: int) -> bool:
    return bool(rule.origins >> state & 1) and flags & rule.needs == rule.needs and not flags & rule.forbids
