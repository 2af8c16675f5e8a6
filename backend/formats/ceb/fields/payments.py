"""Payments: 411 (import payment) and 403 (export receipt of money, 收款单)."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import MessageLayout, exact, fixed, number, text

_IMPORT_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    text("appStatus", "业务状态", 3),
    text("payCode", "支付企业代码", 18),
    text("payName", "支付企业名称", 100),
    text("payTransactionId", "支付交易编号", 60),
    text("orderNo", "订单编号", 60),
    text("ebpCode", "电商平台代码", 18),
    text("ebpName", "电商平台名称", 100),
    exact("payerIdType", "支付人证件类型", 1),
    text("payerIdNumber", "支付人证件号码", 60),
    text("payerName", "支付人姓名", 60),
    text("telephone", "支付人电话", 60, optional=True),
    number("amountPaid", "支付金额"),
    fixed("currency", "支付币制", "142"),
    exact("payTime", "支付时间", 14),
    text("note", "备注", 1000, optional=True),
)

_EXPORT_HEAD = (
    exact("guid", "系统唯一序号", 36),
    exact("appType", "报送类型", 1),
    exact("appTime", "报送时间", 14),
    exact("appStatus", "报送状态", 1),
    text("ebpCode", "电商平台代码", 18),
    text("ebpName", "电商平台/海外仓名称", 100),
    text("ebcCode", "电商企业代码", 18),
    text("ebcName", "电商企业名称", 100),
    text("orderNo", "电商订单/海外仓订仓单编号", 60),
    text("payCode", "支付企业代码", 18, optional=True),
    text("payName", "支付企业名称", 100),
    text("payNo", "支付交易编号", 60, optional=True),
    number("charge", "收款金额"),
    exact("currency", "币制", 3),
    exact("accountingDate", "到账时间", 14),
    text("note", "备注", 1000, optional=True),
)

PAYMENTS = (
    MessageLayout("411", "进口支付单", "Import payment", "Payment", _IMPORT_HEAD),
    MessageLayout("403", "出口收款单", "Export payment", "Receipts", _EXPORT_HEAD),
)
