"""Statistics of many parcels at once, by columns instead of parcel by parcel; equal to the domain's straight count."""

from backend.statistics.columns import Columns
from backend.statistics.tables import as_csv, as_parquet

__all__ = ["Columns", "as_csv", "as_parquet"]
