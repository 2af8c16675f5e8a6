"""The parcels of a run as the story follows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from backend.services.simulation import SimulatedParcel

#: Flags under which no parcel is released.
BLOCKING = frozenset({"Review", "Inspection", "HeldDeclaring", "HeldPort"})


@dataclass(eq=False)
class Traced:
    """A parcel; districts, state and flags as the gateway last said."""

    parcel_id: str
    simulated: SimulatedParcel
    #: Of the set that it is part of.
    seed: int
    direction: str = ""
    mode: str = ""
    declaring: str = ""
    port: str = ""
    seller_no: int = 0
    state: str = ""
    flags: tuple[str, ...] = ()
    manifest: str = ""

    def update(self, view: dict[str, Any]) -> None:
        """Takes over a row of GET /v1/parcels."""
        self.direction = view["direction"]
        self.mode = view["supervision_mode"]
        self.declaring = view["declaring_district"]
        self.port = view["port_district"]
        self.seller_no = view["seller"]["participant_no"]
        self.state = view["state"]
        self.flags = tuple(view["flags"])
        self.manifest = view["manifest"]

    @property
    def anomaly(self) -> str | None:
        return self.simulated.anomaly

    @property
    def is_declared(self) -> bool:
        return bool(self.manifest)

    @property
    def is_import(self) -> bool:
        return self.direction == "Import"

    @property
    def is_bonded(self) -> bool:
        return self.is_import and self.mode != "9610"

    @property
    def by_transit(self) -> bool:
        return not self.is_import and self.declaring != self.port

    @property
    def is_free(self) -> bool:
        """Whether nothing holds it and customs is not busy with it."""
        return not BLOCKING.intersection(self.flags)

    @property
    def is_ready(self) -> bool:
        """Whether it can be released."""
        return self.state == "Accepted" and self.is_free and ("Arrived" in self.flags or self.is_bonded)


def grouped(parcels: Iterable[Traced], key: Callable[[Traced], str]) -> dict[str, list[Traced]]:
    """The parcels by a key, in the order in which the keys come up."""
    groups: dict[str, list[Traced]] = defaultdict(list)
    for parcel in parcels:
        groups[key(parcel)].append(parcel)
    return dict(groups)
