"""页面上有关平台通知的中文。

`en_notices.py` 中有同样的键；有测试比对两者。
"""

from __future__ import annotations

ZH_NOTICES: dict[str, str] = {
    "console.nav.notices": "平台通知",
    "platformnotice.title": "向平台发出的通知",
    "platformnotice.lead": "权利人就店铺商品通知平台；平台采取措施并转告销售者，销售者可以声明不侵权。"
    "声明送达权利人十五日后，权利人未投诉或起诉的，措施终止。"
    "依据《电子商务法》第四十二至四十四条，与海关名单互不影响。",
    "platformnotice.none": "没有通知。",
    "platformnotice.one": "通知 {number}",
    "platformnotice.yourturn": "待贵方处理",
    "platformnotice.platform": "平台",
    "platformnotice.seller": "销售者",
    "platformnotice.platform_no": "平台（参与方编号）",
    "platformnotice.seller_no": "销售者（参与方编号）",
    "platformnotice.right_name": "权利名称",
    "platformnotice.right_id": "海关备案编号（如有）",
    "platformnotice.goods": "涉及商品及链接",
    "platformnotice.note": "证据与理由（仅当事方可见）",
    "platformnotice.give": "发出通知",
    "platformnotice.give.lead": "须附构成侵权的初步证据；错误通知须承担责任。",
    "platformnotice.publiconly": "具体内容仅当事方可以查看。",
    "noticestage.Noticed": "待平台采取措施",
    "noticestage.Measures": "措施生效中",
    "noticestage.Answered": "已有声明，待转送",
    "noticestage.Forwarded": "已转送，十五日计时中",
    "noticestage.RunOut": "十五日届满，应终止措施",
    "noticestage.Contested": "已投诉或起诉",
    "noticestage.Ended": "措施已终止",
    "noticestage.Withdrawn": "已撤回",
    "noticefact.Noticed": "通知",
    "noticefact.MeasuresTaken": "采取措施",
    "noticefact.StatementMade": "不侵权声明",
    "noticefact.StatementForwarded": "声明转送权利人",
    "noticefact.ActionTold": "告知已投诉或起诉",
    "noticefact.MeasuresEnded": "终止措施",
    "noticefact.Withdrawn": "撤回通知",
    "noticeact.MeasuresTaken": "记录已采取措施",
    "noticeact.StatementMade": "声明不侵权",
    "noticeact.StatementForwarded": "转送声明",
    "noticeact.ActionTold": "告知已投诉或起诉",
    "noticeact.MeasuresEnded": "终止措施",
    "noticeact.Withdrawn": "撤回通知",
}
