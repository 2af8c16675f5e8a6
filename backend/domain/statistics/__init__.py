"""Statistics of parcels: what is counted, by what, and the straight count that every other way must equal."""

from backend.domain.statistics.counting import straight_count
from backend.domain.statistics.model import (
    LINE_DIMENSIONS,
    UNIT,
    Dimension,
    Figures,
    Life,
    Line,
    ListFacts,
    Lived,
    Times,
    life_of,
    list_facts,
    spelled,
)
from backend.domain.statistics.oddities import Oddities, never_arrived, repeated

__all__ = [
    "LINE_DIMENSIONS",
    "UNIT",
    "Dimension",
    "Figures",
    "Life",
    "Line",
    "ListFacts",
    "Lived",
    "Oddities",
    "Times",
    "life_of",
    "list_facts",
    "never_arrived",
    "repeated",
    "spelled",
    "straight_count",
]
