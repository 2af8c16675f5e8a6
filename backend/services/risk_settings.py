"""How districts judge risk, version by version. The version loaded last is in force; none is ever lost."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from backend.domain.errors import Conflict, Forbidden, NotFound
from backend.domain.instants import iso
from backend.domain.participants import Role
from backend.domain.risk import FACTORS, RiskConfig, load_risk_config, risk_config_as_json
from backend.services.access import Caller, Scope
from backend.services.gateway import Gateway
from backend.store import risk
from backend.store.database import Connection

#: The settings of every district without its own stand under this number, which no customs bears.
EVERY_DISTRICT = 0

#: In force where nothing was loaded.
USUAL = RiskConfig()

#: Versions that a view lists.
MOST_VERSIONS = 100

# What was read stays read: a stored version never changes.
_read: WeakKeyDictionary[Any, dict[int, RiskConfig]] = WeakKeyDictionary()


def config_of(connection: Connection, district: int) -> RiskConfig:
    """The settings in force: the district's own, else those of every district, else the usual."""
    newest = risk.newest_configs(connection, [district, EVERY_DISTRICT])
    row = newest.get(district, newest.get(EVERY_DISTRICT))
    if row is None:
        return USUAL
    known = _read.setdefault(connection.engine, {})
    if row not in known:
        known[row] = load_risk_config(risk.config_in_row(connection, row).text)
    return known[row]


def load_risk(gateway: Gateway, caller: Caller, district: int, text: bytes) -> tuple[dict[str, Any], bool]:
    """Puts a version of a district's settings in force; its view, and whether it is new.

    Raises Forbidden for all but the district's own customs and governance, InvalidInput with every wrong field,
    Conflict for a version that stands for other settings already.
    """
    is_own = Scope.authority in caller.scopes and caller.bears(Role.Customs) and caller.district == district
    if not (caller.is_governance or (is_own and district != EVERY_DISTRICT)):
        raise Forbidden(action="set how risk is judged", needed="customs of the district, or scope governance")
    config = load_risk_config(text)
    with gateway.database.write() as connection:
        known = risk.config_named(connection, district, config.version)
        is_usual = config.version == USUAL.version and config != USUAL
        if is_usual or (known is not None and known.text != text):
            raise Conflict(key=f"{district:04d} {config.version}", what="set of risk settings")
        if known is None:
            risk.add_config(
                connection,
                district=district,
                version=config.version,
                text=text,
                participant_no=caller.acting_no,
                now=gateway.now(),
            )
        return _view(connection, district, config.version), known is None


def risk_view(gateway: Gateway, caller: Caller, district: int, version: str | None = None) -> dict[str, Any]:
    """A district's settings with the factors that they are about. Raises Forbidden, and NotFound for the version.

    Customs and governance alone read them: who knows the bounds can keep below them.
    """
    if not (caller.sees_every_operation or caller.bears(Role.Customs)):
        raise Forbidden(action="read how risk is judged", needed="scope governance or the role Customs")
    with gateway.database.read() as connection:
        return _view(connection, district, version)


def _view(connection: Connection, district: int, version: str | None) -> dict[str, Any]:
    row = None
    if version is not None:
        # An assessment names its version alone, which may be that of every district.
        named = (risk.config_named(connection, each, version) for each in (district, EVERY_DISTRICT))
        row = next((each for each in named if each is not None), None)
        if row is None and version != USUAL.version:
            raise NotFound(what="set of risk settings", value=f"{district:04d} {version}")
    else:
        newest = risk.newest_configs(connection, [district, EVERY_DISTRICT])
        chosen = newest.get(district, newest.get(EVERY_DISTRICT))
        row = None if chosen is None else risk.config_in_row(connection, chosen)
    config = USUAL if row is None else load_risk_config(row.text)
    return {
        "district": f"{district:04d}",
        "version": config.version,
        "source": "usual" if row is None else "district" if row.district else "every district",
        "loaded_at": None if row is None else iso(row.created_at),
        "loaded_by": None if row is None else row.participant_no,
        "settings": risk_config_as_json(config),
        "factors": [{"factor": factor.id, "most": factor.most, "zh": factor.zh, "en": factor.en} for factor in FACTORS],
        "versions": [
            {"version": each.version, "loaded_at": iso(each.created_at), "loaded_by": each.participant_no}
            for each in risk.config_history(connection, district, MOST_VERSIONS)
        ],
    }
