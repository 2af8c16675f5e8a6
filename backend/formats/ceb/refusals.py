"""Why a document or notice is not taken: customs' negative return statuses with their sentences, by message type.

Source: the annexes on error codes of specification 202205 (imports) and of its export edition, which gives
ranges only: there the first codes of the right range are used. For 213 and 215 none is published; they bear
those of 625 and 711, which say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.domain.documents import MESSAGES, DocumentKind


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason: the negative status and its sentence, by kind of document and by type of notice."""

    order: tuple[str, str]
    payment: tuple[str, str]
    waybill: tuple[str, str]
    declaration: tuple[str, str]
    notices: Mapping[str, tuple[str, str]]

    def for_kind(self, kind: DocumentKind) -> tuple[str, str]:
        """(return status, Chinese sentence) for a document."""
        match kind:
            case DocumentKind.Order:
                return self.order
            case DocumentKind.Payment:
                return self.payment
            case DocumentKind.Waybill:
                return self.waybill
            case DocumentKind.Declaration:
                return self.declaration

    def for_type(self, message_type: str) -> tuple[str, str]:
        """(return status, Chinese sentence) for a document or notice; KeyError for an unknown type."""
        facts = MESSAGES.get(message_type)
        return self.for_kind(facts.kind) if facts else self.notices[message_type]


#: A field breaks a rule.
FORMAT_WRONG = Refusal(
    ("-301008", "参数校验不通过"),
    ("-401009", "参数校验不通过"),
    ("-504011", "参数校验不通过"),
    ("-621001", "清单报文校验失败"),
    {
        "513": ("-505011", "参数校验不通过"),
        "623": ("-623001", "报文校验失败"),
        "625": ("-625001", "退货申请单报文校验失败"),
        "711": ("-800001", "校验不通过"),
        "507": ("-802001", "物流运抵单格式校验失败"),
        "509": ("-506001", "物流离境单格式校验失败"),
        "605": ("-606001", "撤销申请单格式校验失败"),
        "607": ("-902001", "清单总分单格式校验失败"),
        "213": ("-625001", "退货申请单报文校验失败"),
        "215": ("-800001", "校验不通过"),
        "701": ("-702001", "汇总申请单格式校验失败"),
    },
)

#: The business key already stands for another content.
DUPLICATE = Refusal(
    ("-301010", "已存在相同编号的订单"),
    ("-401007", "已存在相同编号的支付单"),
    ("-504012", "物流运单已存在"),
    ("-621004", "清单已经申报过，请勿重复申报"),
    {
        "513": ("-505012", "物流运单状态已存在"),
        "623": ("-623009", "撤单清单已经申报过"),
        "625": ("-625033", "退货申请单已经申报过，请勿重复申报"),
        "711": ("-800003", "入库明细单已存在"),
        "507": ("-803001", "物流运抵单业务校验失败：已存在相同编号的单证"),
        "509": ("-507001", "物流离境单业务校验失败：已存在相同编号的单证"),
        "605": ("-607001", "撤销申请单业务校验失败：已存在相同编号的单证"),
        "607": ("-903001", "清单总分单业务校验失败：已存在相同编号的单证"),
        "213": ("-625033", "退货申请单已经申报过，请勿重复申报"),
        "215": ("-800003", "退货理货明细单已存在"),
        "701": ("-703001", "汇总申请单业务校验失败：已存在相同编号的单证"),
    },
)

#: An older message than the one already held, or one that comes too late to change anything.
OUTDATED = Refusal(
    ("-301014", "接收报文为旧报文数据，不做处理"),
    ("-401012", "接收报文为旧报文数据，不做处理"),
    ("-504014", "运单标识不正确，未找到操作的运单"),
    ("-621012", "清单的申报状态不符合改单申报的条件"),
    {
        "513": ("-505016", "接收报文为旧报文数据，不做处理"),
        "623": ("-623005", "清单的状态不符合撤单申报要求"),
        "625": ("-625022", "退货申请单的申报状态不符合改单申报的条件"),
        "711": ("-800005", "接收报文为旧报文数据，不做处理"),
        "507": ("-803002", "物流运抵单业务校验失败：状态不符"),
        "509": ("-507002", "物流离境单业务校验失败：状态不符"),
        "605": ("-607002", "撤销申请单业务校验失败：清单的状态不符合撤单申报要求"),
        "607": ("-903002", "清单总分单业务校验失败：状态不符"),
        "213": ("-625022", "退货申请单的申报状态不符合改单申报的条件"),
        "215": ("-800005", "接收报文为旧报文数据，不做处理"),
        "701": ("-703002", "汇总申请单业务校验失败：状态不符"),
    },
)

#: What the notice speaks of is not known here; for a document, the one that a change is to change.
NOT_FOUND = Refusal(
    ("-301009", "订单标识(appType)不正确,未找到操作的订单"),
    ("-401006", "支付单标识(appType)不正确,未找到对应操作的支付单"),
    ("-504014", "运单标识不正确，未找到操作的运单"),
    ("-621011", "不存在已申报的清单，无法进行改单操作"),
    {
        "513": ("-505014", "物流运单状态报文处理失败，未找到对应操作"),
        "623": ("-623003", "系统中不存在该清单编号的清单"),
        "625": ("-625016", "查无此数据"),
        "711": ("-800001", "校验不通过：未找到所列运单"),
        "507": ("-803003", "物流运抵单业务校验失败：未找到所列运单"),
        "509": ("-507003", "物流离境单业务校验失败：未找到所列运单"),
        "605": ("-607003", "撤销申请单业务校验失败：未找到原清单"),
        "607": ("-903003", "清单总分单业务校验失败：未找到所列运单"),
        "213": ("-625016", "查无此数据"),
        "215": ("-800001", "校验不通过：未找到所列运单"),
        "701": ("-703003", "汇总申请单业务校验失败：未找到所列清单"),
    },
)

#: The gateway itself failed; the sender may try again.
FAILED = Refusal(
    ("-301013", "订单报文处理失败，系统异常"),
    ("-401011", "支付单报文处理失败，系统异常"),
    ("-504000", "运单报文处理失败，系统异常"),
    ("-621017", "系统发生异常"),
    {
        "513": ("-505015", "物流报文处理失败，系统异常"),
        "623": ("-623027", "系统发生异常"),
        "625": ("-625116", "系统发生异常"),
        "711": ("-800004", "入库明细单报文处理失败，系统异常"),
        "507": ("-804001", "物流运抵单报文处理失败"),
        "509": ("-508001", "物流离境单报文处理失败"),
        "605": ("-608001", "撤销申请单报文处理失败"),
        "607": ("-904001", "清单总分单报文处理失败"),
        "213": ("-625116", "系统发生异常"),
        "215": ("-800004", "退货理货明细单报文处理失败，系统异常"),
        "701": ("-704001", "汇总申请单报文处理失败"),
    },
)

_NOT_ALLOWED = ("-10102", "无效企业代码")
#: The enterprise named as sender is unknown or not the caller.
SENDER_NOT_ALLOWED = Refusal(
    _NOT_ALLOWED,
    _NOT_ALLOWED,
    _NOT_ALLOWED,
    ("-621016", "没有权限进行操作"),
    {
        "513": _NOT_ALLOWED,
        "623": ("-623026", "没有权限进行操作"),
        "625": ("-625114", "没有权限进行操作"),
        "711": _NOT_ALLOWED,
        "507": _NOT_ALLOWED,
        "509": _NOT_ALLOWED,
        "605": _NOT_ALLOWED,
        "607": _NOT_ALLOWED,
        "213": _NOT_ALLOWED,
        "215": _NOT_ALLOWED,
        "701": _NOT_ALLOWED,
    },
)

#: The signature does not hold, or is not the sender's. Neither edition gives 411 and 511 a code for it: the order's
#: number in the range of each; nor 711, which has a general one.
SIGNATURE_WRONG = Refusal(
    ("-301020", "验签失败"),
    ("-401020", "验签失败"),
    ("-501020", "验签失败"),
    ("-621029", "验签失败"),
    {
        "513": ("-501020", "验签失败"),
        "623": ("-623029", "验签失败"),
        "625": ("-625005", "验签失败"),
        "711": ("-800001", "校验不通过：验签失败"),
        "507": ("-801001", "物流运抵单签名校验失败"),
        "509": ("-505001", "物流离境单签名校验失败"),
        "605": ("-605001", "撤销申请单签名校验失败"),
        "607": ("-901001", "清单总分单签名校验失败"),
        "213": ("-625005", "验签失败"),
        "215": ("-800001", "校验不通过：验签失败"),
        "701": ("-701001", "汇总申请单签名校验失败"),
    },
)

#: A return names a line, a code or a quantity that its list does not have.
LINE_UNKNOWN = Refusal(
    FORMAT_WRONG.order,
    FORMAT_WRONG.payment,
    FORMAT_WRONG.waybill,
    FORMAT_WRONG.declaration,
    dict(FORMAT_WRONG.notices)
    | {
        "625": ("-625209", "在关联的清单中未找到相应的表体项"),
        "213": ("-625209", "在关联的清单中未找到相应的表体项"),
    },
)

REFUSALS = (FORMAT_WRONG, DUPLICATE, OUTDATED, NOT_FOUND, FAILED, SENDER_NOT_ALLOWED, SIGNATURE_WRONG, LINE_UNKNOWN)
