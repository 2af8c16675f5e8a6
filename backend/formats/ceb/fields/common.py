"""What every request message carries beside its documents."""

from __future__ import annotations

from backend.formats.ceb.fields.layout import exact, text

#: Who transmits. The schema lets the name and the number be empty, and nothing depends on them.
TRANSFER = (
    text("copCode", "传输企业代码", 18),
    text("copName", "传输企业名称", 100, blank=True),
    exact("dxpMode", "报文传输模式", 3),
    text("dxpId", "报文传输编号", 30, blank=True),
    text("note", "备注", 1000, optional=True),
)

#: Who else is to receive the message or its receipt.
SUBSCRIPTION = (
    text("status", "用户订阅单证业务状态", 100, blank=True),
    exact("dxpMode", "订阅方传输模式", 3),
    text("dxpAddress", "订阅方传输地址", 100, blank=True),
    text("note", "备注", 1000, optional=True),
)

MOST_SUBSCRIPTIONS = 5

#: An extension carries one element of any kind after these, which is not read.
EXTENSION = (
    text("name", "扩展报文名称", 30, blank=True),
    text("version", "扩展报文版本", 30, blank=True),
)
