"""What happens in the demo, in its order: each role does its part over HTTP and waits for the chain."""

from __future__ import annotations

from collections.abc import Sequence

from backend.services.demo import customs, money, onward, requests
from backend.services.demo.client import Roles
from backend.services.demo.documents import report_onward, send_documents
from backend.services.demo.findings import tell_findings
from backend.services.demo.parcels import Traced
from backend.services.demo.plan import Plan
from backend.services.demo.stage import Report, Stage, Told
from backend.services.simulation import Mishap


def tell(roles: Roles, plan: Plan, report: Report) -> Told:
    """The whole story; about a dozen waits for the chain. Raises NotRunning, Refused or ConfirmationTimedOut."""
    stage = Stage(roles, plan, report)
    first = _first_wave(stage)
    second = send_documents(stage, 1)
    tell_findings(stage, second)
    _move(stage, first, second)
    _end(stage, first)
    _sum_up(stage)
    return stage.told


def _first_wave(stage: Stage) -> list[Traced]:
    """From the documents to the release, and the seller that is barred in between."""
    seller = customs.seller_to_bar(stage.roles)
    first = send_documents(stage, 0)
    tell_findings(stage, first)
    money.ask_for_payment(stage, first)
    # Nothing else happens to the seller that is to be barred: its parcels show what that means.
    others = [parcel for parcel in first if parcel.seller_no != seller]
    cancellations = requests.ask_cancellations(stage, others)
    customs.control(stage, [parcel for parcel in others if parcel not in [one.parcel for one in cancellations]])
    stage.rest("reviews and inspections")
    requests.decide_cancellations(stage, cancellations)
    stage.rest("cancellations decided")
    kept_back = [parcel for parcel in first if parcel.seller_no == seller][:2]
    customs.release(stage, [parcel for parcel in first if parcel not in kept_back])
    stage.rest("releases")
    if not customs.is_barred(stage.roles):
        customs.bar(stage, seller)
    # The seller is barred now: what it has not got released stays where it is, what it declares is refused.
    customs.release(stage, kept_back)
    return first


def _move(stage: Stage, first: Sequence[Traced], second: Sequence[Traced]) -> None:
    """The first wave leaves and is delivered; every other parcel of the second is released and under way in the end."""
    transit = onward.set_out(stage, first, Mishap.SealBroken)
    report_onward(stage, stage.plan.waves[0])
    customs.release(stage, second[::2])
    stage.rest("departures and deliveries")
    onward.arrive_at_port(stage, transit)
    onward.set_out(stage, second)
    stage.rest("transit")


def _end(stage: Stage, parcels: Sequence[Traced]) -> None:
    """Offloading, returns, closures and their summary."""
    left_behind = onward.offload(stage, parcels)
    returned = requests.ask_returns(stage, [parcel for parcel in parcels if parcel is not left_behind])
    closed = onward.end(stage, parcels, [*(one.parcel for one in returned), left_behind])
    stage.rest("returns asked for, closures")
    imports = [one.parcel for one in returned if one.parcel.is_import]
    before = {parcel.parcel_id: money.counted(stage, parcel) for parcel in imports}
    requests.ask_summary(stage, closed)
    requests.bring_back(stage, returned)
    stage.rest("returns verified")
    for parcel in imports:
        used = {"before_return": before[parcel.parcel_id], "after_return": money.counted(stage, parcel)}
        stage.told.tax["buyers_year"] = used


def _sum_up(stage: Stage) -> None:
    stage.close()
    requests.tell_answers(stage)
    money.tell_taxes(stage)
    stage.told.receipts = stage.mail.table()
    stage.told.not_sent = stage.mail.not_sent()
    stage.told.series = stage.mail.longest_series()
