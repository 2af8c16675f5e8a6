"""A function that changes state, who may call it, and what the others meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.domain.errors import GuanlianError
from tests.contracts.world import CALLERS, World

CUSTOMS = {"customs_pudong", "customs_suzhou", "customs_jiaxing", "headquarters"}
AUTHORITIES = CUSTOMS | {"market_regulator", "other_regulator"}
DECLARANTS = {"declarant", "other_declarant"}
ANY_PARTICIPANT = set(CALLERS) - {"owner", "suspended", "revoked", "outsider"}

Arguments = Callable[[World], tuple[Any, ...]]


@dataclass(frozen=True)
class Row:
    """One function with arguments that are right for the `allowed`; what the others meet."""

    function: str
    arguments: Arguments
    allowed: set[str]
    refusal: type[GuanlianError]
    #: Where the owner decides, an account's participant is never asked for.
    by_owner: bool = False
    #: Callers that meet another refusal, because of who they are in this case.
    besides: Mapping[str, type[GuanlianError]] = field(default_factory=dict)
    prepare: Callable[[World], object] = lambda world: None
