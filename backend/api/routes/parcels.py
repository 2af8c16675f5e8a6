"""What happened to parcels: public for one, by authority for many."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from backend.api.dependencies import AnyoneDep, CallerDep, GatewayDep, answer, scoped
from backend.api.schemas import (
    MOST_NUMBER,
    USUAL,
    Cursor,
    DistrictText,
    FlagName,
    HashText,
    Limit,
    ManifestId,
    ParcelId,
    ParcelIdText,
    StateName,
)
from backend.domain.instants import instant
from backend.services.access import Caller, Scope
from backend.services.certifying import certificate_of
from backend.services.parcel_search import ParcelFilter, list_parcels
from backend.services.parcels import manifest_view, parcel_view
from backend.services.refunding import refund_evidence
from backend.services.trusting import published_trust

router = APIRouter(prefix="/v1", tags=["parcels"])

_party = scoped("read refund evidence", Scope.enterprise, Scope.authority)

_Number = Annotated[int | None, Query(ge=1, le=MOST_NUMBER)]
_FieldPath = Annotated[str, StringConstraints(max_length=200)]
_Instant = Annotated[str | None, Query(max_length=40, description="ISO 8601 with its time zone")]


@router.get("/parcels/{parcel_id}", operation_id="get_parcel")
def get_parcel(parcel_id: ParcelId, gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """One parcel: state, flags, seller, the whole history. Public; a key adds what its bearer may see."""
    return answer(parcel_view(gateway, bytes.fromhex(parcel_id), caller))


@router.get("/parcels/{parcel_id}/certificate", operation_id="get_certificate")
def get_certificate(
    parcel_id: ParcelId,
    gateway: GatewayDep,
    caller: AnyoneDep,
    reveal: Annotated[list[_FieldPath] | None, Query(max_length=100)] = None,
) -> Response:
    """The parcel's certificate: its history with what proves it, for anyone to check offline. Public.

    It shows what the page shows; a key lets its bearer reveal further fields of the documents that it may read.
    """
    data = certificate_of(gateway, bytes.fromhex(parcel_id), caller, reveal or ())
    name = f'attachment; filename="guanlian-{parcel_id[:12]}.json"'
    return Response(data, media_type="application/json", headers={"Content-Disposition": name})


@router.get("/parcels/{parcel_id}/refund-evidence", operation_id="get_refund_evidence")
def get_refund_evidence(parcel_id: ParcelId, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """Order, list, receipt and departure of an export, proven in one file for its tax refund.

    For customs of the declaring district, and for whoever sent all three documents.
    """
    data = refund_evidence(gateway, caller, bytes.fromhex(parcel_id))
    name = f'attachment; filename="refund-{parcel_id[:12]}.json"'
    return Response(data, media_type="application/json", headers={"Content-Disposition": name})


@router.get("/trust", operation_id="get_trust")
def get_trust(gateway: GatewayDep) -> Response:
    """The validators whose word makes blocks final, as this gateway names them. Public."""
    return answer(published_trust(gateway))


@router.get("/parcels", operation_id="list_parcels")
def get_parcels(
    gateway: GatewayDep,
    caller: CallerDep,
    state: Annotated[list[StateName] | None, Query(max_length=15)] = None,
    flag: Annotated[list[FlagName] | None, Query(max_length=10)] = None,
    without_flag: Annotated[list[FlagName] | None, Query(max_length=10)] = None,
    district: Annotated[DistrictText | None, Query()] = None,
    seller: _Number = None,
    declarant: _Number = None,
    manifest: Annotated[HashText | None, Query()] = None,
    since: _Instant = None,
    until: _Instant = None,
    parcel_id: Annotated[list[ParcelIdText] | None, Query(max_length=500)] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """The parcels the caller may see, newest manifest first: any of the states, all of the flags."""
    wanted = ParcelFilter(
        states=tuple(state or ()),
        flags=tuple(flag or ()),
        without_flags=tuple(without_flag or ()),
        parcel_ids=tuple(dict.fromkeys(bytes.fromhex(one) for one in parcel_id or ())),
        manifest=bytes.fromhex(manifest[2:]) if manifest else None,
        seller_no=seller,
        declarant_no=declarant,
        district=int(district) if district else None,
        declared_since=instant(since, "since") if since else None,
        declared_until=instant(until, "until") if until else None,
    )
    return answer(list_parcels(gateway, caller, wanted, cursor, limit))


@router.get("/manifests/{manifest}", operation_id="get_manifest")
def get_manifest(manifest: ManifestId, gateway: GatewayDep, caller: AnyoneDep) -> Response:
    """A manifest's records and sets: what its head commits to. Neighbours show as bits only."""
    return answer(manifest_view(gateway, bytes.fromhex(manifest[2:]), caller))
