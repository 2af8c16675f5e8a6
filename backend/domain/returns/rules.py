"""The rules of returns by name, each in a sentence of both languages and with its source.

Sources: announcements of the General Administration of Customs 2020 no.44 (export returns) and no.45 (import
returns), 2024 no.167 (cross-district pilot), the announcement of the Ministry of Finance, Customs and the Tax
Administration 2026 no.16 (exports that come back), the Civil Code on periods (art. 200 to 204), and specification
202205 of the unified CBEC system. `project` marks this project's own reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReturnRule(StrEnum):
    ImportApplyWindow = "ImportApplyWindow"
    ImportBackWindow = "ImportBackWindow"
    ExportApplyWindow = "ExportApplyWindow"
    ExportBackWindow = "ExportBackWindow"
    ExportReliefWindow = "ExportReliefWindow"
    LineAsDeclared = "LineAsDeclared"
    QuantityWithinRelease = "QuantityWithinRelease"
    OriginalPlace = "OriginalPlace"
    CrossDistrictOnlyDirect = "CrossDistrictOnlyDirect"
    CrossDistrictNotYet = "CrossDistrictNotYet"
    SameGoods = "SameGoods"
    OriginalState = "OriginalState"
    ReliefPeriod = "ReliefPeriod"
    ReliefNotForFood = "ReliefNotForFood"
    OneReturnAtATime = "OneReturnAtATime"
    ResaleAfterVerification = "ResaleAfterVerification"
    ResaleWithinStock = "ResaleWithinStock"
    ExchangeOfReturn = "ExchangeOfReturn"
    SequelIsAnother = "SequelIsAnother"


@dataclass(frozen=True, slots=True)
class Wording:
    zh: str
    en: str
    source: str


_R = ReturnRule
RULES: dict[ReturnRule, Wording] = {
    _R.ImportApplyWindow: Wording(
        "零售进口商品退货须在海关放行之日起 30 日内申请",
        "a return of retail imports is applied for within 30 days of release",
        "2020 no.45",
    ),
    _R.ImportBackWindow: Wording(
        "零售进口退货商品须在海关放行之日起 45 日内运抵原场所",
        "returned retail imports are back in their place within 45 days of release",
        "2020 no.45",
    ),
    _R.ExportApplyWindow: Wording(
        "出口商品退货须在放行之日起 1 年内申请",
        "a return of exports is applied for within one year of release",
        "2020 no.44",
    ),
    _R.ExportBackWindow: Wording(
        "出口退货商品须在放行之日起 1 年内退运进境",
        "returned exports are back within one year of release",
        "2020 no.44",
    ),
    _R.ExportReliefWindow: Wording(
        "出口之日起 6 个月内退运进境的，方可免征进口税收",
        "returned exports are free of import taxes only if back within six months of export",
        "2026 no.16",
    ),
    _R.LineAsDeclared: Wording(
        "退货商品须与原清单的项号、编码、品名、规格、单位一致",
        "returned goods have the line, code, name, model and unit of their list",
        "specification 202205, 625 and 213",
    ),
    _R.QuantityWithinRelease: Wording(
        "历次退货数量之和不得超过原清单放行数量",
        "over all returns, no more of a line comes back than was released",
        "specification 202205, 625 and 213",
    ),
    _R.OriginalPlace: Wording(
        "零售进口商品须退回原监管作业场所、原特殊监管区域或保税物流中心",
        "retail imports go back to the place that they were released from",
        "2020 no.45",
    ),
    _R.CrossDistrictOnlyDirect: Wording(
        "只有 9610 出口商品可以跨关区退货，其他方式退回原申报关区",
        "only exports under 9610 come back in another district",
        "2024 no.167; for the other modes: project",
    ),
    _R.CrossDistrictNotYet: Wording(
        "2026 年 3 月 1 日起方可在全国跨关区退货",
        "cross-district returns nationwide began on 1 March 2026",
        "nationwide practice since March 2026; the day: project",
    ),
    _R.SameGoods: Wording(
        "退回的须是原进口或原出口的商品", "what comes back is what was released", "2020 no.44 and no.45"
    ),
    _R.OriginalState: Wording(
        "须以原状退回：可拆封、检测、安装，不得加装零件、加工，为发现缺陷而使用的除外",
        "goods come back in their original state: unpacked, tested, installed, or used to find the defect",
        "2026 no.16; for imports as far as goods are altered: project",
    ),
    _R.ReliefPeriod: Wording(
        "免税只适用于 2026 年 1 月 1 日至 2027 年 12 月 31 日期间出口的商品",
        "the relief is for goods exported from 1 January 2026 to 31 December 2027",
        "2026 no.16",
    ),
    _R.ReliefNotForFood: Wording(
        "食品不适用出口退运免税",
        "food is not freed of tax when it comes back",
        "2026 no.16; which headings are food: project",
    ),
    _R.OneReturnAtATime: Wording(
        "同一清单的上一次退货须先办结", "the return before it is to be completed first", "project"
    ),
    _R.ResaleAfterVerification: Wording(
        "退回的商品经海关核实入库后方可再次申报或销售",
        "returned goods are declared and sold again only once customs verified them back into stock",
        "2018 no.49 (no resale of bought goods); the block: project",
    ),
    _R.ResaleWithinStock: Wording(
        "再次销售的数量不得超过核实入库且可再售的数量",
        "no more is sold again than was verified back into stock",
        "project",
    ),
    _R.ExchangeOfReturn: Wording(
        "换货须以已申请的退货为前提", "an exchange replaces goods whose return was asked for", "project"
    ),
    _R.SequelIsAnother: Wording(
        "换货或再售须是另一个尚未关联的包裹",
        "a replacement or resale is another parcel, linked to no other return",
        "project",
    ),
}
