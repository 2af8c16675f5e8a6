"""Countries of origin by customs' own three-digit codes, as far as cross-border parcels name them often.

Source of the codes: the customs country table (国别地区代码表).
"""

from __future__ import annotations

COUNTRIES: dict[str, tuple[str, str]] = {
    "110": ("中国香港", "Hong Kong, China"),
    "111": ("印度", "India"),
    "112": ("印度尼西亚", "Indonesia"),
    "116": ("日本", "Japan"),
    "122": ("马来西亚", "Malaysia"),
    "129": ("菲律宾", "Philippines"),
    "132": ("新加坡", "Singapore"),
    "133": ("韩国", "Korea, Republic of"),
    "136": ("泰国", "Thailand"),
    "137": ("土耳其", "Türkiye"),
    "138": ("阿联酋", "United Arab Emirates"),
    "141": ("越南", "Viet Nam"),
    "142": ("中国", "China"),
    "143": ("中国台湾", "Taiwan, China"),
    "244": ("南非", "South Africa"),
    "301": ("比利时", "Belgium"),
    "302": ("丹麦", "Denmark"),
    "303": ("英国", "United Kingdom"),
    "304": ("德国", "Germany"),
    "305": ("法国", "France"),
    "306": ("爱尔兰", "Ireland"),
    "307": ("意大利", "Italy"),
    "309": ("荷兰", "Netherlands"),
    "310": ("希腊", "Greece"),
    "311": ("葡萄牙", "Portugal"),
    "312": ("西班牙", "Spain"),
    "315": ("奥地利", "Austria"),
    "318": ("芬兰", "Finland"),
    "326": ("挪威", "Norway"),
    "327": ("波兰", "Poland"),
    "330": ("瑞典", "Sweden"),
    "331": ("瑞士", "Switzerland"),
    "344": ("俄罗斯", "Russia"),
    "410": ("巴西", "Brazil"),
    "412": ("智利", "Chile"),
    "429": ("墨西哥", "Mexico"),
    "501": ("加拿大", "Canada"),
    "502": ("美国", "United States"),
    "601": ("澳大利亚", "Australia"),
    "609": ("新西兰", "New Zealand"),
}


def country_named(code: str) -> tuple[str, str]:
    """Chinese and English name of a country; one that is not in the table is called by its number."""
    return COUNTRIES.get(code) or (code, code)
