"""Recorded rights and infringement cases: their kinds, states and amounts, numbered as on the chain.

Sources: Regulations on Customs Protection of Intellectual Property Rights, articles 7 to 27; security in
GACC order 183, articles 22 and 23.
"""

from __future__ import annotations

from enum import IntEnum


class RightKind(IntEnum):
    """What is protected."""

    Trademark = 0
    Patent = 1
    Copyright = 2
    Design = 3


class Application(IntEnum):
    """What a holder asks headquarters for. `Zero` is `None` in Solidity."""

    Zero = 0
    Recordal = 1
    Renewal = 2
    Change = 3


class Route(IntEnum):
    """How a case began: customs found the goods and told the holder, or the holder asked for their detention."""

    ExOfficio = 0
    OnApplication = 1


class CaseState(IntEnum):
    """Where a case stands."""

    Lodged = 0
    Notified = 1
    Detained = 2
    Found = 3
    Appealed = 4
    InCourt = 5
    Infringing = 6
    Closed = 7


class Outcome(IntEnum):
    """How a case came out. `Zero` is `None` in Solidity."""

    Zero = 0
    Infringing = 1
    NotInfringing = 2
    Withdrawn = 3
    CounterBonded = 4
    Lapsed = 5
    Declined = 6


class Disposal(IntEnum):
    """What becomes of infringing goods, in the order in which the law wants it tried."""

    PublicWelfare = 0
    SaleToHolder = 1
    Auction = 2
    Destruction = 3


#: Rights whose suspected infringer may deposit the value of the goods; a design is a patent by law.
COUNTER_BOND_KINDS = frozenset({RightKind.Patent, RightKind.Design})

#: Fen of the yuan.
YUAN = 100


def disposal_after(passed: Disposal, kind: RightKind, *, imported: bool) -> Disposal:
    """The way of disposal that is tried when one turned out impossible; destruction is the last.

    Counterfeit marks on imports are not auctioned: taking off the mark alone is not enough (article 27).
    """
    if passed is Disposal.SaleToHolder and kind is RightKind.Trademark and imported:
        return Disposal.Destruction
    return Disposal(min(passed + 1, Disposal.Destruction))


def security_for(route: Route, goods_value: int) -> int:
    """The least security for the detention of goods; both amounts in fen.

    On application the value of the goods. Ex officio that value below 20,000 yuan, half of it but at least
    20,000 up to 200,000 yuan, 100,000 yuan above.
    """
    if route is Route.OnApplication or goods_value < 20_000 * YUAN:
        return goods_value
    if goods_value > 200_000 * YUAN:
        return 100_000 * YUAN
    return max(20_000 * YUAN, -(-goods_value // 2))
