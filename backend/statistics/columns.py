"""The figures by columns: parcels that went the same way share a trace, and sums are made by Polars.

Whole numbers throughout. Sums are made of a high and a low part, so that no number of parcels makes them overflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from backend.domain.lifecycle import State, indices
from backend.domain.process import traces_of
from backend.domain.statistics import LINE_DIMENSIONS, Dimension, Figures, Lived, Times, life_of
from backend.domain.statistics.counting import value_of_manifest

_COMMON = ("day", "month", "district", "port", "mode", "direction")
_SEEN = ("ordered", "inspected", "detained", "returned")
_PART = 10**9

_TRACE = {"t": pl.Int64, **dict.fromkeys(_COMMON, pl.String), "state": pl.Int8, **dict.fromkeys(_SEEN, pl.Boolean)}
_STAY = {"t": pl.Int64, "left": pl.Int8, "seconds": pl.Int64}
_PARCEL = {"p": pl.Int64, "t": pl.Int64, "platform": pl.String, "weight": pl.Int64, "known": pl.Boolean}
_LINE = {
    "p": pl.Int64, "chapter": pl.String, "origin": pl.String, "destination": pl.String,
    "currency": pl.String, "value": pl.Int64,
}  # fmt: skip


class Columns:
    """The parcels of a ledger as columns, made once and counted as often as asked."""

    def __init__(self, ledger: Iterable[Lived]) -> None:
        traces: list[tuple[Any, ...]] = []
        stays: list[tuple[Any, ...]] = []
        parcels: list[tuple[Any, ...]] = []
        lines: list[tuple[Any, ...]] = []
        for manifest in ledger:
            common = [value_of_manifest(Dimension(name), manifest.header, manifest.declared_at) for name in _COMMON]
            for trace in traces_of(manifest.header, manifest.records):
                counted = trace.parcels & manifest.counted
                if not counted:
                    continue
                life, number = life_of(manifest.header, trace.events), len(traces)
                traces.append((number, *common, int(life.state), *(getattr(life, name) for name in _SEEN)))
                stays += [(number, int(state), seconds) for state, seconds in life.stays]
                for index in indices(counted):
                    known = manifest.lists.get(index)
                    if known is None:
                        parcels.append((len(parcels), number, "", None, False))
                        continue
                    lines += [
                        (len(parcels), line.chapter, line.origin, line.destination, line.currency, line.value)
                        for line in known.lines
                    ]
                    parcels.append((len(parcels), number, known.platform, known.weight, True))
        self._traces = pl.DataFrame(traces, _TRACE, orient="row")
        self._stays = pl.DataFrame(stays, _STAY, orient="row")
        self._lines = pl.DataFrame(lines, _LINE, orient="row")
        self._parcels = pl.DataFrame(parcels, _PARCEL, orient="row").join(self._traces, on="t")

    def count(self, by: Sequence[Dimension]) -> dict[tuple[str, ...], Figures]:
        """The figures of each group, as `straight_count` has them."""
        # Without a dimension all parcels are one group.
        keys = [each.value for each in by] or ["all"]
        parcels = self._parcels.with_columns(pl.lit("").alias("all"))
        blank = [pl.col(name).fill_null("") for name in keys]
        of_lines = self._lines.join(parcels, on="p").with_columns(blank)
        falls = parcels
        if not LINE_DIMENSIONS.isdisjoint(by):
            falls = parcels.join(self._lines, on="p", how="left").with_columns(blank).unique(["p", *keys])
        falls = falls.with_columns(pl.len().over("p").alias("groups"))
        found: dict[tuple[str, ...], Figures] = {}
        for row in falls.group_by(keys).agg(*_AGGREGATES).iter_rows(named=True):
            weight = row.pop("high") * _PART + row.pop("low")
            found[self._key(row, keys, by)] = Figures(**{n: row[n] for n in row if n not in keys}, weight=weight)
        for row in of_lines.group_by(keys).agg(pl.len().alias("lines"), _nulls("value")).iter_rows(named=True):
            figures = found[self._key(row, keys, by)]
            figures.lines, figures.value_unknown = row["lines"], row["unknown"]
        valued = of_lines.filter(pl.col("value").is_not_null())
        for row in valued.group_by([*keys, "currency"]).agg(*_parts("value")).iter_rows(named=True):
            found[self._key(row, keys, by)].values[row["currency"]] = row["high"] * _PART + row["low"]
        for row in falls.group_by([*keys, "state"]).len().iter_rows(named=True):
            found[self._key(row, keys, by)].states[State(row["state"]).name] = row["len"]
        self._add_times(falls, keys, by, found)
        return found

    def _add_times(
        self, falls: pl.DataFrame, keys: list[str], by: Sequence[Dimension], found: dict[tuple[str, ...], Figures]
    ) -> None:
        """Nearest-rank quantiles of the stays, each counted as often as parcels share its trace."""
        group = [*keys, "left"]
        weighed = falls.group_by([*keys, "t"]).len("n").join(self._stays, on="t")
        weighed = weighed.group_by([*group, "seconds"]).agg(pl.col("n").sum()).sort("seconds")
        weighed = weighed.with_columns(pl.col("n").cum_sum().over(group).alias("up"))
        whole = pl.col("n").sum().cast(pl.Int64)
        ranks = [
            pl.col("seconds").filter(pl.col("up") * 100 >= whole * percent).min().alias(f"p{percent}")
            for percent in (50, 90, 99)
        ]
        for row in weighed.group_by(group).agg(whole.alias("stays"), *ranks).iter_rows(named=True):
            times = Times(*(row[name] for name in ("stays", "p50", "p90", "p99")))
            found[self._key(row, keys, by)].times[State(row["left"]).name] = times

    @staticmethod
    def _key(row: dict[str, Any], keys: list[str], by: Sequence[Dimension]) -> tuple[str, ...]:
        return tuple(row[name] for name in keys) if by else ()


def _parts(name: str, which: pl.Expr | None = None) -> list[pl.Expr]:
    column = pl.col(name) if which is None else pl.col(name).filter(which)
    return [(column // _PART).sum().alias("high"), (column % _PART).sum().alias("low")]


def _nulls(name: str) -> pl.Expr:
    return pl.col(name).null_count().alias("unknown")


_AGGREGATES = (
    pl.len().alias("parcels"),
    (~pl.col("known")).sum().alias("lists_unknown"),
    pl.col("ordered").sum().alias("inspections_ordered"),
    pl.col("inspected").sum(),
    pl.col("detained").sum(),
    pl.col("returned").sum(),
    pl.col("weight").null_count().alias("weight_unknown"),
    (pl.col("weight").is_not_null() & (pl.col("groups") > 1)).sum().alias("weight_shared"),
    *_parts("weight", pl.col("groups") == 1),
)
