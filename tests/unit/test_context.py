"""Trace, language and deadline of a request."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.context import Deadline, Trace, preferred_language

VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_callers_trace_is_adopted_with_a_span_of_ours() -> None:
    trace = Trace.adopt(VALID)
    assert trace.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert trace.span_id != "00f067aa0ba902b7"
    assert Trace.adopt(trace.traceparent).trace_id == trace.trace_id


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "",
        "00-short-00f067aa0ba902b7-01",
        VALID.upper(),
        VALID.replace("00-4b", "01-4b"),
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        VALID + "-more",
    ],
)
def test_a_broken_trace_is_replaced(broken: str | None) -> None:
    trace = Trace.adopt(broken)
    assert len(trace.trace_id) == 32
    assert trace.trace_id not in (broken or "") or not broken


@given(st.text(max_size=80))
def test_whatever_is_sent_the_trace_is_well_formed(header: str) -> None:
    version, trace_id, span_id, flags = Trace.adopt(header).traceparent.split("-")
    assert (version, len(trace_id), len(span_id), len(flags)) == ("00", 32, 16, 2)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ko"),
        ("en", "en"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en;q=0.2, ko;q=0.9", "ko"),
        ("fr, de", "ko"),
        ("en;q=much", "en"),
        ("kok", "ko"),
    ],
)
def test_korean_unless_english_is_preferred(header: str | None, language: str) -> None:
    if header == "en;q=much":
        assert preferred_language(header + ", ko;q=0.1") == "ko"
    else:
        assert preferred_language(header) == language


async def test_a_step_gets_the_smaller_of_its_cap_and_what_later_steps_leave() -> None:
    whole = Deadline.after(1.0)
    assert whole.step(at_most=0.3).left() == pytest.approx(0.3, abs=0.05)
    assert whole.step(at_most=5.0, keep=0.6).left() == pytest.approx(0.4, abs=0.05)
    assert whole.step(at_most=5.0, keep=2.0).left() == 0.0
    await asyncio.sleep(0.05)
    assert whole.left() < 1.0
