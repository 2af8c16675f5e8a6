"""What follows a return: a replacement for it (换货), or its goods sold again.

An exchange is a return and a parcel of its own that replaces it, which counts to its buyer's year by itself. A resale
is of the goods that came back; until customs verified them into stock nobody may declare or sell them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from backend.domain.lifecycle import Flag, State
from backend.domain.returns.lines import Quantities
from backend.domain.returns.rules import ReturnRule


class Sequel(StrEnum):
    Exchange = "Exchange"
    Resale = "Resale"


def sequel_fault(sequel: Sequel, state: State, flags: frozenset[Flag]) -> ReturnRule | None:
    """The rule against a sequel of goods that stand so, or None."""
    match sequel:
        case Sequel.Exchange:
            asked = state in {State.Returning, State.Returned} or Flag.ReturnPending in flags
            return None if asked else ReturnRule.ExchangeOfReturn
        case Sequel.Resale:
            return None if state is State.Returned else ReturnRule.ResaleAfterVerification


def sequel_line_faults(restocked: Quantities, sold: Quantities, wanted: Quantities) -> Iterator[Decimal]:
    """The lines of which more would be sold again than is left of what came back into stock."""
    for number, quantity in wanted.items():
        left = restocked.get(number, Decimal(0)) - sold.get(number, Decimal(0))
        if not 0 < quantity <= left:
            yield number
