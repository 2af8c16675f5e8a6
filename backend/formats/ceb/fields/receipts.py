"""Receipts: what customs answers to each request, and 900 for a message that cannot be read."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import ReceiptLayout, exact, text

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

_900 = (
    exact("guid", "系统唯一序号", 36),
    text("returnStatus", "回执状态", 10),
    text("returnInfo", "回执详细信息", 5000, blank=True),
    exact("returnTime", "操作时间", 17),
    text("oriCopMsgId", "原始传输报文的copMsgId", 255, blank=True),
    text("oriMessageType", "原始报文类型", 15, blank=True),
    text("oriBizMessage", "原始报文内容", None, blank=True),
)

RECEIPTS = (
    ReceiptLayout("312", "311", "进口订单回执", "OrderReturn", _312),
    ReceiptLayout("412", "411", "进口支付单回执", "PaymentReturn", _412),
    ReceiptLayout("512", "511", "进口运单回执", "LogisticsReturn", _512),
    ReceiptLayout("622", "621", "进口清单回执", "InventoryReturn", _622),
    ReceiptLayout("304", "303", "出口订单回执", "OrderReturn", _304),
    ReceiptLayout("404", "403", "出口收款单回执", "ReceiptsReturn", _404),
    ReceiptLayout("506", "505", "出口运单回执", "LogisticsReturn", _506),
    ReceiptLayout("604", "603", "出口清单回执", "InventoryReturn", _604),
    ReceiptLayout("900", "", "报文格式校验回执", "MessageReturn", _900),
)
