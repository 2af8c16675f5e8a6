"""Refusals of summing up a month; the tree's root and rules are in `errors`."""

from __future__ import annotations

from backend.domain.errors import GuanlianError


class MonthClosed(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 在关区 {district} 的 {month} 已汇总申报；更正须说明理由"
    en = (
        "Month {month} of participant {participant_no} in district {district} was closed before; a correction needs "
        "a reason"
    )


class MonthOpen(GuanlianError):
    status = 409
    zh = "{month} 尚未结束，或账本尚未读到月末"
    en = "Month {month} is not over yet, or the ledger has not been read to its end"


class MonthNotClosed(GuanlianError):
    status = 409
    zh = "{month} 在关区 {district} 尚未汇总申报，没有可更正的内容"
    en = "Month {month} was not closed in district {district} before: there is nothing to correct"


class NothingToSum(GuanlianError):
    status = 409
    zh = "参与方 {participant_no} 在关区 {district} 的 {month} 没有新放行、可汇总或须更正的清单"
    en = (
        "Participant {participant_no} has no list released in district {district} in {month} that a summary would "
        "add or change"
    )


class NothingToDeclare(GuanlianError):
    status = 409
    zh = "月度汇总 {closing_id} 的清单均为简化清单，仅作统计，不形成汇总申请单"
    en = "No declaration follows the lists of closing {closing_id}: they count for statistics alone and ask for nothing"


class ListUnnumbered(GuanlianError):
    status = 409
    zh = "包裹 {parcel_id} 的清单尚无海关清单编号，汇总申请单不能生成"
    en = "The list of parcel {parcel_id} has no number of customs here yet: there is no summary request without it"


class RefundRefused(GuanlianError):
    status = 409
    zh = "包裹 {parcel_id} 不能出具退税凭证；要求：{rule}"
    en = "There is no refund evidence for parcel {parcel_id}; wanted: {rule}"
