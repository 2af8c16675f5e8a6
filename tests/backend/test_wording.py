"""Every English detail that a refusal is raised with has its Chinese wording."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput, NotFound, StepNotAllowed
from backend.domain.wording import has_chinese

BACKEND = Path(__file__).parents[2] / "backend"

#: The refusals whose details are wording, and which of them.
WORDED = {
    "InvalidInput": {"rule"},
    "Forbidden": {"action", "needed"},
    "NotFound": {"what"},
    "Conflict": {"what"},
}


def _phrases() -> Iterator[tuple[str, str]]:
    for path in sorted(BACKEND.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORDED:
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                for name in sorted(WORDED[node.func.id] & given.keys()):
                    phrase = _text(given[name])
                    if phrase is not None and f"{name}_zh" not in given:
                        yield f"{path.relative_to(BACKEND)}:{node.lineno}", phrase
            # `fault(name, value, rule)` of a JSON text that is read field by field: the first becomes an InvalidInput.
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fault":
                phrase = _text(node.args[2])
                if phrase is not None:
                    yield f"{path.relative_to(BACKEND)}:{node.lineno}", phrase


def _text(node: ast.expr) -> str | None:
    """What a detail reads like, `1` for each part that is known only later; None where nothing is known."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(part.value if isinstance(part, ast.Constant) else "1" for part in parts)
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Add()):
            return text + "1"
        case _:
            return None


@pytest.mark.parametrize(("place", "phrase"), list(_phrases()))
def test_a_refusals_detail_has_its_chinese_wording(place: str, phrase: str) -> None:
    assert has_chinese(phrase), f"{place}: {phrase!r} has no Chinese wording in backend/domain/wording.py"


def test_the_sources_have_such_details() -> None:
    assert len(list(_phrases())) > 20


def test_a_sentence_is_in_one_language() -> None:
    error = InvalidInput(field="label", value="x" * 3, rule="1 to 100 characters")
    assert error.message_zh == "字段 label 的值 xxx 不符合规则：1 至 100 个字符"
    assert NotFound(what="parcel", value="00").message_zh == "找不到包裹 00"


def test_a_wording_that_comes_along_is_used() -> None:
    error = InvalidInput(field="a", value="b", rule="something of a library", rule_zh="某库的规则")
    assert error.message_zh == "字段 a 的值 b 不符合规则：某库的规则"


def test_a_long_list_is_named_in_part_and_counted() -> None:
    error = StepNotAllowed(step="Release", parcels=[f"{n:02}" for n in range(9)])
    assert error.message_en.endswith("parcels 00, 01, 02 and 9 in all")
    assert error.message_zh.endswith("00、01、02等 9 项")
