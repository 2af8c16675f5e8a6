"""A simulated export: order 303, sometimes receipt of money 403, waybill 505, list 603."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from backend.services.simulation.catalogue import DESTINATIONS, EXPORTED, US_DOLLAR
from backend.services.simulation.drafts import Content, ParcelDraft, decimal_text, item_no, wire_time
from backend.services.simulation.model import Anomaly


class ExportParcel(ParcelDraft):
    goods = EXPORTED
    service = "L"

    def contents(self) -> dict[str, Content]:
        """The documents' fields by message type."""
        random = self.random
        self.trade_mode = "9610"
        self.customs_code = random.choices(("2303", "2908", "2233"), (4, 3, 3))[0]
        self.port_code = "2233"
        self.destination = random.choice(DESTINATIONS)
        self.freight = Decimal(random.choice((3, 4, 6)))
        contents = {"303": self._order()}
        # Receipts of money have been optional since 2024-12-15; every fourth seller still sends them.
        if self.index % 4 == 0:
            contents["403"] = self._receipt()
        contents["505"] = self._waybill()
        contents["603"] = self._declaration()
        return contents

    def _order(self) -> Content:
        parties = self.parties
        head = self._start(timedelta(0)) | {
            "orderType": "E",
            "orderNo": self.order_no,
            "ebpCode": parties.platform.customs_code,
            "ebpName": parties.platform.name_zh,
            "ebcCode": parties.seller.customs_code,
            "ebcName": parties.seller.name_zh,
            "goodsValue": decimal_text(self.goods_value),
            "freight": decimal_text(self.freight),
            "currency": US_DOLLAR,
        }
        lines = [
            {"gnum": str(number), "itemNo": item_no(line), "itemName": line.goods.name}
            | {"barCode": line.bar_code, "unit": line.goods.unit, "currency": US_DOLLAR}
            | {"qty": str(line.quantity)}
            | self._prices(line)
            for number, line in enumerate(self.lines, 1)
        ]
        return head, lines

    def _receipt(self) -> Content:
        parties = self.parties
        head = self._start(timedelta(minutes=5)) | {
            "ebpCode": parties.platform.customs_code,
            "ebpName": parties.platform.name_zh,
            "ebcCode": parties.seller.customs_code,
            "ebcName": parties.seller.name_zh,
            "orderNo": self.order_no,
            "payCode": parties.payment.customs_code,
            "payName": parties.payment.name_zh,
            "payNo": f"REC{self.ordered:%Y%m%d}{self.tag}{self.index:07d}",
            "charge": decimal_text(self.goods_value + self.freight),
            "currency": US_DOLLAR,
            "accountingDate": wire_time(self.ordered + timedelta(minutes=3)),
        }
        return head, []

    def _waybill(self) -> Content:
        parties = self.parties
        head = self._start(timedelta(minutes=50)) | {
            "logisticsCode": parties.carrier.customs_code,
            "logisticsName": parties.carrier.name_zh,
            "logisticsNo": self.waybill_no,
            "freight": decimal_text(self.freight),
            "insuredFee": "0",
            "currency": US_DOLLAR,
            "grossWeight": decimal_text(self.gross),
            "packNo": "1",
            "goodsInfo": "、".join(line.goods.name for line in self.lines),
            "ebcCode": parties.seller.customs_code,
            "ebcName": parties.seller.name_zh,
        }
        return head, []

    def _declaration(self) -> Content:
        parties = self.parties
        head = self._start(timedelta(hours=3)) | {
            "customsCode": self.customs_code,
            "ebpCode": parties.platform.customs_code,
            "ebpName": parties.platform.name_zh,
            "orderNo": self.order_no,
            "logisticsCode": parties.carrier.customs_code,
            "logisticsName": parties.carrier.name_zh,
            "logisticsNo": self.waybill_no,
            "copNo": self.cop_no,
            "ieFlag": "E",
            "portCode": self.port_code,
            "ieDate": f"{self.ordered:%Y%m%d}",
            "statisticsFlag": "A",
            "agentCode": parties.declarant.customs_code,
            "agentName": parties.declarant.name_zh,
            "ebcCode": parties.seller.customs_code,
            "ebcName": parties.seller.name_zh,
            "ownerCode": parties.seller.customs_code,
            "ownerName": parties.seller.name_zh,
            "tradeMode": self.trade_mode,
            "trafMode": "5",
            "trafName": "SIMULATED",
            "voyageNo": f"ZZ{100 + self.ordered.day}",
            "billNo": f"000-{self.ordered:%Y%m%d}",
            "country": self.destination,
            "POD": self.destination,
            "freight": decimal_text(self.freight),
            "fCurrency": US_DOLLAR,
            "fFlag": "3",
            "insuredFee": "0",
            "iCurrency": US_DOLLAR,
            "iFlag": "3",
            "wrapType": "2",
            "packNo": "1",
            "grossWeight": decimal_text(self.gross),
            "netWeight": decimal_text(self.net),
        }
        lines = [
            {"gnum": str(number), "itemNo": item_no(line), "itemName": line.goods.name}
            | {"gcode": line.goods.gcode, "gname": line.goods.name, "gmodel": line.goods.gmodel}
            | {"barCode": line.bar_code, "country": self.destination, "currency": US_DOLLAR}
            | self._quantities(line)
            | self._prices(line)
            for number, line in enumerate(self.lines, 1)
        ]
        if self.anomaly is Anomaly.AmountMismatch:
            lines[0]["price"] = decimal_text(self.lines[0].price + 1)
            lines[0]["totalPrice"] = decimal_text((self.lines[0].price + 1) * self.lines[0].quantity)
        return head, lines
