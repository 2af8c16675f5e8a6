"""Taking in a parcel's documents: orders, payments, waybills and lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.domain.commitments import record_evidence
from backend.domain.documents import Document, DocumentKind
from backend.domain.lifecycle import SUPERVISION_MODES
from backend.domain.participants import Role, has_role
from backend.formats.ceb.refusals import DUPLICATE, FORMAT_WRONG, OUTDATED, SENDER_NOT_ALLOWED
from backend.services import examination, notices, screening
from backend.services.attestation import attest
from backend.services.declaring import FREE, ListStanding, list_standings
from backend.services.intake.prepared import Prepared
from backend.services.intake.reception import Reception
from backend.services.outbox import Entry, enqueue
from backend.services.outcomes import DocumentOutcome
from backend.services.planning import Group
from backend.store import documents, notice_queries, outbox

#: What declared goods are called in.
SCREENED = (DocumentKind.Order, DocumentKind.Declaration)


class DocumentReception(Reception):
    ENTERPRISE_FIELDS = ("ebpCode", "ebcCode", "payCode", "logisticsCode", "agentCode")

    def look_up(self, prepared: Sequence[Prepared]) -> None:
        super().look_up(prepared)
        self.kind = DocumentKind(prepared[0].kind) if prepared else DocumentKind.Order
        self.lists: dict[bytes, ListStanding] = {}
        self.travelling: dict[str, bytes] = {}
        if self.kind not in (DocumentKind.Declaration, DocumentKind.Waybill):
            return
        named = documents.parcels_of_waybills(
            self.connection, [item.waybill_key for item in prepared if item.waybill_key]
        )
        parcels = {parcel for each in named.values() for parcel in each}
        if self.kind is DocumentKind.Declaration:
            parcels |= {item.parcel_id for item in prepared if item.parcel_id}
        self.lists = list_standings(self.connection, list(parcels))
        #: By waybill, the parcel whose list names it while that list stands.
        self.travelling = {
            waybill: parcel
            for waybill, each in named.items()
            for parcel in each
            if parcel in self.lists and self.lists[parcel].standing != FREE
        }
        if self.kind is DocumentKind.Waybill:
            newest = {waybill: each[-1] for waybill, each in named.items()} | self.travelling
            for item in prepared:
                item.parcel_id = newest.get(item.waybill_key or "", item.parcel_id)

    def change(self, item: Prepared, before: Any) -> DocumentOutcome | None:
        """Allowed as a change or a deletion, and while the document is still open."""
        document = item.document
        staged = before.kind == DocumentKind.Declaration and _head_of(before.fields, "appStatus") == "1"
        if before.current and document.head.get("appType") == "1" and not staged:
            return self.refused(item, DUPLICATE.for_type(document.type), document.business_key)
        if item.is_withdrawal and before.attested_in is not None:
            return self.refused(item, OUTDATED.for_type(document.type), document.business_key)
        item.version, item.replaces = before.version + 1, before.id
        return None

    def check(self, item: Prepared) -> DocumentOutcome | None:
        """A list must name a seller, districts and a mode that exist, and a parcel that is free to be declared."""
        document = item.document
        if not isinstance(document, Document) or document.kind is not DocumentKind.Declaration:
            return None
        item.seller_no = self.numbers.get(document.seller_code or "")
        seller = self.standing.get(item.seller_no or 0)
        if item.seller_no is None or seller is None or not has_role(seller.roles, Role.Seller):
            refusal = (SENDER_NOT_ALLOWED.order[0], "电商企业未登记为商家")
            return self.refused(item, refusal, f"ebcCode {document.seller_code}")
        mode = document.trade_mode or ""
        if not mode.isdigit() or int(mode) not in SUPERVISION_MODES[document.direction]:
            return self.refused(item, FORMAT_WRONG.declaration, f"tradeMode {mode}")
        districts = (document.customs_code or "", document.port_code or "")
        if not all(len(code) == 4 and code.isdigit() and int(code) for code in districts):
            return self.refused(item, FORMAT_WRONG.declaration, "customsCode / portCode")
        declaring, port = map(int, districts)
        item.group_key = Group(item.seller_no, declaring, port, int(mode), document.direction).key()
        if item.parcel_id is None:
            return self.refused(item, FORMAT_WRONG.declaration, "ebpCode / orderNo")
        listed = self.lists.get(item.parcel_id)
        if listed is not None and not listed.may_be_declared(item.replaces):
            return self.refused(item, DUPLICATE.declaration, document.business_key)
        # A waybill travels with one parcel: whoever names it again would take it from the other's list.
        if self.travelling.setdefault(item.waybill_key or "", item.parcel_id) != item.parcel_id and item.waybill_key:
            return self.refused(item, DUPLICATE.declaration, f"logisticsNo {document.logistics_no}")
        self.lists[item.parcel_id] = ListStanding(None, FREE, item.parcel_id, taken_by=document.business_key)
        return None

    def withdraw(self) -> None:
        outbox.cancel_declarations(self.connection, self.withdrawn, self.now)

    def follow(self, entry: Entry, ids: Sequence[int], replaced: Sequence[int]) -> None:
        if self.kind is DocumentKind.Declaration:
            self._declare(entry, ids, replaced)
        else:
            self._vouch(entry, ids)
        parcels = [item.parcel_id for item in self.accepted if item.parcel_id]
        examination.look_again(self.connection, parcels)
        if self.kind in SCREENED:
            screening.look_again(self.connection, parcels)

    def _declare(self, entry: Entry, ids: Sequence[int], replaced: Sequence[int]) -> None:
        outbox.cancel_declarations(self.connection, replaced, self.now)
        # A staged list waits for its declarant to declare it; nothing travels with it yet.
        declared = [
            (item, document_id) for item, document_id in zip(self.accepted, ids, strict=True) if not item.is_staged
        ]
        enqueue(
            self.connection, [entry.declaration(item.group_key or "", document_id) for item, document_id in declared]
        )
        parcel_of = {item.waybill_key: item.parcel_id for item, _ in declared if item.waybill_key and item.parcel_id}
        documents.link_waybills(self.connection, parcel_of)
        notice_queries.link_waybills(self.connection, parcel_of)
        parcels = [item.parcel_id for item, _ in declared if item.parcel_id]
        notices.declared_anew(self.connection, parcels, self.now)

    def _vouch(self, entry: Entry, ids: Sequence[int]) -> None:
        """Attests what has its manifest already, puts the rest on record so that its time is known."""
        parcels = [item.parcel_id for item in self.accepted if item.parcel_id]
        attested = attest(self.connection, parcels, self.now)
        early = [
            (item, document_id)
            for item, document_id in zip(self.accepted, ids, strict=True)
            if document_id not in attested
        ]
        if not early:
            return
        root = record_evidence([item.root for item, _ in early])
        documents.keep_evidence(self.connection, [(root, [document_id for _, document_id in early])])
        kind = AnchorKind[self.kind.name]
        enqueue(self.connection, [entry.call("ParcelLedger", calls.anchor(kind, root, len(early)))])


def _head_of(fields: bytes | None, name: str) -> str | None:
    """A field of a stored document's head."""
    pairs: Iterable[tuple[str, str]] = orjson.loads(fields) if fields else ()
    return next((value for path, value in pairs if path.partition(".")[2] == name), None)
