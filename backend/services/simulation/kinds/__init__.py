"""Every anomaly in each direction: how it is built in, what becomes of the parcel, which rules it breaks.

    KINDS["import"][Anomaly.AmountMismatch].rules        # {"M06"}

Each row breaks its rules and no other, judged with every fact of the context: whoever adds one runs the scorer.
"""

from __future__ import annotations

from backend.services.simulation.kinds.both import BOTH
from backend.services.simulation.kinds.exports import EXPORTS
from backend.services.simulation.kinds.import_goods import CUSTOMS, GOODS, LINES
from backend.services.simulation.kinds.imports import MONEY, PEOPLE, REFERENCES
from backend.services.simulation.kinds.kind import Kind
from backend.services.simulation.labels import Anomaly
from backend.services.simulation.model import Mode

KINDS: dict[Mode, dict[Anomaly, Kind]] = {
    "import": REFERENCES | PEOPLE | MONEY | LINES | GOODS | CUSTOMS | BOTH,
    "export": EXPORTS | BOTH,
}

__all__ = ["KINDS", "Kind"]
