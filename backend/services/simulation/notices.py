"""What is reported of simulated parcels without knowing customs' answers: 607, 507, 711, 509, 513.

Parcels that travel under one bill are reported together, one notice for each declaring district; a bonded import
travels under none. Who reports an arrival sees the goods, so that it names parcels too that were never declared
or will be rejected. Departures and deliveries name only parcels that nothing is wrong with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from backend.domain.notices import SIGNED_FOR, Notice, notice_of
from backend.domain.roster import ROSTER, Enterprise, Roster, enterprise
from backend.services.simulation import numbers
from backend.services.simulation.drafts import decimal_text, wire_time
from backend.services.simulation.labels import Expected
from backend.services.simulation.model import Journey, Mode, SimulatedMessage, SimulatedParcel
from backend.services.simulation.posting import MOST_DOCUMENTS, Postbox

Parcels = Sequence[SimulatedParcel]

#: The share of imports whose delivery is reported.
DELIVERED = 0.6

#: After the last order of a bill, or the order itself.
_MASTER, _ARRIVAL, _LEAVE, _DEPARTURE = (timedelta(hours=hours) for hours in (4, 6, 20, 21))
_DELIVERY = timedelta(days=2)

_AIR = "5"
_AIRCRAFT = "SIMULATED"


def masters(postbox: Postbox, parcels: Parcels, roster: Roster) -> Iterator[SimulatedMessage]:
    """607: which parcels a declarant has declared under a bill."""

    def sender(parcel: SimulatedParcel, journey: Journey) -> str | None:
        return parcel.senders["603"] if journey.in_master else None

    return _reports(postbox, "607", parcels, sender, _master, roster)


def arrivals(postbox: Postbox, parcels: Parcels, mode: Mode, roster: Roster) -> Iterator[SimulatedMessage]:
    """711 or 507: which parcels have come into the supervised place under a bill."""

    def sender(_parcel: SimulatedParcel, journey: Journey) -> str | None:
        return journey.operator if journey.arrives else None

    if mode == "import":
        return _reports(postbox, "711", parcels, sender, _import_arrival, roster, most=1)
    return _reports(postbox, "507", parcels, sender, _export_arrival, roster)


def departures(postbox: Postbox, parcels: Parcels, roster: Roster) -> Iterator[SimulatedMessage]:
    """509: which parcels have left the country under a bill."""

    def sender(parcel: SimulatedParcel, journey: Journey) -> str | None:
        return journey.carrier if parcel.expected is Expected.Matched else None

    return _reports(postbox, "509", parcels, sender, departure, roster)


def deliveries(postbox: Postbox, parcels: Parcels, roster: Roster) -> Iterator[SimulatedMessage]:
    """513: which imports were signed for."""
    delivered: dict[str, list[tuple[int, Notice]]] = {}
    for parcel in parcels:
        if parcel.expected is Expected.Matched:
            random = _random_of(f"513/{parcel.order_no}")
            if random.random() < DELIVERED:
                notice = (parcel.index, _delivery(parcel, random))
                delivered.setdefault(parcel.senders["511"], []).append(notice)
    for key, notices in delivered.items():
        for start in range(0, len(notices), MOST_DOCUMENTS):
            indexes, chunk = zip(*notices[start : start + MOST_DOCUMENTS], strict=True)
            yield postbox.post("513", enterprise(key, roster), chunk, indexes)


def _reports(
    postbox: Postbox,
    message_type: str,
    parcels: Parcels,
    sender_of: Callable[[SimulatedParcel, Journey], str | None],
    make: Callable[[Parcels, Journey, Enterprise, Roster], Notice],
    roster: Roster,
    most: int = MOST_DOCUMENTS,
) -> Iterator[SimulatedMessage]:
    """One message a bill and sender, with a notice for each declaring district; `most` notices a message."""
    bills: dict[tuple[str, str], dict[str, list[SimulatedParcel]]] = {}
    for parcel in parcels:
        if parcel.journey and (key := sender_of(parcel, parcel.journey)):
            districts = bills.setdefault((parcel.journey.bill_no, key), {})
            districts.setdefault(parcel.customs_code, []).append(parcel)
    for (_, key), districts in bills.items():
        sender, groups = enterprise(key, roster), list(districts.values())
        for start in range(0, len(groups), most):
            chunk = groups[start : start + most]
            notices = [make(group, group[0].journey, sender, roster) for group in chunk if group[0].journey]
            yield postbox.post(message_type, sender, notices, (parcel.index for group in chunk for parcel in group))


# ---------------------------------------------------------------------------------------------------
# The notices


def _import_arrival(group: Parcels, journey: Journey, operator: Enterprise, roster: Roster) -> Notice:
    head = _start("711", "A", group, journey, _ARRIVAL) | {
        "operatorCode": operator.customs_code,
        "operatorName": operator.name_zh,
        "ieFlag": "I",
        "trafMode": _AIR,
        "trafNo": _AIRCRAFT,
        "voyageNo": journey.voyage_no,
        "billNo": journey.bill_no,
        **_carrier(journey, roster),
    }
    return notice_of("711", head, _waybills(group))


def _export_arrival(group: Parcels, journey: Journey, operator: Enterprise, roster: Roster) -> Notice:
    head = _start("507", "A", group, journey, _ARRIVAL) | {
        "operatorCode": operator.customs_code,
        "operatorName": operator.name_zh,
        "ieFlag": "E",
        "trafMode": _AIR,
        "billNo": journey.bill_no,
        "domesticTrafNo": f"SIM{journey.bill_no[-5:]}",
        **_carrier(journey, roster),
        **_WHOLE,
    }
    return notice_of("507", head, _waybills(group))


def _master(group: Parcels, journey: Journey, agent: Enterprise, roster: Roster) -> Notice:
    gross = sum((Decimal(each.declaration.head["grossWeight"]) for each in group if each.declaration), Decimal(0))
    head = _start("607", "M", group, journey, _MASTER) | {
        "agentCode": agent.customs_code,
        "agentName": agent.name_zh,
        "trafMode": _AIR,
        "trafName": _AIRCRAFT,
        "voyageNo": journey.voyage_no,
        "billNo": journey.bill_no,
        "grossWeight": decimal_text(gross),
        **_carrier(journey, roster),
        **_WHOLE,
    }
    return notice_of("607", head, _waybills(group))


def departure(group: Parcels, journey: Journey, carrier: Enterprise, _roster: Roster = ROSTER) -> Notice:
    """509 of these parcels, which one bill and one district have in common."""
    head = _start("509", "D", group, journey, _DEPARTURE) | {
        "logisticsCode": carrier.customs_code,
        "logisticsName": carrier.name_zh,
        "trafMode": _AIR,
        "trafName": _AIRCRAFT,
        "voyageNo": journey.voyage_no,
        "billNo": journey.bill_no,
        "leaveTime": wire_time(_last(group) + _LEAVE),
        **_WHOLE,
    }
    return notice_of("509", head, _waybills(group))


def _delivery(parcel: SimulatedParcel, random: Random) -> Notice:
    waybill = parcel.documents["511"].head
    at = parcel.ordered + _DELIVERY + timedelta(minutes=random.randrange(24 * 60))
    head = {
        "guid": numbers.guid_from(random),
        "appType": "1",
        "appTime": wire_time(at + timedelta(minutes=5)),
        "appStatus": "2",
        "logisticsCode": waybill["logisticsCode"],
        "logisticsName": waybill["logisticsName"],
        "logisticsNo": waybill["logisticsNo"],
        "logisticsStatus": SIGNED_FOR,
        "logisticsTime": wire_time(at),
    }
    return notice_of("513", head)


#: Nothing is split: the one message of one.
_WHOLE = {"msgCount": "1", "msgSeqNo": "1"}


def _start(message_type: str, letter: str, group: Parcels, journey: Journey, delay: timedelta) -> dict[str, str]:
    """The fields with which every report of a bill begins; its number is the bill's and the district's."""
    district = group[0].customs_code
    return {
        "guid": numbers.guid_from(_random_of(f"{message_type}/{journey.bill_no}/{district}")),
        "appType": "1",
        "appTime": wire_time(_last(group) + delay),
        "appStatus": "2",
        "customsCode": district,
        "copNo": f"{letter}{journey.bill_no[4:]}{district}",
    }


def _waybills(group: Parcels) -> list[dict[str, str]]:
    waybills = (parcel.journey.waybill_no for parcel in group if parcel.journey)
    return [{"gnum": str(number), "logisticsNo": waybill} for number, waybill in enumerate(waybills, 1)]


def _carrier(journey: Journey, roster: Roster) -> dict[str, str]:
    carrier = enterprise(journey.carrier, roster)
    return {"logisticsCode": carrier.customs_code, "logisticsName": carrier.name_zh}


def _last(group: Parcels) -> datetime:
    return max(parcel.ordered for parcel in group)


def _random_of(name: str) -> Random:
    # Not for secrets: the same simulation must give the same notices.
    return Random(name)  # noqa: S311
