"""Waybills: 511 (import) and 505 (export)."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import MessageLayout, exact, fixed, integer, number, text

_IMPORT_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    text("appStatus", "业务状态", 3),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("logisticsNo", "物流运单编号", 60),
    text("billNo", "提运单号", 37, optional=True),
    text("orderNo", "订单编号", 60),
    number("freight", "运费", optional=True),
    number("insuredFee", "保价费", optional=True),
    fixed("currency", "币制", "142"),
    number("weight", "毛重"),
    integer("packNo", "件数", digits=9),
    text("goodsInfo", "主要货物信息", 200, optional=True),
    text("consignee", "收货人姓名", 100),
    text("consigneeAddress", "收货地址", 200),
    text("consigneeTelephone", "收货人电话", 50),
    text("note", "备注", 1000, optional=True),
)

_EXPORT_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("logisticsNo", "物流运单编号", 32),
    number("freight", "运费"),
    number("insuredFee", "保价费"),
    exact("currency", "币制", 3),
    number("grossWeight", "毛重"),
    integer("packNo", "件数", digits=9),
    text("goodsInfo", "主要货物信息", 200, collapse=True),
    text("ebcCode", "电商企业代码", 18, optional=True),
    text("ebcName", "电商企业名称", 100, optional=True),
    text("ebcTelephone", "电商企业电话", 50, optional=True),
    text("note", "备注", 1000, optional=True),
)

WAYBILLS = (
    MessageLayout("511", "进口运单", "Import waybill", "Logistics", _IMPORT_HEAD),
    MessageLayout("505", "出口运单", "Export waybill", "Logistics", _EXPORT_HEAD),
)
