"""Statistics that anyone can recompute: figures by any of ten dimensions, up to a named block."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from backend.api.dependencies import CallerDep, GatewayDep, answer
from backend.api.schemas import DistrictText
from backend.domain.statistics import Dimension
from backend.services import statistics

router = APIRouter(prefix="/v1/statistics", tags=["statistics"])


_Day = Annotated[date | None, Query(description="A day of declaration in Beijing, included")]


@router.get("", operation_id="get_statistics")
def get_statistics(
    gateway: GatewayDep,
    caller: CallerDep,
    by: Annotated[list[Dimension] | None, Query(max_length=4)] = None,
    since: _Day = None,
    until: _Day = None,
    district: Annotated[DistrictText | None, Query()] = None,
    overdue_days: Annotated[int, Query(ge=0, le=365)] = 3,
    form: Annotated[str, Query(alias="format", pattern="^(json|csv|parquet)$")] = "json",
) -> Response:
    """Counts, values, weights and times of the parcels the caller may see, as JSON, CSV or Parquet."""
    number = int(district) if district else None
    question = statistics.Question(tuple(by or ()), since, until, number, overdue_days)
    counted = statistics.count(gateway, question, caller)
    if form == "json":
        return answer(statistics.as_json(counted))
    name = {"Content-Disposition": f'attachment; filename="statistics-{counted.at.block}.{form}"'}
    return Response(statistics.as_file(counted, form), 200, name, statistics.MEDIA_TYPES[form])
