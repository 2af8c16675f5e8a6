"""Simulated parcels one after another: who takes part, what is wrong, what came before."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from backend.domain.documents import Document
from backend.domain.roster import Enterprise, Roster, enterprise, with_role
from backend.services.simulation import numbers
from backend.services.simulation.drafts import Bill, ParcelDraft, Parties, Plan
from backend.services.simulation.export_parcels import ExportParcel
from backend.services.simulation.import_parcels import ImportParcel
from backend.services.simulation.kinds import KINDS, Kind
from backend.services.simulation.labels import Anomaly, Expected
from backend.services.simulation.model import Journey, Mode, SimulatedParcel
from backend.services.simulation.seasons import SeasonClock
from backend.services.simulation.sprees import Sprees

#: An enterprise that is in no registry; its code has the shape of one.
_UNKNOWN = Enterprise("unknown", "无名商贸有限公司", "Unregistered Trading Ltd", "", "9901969999", ("Seller",))

_DRAFTS: dict[Mode, type[ParcelDraft]] = {"import": ImportParcel, "export": ExportParcel}

#: So many parcels, one after another, leave with one flight of each carrier.
PARCELS_A_FLIGHT = 100

#: A duplicate repeats one of so many parcels before it, so that both are declared at about the same time.
_WITHIN_REACH = 50

_DUPLICATES = frozenset({Anomaly.DuplicateDeclaration, Anomaly.DuplicateWaybill})


class ParcelMaker:
    """Makes the parcels of one simulation, in their order.

    Parcel n depends on the simulation's settings, n and the parcels before it, not on how many follow, unless a
    season's clock spreads them all.
    """

    def __init__(
        self,
        seed: int,
        mode: Mode,
        anomalies: float,
        roster: Roster,
        barred: Sequence[str],
        base_time: datetime,
        clock: SeasonClock | None = None,
        districts: Mapping[str, int] | None = None,
    ) -> None:
        self.seed, self.mode, self.rate, self.base_time, self.clock = seed, mode, anomalies, base_time, clock
        #: The flight that is being filled, the day it leaves on and its first parcel: see `_flight`.
        self._filling: tuple[int, date | None, int] = (-1, None, 0)
        self.districts = districts
        self.tag = numbers.tag_of(seed, mode)
        self.full_roster = roster
        self.roster = tuple(each for each in roster if each.key not in barred)
        self.sellers = with_role("Seller", self.roster)
        self.barred = [enterprise(key, roster) for key in barred]
        self.anomalies = [anomaly for anomaly in KINDS[mode] if self._is_possible(anomaly)]
        # A few sellers make most of the trade, so that parcels group into manifests as they do in life.
        self.weights = [1 / (rank + 1) for rank in range(len(self.sellers))]
        self.carriers = with_role("Logistics", self.roster)
        self.operators = with_role("SiteOperator", self.roster)
        self.declarants = with_role("Declarant", self.roster)
        self.sprees = Sprees()
        #: Parcels that nothing is wrong with and that nothing repeats yet.
        self.repeatable: deque[SimulatedParcel] = deque(maxlen=_WITHIN_REACH)

    def make(self, index: int) -> SimulatedParcel:
        # Not for secrets: the same seed must give the same parcels.
        random = Random(f"{self.seed}/{self.mode}/{index}")  # noqa: S311
        anomaly = random.choice(self.anomalies) if random.random() < self.rate else None
        if anomaly in _DUPLICATES and not self.repeatable:
            anomaly = None
        anomaly, purchase = self.sprees.turn(random, anomaly)
        if anomaly is Anomaly.DuplicateDeclaration:
            return self._declared_again(random, index)
        parties = self._parties(random, anomaly)
        again = None
        if anomaly is Anomaly.DuplicateWaybill:
            again = self._before(random).documents["511" if self.mode == "import" else "505"]
            carrier = next(each for each in self.carriers if each.customs_code == again.logistics_code)
            parties = replace(parties, carrier=carrier)
        kind = KINDS[self.mode][anomaly] if anomaly else None
        ordered = self._ordered(random, index)
        flight = self._flight(index, ordered) * len(self.carriers) + self.carriers.index(parties.carrier)
        plan = Plan(
            random,
            parties,
            self.roster,
            f"GL{self.mode[0].upper()}{self.tag}{index:07d}",
            self.tag,
            index,
            ordered,
            Bill(f"000-{self.tag}{flight:06d}", f"ZZ{100 + flight % 900}"),
            kind,
            purchase.buyer if purchase else None,
            purchase.pick if purchase else None,
            again.logistics_no if again else None,
            self.districts,
        )
        parcel = self._parcel(plan, _DRAFTS[self.mode](plan), anomaly)
        if anomaly is None and purchase is None:
            self.repeatable.append(parcel)
        return parcel

    def _ordered(self, random: Random, index: int) -> datetime:
        if self.clock is not None:
            return self.clock.at(index, random)
        return self.base_time + timedelta(seconds=7 * index + random.randrange(7))

    def _flight(self, index: int, ordered: datetime) -> int:
        """Which flight of its carrier takes a parcel. In a season a flight takes parcels of one day only."""
        if self.clock is None:
            return index // PARCELS_A_FLIGHT
        flight, day, first = self._filling
        if ordered.date() != day or index - first >= PARCELS_A_FLIGHT:
            flight, day, first = self._filling = flight + 1, ordered.date(), index
        return flight

    def _parcel(self, plan: Plan, draft: ParcelDraft, anomaly: Anomaly | None) -> SimulatedParcel:
        kind, parties = plan.kind or Kind(Expected.Matched), plan.parties
        documents = draft.documents()
        known = parties.seller is not _UNKNOWN
        return SimulatedParcel(
            plan.index,
            parties.platform.customs_code,
            plan.order_no,
            parties.seller.key if known else None,
            draft.customs_code,
            draft.port_code,
            draft.trade_mode,
            anomaly,
            kind.expected,
            documents,
            _senders(parties, documents),
            kind.rules,
            kind.joined,
            plan.ordered,
            self._journey(draft, kind),
        )

    def _journey(self, draft: ParcelDraft, kind: Kind) -> Journey | None:
        if self.mode == "import" and draft.trade_mode != "9610":
            return None
        carrier = draft.parties.carrier
        operator = self.operators[self.carriers.index(carrier) % len(self.operators)]
        waybill = draft.waybill_no
        return Journey(draft.bill_no, draft.voyage_no, waybill, carrier.key, operator.key, kind.arrives, kind.in_master)

    def _parties(self, random: Random, anomaly: Anomaly | None) -> Parties:
        seller = random.choices(self.sellers, self.weights)[0]
        if anomaly is Anomaly.BarredSeller:
            seller = random.choice(self.barred)
        elif anomaly is Anomaly.UnknownEnterprise:
            seller = _UNKNOWN

        def one(role: str) -> Enterprise:
            return random.choice(with_role(role, self.roster))

        return Parties(one("Platform"), one("Payment"), one("Logistics"), one("Declarant"), one("SiteOperator"), seller)

    def _is_possible(self, anomaly: Anomaly) -> bool:
        if anomaly is Anomaly.BarredSeller:
            return bool(self.barred)
        return anomaly is not Anomaly.SellerDiffers or len(self.sellers) > 1

    # -----------------------------------------------------------------------------------------------
    # Duplicates

    def _before(self, random: Random) -> SimulatedParcel:
        """A parcel in order that was made before, each only once."""
        parcel = random.choice(self.repeatable)
        self.repeatable.remove(parcel)
        return parcel

    def _declared_again(self, random: Random, index: int) -> SimulatedParcel:
        """The order of an earlier parcel, declared once more under another number.

        By another declarant whose messages come later, where the roster has one: the second is the one refused.
        """
        first = self._before(random)
        message_type = "621" if self.mode == "import" else "603"
        document, sender = first.documents[message_type], first.senders[message_type]
        place = next(place for place, each in enumerate(self.declarants) if each.key == sender)
        declarant = random.choice(self.declarants[place + 1 :] or (self.declarants[place],))
        head = {
            **document.head,
            "guid": numbers.guid_from(random),
            "copNo": f"Q{self.tag}{index:07d}",
            "agentCode": declarant.customs_code,
            "agentName": declarant.name_zh,
        }
        if "assureCode" in head:
            head["assureCode"] = declarant.customs_code
        kind = KINDS[self.mode][Anomaly.DuplicateDeclaration]
        return replace(
            first,
            index=index,
            anomaly=Anomaly.DuplicateDeclaration,
            expected=kind.expected,
            documents={message_type: replace(document, head=head)},
            senders={message_type: declarant.key},
            journey=None,
        )


def _senders(parties: Parties, documents: Mapping[str, Document]) -> dict[str, str]:
    senders = {
        "311": parties.platform.key, "411": parties.payment.key, "511": parties.carrier.key,
        "621": parties.declarant.key, "303": parties.platform.key, "403": parties.payment.key,
        "505": parties.carrier.key, "603": parties.declarant.key,
    }  # fmt: skip
    return {message_type: senders[message_type] for message_type in documents}
