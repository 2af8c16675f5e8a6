"""What can be wrong with an import's documents: their references, the people in them, the money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from backend.services.simulation import numbers
from backend.services.simulation.drafts import Contents, ParcelDraft, decimal_text
from backend.services.simulation.kinds.both import (
    carrier_differs,
    goods_value_wrong,
    later,
    line_total_wrong,
    seller_differs,
    waybill_number_differs,
)
from backend.services.simulation.kinds.kind import Kind, add, head_of, kind, without
from backend.services.simulation.labels import Anomaly, Expected

MISMATCH, INCOMPLETE, MATCHED = Expected.Mismatch, Expected.Incomplete, Expected.Matched

_MISSING = frozenset({"M01"})


# ---------------------------------------------------------------------------------------------------
# References


def _order_number_differs(draft: ParcelDraft, contents: Contents) -> None:
    """The waybill names the order of somebody else."""
    head_of(contents, "511")["orderNo"] = f"{draft.order_no}X"


def _platform_differs(draft: ParcelDraft, contents: Contents) -> None:
    other = draft.other("Platform", draft.parties.platform)
    head = head_of(contents, "411")
    head["ebpCode"], head["ebpName"] = other.customs_code, other.name_zh


def _payment_enterprise_differs(draft: ParcelDraft, contents: Contents) -> None:
    other = draft.other("Payment", draft.parties.payment)
    head = head_of(contents, "311")
    head["payCode"], head["payName"] = other.customs_code, other.name_zh


def _transaction_number_differs(_draft: ParcelDraft, contents: Contents) -> None:
    head_of(contents, "311")["payTransactionId"] += "X"


REFERENCES: dict[Anomaly, Kind] = {
    Anomaly.MissingOrder: kind(INCOMPLETE, "M01", without("311")),
    Anomaly.MissingPayment: kind(INCOMPLETE, "M01", without("411")),
    Anomaly.MissingWaybill: kind(INCOMPLETE, "M01", without("511")),
    Anomaly.OrderNumberDiffers: kind(MISMATCH, "M02", _order_number_differs),
    Anomaly.PlatformDiffers: kind(MISMATCH, "M02", _platform_differs, joined=_MISSING),
    Anomaly.SellerDiffers: kind(MISMATCH, "M02", seller_differs),
    Anomaly.PaymentEnterpriseDiffers: kind(MISMATCH, "M03", _payment_enterprise_differs),
    Anomaly.TransactionNumberDiffers: kind(MISMATCH, "M04", _transaction_number_differs),
    Anomaly.WaybillNumberDiffers: waybill_number_differs("511"),
    Anomaly.CarrierDiffers: kind(MISMATCH, "M11", carrier_differs, joined=_MISSING),
}


# ---------------------------------------------------------------------------------------------------
# People


def _payer_is_not_buyer(draft: ParcelDraft, contents: Contents) -> None:
    head = head_of(contents, "411")
    head["payerName"] = numbers.person_name(draft.random) + "代"
    head["payerIdNumber"] = numbers.identity_number(draft.random)


def _wrong_buyer(_draft: ParcelDraft, contents: Contents) -> None:
    head_of(contents, "621")["buyerName"] += "误"


def _wrong_buyer_number(draft: ParcelDraft, contents: Contents) -> None:
    head_of(contents, "621")["buyerIdNumber"] = numbers.identity_number(draft.random)


def _wrong_buyer_telephone(_draft: ParcelDraft, contents: Contents) -> None:
    head = head_of(contents, "621")
    head["buyerTelephone"] = head["buyerTelephone"][:-1] + str(9 - int(head["buyerTelephone"][-1]))


def _consignee_differs(draft: ParcelDraft, contents: Contents) -> None:
    """The parcel goes to another place than was ordered."""
    head_of(contents, "511")["consigneeAddress"] = numbers.address(draft.random) + "转"


PEOPLE: dict[Anomaly, Kind] = {
    Anomaly.PayerIsNotBuyer: kind(MISMATCH, "M07", _payer_is_not_buyer),
    Anomaly.WrongBuyer: kind(MISMATCH, "M08", _wrong_buyer),
    Anomaly.WrongBuyerNumber: kind(MISMATCH, "M08", _wrong_buyer_number),
    Anomaly.WrongBuyerTelephone: kind(MISMATCH, "M08", _wrong_buyer_telephone),
    Anomaly.ConsigneeDiffers: kind(MISMATCH, "M10", _consignee_differs),
}


# ---------------------------------------------------------------------------------------------------
# Money and times


def _amount(draft: ParcelDraft) -> Decimal:
    return Decimal(draft.random.randrange(100, 5000)) / 100


def _amount_mismatch(draft: ParcelDraft, contents: Contents) -> None:
    add(head_of(contents, "411"), "amountPaid", _amount(draft))


def _paid_sum_wrong(draft: ParcelDraft, contents: Contents) -> None:
    """Order and payment agree about a sum that does not follow from the order."""
    amount = _amount(draft)
    add(head_of(contents, "311"), "acturalPaid", amount)
    add(head_of(contents, "411"), "amountPaid", amount)


def _freight_differs(_draft: ParcelDraft, contents: Contents) -> None:
    """On the waybill: the list's freight is part of the dutiable value, and would move the tax."""
    add(head_of(contents, "511"), "freight", Decimal(3))


def _tax_far_off(_draft: ParcelDraft, contents: Contents) -> None:
    """The platform withholds half of what is due, and is paid so much less."""
    order = head_of(contents, "311")
    tax = Decimal(order["taxTotal"])
    half = (tax / 2).quantize(Decimal("0.01"))
    order["taxTotal"] = decimal_text(half)
    add(order, "acturalPaid", half - tax)
    add(head_of(contents, "411"), "amountPaid", half - tax)


def _paid_before_ordered(_draft: ParcelDraft, contents: Contents) -> None:
    later(head_of(contents, "411"), "payTime", timedelta(minutes=-11))


def _documents_far_apart(_draft: ParcelDraft, contents: Contents) -> None:
    later(head_of(contents, "511"), "appTime", timedelta(hours=30))


MONEY: dict[Anomaly, Kind] = {
    Anomaly.AmountMismatch: kind(MISMATCH, "M06", _amount_mismatch),
    Anomaly.PaidSumWrong: kind(MISMATCH, "M05", _paid_sum_wrong),
    Anomaly.FreightDiffers: kind(MATCHED, "M15", _freight_differs),
    Anomaly.GoodsValueWrong: kind(MISMATCH, "M14", goods_value_wrong),
    Anomaly.LineTotalWrong: kind(MISMATCH, "M14", line_total_wrong),
    Anomaly.TaxFarOff: kind(MATCHED, "T01", _tax_far_off),
    Anomaly.PaidBeforeOrdered: kind(MATCHED, "M21", _paid_before_ordered),
    Anomaly.DocumentsFarApart: kind(MATCHED, "M21", _documents_far_apart),
}
