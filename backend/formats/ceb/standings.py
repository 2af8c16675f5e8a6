"""What the steps of a parcel's life are on customs' receipts: the status and the text that each receipt bears.

Sources: the status tables of specification 202205 (which status a receipt may bear) and observed receipts (the inner
codes 1200, 1800, 2600). Where no inner code was ever observed the status itself stands in its place. Which step is
which status is this project's reading: the specification names statuses, not the offices' acts behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.lifecycle import Step
from backend.formats.ceb.receipts import coded_info
from backend.formats.ceb.statuses import ReturnStatus as Status


@dataclass(frozen=True, slots=True)
class Standing:
    """One answer: the return status and its text."""

    status: str
    info: str


def standing(status: Status, description: str, *details: str, code: str = "") -> Standing:
    return Standing(status.value, cut(coded_info(code or status.value, description, *details)))


#: Characters that a receipt's text holds.
LONGEST_INFO = 1000


def cut(info: str) -> str:
    """A text as long as a receipt can hold."""
    return info if len(info) <= LONGEST_INFO else info[: LONGEST_INFO - 1] + "…"


STAGED = standing(Status.Staged, "电子口岸已暂存")
TAKEN = standing(Status.Taken, "电子口岸申报中")
SENT = standing(Status.Sent, "发送海关成功")
ACCEPTED = standing(Status.Accepted, "逻辑校验通过", code="1800")
IN_REVIEW = standing(Status.Review, "待人工审核", code="1200")
RELEASED = standing(Status.Released, "放行", code="2600")
CLOSED_REVIEW = standing(Status.ReviewClosed, "海关审结")

#: What is left out of a receipt's table of statuses is 399 there: 120 on the receipts of movements, for instance.
_WITHOUT_ACCEPTED = frozenset({"506", "508", "510", "216", "606", "702"})


def accepted_on(receipt_type: str) -> Standing:
    """That a document or notice has been taken into customs' database, as this receipt can say it."""
    return CLOSED_REVIEW if receipt_type in _WITHOUT_ACCEPTED else ACCEPTED


#: The list's receipts (622, 604), by the step recorded. Steps that stand in none change nothing that customs tells.
LIST_STANDINGS: dict[Step, Standing] = {
    Step.Declaration: SENT,
    Step.Acceptance: ACCEPTED,
    Step.Rejection: standing(Status.Rejected, "海关退单"),
    Step.ReviewOpened: IN_REVIEW,
    Step.ReviewClosed: CLOSED_REVIEW,
    Step.InspectionOrdered: standing(Status.Inspection, "查验"),
    Step.InspectionPassed: standing(Status.ReviewClosed, "查验通过"),
    Step.Reinspection: standing(Status.Inspection, "再次查验"),
    Step.Detention: standing(Status.DetainedOtherwise, "扣留"),
    Step.PortDetention: standing(Status.DetainedOtherwise, "口岸海关扣留"),
    Step.DetentionLifted: standing(Status.ReviewClosed, "解除扣留"),
    Step.PortDetentionLifted: standing(Status.ReviewClosed, "口岸海关解除扣留"),
    Step.DuplicateReported: standing(Status.DetainedOtherwise, "重复申报，扣留"),
    Step.Release: RELEASED,
    Step.Closure: standing(Status.Closed, "结关"),
    Step.ReturnAbroad: standing(Status.ReturnedAbroad, "退运"),
    Step.Cancellation: standing(Status.Rejected, "清单已撤销"),
    Step.Confiscation: standing(Status.DetainedOtherwise, "没收"),
    Step.Destruction: standing(Status.DetainedOtherwise, "没收货物已处置"),
    Step.CaseOpened: standing(Status.DetainedToLegal, "知识产权案件立案"),
    Step.CaseClosed: standing(Status.ReviewClosed, "知识产权案件结案"),
    Step.InfringementFound: standing(Status.DetainedToLegal, "认定侵权"),
    Step.DisposalOrdered: standing(Status.DetainedOtherwise, "侵权货物已处置"),
    Step.DestructionOrdered: standing(Status.DetainedOtherwise, "侵权货物已销毁"),
}

#: To whom detained goods are handed, as evidence of a detention may say (`transferred_to`).
DETENTIONS: dict[str, Standing] = {
    "clearance": standing(Status.DetainedToClearance, "扣留移送通关"),
    "anti_smuggling": standing(Status.DetainedToAntiSmuggling, "扣留移送缉私"),
    "legal": standing(Status.DetainedToLegal, "扣留移送法规"),
}

#: The return request's receipts (626, 214), by the step recorded.
RETURN_STANDINGS: dict[Step, Standing] = {
    Step.ReturnRequested: ACCEPTED,
    Step.ReturnApproved: CLOSED_REVIEW,
    Step.ReturnRefused: standing(Status.Rejected, "退货申请未予批准"),
    Step.ReturnVerified: RELEASED,
}

#: 214 has no 399: an approval is told by its release, and the verification of the goods changes it no more.
EXPORT_RETURN_STANDINGS: dict[Step, Standing] = {
    Step.ReturnRequested: ACCEPTED,
    Step.ReturnApproved: RELEASED,
    Step.ReturnRefused: standing(Status.Rejected, "退货申请未予批准"),
}

#: The cancellation request's receipts (624, 606).
CANCELLED = standing(Status.ReviewClosed, "同意撤销")


def not_sent(title: str, reason_zh: str) -> Standing:
    """That the chain refused a declaration, in words."""
    return standing(Status.NotSent, "发送海关失败", f"{title}：{reason_zh}")


def rejected(*reasons: str) -> Standing:
    """That customs, or the chain in customs' place, refused it: a reason that bears its own code stands as it is."""
    if reasons and reasons[0].startswith("[Code:"):
        return Standing(Status.Rejected.value, cut(",".join(reasons)))
    return standing(Status.Rejected, "海关退单", *reasons)
