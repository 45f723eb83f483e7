"""Prometheus metrics of sync."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge


@dataclass(frozen=True, slots=True)
class Metrics:
    """Registered with the registry of one application."""

    rounds: Counter
    failures: Counter
    last_success: Gauge
    snapshot_bytes: Gauge
    leader: Gauge
    calls: Gauge

    @classmethod
    def register(cls, registry: CollectorRegistry) -> "Metrics":
        return cls(
            Counter("er_sync_rounds", "Rounds by result", ["result"], registry=registry),
            Counter(
                "er_sync_source_failures", "Failed operations by kind", ["kind"], registry=registry
            ),
            Gauge(
                "er_sync_last_success_timestamp_seconds",
                "When a round last lacked nothing",
                registry=registry,
            ),
            Gauge("er_sync_snapshot_bytes", "Packed size of the snapshot", registry=registry),
            Gauge("er_sync_leader", "1 where this replica asks the source", registry=registry),
            Gauge("er_sync_calls_today", "Calls of the source this quota day", registry=registry),
        )
