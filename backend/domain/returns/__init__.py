"""Returns: until when, how much, where and in what condition goods may come back, and what that frees of tax.

Every rule is a row with its source (`rules`), and a refusal names the row. Windows are in `windows`, quantities over
several returns in `lines`, places in `places`, conditions and the relief that follows in `relief`, the parts of value
and tax that come back in `shares`, and what may be sold again in `sequels`.
"""

from __future__ import annotations

from backend.domain.returns.lines import line_faults, quantities_of, quantity_of, totals
from backend.domain.returns.places import place_fault
from backend.domain.returns.relief import CONDITIONS, Condition, Found, Relief, ReturnFacts, judge_return
from backend.domain.returns.rules import RULES, ReturnRule
from backend.domain.returns.sequels import Sequel, sequel_fault, sequel_line_faults
from backend.domain.returns.shares import (
    may_apply,
    may_be_in_time,
    part_of,
    returned_shares,
    returned_value,
    shares_of,
    value_between,
)
from backend.domain.returns.windows import Milestone, is_met, is_within_window, last_day

__all__ = [
    "CONDITIONS",
    "RULES",
    "Condition",
    "Found",
    "Milestone",
    "Relief",
    "ReturnFacts",
    "ReturnRule",
    "Sequel",
    "is_met",
    "is_within_window",
    "judge_return",
    "last_day",
    "line_faults",
    "may_apply",
    "may_be_in_time",
    "part_of",
    "place_fault",
    "quantities_of",
    "quantity_of",
    "returned_shares",
    "returned_value",
    "sequel_fault",
    "sequel_line_faults",
    "shares_of",
    "totals",
    "value_between",
]
