"""Checkers of event logs as their standards describe them, written from the standards and sharing nothing with ours."""

from __future__ import annotations

from typing import Any

import jsonschema
from lxml import etree

#: Of what is the same in both lists of types, and of attributes without and with an instant.
_ATTRIBUTES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "type": {"type": "string"}},
        "required": ["name", "type"],
    },
}
_TYPES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "attributes": _ATTRIBUTES},
        "required": ["name", "attributes"],
    },
}
_RELATIONSHIPS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}},
        "required": ["objectId", "qualifier"],
    },
}
_INSTANT = {"type": "string", "format": "date-time"}


def _values(*more: str) -> dict[str, Any]:
    properties = {"name": {"type": "string"}, "value": {"type": "string"}, "time": _INSTANT}
    names = ["name", "value", *more]
    return {
        "type": "array",
        "items": {"type": "object", "properties": {name: properties[name] for name in names}, "required": names},
    }


#: The JSON schema of OCEL 2.0: specification §8.2, published as ocel20-schema-json.json (draft 7).
OCEL_SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {
        "eventTypes": _TYPES,
        "objectTypes": _TYPES,
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "time": _INSTANT,
                    "attributes": _values(),
                    "relationships": _RELATIONSHIPS,
                },
                "required": ["id", "type", "time"],
            },
        },
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "relationships": _RELATIONSHIPS,
                    "attributes": _values("time"),
                },
                "required": ["id", "type"],
            },
        },
    },
    "required": ["eventTypes", "objectTypes", "events", "objects"],
}


def check_ocel(document: dict[str, Any]) -> None:
    """The schema, and what the specification says beyond it: unique ids, declared types, objects that exist."""
    jsonschema.Draft7Validator(OCEL_SCHEMA, format_checker=jsonschema.FormatChecker()).validate(document)
    assert set(document) == {"eventTypes", "objectTypes", "events", "objects"}
    for kind, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        known = {one["name"]: {each["name"]: each["type"] for each in one["attributes"]} for one in document[types]}
        assert len(known) == len(document[types])
        ids = [one["id"] for one in document[kind]]
        assert len(ids) == len(set(ids))
        for one in document[kind]:
            assert {each["name"] for each in one.get("attributes", ())} <= known[one["type"]].keys()
        assert {each for attributes in known.values() for each in attributes.values()} <= {"string"}
    objects = {one["id"] for one in document["objects"]}
    for one in (*document["events"], *document["objects"]):
        related = [(each["objectId"], each["qualifier"]) for each in one.get("relationships", ())]
        assert len(related) == len(set(related))
        assert {object_id for object_id, _ in related} <= objects
    assert all(one["relationships"] for one in document["events"]), "an event is of at least one object"


#: What may stand in a log, in this order, by IEEE 1849-2016: extensions, globals, classifiers, attributes, traces.
_LOG_ORDER = ["extension", "global", "classifier", "string", "trace"]
_KINDS = {"string", "date", "int", "float", "boolean", "id", "list"}


def check_xes(data: bytes) -> etree._Element:
    """The structure that the standard's schema gives, declared prefixes, and the globals in every event and trace."""
    log = etree.fromstring(data)
    assert log.tag == "log"
    assert float(log.attrib["xes.version"]) == 1849.2016
    places = [_LOG_ORDER.index(str(child.tag)) for child in log]
    assert places == sorted(places)
    prefixes = {one.get("prefix") for one in log.iterfind("extension")}
    needed = {one.get("scope"): {each.get("key") for each in one} for one in log.iterfind("global")}
    for trace in log.iterfind("trace"):
        tags = [child.tag for child in trace]
        assert tags == sorted(tags, key=lambda tag: tag == "event"), "a trace's attributes come before its events"
        keys = [str(one.get("key")) for one in trace if one.tag != "event"]
        assert needed["trace"] <= set(keys)
        for event in trace.iterfind("event"):
            assert {one.tag for one in event} <= _KINDS
            found = [str(one.get("key")) for one in event]
            assert len(found) == len(set(found))
            assert needed["event"] <= set(found)
            keys += found
        assert {key.partition(":")[0] for key in keys if ":" in key} <= prefixes
    for one in log.iterfind("classifier"):
        assert set(str(one.get("keys")).split()) <= needed["event"]
    return log
