"""The words that fill a refusal's Chinese sentence: rules, actions and things, by their English wording.

Refusals are written with English details (`rule="at most 5 levels"`), which programs read too; the Chinese
sentence shows them in Chinese. A test finds every such detail in the sources and fails for one without its twin.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_PHRASES: dict[str, str] = {
    # things
    "parcel": "包裹",
    "manifest": "申报批",
    "operation": "操作",
    "key": "密钥",
    "address": "地址",
    "problem": "错误类型",
    "document": "单证",
    "deployment": "部署文件",
    "participant": "参与方",
    "submission": "提交内容",
    "certificate": "证书",
    "request": "申请",
    "tax bill": "电子税单",
    "order": "订单",
    "payment request": "支付原始数据调取",
    "answer": "应答",
    "webhook": "回调地址",
    "dead delivery": "最终失败的投递",
    "set of rules": "比对规则设置",
    "rate table": "税率表",
    "platform notice": "平台通知",
    "release instruction": "放行指令",
    "consignment": "运输批",
    "lane": "转关通道",
    "list": "清单",
    "return": "退货",
    "book": "账册",
    "transfer": "账册互转",
    "movement": "账册变动",
    "anomaly": "异常",
    "summary": "汇总",
    "closing": "月度汇总",
    "part of the message": "报文分件",
    "network": "联盟链网络",
    "validator": "验证节点",
    "revealed field": "可公开的字段",
    "scenario": "情景",
    "block": "区块",
    "at most 4 dimensions, each once": "至多 4 个维度，每个一次",
    "a shorter period: at most 50,000,000 steps": "请缩短时间段：至多 50,000,000 个包裹环节",
    "finished parcel": "已完成通关的包裹",
    "a file that can be read": "可以读取的文件",
    "a list of validators as docs/certificate.md says": "docs/certificate.md 所述格式的验证节点名单",
    "list of validators": "验证节点名单",
    "1 to 30 letters and digits": "1 至 30 位字母和数字",
    "an export": "出口包裹",
    "order, list and receipt are here with their content": "本网关存有订单、清单、收款单及其内容",
    "a list that a declaration follows (statisticsFlag B); simplified lists take part in no refund": (
        "形成报关单的清单（statisticsFlag 为 B）；简化申报清单不参与退税"
    ),
    "released and departed, and neither detained nor come back": "已放行并离境，且未被扣留、未退回",
    "order and receipt are attested on the ledger": "订单和收款单已在账本上登记",
    "at most 512 opened fields of one document": "每份单证至多公开 512 个字段",
    # actions
    "read refund evidence": "查看退税凭证",
    "customs of the district, or all three documents": "申报地海关，或订单、清单、收款单均由其提交",
    "write": "写入",
    "retried": "重试",
    "cancelled": "放弃",
    "manage webhooks": "管理回调地址",
    "list keys": "查看密钥",
    "ask for payment records": "调取支付原始数据",
    "answer with payment records": "提交支付原始数据",
    "read requests for payment records": "查看支付原始数据调取",
    "set how documents are compared": "设置单证比对规则",
    "set the rates of tax": "设置税率",
    "set how risk is judged": "设置风险评估",
    "read how risk is judged": "查看风险评估设置",
    "read credit records": "查看信用记录",
    "set of risk settings": "风险评估设置",
    "relay receipts": "转送回执",
    "customs of the district, or scope governance": "该关区海关，或权限 governance",
    "create keys of another participant": "为其他参与方创建密钥",
    "grant more than this key has": "授予超出本密钥的权限",
    "a key that speaks for a participant": "代表某一参与方的密钥",
    "register or revoke certificates": "登记或注销证书",
    "set signature policies": "设置验签要求",
    "register certificates of another participant": "为其他参与方登记证书",
    "revoke certificates of another participant": "注销其他参与方的证书",
    "read another participant's signatures": "查看其他参与方的签名情况",
    "set the signature policy of this participant": "设置该参与方的验签要求",
    "loosen its own signature policy": "放宽自身的验签要求",
    "scope governance or the role Customs": "权限 governance 或角色 Customs",
    "letters, digits and hyphens": "字母、数字和连字符",
    "read tax bills": "查看电子税单",
    "set up lanes": "办理转关通道",
    "read lanes": "查看转关通道",
    "read lists": "查看清单",
    "read returns": "查看退货",
    "examine returned goods": "查验退货",
    "say what follows a return": "登记退货后续",
    "a quantity above 0": "数量须大于 0",
    "StockIn, Returned, Surplus or Shortage": "StockIn、Returned、Surplus 或 Shortage",
    "above 0, with at most five decimals": "大于 0，至多五位小数",
    "a record and a quantity, one pair a line": "每行一个备案料号和一个数量",
    "each record once": "每个备案料号只能出现一次",
    "another book": "须为另一本账册",
    "the parcel that came back": "须指明退回的包裹",
    "only of goods that came back": "仅限退回的商品",
    "open and close account books": "开立和结案账册",
    "read account books": "查看账册",
    "move stock of account books": "登记账册变动",
    "transfer stock between account books": "办理账册互转",
    "the other party": "另一方",
    "the keeper of the book": "账册企业",
    "customs of the district": "主管海关",
    "a correction says why": "更正须说明理由",
    "open and load consignments": "开立和装载运输批",
    "check consignments": "查核运输批",
    "follow consignments": "跟进运输批",
    "publish working days": "公布工作日历",
    "name headquarters": "指定海关总署",
    "dispose of rights": "处分知识产权备案",
    "decide about rights": "审批知识产权备案",
    "read applications": "查看备案申请",
    "read suspicions": "查看涉嫌侵权线索",
    "role Customs or role RightsHolder": "角色 Customs 或 RightsHolder",
    "headings of the right": "备案所列的税目",
    "headquarters": "海关总署",
    "read a person's quota": "查看个人额度",
    "read how the process runs": "查看流程运行情况",
    "the role of customs": "海关角色",
    "investigate infringements": "办理侵权案件",
    "act as a rights holder": "以权利人身份办理",
    "act in a case": "参与案件",
    "give or answer notices": "发出或答复平台通知",
    "read its own notices": "查看自身的平台通知",
    "read a queue of cases": "查看案件队列",
    "decide about listings": "处理名单条目",
    "speak for a listed party": "代被列入方陈述",
    "set how listings are confirmed": "设置名单确认规则",
    "read what is held against it": "查看针对自己的名单条目",
    "set how findings propose listings": "设置按侵权认定提出名单条目的规则",
    # rules
    "not before `since`": "不早于 since",
    "a shorter period: at most 200,000 records at a time": "请缩短时间段：每次至多 200,000 条记录",
    "a shorter period: at most 200,000 steps of parcels at a time": "请缩短时间段：每次至多 200,000 个包裹环节",
    "an amount with at most two decimals": "金额，至多两位小数",
    "20 to 1000": "20 至 1000",
    "1 to 2000": "1 至 2000",
    "1 to 200": "1 至 200",
    "at most 100,000 parcels in all replications": "各次重复的包裹合计至多 100,000 个",
    "one X.509 certificate in PEM or DER": "一份 PEM 或 DER 格式的 X.509 证书",
    "the certificate alone, never its private key": "只提交证书，切勿提交私钥",
    "a certificate for an RSA or SM2 key": "RSA 或 SM2 密钥的证书",
    "an uncompressed point of the SM2 curve": "SM2 曲线上未压缩的点",
    "a certificate whose key is for signing, not for encryption": "签名证书，而不是加密证书",
    "valid already": "须已生效",
    "not expired": "须未过期",
    "an address in visible ASCII characters": "由可见 ASCII 字符组成的地址",
    "an address as https://host/path": "形如 https://host/path 的地址",
    "an address that begins with https:// or http://": "以 https:// 或 http:// 开头的地址",
    "an address without user name and password": "不含用户名和密码的地址",
    "either parcels or bill_no, and not both": "parcels 与 bill_no 二者取其一",
    "an address without fragment": "不含片段（#）的地址",
    "an address of the open internet": "公网地址",
    "no receipt later than the newest": "不晚于最新回执的编号",
    "64 hexadecimal digits": "64 位十六进制数字",
    "at most 65536 bytes": "最多 65536 字节",
    "0x and 40 hexadecimal digits": "0x 加 40 位十六进制数字",
    "governance, operator: keys without participant; enterprise, authority: keys with one": (
        "governance 与 operator 密钥不属于参与方，enterprise 与 authority 密钥须属于参与方"
    ),
    "printable names without dots": "可打印且不含点的名称",
    "a cursor that an answer gave as `next`": "应答中 next 给出的游标",
    "a participant's number": "参与方编号",
    "four digits": "四位数字",
    "an identity number": "身份证件号码",
    "a date as YYYY-MM-DD": "YYYY-MM-DD 格式的日期",
    "JSON text": "JSON 文本",
    "an object": "必须是对象",
    "a list of objects": "必须是对象列表",
    "true or false": "必须是 true 或 false",
    "a field of a known name": "不是规定的字段名",
    "a time as YYYYMMDDhhmmss": "YYYYMMDDhhmmss 格式的时间",
    "digits": "只能是数字",
    "three digits": "三位数字",
    "a parcel of an import": "进口包裹",
    "a month as YYYY-MM": "YYYY-MM 格式的月份",
    "a summary's statement as docs/summaries.md says": "docs/summaries.md 所述格式的汇总声明",
    "the hash of the statement": "汇总声明的哈希值",
    "at most 32 sister nodes and a position": "至多 32 个兄弟节点及一个位置",
    "a proof that leads to the statement's root and sums": "能推出声明中的根与合计的证明",
    "count, gross_g, net_g and value": "count、gross_g、net_g 和 value 四项",
    "0x and 64 hexadecimal digits": "0x 加 64 位十六进制数字",
    "whole numbers from 0 to 2^63-1": "0 至 2^63-1 的整数",
    "printable characters": "可打印字符",
    "ten digits": "十位数字",
    "one row per code": "每个商品编码只有一行",
    "no level: this rule waits, holds or routes": "该规则属于等待、暂扣或转出，不能改级别",
    "a share of at most four digits": "最多四位小数的比例",
    "a stricter tier has no lower rate": "较严等级的比例不得更低",
    "no tolerance: this rule is exact": "该规则为精确比对，不设容差",
    "a list of dates as YYYY-MM-DD": "YYYY-MM-DD 格式的日期列表",
    "the year after the one before it": "紧接上一个年份的年份",
    "Saturdays and Sundays of the year outside its holidays, each once": "该年假期之外的周六或周日，每日一次",
    "a holiday of the year that does not end before it begins": "该年的假期，且截止不早于开始",
    "at least one year": "至少一个年份",
    "parcels of one manifest": "同一申报批的包裹",
    "each level once": "每个级别只出现一次",
    "a parcel's code": "包裹码",
    "an amount of yuan with at most two decimals": "以元计、最多两位小数的金额",
    "1 to 100 characters, a letter or digit among them": "1 至 100 个字符，且含字母、汉字或数字",
    "at least one four-digit heading": "至少一个四位品目",
    "Nice classes from 1 to 45": "第 1 至 45 类尼斯分类",
    "an ISO 8601 instant with its time zone": "带时区的 ISO 8601 时间",
    "a unified social credit code (18 characters, the last one its check character) or a customs registration "
    "(10 digits or capital letters)": "统一社会信用代码（18 位，末位为校验码）或海关注册编码（10 位数字或大写字母）",
}

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (r"a text of (\S+) to (\S+) characters", "{0} 至 {1} 个字符"),
        (r"a number from (\S+) to (\S+)", "{0} 至 {1} 的数"),
        (r"a whole number from (\S+) to (\S+)", "{0} 至 {1} 的整数"),
        (r"a list of (.+)", "由 {0} 组成的列表"),
        (r"at most the year's limit, (\S+)", "不超过年度限额 {0}"),
        (r"at most the bound of inspect, (\S+)", "不超过查验等级的起点 {0}"),
        (r"at most (\S+) parcels", "最多 {0} 个包裹"),
        (r"1 to (\S+) lines", "1 至 {0} 行"),
        (r"at most (\S+) characters", "最多 {0} 个字符"),
        (r"at most (\S+) fields", "最多 {0} 个字段"),
        (r"at most (\S+) variants", "最多 {0} 个其他形式"),
        (r"at most (\S+) levels", "最多 {0} 层"),
        (r"at most (\S+) hosted accounts", "最多 {0} 个托管账户"),
        (r"(?:a text of )?(\S+) to (\S+) characters", "{0} 至 {1} 个字符"),
        (r"(\S+) to (\S+) printable characters", "{0} 至 {1} 个可打印字符"),
        (r"a text of (\S+) characters", "{0} 个字符"),
        (r"a list of (\d+) to (\d+) objects", "{0} 至 {1} 个对象的列表"),
        (r"a whole number from (\S+) to (\S+)", "{0} 至 {1} 的整数"),
        (r"a number from (\S+) to (\S+)", "{0} 至 {1} 的数字"),
        (r"at most (\S+) decimals", "最多 {0} 位小数"),
        (r"(\S+) to (\S+) hours", "{0} 至 {1} 小时"),
        (r"(\S+) to (\S+) parcels", "{0} 至 {1} 个包裹"),
        (r"(\S+) to (\S+) marks", "{0} 至 {1} 个标识"),
        (r"at least one of (.+)", "至少为 {0} 之一"),
        (r"one of (.+)", "{0} 之一"),
        (r"an RSA key of (\S+) to (\S+) bits", "{0} 至 {1} 位的 RSA 密钥"),
        (r"a value of type (\S+)", "{0} 类型的值"),
        (r"scope (\w+)", "权限 {0}"),
        (r"scope (\w+) or scope (\w+)", "权限 {0} 或 {1}"),
    )
)

#: Members of a list that a sentence names; the rest are counted.
_NAMED = 3


def in_chinese(value: Any) -> Any:
    """A detail as the Chinese sentence shows it; what has no Chinese wording stays as it is."""
    if isinstance(value, list | tuple):
        return _listed(value, "、", "等 {count} 项")
    return _translated(value) if isinstance(value, str) else value


def in_english(value: Any) -> Any:
    """A detail as the English sentence shows it."""
    return _listed(value, ", ", " and {count} in all") if isinstance(value, list | tuple) else value


def has_chinese(phrase: str) -> bool:
    """Whether an English detail has its Chinese wording."""
    return _translated(phrase) != phrase


@lru_cache(maxsize=1024)
def _translated(text: str) -> str:
    if text in _PHRASES:
        return _PHRASES[text]
    for pattern, sentence in _PATTERNS:
        match = pattern.fullmatch(text)
        if match is not None:
            return sentence.format(*match.groups())
    return text


def _listed(values: list[Any] | tuple[Any, ...], separator: str, rest: str) -> str:
    named = separator.join(str(value) for value in values[:_NAMED])
    return named if len(values) <= _NAMED else named + rest.format(count=len(values))
