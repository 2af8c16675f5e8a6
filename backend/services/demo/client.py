"""The gateway as one role sees it: its key, its requests, and what became of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any

import httpx

from backend.domain import errors
from backend.domain.errors import ChainUnavailable, ConfirmationTimedOut, GuanlianError, NotRunning

#: Parcels in one POST /v1/records.
MOST_PARCELS = 1000
#: How often a wait asks the gateway again, in seconds.
ASK_EVERY = 0.15

_OVER = frozenset({"confirmed", "quarantined", "cancelled"})


class Refused(GuanlianError):
    """The gateway refused a request; title, sentences and details are those of its problem document."""

    zh = "{detail_zh}"
    en = "{detail}"

    @classmethod
    def from_problem(cls, problem: Mapping[str, Any], status: int) -> Refused:
        return cls(**{"detail": "", "detail_zh": "", **problem, "status_code": status})

    @property
    def title(self) -> str:
        return str(self.details.get("title", "Refused"))


def unix(text: str) -> int:
    """An instant as the gateway writes it, in Unix seconds."""
    return int(datetime.fromisoformat(text).timestamp())


@dataclass
class Role:
    """One role's connection. Requests raise Refused, or NotRunning where nobody answers."""

    name: str
    http: httpx.Client

    def send_message(self, body: bytes, *, dry_run: bool = False) -> dict[str, Any]:
        """One customs message; the outcome document by document, also where every one was refused."""
        headers = {"Content-Type": "application/xml", "Accept": "application/json"}
        query = {"dry_run": "true"} if dry_run else None
        reply = self._send("POST", "/v1/messages", content=body, headers=headers, params=query)
        if reply.status_code == 422 and "documents" in (outcome := reply.json()):
            return dict(outcome)
        return self._body(reply)

    def record(
        self,
        step: str,
        parcels: Sequence[str],
        evidence: Mapping[str, Any] | None = None,
        evidence_of: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> list[str]:
        """One step of many parcels; the operations to follow, one for each thousand parcels."""
        operations = []
        for start in range(0, len(parcels), MOST_PARCELS):
            part = list(parcels[start : start + MOST_PARCELS])
            body: dict[str, Any] = {"step": step, "parcels": part}
            if evidence is not None:
                body["evidence"] = dict(evidence)
            if evidence_of is not None:
                body["evidence_of"] = {parcel: dict(evidence_of[parcel]) for parcel in part}
            operations.append(str(self.post("/v1/records", body)["operation_id"]))
        return operations

    def post(self, path: str, body: Mapping[str, Any], *, confirm: bool = False) -> dict[str, Any]:
        query = {"confirm": "true"} if confirm else None
        return self._body(self._send("POST", path, json=dict(body), params=query))

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._body(self._send("PUT", path, json=dict(body)))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._body(self._send("GET", path, params=query or None))

    def pages(self, path: str, **query: Any) -> Iterable[dict[str, Any]]:
        """Every item of a paged list."""
        cursor: str | None = None
        while True:
            page = self.get(path, **(query | ({"cursor": cursor} if cursor else {})))
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def wait(self, operation: str, seconds: float = 60.0) -> dict[str, Any]:
        """The operation once the chain has decided about every item of it. Raises ConfirmationTimedOut."""
        deadline = time.monotonic() + seconds
        while True:
            view = self.get(f"/v1/operations/{operation}")
            if all(item["status"] in _OVER for item in view["items"]):
                return view
            if time.monotonic() > deadline:
                raise ConfirmationTimedOut(operation_id=operation, seconds=seconds)
            time.sleep(ASK_EVERY)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        while True:
            try:
                reply = self.http.request(method, path, **options)
            except httpx.HTTPError:
                raise NotRunning(home=str(self.http.base_url)) from None
            if reply.status_code != 429:
                return reply
            time.sleep(float(reply.headers.get("Retry-After", 1)))

    def _body(self, reply: httpx.Response) -> dict[str, Any]:
        body = reply.json()
        if not reply.is_error:
            return dict(body)
        if reply.status_code == 503:
            raise (errors.error_named(str(body.get("title"))) or ChainUnavailable)(**body)
        raise Refused.from_problem(body, reply.status_code)


@dataclass
class Roles:
    """One connection a role, closed together."""

    api_url: str
    keys: Mapping[str, str]
    _open: dict[str, Role] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Role:
        if name not in self._open:
            http = httpx.Client(
                base_url=self.api_url,
                headers={"Authorization": f"Bearer {self.keys[name]}"},
                timeout=300,
                trust_env=False,
            )
            self._open[name] = Role(name, http)
        return self._open[name]

    def now(self) -> int:
        """The gateway's time in Unix seconds; it may be behind the system's."""
        return unix(self["governance"].get("/v1/status")["now"])

    def moving(self) -> int:
        """Calls on their way to the chain, and parcels that the automatic accounts have still to look at."""
        status = self["governance"].get("/v1/status")
        return int(status["outbox"]["waiting"] + status["outbox"]["sent"] + status["examinations"]["ready"])

    def __enter__(self) -> Roles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for role in self._open.values():
            role.http.close()
