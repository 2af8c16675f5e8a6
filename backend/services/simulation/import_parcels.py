"""A simulated import: order 311, payment 411, waybill 511, list 621."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from backend.services.simulation import numbers
from backend.services.simulation.catalogue import CHINA, IMPORTED, RENMINBI
from backend.services.simulation.drafts import Content, ParcelDraft, decimal_text, item_no, wire_time
from backend.services.simulation.model import Anomaly

#: 70 % of 13 % value added tax: the composite rate of goods without consumption tax (2018 no.49).
_TAX_RATE = Decimal("0.091")

_CENT = Decimal("0.01")


class ImportParcel(ParcelDraft):
    goods = IMPORTED
    service = "E"

    def contents(self) -> dict[str, Content]:
        """The documents' fields by message type."""
        random = self.random
        self.trade_mode = random.choices(("9610", "1210"), (6, 4))[0]
        if self.trade_mode == "9610":
            self.customs_code = self.port_code = "2233"
        else:
            # Bonded goods leave the special area of the district that keeps them.
            self.customs_code = self.port_code = random.choice(("2303", "2908"))
        self.buyer = {
            "buyerName": numbers.person_name(random),
            "buyerIdNumber": numbers.identity_number(random),
            "buyerTelephone": numbers.telephone(random),
        }
        self.address = numbers.address(random)
        self.freight = Decimal(random.choice((0, 0, 12, 18, 25)))
        self.discount = Decimal(random.choice((0, 0, 0, 5, 10)))
        self.tax = ((self.goods_value + self.freight) * _TAX_RATE).quantize(_CENT, ROUND_HALF_UP)
        self.paid = self.goods_value + self.freight + self.tax - self.discount
        self.pay_no = f"PAY{self.ordered:%Y%m%d}{self.tag}{self.index:07d}"
        contents = {"311": self._order(), "411": self._payment(), "511": self._waybill()}
        if self.anomaly is Anomaly.MissingPayment:
            del contents["411"]
        contents["621"] = self._declaration()
        return contents

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
            "buyerName": self.buyer["buyerName"],
            "buyerTelephone": self.buyer["buyerTelephone"],
            "buyerIdType": "1",
            "buyerIdNumber": self.buyer["buyerIdNumber"],
            "payCode": parties.payment.customs_code,
            "payName": parties.payment.name_zh,
            "payTransactionId": self.pay_no,
            "consignee": self.buyer["buyerName"],
            "consigneeTelephone": self.buyer["buyerTelephone"],
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
        amount = self.paid
        if self.anomaly is Anomaly.AmountMismatch:
            amount += Decimal(self.random.randrange(100, 5000)) / 100
        parties = self.parties
        head = self._start(timedelta(minutes=2)) | {
            "payCode": parties.payment.customs_code,
            "payName": parties.payment.name_zh,
            "payTransactionId": self.pay_no,
            "orderNo": self.order_no,
            "ebpCode": parties.platform.customs_code,
            "ebpName": parties.platform.name_zh,
            "payerIdType": "1",
            "payerIdNumber": self.buyer["buyerIdNumber"],
            "payerName": self.buyer["buyerName"],
            "telephone": self.buyer["buyerTelephone"],
            "amountPaid": decimal_text(amount),
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
            "consignee": self.buyer["buyerName"],
            "consigneeAddress": self.address,
            "consigneeTelephone": self.buyer["buyerTelephone"],
        }
        return head, []

    def _declaration(self) -> Content:
        parties, declared = self.parties, self.ordered + timedelta(hours=2)
        name = self.buyer["buyerName"]
        if self.anomaly is Anomaly.WrongBuyer:
            name += "误"
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
            "buyerIdNumber": self.buyer["buyerIdNumber"],
            "buyerName": name,
            "buyerTelephone": self.buyer["buyerTelephone"],
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
            record = {"itemRecordNo": f"R{line.goods.gcode[:6]}{number:02d}"} if bonded else {}
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
            "emsNo": f"H{self.customs_code}25A00001",
            "areaCode": depot.customs_code,
            "areaName": depot.name_zh,
            "trafMode": "4",
            "country": CHINA,
        }

    def _direct(self) -> dict[str, str]:
        return {
            "trafMode": "5",
            "trafNo": "SIMULATED",
            "voyageNo": f"ZZ{100 + self.ordered.day}",
            "billNo": f"000-{self.ordered:%Y%m%d}",
            "country": self.lines[0].goods.country,
        }
