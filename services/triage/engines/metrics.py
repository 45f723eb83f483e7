"""Prometheus metrics of the engines; no label holds anything of a patient."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.triage.engines.client import Completion

SECONDS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Registered with the registry of one application."""

    answers: Counter
    fallbacks: Counter
    hedges: Counter
    seconds: Histogram
    tokens: Counter
    ready: Gauge
    shadow: Counter
    agreement: Counter

    @classmethod
    def register(cls, registry: CollectorRegistry) -> "Metrics":
        def counter(name: str, told: str, *labels: str) -> Counter:
            return Counter(f"er_engines_{name}", told, labels, registry=registry)

        return cls(
            counter("answers", "Answers that could be used", "engine"),
            counter("fallbacks", "Answers that could not, by why", "engine", "reason"),
            counter("hedges", "Questions also put to the next engine, as one was slow"),
            Histogram(
                "er_engines_seconds",
                "Time of an engine: reading the prompt, writing the answer",
                ["engine", "phase"],
                buckets=SECONDS,
                registry=registry,
            ),
            counter("tokens", "Tokens read, kept from before, written", "engine", "kind"),
            Gauge("er_engines_ready", "1 where it may be asked", ["engine"], registry=registry),
            counter("shadow", "Texts beside which a model ran, or why none did", "result"),
            counter("agreement", "Shadow against rules, by field", "field", "result"),
        )

    def answered(self, engine: str, completion: Completion) -> None:
        """Note one good answer."""
        timings = completion.timings
        self.answers.labels(engine).inc()
        self.seconds.labels(engine, "prompt").observe(timings.prompt_ms / 1000)
        self.seconds.labels(engine, "answer").observe(timings.predicted_ms / 1000)
        self.tokens.labels(engine, "read").inc(completion.tokens_read)
        self.tokens.labels(engine, "kept").inc(timings.cache_n)
        self.tokens.labels(engine, "written").inc(completion.tokens_predicted)
