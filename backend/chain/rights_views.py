"""What calendar, rights and cases answer, typed: the views that `backend.chain.views` has for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from faster_eth_abi import decode

from backend.chain import calls, interfaces
from backend.chain.client import ChainClient
from backend.chain.deployment import Deployment
from backend.domain.rights import Application, CaseState, Disposal, Outcome, RightKind, Route


@dataclass(frozen=True, slots=True)
class Right:
    """A right and what is asked for it. Unix seconds; an instant is zero until what it tells of has happened."""

    id: int
    holder_no: int
    kind: RightKind
    applied_at: int
    recorded_at: int
    until: int
    ended_at: int
    pending: Application
    decide_by: int
    underlying_until: int
    list: int
    last_list: int


@dataclass(frozen=True, slots=True)
class Licence:
    """A seller's permission from the holder; zeros where it never had one."""

    granted_at: int
    until: int
    revoked_at: int


@dataclass(frozen=True, slots=True)
class Case:
    """One suspected infringement; `goods_value` in fen, clocks in Unix seconds, zero while none runs."""

    id: int
    manifest: bytes
    parcels: int
    holder_no: int
    customs_no: int
    heading: int
    route: Route
    kind: RightKind
    state: CaseState
    outcome: Outcome
    disposal: Disposal
    disposed: bool
    find_by: int
    lapses_at: int
    right_id: int
    goods_value: int


class RightsViews:
    """The view calls on one deployment's calendar, rights and cases, and who may be heard for whom.

    `block` asks for the answer at that block where the node keeps it; None is the newest. Raises the
    contracts' own errors (RightUnknown, CaseUnknown, CalendarMissing, …) and ChainUnavailable.
    """

    def __init__(self, client: ChainClient, deployment: Deployment) -> None:
        self._client = client
        self._contracts = deployment.contracts

    def right(self, right_id: int, block: int | None = None) -> Right:
        (found,) = self._ask("RightsRegistry", "right", right_id, block=block)
        holder_no, kind, applied_at, recorded_at, until, ended_at, pending, *due = found
        times = (applied_at, recorded_at, until, ended_at)
        return Right(right_id, holder_no, RightKind(kind), *times, Application(pending), *due)

    def right_count(self, block: int | None = None) -> int:
        """How many rights were ever applied for; they are numbered from one."""
        return int(self._ask("RightsRegistry", "rightCount", block=block)[0])

    def is_in_force(self, right_id: int, at: int, block: int | None = None) -> bool:
        return bool(self._ask("RightsRegistry", "isInForce", right_id, at, block=block)[0])

    def covers(self, right_id: int, heading: int, block: int | None = None) -> bool:
        return bool(self._ask("RightsRegistry", "covers", right_id, heading, block=block)[0])

    def is_licensed(self, right_id: int, seller_no: int, block: int | None = None) -> bool:
        return bool(self._ask("RightsRegistry", "isLicensed", right_id, seller_no, block=block)[0])

    def licence(self, right_id: int, seller_no: int, block: int | None = None) -> Licence:
        (found,) = self._ask("RightsRegistry", "licence", right_id, seller_no, block=block)
        return Licence(*found)

    def headquarters_no(self, block: int | None = None) -> int:
        """The customs office that decides on recordals; zero while none is named."""
        return int(self._ask("RightsRegistry", "headquartersNo", block=block)[0])

    def case(self, case_id: int, block: int | None = None) -> Case:
        (found,) = self._ask("InfringementCases", "caseOf", case_id, block=block)
        manifest, parcels, holder_no, customs_no, heading, route, kind, state, outcome, disposal, *rest = found
        parties = (holder_no, customs_no, heading, Route(route), RightKind(kind))
        standing = (CaseState(state), Outcome(outcome), Disposal(disposal))
        return Case(case_id, bytes(manifest), parcels, *parties, *standing, *rest)

    def case_count(self, block: int | None = None) -> int:
        """How many cases there ever were; they are numbered from one."""
        return int(self._ask("InfringementCases", "caseCount", block=block)[0])

    def add_working_days(self, at: int, working_days: int, block: int | None = None) -> int:
        """The end of the n-th working day after the day of `at`, in China."""
        return int(self._ask("WorkingCalendar", "addWorkingDays", at, working_days, block=block)[0])

    def speaks_for(self, account: str, participant_no: int, block: int | None = None) -> tuple[bool, int]:
        """Whether an account may be heard for a participant, and whose account it is; zero is the owner's."""
        speaks, speaker_no = self._ask("ParticipantRegistry", "speaksFor", account, participant_no, block=block)
        return bool(speaks), int(speaker_no)

    def _ask(self, contract: str, name: str, *arguments: Any, block: int | None = None) -> tuple[Any, ...]:
        data = calls.encode_call(contract, name, *arguments)
        answer = self._client.call(self._contracts[contract], data, block=block)
        types = [p.spelled for p in interfaces.function(contract, name).outputs]
        return tuple(decode(types, answer))
