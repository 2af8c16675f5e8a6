"""Refusals of bonded account books; the rules are in `bonded`."""

from __future__ import annotations

from backend.domain.errors import GuanlianError


class StockExceeded(GuanlianError):
    status = 409
    zh = "账册 {book} 的备案料号 {record_no} 可用库存 {free}，不足 {asked}"
    en = "Record {record_no} of book {book} has {free} free, less than the {asked} asked for"


class BookClosed(GuanlianError):
    status = 409
    zh = "账册 {book} 已核销结案"
    en = "Book {book} is closed"


class BookNotEmpty(GuanlianError):
    status = 409
    zh = "账册 {book} 的备案料号 {record_no} 尚有库存或在途转移，不能结案"
    en = "Book {book} still holds record {record_no}, or transfers it: it cannot be closed"


class MovementNotYours(GuanlianError):
    status = 403
    zh = "{movement} 须由{who_zh}登记"
    en = "A movement {movement} is recorded by {who}"


class TransferOver(GuanlianError):
    status = 409
    zh = "账册互转 {transfer_id} 已办结（{state}）"
    en = "Transfer {transfer_id} is over ({state})"


class GoodsNotBack(GuanlianError):
    status = 409
    zh = "包裹 {parcel_id} 没有经核实可退回账册 {book} 备案料号 {record_no} 的商品，或数量超出"
    en = (
        "Parcel {parcel_id} has not brought back so much of record {record_no} of book {book}, verified and fit to be "
        "stock again"
    )
