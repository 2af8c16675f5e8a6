"""What tests about cases and listings need: authorities beyond the cast, a recorded right, held parcels, and time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.chain import calls, rights_calls
from backend.chain.rights_views import RightsViews
from backend.domain.commitments import keccak
from backend.domain.rights import RightKind
from backend.domain.working_days import year_number
from backend.services.gateway import Gateway, unix_now
from backend.services.outbox import account_of, enqueue_call, new_operation
from backend.services.simulation import simulate
from backend.store import readmodel
from tests.support.asking import newcomer
from tests.support.running import Ledger, until

CASES = "/v1/cases"
SHOES = 6404
FILE = keccak(b"file")


# ---------------------------------------------------------------------------------------------------
# Who takes part


def hire(ledger: Ledger, name: str, *roles: str, **more: Any) -> int:
    """Another organisation with a key of its own at this gateway, known to the test by its name."""
    number = newcomer(ledger, roles=list(roles), hosted=True, **more)
    scope = "enterprise" if roles[0] in ("RightsHolder", "Seller", "Platform", "Declarant") else "authority"
    body = {"participant_no": number, "scopes": [scope], "label": name}
    ledger.keys[name] = ledger.post("governance", "/v1/keys", body, confirm=False, status=201)["token"]
    ledger.numbers[name] = number
    return number


# ---------------------------------------------------------------------------------------------------
# Calls for which no route stands here


def call(gateway: Gateway, participant_no: int, contract: str, calldata: bytes) -> str:
    """Queues a call of a contract under a participant's account; 0 is governance."""
    with gateway.database.write() as connection:
        now = gateway.now()
        operation_id = new_operation(connection, "Test", participant_no, {}, now)
        enqueue_call(
            connection,
            operation_id=operation_id,
            account=account_of(connection, participant_no),
            participant_no=participant_no,
            contract=contract,
            calldata=calldata,
            now=now,
        )
    return operation_id


def done(gateway: Gateway, operation_id: str) -> None:
    """Waits until the chain has taken a call."""

    def status() -> bool:
        with gateway.database.read() as connection:
            query = "SELECT status, refusal FROM outbox WHERE operation_id = ?"
            rows = list(connection.exec_driver_sql(query, (operation_id,)))
        assert not [row for row in rows if row[0] == "quarantined"], rows
        return all(row[0] == "confirmed" for row in rows)

    until(status, "the call is taken")


def do(gateway: Gateway, participant_no: int, contract: str, calldata: bytes) -> None:
    done(gateway, call(gateway, participant_no, contract, calldata))


def recorded(ledger: Ledger, holder: str = "rights_holder", kind: RightKind = RightKind.Trademark) -> int:
    """A right on record for shoes; the years that its deadlines reach into are arranged."""
    gateway, views = ledger.gateway, RightsViews(ledger.gateway.client, ledger.gateway.deployment)
    headquarters = views.headquarters_no()
    arranged = {each["year"] for each in ledger.get(None, "/v1/working-days")["years"]}
    this_year = datetime.fromtimestamp(gateway.now(), UTC).year
    for year in sorted(set(range(this_year, this_year + 3)) - arranged):
        do(gateway, 0, "WorkingCalendar", rights_calls.publish_year(year, year_number(year, (), ())))
    ends = gateway.now() + 3_000 * 86_400
    application = rights_calls.apply_for_recordal(kind, FILE, FILE, (SHOES,), ends, FILE)
    do(gateway, ledger.numbers[holder], "RightsRegistry", application)
    right = views.right_count()
    do(gateway, headquarters, "RightsRegistry", rights_calls.approve_application(right, FILE))
    return right


def hear_for(ledger: Ledger, hours: int) -> None:
    """Sets how long listed parties are heard from now on."""
    do(ledger.gateway, 0, "Blacklist", calls.set_hearing_window(hours * 3600))


# ---------------------------------------------------------------------------------------------------
# Parcels


_seeds = iter(range(20_000, 30_000))


def held(ledger: Ledger, count: int = 1, customs: str = "customs_pudong") -> list[str]:
    """Parcels of one manifest that customs have detained."""
    district = {"customs_pudong": "2233", "customs_suzhou": "2303", "customs_jiaxing": "2908"}[customs]
    for _ in range(40):
        simulated = simulate(count, next(_seeds), "import", 0.0, barred=())
        message = next(simulated.messages_of("621"))
        if f"<customsCode>{district}</customsCode>".encode() not in message.data.replace(b"ceb:", b""):
            continue
        parcels = list(ledger.send(simulated))
        views = [ledger.indexed(parcel, lambda view: {"Order", "Waybill"} <= set(view["flags"])) for parcel in parcels]
        if len({view["manifest"] for view in views}) == 1 and views[0]["declaring_district"] == district:
            ledger.record(customs, "Detention", parcels, suspicion="a mark on the box")
            for parcel in parcels:
                ledger.indexed(parcel, lambda view: "HeldDeclaring" in view["flags"])
            return parcels
    raise AssertionError(f"no parcels of district {district} in forty simulations")


# ---------------------------------------------------------------------------------------------------
# Time


class Time:
    """The chain's clock and the gateway's, moved on together."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.ahead = 0

    def passes(self, *, days: float = 0, seconds: int = 0) -> None:
        step = int(timedelta(days=days).total_seconds()) + seconds
        self.ahead += step
        self.gateway.client.request("evm_increaseTime", step)
        self.gateway.now = self._now
        until(self._is_read, "the chain's time is read")

    def _now(self) -> int:
        return unix_now() + self.ahead

    def _is_read(self) -> bool:
        with self.gateway.database.read() as connection:
            position = readmodel.get_cursor(connection)
        return position is not None and position.timestamp >= self._now() - 5


# ---------------------------------------------------------------------------------------------------
# Cases


def opened(ledger: Ledger, act: Callable[[], Any], **query: Any) -> int:
    """The number of the case that an act has just begun."""
    known = _cases(ledger, **query)
    act()
    (new,) = until(lambda: _cases(ledger, **query) - known, "the case is indexed")
    return int(new)


def notified(ledger: Ledger, right: int, parcels: list[str], **more: Any) -> int:
    body = {
        "right_id": right,
        "heading": f"{SHOES:04d}",
        "parcels": parcels,
        "goods_value": "60000",
        "evidence": {"photograph": "a swoosh where none should be"},
    }
    return opened(ledger, lambda: ledger.post("customs_pudong", f"{CASES}/notices", body | more), right_id=right)


def stage(ledger: Ledger, case: int, wanted: str, role: str = "customs_pudong") -> dict[str, Any]:
    """A case once it stands as wanted."""

    def there() -> dict[str, Any] | None:
        view = ledger.get(role, f"{CASES}/{case}")
        return view if view["stage"] == wanted else None

    return dict(until(there, f"case {case} is {wanted}"))


def _cases(ledger: Ledger, **query: Any) -> set[int]:
    return {item["case_id"] for item in ledger.get(None, CASES, limit=500, **query)["items"]}
