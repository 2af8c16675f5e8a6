"""What happens to imports after their declaration: 513 signed for, 623 cancel, 625 return, 711 arrived."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import MOST_LINES, MessageLayout, exact, integer, number, text

_513_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    text("appStatus", "业务状态", 3),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("logisticsNo", "物流运单编号", 60),
    exact("logisticsStatus", "物流运单状态", 1),
    exact("logisticsTime", "物流状态时间", 14),
    text("note", "备注", 1000, optional=True),
)

_623_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    text("appStatus", "业务状态", 3),
    exact("customsCode", "申报海关代码", 4),
    text("orderNo", "订单编号", 60),
    text("ebpCode", "电商平台代码", 18),
    text("ebpName", "电商平台名称", 100),
    text("ebcCode", "电商企业代码", 18),
    text("ebcName", "电商企业名称", 100),
    text("logisticsNo", "物流运单编号", 60),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("copNo", "企业内部编号", 20, optional=True),
    text("preNo", "预录入编号", 18, optional=True),
    text("invtNo", "清单编号", 18),
    exact("buyerIdType", "订购人证件类型", 1),
    text("buyerIdNumber", "订购人证件号码", 60),
    text("buyerName", "订购人姓名", 60),
    text("buyerTelephone", "订购人电话", 30),
    text("agentCode", "申报企业代码", 18),
    text("agentName", "申报企业名称", 100),
    text("reason", "撤单原因", 1000),
    text("note", "备注", 1000, optional=True),
)

_625_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    text("appStatus", "业务状态", 3),
    exact("customsCode", "申报海关代码", 4),
    text("orderNo", "订单编号", 60),
    text("ebpCode", "电商平台代码", 18),
    text("ebpName", "电商平台名称", 100),
    text("ebcCode", "电商企业代码", 18),
    text("ebcName", "电商企业名称", 100),
    text("logisticsNo", "物流运单编号", 60),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("copNo", "企业内部编号", 20, optional=True),
    text("preNo", "预录入编号", 18, optional=True),
    text("invtNo", "清单编号", 18),
    exact("buyerIdType", "订购人证件类型", 1),
    text("buyerIdNumber", "订购人证件号码", 60),
    text("buyerName", "订购人姓名", 60),
    text("buyerTelephone", "订购人电话", 30),
    text("agentCode", "申报企业代码", 18),
    text("agentName", "申报企业名称", 100),
    text("reason", "退货原因", 1000),
    text("note", "备注", 1000, optional=True),
)

_625_LINE = (
    integer("gnum", "序号"),
    exact("gcode", "商品编码", 10),
    text("gname", "商品名称", 250),
    number("qty", "数量"),
    exact("unit", "计量单位", 3),
    text("note", "备注", 1000, optional=True),
)

_711_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    text("appStatus", "业务状态", 3),
    exact("customsCode", "申报海关代码", 4),
    text("copNo", "企业内部编号", 20, optional=True),
    text("preNo", "预录入编号", 18, optional=True),
    text("rkdNo", "入库单编号", 18, optional=True),
    text("operatorCode", "监管场所经营人代码", 18),
    text("operatorName", "监管场所经营人名称", 100),
    exact("ieFlag", "进出口标记", 1),
    exact("trafMode", "运输方式", 1),
    text("trafNo", "运输工具编号", 100),
    text("voyageNo", "航班航次号", 32),
    text("billNo", "提运单号", 37),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("unloadLocation", "卸货库位", 100, optional=True),
    text("note", "备注", 1000, optional=True),
)

_711_LINE = (
    integer("gnum", "序号"),
    text("logisticsNo", "物流运单编号", 60),
    text("note", "备注", 1000, optional=True),
)

IMPORT_NOTICES = (
    MessageLayout("513", "进口运单状态", "Import waybill status", "LogisticsStatus", _513_HEAD),
    MessageLayout(
        "623", "撤销申请单", "Import cancellation request", "InvtCancel", _623_HEAD, signature_required=True
    ),
    MessageLayout(
        "625", "退货申请单", "Import return request", "InvtRefund", _625_HEAD, _625_LINE, signature_required=True
    ),
    MessageLayout(
        "711", "入库明细单", "Import arrival", "Delivery", _711_HEAD, _711_LINE,
        most_lines=MOST_LINES, most_documents=1, signature_required=True,
    ),
)  # fmt: skip
