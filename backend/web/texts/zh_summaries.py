"""汇总申报页面的中文文本。

`en_summaries.py` 中有同样的键；有测试比对两者。
"""

from __future__ import annotations

ZH_SUMMARIES: dict[str, str] = {
    "console.nav.summaries": "汇总申报",
    "summary.title": "清单核放、汇总申报",
    "summary.lead": "当月海关放行的出口清单，按收发货人、生产销售单位、运输方式、运抵国、出境关别和监管方式归并。"
    "每份汇总的合计数均可证明等于其清单之和。",
    "summary.none": "尚无已汇总的月份。",
    "summary.one": "汇总 {number}",
    "summary.closing": "{month} 关区 {district} 的月度汇总",
    "summary.month": "月份",
    "summary.district": "关区",
    "summary.declarant": "申报企业",
    "summary.country": "运抵国",
    "summary.lists": "清单数",
    "summary.gross": "毛重（千克）",
    "summary.net": "净重（千克）",
    "summary.value": "金额（币制）",
    "summary.key": "归并条件",
    "summary.anchor": "链上存证值",
    "summary.supersedes": "取代",
    "summary.superseded": "已被取代",
    "summary.inforce": "有效",
    "summary.declared": "后续汇总申报。",
    "summary.statistics": "仅汇总统计，不再申报。",
    "summary.closed": "汇总时间",
    "summary.block": "读取至区块",
    "summary.reason": "更正理由（该月已汇总时填写）",
    "summary.close": "汇总一个月",
    "summary.close.lead": "全有或全无。已汇总的月份，填写理由后再次汇总即为更正；新汇总注明其取代的汇总。",
    "summary.proof": "证明文件",
    "summary.proof.list": "本清单的证明",
    "summary.parcel": "包裹",
    "summary.leftout": "已放行但未汇总",
    "leftout.detained": "被扣留",
    "leftout.returned": "退运中或已退运",
    "leftout.seized": "被没收",
    "leftout.unreadable": "内容已删除",
    "leftout.many_currencies": "含多种币制",
    "leftout.figures": "重量或价格无法合计",
    "summary.message": "汇总申请单（701）",
    "summary.message.lead": "列明每份后续申报的清单。报文未签名：发送前由贵企业的卡签名。",
    "summary.dxp": "报文传输编号（dxpId）",
    "summary.part": "分件",
    "summary.message.get": "下载报文",
    "summary.answers": "海关回执",
    "summary.answers.none": "尚无回执。",
    "summary.sumno": "汇总申请编号",
    "summary.entry": "报关单号",
    "refund.title": "退税凭证",
    "refund.lead": "订单、清单、收款单和离境记录，合为一份可证明的文件，供出口退税使用；"
    "用 guanlian check-refund 核验。",
    "refund.get": "下载凭证",
}
