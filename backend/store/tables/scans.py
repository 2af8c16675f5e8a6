"""How often parcels' codes were scanned. Kept: only this gateway was asked."""

from __future__ import annotations

import sqlalchemy as sa

from backend.store.tables.base import Hash, metadata

#: Visits of a parcel on one day of China's, that is, how many networks scanned its code then. Who they were is not
#: stored here nor anywhere else.
scan_days = sa.Table(
    "scan_days",
    metadata,
    sa.Column("parcel_id", Hash, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("visits", sa.Integer, nullable=False),
)
