"""Customs districts by their four-digit codes, with the names a reader knows them by.

Not the whole of customs' table: the districts of the big cross-border airports, parks and bonded zones. The
first two digits name the direct customs (直属海关). Source of the codes and Chinese names: JGS/T 18.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class District:
    code: str
    zh: str
    en: str


_NAMES = (
    ("0100", "北京海关", "Beijing Customs"),
    ("0129", "北京天竺综合保税区海关", "Beijing Tianzhu bonded zone customs"),
    ("2200", "上海海关", "Shanghai Customs"),
    ("2206", "上海邮局海关", "Shanghai postal customs"),
    ("2210", "浦东海关", "Pudong customs"),
    ("2216", "浦东机场综合保税区海关", "Pudong airport bonded zone customs"),
    ("2218", "外高桥海关", "Waigaoqiao customs"),
    ("2233", "浦东机场海关", "Pudong airport customs"),
    ("2244", "上海快件海关", "Shanghai express customs"),
    ("2248", "洋山海关（港区）", "Yangshan customs (port)"),
    ("2249", "洋山海关（保税）", "Yangshan customs (bonded)"),
    ("2300", "南京海关", "Nanjing Customs"),
    ("2303", "苏州海关", "Suzhou customs"),
    ("2314", "苏州工业园区海关", "Suzhou Industrial Park customs"),
    ("2325", "昆山海关", "Kunshan customs"),
    ("2900", "杭州海关（关区）", "Hangzhou Customs (region)"),
    ("2901", "杭州海关", "Hangzhou customs"),
    ("2908", "嘉兴海关", "Jiaxing customs"),
    ("2910", "杭州萧山机场海关", "Hangzhou Xiaoshan airport customs"),
    ("2916", "萧山机场海关快件监管中心", "Xiaoshan airport express centre"),
    ("2921", "义乌海关", "Yiwu customs"),
    ("2928", "杭州跨境电商监管中心", "Hangzhou cross-border e-commerce centre"),
    ("3100", "宁波海关", "Ningbo Customs"),
    ("3104", "北仑海关", "Beilun customs"),
    ("3105", "宁波保税区海关", "Ningbo bonded zone customs"),
    ("3118", "宁波栎社机场快件监管中心", "Ningbo Lishe airport express centre"),
    ("3700", "厦门海关", "Xiamen Customs"),
    ("4200", "青岛海关", "Qingdao Customs"),
    ("4600", "郑州海关（关区）", "Zhengzhou Customs (region)"),
    ("4604", "郑州机场海关", "Zhengzhou airport customs"),
    ("4612", "郑州新郑综合保税区海关", "Zhengzhou Xinzheng bonded zone customs"),
    ("5100", "广州海关", "Guangzhou Customs"),
    ("5141", "广州白云机场海关", "Guangzhou Baiyun airport customs"),
    ("5145", "广州邮局海关", "Guangzhou postal customs"),
    ("5165", "南沙海关保税港区", "Nansha bonded port customs"),
    ("5300", "深圳海关", "Shenzhen Customs"),
    ("5301", "皇岗海关", "Huanggang customs"),
    ("5304", "蛇口海关", "Shekou customs"),
    ("7900", "成都海关", "Chengdu Customs"),
    ("7902", "成都双流机场海关", "Chengdu Shuangliu airport customs"),
    ("8000", "重庆海关", "Chongqing Customs"),
    ("8012", "重庆两路寸滩海关", "Chongqing Lianglu Cuntan customs"),
)

DISTRICTS: dict[str, District] = {code: District(code, zh, en) for code, zh, en in _NAMES}


def district_named(code: str | int) -> District:
    """The district with a code; one that is not in the table is called by its number."""
    digits = f"{code:04d}" if isinstance(code, int) else code
    return DISTRICTS.get(digits) or District(digits, f"关区 {digits}", f"customs district {digits}")
