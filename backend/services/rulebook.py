"""What documents are judged by, version by version: each district's settings, and the rates of tax.

The version loaded last is in force. Nothing that was in force is ever changed or lost, so that every decision can be
read again under the version that it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from backend.domain.errors import Conflict, Forbidden, NotFound
from backend.domain.instants import iso
from backend.domain.matching import (
    RULES,
    GoodsFacts,
    MatchingConfig,
    Rule,
    config_as_json,
    goods_facts,
    load_config,
)
from backend.domain.participants import Role
from backend.domain.rates import RateTable, example_rates, rates_as_json
from backend.domain.rates import load_rates as read_rates
from backend.services.access import Caller, Scope
from backend.services.gateway import Gateway
from backend.store import rulebook
from backend.store.database import Connection

#: The settings of every district without its own stand under this number, which no customs bears.
EVERY_DISTRICT = 0

#: In force where nothing was loaded: as the rows say.
USUAL = MatchingConfig()

#: Versions that a view lists.
MOST_VERSIONS = 100


@dataclass(frozen=True)
class Tariff:
    """The rates in force, and what they say of goods in the words of the rules."""

    rates: RateTable
    goods: Mapping[str, GoodsFacts]


# What was read stays read: a stored version never changes. One set for each database, by the rows' numbers.
_configs: WeakKeyDictionary[Any, dict[int, MatchingConfig]] = WeakKeyDictionary()
_tariffs: WeakKeyDictionary[Any, dict[int | None, Tariff]] = WeakKeyDictionary()


def configs_of(connection: Connection, districts: Iterable[int]) -> dict[int, MatchingConfig]:
    """The settings in force for each of these districts: its own, else those of every district, else the usual."""
    wanted = set(districts)
    newest = rulebook.newest_configs(connection, {*wanted, EVERY_DISTRICT})
    known = _configs.setdefault(connection.engine, {})
    missing = [row for row in newest.values() if row not in known]
    for row, config in rulebook.configs_by_row(connection, missing).items():
        known[row] = load_config(config.text)
    general = known[newest[EVERY_DISTRICT]] if EVERY_DISTRICT in newest else USUAL
    return {district: known[newest[district]] if district in newest else general for district in wanted}


def config_of(connection: Connection, district: int) -> MatchingConfig:
    """As `configs_of`, for one district."""
    return configs_of(connection, [district])[district]


def tariff_of(connection: Connection) -> Tariff:
    """The rates loaded last, else the example that comes with the project."""
    row = rulebook.newest_rates(connection)
    known = _tariffs.setdefault(connection.engine, {})
    if row not in known:
        rates = example_rates() if row is None else read_rates(rulebook.rates_in_row(connection, row).text)
        # A tariff is large, and only the newest is asked for.
        known.clear()
        known[row] = Tariff(rates, goods_facts(rates))
    return known[row]


def rates_of(connection: Connection) -> RateTable:
    return tariff_of(connection).rates


# ---------------------------------------------------------------------------------------------------
# Loading


def load_matching(gateway: Gateway, caller: Caller, district: int, text: bytes) -> tuple[dict[str, Any], bool]:
    """Puts a version of a district's settings in force; its view, and whether it is new.

    Raises Forbidden for all but the district's own customs and governance, InvalidInput with every wrong field,
    Conflict for a version that stands for other settings already.
    """
    if not (caller.is_governance or _is_customs_of(caller, district)):
        raise Forbidden(action="set how documents are compared", needed="customs of the district, or scope governance")
    config = load_config(text)
    with gateway.database.write() as connection:
        known = rulebook.config_named(connection, district, config.version)
        is_usual = config.version == USUAL.version and config != USUAL
        if is_usual or (known is not None and known.text != text):
            raise Conflict(key=f"{district:04d} {config.version}", what="set of rules")
        if known is None:
            rulebook.add_config(
                connection,
                district=district,
                version=config.version,
                text=text,
                participant_no=caller.acting_no,
                now=gateway.now(),
            )
        return _config_view(connection, district, config.version), known is None


def load_rates(gateway: Gateway, caller: Caller, text: bytes) -> tuple[dict[str, Any], bool]:
    """Puts a version of the rates in force; its view without the rates, and whether it is new.

    Raises Forbidden for all but governance, InvalidInput with every wrong field, Conflict for a version that stands
    for other rates already.
    """
    if not caller.is_governance:
        raise Forbidden(action="set the rates of tax", needed="scope governance")
    rates = read_rates(text)
    with gateway.database.write() as connection:
        known = rulebook.rates_named(connection, rates.version)
        is_example = rates.version == example_rates().version and rates != example_rates()
        if is_example or (known is not None and known.text != text):
            raise Conflict(key=rates.version, what="rate table")
        if known is None:
            rulebook.add_rates(
                connection, version=rates.version, text=text, participant_no=caller.acting_no, now=gateway.now()
            )
        view = _rates_view(connection, rates.version)
    return view | {"rates": len(view["rates"])}, known is None


def _is_customs_of(caller: Caller, district: int) -> bool:
    is_authority = Scope.authority in caller.scopes and caller.bears(Role.Customs)
    return is_authority and district != EVERY_DISTRICT and caller.district == district


# ---------------------------------------------------------------------------------------------------
# Views


def matching_view(gateway: Gateway) -> dict[str, Any]:
    """The rules row by row, and the settings in force: of every district, and of those with their own."""
    with gateway.database.read() as connection:
        districts = {EVERY_DISTRICT, *rulebook.newest_configs(connection)}
        found = [_config_view(connection, district) for district in sorted(districts)]
    for view in found:
        del view["versions"]
    return {"rules": [rule_as_json(rule) for rule in RULES], "districts": found}


def district_view(gateway: Gateway, district: int, version: str | None = None) -> dict[str, Any]:
    """The settings of a district that are in force, or those of a version of its own. Raises NotFound."""
    with gateway.database.read() as connection:
        return _config_view(connection, district, version)


def rates_view(gateway: Gateway, version: str | None = None) -> dict[str, Any]:
    """The rates in force, or those of a version. Raises NotFound."""
    with gateway.database.read() as connection:
        return _rates_view(connection, version)


def rule_as_json(rule: Rule) -> dict[str, Any]:
    tolerance = rule.tolerance
    return {
        "rule": rule.id,
        "direction": rule.direction.name,
        "level": rule.level.value,
        "basis": rule.basis.value,
        "compares": list(rule.compares),
        "tolerance": tolerance and {"absolute": f"{tolerance.absolute:f}", "share": f"{tolerance.share:f}"},
        "inner_code": rule.inner_code,
        "needs_declaration": rule.needs_declaration,
        "zh": rule.zh,
        "en": rule.en,
    }


def _config_view(connection: Connection, district: int, version: str | None = None) -> dict[str, Any]:
    """`source`: whether the settings are the district's own, those of every district, or the usual ones."""
    row = None
    if version is not None:
        # A decision names its version alone, which may be that of every district.
        named = (rulebook.config_named(connection, each, version) for each in (district, EVERY_DISTRICT))
        row = next((each for each in named if each is not None), None)
        if row is None and version != USUAL.version:
            raise NotFound(what="set of rules", value=f"{district:04d} {version}")
    else:
        newest = rulebook.newest_configs(connection, [district, EVERY_DISTRICT])
        if (chosen := newest.get(district, newest.get(EVERY_DISTRICT))) is not None:
            row = rulebook.configs_by_row(connection, [chosen])[chosen]
    config = USUAL if row is None else load_config(row.text)
    return {
        "district": f"{district:04d}",
        "version": config.version,
        "source": "usual" if row is None else "district" if row.district else "every district",
        **_loaded(row),
        "settings": config_as_json(config),
        "versions": _versions(rulebook.config_history(connection, district, MOST_VERSIONS)),
    }


def _rates_view(connection: Connection, version: str | None) -> dict[str, Any]:
    if version is None:
        newest = rulebook.newest_rates(connection)
        row = None if newest is None else rulebook.rates_in_row(connection, newest)
    else:
        row = rulebook.rates_named(connection, version)
        if row is None and version != example_rates().version:
            raise NotFound(what="rate table", value=version)
    rates = example_rates() if row is None else read_rates(row.text)
    return {
        **rates_as_json(rates),
        **_loaded(row),
        "versions": _versions(rulebook.rates_history(connection, MOST_VERSIONS)),
    }


def _loaded(row: Any) -> dict[str, Any]:
    if row is None:
        return {"loaded_at": None, "loaded_by": None}
    return {"loaded_at": iso(row.created_at), "loaded_by": row.participant_no}


def _versions(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"version": row.version, **_loaded(row)} for row in rows]
