"""Declared goods screened against recorded marks: every list when it is declared, with its order's names.

A hit that no licence covers makes a parcel suspected: what follows from that is in `inspecting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain.documents import Document, DocumentKind
from backend.domain.instants import iso
from backend.domain.licences import Finding, Judgement, Licence, judge
from backend.domain.marks import Line
from backend.domain.rights import Application
from backend.services.gateway import Gateway
from backend.services.mark_index import Book
from backend.services.stored_documents import stored_document
from backend.store import comparison, examinations, readmodel, right_queries, screenings
from backend.store import proceeding_queries as proceedings
from backend.store.database import Connection

#: Parcels screened in one transaction.
ROUND = 400

CLEAR = "clear"

#: The gravest first: what a parcel was found to be is the first of these among its hits.
GRAVEST = (Finding.Suspected, Finding.Licensed, Finding.OutsideGoods)


def chain_moved(
    connection: Connection, declared: Sequence[tuple[Any, Sequence[bytes]]], touched: Iterable[bytes]
) -> None:
    """Enlists newly declared parcels; looks again at suspected ones to which something happened."""
    for manifest, parcels in declared:
        rows = [
            {
                "parcel_id": parcel,
                "manifest": manifest.manifest,
                "district": manifest.declaring_district,
                "seller_no": manifest.seller_no,
                "is_ready": True,
                "declared_at": manifest.declared_at,
            }
            for parcel in parcels
        ]
        screenings.enlist(connection, rows)
    screenings.stir(connection, touched)


def look_again(connection: Connection, parcels: Iterable[bytes]) -> None:
    """Lists or orders of these parcels have come: what is declared already is screened anew."""
    screenings.look_again(connection, parcels)


def rights_moved(connection: Connection, after: int, up_to: int) -> None:
    """Screens open parcels anew where marks came onto the register behind one block and up to another.

    Goods that were declared before a mark was recorded are not free of it as long as customs hold them.
    """
    approved = proceedings.events_named(connection, "ApplicationApproved", after, up_to)
    if any(event.arguments["application"] != Application.Renewal for event in approved):
        screenings.look_again_at_open(connection)


# ---------------------------------------------------------------------------------------------------
# Screening


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found of one parcel's list."""

    document_id: int
    judgements: tuple[Judgement, ...]

    @property
    def finding(self) -> str:
        found = {judgement.finding for judgement in self.judgements}
        return next((each.value for each in GRAVEST if each in found), CLEAR)


def screen_ready(gateway: Gateway) -> int:
    """Screens one round of parcels; how many. Raises StoreUnavailable."""
    now = gateway.now()
    with gateway.database.read() as connection:
        rows = screenings.ready(connection, ROUND)
        if not rows:
            return 0
        book = gateway.bookshelf.book(connection, now)
        sellers = {bytes(row.parcel_id): int(row.seller_no) for row in rows}
        found = screen(connection, book, sellers, now)
    with gateway.database.write() as connection:
        screenings.drop(connection, [row.id for row in rows if bytes(row.parcel_id) not in found])
        for row in rows:
            screened = found.get(bytes(row.parcel_id))
            if screened is None:
                continue
            values = {
                "document_id": screened.document_id,
                "finding": screened.finding,
                "index_version": book.version,
                "screened_at": now,
            }
            if row.inspection is None and screened.finding == Finding.Suspected:
                values["inspection"] = "due"
            screenings.screened(connection, row, [_hit_row(each) for each in screened.judgements], values)
        examinations.look_again(connection, parcels=[bytes(row.parcel_id) for row in rows])
    return len(rows)


def screen(connection: Connection, book: Book, sellers: Mapping[bytes, int], at: int) -> dict[bytes, Screened]:
    """What the lists of parcels carry, as everything stands at that time (Unix seconds).

    `sellers`: whose each parcel is. A parcel whose list is not here is left out.
    """
    lists: dict[bytes, tuple[int, Document]] = {}
    orders: dict[bytes, Document] = {}
    for row in comparison.documents_of(connection, sellers):
        if row.kind == DocumentKind.Declaration:
            lists[bytes(row.parcel_id)] = (int(row.id), stored_document(row.message_type, row.fields))
        elif row.kind == DocumentKind.Order:
            orders[bytes(row.parcel_id)] = stored_document(row.message_type, row.fields)
    hits = {
        parcel: book.index.screen(lines_of(document, orders.get(parcel))) for parcel, (_, document) in lists.items()
    }
    met = {int(hit.mark.right) for found in hits.values() for hit in found}
    licences = licences_under(connection, {right: book.rights[right] for right in met}, set(sellers.values()))
    return {
        parcel: Screened(number, tuple(judge(hits[parcel], licences, sellers[parcel], at)))
        for parcel, (number, _) in lists.items()
    }


def lines_of(declaration: Document, order: Document | None) -> list[Line]:
    """The lines of a list as they are screened; each has the name that the order's line of its number gives."""
    names = {line.get("gnum", ""): line for line in order.lines} if order is not None else {}
    lines = []
    for place, line in enumerate(declaration.lines, 1):
        ordered = names.get(line.get("gnum", str(place)), {})
        own, other = line.get("itemName", ""), ordered.get("itemName", "")
        lines.append(
            Line(
                gname=line.get("gname", ""),
                item_name=own if other in ("", own) else f"{own} | {other}" if own else other,
                gmodel=line.get("gmodel", ""),
                gcode=line.get("gcode", ""),
            )
        )
    return lines


def licences_under(connection: Connection, rights: Mapping[int, Any], sellers: set[int]) -> list[Licence]:
    """The licences of these sellers under these rights; a holder that sells its own goods has one for as long as the
    right lasts. Goods that another gateway has the words of count as all goods of the right, as on the chain.
    """
    rows = [row for row in right_queries.licences_of_sellers(connection, sellers) if row.right_id in rights]
    goods = right_queries.opened(connection, [row.goods for row in rows])
    found = [Licence(right.holder_no, str(right_id), frozenset(), 0, right.until) for right_id, right in rights.items()]
    for row in rows:
        kept = goods.get(bytes(row.goods))
        headings = frozenset(kept.content["headings"]) if kept is not None else frozenset()
        until = row.until if row.revoked_at is None else min(row.until, row.revoked_at)
        found.append(Licence(row.seller_no, str(row.right_id), headings, row.granted_at, until))
    return found


def _hit_row(judgement: Judgement) -> dict[str, Any]:
    hit = judgement.hit
    return {
        "right_id": int(hit.mark.right),
        "finding": judgement.finding.value,
        "hit": {
            "line": hit.line + 1,
            "field": hit.field.value,
            "declared": hit.declared,
            "mark": hit.mark.text,
            "form": hit.form,
            "disguises": [each.value for each in hit.disguises],
            "distance": hit.distance,
            "heading": hit.heading,
            "within_goods": hit.within_goods,
            "reason": judgement.reason.value,
            "licence_until": iso(judgement.licence.until) if judgement.licence else None,
            "zh": judgement.zh,
            "en": judgement.en,
        },
    }


# ---------------------------------------------------------------------------------------------------
# Release


def release_warnings(gateway: Gateway, parcels: Sequence[bytes]) -> list[dict[str, Any]]:
    """What a release by customs should know: parcels that are suspected as rights and licences stand now.

    No refusal: customs may have seen the goods. An inspected parcel is told of as well.
    """
    now = gateway.now()
    with gateway.database.read() as connection:
        places = readmodel.places_of(connection, parcels)
        sellers = {parcel: int(found[0].seller_no) for parcel, found in places.items()}
        found = screen(connection, gateway.bookshelf.book(connection, now), sellers, now)
    return [
        {
            "parcel_id": parcel.hex(),
            "right_id": int(judgement.hit.mark.right),
            "reason": judgement.reason.value,
            "zh": judgement.zh,
            "en": judgement.en,
        }
        for parcel, screened in found.items()
        for judgement in screened.judgements
        if judgement.finding is Finding.Suspected
    ]
