"""What happens to exports beside their declaration.

507 arrived, 509 left the country, 605 cancel, 607 the master waybill's parcels, 213 return, 215 returned goods
arrived, 701 summary declaration.
"""

from __future__ import annotations

from backend.formats.ceb.fields.layout import MOST_LINES, MessageLayout, exact, integer, number, text

_507_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("customsCode", "申报地海关代码", 4),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18, optional=True),
    text("operatorCode", "监管场所经营人代码", 18),
    text("operatorName", "监管场所经营人名称", 100),
    text("loctNo", "监管场所代码", 10, optional=True),
    exact("ieFlag", "进出口标记", 1),
    exact("trafMode", "运输方式", 1, collapse=True),
    text("billNo", "提运单号", 37, optional=True),
    text("domesticTrafNo", "境内运输工具编号", 100, collapse=True),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    integer("msgCount", "报文总数", digits=9),
    integer("msgSeqNo", "报文序号", digits=9),
    text("note", "备注", 1000, optional=True),
)

_507_LINE = (
    integer("gnum", "序号", digits=5),
    text("logisticsNo", "物流运单编号", 32),
    text("totalPackageNo", "总包号", 37, optional=True),
    text("note", "备注", 1000, optional=True),
)

_509_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("customsCode", "申报地海关代码", 4),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18, optional=True),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    exact("trafMode", "运输方式", 1, collapse=True),
    text("trafName", "运输工具名称", 100, optional=True),
    text("voyageNo", "航班航次号", 32, optional=True),
    text("billNo", "提运单号", 37, optional=True),
    exact("leaveTime", "离境时间", 14),
    integer("msgCount", "报文总数", digits=9),
    integer("msgSeqNo", "报文序号", digits=9),
    text("note", "备注", 1000, optional=True),
)

_509_LINE = (
    integer("gnum", "序号", digits=5),
    text("totalPackageNo", "总包号", 37, optional=True),
    text("logisticsNo", "物流运单编号", 32),
    text("note", "备注", 1000, optional=True),
)

_605_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("customsCode", "申报地海关代码", 4),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18, optional=True),
    text("invtNo", "原清单编号", 20),
    text("reason", "撤单原因", 1000, collapse=True),
    text("agentCode", "申报企业代码", 18),
    text("agentName", "申报企业名称", 100),
    text("ebcCode", "收发货人代码", 18),
    text("ebcName", "收发货人名称", 100),
    text("note", "备注", 1000, optional=True),
)

_607_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("customsCode", "申报地海关代码", 4),
    text("copNo", "企业唯一编号", 30),
    exact("preNo", "电子口岸编号", 18, optional=True),
    text("agentCode", "申报企业代码", 18),
    text("agentName", "申报企业名称", 100),
    text("loctNo", "监管场所代码", 10, optional=True),
    exact("trafMode", "运输方式", 1, collapse=True),
    text("trafName", "运输工具名称", 100, collapse=True),
    text("voyageNo", "航班航次号", 32, collapse=True),
    text("billNo", "提运单号", 37),
    text("domesticTrafNo", "境内运输工具编号", 100, optional=True),
    number("grossWeight", "毛重（公斤）"),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    integer("msgCount", "报文总数", digits=9),
    integer("msgSeqNo", "报文序号", digits=9),
    text("note", "备注", 1000, optional=True),
)

_607_LINE = (
    integer("gnum", "序号", digits=5),
    text("totalPackageNo", "总包号", 60, optional=True),
    text("logisticsNo", "物流运单编号", 32),
    text("invtNo", "出口清单编号", 20, optional=True),
    text("note", "备注", 1000, optional=True),
)

_213_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("customsCode", "关区代码", 4),
    text("loctNo", "监管场所代码", 10, optional=True),
    text("ebpCode", "电商平台代码", 18),
    text("ebpName", "电商平台名称", 100),
    text("ebcCode", "电商企业（收发货人）代码", 18),
    text("ebcName", "电商企业（收发货人）名称", 100),
    text("logisticsNo", "物流运单编号", 80),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("coElNo", "企业内部标识", 30),
    text("preNo", "电子口岸编号", 18, optional=True),
    text("invtNo", "原清单号", 20),
    exact("tradeMode", "退货监管方式", 4, optional=True),
    text("agentCode", "申报企业代码", 18),
    text("agentName", "申报企业名称", 100),
    text("billNo", "提运单号", 37),
    text("ieFlag", "进出口标识", 1),
    text("trafMode", "运输方式", 1),
    text("trafName", "运输工具名称", 100),
    text("portCode", "进出口岸", 4),
    text("reason", "退货原因", 500),
    text("country", "启运国（地区）", 3),
    text("voyageNo", "航班航次", 32),
    text("note", "备注", 500, optional=True),
)

_213_LINE = (
    integer("gnum", "商品项号", digits=4),
    text("gcode", "商品编码", 10),
    text("gname", "商品名称", 250),
    text("gmodel", "规格型号", 250),
    number("qty", "申报数量"),
    number("qty1", "法定数量"),
    exact("unit", "申报计量单位", 3),
    exact("unit1", "法定计量单位", 3),
    number("qty2", "法定第二数量", optional=True),
    exact("unit2", "法定第二计量单位", 3, optional=True),
    text("note", "备注", 500, optional=True),
)

_215_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("customsCode", "关区代码", 4),
    text("operatorCode", "监管场所经营人代码", 18),
    text("operatorName", "监管场所经营人名称", 100),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsName", "物流企业名称", 100),
    text("logisticsNo", "物流运单号", 80),
    text("invtNo", "清单编号", 20, optional=True),
    text("coElNo", "企业内部编号", 20),
    text("preNo", "电子口岸编号", 18, optional=True),
    text("billNo", "提运单号", 37),
    exact("ieFlag", "进出口标识", 1),
    exact("trafMode", "运输方式", 1),
    text("trafName", "运输工具名称", 100),
    text("voyageNo", "航班航次", 32),
    text("location", "卸货堆货的仓储位置", 250, optional=True),
    text("note", "备注", 250, optional=True),
)

_701_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    exact("customsCode", "申报地海关代码", 4),
    text("copNo", "企业唯一编号", 30),
    text("preNo", "电子口岸编号", 18, optional=True),
    text("sumNo", "汇总申请编号", 18, optional=True),
    text("agentCode", "申报单位代码", 18),
    text("agentName", "申报单位名称", 100),
    text("ebcCode", "收发货人代码", 18),
    text("ebcName", "收发货人名称", 100),
    text("declAgentCode", "报关单位代码", 18),
    text("declAgentName", "报关单位名称", 100),
    exact("startTime", "汇总开始时间", 14, optional=True),
    exact("endTime", "汇总结束时间", 14, optional=True),
    text("loctNo", "监管场所代码", 10, optional=True),
    exact("summaryFlag", "收发货人汇总标志", 1),
    exact("itemNameFlag", "按商品名汇总标志", 1),
    integer("msgCount", "报文总数", digits=9),
    integer("msgSeqNo", "报文序号", digits=9),
    text("note", "备注", 1000, optional=True),
)

_701_LINE = (text("invtNo", "清单编号", 20),)

EXPORT_NOTICES = (
    MessageLayout(
        "507", "运抵单", "Export arrival", "Arrival", _507_HEAD, _507_LINE, most_lines=MOST_LINES, least_lines=0
    ),
    MessageLayout("509", "离境单", "Export departure", "Departure", _509_HEAD, _509_LINE, most_lines=MOST_LINES),
    MessageLayout("605", "撤销申请单", "Export cancellation request", "InvtCancel", _605_HEAD),
    MessageLayout("607", "清单总分单", "Export master waybill", "WayBill", _607_HEAD, _607_LINE, most_lines=MOST_LINES),
    MessageLayout("213", "退货申请单", "Export return request", "InvtRefund", _213_HEAD, _213_LINE, most_lines=100),
    MessageLayout("215", "退货理货明细单", "Export return arrival", "InvtRefundDetail", _215_HEAD),
    MessageLayout(
        "701", "汇总申请单", "Export summary request", "SummaryApply", _701_HEAD, _701_LINE,
        most_lines=MOST_LINES, least_lines=0,
    ),
)  # fmt: skip
