"""One simulated parcel: documents that belong together, and the one thing wrong with them, if any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from backend.domain.documents import document_of
from backend.domain.roster import Enterprise, Roster, enterprise, with_role
from backend.services.simulation import numbers
from backend.services.simulation.drafts import Parties
from backend.services.simulation.export_parcels import ExportParcel
from backend.services.simulation.import_parcels import ImportParcel
from backend.services.simulation.model import Anomaly, Expected, Mode, SimulatedParcel

#: An enterprise that is in no registry; its code has the shape of one.
_UNKNOWN = Enterprise("unknown", "无名商贸有限公司", "Unregistered Trading Ltd", "", "9901969999", ("Seller",))

_EXPECTED = {
    None: Expected.Matched,
    Anomaly.AmountMismatch: Expected.Mismatch,
    Anomaly.WrongBuyer: Expected.Mismatch,
    Anomaly.MissingPayment: Expected.Incomplete,
    Anomaly.BarredSeller: Expected.Refused,
    Anomaly.UnknownEnterprise: Expected.Refused,
}

#: What can go wrong per direction: an export needs no payment and names no buyer.
ANOMALIES: dict[Mode, tuple[Anomaly, ...]] = {
    "import": tuple(Anomaly),
    "export": (Anomaly.AmountMismatch, Anomaly.BarredSeller, Anomaly.UnknownEnterprise),
}


class ParcelMaker:
    """Makes the parcels of one simulation.

    Parcel n depends on n and the simulation's settings alone, not on how many parcels follow.
    """

    def __init__(
        self,
        seed: int,
        mode: Mode,
        anomalies: float,
        roster: Roster,
        barred: Sequence[str],
        base_time: datetime,
    ) -> None:
        self.seed, self.mode, self.rate, self.roster, self.base_time = (
            seed,
            mode,
            anomalies,
            roster,
            base_time,
        )
        self.tag = numbers.tag_of(seed, mode)
        self.sellers = [each for each in with_role("Seller", roster) if each.key not in barred]
        self.barred = [enterprise(key, roster) for key in barred]
        self.kinds = [kind for kind in ANOMALIES[mode] if kind is not Anomaly.BarredSeller or self.barred]
        # A few sellers make most of the trade, so that parcels group into manifests as they do in life.
        self.weights = [1 / (rank + 1) for rank in range(len(self.sellers))]

    def make(self, index: int) -> SimulatedParcel:
        # Not for secrets: the same seed must give the same parcels.
        random = Random(f"{self.seed}/{self.mode}/{index}")  # noqa: S311
        anomaly = random.choice(self.kinds) if random.random() < self.rate else None
        parties = self._parties(random, anomaly)
        order_no = f"GL{self.mode[0].upper()}{self.tag}{index:07d}"
        ordered = self.base_time + timedelta(seconds=7 * index + random.randrange(7))
        build = ImportParcel if self.mode == "import" else ExportParcel
        draft = build(random, parties, order_no, self.tag, index, ordered, anomaly)
        documents = {kind: document_of(kind, *content) for kind, content in draft.contents().items()}
        senders = {
            "311": parties.platform.key, "411": parties.payment.key, "511": parties.carrier.key,
            "621": parties.declarant.key, "303": parties.platform.key, "403": parties.payment.key,
            "505": parties.carrier.key, "603": parties.declarant.key,
        }  # fmt: skip
        known = parties.seller is not _UNKNOWN
        return SimulatedParcel(
            index,
            parties.platform.customs_code,
            order_no,
            parties.seller.key if known else None,
            draft.customs_code,
            draft.port_code,
            draft.trade_mode,
            anomaly,
            _EXPECTED[anomaly],
            documents,
            {kind: senders[kind] for kind in documents},
        )

    def _parties(self, random: Random, anomaly: Anomaly | None) -> Parties:
        seller = random.choices(self.sellers, self.weights)[0]
        if anomaly is Anomaly.BarredSeller:
            seller = random.choice(self.barred)
        elif anomaly is Anomaly.UnknownEnterprise:
            seller = _UNKNOWN

        def one(role: str) -> Enterprise:
            return random.choice(with_role(role, self.roster))

        return Parties(one("Platform"), one("Payment"), one("Logistics"), one("Declarant"), one("SiteOperator"), seller)
