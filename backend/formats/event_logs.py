"""Event logs for other tools: OCEL 2.0 as JSON, and XES as XML.

OCEL 2.0: Berti, Koren, Adams et al., "OCEL (Object-Centric Event Log) 2.0 Specification" (2024), §8; one event is one
record of the ledger, related to all parcels that it names. XES: IEEE 1849-2016; one trace is one parcel's life.
Nobody is named: ids are what the caller's `Names` make of them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from backend.domain.instants import iso
from backend.domain.lifecycle import RULES, Step, indices
from backend.domain.participants import Role
from backend.domain.process import Header, Log, Recording, Trace, replay

#: A pseudonym for a thing of a kind (`Parcel`, `Manifest`, or a role's name).
Names = Callable[[str, bytes], str]

_TYPES: dict[str, tuple[str, ...]] = {
    "Parcel": (),
    "Manifest": ("direction", "supervision_mode", "declaring_district", "port_district"),
}
_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)


@dataclass(frozen=True, slots=True)
class NamedLog:
    """A log with the parcel ids of its manifests in index order, and how things are called outside."""

    log: Log
    parcel_ids: Mapping[bytes, Sequence[bytes]]
    names: Names

    def parcel(self, header: Header, index: int) -> str:
        """A parcel's pseudonym: the same in every manifest that it was declared in."""
        return self.names("Parcel", self.parcel_ids[header.manifest][index])

    def actor(self, event: Recording) -> tuple[str, str]:
        """(kind, pseudonym) of who recorded an event: the role that its step is taken in."""
        kind = role_of(event.step)
        return kind, self.names(kind, event.participant_no.to_bytes(4, "big"))


def role_of(step: Step) -> str:
    """In which role a step is taken: its row's, the declarant for a declaration, anybody for showing a duplicate."""
    if step is Step.Declaration:
        return Role.Declarant.name
    rows = RULES.get(step)
    return rows[0].role.name if rows else "Reporter"


# ---------------------------------------------------------------------------------------------------
# OCEL 2.0


def ocel(named: NamedLog) -> dict[str, Any]:
    """The log as an OCEL 2.0 document. Events are in the order of the chain, objects in that of their first event."""
    objects: dict[str, dict[str, Any]] = {}
    events: list[dict[str, Any]] = []
    steps: set[Step] = set()
    kinds: set[str] = set()
    for number, (header, event, parcels) in enumerate(_records(named.log), start=1):
        manifest = named.names("Manifest", header.manifest)
        if manifest not in objects:
            _add_manifest(named, objects, header, event.at)
        kind, actor = named.actor(event)
        objects.setdefault(actor, {"id": actor, "type": kind})
        steps.add(event.step)
        kinds.add(kind)
        events.append(
            {
                "id": f"e{number}",
                "type": event.step.name,
                "time": iso(event.at),
                "attributes": [],
                "relationships": [
                    {"objectId": manifest, "qualifier": "manifest"},
                    {"objectId": actor, "qualifier": "recorded by"},
                    *({"objectId": named.parcel(header, at), "qualifier": "parcel"} for at in indices(parcels)),
                ],
            }
        )
    types = {**_TYPES, **dict.fromkeys(sorted(kinds | {Role.Declarant.name, Role.Seller.name}), ())}
    return {
        "objectTypes": [_type(name, attributes) for name, attributes in types.items()],
        "eventTypes": [_type(step.name, ()) for step in sorted(steps)],
        "objects": list(objects.values()),
        "events": events,
    }


def _add_manifest(named: NamedLog, objects: dict[str, dict[str, Any]], header: Header, at: int) -> None:
    """A manifest, its parcels, its declarant and its seller, as far as they are not there."""
    manifest = named.names("Manifest", header.manifest)
    values = {
        "direction": header.direction.name,
        "supervision_mode": f"{header.supervision_mode:04d}",
        "declaring_district": f"{header.declaring_district:04d}",
        "port_district": f"{header.port_district:04d}",
    }
    related = []
    for role, number in ((Role.Declarant, header.declarant_no), (Role.Seller, header.seller_no)):
        name = named.names(role.name, number.to_bytes(4, "big"))
        objects.setdefault(name, {"id": name, "type": role.name})
        related.append({"objectId": name, "qualifier": "declared by" if role is Role.Declarant else "sold by"})
    objects[manifest] = {
        "id": manifest,
        "type": "Manifest",
        "attributes": [{"name": name, "value": value, "time": iso(at)} for name, value in values.items()],
        "relationships": related,
    }
    for index in range(header.size):
        parcel = named.parcel(header, index)
        made = objects.setdefault(parcel, {"id": parcel, "type": "Parcel", "relationships": []})
        made["relationships"].append({"objectId": manifest, "qualifier": "declared in"})


def _records(log: Log) -> list[tuple[Header, Recording, int]]:
    """The records behind the traces, each once with its whole set, in the order of the chain."""
    found: dict[tuple[int, int, bytes], tuple[Header, Recording, int]] = {}
    for trace in log.traces:
        for event in trace.events:
            key = event.block, event.log_index, trace.header.manifest
            header, _, parcels = found.get(key, (trace.header, event, 0))
            found[key] = header, event, parcels | trace.parcels
    return [found[key] for key in sorted(found)]


def _type(name: str, attributes: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": one, "type": "string"} for one in attributes]}


# ---------------------------------------------------------------------------------------------------
# XES


def xes(named: NamedLog) -> bytes:
    """The log as XES, one trace a parcel and manifest, in UTF-8. Written as it goes, without a tree of the whole."""
    target = io.BytesIO()
    with etree.xmlfile(target, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("log", {"xes.version": "1849.2016", "xes.features": ""}):
            for name, prefix, uri in _EXTENSIONS:
                file.write(etree.Element("extension", name=name, prefix=prefix, uri=uri))
            file.write(_global("trace", _string("concept:name", "")))
            file.write(
                _global(
                    "event",
                    _string("concept:name", ""),
                    _attribute("date", "time:timestamp", "1970-01-01T00:00:00Z"),
                    _string("org:resource", ""),
                    _string("lifecycle:transition", "complete"),
                )
            )
            file.write(etree.Element("classifier", name="Activity", keys="concept:name"))
            file.write(_string("concept:name", "Guanlian"))
            for trace in named.log.traces:
                made, title = _trace(named, trace)
                manifest = named.names("Manifest", trace.header.manifest)
                # Parcels of a trace differ in nothing but their name.
                for index in indices(trace.parcels):
                    title.set("value", f"{named.parcel(trace.header, index)}/{manifest}")
                    file.write(made)
    return target.getvalue()


def _trace(named: NamedLog, trace: Trace) -> tuple[etree._Element, etree._Element]:
    """A trace, and the attribute in it that a parcel's name goes into."""
    header, made, name = trace.header, etree.Element("trace"), _string("concept:name", "")
    made.append(name)
    made.append(_string("direction", header.direction.name))
    made.append(_string("supervision_mode", f"{header.supervision_mode:04d}"))
    made.append(_string("declaring_district", f"{header.declaring_district:04d}"))
    made.append(_string("port_district", f"{header.port_district:04d}"))
    for event, stage in zip(trace.events, replay(trace).stages, strict=True):
        kind, actor = named.actor(event)
        one = etree.SubElement(made, "event")
        one.append(_string("concept:name", stage.activity.name))
        one.append(_attribute("date", "time:timestamp", iso(event.at)))
        one.append(_string("org:resource", actor))
        one.append(_string("org:role", kind))
        one.append(_string("lifecycle:transition", "complete"))
    return made, name


def _global(scope: str, *attributes: etree._Element) -> etree._Element:
    made = etree.Element("global", scope=scope)
    made.extend(attributes)
    return made


def _string(key: str, value: str) -> etree._Element:
    return _attribute("string", key, value)


def _attribute(kind: str, key: str, value: str) -> etree._Element:
    return etree.Element(kind, key=key, value=value)
