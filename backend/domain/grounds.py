"""The grounds on which an authority lists a participant.

The chain keeps the hash of a ground's code, so that every gateway names the ground of every listing; the
particulars stand in the listing's evidence, off chain. Sources: customs law art. 82 and following, e-commerce
law art. 42 to 45, GACC order 282 (credit), announcement 2018 no.194 §25 to 27 (false orders, misuse of
buyers' identities and yearly limits).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.commitments import Hash, keccak


class Ground(StrEnum):
    """Why a participant is listed; the code's keccak is what the chain has."""

    IntellectualPropertyInfringement = "IntellectualPropertyInfringement"
    Smuggling = "Smuggling"
    FalseDeclaration = "FalseDeclaration"
    FalseTransaction = "FalseTransaction"
    IdentityMisuse = "IdentityMisuse"
    UnsafeGoods = "UnsafeGoods"
    ProhibitedGoods = "ProhibitedGoods"
    SeriousDishonesty = "SeriousDishonesty"
    OtherViolation = "OtherViolation"


@dataclass(frozen=True, slots=True)
class GroundName:
    zh: str
    en: str


GROUND_NAMES: dict[Ground, GroundName] = {
    Ground.IntellectualPropertyInfringement: GroundName("侵犯知识产权", "infringing intellectual property"),
    Ground.Smuggling: GroundName("走私", "smuggling"),
    Ground.FalseDeclaration: GroundName("申报不实", "false declaration"),
    Ground.FalseTransaction: GroundName("虚构交易或三单信息不实", "invented transactions or false documents"),
    Ground.IdentityMisuse: GroundName("盗用他人身份信息或购买额度", "misuse of identities or yearly limits"),
    Ground.UnsafeGoods: GroundName("商品质量安全不合格", "unsafe goods"),
    Ground.ProhibitedGoods: GroundName("进出口禁止或限制的商品", "prohibited or restricted goods"),
    Ground.SeriousDishonesty: GroundName("严重失信", "serious dishonesty"),
    Ground.OtherViolation: GroundName("其他违法行为", "another violation of the law"),
}


def ground_hash(ground: Ground) -> Hash:
    """What stands on the chain for a ground: 32 bytes."""
    return keccak(ground.value.encode())


_BY_HASH = {ground_hash(ground): ground for ground in Ground}


def ground_of(commitment: Hash) -> Ground | None:
    """The ground behind a commitment; None for one this gateway has no code for."""
    return _BY_HASH.get(commitment)
