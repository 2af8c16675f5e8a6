"""Prometheus metrics of one gateway, in a registry of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from backend.domain.errors import StoreUnavailable
from backend.services import status
from backend.services.gateway import Gateway
from backend.services.outcomes import MessageOutcome

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counters that requests raise, and gauges that are read when somebody asks."""

    def __init__(self, gateway: Gateway, deliveries: Mapping[str, int] | None = None) -> None:
        """`deliveries`: attempts by outcome, counted by the deliverer, where this process has one."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "guanlian_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "guanlian_request_seconds", "Seconds from request to answer.", ("route",), registry=self.registry
        )
        self.documents = Counter(
            "guanlian_documents",
            "Documents judged, by message type and standing.",
            ("message_type", "standing"),
            registry=self.registry,
        )
        self.registry.register(_Standing(gateway))
        if deliveries is not None:
            self.registry.register(_Deliveries(deliveries))

    def count_documents(self, outcome: MessageOutcome) -> None:
        for document in outcome.documents:
            self.documents.labels(outcome.message_type, document.standing).inc()

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _Deliveries(Collector):
    """Attempts to deliver receipts, as the deliverer counts them."""

    def __init__(self, outcomes: Mapping[str, int]) -> None:
        self.outcomes = outcomes

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily("guanlian_deliveries", "Attempts to deliver a receipt.", labels=["outcome"])
        for outcome in ("delivered", "failed", "dead"):
            family.add_metric([outcome], self.outcomes.get(outcome, 0))
        yield family


class _Standing(Collector):
    """The gateway's standing as gauges, asked from chain and database at each scrape."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Without it the registry would ask chain and database once already when this is registered."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            now = status.status(self.gateway)
        except StoreUnavailable:
            yield _gauge("guanlian_store_up", "Whether the database answers.", 0)
            return
        chain, cursor, outbox = now["chain"], now["cursor"], now["outbox"]
        yield _gauge("guanlian_store_up", "Whether the database answers.", 1)
        yield _gauge("guanlian_chain_up", "Whether the node answers.", int(chain["reachable"]))
        yield _gauge("guanlian_chain_head", "Number of the newest block.", chain["head"])
        yield _gauge("guanlian_cursor_block", "Block up to which the chain is read.", cursor["block"])
        yield _gauge("guanlian_cursor_lag_blocks", "Blocks not yet read.", cursor["lag_blocks"])
        yield _gauge("guanlian_cursor_lag_seconds", "Seconds not yet read.", cursor["lag_seconds"])
        yield _gauge("guanlian_parcels", "Parcels in the read model.", now["read_model"]["parcels"])
        yield _gauge("guanlian_manifests", "Manifests in the read model.", now["read_model"]["manifests"])
        yield _gauge("guanlian_transactions_pending", "Signed, not yet mined.", now["transactions"]["pending"])
        yield _gauge(
            "guanlian_outbox_oldest_seconds",
            "Age of the oldest row that waits to be sent.",
            outbox["oldest_waiting_seconds"] or 0,
        )
        depth = GaugeMetricFamily("guanlian_outbox_rows", "Rows of the outbox.", labels=["status"])
        for name in ("waiting", "sent", "quarantined"):
            depth.add_metric([name], outbox[name])
        yield depth


def _gauge(name: str, help_: str, value: int | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_)
    if value is not None:
        family.add_metric([], value)
    return family
