"""What the page of a parcel shows, made from the parcel view that the API gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.countries import country_named
from backend.domain.lifecycle import Direction, Flag, State, Step
from backend.domain.verdict import ParcelFacts, Verdict, judge
from backend.web.rendering import district_text
from backend.web.texts import Language, text, word

#: The revealed fields in the order in which a buyer asks for them, by the field's name.
_REVEALED = (("country", "facts.country"), ("gcode.heading", "facts.heading"), ("gmodel.brand", "facts.brand"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `where` is empty where the step has no place of its own."""

    step: str
    who: Mapping[str, Any]
    where: str
    at: str
    block: int
    transaction: str
    evidence: str
    head: str


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """What is public of one line of the declaration: (label key, value) pairs."""

    number: int
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ParcelPage:
    parcel_id: str
    state: str
    flags: tuple[str, ...]
    verdict: Verdict
    seller: Mapping[str, Any]
    declarant: Mapping[str, Any]
    declaring: str
    port: str
    direction: str
    mode: str
    manifest: str
    index: int
    goods: tuple[GoodsLine, ...]
    #: Recorded marks that the declared brand carries, each with whether the seller may use it.
    marks: tuple[Mapping[str, Any], ...]
    #: Newest first.
    history: tuple[Entry, ...]
    earlier: tuple[Mapping[str, Any], ...]
    #: The consignments that it travels or travelled in, with the names of their ends.
    carried: tuple[Mapping[str, Any], ...]
    #: How often the code was scanned, and the rules that say when that is unusual.
    scans: Mapping[str, Any]
    complete_to_block: int | None
    complete_to_time: str | None


def parcel_page(view: Mapping[str, Any], language: Language) -> ParcelPage:
    """The page of a parcel view (gateway's JSON shape) in a language."""
    entries = tuple(_entry(view, entry, language) for entry in view["history"])
    return ParcelPage(
        parcel_id=view["parcel_id"],
        state=view["state"],
        flags=tuple(view["flags"]),
        verdict=judge(facts_of(view)),
        seller=view["seller"],
        declarant=view["declarant"],
        declaring=district_text(language, view["declaring_district"]),
        port=district_text(language, view["port_district"]),
        direction=text(language, f"facts.{view['direction']}"),
        mode=word(language, f"mode.{view['supervision_mode']}", str(view["supervision_mode"])),
        manifest=view["manifest"],
        index=view["index"],
        goods=_goods(view.get("revealed"), Direction[view["direction"]], language),
        marks=tuple(view.get("recorded_marks", ())),
        history=entries[::-1],
        earlier=tuple(view.get("earlier", ())),
        carried=tuple(_carried(each, language) for each in view["consignments"]),
        scans=view["scans"],
        complete_to_block=view["complete_to_block"],
        complete_to_time=view["complete_to_time"],
    )


def facts_of(view: Mapping[str, Any]) -> ParcelFacts:
    """What a verdict depends on, out of a parcel view."""
    seller = view["seller"]
    return ParcelFacts(
        state=State[view["state"]],
        flags=frozenset(Flag[name] for name in view["flags"]),
        direction=Direction[view["direction"]],
        seller_barred=bool(seller["barred"]),
        seller_suspended=seller["standing"] == "suspended",
        steps=frozenset(Step[entry["step"]] for entry in view["history"]),
        earlier_manifests=len(view.get("earlier", ())),
    )


def _entry(view: Mapping[str, Any], entry: Mapping[str, Any], language: Language) -> Entry:
    return Entry(
        step=entry["step"],
        who=entry["participant"],
        where=_where(view, entry["step"], language),
        at=entry["at"],
        block=entry["block"],
        transaction=entry["transaction"],
        evidence=entry["evidence"],
        head=entry["head"],
    )


def _carried(consignment: Mapping[str, Any], language: Language) -> dict[str, Any]:
    ends = {end: district_text(language, consignment[f"{end}_district"]) for end in ("origin", "port")}
    return {**consignment, **ends}


#: Where a step happens, as far as the step itself says it. Customs' other steps happen where the office that
#: took them is, and its name stands beside them.
_PLACES = {
    Step.Declaration: "declaring_district",
    Step.Arrival: "declaring_district",
    Step.TransitDeparture: "declaring_district",
    Step.TransitArrival: "port_district",
    Step.Departure: "port_district",
    Step.Offloading: "port_district",
    Step.ReturnArrived: "declaring_district",
    Step.PortDetention: "port_district",
    Step.PortDetentionLifted: "port_district",
}


def _where(view: Mapping[str, Any], step: str, language: Language) -> str:
    place = _PLACES.get(Step[step])
    return "" if place is None else district_text(language, view[place])


def _goods(revealed: Mapping[str, Any] | None, direction: Direction, language: Language) -> tuple[GoodsLine, ...]:
    if revealed is None:
        return ()
    lines: dict[int, dict[str, str]] = {}
    for item in revealed["fields"]:
        _, number, name = item["path"].split(".", 2)
        if item["value"]:
            lines.setdefault(int(number), {})[name] = item["value"]
    shown = []
    for number, values in sorted(lines.items()):
        if "country" in values:
            zh, en = country_named(values["country"])
            values["country"] = zh if language is Language.Chinese else en
        facts = ((_label(key, direction), values[name]) for name, key in _REVEALED if name in values)
        shown.append(GoodsLine(number, tuple(facts)))
    return tuple(shown)


def _label(key: str, direction: Direction) -> str:
    """An import list names the country of origin, an export list (603) the country of destination."""
    return "facts.destination" if key == "facts.country" and direction is Direction.Export else key
