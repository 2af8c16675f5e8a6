"""Calldata for every write of calendar, rights and cases. Amounts are fen of the yuan, instants Unix seconds."""

from __future__ import annotations

from collections.abc import Sequence

from backend.chain.calls import BASE_GAS, OTHER_GAS, encode_call
from backend.chain.carriage_calls import CONTRACT as CARRIAGE
from backend.chain.carriage_calls import ENTRY_GAS
from backend.domain.rights import RightKind
from backend.domain.working_days import words_of

#: A slot for each chapter that a list of goods touches, and its share of calldata and event.
CHAPTER_GAS = 25_000

#: Words of the longest call to the rights registry before its headings begin.
_PLAIN_WORDS = 6


def gas_of_call(contract: str, calldata: bytes) -> int:
    """An upper bound for any call that is neither a declaration nor a record.

    Of a right's goods only the length is seen, as if every heading had a chapter of its own; of a consignment's entries
    likewise.
    """
    usual = BASE_GAS + OTHER_GAS
    headings = len(calldata) // 32 - _PLAIN_WORDS
    if contract == CARRIAGE:
        return usual + ENTRY_GAS * (len(calldata) // 64)
    return usual + CHAPTER_GAS * max(0, headings) if contract == "RightsRegistry" else usual


def publish_year(year: int, number: int) -> bytes:
    """A year's working days as its number: `backend.domain.working_days`."""
    return encode_call("WorkingCalendar", "publishYear", year, *words_of(number))


# ---------------------------------------------------------------------------------------------------
# Rights


def apply_for_recordal(
    kind: RightKind, marks: bytes, goods: bytes, headings: Sequence[int], underlying_until: int, evidence: bytes
) -> bytes:
    """`marks` and `goods` are commitments, `headings` HS headings of four digits."""
    arguments = (int(kind), marks, goods, list(headings), underlying_until, evidence)
    return encode_call("RightsRegistry", "applyForRecordal", *arguments)


def apply_for_change(right_id: int, marks: bytes, goods: bytes, headings: Sequence[int], evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "applyForChange", right_id, marks, goods, list(headings), evidence)


def apply_for_renewal(right_id: int, underlying_until: int, evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "applyForRenewal", right_id, underlying_until, evidence)


def approve_application(right_id: int, evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "approveApplication", right_id, evidence)


def refuse_application(right_id: int, grounds: bytes, evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "refuseApplication", right_id, grounds, evidence)


def withdraw_recordal(right_id: int, evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "withdrawRecordal", right_id, evidence)


def revoke_recordal(right_id: int, grounds: bytes, evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "revokeRecordal", right_id, grounds, evidence)


def grant_licence(right_id: int, seller_no: int, goods: bytes, until: int, evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "grantLicence", right_id, seller_no, goods, until, evidence)


def revoke_licence(right_id: int, seller_no: int, evidence: bytes) -> bytes:
    return encode_call("RightsRegistry", "revokeLicence", right_id, seller_no, evidence)


def set_headquarters(participant_no: int) -> bytes:
    return encode_call("RightsRegistry", "setHeadquarters", participant_no)


# ---------------------------------------------------------------------------------------------------
# Cases


def notify_holder(
    right_id: int, heading: int, manifest: bytes, parcels: int, goods_value: int, evidence: bytes
) -> bytes:
    return encode_call("InfringementCases", "notifyHolder", right_id, heading, manifest, parcels, goods_value, evidence)


def request_detention(case_id: int, security: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "requestDetention", case_id, security, evidence)


def lodge_complaint(
    right_id: int, customs_no: int, heading: int, goods_value: int, security: int, evidence: bytes
) -> bytes:
    return encode_call(
        "InfringementCases", "lodgeComplaint", right_id, customs_no, heading, goods_value, security, evidence
    )


def detain_goods(case_id: int, manifest: bytes, parcels: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "detainGoods", case_id, manifest, parcels, evidence)


def decline_complaint(case_id: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "declineComplaint", case_id, evidence)


def record_finding(case_id: int, infringing: bool, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "recordFinding", case_id, infringing, evidence)


def appeal_finding(case_id: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "appealFinding", case_id, evidence)


def decide_finding_appeal(case_id: int, upheld: bool, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "decideFindingAppeal", case_id, upheld, evidence)


def confirm_finding(case_id: int) -> bytes:
    return encode_call("InfringementCases", "confirmFinding", case_id)


def record_court_notice(case_id: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "recordCourtNotice", case_id, evidence)


def record_ruling(case_id: int, infringing: bool, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "recordRuling", case_id, infringing, evidence)


def withdraw_case(case_id: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "withdrawCase", case_id, evidence)


def accept_counter_bond(case_id: int, bond: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "acceptCounterBond", case_id, bond, evidence)


def declare_lapsed(case_id: int) -> bytes:
    return encode_call("InfringementCases", "declareLapsed", case_id)


def pass_over_disposal(case_id: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "passOverDisposal", case_id, evidence)


def choose_disposal(case_id: int, evidence: bytes) -> bytes:
    return encode_call("InfringementCases", "chooseDisposal", case_id, evidence)
