"""Reading a certificate or a trust list: strict about shape and limits, silent about truth.

The file is a stranger's. Whatever is in it, reading returns, raises Malformed, or raises VersionUnknown.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from backend.certificate.model import CONTRACTS, ENGINES, Certificate, Record, RevealedDocument, Trust
from backend.domain.commitments import RevealedField

FORMAT = "guanlian-certificate"
TRUST_FORMAT = "guanlian-trust"
VERSION = 1

MOST_BYTES = 2 * 1024 * 1024
MOST_RECORDS = 4096
MOST_RIGHTS = 64
MOST_HEADERS = 64
MOST_NODES = 4096
MOST_DOCUMENTS = 64
MOST_FIELDS = 512
MOST_HASHES = 64
MOST_VALIDATOR_SETS = 1024
MOST_VALIDATORS = 1024
HEADER_BYTES = 64 * 1024
NODE_BYTES = 1024
PATH_CHARACTERS = 200
VALUE_CHARACTERS = 4000

LARGEST_INTEGER = 2**53 - 1
LARGEST_NUMBER = 2**32 - 1
LARGEST_INSTANT = 2**48 - 1

_HEX = re.compile(r"0x(?:[0-9a-f]{2})*")
_T = TypeVar("_T")


class Malformed(Exception):
    """The file is no certificate (or trust list): which field breaks which rule."""

    def __init__(self, field: str, rule: str) -> None:
        self.field = field[:200]
        self.rule = rule
        super().__init__(f"{self.field or 'the file'}: {rule}")


class VersionUnknown(Exception):
    """The file says that it follows another version of the format."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(str(version))


def read_certificate(data: bytes) -> Certificate:
    """The certificate in a file of at most MOST_BYTES bytes. Raises Malformed, VersionUnknown."""
    top = _Object(parsed(data, FORMAT), "")
    chain = top.child("chain")
    parcel = top.child("parcel")
    block = top.child("block")
    found = Certificate(
        made_at=top.integer("made_at", LARGEST_INSTANT),
        chain_id=chain.integer("chain_id", LARGEST_INTEGER),
        engine=chain.choice("engine", ENGINES),
        contracts=_contracts(top),
        parcel_id=parcel.octets("parcel_id", 32),
        manifest=parcel.octets("manifest", 32),
        index=parcel.integer("index", 255),
        proof=parcel.hashes("proof"),
        records=tuple(_record(each) for each in top.children("records", 1, MOST_RECORDS)),
        rights=_rights(top),
        block_hash=block.octets("hash", 32),
        headers=block.blobs("headers", 1, MOST_HEADERS, HEADER_BYTES),
        nodes=top.blobs("nodes", 1, MOST_NODES, NODE_BYTES),
        revealed=tuple(_document(each) for each in top.children("revealed", 0, MOST_DOCUMENTS)),
    )
    for each in (chain, parcel, block, top):
        each.finish()
    return found


def read_trust(data: bytes) -> Trust:
    """The trust list in a file of at most MOST_BYTES bytes. Raises Malformed, also for another version."""
    if len(data) > MOST_BYTES:
        raise Malformed("", f"at most {MOST_BYTES} bytes")
    try:
        top = _Object(parsed(data, TRUST_FORMAT), "")
    except VersionUnknown as unknown:
        raise Malformed("version", f"{VERSION}, not {unknown.version}") from None
    sets: list[tuple[int, frozenset[bytes]]] = []
    for each in top.children("validator_sets", 0, MOST_VALIDATOR_SETS):
        first = each.integer("from_block", LARGEST_INTEGER)
        if sets and first <= sets[-1][0]:
            raise Malformed("validator_sets.from_block", "ascending")
        validators = each.blobs("validators", 1, MOST_VALIDATORS, 20, least_bytes=20)
        sets.append((first, frozenset(validators)))
        each.finish()
    found = Trust(
        chain_id=top.integer("chain_id", LARGEST_INTEGER),
        engine=top.choice("engine", ENGINES),
        contracts=_contracts(top),
        validator_sets=tuple(sets),
    )
    top.finish()
    return found


# ---------------------------------------------------------------------------------------------------
# Parts


def _contracts(top: _Object) -> dict[str, bytes]:
    contracts = top.child("contracts")
    found = {name: contracts.octets(name, 20) for name in CONTRACTS}
    contracts.finish()
    return found


def _record(each: _Object) -> Record:
    found = Record(
        step=each.integer("step", 255),
        participant_no=each.integer("participant_no", LARGEST_NUMBER),
        parcels=int.from_bytes(each.octets("parcels", 32), "big"),
        evidence=each.octets("evidence", 32),
        at=each.integer("at", LARGEST_INSTANT),
    )
    each.finish()
    return found


def _rights(top: _Object) -> tuple[int, ...]:
    found = top.integers("rights", MOST_RIGHTS, LARGEST_INTEGER)
    if any(one >= other for one, other in itertools.pairwise(found)):
        raise Malformed("rights", "ascending")
    return found


def _document(each: _Object) -> RevealedDocument:
    document = each.child("document")
    found = RevealedDocument(
        record=each.integer("record", MOST_RECORDS - 1),
        root=document.octets("root", 32),
        position=document.integer("position", LARGEST_NUMBER),
        size=document.integer("size", LARGEST_NUMBER),
        proof=document.hashes("proof"),
        fields=tuple(_field(field) for field in each.children("fields", 1, MOST_FIELDS)),
    )
    document.finish()
    each.finish()
    return found


def _field(each: _Object) -> RevealedField:
    found = RevealedField(
        path=each.text("path", PATH_CHARACTERS),
        value=each.text("value", VALUE_CHARACTERS),
        salt=each.octets("salt", 32),
        position=each.integer("position", LARGEST_NUMBER),
        size=each.integer("size", LARGEST_NUMBER),
        proof=each.hashes("proof"),
    )
    each.finish()
    return found


# ---------------------------------------------------------------------------------------------------
# JSON


def parsed(data: bytes, form: str) -> Any:
    """The file's top object without `format` and `version`, which are right."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("", "UTF-8") from None
    try:
        top = json.loads(
            text,
            object_pairs_hook=_each_once,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        # The parser's own words quote the file.
        raise Malformed("", "JSON") from None
    if not isinstance(top, dict) or top.pop("format", None) != form:
        raise Malformed("format", form)
    version = top.pop("version", None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise Malformed("version", "an integer")
    if version != VERSION:
        raise VersionUnknown(version)
    return top


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("", "no name twice in one object")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 16 or digits.startswith("-") or int(digits) > LARGEST_INTEGER:
        raise Malformed("", f"integers from 0 to {LARGEST_INTEGER}")
    return int(digits)


def _no_number(_: str) -> NoReturn:
    raise Malformed("", "integers without fraction or exponent")


class _Object:
    """One object of the file, from which each field is taken once; `finish` refuses what is left."""

    def __init__(self, value: Any, path: str) -> None:
        self._path = path
        if not isinstance(value, dict):
            raise Malformed(path, "an object")
        self._left = dict(value)

    def finish(self) -> None:
        for name in self._left:
            raise Malformed(self._at(name), "a name that the format knows")

    def child(self, name: str) -> _Object:
        return _Object(self._take(name), self._at(name))

    def children(self, name: str, least: int, most: int) -> list[_Object]:
        return self._list(name, least, most, lambda value, at: _Object(value, at))

    def integer(self, name: str, most: int) -> int:
        return _integer_of(self._take(name), self._at(name), most)

    def integers(self, name: str, most: int, largest: int) -> tuple[int, ...]:
        return tuple(self._list(name, 0, most, lambda value, at: _integer_of(value, at, largest)))

    def octets(self, name: str, size: int) -> bytes:
        return _octets_of(self._take(name), self._at(name), size, size)

    def blobs(self, name: str, least: int, most: int, most_bytes: int, least_bytes: int = 1) -> tuple[bytes, ...]:
        return tuple(self._list(name, least, most, lambda value, at: _octets_of(value, at, least_bytes, most_bytes)))

    def hashes(self, name: str) -> tuple[bytes, ...]:
        return self.blobs(name, 0, MOST_HASHES, 32, least_bytes=32)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self._take(name)
        if not isinstance(value, str) or value not in allowed:
            raise Malformed(self._at(name), f"one of {', '.join(allowed)}")
        return value

    def text(self, name: str, most: int) -> str:
        value = self._take(name)
        if not isinstance(value, str):
            raise Malformed(self._at(name), "a text")
        try:
            units = len(value.encode("utf-16-le")) // 2
        except UnicodeEncodeError:
            raise Malformed(self._at(name), "well-formed Unicode") from None
        if units > most:
            raise Malformed(self._at(name), f"at most {most} characters")
        return value

    def _list(self, name: str, least: int, most: int, read: Callable[[Any, str], _T]) -> list[_T]:
        value, at = self._take(name), self._at(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Malformed(at, f"a list of {least} to {most}")
        return [read(each, f"{at}.{place}") for place, each in enumerate(value)]

    def _take(self, name: str) -> Any:
        try:
            return self._left.pop(name)
        except KeyError:
            raise Malformed(self._at(name), "required") from None

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def _integer_of(value: Any, at: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise Malformed(at, f"an integer from 0 to {most}")
    return value


def _octets_of(value: Any, at: str, least: int, most: int) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value) or not least <= len(value) // 2 - 1 <= most:
        size = str(least) if least == most else f"{least} to {most}"
        raise Malformed(at, f"{size} bytes in lower-case hexadecimal with 0x")
    return bytes.fromhex(value[2:])
