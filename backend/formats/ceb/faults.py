"""What is wrong with one field, said so that its sender can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backend.domain.documents import masked

Level = Literal["error", "warning"]

#: The document index of a fault in the frame around the documents.
FRAME = -1

#: Rule code → (Chinese, English). `{limit}` is the rule's bound where it has one.
SENTENCES: dict[str, tuple[str, str]] = {
    # Structure
    "missing": ("缺少必填字段", "is required and absent"),
    "empty": ("必填字段为空", "is required and empty"),
    "unexpected": ("此处不应出现该元素", "does not belong here"),
    "repeated": ("元素重复", "stands there more often than once"),
    "out_of_order": ("元素顺序不符", "stands in the wrong order"),
    "attribute_not_allowed": ("元素不得带属性", "must not have attributes"),
    "text_not_allowed": ("元素之间不得有文字", "holds text between its elements"),
    "element_not_allowed": ("字段内不得有子元素", "must hold text only"),
    "too_many_lines": ("表体项数超过 {limit}", "has more than {limit} lines"),
    "signature_invalid": ("签名节点结构不符", "is not a well-formed XML signature"),
    "more": ("另有错误未列出", "has more faults than are listed"),
    # Values
    "wrong_length": ("长度应为 {limit} 个字符", "must have exactly {limit} characters"),
    "wrong_value": ("取值限定为 {limit}", "must be {limit}"),
    "too_short": ("长度不足 {limit} 个字符", "must have at least {limit} characters"),
    "too_long": ("长度超过 {limit} 个字符", "must have at most {limit} characters"),
    "not_a_number": ("不是数值", "is not a number"),
    "too_many_digits": ("数字总位数超过 {limit}", "has more than {limit} digits"),
    "too_many_decimals": ("小数位数超过 {limit}", "has more than {limit} decimals"),
    "not_an_integer": ("不是整数", "is not an integer"),
    # Meaning
    "not_a_time": ("不是有效的时间，格式应为 {limit}", "is not a time of the form {limit}"),
    "not_in_list": ("取值应为 {limit} 之一", "must be one of {limit}"),
    "sequence": ("商品序号应从 1 开始连续，此处应为 {limit}", "must count 1, 2, 3 …: {limit} here"),
    "unit_pair": (
        "第二单位与第二数量应同时填写且数量为正",
        "second unit and positive second quantity go together",
    ),
    "negative": ("不得为负数", "must not be negative"),
    "line_sum": ("总价应等于单价乘以数量 {limit}", "should equal price times quantity, {limit}"),
    "goods_sum": ("商品金额应等于各项总价之和 {limit}", "should equal the sum of the lines, {limit}"),
    "paid_sum": (
        "实际支付金额应等于商品价格、运杂费、税款之和减抵扣 {limit}",
        "should equal goods, freight and tax less discount, {limit}",
    ),
    "one_package": ("件数限定为 1", "should be 1"),
    "net_over_gross": ("净重大于毛重", "is more than the gross weight"),
    "mode_needs": ("监管方式 {limit} 必须填写此字段", "is required under supervision mode {limit}"),
    "not_plain": (
        "含有非 ASCII 字符，易与其他编号混淆",
        "holds other than ASCII characters and may be taken for another",
    ),
    "hidden_character": ("含有不可见字符", "holds characters that cannot be seen"),
    "not_digits": ("代码应为 ASCII 数字", "is not a code of ASCII digits"),
    "not_allowed": ("取值不得为 {limit}", "must not be {limit}"),
    "not_positive": ("应为正数", "must be positive"),
    "repeated_value": ("与第 {limit} 项重复", "repeats what stands in line {limit}"),
    "part": ("报文序号应在 1 与报文总数 {limit} 之间", "must lie between 1 and the number of parts, {limit}"),
    "period": (
        "汇总开始、结束时间须成对，且结束不早于开始",
        "start and end of a period go together, and the end is not before the start",
    ),
    "names_nothing": ("未指明任何包裹：表体与 {limit} 均为空", "names no parcel: neither lines nor {limit}"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: `document` counts from 0 (FRAME for the frame), `path` reads `OrderList[2].qty`.

    `value` is the offending text, `***` where it is personal.
    """

    document: int
    path: str
    value: str
    rule: str
    zh: str
    en: str
    level: Level = "error"

    def as_json(self) -> dict[str, str | int]:
        return {
            "document": self.document,
            "path": self.path,
            "value": self.value,
            "rule": self.rule,
            "zh": self.zh,
            "en": self.en,
            "level": self.level,
        }


def fault(
    document: int,
    path: str,
    value: str,
    rule: str,
    limit: object = "",
    title: str = "",
    level: Level = "error",
) -> Fault:
    """A fault with its sentences filled in; personal values are masked here, once for all."""
    zh, en = SENTENCES[rule]
    name = path.rpartition(".")[2]
    return Fault(
        document,
        path,
        masked(path, value),
        rule,
        f"{title or name}：{zh.format(limit=limit)}",
        f"{name} {en.format(limit=limit)}",
        level,
    )


#: More than the largest honest document (100 lines of 20 fields) can have, and far less than a hostile one.
MOST_FAULTS = 2500


class Faults(list[Fault]):
    """Faults of one document, or of the frame, up to a bound; a reader stops when it is reached."""

    def __init__(self, most: int = MOST_FAULTS) -> None:
        super().__init__()
        self.most = most

    @property
    def are_enough(self) -> bool:
        return len(self) >= self.most

    def close(self, document: int, path: str) -> tuple[Fault, ...]:
        """The faults, with a last one that says so where there are more than are listed."""
        if self.are_enough:
            return (*self[: self.most], fault(document, path, "", "more"))
        return tuple(self)
