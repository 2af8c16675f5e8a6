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
    #: Degrees east and north of the place where it works, to some kilometres: good enough to draw, not to navigate.
    place: tuple[float, float] | None = None


_NAMES = (
    ("0100", "北京海关", "Beijing Customs", (116.41, 39.91)),
    ("0129", "北京天竺综合保税区海关", "Beijing Tianzhu bonded zone customs", (116.58, 40.11)),
    ("2200", "上海海关", "Shanghai Customs", (121.48, 31.24)),
    ("2206", "上海邮局海关", "Shanghai postal customs", (121.46, 31.25)),
    ("2210", "浦东海关", "Pudong customs", (121.54, 31.22)),
    ("2216", "浦东机场综合保税区海关", "Pudong airport bonded zone customs", (121.79, 31.17)),
    ("2218", "外高桥海关", "Waigaoqiao customs", (121.6, 31.34)),
    ("2233", "浦东机场海关", "Pudong airport customs", (121.8, 31.15)),
    ("2244", "上海快件海关", "Shanghai express customs", (121.4, 31.19)),
    ("2248", "洋山海关（港区）", "Yangshan customs (port)", (122.06, 30.62)),
    ("2249", "洋山海关（保税）", "Yangshan customs (bonded)", (121.92, 30.89)),
    ("2300", "南京海关", "Nanjing Customs", (118.78, 32.06)),
    ("2303", "苏州海关", "Suzhou customs", (120.62, 31.31)),
    ("2314", "苏州工业园区海关", "Suzhou Industrial Park customs", (120.72, 31.32)),
    ("2325", "昆山海关", "Kunshan customs", (120.98, 31.38)),
    ("2900", "杭州海关（关区）", "Hangzhou Customs (region)", (120.17, 30.25)),
    ("2901", "杭州海关", "Hangzhou customs", (120.16, 30.27)),
    ("2908", "嘉兴海关", "Jiaxing customs", (120.76, 30.75)),
    ("2910", "杭州萧山机场海关", "Hangzhou Xiaoshan airport customs", (120.43, 30.23)),
    ("2916", "萧山机场海关快件监管中心", "Xiaoshan airport express centre", (120.44, 30.24)),
    ("2921", "义乌海关", "Yiwu customs", (120.08, 29.31)),
    ("2928", "杭州跨境电商监管中心", "Hangzhou cross-border e-commerce centre", (120.3, 30.31)),
    ("3100", "宁波海关", "Ningbo Customs", (121.56, 29.87)),
    ("3104", "北仑海关", "Beilun customs", (121.84, 29.9)),
    ("3105", "宁波保税区海关", "Ningbo bonded zone customs", (121.83, 29.93)),
    ("3118", "宁波栎社机场快件监管中心", "Ningbo Lishe airport express centre", (121.46, 29.83)),
    ("3700", "厦门海关", "Xiamen Customs", (118.09, 24.48)),
    ("4200", "青岛海关", "Qingdao Customs", (120.38, 36.07)),
    ("4600", "郑州海关（关区）", "Zhengzhou Customs (region)", (113.65, 34.76)),
    ("4604", "郑州机场海关", "Zhengzhou airport customs", (113.84, 34.52)),
    ("4612", "郑州新郑综合保税区海关", "Zhengzhou Xinzheng bonded zone customs", (113.85, 34.55)),
    ("5100", "广州海关", "Guangzhou Customs", (113.27, 23.13)),
    ("5141", "广州白云机场海关", "Guangzhou Baiyun airport customs", (113.3, 23.39)),
    ("5145", "广州邮局海关", "Guangzhou postal customs", (113.25, 23.15)),
    ("5165", "南沙海关保税港区", "Nansha bonded port customs", (113.6, 22.65)),
    ("5300", "深圳海关", "Shenzhen Customs", (114.06, 22.54)),
    ("5301", "皇岗海关", "Huanggang customs", (114.08, 22.52)),
    ("5304", "蛇口海关", "Shekou customs", (113.91, 22.48)),
    ("7900", "成都海关", "Chengdu Customs", (104.07, 30.67)),
    ("7902", "成都双流机场海关", "Chengdu Shuangliu airport customs", (103.95, 30.58)),
    ("8000", "重庆海关", "Chongqing Customs", (106.55, 29.56)),
    ("8012", "重庆两路寸滩海关", "Chongqing Lianglu Cuntan customs", (106.64, 29.72)),
)

DISTRICTS: dict[str, District] = {code: District(code, zh, en, place) for code, zh, en, place in _NAMES}


def district_named(code: str | int) -> District:
    """The district with a code; one that is not in the table is called by its number."""
    digits = f"{code:04d}" if isinstance(code, int) else code
    return DISTRICTS.get(digits) or District(digits, f"关区 {digits}", f"customs district {digits}")
