"""Goods that simulated parcels carry: real classifications and units, invented brands, no real product.

HS codes are ten-digit codes of the Chinese tariff with the statutory units usually declared for them;
units, countries and currencies are customs' three-digit codes. Bar codes begin with 29, a range that GS1
keeps for use inside one company, so none names a product on any shelf.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

PIECE, SET, ITEM, STICK, STRIP, PAIR, KILOGRAM, LITRE = "007", "006", "011", "012", "015", "025", "035", "095"
BOTTLE, TIN, BAG, BOX, PACK, SPECTACLES, EACH = "142", "122", "136", "140", "125", "019", "008"

CHINA, JAPAN, KOREA, USA, FRANCE, GERMANY = "142", "116", "133", "502", "305", "304"
UK, ITALY, SPAIN, AUSTRALIA, NEW_ZEALAND, NETHERLANDS = "303", "307", "312", "601", "609", "309"
THAILAND, SWITZERLAND, CANADA, BELGIUM = "136", "331", "501", "301"


@dataclass(frozen=True, slots=True)
class Goods:
    """One article. Prices are whole units of the order's currency; `net_kg` is one piece's net weight.

    `unit` is what the order counts in; `unit1` and `unit2` are the statutory units of the HS code. A
    statutory quantity is the weight where the unit is the kilogram, `litres` per piece where it is the
    litre, else the count.
    """

    gcode: str
    name: str
    brand: str
    spec: str
    unit: str
    unit1: str
    unit2: str | None
    net_kg: Decimal
    country: str
    low: int
    high: int
    litres: Decimal = Decimal(1)

    @property
    def gmodel(self) -> str:
        return f"品牌:{self.brand}|规格:{self.spec}"

    def statutory(self, unit: str, quantity: int) -> Decimal:
        """The quantity of so many pieces in a statutory unit."""
        if unit == KILOGRAM:
            return self.net_kg * quantity
        if unit == LITRE:
            return self.litres * quantity
        return Decimal(quantity)


def _goods(
    gcode: str, name: str, brand: str, spec: str, unit: str, unit1: str, unit2: str | None,
    net_kg: str, country: str, low: int, high: int, litres: str = "1",
) -> Goods:  # fmt: skip
    weight, volume = Decimal(net_kg), Decimal(litres)
    return Goods(gcode, name, brand, spec, unit, unit1, unit2, weight, country, low, high, volume)


IMPORTED: tuple[Goods, ...] = (
    _goods("1901101090", "婴幼儿配方奶粉", "霁禾", "800克/罐", TIN, KILOGRAM, None, "0.8", NEW_ZEALAND, 180, 320),
    _goods("0409000000", "天然蜂蜜", "林麓", "500克/瓶", BOTTLE, KILOGRAM, None, "0.5", NEW_ZEALAND, 60, 260),
    _goods("0901210000", "焙炒咖啡豆", "暮炉", "454克/袋", BAG, KILOGRAM, None, "0.454", ITALY, 50, 120),
    _goods("1806900000", "巧克力制品", "可序", "300克/盒", BOX, KILOGRAM, None, "0.3", BELGIUM, 40, 180),
    _goods("1905310000", "甜饼干", "麦屿", "400克/盒", BOX, KILOGRAM, None, "0.4", UK, 25, 90),
    _goods("2008199990", "混合坚果", "榛里", "500克/罐", TIN, KILOGRAM, None, "0.5", USA, 60, 140),
    _goods("1509200000", "特级初榨油橄榄油", "橄汀", "750毫升/瓶", BOTTLE, KILOGRAM, None, "0.69", SPAIN, 70, 190),
    _goods("2204210000", "红葡萄酒", "栎谷", "750毫升/瓶", BOTTLE, LITRE, None, "0.75", FRANCE, 90, 480, "0.75"),
    _goods("2106909090", "复合维生素片", "元素栈", "90片/瓶", BOTTLE, KILOGRAM, None, "0.12", USA, 80, 260),
    _goods("3304990029", "保湿面霜", "澄雾", "50克/瓶", BOTTLE, KILOGRAM, ITEM, "0.05", FRANCE, 120, 680),
    _goods("3304100091", "口红", "绯序", "3.5克/支", STICK, KILOGRAM, ITEM, "0.0035", FRANCE, 120, 340),
    _goods("3303000020", "香水", "雾集", "50毫升/瓶", BOTTLE, KILOGRAM, ITEM, "0.05", FRANCE, 260, 880),
    _goods("3305100090", "洗发水", "泉篱", "500毫升/瓶", BOTTLE, KILOGRAM, None, "0.5", JAPAN, 45, 160),
    _goods("3306101090", "牙膏", "白屿", "120克/支", STICK, KILOGRAM, None, "0.12", GERMANY, 25, 60),
    _goods("9603210000", "牙刷", "白屿", "软毛", STICK, STICK, None, "0.03", GERMANY, 20, 55),
    _goods("9619001100", "婴儿纸尿裤", "云朵里", "M号64片/包", PACK, KILOGRAM, None, "2.1", JAPAN, 90, 160),
    _goods("9619002000", "卫生巾", "棉序", "20片/包", PACK, KILOGRAM, None, "0.2", JAPAN, 30, 70),
    _goods("4202220000", "女式手提包", "落栖", "涤纶面", PIECE, PIECE, KILOGRAM, "0.6", ITALY, 480, 1280),
    _goods("9004100000", "太阳镜", "晴弧", "偏光", SPECTACLES, SPECTACLES, None, "0.04", ITALY, 280, 980),
    _goods("9102110000", "石英手表", "时畔", "指针式", EACH, EACH, None, "0.09", SWITZERLAND, 380, 1480),
    _goods("8510100000", "电动剃须刀", "锐汀", "干湿两用", PIECE, PIECE, None, "0.25", NETHERLANDS, 260, 780),
    _goods("8516310000", "电吹风", "风栈", "1600瓦", PIECE, PIECE, None, "0.55", JAPAN, 220, 880),
    _goods("8516603000", "电饭锅", "稻序", "3升", PIECE, PIECE, None, "3.6", JAPAN, 380, 1180),
    _goods("3924100000", "婴儿奶瓶", "云朵里", "240毫升PPSU", PIECE, KILOGRAM, None, "0.09", GERMANY, 60, 140),
    _goods("9617001900", "不锈钢保温杯", "恒渚", "500毫升", PIECE, PIECE, KILOGRAM, "0.28", JAPAN, 90, 240),
    _goods("8518300000", "无线耳机", "声垣", "入耳式", PIECE, PIECE, None, "0.05", KOREA, 260, 980),
    _goods("6404110000", "运动鞋", "疾川", "网面", PAIR, PAIR, KILOGRAM, "0.7", THAILAND, 360, 880),
)

#: What costs thousands a piece, for purchases near and above the limits.
DEAR: tuple[Goods, ...] = tuple(goods for goods in IMPORTED if goods.gcode in {"4202220000", "9102110000"})

#: Known to the example rates as not in the positive list of cross-border retail imports.
UNLISTED: tuple[Goods, ...] = (
    _goods("9307009000", "装饰刀剑", "锋渚", "60厘米", PIECE, ITEM, None, "1.2", SPAIN, 180, 900),
)

EXPORTED: tuple[Goods, ...] = (
    _goods("6109100022", "棉制针织T恤衫", "禾序", "女式", ITEM, ITEM, KILOGRAM, "0.18", CHINA, 6, 18),
    _goods("6214300000", "合成纤维披巾", "棉序", "180厘米", STRIP, STRIP, KILOGRAM, "0.2", CHINA, 5, 15),
    _goods("3926909090", "塑料手机壳", "壳屿", "软质", PIECE, KILOGRAM, None, "0.04", CHINA, 3, 12),
    _goods("8518210000", "单喇叭蓝牙音箱", "声垣", "5瓦", PIECE, PIECE, None, "0.35", CHINA, 12, 40),
    _goods("8504401400", "手机充电器", "电汀", "20瓦", PIECE, PIECE, None, "0.06", CHINA, 5, 16),
    _goods("8544421900", "数据线", "电汀", "1米", STRIP, KILOGRAM, None, "0.03", CHINA, 2, 9),
    _goods("9405310000", "LED圣诞灯串", "烁里", "10米", SET, PIECE, KILOGRAM, "0.3", CHINA, 8, 22),
    _goods("9506919000", "瑜伽垫", "静川", "6毫米", PIECE, KILOGRAM, None, "1.1", CHINA, 9, 28),
    _goods("4202129000", "双肩背包", "远栈", "塑料作面", PIECE, PIECE, KILOGRAM, "0.7", CHINA, 15, 45),
    _goods("7117190000", "合金仿首饰项链", "星缀", "40厘米", STRIP, KILOGRAM, None, "0.03", CHINA, 3, 19),
    _goods("9503008900", "拼装玩具", "积垣", "300粒", SET, PIECE, KILOGRAM, "0.5", CHINA, 10, 35),
    _goods("3924100000", "硅胶餐具套装", "稻序", "6件", SET, KILOGRAM, None, "0.4", CHINA, 8, 20),
    _goods("9617001900", "不锈钢保温杯", "恒渚", "750毫升", PIECE, PIECE, KILOGRAM, "0.33", CHINA, 9, 24),
)

#: Where simulated exports go, with the currency of the order (customs codes).
DESTINATIONS: tuple[str, ...] = (USA, UK, GERMANY, FRANCE, JAPAN, CANADA, AUSTRALIA, NETHERLANDS)
US_DOLLAR, RENMINBI = "502", "142"
