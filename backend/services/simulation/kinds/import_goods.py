"""What can be wrong with an import's goods: lines, classification, weights, limits, accounts, transport."""

from __future__ import annotations

from decimal import Decimal

from backend.services.simulation.catalogue import DEAR, KILOGRAM, PIECE, UNLISTED
from backend.services.simulation.drafts import Contents, Line, ParcelDraft, decimal_text
from backend.services.simulation.kinds.both import (
    SLIP,
    dearer_by,
    gift_not_ordered,
    half_price_twice_the_count,
    other_bill,
)
from backend.services.simulation.kinds.kind import Kind, empty, head_of, kind, lines_of
from backend.services.simulation.labels import Anomaly, Expected

MISMATCH, MATCHED, ROUTED, HELD = Expected.Mismatch, Expected.Matched, Expected.Routed, Expected.Held

_BONDED, _DIRECT = ("1210",), ("9610",)


# ---------------------------------------------------------------------------------------------------
# Lines


def _line_name_differs(_draft: ParcelDraft, contents: Contents) -> None:
    lines_of(contents, "621")[0]["gname"] += "（赠品装）"


def _line_price_differs(_draft: ParcelDraft, contents: Contents) -> None:
    dearer_by(SLIP, lines_of(contents, "621"))


def _undervalued(_draft: ParcelDraft, contents: Contents) -> None:
    """Declared at half of what was paid: the tax withheld is far from what such a value costs."""
    for line in lines_of(contents, "621"):
        for name in ("price", "totalPrice"):
            line[name] = decimal_text(Decimal(line[name]) / 2)


LINES: dict[Anomaly, Kind] = {
    Anomaly.LineCountDiffers: kind(MISMATCH, "M12", gift_not_ordered),
    Anomaly.LineNameDiffers: kind(MISMATCH, "M13", _line_name_differs),
    Anomaly.LineQuantityDiffers: kind(MISMATCH, "M13", half_price_twice_the_count),
    Anomaly.LinePriceDiffers: kind(MISMATCH, "M13 M14", _line_price_differs),
    Anomaly.Undervalued: kind(MISMATCH, "M13 M14 T01", _undervalued),
}


# ---------------------------------------------------------------------------------------------------
# Goods, weights, limits

#: Ten digits that no chapter of the tariff begins with.
_NO_HS_CODE = "0000000000"


def _wrong_hs_code(_draft: ParcelDraft, contents: Contents) -> None:
    lines_of(contents, "621")[0]["gcode"] = _NO_HS_CODE


def _wrong_unit(_draft: ParcelDraft, contents: Contents) -> None:
    line = lines_of(contents, "621")[0]
    line["unit1"] = PIECE if line["unit1"] == KILOGRAM else KILOGRAM


def _weight_differs(draft: ParcelDraft, contents: Contents) -> None:
    head_of(contents, "511")["weight"] = decimal_text(draft.gross * Decimal("1.5") + Decimal("0.2"))


def _net_over_gross(draft: ParcelDraft, contents: Contents) -> None:
    head_of(contents, "621")["netWeight"] = decimal_text(draft.gross + Decimal("0.01"))


def _unlisted(draft: ParcelDraft) -> list[Line]:
    return [draft.line(draft.random.choice(UNLISTED), 1)]


def dear_line(draft: ParcelDraft, low: int, high: int, quantity: int = 1) -> list[Line]:
    """So many pieces of one article at a price between these, in whole CNY."""
    return [draft.line(draft.random.choice(DEAR), quantity, Decimal(draft.random.randrange(low, high)))]


def _single(draft: ParcelDraft) -> list[Line]:
    """Above the limit of a transaction and far from that of a year: taxed in full."""
    return dear_line(draft, 5_100, 18_000)


def _several(draft: ParcelDraft) -> list[Line]:
    return dear_line(draft, 2_600, 4_800, draft.random.randrange(2, 4))


GOODS: dict[Anomaly, Kind] = {
    Anomaly.WrongHsCode: kind(MISMATCH, "M18", _wrong_hs_code),
    Anomaly.NotInPositiveList: kind(MISMATCH, "M18", pick=_unlisted),
    Anomaly.WrongUnit: kind(MISMATCH, "M18", _wrong_unit),
    Anomaly.WeightDiffers: kind(MATCHED, "M16", _weight_differs),
    Anomaly.NetOverGross: kind(MATCHED, "M16", _net_over_gross),
    Anomaly.OverTransactionLimitSingle: kind(ROUTED, "M17", pick=_single),
    Anomaly.OverTransactionLimit: kind(ROUTED, "M17", pick=_several),
    # Above what is left of the year after a spree (see `sprees`), whatever it is.
    Anomaly.OverYearLimit: kind(ROUTED, "M17", pick=lambda draft: dear_line(draft, 2_400, 4_900)),
}


# ---------------------------------------------------------------------------------------------------
# Enterprises, accounts, transport


def _wrong_enterprise_type(draft: ParcelDraft, contents: Contents) -> None:
    """A carrier is named as the warehouse of the special area."""
    head, carrier = head_of(contents, "621"), draft.parties.carrier
    head["areaCode"], head["areaName"] = carrier.customs_code, carrier.name_zh


def _guarantor_not_allowed(draft: ParcelDraft, contents: Contents) -> None:
    head_of(contents, "621")["assureCode"] = draft.parties.payment.customs_code


def _without_record_number(_draft: ParcelDraft, contents: Contents) -> None:
    del lines_of(contents, "621")[0]["itemRecordNo"]


CUSTOMS: dict[Anomaly, Kind] = {
    Anomaly.WrongEnterpriseType: kind(MISMATCH, "M19", _wrong_enterprise_type, modes=_BONDED),
    Anomaly.GuarantorNotAllowed: kind(MISMATCH, "M19", _guarantor_not_allowed),
    Anomaly.WithoutRecordNumber: kind(MISMATCH, "M22", _without_record_number, modes=_BONDED),
    Anomaly.WithoutAccount: kind(MISMATCH, "M22", empty("621", "emsNo"), modes=_BONDED),
    Anomaly.WithoutTransport: kind(MISMATCH, "M23", empty("621", "trafNo", "voyageNo"), modes=_DIRECT),
    Anomaly.NotArrived: kind(HELD, "M23", modes=_DIRECT, arrives=False),
    Anomaly.OtherBill: kind(HELD, "M23", other_bill, modes=_DIRECT),
}
