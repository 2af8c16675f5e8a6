"""What can be wrong with an export: X01 to X09."""

from __future__ import annotations

from decimal import Decimal

from backend.services.simulation.drafts import Contents, ParcelDraft
from backend.services.simulation.kinds.both import (
    SLIP,
    carrier_differs,
    dearer_by,
    gift_not_ordered,
    goods_value_wrong,
    half_price_twice_the_count,
    line_total_wrong,
    other_bill,
    seller_differs,
    waybill_number_differs,
)
from backend.services.simulation.kinds.kind import Kind, add, head_of, kind, lines_of, without
from backend.services.simulation.labels import Anomaly, Expected

MISMATCH, INCOMPLETE, MATCHED, HELD = Expected.Mismatch, Expected.Incomplete, Expected.Matched, Expected.Held


def _order_number_differs(draft: ParcelDraft, contents: Contents) -> None:
    """The money received is booked to somebody else's order."""
    head_of(contents, "403")["orderNo"] = f"{draft.order_no}X"


def _amount_mismatch(_draft: ParcelDraft, contents: Contents) -> None:
    dearer_by(Decimal(1), lines_of(contents, "603"))


def _line_price_differs(_draft: ParcelDraft, contents: Contents) -> None:
    dearer_by(SLIP, lines_of(contents, "603"))


def _line_item_differs(_draft: ParcelDraft, contents: Contents) -> None:
    lines_of(contents, "603")[0]["itemNo"] += "X"


def _charge_differs(draft: ParcelDraft, contents: Contents) -> None:
    add(head_of(contents, "403"), "charge", Decimal(draft.random.randrange(50, 500)) / 100)


def _wrong_order_type(_draft: ParcelDraft, contents: Contents) -> None:
    """Sold to a consumer by its order, to a business by its list."""
    head_of(contents, "303")["orderType"] = "E"


EXPORTS: dict[Anomaly, Kind] = {
    Anomaly.MissingOrder: kind(INCOMPLETE, "X01", without("303")),
    Anomaly.MissingWaybill: kind(INCOMPLETE, "X02", without("505")),
    Anomaly.MissingPayment: kind(INCOMPLETE, "X03", without("403"), modes=("1210",)),
    Anomaly.SellerDiffers: kind(MISMATCH, "X04", seller_differs),
    # Where the receipt of money is missing and not needed, nobody misses it.
    Anomaly.OrderNumberDiffers: kind(
        MISMATCH, "X04", _order_number_differs, with_receipt=True, modes=("9610", "9710", "9810"), joined=frozenset()
    ),
    Anomaly.WaybillNumberDiffers: waybill_number_differs("505"),
    Anomaly.CarrierDiffers: kind(MISMATCH, "X05", carrier_differs, joined=frozenset({"X02"})),
    Anomaly.AmountMismatch: kind(MISMATCH, "X06", _amount_mismatch),
    Anomaly.LineCountDiffers: kind(MISMATCH, "X06", gift_not_ordered),
    Anomaly.LineItemDiffers: kind(MISMATCH, "X06", _line_item_differs),
    Anomaly.LineQuantityDiffers: kind(MISMATCH, "X06", half_price_twice_the_count),
    Anomaly.LinePriceDiffers: kind(MISMATCH, "X06", _line_price_differs),
    Anomaly.LineTotalWrong: kind(MISMATCH, "X06", line_total_wrong),
    Anomaly.GoodsValueWrong: kind(MISMATCH, "X06", goods_value_wrong),
    Anomaly.NotArrived: kind(HELD, "X07", arrives=False),
    Anomaly.NotInMasterWaybill: kind(HELD, "X07", in_master=False),
    Anomaly.OtherBill: kind(HELD, "X07", other_bill),
    Anomaly.ChargeDiffers: kind(MATCHED, "X08", _charge_differs, with_receipt=True),
    Anomaly.WrongOrderType: kind(MISMATCH, "X09", _wrong_order_type, modes=("9710", "9810")),
}
