"""A district's risk settings as JSON: versioned, and refused with the name of every wrong field.

    {"version": "2026-11", "draw": true, "round_blocks": 60,
     "tiers": {"review": 30, "inspect": 60}, "rates": {"direct": "0.05", "review": "0.2", "inspect": 1},
     "factors": {"buyer": {"enabled": false}, "listing": {"most": 60}}}

Only `version` is required. Rates are shares of a tier's parcels, to four digits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from backend.domain.checked_json import CheckedJson
from backend.domain.draw import LEAST_BLOCKS, MOST_BLOCKS, WHOLE, Rates
from backend.domain.risk.factors import FACTORS
from backend.domain.risk.model import HIGHEST, FactorSetting, RiskConfig

_USUAL = RiskConfig()


def load_risk_config(text: str | bytes) -> RiskConfig:
    """The settings in a JSON text. Raises InvalidInput that names every wrong field, `rates.review` say."""
    whole = CheckedJson.of_text(text)
    version = whole.label("version", 60)
    draw = whole.flag("draw", _USUAL.draw)
    blocks = whole.integer("round_blocks", LEAST_BLOCKS, MOST_BLOCKS, _USUAL.round_blocks)
    tiers = whole.child("tiers")
    inspect_from = tiers.integer("inspect", 1, HIGHEST + 1, _USUAL.inspect_from)
    review_from = tiers.integer("review", 1, HIGHEST + 1, min(_USUAL.review_from, inspect_from))
    if review_from > inspect_from:
        tiers.fault("review", review_from, f"at most the bound of inspect, {inspect_from}")
    rates = _rates(whole.child("rates"))
    rows = whole.child("factors")
    factors = {each.id: _setting(rows.child(each.id)) for each in FACTORS if rows.has(each.id)}
    whole.finish()
    return RiskConfig(version, draw, review_from, inspect_from, rates, blocks, factors)


def _rates(given: CheckedJson) -> Rates:
    found = []
    for name, usual in (("direct", _USUAL.rates.direct), ("review", _USUAL.rates.review), ("inspect", WHOLE)):
        share = given.decimal(name, default=Decimal(usual) / WHOLE) * WHOLE
        if share != int(share):
            given.fault(name, share / WHOLE, "a share of at most four digits")
        found.append(int(share))
    rates = Rates(*found)
    if not rates.are_valid:
        given.fault("review", Decimal(rates.review) / WHOLE, "a stricter tier has no lower rate")
    return rates


def _setting(row: CheckedJson) -> FactorSetting:
    most = row.integer("most", 0, HIGHEST, -1) if row.has("most") else None
    return FactorSetting(row.flag("enabled", True), most)


def risk_config_as_json(config: RiskConfig) -> dict[str, Any]:
    """The settings with every field spelled out; read again they are the same settings."""
    return {
        "version": config.version,
        "draw": config.draw,
        "round_blocks": config.round_blocks,
        "tiers": {"review": config.review_from, "inspect": config.inspect_from},
        "rates": {
            name: f"{Decimal(rate) / WHOLE:f}"
            for name, rate in (
                ("direct", config.rates.direct),
                ("review", config.rates.review),
                ("inspect", config.rates.inspect),
            )
        },
        "factors": {name: _setting_as_json(setting) for name, setting in sorted(config.factors.items())},
    }


def _setting_as_json(setting: FactorSetting) -> dict[str, Any]:
    return {"enabled": setting.enabled} | ({} if setting.most is None else {"most": setting.most})
