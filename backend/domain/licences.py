"""Whether a seller may use the marks that were met in its goods.

A hit is no accusation: the holder may have licensed the seller, or the goods may be none that the right protects.
What remains is *suspected*, with the reason in words, and goes to inspection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.calendar import china_day
from backend.domain.marks import Hit, LineField


@dataclass(frozen=True, slots=True)
class Licence:
    """A holder's permission, in force from `from_at` until before `until` (Unix seconds).

    A holder that sells its own goods has no licence on record: whoever asks adds one for it.
    """

    seller_no: int
    right: str
    #: Four-digit HS headings; none means all goods of the right.
    headings: frozenset[str]
    from_at: int
    until: int

    def is_in_force(self, at: int) -> bool:
        return self.from_at <= at < self.until

    def covers(self, heading: str | None, goods_of_right: frozenset[str]) -> bool:
        """Whether goods of a heading are among those licensed; goods without a code only if all of the right are."""
        goods = self.headings or goods_of_right
        return goods >= goods_of_right if heading is None else heading in goods


class Finding(StrEnum):
    Licensed = "licensed"
    Suspected = "suspected"
    #: The right does not protect such goods.
    OutsideGoods = "outside_goods"


class Reason(StrEnum):
    """Why a hit was found to be what it is."""

    InForce = "in_force"
    OtherGoodsThanTheRights = "other_goods_than_the_rights"
    NoLicence = "no_licence"
    LicenceForOtherGoods = "licence_for_other_goods"
    LicenceNotYet = "licence_not_yet"
    LicenceEnded = "licence_ended"


_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.InForce: (
        "权利人已许可该商家，有效期至 {until}（含当日）",
        "licensed to the seller until {until}, that day included",
    ),
    Reason.OtherGoodsThanTheRights: (
        "该权利不涵盖品目 {heading} 的商品",
        "the right does not cover goods of heading {heading}",
    ),
    Reason.NoLicence: ("权利人未许可该商家", "the holder has given the seller no licence"),
    Reason.LicenceForOtherGoods: (
        "该商家的许可不包括品目 {heading} 的商品",
        "the seller's licence leaves out goods of heading {heading}",
    ),
    Reason.LicenceNotYet: ("该商家的许可自 {since} 起生效", "the seller's licence begins only on {since}"),
    Reason.LicenceEnded: ("该商家的许可最后一日为 {until}", "the last day of the seller's licence was {until}"),
}

_FIELDS: dict[LineField, tuple[str, str]] = {
    LineField.Brand: ("品牌", "brand"),
    LineField.Name: ("商品名称 gname", "gname"),
    LineField.ItemName: ("商品名称 itemName", "itemName"),
    LineField.Model: ("规格型号 gmodel", "gmodel"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one hit means for one seller at one time, with the sentence that says so."""

    hit: Hit
    finding: Finding
    reason: Reason
    #: The licence that the reason speaks of.
    licence: Licence | None
    zh: str
    en: str


def judge(hits: Iterable[Hit], licences: Sequence[Licence], seller_no: int, at: int) -> list[Judgement]:
    """What each hit means for the seller at that time (Unix seconds), in the order of the hits."""
    own = [licence for licence in licences if licence.seller_no == seller_no]
    return [_judged(hit, [licence for licence in own if licence.right == hit.mark.right], at) for hit in hits]


def _judged(hit: Hit, licences: list[Licence], at: int) -> Judgement:
    if hit.within_goods is False and not hit.mark.is_well_known:
        return _said(hit, Finding.OutsideGoods, Reason.OtherGoodsThanTheRights, None)
    fitting = [licence for licence in licences if licence.covers(hit.heading, hit.mark.headings)]
    # Of several the one that lasts longest speaks for them all.
    latest = max(fitting, key=lambda licence: (licence.is_in_force(at), licence.until), default=None)
    if latest is None:
        reason = Reason.LicenceForOtherGoods if licences else Reason.NoLicence
        return _said(hit, Finding.Suspected, reason, licences[0] if licences else None)
    if latest.is_in_force(at):
        return _said(hit, Finding.Licensed, Reason.InForce, latest)
    reason = Reason.LicenceNotYet if at < latest.from_at else Reason.LicenceEnded
    return _said(hit, Finding.Suspected, reason, latest)


def _said(hit: Hit, finding: Finding, reason: Reason, licence: Licence | None) -> Judgement:
    values = {
        "heading": hit.heading or "?",
        "since": china_day(licence.from_at).isoformat() if licence else "",
        "until": china_day(licence.until - 1).isoformat() if licence else "",
    }
    why_zh, why_en = (sentence.format_map(values) for sentence in _SENTENCES[reason])
    field_zh, field_en = _FIELDS[hit.field]
    zh = f"第 {hit.line + 1} 项{field_zh}中的“{hit.declared}”与备案标识“{hit.form}”相符（{hit.how_zh}）：{why_zh}"
    en = f"Line {hit.line + 1}, {field_en}: “{hit.declared}” reads as the mark “{hit.form}” ({hit.how_en}): {why_en}"
    return Judgement(hit, finding, reason, licence, zh, en)
