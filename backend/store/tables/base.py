"""What every table is made of: names of constraints, and the types that they share.

Hashes are raw bytes, sets are 32 big-endian bytes, instants are Unix seconds (UTC).
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only counts rows up by itself in a column declared INTEGER.
Row = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Hash = sa.LargeBinary(32)
Instant = sa.BigInteger


def row_id() -> sa.Column[int]:
    return sa.Column("id", Row, primary_key=True, autoincrement=True)
