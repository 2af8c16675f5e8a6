"""Orders: 311 (import) and 303 (export)."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import MessageLayout, exact, fixed, integer, number, text

_IMPORT_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    text("appStatus", "业务状态", 3),
    exact("orderType", "订单类型", 1),
    text("orderNo", "订单编号", 60),
    text("ebpCode", "电商平台代码", 18),
    text("ebpName", "电商平台名称", 100),
    text("ebcCode", "电商企业代码", 18),
    text("ebcName", "电商企业名称", 100),
    number("goodsValue", "商品价格"),
    number("freight", "运杂费"),
    number("discount", "非现金抵扣金额"),
    number("taxTotal", "代扣税款"),
    number("acturalPaid", "实际支付金额"),
    fixed("currency", "币制", "142"),
    text("buyerRegNo", "订购人注册号", 60),
    text("buyerName", "订购人姓名", 60),
    text("buyerTelephone", "订购人电话", 30),
    exact("buyerIdType", "订购人证件类型", 1),
    text("buyerIdNumber", "订购人证件号码", 60),
    text("payCode", "支付企业代码", 18, optional=True),
    text("payName", "支付企业名称", 100, optional=True),
    text("payTransactionId", "支付交易编号", 60, optional=True),
    text("batchNumbers", "商品批次号", 100, optional=True),
    text("consignee", "收货人姓名", 100),
    text("consigneeTelephone", "收货人电话", 50),
    text("consigneeAddress", "收货地址", 200),
    exact("consigneeDistrict", "收货地址行政区划代码", 6, optional=True),
    text("note", "备注", 1000, optional=True),
)

_IMPORT_LINE = (
    integer("gnum", "商品序号"),
    text("itemNo", "企业商品货号", 30, optional=True),
    text("itemName", "企业商品名称", 250),
    text("gmodel", "商品规格型号", 510),
    text("itemDescribe", "企业商品描述", 1000, optional=True),
    text("barCode", "条形码", 50, optional=True),
    exact("unit", "单位", 3),
    number("qty", "数量"),
    number("price", "单价"),
    number("totalPrice", "总价"),
    fixed("currency", "币制", "142"),
    exact("country", "原产国", 3),
    text("note", "备注", 1000, optional=True),
)

_EXPORT_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("orderType", "订单类型", 1),
    text("orderNo", "电商订单/海外仓订仓单编号", 60),
    text("ebpCode", "电商平台代码", 18),
    text("ebpName", "电商平台/海外仓名称", 100),
    text("ebcCode", "电商企业代码", 18),
    text("ebcName", "电商企业名称", 100),
    number("goodsValue", "商品金额"),
    number("freight", "运杂费"),
    exact("currency", "币制", 3),
    text("note", "备注", 1000, optional=True),
)

_EXPORT_LINE = (
    integer("gnum", "序号", digits=5),
    text("itemNo", "企业商品货号", 30),
    text("itemName", "企业商品名称", 250),
    text("itemDescribe", "企业商品描述", 1000, optional=True),
    text("barCode", "条形码", 50, optional=True),
    exact("unit", "计量单位", 3),
    exact("currency", "币制", 3),
    number("qty", "数量"),
    number("price", "单价"),
    number("totalPrice", "总价"),
    text("note", "备注", 1000, optional=True),
)

ORDERS = (
    MessageLayout("311", "进口订单", "Import order", "Order", _IMPORT_HEAD, _IMPORT_LINE),
    MessageLayout("303", "出口订单", "Export order", "Order", _EXPORT_HEAD, _EXPORT_LINE, most_lines=100),
)
