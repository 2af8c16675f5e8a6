"""One day after another: documents, customs, trucks to the port, flights, and what was late the day before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from backend.domain.calendar import midnight
from backend.domain.errors import ConfirmationTimedOut
from backend.domain.roster import ROSTER
from backend.services import clock
from backend.services.demo.client import ASK_EVERY, Roles, unix
from backend.services.demo.parcels import BLOCKING
from backend.services.demo.transit import Fleet, Moving, customs_role
from backend.services.processes import wait_until
from backend.services.simulation import LANES, Mishap, SimulatedMessage, SimulatedSet, trucks
from backend.settings import Settings
from scripts.month.plan import SHARES, MonthPlan
from scripts.month.tally import UNDECLARED, Tally

#: Connections that send messages at the same time.
SENDERS = 4
#: Parcels asked for in one request.
ASKED_AT_ONCE = 200
#: Seconds without any movement after which a month is given up.
PATIENCE = 600.0

HOUR = 3600
#: When a day's work begins, in hours after midnight in China.
OPENING = 8

Report = Callable[[str, int, int], None]


class Stuck(RuntimeError):
    """Something did not come to what it must come to."""


@dataclass
class Days:
    """The days of a month on one installation whose chain began before them."""

    roles: Roles
    settings: Settings
    plan: MonthPlan
    report: Report
    tally: Tally = field(default_factory=Tally)
    _late: list[Moving] = field(default_factory=list)
    _silent: list[Moving] = field(default_factory=list)
    _seals: int = 0

    def __post_init__(self) -> None:
        # Not for secrets: which parcels are inspected.
        self._random = Random(f"{self.plan.seed}/inspected")  # noqa: S311
        # Connections are made here: many threads ask for them later.
        for each in ROSTER:
            if each.key in self.roles.keys:
                self.roles[each.key]
        self.fleet = Fleet(self.roles)
        self.fleet.open_lanes(LANES.values())
        for district in SHARES:
            settings = {"version": f"month-{self.plan.seed}", "automatic": True}
            self.roles[customs_role(district)].put(f"/v1/matching/{district}", settings)

    def run(self) -> None:
        counts = self.plan.counts()
        self.report("days", 0, len(counts))
        for day, parcels in enumerate(counts):
            self._until_hour(day, OPENING)
            self._late_ones()
            if parcels:
                self._day(self.plan.of_day(day, parcels))
            self.report("days", day + 1, len(counts))
        self._until_hour(len(counts), OPENING)
        self._late_ones()
        self._until_hour(len(counts), OPENING + 4)
        self._late_ones()

    # -----------------------------------------------------------------------------------------------

    def _day(self, made: SimulatedSet) -> None:
        parcels = self._declare(made)
        self._inspect(parcels)
        self._release(parcels)
        self._send(made.departures)
        moving = self._set_out(made, parcels)
        self._pass(3 * HOUR)
        self._late += [each for each in moving if each.truck.mishap is Mishap.Overdue]
        self.fleet.arrive([each for each in moving if each.truck.mishap is not Mishap.Overdue])
        self._silent += [each for each in moving if each.truck.mishap is Mishap.Unacknowledged]
        self._rest()

    def _declare(self, made: SimulatedSet) -> list[str]:
        """The parcels whose lists came through, all documents sent and every automatic account at rest."""
        found: dict[int, str] = {}
        for message_type in dict.fromkeys(message.type for message in made.messages):
            found |= self._send([message for message in made.messages if message.type == message_type])
        self._send(made.masters)
        self._send(made.arrivals)
        self._rest()
        wanted = {each.index for each in made.parcels if each.expected not in UNDECLARED}
        if set(found) != wanted:
            raise Stuck(f"declared and not expected, or the other way round: {sorted(set(found) ^ wanted)[:10]}")
        self.tally.parcels |= {found[index]: made.parcels[index] for index in found}
        return list(found.values())

    def _inspect(self, parcels: Sequence[str]) -> None:
        ready = self._ready(parcels)
        chosen = [each for each in ready if self._random.random() < self.plan.inspected]
        detained = {each for each in chosen if self._random.random() < self.plan.detained}
        passed = [each for each in chosen if each not in detained]
        self._take("InspectionOrdered", chosen, {"reason": "selected at random"})
        self._take("InspectionPassed", passed, {"result": "goods as declared"})
        self._take("Detention", sorted(detained), {"reason": "suspected counterfeit"})
        self.tally.ordered |= set(chosen)
        self.tally.inspected |= set(passed)
        self.tally.detained |= detained

    def _release(self, parcels: Sequence[str]) -> None:
        ready = self._ready(parcels)
        self._take("Release", ready, {"decision": "release"})
        self.tally.released |= set(ready)

    def _set_out(self, made: SimulatedSet, parcels: Sequence[str]) -> list[Moving]:
        going = [each for each in parcels if each in self.tally.released]
        loads = [
            (self.tally.parcels[each].customs_code, each)
            for each in going
            if self.tally.parcels[each].customs_code != self.tally.parcels[each].port_code
        ]
        fleet = list(trucks(loads, made.seed, self.plan.mishaps, self.plan.a_truck, self._seals))
        self._seals += len(fleet)
        self.tally.trucks += fleet
        return self.fleet.depart(fleet)

    def _late_ones(self) -> None:
        """What was overdue arrives, and terminals that kept silent answer, each once it is on record."""
        late, self._late = self._late, []
        silent, self._silent = self._silent, []
        self.fleet.arrive(late)
        self.fleet.answer_late(silent)
        self._rest()

    # -----------------------------------------------------------------------------------------------

    def _send(self, messages: Sequence[SimulatedMessage]) -> dict[int, str]:
        """Sends messages, those of each sender in their order; the parcels of stored lists, by their index.

        Of two lists with one waybill the first counts: side by side, chance would say which that is.
        """
        found: dict[int, str] = {}

        def send(own: Sequence[SimulatedMessage]) -> None:
            for message in own:
                outcome = self.roles[message.sender.key].send_message(message.data)
                for document in outcome["documents"]:
                    if document["kind"] == "Declaration" and document["standing"] == "stored":
                        found[message.parcels[document["index"]]] = document["parcel_id"]

        by_sender: dict[str, list[SimulatedMessage]] = {}
        for message in messages:
            by_sender.setdefault(message.sender.key, []).append(message)
        with ThreadPoolExecutor(SENDERS) as pool:
            list(pool.map(send, by_sender.values()))
        return found

    def _take(self, step: str, parcels: Sequence[str], evidence: dict[str, Any]) -> None:
        """A step of each declaring district for its own parcels, confirmed."""
        by_district: dict[str, list[str]] = {}
        for each in parcels:
            by_district.setdefault(self.tally.parcels[each].customs_code, []).append(each)
        for district, own in by_district.items():
            role = self.roles[customs_role(district)]
            for operation in role.record(step, own, evidence):
                view = role.wait(operation, PATIENCE)
                if view["status"] != "confirmed":
                    raise Stuck(f"{step} is {view['status']}: {view['items'][:1]}")

    def _ready(self, parcels: Sequence[str]) -> list[str]:
        """Those that customs has accepted, that have arrived and that nothing holds."""
        return [
            view["parcel_id"]
            for view in self.views(parcels)
            if view["state"] == "Accepted" and "Arrived" in view["flags"] and not BLOCKING.intersection(view["flags"])
        ]

    def views(self, parcels: Sequence[str]) -> Iterable[dict[str, Any]]:
        for start in range(0, len(parcels), ASKED_AT_ONCE):
            wanted = list(parcels[start : start + ASKED_AT_ONCE])
            yield from self.roles["governance"].get("/v1/parcels", parcel_id=wanted)["items"]

    def _rest(self) -> None:
        """Waits until all that was sent, and what followed from it by itself, is on the chain and read."""
        before, deadline, quiet = -1, time.monotonic() + PATIENCE, 0
        while quiet < 2:
            left = self.roles.moving()
            quiet = quiet + 1 if left == 0 else 0
            if left != before:
                before, deadline = left, time.monotonic() + PATIENCE
            if time.monotonic() > deadline:
                raise ConfirmationTimedOut(operation_id="rest", seconds=PATIENCE)
            time.sleep(ASK_EVERY)

    def until_read(self, at: int) -> None:
        """Waits until the gateway has read the chain up to an instant, in Unix seconds."""

        def is_read() -> bool:
            read = self.roles["governance"].get("/v1/parcels", limit=1)["complete_to_time"]
            return read is not None and unix(read) >= at

        if not wait_until(is_read, PATIENCE):
            raise ConfirmationTimedOut(operation_id="read", seconds=PATIENCE)

    def _until_hour(self, day: int, hour: int) -> None:
        """Puts the clock of chain and gateway forward to an hour of a day in China, where it is not past it."""
        wanted = midnight(self.plan.first + timedelta(days=day)) + hour * HOUR
        self._pass(wanted - self.roles.now())

    def _pass(self, seconds: int) -> None:
        if seconds > 0:
            clock.put_forward(self.settings, seconds)
