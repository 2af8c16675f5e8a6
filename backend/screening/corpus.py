"""A labelled corpus for screening: invented marks, and declared lines of which it is known what should be found.

Everything follows from the seed. No mark or brand exists on any market: they are put together from syllables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from random import Random

from backend.domain.licences import Licence
from backend.domain.marks import Disguise, Line, Mark
from backend.screening.disguising import Beyond, Mixed, Way, ways
from backend.screening.invented import GOODS, WORDS_NEAR_MARKS, Goods, free_brand, invented_marks, neighbour_of

#: The time of every declaration, and the term of every licence around it.
AT = 1_780_000_000
_TERM = 90 * 24 * 3600


class NearMiss(StrEnum):
    """Lines that are like a hit and must not be one."""

    Licensed = "licensed"
    Ordinary = "ordinary_goods"
    OtherGoods = "other_goods"
    InLongerWord = "in_longer_word"
    AcrossWords = "across_words"
    OrdinaryWord = "ordinary_word_in_description"
    SingleCharacter = "single_character_in_text"
    ModelNumber = "model_number"
    MadeToFit = "made_to_fit"
    #: A description with a word that is a letter away from a mark.
    NearDescription = "word_near_a_mark"
    #: A licensed mark that is a letter away from another's.
    RecordedNeighbour = "recorded_neighbour"


Kind = Disguise | Mixed | Beyond | NearMiss


@dataclass(frozen=True, slots=True)
class Case:
    """One line with the mark that should be suspected in it, or None."""

    line: Line
    seller_no: int
    kind: Kind
    mark: Mark | None


@dataclass(frozen=True)
class Corpus:
    marks: tuple[Mark, ...]
    licences: tuple[Licence, ...]
    cases: tuple[Case, ...]


def corpus(seed: int, marks: int = 20_000, cases_of_each: int = 200) -> Corpus:
    """So many marks, and so many lines of each disguise and near-miss; of ordinary goods twenty times as many."""
    random = Random(f"screening/{seed}")  # noqa: S311
    recorded = invented_marks(random, marks)
    licences: list[Licence] = []
    cases: list[Case] = []
    for kind, written in ways().items():
        cases += _infringing(random, recorded, kind, written, cases_of_each)
    for near_miss, made in _near_misses(random, recorded, licences).items():
        count = cases_of_each * (20 if near_miss is NearMiss.Ordinary else 1)
        cases += [Case(*next(made), near_miss, None) for _ in range(count)]
    random.shuffle(cases)
    return Corpus(recorded, tuple(licences), tuple(cases))


# ---------------------------------------------------------------------------------------------------
# Lines


def _infringing(random: Random, marks: Sequence[Mark], kind: Kind, written: Way, count: int) -> Iterator[Case]:
    made = 0
    while made < count:
        mark = random.choice(marks)
        goods = _goods_of(random, mark)
        text = written(random, mark)
        if goods is None or text is None or (mark.is_ordinary_word and kind is not Disguise.Exact):
            continue
        made += 1
        # A mark too short to be met in running text stands where it is one: in the brand.
        in_brand = random.random() < 0.6 or len(mark.text) < 4 or mark.is_ordinary_word
        line = _line(random, goods, brand=text) if in_brand else _line(random, goods, words=text)
        yield Case(line, random.randint(1, 9999), kind, mark)


def _goods_of(random: Random, mark: Mark) -> Goods | None:
    fitting = [goods for goods in GOODS if goods.code[:4] in mark.headings]
    return random.choice(fitting) if fitting else None


def _line(random: Random, goods: Goods, brand: str = "", words: str = "") -> Line:
    """A line as shops write it; `words` stand in the name, the item's name or the specification."""
    brand = brand or random.choice(("无", "无品牌", free_brand(random)))
    names = [goods.zh, f"{goods.zh} {goods.en}", f"{random.choice(('夏季新款', '礼盒装', '2026款'))} {goods.zh}"]
    gname, item, spec = goods.zh, random.choice(names), f"{goods.spec}|型号:{_model(random)}"
    match random.randrange(3) if words else 3:
        case 0:
            gname = random.choice((f"{words}{goods.zh}", f"{goods.zh} {words}"))
        case 1:
            item = random.choice((f"{words} {item}", f"{item}({words})"))
        case 2:
            spec = f"{words} {spec}"
    return Line(gname, item, f"品牌:{brand}|规格:{spec}", goods.code)


def _model(random: Random) -> str:
    letters = "".join(random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(random.randint(1, 2)))
    return f"{letters}{random.randint(1, 9999)}{random.choice(('', '', 'S', 'B'))}"


# ---------------------------------------------------------------------------------------------------
# Near-misses


def _near_misses(
    random: Random, marks: Sequence[Mark], licences: list[Licence]
) -> dict[NearMiss, Iterator[tuple[Line, int]]]:
    """For each near-miss lines without end; what a licence is needed for adds it."""
    neighbours = [late for early, late in pairwise(marks) if late.text == neighbour_of(early.text)]
    latin = [mark for mark in marks if mark.text.isascii() and len(mark.text) >= 4 and not mark.is_ordinary_word]
    single = [mark.text for mark in marks if len(mark.text) == 1] or ["维"]

    def with_goods() -> tuple[Mark, Goods]:
        while True:
            mark = random.choice(latin)
            if (goods := _goods_of(random, mark)) is not None:
                return mark, goods

    def licensed(mark: Mark, goods: Goods) -> tuple[Line, int]:
        seller_no = random.randint(10_000, 99_999)
        licences.append(Licence(seller_no, mark.right, frozenset(), AT - _TERM, AT + _TERM))
        return _line(random, goods, brand=random.choice(mark.forms)), seller_no

    def one(near_miss: NearMiss) -> tuple[Line, int]:
        seller_no = random.randint(1, 9999)
        mark, goods = with_goods()
        small = mark.text.lower()
        match near_miss:
            case NearMiss.Licensed:
                return licensed(mark, goods)
            case NearMiss.Ordinary:
                return _line(random, random.choice(GOODS)), seller_no
            case NearMiss.OtherGoods:
                while mark.is_well_known:
                    mark, _ = with_goods()
                other = random.choice([each for each in GOODS if each.code[:4] not in mark.headings])
                return _line(random, other, brand=mark.text), seller_no
            case NearMiss.InLongerWord:
                return _line(random, goods, words=random.choice(("pan", "un", "sub")) + small + "ry"), seller_no
            case NearMiss.AcrossWords:
                place = random.randrange(1, len(small))
                return _line(random, goods, words=f"pro{small[:place]} {small[place:]}sel"), seller_no
            case NearMiss.OrdinaryWord:
                owner = next(each for each in marks if each.is_ordinary_word)
                return _line(random, _goods_of(random, owner) or goods, words=owner.text.lower()), seller_no
            case NearMiss.SingleCharacter:
                return _line(random, goods, words=f"第{random.choice(single)}代"), seller_no
            case NearMiss.ModelNumber:
                return _line(random, goods, words="".join(random.choice("0134578") for _ in range(5))), seller_no
            case NearMiss.MadeToFit:
                fits = random.choice(("适用于", "兼容", "compatible with "))
                return _line(random, goods, brand=free_brand(random), words=f"{fits}{mark.text}"), seller_no
            case NearMiss.NearDescription:
                word, text = random.choice(list(WORDS_NEAR_MARKS.items()))
                owner = next(each for each in marks if each.text == text)
                return _line(random, _goods_of(random, owner) or goods, words=word), seller_no
            case NearMiss.RecordedNeighbour:
                near = random.choice(neighbours or [mark])
                return licensed(near, _goods_of(random, near) or goods)

    def endless(near_miss: NearMiss) -> Iterator[tuple[Line, int]]:
        while True:
            yield one(near_miss)

    return {near_miss: endless(near_miss) for near_miss in NearMiss}
