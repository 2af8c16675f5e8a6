"""A simulated export: order 303, receipt of money 403 where it is needed or sent anyway, waybill 505, list 603."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from backend.domain.matching.model import RECEIPT_MODES
from backend.services.simulation.catalogue import DESTINATIONS, EXPORTED, US_DOLLAR
from backend.services.simulation.drafts import (
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

#: Supervision mode → type of its order: B2B, goods for an overseas warehouse; E, B2C, otherwise.
_ORDER_TYPES = {"9710": "B", "9810": "W"}


class ExportParcel(ParcelDraft):
    service = "L"
    modes: ClassVar = {"9610": 60, "9710": 16, "9810": 16, "1210": 8}
    goods = EXPORTED
    #: Below 5000 CNY, up to which businesses may declare by list as well.
    most_goods = Decimal(650)

    def settle(self, plan: Plan) -> None:
        random = self.random
        usual = {"2303": 4, "2908": 3} if self.trade_mode == "1210" else {"2303": 4, "2908": 3, "2233": 3}
        districts = plan.districts or usual
        self.customs_code = random.choices(tuple(districts), tuple(districts.values()))[0]
        self.port_code = "2233"
        self.destination = random.choice(DESTINATIONS)
        self.freight = Decimal(random.choice((3, 4, 6)))
        if self.trade_mode in _ORDER_TYPES:
            # Businesses order by the dozen.
            self.quantities = ((6, 12, 24), (5, 3, 2))
            self.freight *= 5

    def contents(self) -> Contents:
        """The fields of the documents.

        Receipts of money have been optional for most modes since 2024-12-15; every fourth seller still sends them.
        """
        contents = {"303": self._order()}
        is_needed = self.trade_mode in RECEIPT_MODES or bool(self.kind and self.kind.with_receipt)
        if self.index % 4 == 0 or is_needed:
            contents["403"] = self._receipt()
        contents["505"] = self._waybill()
        contents["603"] = self._declaration()
        return contents

    def _order(self) -> Content:
        parties = self.parties
        head = self._start(timedelta(0)) | {
            "orderType": _ORDER_TYPES.get(self.trade_mode, "E"),
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
            # Simplified for parcels to consumers; the others are summed up in a declaration (701).
            "statisticsFlag": "A" if self.trade_mode == "9610" else "B",
            "agentCode": parties.declarant.customs_code,
            "agentName": parties.declarant.name_zh,
            "ebcCode": parties.seller.customs_code,
            "ebcName": parties.seller.name_zh,
            "ownerCode": parties.seller.customs_code,
            "ownerName": parties.seller.name_zh,
            "tradeMode": self.trade_mode,
            "trafMode": "5",
            "trafName": "SIMULATED",
            "voyageNo": self.voyage_no,
            "billNo": self.bill_no,
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
        is_bonded = self.trade_mode == "1210"
        if is_bonded:
            depot = parties.depot
            head |= {"iacCode": depot.customs_code, "iacName": depot.name_zh, "emsNo": account_no(self.customs_code)}
        lines = []
        for number, line in enumerate(self.lines, 1):
            record = {"itemRecordNo": record_no(line, number)} if is_bonded else {}
            lines.append(
                {"gnum": str(number), "itemNo": item_no(line), **record, "itemName": line.goods.name}
                | {"gcode": line.goods.gcode, "gname": line.goods.name, "gmodel": line.goods.gmodel}
                | {"barCode": line.bar_code, "country": self.destination, "currency": US_DOLLAR}
                | self._quantities(line)
                | self._prices(line)
            )
        return head, lines
