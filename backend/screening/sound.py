"""How Chinese characters sound: pinyin without tones, each character by its usual reading."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin

from backend.screening.folding import is_han, plain


@lru_cache(maxsize=30_000)
def _reading(char: str) -> str:
    return "".join(lazy_pinyin(char)).replace("ü", "v")


def sound_of(text: str) -> str:
    """Pinyin of the Chinese characters, with other letters as they are: `weike` for 维柯 and for WeiKe."""
    return "".join(_reading(char) if is_han(char) else char for char in plain(text))
