"""Who may do what to the calendar, to rights and to cases."""

from __future__ import annotations

from typing import Any

from backend.domain import errors
from backend.domain.lifecycle import Step
from backend.domain.rights import RightKind
from backend.domain.working_days import words_of, year_number
from tests.contracts.rows import ANY_PARTICIPANT, CUSTOMS, Row
from tests.contracts.world import BAGS, SHOES, YEAR, World, a_hash

FILE = a_hash("file")
VALUE = 3_000_000
HOLDERS = {"rights_holder", "other_holder"}
DAY = 86_400


def _application(world: World) -> tuple[Any, ...]:
    return RightKind.Trademark, a_hash("marks"), a_hash("goods"), [SHOES], world.now + 20 * YEAR, FILE


def _applied(world: World) -> None:
    world.act("rights_holder", "applyForRecordal", *_application(world))


def _near_its_end(world: World) -> None:
    right = world.recorded()
    until = world.model.rights[right].until
    world.act("platform", "anchor", 1, FILE, 1, after=until - 100 * DAY - world.now)


def _licensed(world: World) -> None:
    arguments = (world.recorded(), world.numbers["seller"], FILE, world.now + YEAR, FILE)
    world.act("rights_holder", "grantLicence", *arguments)


def _held(world: World) -> None:
    world.recorded(RightKind.Patent)
    world.held()


def _manifest(world: World) -> bytes:
    (manifest,) = world.model.manifests
    return manifest


def _notified(world: World) -> None:
    _held(world)
    world.act("customs_pudong", "notifyHolder", 1, SHOES, _manifest(world), 0b011, VALUE, FILE)


def _detained(world: World) -> None:
    _notified(world)
    world.act("rights_holder", "requestDetention", 1, VALUE, FILE)


def _lodged(world: World) -> None:
    _held(world)
    arguments = (1, world.numbers["customs_pudong"], SHOES, VALUE, VALUE, FILE)
    world.act("rights_holder", "lodgeComplaint", *arguments)


def _found(world: World) -> None:
    _detained(world)
    world.act("customs_pudong", "recordFinding", 1, True, FILE)


def _past_its_clock(world: World) -> None:
    lapses_at = world.model.cases[1].lapses_at
    world.act("platform", "anchor", 1, FILE, 1, after=lapses_at - world.now)


def _unanswered(world: World) -> None:
    _notified(world)
    _past_its_clock(world)


def _unappealed(world: World) -> None:
    _found(world)
    _past_its_clock(world)


def _appealed(world: World) -> None:
    _found(world)
    world.act("declarant", "appealFinding", 1, FILE)


def _in_court(world: World) -> None:
    _detained(world)
    world.act("customs_pudong", "recordCourtNotice", 1, FILE)


def _confiscated(world: World) -> None:
    _in_court(world)
    world.act("customs_pudong", "recordRuling", 1, True, FILE)
    world.take("customs_pudong", Step.Confiscation, _manifest(world), 0b011)


def _next_year(world: World) -> tuple[int, int, int]:
    year = max(world.model.years) + 1
    return (year, *words_of(year_number(year, (), ())))


def _by_owner(function: str, arguments: Any) -> Row:
    return Row(function, arguments, {"owner"}, errors.OwnableUnauthorizedAccount, by_owner=True)


def _by_holder(function: str, prepare: Any, *arguments: Any) -> Row:
    return Row(function, lambda world: (1, *arguments), {"rights_holder"}, errors.HolderOnly, prepare=prepare)


def _by_headquarters(function: str, prepare: Any, *arguments: Any) -> Row:
    allowed = {"headquarters"}
    return Row(function, lambda world: (1, *arguments), allowed, errors.HeadquartersOnly, prepare=prepare)


def _by_complainant(function: str, prepare: Any, *arguments: Any) -> Row:
    allowed = {"rights_holder"}
    return Row(function, lambda world: (1, *arguments), allowed, errors.ComplainantOnly, prepare=prepare)


def _by_investigator(function: str, prepare: Any, *arguments: Any) -> Row:
    allowed = {"customs_pudong"}
    return Row(function, lambda world: (1, *arguments), allowed, errors.InvestigatorOnly, prepare=prepare)


def _by_anyone(function: str, prepare: Any) -> Row:
    allowed = ANY_PARTICIPANT | {"owner", "suspended", "revoked", "outsider"}
    return Row(function, lambda world: (1,), allowed, errors.GuanlianError, prepare=prepare)


RIGHTS_ROWS = {
    "publishYear": _by_owner("publishYear", _next_year),
    "setHeadquarters": _by_owner("setHeadquarters", lambda world: (world.numbers["customs_suzhou"],)),
    "applyForRecordal": Row("applyForRecordal", _application, HOLDERS, errors.RoleMissing),
    "applyForRenewal": Row(
        "applyForRenewal",
        lambda world: (1, world.now + 20 * YEAR, FILE),
        {"rights_holder"},
        errors.HolderOnly,
        prepare=_near_its_end,
    ),
    "applyForChange": _by_holder("applyForChange", World.recorded, FILE, FILE, [BAGS], FILE),
    "withdrawRecordal": _by_holder("withdrawRecordal", World.recorded, FILE),
    "revokeLicence": Row(
        "revokeLicence",
        lambda world: (1, world.numbers["seller"], FILE),
        {"rights_holder"},
        errors.HolderOnly,
        prepare=_licensed,
    ),
    "grantLicence": Row(
        "grantLicence",
        lambda world: (1, world.numbers["seller"], FILE, world.now + YEAR, FILE),
        {"rights_holder"},
        errors.HolderOnly,
        prepare=World.recorded,
    ),
    "approveApplication": _by_headquarters("approveApplication", _applied, FILE),
    "refuseApplication": _by_headquarters("refuseApplication", _applied, FILE, FILE),
    "revokeRecordal": _by_headquarters("revokeRecordal", World.recorded, FILE, FILE),
    "notifyHolder": Row(
        "notifyHolder",
        lambda world: (1, SHOES, _manifest(world), 0b011, VALUE, FILE),
        {"customs_pudong"},
        errors.RoleMissing,
        besides=dict.fromkeys(CUSTOMS - {"customs_pudong"}, errors.ParcelsNotHeld),
        prepare=_held,
    ),
    "lodgeComplaint": Row(
        "lodgeComplaint",
        lambda world: (1, world.numbers["customs_pudong"], SHOES, VALUE, VALUE, FILE),
        {"rights_holder"},
        errors.ComplainantOnly,
        prepare=_held,
    ),
    "requestDetention": _by_complainant("requestDetention", _notified, VALUE, FILE),
    "withdrawCase": _by_complainant("withdrawCase", _detained, FILE),
    "detainGoods": Row(
        "detainGoods",
        lambda world: (1, _manifest(world), 0b011, FILE),
        {"customs_pudong"},
        errors.InvestigatorOnly,
        prepare=_lodged,
    ),
    "declineComplaint": _by_investigator("declineComplaint", _lodged, FILE),
    "recordFinding": _by_investigator("recordFinding", _detained, False, FILE),
    "recordCourtNotice": _by_investigator("recordCourtNotice", _detained, FILE),
    "recordRuling": _by_investigator("recordRuling", _in_court, False, FILE),
    "acceptCounterBond": _by_investigator("acceptCounterBond", _detained, VALUE, FILE),
    "passOverDisposal": _by_investigator("passOverDisposal", _confiscated, FILE),
    "chooseDisposal": _by_investigator("chooseDisposal", _confiscated, FILE),
    "appealFinding": Row(
        "appealFinding", lambda world: (1, FILE), {"declarant", "owner"}, errors.AppellantUnfit, prepare=_found
    ),
    "decideFindingAppeal": Row(
        "decideFindingAppeal",
        lambda world: (1, False, FILE),
        {"appeal_body"},
        errors.RoleMissing,
        prepare=_appealed,
    ),
    "confirmFinding": _by_anyone("confirmFinding", _unappealed),
    "declareLapsed": _by_anyone("declareLapsed", _unanswered),
}
