"""Who may do what: every function that changes state, by every caller there is.

The list of functions comes from the ABI, so a new one without a row here fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.domain import errors
from backend.domain.errors import GuanlianError
from backend.domain.events import DeclarationRefused, Level, RecordRefused, Refusal
from backend.domain.ledger import ZERO_ACCOUNT, Record
from backend.domain.lifecycle import RULES, Jurisdiction, Step
from backend.domain.participants import CreditGrade, Role, role_set
from tests.contracts.carriage_rows import CARRIAGE_ROWS
from tests.contracts.draw_rows import DRAW_ROWS
from tests.contracts.paths import MANIFESTS, ROWS, way_to
from tests.contracts.rights_rows import RIGHTS_ROWS
from tests.contracts.rows import ANY_PARTICIPANT, AUTHORITIES, CUSTOMS, DECLARANTS, Row
from tests.contracts.world import CALLERS, CAST, PUDONG, World, a_hash, isolated


def _platform(world: World) -> int:
    return world.numbers["platform"]


def _listing(world: World) -> int:
    until = world.now + 1_000
    (event,) = world.act(
        "market_regulator", "impose", world.numbers["seller"], Level.Barred, a_hash(1), a_hash(2), until
    )
    return int(event.listing_id)


def _appealed(world: World) -> None:
    world.act("owner", "appealListing", world.barred(), a_hash("file"))


def _repairable(world: World) -> None:
    world.barred(days=700)
    world.act("platform", "anchor", 1, a_hash("root"), 1, after=366 * 86_400)


def _repair_asked(world: World) -> None:
    _repairable(world)
    world.act("owner", "askRepair", 1, a_hash("file"))


def _order_attested(world: World) -> tuple[list[Record]]:
    (manifest,) = world.model.manifests
    return ([Record(manifest, Step.OrderAttested, 1, a_hash(3))],)


def _duplicate(world: World) -> tuple[Any, ...]:
    one, other = world.model.manifests
    parcel = world.model.manifests[one].declaration.parcel_ids[0]
    return parcel, world.membership(one, 0), world.membership(other, 0)


def _declare_a_duplicate(world: World) -> None:
    parcels = world.declaration().parcel_ids
    world.declared(parcel_ids=parcels)
    world.declared(parcel_ids=parcels)


ROWS_BY_FUNCTION = {
    "register an authority": Row(
        "register",
        lambda world: (a_hash("new"), role_set([Role.Customs]), PUDONG, ZERO_ACCOUNT),
        {"owner"},
        errors.RegistrationNotAllowed,
    ),
    "register a seller": Row(
        "register",
        lambda world: (a_hash("new"), role_set([Role.Seller]), 0, ZERO_ACCOUNT),
        {"owner", "platform"} | CUSTOMS,
        errors.RegistrationNotAllowed,
    ),
    "register a seller with an account": Row(
        "register",
        lambda world: (a_hash("new"), role_set([Role.Seller]), 0, world.accounts["spare_0"]),
        {"owner"},
        errors.RegistrationNotAllowed,
    ),
    "setRoles": Row(
        "setRoles",
        lambda world: (_platform(world), role_set([Role.Platform, Role.Seller]), 0),
        {"owner"},
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
    ),
    "addAccount": Row(
        "addAccount",
        lambda world: (_platform(world), world.accounts["spare_0"]),
        {"owner", "platform"},
        errors.AccountNotOfParticipant,
    ),
    "revokeAccount": Row(
        "revokeAccount",
        lambda world: (_platform(world), world.accounts["platform"]),
        {"owner", "platform"},
        errors.AccountNotOfParticipant,
    ),
    "setCreditGrade": Row(
        "setCreditGrade",
        lambda world: (_platform(world), CreditGrade.Dishonest),
        CUSTOMS,
        errors.RoleMissing,
    ),
    "suspend": Row(
        "suspend",
        lambda world: (_platform(world),),
        {"owner"},
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
    ),
    "reinstate": Row(
        "reinstate",
        lambda world: (world.numbers["suspended"],),
        {"owner"},
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
    ),
    "transferOwnership": Row(
        "transferOwnership",
        lambda world: (world.accounts["outsider"],),
        {"owner"},
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
    ),
    "acceptOwnership": Row(
        "acceptOwnership",
        lambda world: (),
        {"rights_holder"},
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
        prepare=lambda world: world.act("owner", "transferOwnership", world.accounts["rights_holder"]),
    ),
    "renounceOwnership": Row(
        "renounceOwnership",
        lambda world: (),
        set(),
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
        besides={"owner": errors.OwnableInvalidOwner},
    ),
    "impose": Row(
        "impose",
        lambda world: (
            world.numbers["seller"],
            Level.Watch,
            a_hash("grounds"),
            a_hash("evidence"),
            world.now + 1_000,
        ),
        AUTHORITIES,
        errors.RoleMissing,
    ),
    "confirm": Row(
        "confirm",
        lambda world: (1, a_hash("evidence")),
        AUTHORITIES - {"market_regulator"} | {"tax_authority", "foreign_exchange"},
        errors.RoleMissing,
        besides={"market_regulator": errors.ConfirmationRepeated},
        prepare=_listing,
    ),
    "makeStatement": Row(
        "makeStatement", lambda world: (1, a_hash("statement")), {"owner"}, errors.ListedPartyOnly, prepare=_listing
    ),
    "appealListing": Row(
        "appealListing", lambda world: (1, a_hash("file")), {"owner"}, errors.ListedPartyOnly, prepare=World.barred
    ),
    "decideListingAppeal": Row(
        "decideListingAppeal",
        lambda world: (1, False, a_hash("file")),
        {"appeal_body"},
        errors.RoleMissing,
        prepare=_appealed,
    ),
    "askRepair": Row(
        "askRepair", lambda world: (1, a_hash("file")), {"owner"}, errors.ListedPartyOnly, prepare=_repairable
    ),
    "decideRepair": Row(
        "decideRepair",
        lambda world: (1, True, a_hash("file")),
        {"market_regulator"},
        errors.RoleMissing,
        besides=dict.fromkeys(AUTHORITIES - {"market_regulator"}, errors.ImposingAuthorityOnly),
        prepare=_repair_asked,
    ),
    "setHearingWindow": Row(
        "setHearingWindow", lambda world: (60,), {"owner"}, errors.OwnableUnauthorizedAccount, by_owner=True
    ),
    "setUrgency": Row(
        "setUrgency",
        lambda world: (a_hash("grounds"), True),
        {"owner"},
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
    ),
    "lift": Row(
        "lift",
        lambda world: (1, a_hash("evidence")),
        {"market_regulator", "appeal_body"},
        errors.RoleMissing,
        prepare=_listing,
    ),
    "setConfirmations": Row(
        "setConfirmations",
        lambda world: (Level.Barred, 2),
        {"owner"},
        errors.OwnableUnauthorizedAccount,
        by_owner=True,
    ),
    "declare": Row("declare", lambda world: ([world.declaration()],), DECLARANTS, errors.RoleMissing),
    "tryDeclare": Row("tryDeclare", lambda world: ([world.declaration()],), DECLARANTS, errors.RoleMissing),
    "record": Row("record", _order_attested, {"platform"}, errors.RoleMissing, prepare=World.declared),
    "tryRecord": Row("tryRecord", _order_attested, {"platform"}, errors.RoleMissing, prepare=World.declared),
    "anchor": Row("anchor", lambda world: (1, a_hash("root"), 50), ANY_PARTICIPANT, errors.AccountUnknown),
    "reportDuplicate": Row("reportDuplicate", _duplicate, set(CALLERS), GuanlianError, prepare=_declare_a_duplicate),
    **RIGHTS_ROWS,
    **DRAW_ROWS,
    **CARRIAGE_ROWS,
}


def test_every_function_that_changes_state_has_a_row(cast: World) -> None:
    in_abi = {
        entry["name"]
        for contract in cast.contracts.values()
        for entry in contract.abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    # It only ever reverts, so the compiler sees a view in it.
    assert in_abi | {"renounceOwnership"} == {row.function for row in ROWS_BY_FUNCTION.values()}


@pytest.fixture(scope="module")
def prepared(cast: World) -> Iterator[World]:
    with isolated(cast) as world:
        yield world


@pytest.mark.parametrize("name", ROWS_BY_FUNCTION)
def test_only_the_allowed_may_call(prepared: World, name: str) -> None:
    row = ROWS_BY_FUNCTION[name]
    with isolated(prepared) as ready:
        row.prepare(ready)
        for who in CALLERS:
            with isolated(ready) as world:
                outcome = _outcome(world, who, row.function, row.arguments(world))
            assert outcome is _expected(row, who), f"{who} calls {name}"


def _expected(row: Row, who: str) -> type[GuanlianError] | None:
    if who in row.allowed:
        return None
    if who in row.besides:
        return row.besides[who]
    if row.by_owner:
        return row.refusal
    if who == "suspended":
        return errors.ParticipantSuspended
    if who in ("owner", "revoked", "outsider"):
        return errors.AccountUnknown
    return row.refusal


def _outcome(world: World, who: str, function: str, arguments: tuple[Any, ...]) -> type[GuanlianError] | None:
    """The class of the refusal, thrown or left as an event; None where the call did what it says."""
    try:
        events = world.act(who, function, *arguments)
    except GuanlianError as error:
        return type(error)
    for event in events:
        if isinstance(event, RecordRefused | DeclarationRefused):
            return errors.error_named(Refusal(event.reason).name)
    return None


@pytest.mark.parametrize(("step", "row"), ROWS, ids=lambda value: getattr(value, "name", str(value)))
def test_only_the_role_and_the_district_of_a_row_may_take_its_step(prepared: World, step: Step, row: int) -> None:
    rule, way = RULES[step][row], way_to(step, row)
    allowed = {who for who in ANY_PARTICIPANT if _is_named(who, step, row, MANIFESTS[way.profile])}
    assert allowed, "somebody takes the step"
    with isolated(prepared) as ready:
        manifest = way.walk(ready)
        for who in CALLERS:
            with isolated(ready) as world:
                outcome = _outcome(world, who, "record", ([Record(manifest, step, 1, a_hash(step))],))
            assert (outcome is None) == (who in allowed), f"{who} takes {step.name}: {outcome}"
            if who in ANY_PARTICIPANT and rule.role not in CAST[who][0]:
                assert outcome is errors.RoleMissing


def _is_named(who: str, step: Step, row: int, declared: dict[str, Any]) -> bool:
    """Whether a row of the table names a caller: its role, and its district or its own declaration."""
    rule, (roles, district) = RULES[step][row], CAST[who]
    declaring, port = declared.get("declaring_district", PUDONG), PUDONG
    competent = {
        Jurisdiction.Anywhere: True,
        Jurisdiction.DeclaringDistrict: district == declaring,
        Jurisdiction.PortDistrict: district == port,
        Jurisdiction.OwnDeclarant: who == "declarant",
    }[rule.where]
    return rule.role in roles and competent
