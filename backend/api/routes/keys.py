"""API keys, and who the caller is."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer
from backend.api.schemas import KeyBody, KeyId
from backend.domain.participants import roles_in
from backend.services import access

router = APIRouter(prefix="/v1", tags=["keys"])


@router.get("/me", operation_id="who_am_i")
def who_am_i(caller: CallerDep) -> Response:
    """For whom the key speaks, and what it may do."""
    return answer(
        {
            "key_id": caller.key_id,
            "label": caller.label,
            "participant_no": caller.participant_no,
            "scopes": sorted(caller.scopes),
            "roles": [role.name for role in roles_in(caller.roles)],
            "district": f"{caller.district:04d}" if caller.district else None,
            "suspended": caller.suspended,
        }
    )


@router.get("/keys", operation_id="list_keys")
def get_keys(gateway: GatewayDep, caller: CallerDep) -> Response:
    """The keys the caller may manage; never a token."""
    with gateway.database.read() as connection:
        found = access.list_keys(connection, caller)
    return answer({"items": [access.key_as_json(key) for key in found], "next": None})


@router.post("/keys", status_code=201, operation_id="create_key")
def create_key(body: KeyBody, gateway: GatewayDep, caller: CallerDep) -> Response:
    """A new key. Its token is in this answer and nowhere else."""
    with gateway.database.write() as connection:
        made = access.create_key_for(
            connection,
            caller,
            participant_no=body.participant_no,
            scopes=body.scopes,
            label=body.label,
            now=gateway.now(),
        )
    return answer({"token": made.token, **access.key_as_json(made.key)}, 201)


@router.delete("/keys/{key_id}", status_code=204, operation_id="revoke_key")
def revoke_key(key_id: KeyId, gateway: GatewayDep, caller: CallerDep) -> Response:
    """Ends a key from the next request on."""
    with gateway.database.write() as connection:
        access.revoke_key(connection, caller, key_id, gateway.now())
    return Response(status_code=204)
