"""Reading what others wrote as JSON: every wrong field is named, not only the first.

Numbers become `Decimal`, whether written as `0.13` or as `"0.13"`; exponents, `NaN` and `Infinity` are no
numbers here. Faults show no personal values.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, TypeGuard

from backend.domain.documents import decimal_of, masked
from backend.domain.errors import InvalidInput
from backend.domain.wording import in_chinese

#: Faults of one text that are listed; whoever has more than that has not read the rules.
MOST_FAULTS = 100

_ABSENT = object()
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _NumberText(str):
    """A number as it was written, never a float in between; no field of text takes it for one."""

    __slots__ = ()


class CheckedJson:
    """One JSON object, read field by field; `finish` raises what was found wrong on the way.

    A reader of a wrong field notes the fault and returns some value of its type, so that reading goes on and
    the next fault is found too. A field without a default is required.
    """

    def __init__(self, value: Any, path: str = "", faults: list[dict[str, str]] | None = None) -> None:
        self.path = path
        self.faults: list[dict[str, str]] = [] if faults is None else faults
        self.values: Mapping[str, Any] = {}
        self._read: set[str] = set()
        self._inner: list[CheckedJson] = []
        if isinstance(value, dict):
            self.values = value
        else:
            self.fault("", value, "an object")

    @classmethod
    def of_text(cls, text: str | bytes) -> CheckedJson:
        """The object in a text. Raises InvalidInput where the text is no JSON at all."""
        try:
            # Not left to json, which would guess other encodings than UTF-8.
            text = text.decode() if isinstance(text, bytes) else text
            value = json.loads(text, parse_float=_NumberText, parse_constant=_NumberText, object_pairs_hook=_each_once)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(field="$", value=_writable(str(error)[:60]), rule="JSON text") from None
        return cls(value)

    def finish(self) -> None:
        """Raises InvalidInput with every fault, if there is one; a field that nobody read is a fault too."""
        self._refuse_unread()
        if self.faults:
            told = {name: self.faults[0][name] for name in ("field", "value", "rule", "rule_zh")}
            faults = [{name: text for name, text in fault.items() if name != "rule_zh"} for fault in self.faults]
            raise InvalidInput(**told, faults=faults)

    def fault(self, name: str, value: Any, rule: str) -> None:
        """Notes that a field of this object breaks a rule."""
        if len(self.faults) >= MOST_FAULTS:
            return
        field = _writable(self._path(name) or "$")
        rule_zh = in_chinese(rule)
        if value is _ABSENT:
            rule, rule_zh = f"required, {rule}", f"必填，{rule_zh}"
        self.faults.append(
            {
                "field": field,
                "value": _shown(name, value),
                "rule": rule,
                "rule_zh": rule_zh,
                "zh": f"字段 {field}：{rule_zh}",
                "en": f"Field {field}: {rule}",
            }
        )

    def text(self, name: str, longest: int = 200) -> str:
        """A text of 1 to `longest` characters, required."""
        value = self._take(name)
        if _is_text(value) and 0 < len(value.strip()) <= longest:
            return str(value.strip())
        self.fault(name, value, f"a text of 1 to {longest} characters")
        return ""

    def verbatim(self, name: str, least: int, most: int, default: str | None = None) -> str:
        """A text of `least` to `most` characters exactly as it stands; where `least` is not zero, not blank.

        Absent or null, it is the default, where there is one.
        """
        value = self._take(name)
        if default is not None and (value is _ABSENT or value is None):
            return default
        if _is_text(value) and len(value) <= most and (least == 0 or len(value.strip()) >= least):
            return str(value)
        length = str(most) if least == most else f"{least} to {most}"
        self.fault(name, value, f"a text of {length} characters")
        return ""

    def label(self, name: str, longest: int) -> str:
        """A text as `text`, by which something is called again: printable, since databases and headers carry it."""
        value = self.text(name, longest)
        if not value.isprintable():
            self.fault(name, value, "printable characters")
        return value

    def date(self, name: str) -> datetime.date:
        """A day, required."""
        value = self._take(name)
        day = _day(value)
        if day is None:
            self.fault(name, value, "a date as YYYY-MM-DD")
        return day or datetime.date.min

    def dates(self, name: str) -> list[datetime.date]:
        """A list of days, required."""
        value = self._take(name)
        days = [_day(item) for item in value] if isinstance(value, list) else [None]
        if None in days:
            self.fault(name, value, "a list of dates as YYYY-MM-DD")
        return [day for day in days if day is not None]

    def choice(self, name: str, allowed: Collection[str]) -> str | None:
        """One of the texts allowed, or None where the field is absent or null."""
        value = self._take(name)
        if value is _ABSENT or value is None:
            return None
        if _is_text(value) and value in allowed:
            return str(value)
        self.fault(name, value, "one of " + ", ".join(sorted(allowed)))
        return None

    def choices(self, name: str, allowed: Collection[str], default: Collection[str]) -> frozenset[str]:
        """A list of texts, each one of those allowed."""
        value = self._take(name)
        if value is _ABSENT:
            return frozenset(default)
        if isinstance(value, list) and all(isinstance(item, str) and item in allowed for item in value):
            return frozenset(value)
        self.fault(name, value, "a list of " + ", ".join(sorted(allowed)))
        return frozenset(default)

    def decimal(
        self, name: str, low: Decimal = Decimal(0), high: Decimal = Decimal(1), default: Decimal | None = None
    ) -> Decimal:
        """A number from `low` to `high`, both included."""
        value = self._take(name)
        if value is _ABSENT and default is not None:
            return default
        number = _number(value)
        if number is not None and low <= number <= high:
            return number
        self.fault(name, value, f"a number from {low} to {high}")
        return low if default is None else default

    def integer(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number from `low` to `high`, both included."""
        value = self._take(name)
        if value is _ABSENT:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(name, value, f"a whole number from {low} to {high}")
        return default

    def flag(self, name: str, default: bool) -> bool:
        value = self._take(name)
        if value is _ABSENT:
            return default
        if isinstance(value, bool):
            return value
        self.fault(name, value, "true or false")
        return default

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(name) is not None

    def child(self, name: str) -> CheckedJson:
        """The object in a field, an empty one where the field is absent."""
        value = self._take(name)
        return self._open({} if value is _ABSENT else value, name)

    def children(self, name: str, least: int = 0, most: int | None = None) -> list[CheckedJson]:
        """The objects in a list of `least` to `most`, required."""
        value = self._take(name)
        if isinstance(value, list) and len(value) >= least and (most is None or len(value) <= most):
            return [self._open(item, f"{name}[{place}]") for place, item in enumerate(value)]
        self.fault(name, value, "a list of objects" if most is None else f"a list of {least} to {most} objects")
        return []

    def _path(self, name: str) -> str:
        return ".".join(part for part in (self.path, name) if part)

    def _take(self, name: str) -> Any:
        self._read.add(name)
        return self.values.get(name, _ABSENT)

    def _open(self, value: Any, name: str) -> CheckedJson:
        inner = CheckedJson(value, self._path(name), self.faults)
        self._inner.append(inner)
        return inner

    def _refuse_unread(self) -> None:
        # What stands in a field that nobody knows may be anything, a person's name as well.
        for name in sorted(self.values.keys() - self._read):
            self.fault(name[:40], {}, "a field of a known name")
        for inner in self._inner:
            inner._refuse_unread()


def _is_text(value: Any) -> TypeGuard[str]:
    """Whether a value is a text that can be written: half a surrogate pair has no encoding."""
    return isinstance(value, str) and not isinstance(value, _NumberText) and _writable(value) == value


def _writable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def _shown(name: str, value: Any) -> str:
    """A wrong value as a fault shows it: short, without what may be personal or hold it."""
    if value is _ABSENT:
        return ""
    return "…" if isinstance(value, dict | list) else _writable(masked(name, str(value)[:40]))


def _number(value: Any) -> Decimal | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return decimal_of(value) if isinstance(value, str) else None


def _day(value: Any) -> datetime.date | None:
    try:
        # `fromisoformat` alone reads week dates as well.
        return datetime.date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(f"the field {_writable(name[:40])} stands twice")
        values[name] = value
    return values
