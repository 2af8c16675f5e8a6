"""What can be wrong with a simulated parcel, and what is to become of it."""

from __future__ import annotations

from enum import StrEnum


class Anomaly(StrEnum):
    """The one thing wrong with a parcel; `kinds` says how it is made and which rules it breaks in each direction."""

    # Documents that are not there, or speak of something else.
    MissingOrder = "missing_order"
    MissingPayment = "missing_payment"
    MissingWaybill = "missing_waybill"
    OrderNumberDiffers = "order_number_differs"
    PlatformDiffers = "platform_differs"
    SellerDiffers = "seller_differs"
    PaymentEnterpriseDiffers = "payment_enterprise_differs"
    TransactionNumberDiffers = "transaction_number_differs"
    WaybillNumberDiffers = "waybill_number_differs"
    CarrierDiffers = "carrier_differs"
    WrongOrderType = "wrong_order_type"

    # People.
    PayerIsNotBuyer = "payer_is_not_buyer"
    WrongBuyer = "wrong_buyer"
    WrongBuyerNumber = "wrong_buyer_number"
    WrongBuyerTelephone = "wrong_buyer_telephone"
    ConsigneeDiffers = "consignee_differs"

    # Money.
    AmountMismatch = "amount_mismatch"
    PaidSumWrong = "paid_sum_wrong"
    ChargeDiffers = "charge_differs"
    FreightDiffers = "freight_differs"
    GoodsValueWrong = "goods_value_wrong"
    LineTotalWrong = "line_total_wrong"
    TaxFarOff = "tax_far_off"
    OverTransactionLimitSingle = "over_transaction_limit_single"
    OverTransactionLimit = "over_transaction_limit"
    OverYearLimit = "over_year_limit"

    # Lines.
    LineCountDiffers = "line_count_differs"
    LineNameDiffers = "line_name_differs"
    LineItemDiffers = "line_item_differs"
    LineQuantityDiffers = "line_quantity_differs"
    LinePriceDiffers = "line_price_differs"
    Undervalued = "undervalued"

    # Goods and weights.
    WrongHsCode = "wrong_hs_code"
    NotInPositiveList = "not_in_positive_list"
    WrongUnit = "wrong_unit"
    WeightDiffers = "weight_differs"
    NetOverGross = "net_over_gross"

    # Enterprises, times, accounts, transport.
    WrongEnterpriseType = "wrong_enterprise_type"
    GuarantorNotAllowed = "guarantor_not_allowed"
    PaidBeforeOrdered = "paid_before_ordered"
    DocumentsFarApart = "documents_far_apart"
    WithoutRecordNumber = "without_record_number"
    WithoutAccount = "without_account"
    WithoutTransport = "without_transport"
    NotArrived = "not_arrived"
    NotInMasterWaybill = "not_in_master_waybill"
    OtherBill = "other_bill"

    # Never declared, or never let in.
    NeverDeclared = "never_declared"
    ArrivedNeverDeclared = "arrived_never_declared"
    DuplicateDeclaration = "duplicate_declaration"
    DuplicateWaybill = "duplicate_waybill"
    MalformedTime = "malformed_time"
    QuantityWithoutUnit = "quantity_without_unit"
    BarredSeller = "barred_seller"
    UnknownEnterprise = "unknown_enterprise"


class Expected(StrEnum):
    """What should become of a parcel."""

    #: Everything agrees; at most a warning.
    Matched = "matched"
    Mismatch = "mismatch"
    #: A document is missing.
    Incomplete = "incomplete"
    #: Everything agrees, and a limit sends it another way.
    Routed = "routed"
    #: Everything agrees, but no report of an arrival names it: not to be released before one does.
    Held = "held"
    #: Nobody declares it: there is nothing to compare.
    Undeclared = "undeclared"
    #: One of its documents is turned away: by the format, the registry (unknown), the chain (barred), as a duplicate.
    Refused = "refused"
