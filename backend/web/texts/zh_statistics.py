"""统计页面的中文文本。

`en_statistics.py` 中有同样的键；有测试比对两者。
"""

from __future__ import annotations

ZH_STATISTICS: dict[str, str] = {
    "console.nav.statistics": "统计",
    "statistics.title": "统计",
    "statistics.lead": "每次查看均由账本重新统计，不依赖计数器；数据截至下列区块。",
    "statistics.recompute": "任何人均可由链上记录与单证库重新计算：",
    "statistics.by": "统计口径",
    "statistics.by.day": "日",
    "statistics.by.month": "月",
    "statistics.by.district": "申报关区",
    "statistics.by.port": "口岸关区",
    "statistics.by.mode": "监管方式",
    "statistics.by.direction": "进出口",
    "statistics.by.chapter": "商品章",
    "statistics.by.origin": "原产国（地区）",
    "statistics.by.destination": "运抵国（地区）",
    "statistics.by.platform": "电商平台",
    "statistics.direction.Import": "进口",
    "statistics.direction.Export": "出口",
    "statistics.unstated": "未填报",
    "statistics.parcels": "包裹",
    "statistics.inspected": "查验",
    "statistics.detained": "扣留",
    "statistics.returned": "退货",
    "statistics.weight": "毛重（千克）",
    "statistics.values": "价值",
    "statistics.unknown": "重量／价值不详",
    "statistics.more": "另有 {count} 组，见文件。",
    "statistics.chart": "各组包裹、查验、扣留与退货件数",
    "statistics.times": "各状态停留时间",
    "statistics.times.lead": "仅计已结束的停留；图中以小时计。",
    "statistics.times.chart": "各状态停留小时数：中位数、第 90 与第 99 百分位",
    "statistics.state": "状态",
    "statistics.stays": "停留次数",
    "statistics.oddities": "不相符的数据",
    "statistics.duplicates": "重复申报",
    "statistics.duplicates.lead": "同一包裹出现在一份以上申报中。",
    "statistics.never_arrived": "已申报未运抵",
    "statistics.never_arrived.lead": "申报三日后仍无运抵记录的清单。",
    "statistics.never_declared": "已运抵未申报",
    "statistics.never_declared.lead": "场所经营人或承运人已报告而无人申报的货物。",
}
