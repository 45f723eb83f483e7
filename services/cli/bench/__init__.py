"""Benchmarks: figures as ratios against a control in the same run."""

BENCHES = (
    "alive",
    "chat",
    "auth",
    "events",
    "engines",
    "failover",
    "first-words",
    "rules",
    "sync",
    "recommend",
    "growth",
    "holds",
    "places",
)
"""Each is `bench` of the module of its name, which is imported when it is to run."""
