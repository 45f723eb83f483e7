"""What travels with a request: its trace, its language and the time that is left for it."""

import secrets
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Language = Literal["ko", "en"]

TIME_LEFT_HEADER = "x-er-time-left-ms"

_HEX = frozenset("0123456789abcdef")
_trace: ContextVar["Trace | None"] = ContextVar("trace", default=None)
_language: ContextVar[Language] = ContextVar("language", default="ko")


@dataclass(frozen=True, slots=True)
class Trace:
    """A W3C trace context, version 00."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    @classmethod
    def adopt(cls, header: str | None) -> "Trace":
        """The caller's trace with a span of ours; a new one where the header is broken."""
        parts = (header or "").split("-")
        if _is_valid(parts):
            return cls(parts[1], secrets.token_hex(8), parts[3])
        return cls(secrets.token_hex(16), secrets.token_hex(8))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock by which an answer must be out."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())

    def step(self, *, at_most: float, keep: float = 0.0) -> "Deadline":
        """The share of one step: its own cap, or what is left once later steps have theirs."""
        return Deadline.after(max(0.0, min(at_most, self.left() - keep)))


def enter(traceparent: str | None, accept_language: str | None) -> Trace:
    """Set the context of the request that begins; the trace is returned to be echoed."""
    trace = Trace.adopt(traceparent)
    _trace.set(trace)
    _language.set(preferred_language(accept_language))
    return trace


def entered_trace() -> Trace | None:
    """The trace of the request in work; None outside of any."""
    return _trace.get()


def current_trace() -> Trace:
    """The trace of the request in work; a fresh one outside of any."""
    return entered_trace() or Trace.adopt(None)


def trace_id() -> str:
    return current_trace().trace_id


def language() -> Language:
    """Language of the answer: Korean unless English was asked for first."""
    return _language.get()


def speak(wanted: Language) -> None:
    """Answer the request in work in this language, whatever its header says."""
    _language.set(wanted)


def preferred_language(header: str | None) -> Language:
    """The first of Korean and English by the header's own weights."""
    ranked: list[tuple[float, Language]] = []
    for part in (header or "").split(","):
        tag, _, parameters = part.strip().lower().partition(";")
        primary = tag.split("-")[0]
        if primary == "ko" or primary == "en":
            ranked.append((_quality(parameters), "ko" if primary == "ko" else "en"))
    return max(ranked, key=lambda entry: entry[0], default=(0.0, "ko"))[1]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def _is_valid(parts: list[str]) -> bool:
    return (
        len(parts) == 4
        and parts[0] == "00"
        and [len(part) for part in parts[1:]] == [32, 16, 2]
        and all(set(part) <= _HEX for part in parts[1:])
        and set(parts[1]) != {"0"}
        and set(parts[2]) != {"0"}
    )
