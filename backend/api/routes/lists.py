"""Lists by customs' numbers of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from backend.api.dependencies import GatewayDep, answer, scoped
from backend.services.access import Caller, Scope
from backend.services.lists import list_view

router = APIRouter(prefix="/v1/lists", tags=["parcels"])

#: `invtNo`: 18 characters, up to 20 since specification 202205.
ListNumber = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,20}$")]

_party = scoped("read lists", Scope.enterprise, Scope.authority)


@router.get("/{list_no}", operation_id="get_list")
def get_list(list_no: ListNumber, gateway: GatewayDep, caller: Caller = _party) -> Response:
    """A list and its parcel: for customs of the district that took it in and of the port, and for who sent it."""
    return answer(list_view(gateway, caller, list_no.upper()))
