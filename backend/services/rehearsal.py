"""A write acted out on the reference model before it is queued: what the chain is bound to refuse is refused at once,
in its own words.

The model is given what the read model knows of those who have a part, nothing more. The chain decides in the end: it
may know what has not been read yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from backend.chain.rights_views import Right, RightsViews
from backend.domain.errors import ChainUnavailable, GuanlianError
from backend.domain.events import Level
from backend.domain.instants import iso
from backend.domain.lifecycle import Direction, Sets
from backend.domain.participants import CreditGrade
from backend.domain.reference import rights as reference
from backend.domain.reference.blacklist import HEARING_WINDOW as USUAL_HEARING
from backend.domain.reference.blacklist import Listing
from backend.domain.reference.case_book import Case
from backend.domain.reference.cases import ReferenceCases
from backend.domain.reference.manifests import Declaration, Manifest
from backend.domain.reference.registry import ZERO_ACCOUNT, Participant, ReferenceRegistry
from backend.domain.rights import CaseState, Disposal, Outcome, RightKind, Route
from backend.domain.working_days import working_days_of
from backend.services.gateway import Gateway
from backend.services.outbox import GOVERNANCE
from backend.store import listing_folding, outbox, readmodel
from backend.store import proceeding_queries as queries
from backend.store.database import Connection

#: Stands for the commitment that an act will carry: the model only asks whether there is one.
A_COMMITMENT = b"\x01" * 32

#: Details of refusals that are instants: the chain tells them in Unix seconds, people read ISO 8601.
_INSTANTS = frozenset({"deadline", "until", "latest", "earliest"})


def ledger_now(connection: Connection, gateway: Gateway) -> int:
    """The time that the chain's next block will have at least: the clock's, or the newest block's where it is ahead."""
    position = readmodel.get_cursor(connection)
    return max(gateway.now(), 0 if position is None else position.timestamp)


class Stage:
    """A reference model with the parts that an act needs, filled from the read model."""

    def __init__(self, connection: Connection, gateway: Gateway, numbers: Collection[int]) -> None:
        self.connection = connection
        self.gateway = gateway
        self.now = ledger_now(connection, gateway)
        owner = outbox.governance_account(connection)
        self.model = ReferenceCases(owner or ZERO_ACCOUNT)
        self.model.case_account = gateway.deployment.contracts["InfringementCases"]
        register = queries.number_of_address(connection, self.model.case_account)
        cast(self.model, connection, {*numbers} | ({register} if register else set()))

    # -- the blacklist

    def add_listing(self, listing_id: int, row: Any) -> None:
        self.model.listings[listing_id] = listing_of_row(row)

    def set_listing_rules(self) -> None:
        rules = ListingRules(queries.listing_rule_values(self.connection))
        self.model.confirmations = {level: rules.confirmations(level) for level in Level}
        self.model.hearing_window = rules.hearing_window
        self.model.urgent = rules.urgent

    # -- cases

    def publish_years(self) -> None:
        for year, number in published_years(self.connection).items():
            self.model.years[year] = working_days_of(year, number)

    def add_case(self, row: Any) -> None:
        self.model.cases[row.case_id] = case_of_row(row)

    def add_manifest(self, row: Any, sets: Sets) -> None:
        self.model.manifests[row.manifest] = manifest_of_row(row, sets)

    def add_right(self, right: Right, *, covers_heading: int | None) -> None:
        """A right as the chain has it; of its goods only whether they cover the heading in question."""
        headings = frozenset() if covers_heading is None else frozenset({covers_heading})
        self.model.rights[right.id] = reference.Right(
            right.holder_no,
            right.kind,
            right.applied_at,
            right.underlying_until,
            right.recorded_at,
            right.until,
            right.ended_at,
            right.pending,
            right.decide_by,
            lists=[headings],
            list_no=1 if right.list else 0,
        )


def cast(model: ReferenceRegistry, connection: Connection, numbers: set[int]) -> None:
    """Gives a model these participants with their accounts."""
    for row in queries.participant_rows(connection, numbers - {GOVERNANCE}):
        model.participants[row.participant_no] = Participant(
            row.roles,
            row.district,
            row.registered_at,
            row.registrar_no,
            CreditGrade(row.credit_grade),
            row.suspended,
        )
    model.numbers |= queries.addresses_of(connection, numbers)


def manifest_of_row(row: Any, sets: Sets) -> Manifest:
    """A manifest of the read model, with its sets as they will soon stand, as the reference model has it."""
    declaration = Declaration(
        ref=A_COMMITMENT,
        seller_no=row.seller_no,
        declaring_district=row.declaring_district,
        port_district=row.port_district,
        supervision_mode=row.supervision_mode,
        direction=Direction(row.direction),
        evidence=A_COMMITMENT,
        parcel_ids=(),
    )
    return Manifest(row.declarant_no, declaration, row.declared_at, row.root, row.head, sets)


def told(refused: GuanlianError) -> GuanlianError:
    """A refusal of the model with its instants as people read them."""
    details = {
        name: iso(value) if name in _INSTANTS and isinstance(value, int) and value < 2**40 else value
        for name, value in refused.details.items()
    }
    return type(refused)(**details)


class ListingRules:
    """What the owner set for listings, and the contract's own beginnings where it set nothing."""

    def __init__(self, values: Mapping[str, int]) -> None:
        self._values = values

    @property
    def hearing_window(self) -> int:
        """Seconds."""
        return self._values.get(listing_folding.HEARING_WINDOW, USUAL_HEARING)

    @property
    def urgent(self) -> dict[bytes, bool]:
        """Grounds by their hash."""
        prefix = listing_folding.urgency_name("")
        return {
            bytes.fromhex(name.removeprefix(prefix)): bool(value)
            for name, value in self._values.items()
            if name.startswith(prefix)
        }

    def confirmations(self, level: Level) -> int:
        return self._values.get(listing_folding.confirmations_name(level), 1)


def listing_of_row(row: Any) -> Listing:
    """A listing of the read model as the plain facts that the domain reasons about."""
    return Listing(
        participant_no=row.participant_no,
        imposed_by=row.imposed_by,
        imposed_at=row.imposed_at,
        until=row.until,
        level=Level(row.level),
        hearing_until=row.hearing_until,
        in_force_at=row.in_force_at or 0,
        lifted_at=row.lifted_at or 0,
        appealed_at=row.appealed_at or 0,
        appeal_decided_at=row.appeal_decided_at or 0,
        repair_asked_at=row.repair_asked_at or 0,
        confirmed_by=list(row.confirmed_by),
    )


def case_of_row(row: Any) -> Case:
    """A case of the read model as the plain facts that the domain reasons about."""
    return Case(
        right_id=row.right_id,
        kind=RightKind(row.kind),
        holder_no=row.holder_no,
        customs_no=row.customs_no,
        heading=row.heading,
        route=Route(row.route),
        goods_value=int(row.goods_value),
        state=CaseState(row.state),
        outcome=Outcome(row.outcome),
        manifest=row.manifest or bytes(32),
        parcels=readmodel.number(row.parcels or b""),
        find_by=row.find_by,
        lapses_at=row.lapses_at,
        disposal=Disposal(row.disposal),
        disposed=row.disposed,
    )


def published_years(connection: Connection) -> dict[int, int]:
    """The working days of each year that the chain's calendar has, as the year's number."""
    found = {}
    for event in queries.events_named(connection, "YearPublished"):
        said = event.arguments
        found[int(said["year"])] = int(said["first_days"]) | int(said["last_days"]) << 256
    return found


def right_on_chain(gateway: Gateway, right_id: int, heading: int) -> tuple[Right, bool] | None:
    """A right and whether it covers a heading, from the chain; None while the chain cannot be reached.

    Raises RightUnknown.
    """
    views = RightsViews(gateway.client, gateway.deployment)
    try:
        return views.right(right_id), views.covers(right_id, heading)
    except ChainUnavailable:
        return None
