"""Rights and licences, folded from the rights registry's events one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from backend.domain.rights import Application
from backend.store.database import Connection
from backend.store.tables import licences, rights

Apply = Callable[[Connection, Mapping[str, Any], int], None]

#: Nothing is asked for.
_DECIDED: Mapping[str, Any] = {
    "pending": int(Application.Zero),
    "asked_at": None,
    "decide_by": None,
    "asked_marks": None,
    "asked_goods": None,
    "asked_headings": [],
}


def _applied_for(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    connection.execute(
        sa.insert(rights),
        {
            "right_id": a["right_id"],
            "holder_no": a["holder_no"],
            "kind": a["kind"],
            "applied_at": at,
            "underlying_until": a["underlying_until"],
            "headings": [],
            "asked_headings": [],
            "evidence": bytes.fromhex(a["evidence"]),
            **_asked(Application.Recordal, a, at),
            "asked_marks": bytes.fromhex(a["marks"]),
        },
    )


def _renewal_applied_for(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    asked = _asked(Application.Renewal, a, at)
    _update(connection, a, **asked, underlying_until=a["underlying_until"])


def _change_applied_for(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a, **_asked(Application.Change, a, at), asked_marks=bytes.fromhex(a["marks"]))


def _goods_listed(connection: Connection, a: Mapping[str, Any], _: int) -> None:
    _update(connection, a, asked_goods=bytes.fromhex(a["goods"]), asked_headings=sorted(set(a["headings"])))


def _approved(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    values: dict[str, Any] = {"until": a["until"]}
    if a["application"] != Application.Renewal:
        # An update reads the row as it was before: what was asked for becomes what holds.
        values |= {"marks": rights.c.asked_marks, "goods": rights.c.asked_goods, "headings": rights.c.asked_headings}
    if a["application"] == Application.Recordal:
        values["recorded_at"] = at
    _update(connection, a, **values)
    _update(connection, a, **_DECIDED)


def _refused(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    ended = _ended("refused", a, at) if a["application"] == Application.Recordal else {}
    # What was refused stays readable with a right that never was.
    decided = {"pending": int(Application.Zero)} if ended else _DECIDED
    _update(connection, a, **decided, **ended)


def _withdrawn(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a, pending=int(Application.Zero), **_ended("withdrawn", a, at))


def _revoked(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    _update(connection, a, pending=int(Application.Zero), **_ended("revoked", a, at))


def _licence_granted(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    connection.execute(sa.delete(licences).where(*_licence(a)))
    connection.execute(
        sa.insert(licences),
        {
            "right_id": a["right_id"],
            "seller_no": a["seller_no"],
            "goods": bytes.fromhex(a["goods"]),
            "granted_at": at,
            "until": a["until"],
            "revoked_at": None,
        },
    )


def _licence_revoked(connection: Connection, a: Mapping[str, Any], at: int) -> None:
    connection.execute(sa.update(licences).where(*_licence(a)).values(revoked_at=at))


APPLY_RIGHTS: dict[str, Apply] = {
    "RecordalAppliedFor": _applied_for,
    "RenewalAppliedFor": _renewal_applied_for,
    "ChangeAppliedFor": _change_applied_for,
    "GoodsListed": _goods_listed,
    "ApplicationApproved": _approved,
    "ApplicationRefused": _refused,
    "RecordalWithdrawn": _withdrawn,
    "RecordalRevoked": _revoked,
    "LicenceGranted": _licence_granted,
    "LicenceRevoked": _licence_revoked,
}

# ---------------------------------------------------------------------------------------------------


def _update(connection: Connection, a: Mapping[str, Any], **values: Any) -> None:
    connection.execute(sa.update(rights).where(rights.c.right_id == a["right_id"]).values(**values))


def _asked(application: Application, a: Mapping[str, Any], at: int) -> dict[str, Any]:
    return {"pending": int(application), "asked_at": at, "decide_by": a["decide_by"]}


def _ended(how: str, a: Mapping[str, Any], at: int) -> dict[str, Any]:
    grounds = a.get("grounds")
    return {"ended_at": at, "ended_by": how, "grounds": bytes.fromhex(grounds) if grounds else None}


def _licence(a: Mapping[str, Any]) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return licences.c.right_id == a["right_id"], licences.c.seller_no == a["seller_no"]
