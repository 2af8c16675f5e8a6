"""The words about certificates, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

ZH_VERIFY: Mapping[str, str] = {
    "nav.verify": "核验证书",
    "verify.title": "核验证书",
    "verify.lead": (
        "证书是一个文件，包含一个包裹的全部历史及其证明。核验由您的浏览器自行完成：文件不会上传到任何地方"
        "，本页打开之后断网也能核验。"
    ),
    "verify.how": "文件",
    "verify.file": "证书",
    "verify.drop": "选择文件，或把文件拖到此处。",
    "verify.list": "您信任的验证节点名单（可选）",
    "verify.list.hint": (
        "请从您信任的渠道（例如海关）取得名单，而不是从给您证书的一方取得。没有名单就无法判断由谁担保。"
    ),
    "verify.check": "核验",
    "verify.noscript": "核验需要运行本页的脚本。在装有本程序的电脑上可以使用：",
    "verify.what": "三个问题",
    "verify.what.unchanged": "未改动？记录一条不少、一条不多、顺序未变，与账本所存一致。",
    "verify.what.final": "已最终确定？由谁担保？您信任的验证节点中有足够多的节点为账本的这一状态封签。",
    "verify.what.says": "说明了什么？这些记录是包裹可能经历的流程，并推出所显示的状态。",
    "verify.what.not": "任何文件都不能证明您手中的货物就是标签所指的货物：请核对实物。",
    "verify.question.unchanged": "未改动？",
    "verify.question.final": "已最终确定？由谁担保？",
    "verify.question.says": "说明了什么？",
    "verify.status.valid": "成立",
    "verify.status.invalid": "不成立",
    "verify.status.cannot_tell": "无法判断",
    "verify.label.state": "状态",
    "verify.label.flags": "另有",
    "verify.label.seller": "卖家编号",
    "verify.label.right": "备案权利",
    "verify.label.participant": "参与方",
    "verify.label.history": "历史（北京时间）",
    "verify.label.revealed": "单证所载（填报方自述）",
    "verify.standing.clear": "正常",
    "verify.standing.watched": "受关注",
    "verify.standing.inspected": "逐票查验",
    "verify.standing.suspended": "已暂停",
    "verify.standing.barred": "已列入黑名单",
    "verify.standing.unregistered": "未登记",
    "verify.right.usable": "卖家有权使用",
    "verify.right.unusable": "卖家无权使用",
    "verify.right.over": "当时无效",
    "verify.by_this_browser": "核验由本浏览器自行完成，结果没有询问任何服务器。",
    "verify.list_unreadable": "验证节点名单无法读取。",
    "verify.file_unreadable": "文件无法读取。",
    "verify.gateways_list": "验证节点名单由本网关提供。如不愿依赖本网关，请下载证书，用其他渠道取得的名单核验。",
    "verify.contradiction": "证书与本页所示不一致，或未通过核验。两者都不可信，请告知海关。",
    "verify.relation.earlier": (
        "本页显示的最新记录，证书尚未涵盖：最新的区块还未最终确定。证书所证明的是此前的状态，请几分钟后再核验。"
    ),
    "verify.relation.later": "本页打开之后包裹又有了新的记录：证书比本页新，请重新打开本页。",
    "verify.not_now": "现在无法取得证书，没有进行任何核验。",
    "verify.comma": "、",
    "verify.parcel": "自行核验",
    "verify.parcel.lead": "本页所示有证书为证，您的浏览器可以自行核验。",
    "verify.parcel.check": "在本浏览器核验",
    "verify.parcel.download": "下载证书",
    "verify.parcel.elsewhere": "核验文件",
}
