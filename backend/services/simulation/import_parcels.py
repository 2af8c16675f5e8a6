"""A simulated import: order 311, payment 411, waybill 511, list 621."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from backend.domain.documents import document_of
from backend.domain.quota import Route, route_of
from backend.domain.rates import example_rates
from backend.domain.tax import TaxTreatment, dutiable_value, tax_bill
from backend.services.simulation import numbers
from backend.services.simulation.catalogue import CHINA, IMPORTED, RENMINBI
from backend.services.simulation.drafts import (
    Buyer,
    Content,
    Contents,
    ParcelDraft,
    Plan,
    account_no,
    decimal_text,
    item_no,
    record_no,
    wire_time,
)


class ImportParcel(ParcelDraft):
    service = "E"
    modes: ClassVar = {"9610": 6, "1210": 4}
    goods = IMPORTED
    #: So that with freight an import stays within customs' limit of 5000 CNY (announcement 2018 no.49).
    most_goods = Decimal(4400)

    def settle(self, plan: Plan) -> None:
        random = self.random
        if self.trade_mode == "9610":
            self.customs_code = self.port_code = "2233"
        else:
            # Bonded goods leave the special area of the district that keeps them.
            self.customs_code = self.port_code = random.choice(("2303", "2908"))
        self.buyer = plan.buyer or Buyer.someone(random)
        self.address = numbers.address(random)
        self.freight = Decimal(random.choice((0, 0, 12, 18, 25)))
        self.discount = Decimal(random.choice((0, 0, 0, 5, 10)))

    def contents(self) -> Contents:
        """The fields of the four documents; the platform withholds the tax that is due on the list."""
        declaration = self._declaration()
        self.tax = _tax_due(declaration, single_item=len(self.lines) == self.lines[0].quantity == 1)
        self.paid = self.goods_value + self.freight + self.tax - self.discount
        self.pay_no = f"PAY{self.ordered:%Y%m%d}{self.tag}{self.index:07d}"
        return {"311": self._order(), "411": self._payment(), "511": self._waybill(), "621": declaration}

    def _order(self) -> Content:
        parties = self.parties
        head = self._start(timedelta(0)) | {
            "orderType": "I",
            "orderNo": self.order_no,
            "ebpCode": parties.platform.customs_code,
            "ebpName": parties.platform.name_zh,
            "ebcCode": parties.seller.customs_code,
            "ebcName": parties.seller.name_zh,
            "goodsValue": decimal_text(self.goods_value),
            "freight": decimal_text(self.freight),
            "discount": decimal_text(self.discount),
            "taxTotal": decimal_text(self.tax),
            "acturalPaid": decimal_text(self.paid),
            "currency": RENMINBI,
            "buyerRegNo": f"U{self.tag}{self.index:07d}",
            "buyerName": self.buyer.name,
            "buyerTelephone": self.buyer.telephone,
            "buyerIdType": "1",
            "buyerIdNumber": self.buyer.number,
            "payCode": parties.payment.customs_code,
            "payName": parties.payment.name_zh,
            "payTransactionId": self.pay_no,
            "consignee": self.buyer.name,
            "consigneeTelephone": self.buyer.telephone,
            "consigneeAddress": self.address,
            "consigneeDistrict": "990000",
        }
        lines = [
            {"gnum": str(number), "itemNo": item_no(line), "itemName": line.goods.name}
            | {"gmodel": line.goods.gmodel, "barCode": line.bar_code, "unit": line.goods.unit}
            | {"qty": str(line.quantity)}
            | self._prices(line)
            | {"currency": RENMINBI, "country": line.goods.country}
            for number, line in enumerate(self.lines, 1)
        ]
        return head, lines

    def _payment(self) -> Content:
        parties = self.parties
        head = self._start(timedelta(minutes=2)) | {
            "payCode": parties.payment.customs_code,
            "payName": parties.payment.name_zh,
            "payTransactionId": self.pay_no,
            "orderNo": self.order_no,
            "ebpCode": parties.platform.customs_code,
            "ebpName": parties.platform.name_zh,
            "payerIdType": "1",
            "payerIdNumber": self.buyer.number,
            "payerName": self.buyer.name,
            "telephone": self.buyer.telephone,
            "amountPaid": decimal_text(self.paid),
            "currency": RENMINBI,
            "payTime": wire_time(self.ordered + timedelta(minutes=1)),
        }
        return head, []

    def _waybill(self) -> Content:
        carrier = self.parties.carrier
        head = self._start(timedelta(minutes=40)) | {
            "logisticsCode": carrier.customs_code,
            "logisticsName": carrier.name_zh,
            "logisticsNo": self.waybill_no,
            "orderNo": self.order_no,
            "freight": decimal_text(self.freight),
            "insuredFee": "0",
            "currency": RENMINBI,
            "weight": decimal_text(self.gross),
            "packNo": "1",
            "goodsInfo": "、".join(line.goods.name for line in self.lines),
            "consignee": self.buyer.name,
            "consigneeAddress": self.address,
            "consigneeTelephone": self.buyer.telephone,
        }
        return head, []

    def _declaration(self) -> Content:
        parties, declared = self.parties, self.ordered + timedelta(hours=2)
        head = self._start(timedelta(hours=2)) | {
            "orderNo": self.order_no,
            "ebpCode": parties.platform.customs_code,
            "ebpName": parties.platform.name_zh,
            "ebcCode": parties.seller.customs_code,
            "ebcName": parties.seller.name_zh,
            "logisticsNo": self.waybill_no,
            "logisticsCode": parties.carrier.customs_code,
            "logisticsName": parties.carrier.name_zh,
            "copNo": self.cop_no,
            "assureCode": parties.declarant.customs_code,
            "ieFlag": "I",
            "declTime": f"{declared:%Y%m%d}",
            "customsCode": self.customs_code,
            "portCode": self.port_code,
            "ieDate": f"{self.ordered:%Y%m%d}",
            "buyerIdType": "1",
            "buyerIdNumber": self.buyer.number,
            "buyerName": self.buyer.name,
            "buyerTelephone": self.buyer.telephone,
            "consigneeAddress": self.address,
            "agentCode": parties.declarant.customs_code,
            "agentName": parties.declarant.name_zh,
            "tradeMode": self.trade_mode,
            "freight": decimal_text(self.freight),
            "insuredFee": "0",
            "currency": RENMINBI,
            "packNo": "1",
            "grossWeight": decimal_text(self.gross),
            "netWeight": decimal_text(self.net),
        }
        bonded = self.trade_mode == "1210"
        head |= self._bonded() if bonded else self._direct()
        lines = []
        for number, line in enumerate(self.lines, 1):
            record = {"itemRecordNo": record_no(line, number)} if bonded else {}
            lines.append(
                {"gnum": str(number), **record, "itemNo": item_no(line), "itemName": line.goods.name}
                | {"gcode": line.goods.gcode, "gname": line.goods.name, "gmodel": line.goods.gmodel}
                | {"barCode": line.bar_code, "country": line.goods.country, "currency": RENMINBI}
                | self._quantities(line)
                | self._prices(line)
            )
        return head, lines

    def _bonded(self) -> dict[str, str]:
        depot = self.parties.depot
        return {
            "emsNo": account_no(self.customs_code),
            "areaCode": depot.customs_code,
            "areaName": depot.name_zh,
            "trafMode": "4",
            "country": CHINA,
        }

    def _direct(self) -> dict[str, str]:
        return {
            "trafMode": "5",
            "trafNo": "SIMULATED",
            "voyageNo": self.voyage_no,
            "billNo": self.bill_no,
            "country": self.lines[0].goods.country,
        }


def _tax_due(declaration: Content, *, single_item: bool) -> Decimal:
    """By the example rates: in full above the limit of a transaction, reduced within it.

    What leaves the retail channel is not taxed so; its platform withholds as if it stayed.
    """
    document = document_of("621", *declaration)
    route = route_of(dutiable_value(document), single_item=single_item, used=None)
    treatment = TaxTreatment.Full if route is Route.FullTax else TaxTreatment.Reduced
    return tax_bill(document, example_rates(), treatment).totals.total
