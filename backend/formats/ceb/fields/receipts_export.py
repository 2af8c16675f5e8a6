"""Receipts on exports, and 792, the result of a summary declaration."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import MOST_LINES, ReceiptLayout, exact, integer, number, text

_304 = (
    exact("guid", "系统唯一序号", 36),
    text("ebpCode", "电商平台代码", 18),
    text("ebcCode", "电商企业代码", 18),
    text("orderNo", "电商订单/海外仓订仓单编号", 60),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_404 = (
    exact("guid", "系统唯一序号", 36),
    text("ebcCode", "电商企业代码", 18),
    text("orderNo", "电商订单/海外仓订仓单编号", 60),
    text("payNo", "支付交易编号", 60, optional=True),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_506 = (
    exact("guid", "系统唯一序号", 36),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsNo", "物流运单编号", 32),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_508 = (
    exact("guid", "系统唯一序号", 36),
    text("operatorCode", "监管场所经营人代码", 18),
    text("logisticsCode", "物流企业代码", 18),
    exact("preNo", "电子口岸编号", 18),
    text("copNo", "企业唯一编号", 30),
    text("billNo", "提运单号", 37, blank=True),
    integer("msgSeqNo", "报文序号", digits=9),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_510 = (
    exact("guid", "系统唯一序号", 36),
    text("logisticsCode", "物流企业代码", 18),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18),
    integer("msgSeqNo", "报文序号", digits=9),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_604 = (
    exact("guid", "系统唯一序号", 36),
    text("agentCode", "申报企业代码", 18),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18),
    text("invtNo", "清单编号", 20, blank=True),
    text("ebcCode", "收发货人代码", 18),
    text("ebpCode", "电商平台代码", 18),
    text("orderNo", "订单编号", 60),
    exact("statisticsFlag", "申报业务类型", 1),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_606 = (
    exact("guid", "系统唯一序号", 36),
    text("agentCode", "申报企业代码", 18),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18),
    text("invtNo", "原清单编号", 20),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_608 = (
    exact("guid", "系统唯一序号", 36),
    text("agentCode", "申报企业代码", 18),
    text("logisticsCode", "物流企业代码", 18),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18),
    text("billNo", "提运单号", 37),
    integer("msgSeqNo", "报文序号", digits=9),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_214 = (
    exact("guid", "系统唯一序号", 36),
    text("ebpCode", "电商平台代码", 18, optional=True),
    text("ebcCode", "电商企业代码", 18, optional=True),
    text("agentCode", "申报企业代码", 18),
    text("coElNo", "企业内部编号", 30),
    text("preNo", "电子口岸编号", 18, optional=True),
    text("invtNo", "清单编号", 20),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_216 = (
    exact("guid", "系统唯一序号", 36),
    text("operatorCode", "监管场所经营人代码", 18),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsNo", "物流运单号", 80),
    text("coElNo", "企业内部编号", 30),
    text("preNo", "预录入编号", 18, optional=True),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_702 = (
    exact("guid", "系统唯一序号", 36),
    text("agentCode", "申报企业代码", 18),
    text("ebcCode", "收发货人代码", 18),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18),
    exact("sumNo", "汇总申请编号", 18, optional=True),
    integer("msgSeqNo", "报文序号", digits=9),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_792_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("customsCode", "申报地海关代码", 4),
    exact("sumNo", "汇总申请编号", 18),
    exact("opDate", "汇总处理时间", 17),
    exact("declSeqNo", "汇总统一编号", 18),
    exact("decTmpNo", "电子口岸暂存编号", 18, optional=True),
    exact("decPreNo", "电子口岸预录入编", 18, optional=True),
    exact("entryId", "报关单编号", 18, optional=True),
    text("decState", "报关单状态", 3),
    text("agentCode", "申报企业代码", 18),
    text("agentName", "申报企业名称", 100),
    text("ebcCode", "收发货人代码", 18),
    text("ebcName", "收发货人名称", 100),
    text("declAgentCode", "报关单位代码", 18),
    text("declAgentName", "报关单位名称", 100),
    number("grossWeight", "毛重（公斤）"),
    number("netWeight", "净重（公斤）"),
    integer("msgCount", "报文总数", digits=9),
    integer("msgSeqNo", "报文序号", digits=9),
    text("note", "备注", 1000, optional=True),
)

_792_LINE = (
    text("invtNo", "清单编号", 20),
    text("logisticsNo", "物流运单编号", 32),
    integer("gseqno", "汇总结果单顺序号", digits=5),
    integer("gnum", "清单商品项号", digits=5),
    exact("gcode", "清单商品编码", 10),
)

EXPORT_RECEIPTS = (
    ReceiptLayout("304", "出口订单回执", "Export order receipt", "OrderReturn", _304, answers="303"),
    ReceiptLayout("404", "出口收款单回执", "Export payment receipt", "ReceiptsReturn", _404, answers="403"),
    ReceiptLayout("506", "出口运单回执", "Export waybill receipt", "LogisticsReturn", _506, answers="505"),
    ReceiptLayout("508", "运抵单回执", "Export arrival receipt", "ArrivalReturn", _508, answers="507"),
    ReceiptLayout("510", "离境单回执", "Export departure receipt", "DepartureReturn", _510, answers="509"),
    ReceiptLayout("604", "出口清单回执", "Export list receipt", "InventoryReturn", _604, answers="603"),
    ReceiptLayout("606", "撤销申请单回执", "Export cancellation receipt", "InvtCancelReturn", _606, answers="605"),
    ReceiptLayout("608", "清单总分单回执", "Export master waybill receipt", "WayBillReturn", _608, answers="607"),
    ReceiptLayout("214", "退货申请单回执", "Export return receipt", "RefundReturn", _214, answers="213"),
    ReceiptLayout(
        "216", "退货理货明细单回执", "Export return arrival receipt", "InvtRefundDetailReturn", _216, answers="215"
    ),
    ReceiptLayout("702", "汇总申请单回执", "Export summary receipt", "SummaryReturn", _702, answers="701"),
    ReceiptLayout(
        "792", "汇总结果单", "Export summary result", "SummaryResult", _792_HEAD, _792_LINE,
        head_block="SummaryResultHead", line_block="SummaryResultList",
        least_lines=0, most_lines=MOST_LINES, status_field="decState", time_field="opDate", info_field="note",
    ),
)  # fmt: skip
