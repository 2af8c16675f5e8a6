"""Invented marks, brands and goods for the labelled corpus: put together from syllables, on no market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from backend.domain.marks import Mark
from backend.screening.disguising import NAME_CHARACTERS
from backend.screening.folding import skeleton

_HEADS = ("v", "z", "k", "qu", "dr", "gl", "th", "br", "x", "m", "l", "r", "s", "t", "n", "f", "p", "j", "h", "w")
#: Syllables of brands that nobody recorded; those of marks do not begin so.
_FREE_HEADS = ("ch", "sh", "pl", "st", "cr", "fl", "gr", "sp", "tw", "bl")
_MIDDLES = ("a", "e", "i", "o", "u", "y", "ai", "eo", "ou", "ia")
_TAILS = ("", "", "", "l", "n", "r", "x", "k", "th", "sk", "m", "nd")

#: Marks that are words of everyday speech.
ORDINARY_MARKS = ("MAPLE", "COMPASS", "ANCHOR", "VELVET", "HARBOR", "METEOR", "PEONY", "LANTERN")

#: Words of descriptions, and marks a letter away from them. Screening has a list of ordinary words and knows the
#: first half of these; of the second half it knows none.
WORDS_NEAR_MARKS = {
    "leather": "LEATHEX", "plastic": "PLASTIQ", "wireless": "WIRELEX", "stainless": "STAINLEX", "perfume": "PERFUMO",
    "necklace": "NECKLAZE", "breathable": "BREATHABLO", "windproof": "WINDPROOX", "vintage": "VINTAGO",
    "washable": "WASHABLI", "lightweight": "LIGHTWEIGHX", "hydrating": "HYDRATINK",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goods:
    code: str
    zh: str
    en: str
    spec: str


GOODS: tuple[Goods, ...] = (
    Goods("6404110000", "女式运动鞋", "sports shoes", "网面 透气 420克/双"),
    Goods("6403990090", "牛皮休闲鞋", "casual leather shoes", "牛皮面 橡胶底 EU42"),
    Goods("4202220000", "女式手提包", "handbag", "涤纶面 30×22×10厘米"),
    Goods("4202129000", "双肩背包", "travel backpack", "聚酯纤维 25升"),
    Goods("6109100022", "棉制针织T恤衫", "cotton t-shirt", "女式 100%棉 M码"),
    Goods("6110200012", "棉制套头衫", "knitted sweater", "男式 圆领 XL"),
    Goods("9102110000", "石英手表", "quartz watch", "指针式 防水50米"),
    Goods("9004100000", "太阳镜", "sunglasses", "偏光 UV400 PC镜片"),
    Goods("3304100091", "口红", "lipstick cosmetics", "3.5克/支 06号"),
    Goods("3304990029", "保湿面霜", "face cream", "50克/瓶 保质期3年"),
    Goods("3303000020", "香水", "perfume spray", "50毫升/瓶 喷雾"),
    Goods("8518300000", "无线耳机", "wireless earphones", "入耳式 蓝牙5.3"),
    Goods("8517130000", "智能手机", "smart phone", "8GB 256GB 6.1英寸"),
    Goods("3926909090", "塑料手机壳", "phone cover", "软质 TPU 2件/包"),
    Goods("8504401400", "手机充电器", "charger adapter", "20瓦 5V3A"),
    Goods("9503008900", "拼装玩具", "children toys", "300粒 6岁以上"),
    Goods("9617001900", "不锈钢保温杯", "stainless steel bottle", "500毫升 SUS304"),
    Goods("7117190000", "合金仿首饰项链", "alloy necklace", "40厘米 1条/袋"),
    Goods("1806900000", "巧克力制品", "chocolate", "300克/盒 可可含量70%"),
    Goods("0808100000", "鲜苹果", "fresh apples", "一级 2.5公斤/箱"),
)


def invented_marks(random: Random, count: int) -> tuple[Mark, ...]:
    """So many marks, and beside each hundredth a second one by another holder that is a letter away."""
    shops = sorted({goods.code[:4] for goods in GOODS} - {"0808"})
    others = [f"{number:04d}" for number in (*range(2801, 2851), *range(8401, 8488))]
    fixed = [*ORDINARY_MARKS, *WORDS_NEAR_MARKS.values()]
    found: list[Mark] = []
    taken: set[str] = set()
    while len(found) < count:
        number = len(found)
        text = fixed[number] if number < len(fixed) else _mark_text(random)
        if skeleton(text) in taken:
            continue
        # Four in ten marks protect what online shops sell.
        pool = shops if number < len(fixed) or random.random() < 0.4 else others
        headings = frozenset(random.sample(pool, random.randint(1, 3)))
        beside = found[-1] if number % 100 == 99 else None
        if beside is not None and beside.text.isascii() and len(beside.text) > 5:
            text, headings = neighbour_of(beside.text), beside.headings
        names = [_chinese_name(random)] if text.isascii() and random.random() < 0.5 else []
        variants = tuple(each for each in names if skeleton(each) not in taken)
        taken.update(map(skeleton, (text, *variants)))
        found.append(
            Mark(
                id=f"M{number}",
                right=f"R{number}",
                text=text,
                headings=headings,
                variants=variants,
                is_well_known=number % 200 == 150,
                is_ordinary_word=text in ORDINARY_MARKS,
            )
        )
    return tuple(found)


def neighbour_of(text: str) -> str:
    """The text with another vowel or consonant in its middle."""
    place = len(text) // 2
    return text[:place] + ("Q" if text[place].upper() != "Q" else "Z") + text[place + 1 :]


def free_brand(random: Random) -> str:
    """A brand that nobody recorded."""
    return _word(random, _FREE_HEADS, random.randint(2, 3)).title()


def _mark_text(random: Random) -> str:
    match random.random():
        case share if share < 0.005:
            return random.choice(NAME_CHARACTERS)
        case share if share < 0.2:
            return _chinese_name(random)
        case share if share < 0.23:
            return "".join(random.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(random.randint(2, 3)))
    word = _word(random, _HEADS, random.randint(2, 3))
    return random.choice((word.upper(), word.upper(), word.title()))


def _word(random: Random, heads: Sequence[str], syllables: int) -> str:
    parts = [random.choice(heads) + random.choice(_MIDDLES) for _ in range(syllables)]
    return "".join(parts) + random.choice(_TAILS)


def _chinese_name(random: Random) -> str:
    return "".join(random.sample(NAME_CHARACTERS, random.choice((2, 2, 3, 3, 4))))
