"""Refusals of what is said about returned goods; the rules are in `returns`."""

from __future__ import annotations

from backend.domain.errors import GuanlianError
from backend.domain.returns import RULES, ReturnRule


class ReturnRuleBroken(GuanlianError):
    """A rule of returns, by its name and in its words."""

    status = 409
    zh = "包裹 {parcel_id} 不符合退货规则 {rule}：{in_chinese}"
    en = "Parcel {parcel_id} breaks the rule of returns {rule}: {in_english}"

    @classmethod
    def by(cls, rule: ReturnRule, parcel_id: bytes) -> ReturnRuleBroken:
        words = RULES[rule]
        return cls(parcel_id=parcel_id.hex(), rule=rule.value, in_chinese=words.zh, in_english=words.en)


class ReturnNotThere(GuanlianError):
    status = 409
    zh = "包裹 {parcel_id} 没有已运抵、待核实的退货（状态 {state}）"
    en = "Parcel {parcel_id} has no return that is back and waits to be verified (state {state})"
