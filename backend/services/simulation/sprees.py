"""Buyers who buy until a year's limit breaks: several dear imports, each in order, then the one too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from backend.services.simulation.drafts import Buyer, Line, ParcelDraft
from backend.services.simulation.kinds.import_goods import dear_line
from backend.services.simulation.labels import Anomaly

#: Five purchases of 4800 to 4950 CNY leave less than 2000 of 26000, whatever freight comes to them.
_PURCHASES = 5
_LOW, _HIGH = 4_800, 4_950


class Purchase(NamedTuple):
    """A buyer's next import; `pick` is None where the anomaly itself says what is bought."""

    buyer: Buyer
    pick: Callable[[ParcelDraft], list[Line]] | None


@dataclass(slots=True)
class _Spree:
    buyer: Buyer
    left: int = _PURCHASES


class Sprees:
    """Spreads what one anomaly needs, several parcels of one buyer, over the parcels that follow.

    Each draw of `OverYearLimit` begins a spree, or waits for the one under way: parcels drawn without an anomaly
    become its purchases, and the next of them breaks the limit. So there are as many labels as draws, but for the
    spree that the end of the simulation cuts off.
    """

    def __init__(self) -> None:
        self._owed = 0
        self._spree: _Spree | None = None

    def turn(self, random: Random, anomaly: Anomaly | None) -> tuple[Anomaly | None, Purchase | None]:
        """What the parcel becomes that was drawn with this anomaly."""
        if anomaly is Anomaly.OverYearLimit:
            self._owed += 1
            anomaly = None
        if anomaly is not None or not self._owed:
            return anomaly, None
        if self._spree is None:
            self._spree = _Spree(Buyer.someone(random))
        spree = self._spree
        if spree.left:
            spree.left -= 1
            return None, Purchase(spree.buyer, lambda draft: dear_line(draft, _LOW, _HIGH))
        self._spree, self._owed = None, self._owed - 1
        return Anomaly.OverYearLimit, Purchase(spree.buyer, None)
