"""Who takes part: roles, credit grades and standing, numbered as on the chain."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from enum import IntEnum

from backend.domain.errors import LegalIdentityMissing


class Role(IntEnum):
    """What an organisation may do. The number is the role's bit in a role set."""

    Platform = 0
    Payment = 1
    Logistics = 2
    Declarant = 3
    SiteOperator = 4
    Customs = 5
    MarketRegulator = 6
    RightsHolder = 7
    Seller = 8
    AppealBody = 9
    TaxAuthority = 10
    ForeignExchangeAuthority = 11
    #: The contract of infringement cases: it opens and closes cases in the ledger, and no organisation does.
    CaseRegister = 12
    #: The contract of consignments: it records for whoever calls it, and no organisation does.
    Carriage = 13


class CreditGrade(IntEnum):
    """The five enterprise credit grades in force since 2026-04-01 (GACC order 282)."""

    Regular = 0
    Certified = 1
    AdvancedCertified = 2
    Dishonest = 3
    SeriouslyDishonest = 4


#: The role sets that make their bearer an authority: only governance grants them.
AUTHORITY_ROLES = frozenset(
    {
        Role.Customs,
        Role.MarketRegulator,
        Role.AppealBody,
        Role.TaxAuthority,
        Role.ForeignExchangeAuthority,
    }
)

ALL_ROLES = (1 << len(Role)) - 1


def role_set(roles: Iterable[Role]) -> int:
    """The roles as bits of one word, as the registry stores them."""
    word = 0
    for role in roles:
        word |= 1 << role
    return word


def roles_in(word: int) -> tuple[Role, ...]:
    """The roles of a role set, in their order."""
    return tuple(role for role in Role if word >> role & 1)


def has_role(word: int, role: Role) -> bool:
    return bool(word >> role & 1)


def legal_identity(consortium_key: bytes, registration_number: str) -> bytes:
    """The commitment that makes one legal entity one participant: 32 bytes.

    HMAC-SHA256 of the unified social credit code under the consortium key: every gateway computes the
    same value, nobody outside the consortium can test a guess.
    """
    code = registration_number.strip().upper().encode()
    if not code:
        raise LegalIdentityMissing()
    return hmac.new(consortium_key, b"participant\x1f" + code, hashlib.sha256).digest()
