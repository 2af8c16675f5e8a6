"""What customs' automatic accounts found, rule by rule, in words; and whether it is what was built in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.services.comparing import judge
from backend.services.demo.parcels import Traced
from backend.services.demo.stage import Stage
from backend.services.simulation import Expected

#: Rules of these levels decide; what is held or warned about is accepted.
_DECIDING = frozenset({"reject", "wait", "route"})

#: What a parcel with an anomaly should have come to, by what the account said of it.
_AS_BUILT = {
    Expected.Matched: "accepted",
    Expected.Held: "accepted",
    Expected.Mismatch: "rejected",
    Expected.Incomplete: "waiting",
}


def tell_findings(stage: Stage, parcels: Sequence[Traced]) -> None:
    """Notes why each parcel was not simply accepted, and what became of those with something wrong.

    Customs of the declaring district looks: it sees the documents, and how its account stands to them.
    """
    rules = stage.roles["governance"].get("/v1/matching")["rules"]
    looked = [parcel for parcel in parcels if parcel.anomaly or parcel.state != "Accepted"]
    stage.report("reasons read", 0, len(looked))
    for done, parcel in enumerate(looked, 1):
        view = stage.customs_of(parcel).get(f"/v1/parcels/{parcel.parcel_id}")
        examination = view.get("examination") or {}
        outcome = _outcome(parcel, examination)
        built_in = None
        if parcel.anomaly:
            as_labelled = _is_as_labelled(parcel, outcome, examination)
            built_in = {"anomaly": str(parcel.anomaly), "as_labelled": as_labelled}
        stage.told.findings.append(
            {
                "parcel_id": parcel.parcel_id,
                "outcome": outcome,
                "reasons": _reasons(rules, examination, view, stage.mail.of_parcel(parcel.parcel_id)),
                "due_at": examination.get("due_at") if outcome == "waiting" else None,
                "built_in": built_in,
            }
        )
        stage.report("reasons read", done, len(looked))


def _outcome(parcel: Traced, examination: Mapping[str, Any]) -> str:
    match parcel.state:
        case "Rejected":
            return "rejected"
        case "Declared":
            return str(examination.get("status", "undecided"))
        case _:
            return "accepted"


def _is_as_labelled(parcel: Traced, outcome: str, examination: Mapping[str, Any]) -> bool | None:
    """Whether a parcel came to what its label says; None where the label says nothing about a declared one."""
    made = parcel.simulated
    if made.joined_rules is not None:
        # Another number on a document than the list names: here that document has simply not come.
        return outcome == ("waiting" if made.joined_rules else "accepted")
    if made.expected is Expected.Routed:
        # An indivisible article above the limit is taxed in full, everything else leaves the retail channel.
        return bool(examination.get("outcome") == "routed")
    expected = _AS_BUILT.get(made.expected)
    return None if expected is None else outcome == expected


def _reasons(
    rules: Sequence[Mapping[str, Any]],
    examination: Mapping[str, Any],
    view: Mapping[str, Any],
    receipts: Sequence[Mapping[str, Any]],
) -> list[dict[str, str]]:
    """Each rule that decided, with its sentence: a rule has several where it compares several things.

    Which of them it was stands in the comparison of the documents; what needed more than documents (a buyer's year,
    a registry) is told by the receipt.
    """
    broken = examination.get("rules", [])
    found = {(one.rule, one.en): one.zh for one in judge(view).failures}
    info = " ".join(receipt["info"] for receipt in receipts)
    reasons = []
    for rule in broken:
        rows = [
            row
            for row in rules
            if row["rule"] == rule and row["level"] in _DECIDING and row["direction"] == view["direction"]
        ]
        meant = (
            [row for row in rows if (rule, row["en"]) in found] or [row for row in rows if row["zh"] in info] or rows
        )
        reasons += [{"rule": rule, "zh": row["zh"], "en": row["en"]} for row in meant]
    return reasons
