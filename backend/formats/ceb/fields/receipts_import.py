"""Receipts on imports, the electronic tax bills 816 and 818, and 900 for a message that cannot be read."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import MOST_LINES, ReceiptLayout, exact, integer, number, text

_312 = (
    exact("guid", "系统唯一序号", 36),
    text("ebpCode", "电商平台代码", 18),
    text("ebcCode", "电商企业代码", 18),
    text("orderNo", "订单编号", 60),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_412 = (
    exact("guid", "系统唯一序号", 36),
    text("payCode", "支付企业代码", 18),
    text("payTransactionId", "支付交易编号", 60),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_512 = (
    exact("guid", "系统唯一序号", 36),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsNo", "物流运单编号", 60),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_514 = (
    exact("guid", "系统唯一序号", 36),
    text("logisticsCode", "物流企业代码", 18),
    text("logisticsNo", "物流运单编号", 60),
    exact("logisticsStatus", "物流状态", 1),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_622 = (
    exact("guid", "系统唯一序号", 36),
    exact("customsCode", "申报海关代码", 4, optional=True),
    text("ebpCode", "电商平台代码", 18, optional=True, least=1),
    text("ebcCode", "电商企业代码", 18, optional=True, least=1),
    text("agentCode", "申报企业代码", 18, optional=True, least=1),
    text("copNo", "企业内部编号", 20),
    exact("preNo", "预录入编号", 18),
    exact("invtNo", "清单编号", 18, optional=True),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_624 = (
    exact("guid", "系统唯一序号", 36),
    exact("customsCode", "申报海关代码", 4, optional=True),
    text("agentCode", "申报企业代码", 18, optional=True, least=1),
    text("ebpCode", "电商平台代码", 18, optional=True, least=1),
    text("ebcCode", "电商企业代码", 18, optional=True, least=1),
    text("copNo", "企业内部编号", 20),
    exact("preNo", "预录入编号", 18),
    exact("invtNo", "清单编号", 18, optional=True),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_626 = (
    exact("guid", "系统唯一序号", 36),
    exact("customsCode", "申报海关代码", 4, optional=True),
    text("agentCode", "申报企业代码", 18, optional=True, least=1),
    text("ebpCode", "电商平台代码", 18, optional=True, least=1),
    text("ebcCode", "电商企业代码", 18, optional=True, least=1),
    text("copNo", "企业内部编号", 20),
    exact("preNo", "预录入编号", 18),
    exact("invtNo", "清单编号", 18, optional=True),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_712 = (
    exact("guid", "系统唯一序号", 36),
    exact("customsCode", "申报海关代码", 4, optional=True),
    text("operatorCode", "监管场所经营人代码", 18, optional=True, least=1),
    text("copNo", "企业内部编号", 20, optional=True),
    text("preNo", "预录入编号", 18, optional=True),
    text("rkdNo", "入库单编号", 18, optional=True),
    text("returnStatus", "回执状态", 10),
    exact("returnTime", "回执时间", 17),
    text("returnInfo", "回执信息", 1000),
)

_816_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("returnTime", "回执时间", 17),
    text("invtNo", "进境清单编号", 18),
    text("taxNo", "电子税单编号", 50),
    number("customsTax", "应征关税"),
    number("valueAddedTax", "应征增值税"),
    number("consumptionTax", "应征消费税"),
    exact("status", "税单状态", 1),
    text("entDutyNo", "缴款书编号", 50, optional=True),
    text("note", "备注", 1000, optional=True),
    text("assureCode", "担保企业代码", 64, optional=True),
    text("ebcCode", "电商企业代码", 64, optional=True),
    text("logisticsCode", "物流企业代码", 64, optional=True),
    text("agentCode", "申报单位代码", 18, optional=True, least=1),
    exact("customsCode", "申报口岸", 4, optional=True),
)

_816_LINE = (
    integer("gnum", "商品项号"),
    exact("gcode", "海关商品编码", 10),
    number("taxPrice", "完税总价格"),
    number("customsTax", "应征关税"),
    number("valueAddedTax", "应征增值税"),
    number("consumptionTax", "应征消费税"),
)

_818 = (
    exact("guid", "系统唯一序号", 36),
    exact("returnTime", "回执时间", 17),
    text("invtNo", "进境清单编号", 18),
    text("taxNo", "电子税单编号", 50),
    exact("status", "税单状态", 1),
    text("entDutyNo", "缴款书编号", 50, optional=True),
    text("assureCode", "担保企业代码", 64, optional=True),
)

_900 = (
    exact("guid", "系统唯一序号", 36),
    text("returnStatus", "回执状态", 10),
    text("returnInfo", "回执详细信息", 5000, blank=True),
    exact("returnTime", "操作时间", 17),
    text("oriCopMsgId", "原始传输报文的copMsgId", 255, blank=True),
    text("oriMessageType", "原始报文类型", 15, blank=True),
    text("oriBizMessage", "原始报文内容", None, blank=True),
)

IMPORT_RECEIPTS = (
    ReceiptLayout("312", "进口订单回执", "Import order receipt", "OrderReturn", _312, answers="311"),
    ReceiptLayout("412", "进口支付单回执", "Import payment receipt", "PaymentReturn", _412, answers="411"),
    ReceiptLayout("512", "进口运单回执", "Import waybill receipt", "LogisticsReturn", _512, answers="511"),
    ReceiptLayout(
        "514", "进口运单状态回执", "Import waybill status receipt", "LogisticsStatusReturn", _514, answers="513"
    ),
    ReceiptLayout("622", "进口清单回执", "Import list receipt", "InventoryReturn", _622, answers="621"),
    ReceiptLayout("624", "撤销申请单回执", "Import cancellation receipt", "InvtCancelReturn", _624, answers="623"),
    ReceiptLayout("626", "退货申请单回执", "Import return receipt", "InvtRefundReturn", _626, answers="625"),
    ReceiptLayout("712", "入库明细单回执", "Import arrival receipt", "DeliveryReturn", _712, answers="711"),
    ReceiptLayout(
        "816", "电子税单", "Electronic tax bill", "Tax", _816_HEAD, _816_LINE,
        head_block="TaxHeadRd", line_block="TaxListRd", most_documents=MOST_LINES, status_field="status",
    ),
    ReceiptLayout(
        "818", "电子税单状态", "Electronic tax bill status", "Tax", _818,
        head_block="TaxHeadStatus", most_documents=MOST_LINES, status_field="status",
    ),
    ReceiptLayout(
        "900", "报文格式校验回执", "Receipt of an unreadable message", "MessageReturn", _900, most_documents=1
    ),
)  # fmt: skip
