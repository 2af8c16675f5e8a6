"""Infringement cases, folded from their contract's events one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from backend.domain.lifecycle import Direction
from backend.domain.rights import CaseState, Disposal, Outcome, RightKind, Route, disposal_after
from backend.store.database import Connection
from backend.store.listing_folding import Apply, add_fact
from backend.store.tables import cases, governance_events, manifests


def _right(connection: Connection, right_id: int) -> tuple[int, int]:
    """Holder and kind of a right, from the event that brought it in: no later one changes either."""
    query = sa.select(governance_events.c.arguments).where(
        governance_events.c.name == "RecordalAppliedFor",
        governance_events.c.arguments["right_id"].as_integer() == right_id,
    )
    applied = connection.execute(query).scalars().first()
    if applied is None:
        raise LookupError(f"a case about right {right_id}, of which no event tells")
    return int(applied["holder_no"]), int(applied["kind"])


def _open(connection: Connection, a: Mapping[str, Any], at: int, route: Route, **values: Any) -> int:
    """A new case; its holder's number."""
    holder_no, kind = _right(connection, a["right_id"])
    row = {
        "case_id": a["case_id"],
        "right_id": a["right_id"],
        "kind": kind,
        "holder_no": holder_no,
        "customs_no": a["customs_no"],
        "heading": a["heading"],
        "route": int(route),
        "outcome": int(Outcome.Zero),
        "goods_value": str(a["goods_value"]),
        "find_by": 0,
        "lapses_at": 0,
        "disposal": int(Disposal.PublicWelfare),
        "disposed": False,
        "opened_at": at,
    }
    connection.execute(sa.insert(cases), row | values)
    return holder_no


def _update(connection: Connection, case_id: int, **values: Any) -> None:
    connection.execute(sa.update(cases).where(cases.c.case_id == case_id).values(**values))


def _case(connection: Connection, case_id: int) -> sa.Row[Any]:
    return connection.execute(sa.select(cases).where(cases.c.case_id == case_id)).one()


def _goods(a: Mapping[str, Any]) -> dict[str, bytes]:
    return {"manifest": bytes.fromhex(a["manifest"]), "parcels": a["parcels"].to_bytes(32, "big")}


def _add(connection: Connection, name: str, a: Mapping[str, Any], at: int, by: int | None, **said: Any) -> None:
    add_fact(connection, "case", a["case_id"], name, at, participant_no=by, evidence=a["evidence"], **said)


def _by_customs(connection: Connection, name: str, a: Mapping[str, Any], at: int, **said: Any) -> None:
    _add(connection, name, a, at, int(_case(connection, a["case_id"]).customs_no), **said)


# ---------------------------------------------------------------------------------------------------
# Opening


def _holder_notified(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    clock = {"state": int(CaseState.Notified), "lapses_at": a["answer_by"]}
    _open(connection, a, at, Route.ExOfficio, **clock, **_goods(a))
    _add(connection, "HolderNotified", a, at, a["customs_no"], answer_by=a["answer_by"])


def _complaint_lodged(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    security = str(a["security"])
    holder_no = _open(connection, a, at, Route.OnApplication, state=int(CaseState.Lodged), security=security)
    _add(connection, "ComplaintLodged", a, at, holder_no, security=security)


def _detention_requested(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    clocks = {"find_by": a["find_by"], "lapses_at": a["lapses_at"]}
    security = str(a["security"])
    _update(connection, a["case_id"], state=int(CaseState.Detained), security=security, **clocks)
    holder_no = int(_case(connection, a["case_id"]).holder_no)
    _add(connection, "DetentionRequested", a, at, holder_no, security=security, **clocks)


def _goods_detained(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    clock = {"lapses_at": a["lapses_at"]}
    _update(connection, a["case_id"], state=int(CaseState.Detained), **clock, **_goods(a))
    _by_customs(connection, "GoodsDetained", a, at, **clock)


# ---------------------------------------------------------------------------------------------------
# Deciding


def _finding_recorded(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    if a["infringing"]:
        _update(connection, a["case_id"], state=int(CaseState.Found), lapses_at=a["appeal_by"])
    _by_customs(connection, "FindingRecorded", a, at, infringing=a["infringing"], appeal_by=a["appeal_by"])


def _finding_appealed(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["case_id"], state=int(CaseState.Appealed), lapses_at=a["decide_by"])
    _add(connection, "FindingAppealed", a, at, a["speaker_no"], decide_by=a["decide_by"])


def _finding_appeal_decided(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _add(connection, "FindingAppealDecided", a, at, a["authority_no"], upheld=a["upheld"])


def _court_notice_recorded(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["case_id"], state=int(CaseState.InCourt), lapses_at=0)
    _by_customs(connection, "CourtNoticeRecorded", a, at)


def _ruling_recorded(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _by_customs(connection, "RulingRecorded", a, at, infringing=a["infringing"])


# ---------------------------------------------------------------------------------------------------
# Ends


def _counter_bond_accepted(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    bond = str(a["bond"])
    _update(connection, a["case_id"], bond=bond)
    _by_customs(connection, "CounterBondAccepted", a, at, bond=bond)


def _case_decided(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    outcome = Outcome(a["outcome"])
    state = CaseState.Infringing if outcome is Outcome.Infringing else CaseState.Closed
    _update(connection, a["case_id"], state=int(state), outcome=int(outcome), lapses_at=0, decided_at=at)
    _add(connection, "CaseDecided", a, at, None, outcome=outcome.name)


def _disposal_passed_over(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    entry, passed = _case(connection, a["case_id"]), Disposal(a["disposal"])
    query = sa.select(manifests.c.direction).where(manifests.c.manifest == entry.manifest)
    imported = connection.execute(query).scalar_one() == int(Direction.Import)
    following = disposal_after(passed, RightKind(entry.kind), imported=imported)
    _update(connection, a["case_id"], disposal=int(following))
    _by_customs(connection, "DisposalPassedOver", a, at, disposal=passed.name)


def _disposal_chosen(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a["case_id"], disposal=a["disposal"], disposed=True)
    _by_customs(connection, "DisposalChosen", a, at, disposal=Disposal(a["disposal"]).name)


APPLY: dict[str, Apply] = {
    "HolderNotified": _holder_notified,
    "ComplaintLodged": _complaint_lodged,
    "DetentionRequested": _detention_requested,
    "GoodsDetained": _goods_detained,
    "FindingRecorded": _finding_recorded,
    "FindingAppealed": _finding_appealed,
    "FindingAppealDecided": _finding_appeal_decided,
    "CourtNoticeRecorded": _court_notice_recorded,
    "RulingRecorded": _ruling_recorded,
    "CounterBondAccepted": _counter_bond_accepted,
    "CaseDecided": _case_decided,
    "DisposalPassedOver": _disposal_passed_over,
    "DisposalChosen": _disposal_chosen,
}
