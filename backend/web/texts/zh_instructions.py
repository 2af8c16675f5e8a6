"""放行指令页面的中文文本。

`en_instructions.py` 中有同样的键；有测试比对两者。
"""

from __future__ import annotations

ZH_INSTRUCTIONS: dict[str, str] = {
    "console.nav.instructions": "放行指令",
    "instruction.title": "发往货站的电子放行指令",
    "instruction.lead": "海关告知货站哪些已放行包裹可以装运，货站须在时限内回执。逾时未回执或被拒绝的，作为异常处理"
    "，直至海关办结。每一步均上链存证。",
    "instruction.open": "仅看待回执或待办结",
    "instruction.all": "含已办结",
    "instruction.none": "没有待处理的放行指令。",
    "instruction.one": "放行指令 {number}",
    "instruction.due": "回执时限",
    "instruction.issued": "发出时间",
    "instruction.customs": "发出海关",
    "instruction.terminal": "货站",
    "instruction.count": "包裹数",
    "instruction.contents": "包裹集合承诺值",
    "instruction.bill_no": "总运单号",
    "instruction.terminal_no": "货站（参与方编号）",
    "instruction.limit_minutes": "回执时限（分钟）",
    "instruction.parcels": "包裹标识（未填总运单号时）",
    "instruction.parcels.title": "包裹",
    "instruction.morethan": "此处仅显示前 {number} 个，接口可取全部。",
    "instruction.issue": "发出放行指令",
    "instruction.issue.lead": "全有或全无：其中任一包裹未放行、被扣留或在查验中，整条指令不予发出。",
    "instruction.acknowledge.lead": "请清点装载清单并填写件数；与海关件数不符将被拒绝。",
    "instruction.loaded": "装载清单件数",
    "instruction.reason": "原因",
    "instructionstage.Waiting": "待货站回执",
    "instructionstage.Acknowledged": "已回执",
    "instructionstage.AcknowledgedLate": "逾时回执",
    "instructionstage.Overdue": "逾时未回执",
    "instructionstage.Refused": "货站拒绝",
    "instructionstage.Withdrawn": "已撤回",
    "instructionstage.Settled": "海关已办结",
    "instructionfact.Issued": "发往货站",
    "instructionfact.Acknowledged": "货站回执",
    "instructionfact.Refused": "货站拒绝",
    "instructionfact.Overdue": "逾时未回执",
    "instructionfact.Withdrawn": "海关撤回",
    "instructionfact.Settled": "海关办结",
    "instructionact.Acknowledged": "回执",
    "instructionact.Refused": "拒绝",
    "instructionact.Withdrawn": "撤回",
    "instructionact.Settled": "办结异常",
}
