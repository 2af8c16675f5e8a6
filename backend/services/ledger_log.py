"""Rows of the read model as the process and the statistics take them: a manifest's header, and what was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backend.domain.lifecycle import Direction, Step
from backend.domain.process import Header, Recording
from backend.store.process_log import set_of
from backend.store.readmodel import profile_of_row


def header_of(row: Any) -> Header:
    """The header of a manifest, from its row."""
    return Header(
        manifest=bytes(row.manifest),
        size=row.size,
        profile=profile_of_row(row),
        direction=Direction(row.direction),
        supervision_mode=row.supervision_mode,
        declaring_district=row.declaring_district,
        port_district=row.port_district,
        declarant_no=row.declarant_no,
        seller_no=row.seller_no,
    )


def entries_of(records: Iterable[Any]) -> tuple[tuple[Recording, int], ...]:
    """The records of a manifest in their order, each with the set of parcels that it names."""
    return tuple(
        (Recording(Step(row.step), row.at, row.participant_no, row.block, row.log_index), set_of(row))
        for row in records
    )
