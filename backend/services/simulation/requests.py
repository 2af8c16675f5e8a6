"""What is asked about one simulated parcel once customs has numbered its list: 623 and 605, 625 and 213, 215, 701.

What takes a departure back needs no number, but is sent only if a parcel stays behind: it is here too.

    message = cancellation_request(parcel, list_no)          # list_no: `invtNo` of the receipt 622 or 604
    message.sender, message.data

Each function makes one message of the enterprise whose part it is; ValueError where the parcel allows none. The
same arguments give the same bytes. `seed` is that of the parcel's set, whose key signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from backend.domain.documents import Document
from backend.domain.notices import Notice, notice_of
from backend.domain.roster import ROSTER, Enterprise, Roster, enterprise
from backend.services.simulation import numbers
from backend.services.simulation.drafts import decimal_text, wire_time
from backend.services.simulation.model import Mode, SimulatedMessage, SimulatedParcel
from backend.services.simulation.notices import departure
from backend.services.simulation.posting import Postbox

#: When each is asked by default, after the order.
_CANCELLATION, _OFFLOADING, _RETURN, _SUMMARY, _RETURN_ARRIVAL = (timedelta(days=days) for days in (1, 2, 12, 20, 30))

_FIVE_PLACES = Decimal("0.00001")

#: Supervision mode of an export → that of its return.
_RETURN_MODES = {"1210": "1261"}
_RETURN_MODE = "9661"


def cancellation_request(
    parcel: SimulatedParcel,
    list_no: str,
    *,
    pre_no: str | None = None,
    reason: str = "订单取消，申请撤销清单",
    attempt: int = 1,
    at: datetime | None = None,
    seed: int = 0,
    roster: Roster = ROSTER,
) -> SimulatedMessage:
    """623 or 605: its declarant asks to cancel the list. `attempt` tells repeated requests apart."""
    declaration = _declaration(parcel)
    message_type = "623" if declaration.type == "621" else "605"
    head = _start(parcel, f"{message_type}/{attempt}", at, _CANCELLATION)
    head |= {"copNo": _own_number("C", declaration, attempt), "invtNo": list_no, "reason": reason}
    head |= _of(declaration, "customsCode", "agentCode", "agentName", "ebcCode", "ebcName")
    if message_type == "623":
        head |= _of(declaration, *_PARTIES_OF_A_LIST)
    if pre_no:
        head["preNo"] = pre_no
    sender = enterprise(parcel.senders[declaration.type], roster)
    return _post(notice_of(message_type, head), sender, (parcel.index,), seed)


def return_request(
    parcel: SimulatedParcel,
    list_no: str,
    *,
    quantities: Mapping[int, Decimal] | None = None,
    reason: str = "消费者退货",
    attempt: int = 1,
    at: datetime | None = None,
    seed: int = 0,
    roster: Roster = ROSTER,
) -> SimulatedMessage:
    """625 or 213: its declarant asks to take goods back.

    `quantities` are by the list's line numbers, all of everything where there are none; ValueError for a line that
    is not on the list, and for more than it holds.
    """
    declaration = _declaration(parcel)
    is_import = declaration.type == "621"
    message_type = "625" if is_import else "213"
    head = _start(parcel, f"{message_type}/{attempt}", at, _RETURN) | {"invtNo": list_no, "reason": reason}
    head |= _of(declaration, "customsCode", "agentCode", "agentName", "ebpCode", "ebpName", "ebcCode", "ebcName")
    head |= _of(declaration, "logisticsNo", "logisticsCode", "logisticsName")
    own = _own_number("R", declaration, attempt)
    if is_import:
        head |= {"copNo": own, **_of(declaration, *_PARTIES_OF_A_LIST)}
    else:
        head |= {"coElNo": own, "portCode": parcel.port_code, "country": declaration.head["country"]}
        head |= {"tradeMode": _RETURN_MODES.get(parcel.trade_mode, _RETURN_MODE), **_way_back(parcel)}
    lines = _returned(declaration, quantities, full=not is_import)
    sender = enterprise(parcel.senders[declaration.type], roster)
    return _post(notice_of(message_type, head, lines), sender, (parcel.index,), seed)


def return_arrival(
    parcel: SimulatedParcel,
    list_no: str,
    *,
    pre_no: str | None = None,
    attempt: int = 1,
    at: datetime | None = None,
    seed: int = 0,
    roster: Roster = ROSTER,
) -> SimulatedMessage:
    """215: the supervised place reports that the goods of an export are back. No such message exists of imports."""
    declaration = _declaration(parcel)
    if declaration.type != "603" or parcel.journey is None:
        raise ValueError(f"parcel {parcel.index} is no export: the arrival of its return is no message")
    operator = enterprise(parcel.journey.operator, roster)
    head = _start(parcel, f"215/{attempt}", at, _RETURN_ARRIVAL) | {
        "operatorCode": operator.customs_code,
        "operatorName": operator.name_zh,
        "coElNo": _own_number("T", declaration, attempt),
        "invtNo": list_no,
        **_of(declaration, "customsCode", "logisticsNo", "logisticsCode", "logisticsName"),
        **_way_back(parcel),
    }
    if pre_no:
        head["preNo"] = pre_no
    return _post(notice_of("215", head), operator, (parcel.index,), seed)


def summary_request(
    lists: Sequence[tuple[SimulatedParcel, str]],
    *,
    attempt: int = 1,
    at: datetime | None = None,
    seed: int = 0,
    roster: Roster = ROSTER,
) -> SimulatedMessage:
    """701: a declarant asks to sum up its closed export lists, each with its number, for one seller in one district."""
    declarations = [_declaration(parcel) for parcel, _ in lists]
    names = ("customsCode", "agentCode", "agentName", "ebcCode", "ebcName")
    if len({(each.type, *(each.head[name] for name in names)) for each in declarations}) != 1:
        raise ValueError("a summary is of one or more lists of one declarant, one seller and one district")
    parcel, declaration = lists[0][0], declarations[0]
    if declaration.type != "603":
        raise ValueError(f"parcel {parcel.index} is no export: its list is not summed up")
    head = _start(max((each for each, _ in lists), key=lambda each: each.ordered), f"701/{attempt}", at, _SUMMARY)
    head |= _of(declaration, *names) | {
        "copNo": _own_number("S", declaration, attempt),
        "declAgentCode": declaration.head["agentCode"],
        "declAgentName": declaration.head["agentName"],
        "summaryFlag": "1",
        "itemNameFlag": "1",
        "msgCount": "1",
        "msgSeqNo": "1",
    }
    sender = enterprise(parcel.senders["603"], roster)
    notice = notice_of("701", head, [{"invtNo": list_no} for _, list_no in lists])
    return _post(notice, sender, tuple(each.index for each, _ in lists), seed)


def offloading(
    parcel: SimulatedParcel, *, at: datetime | None = None, seed: int = 0, roster: Roster = ROSTER
) -> SimulatedMessage:
    """509 with appType 3: one parcel of a departure that was reported did not leave after all (甩货)."""
    if parcel.journey is None or "603" not in parcel.documents:
        raise ValueError(f"parcel {parcel.index} is no declared export: it does not leave the country")
    carrier = enterprise(parcel.journey.carrier, roster)
    reported = departure([parcel], parcel.journey, carrier)
    head = {**reported.head, **_start(parcel, "509/3", at, _OFFLOADING), "appType": "3"}
    return _post(notice_of("509", head, reported.lines), carrier, (parcel.index,), seed)


# ---------------------------------------------------------------------------------------------------

#: What requests about imports repeat of the list, beside seller and declarant.
_PARTIES_OF_A_LIST = (
    "orderNo", "ebpCode", "ebpName", "logisticsNo", "logisticsCode", "logisticsName", "buyerIdType", "buyerIdNumber",
    "buyerName", "buyerTelephone",
)  # fmt: skip


def _declaration(parcel: SimulatedParcel) -> Document:
    if parcel.declaration is None:
        raise ValueError(f"parcel {parcel.index} was never declared")
    return parcel.declaration


def _start(parcel: SimulatedParcel, name: str, at: datetime | None, delay: timedelta) -> dict[str, str]:
    return {
        "guid": numbers.guid_from(_random_of(f"{name}/{parcel.platform_code}/{parcel.order_no}/{parcel.index}")),
        "appType": "1",
        "appTime": wire_time(at or parcel.ordered + delay),
        "appStatus": "2",
    }


def _own_number(letter: str, declaration: Document, attempt: int) -> str:
    """The sender's own number, after that of the list."""
    return f"{letter}{declaration.head['copNo'][1:]}{attempt:02d}"


def _of(document: Document, *names: str) -> dict[str, str]:
    return {name: document.head[name] for name in names}


def _way_back(parcel: SimulatedParcel) -> dict[str, str]:
    """The conveyance of an export's return; its bill is the one it left under, with a letter for the way back."""
    bill = parcel.journey.bill_no if parcel.journey else parcel.order_no
    voyage = parcel.journey.voyage_no if parcel.journey else parcel.order_no
    return {"billNo": f"{bill}R", "ieFlag": "I", "trafMode": "5", "trafName": "SIMULATED", "voyageNo": f"{voyage}R"}


def _returned(declaration: Document, quantities: Mapping[int, Decimal] | None, *, full: bool) -> list[dict[str, str]]:
    """The lines that go back, under the list's numbers; `full` with description and statutory quantities (213)."""
    by_number = {int(line["gnum"]): line for line in declaration.lines}
    wanted = quantities or {number: Decimal(line["qty"]) for number, line in by_number.items()}
    lines = []
    for number, quantity in sorted(wanted.items()):
        line = by_number.get(number)
        if line is None or not 0 < quantity <= Decimal(line["qty"]):
            raise ValueError(f"line {number} of the list does not hold {quantity}")
        row = {name: line[name] for name in ("gnum", "gcode", "gname", "unit")} | {"qty": decimal_text(quantity)}
        if full:
            share = quantity / Decimal(line["qty"])
            row |= {name: line[name] for name in ("gmodel", "unit1", "unit2") if name in line}
            for name in ("qty1", "qty2"):
                if name in line:
                    row[name] = decimal_text((Decimal(line[name]) * share).quantize(_FIVE_PLACES))
        lines.append(row)
    return lines


def _post(notice: Notice, sender: Enterprise, parcels: tuple[int, ...], seed: int) -> SimulatedMessage:
    mode: Mode = "import" if notice.type in {"623", "625"} else "export"
    return Postbox(seed, mode).post_alone(notice, sender, parcels)


def _random_of(name: str) -> Random:
    # Not for secrets: the same request must have the same id.
    return Random(name)  # noqa: S311
