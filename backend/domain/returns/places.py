"""Where goods may come back: in the district that released them, or in another where the mode allows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.domain.calendar import china_day
from backend.domain.lifecycle import SUPERVISION_MODES, Direction
from backend.domain.returns.rules import ReturnRule


@dataclass(frozen=True, slots=True)
class Place:
    """`elsewhere_since`: from which day another district will do; None for never, and `rule` says why."""

    rule: ReturnRule
    elsewhere_since: date | None = None


#: Exports under 9610: a pilot of 20 districts since 15 December 2024 (2024 no.167), whose list is not known here, and
#: the whole country since March 2026. No source lets any other mode cross districts.
PLACES: dict[tuple[Direction, int], Place] = {
    **{(Direction.Import, mode): Place(ReturnRule.OriginalPlace) for mode in SUPERVISION_MODES[Direction.Import]},
    **{
        (Direction.Export, mode): Place(ReturnRule.CrossDistrictOnlyDirect)
        for mode in SUPERVISION_MODES[Direction.Export]
    },
    (Direction.Export, 9610): Place(ReturnRule.CrossDistrictNotYet, elsewhere_since=date(2026, 3, 1)),
}


def place_fault(
    direction: Direction, supervision_mode: int, declaring_district: int, return_district: int, at: int
) -> ReturnRule | None:
    """The rule against bringing goods back in a district at an instant (Unix seconds), or None.

    Whether that district runs a supervised place for 9610 is for it to know.
    """
    if return_district == declaring_district:
        return None
    place = PLACES[direction, supervision_mode]
    allowed = place.elsewhere_since is not None and china_day(at) >= place.elsewhere_since
    return None if allowed else place.rule
