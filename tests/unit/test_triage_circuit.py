"""When an engine may be tried again, and how long a healthy one is waited for."""

import pytest

from services.triage.domain.circuit import Circuit, hedge_delay, percentile


def test_the_pauses_grow_to_a_minute_and_no_further() -> None:
    circuit, now, pauses = Circuit(), 1000.0, []
    for _ in range(9):
        circuit = circuit.failed(now, chance=0.0)
        assert circuit.opened_until is not None
        pauses.append(circuit.opened_until - now)
        now = circuit.opened_until
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_chance_spreads_the_returns() -> None:
    assert Circuit().failed(0.0, chance=1.0).opened_until == pytest.approx(1.2)


def test_calls_that_fail_together_count_once() -> None:
    circuit = Circuit().failed(0.0, chance=0.0)
    assert circuit.failed(0.5, chance=0.0) == circuit


def test_a_return_that_does_not_last_is_in_the_row_and_one_that_lasts_is_not() -> None:
    circuit = Circuit().failed(0.0, chance=0.0).failed(1.0, chance=0.0).returned(3.0)
    assert circuit.may_probe(3.0)
    soon = circuit.failed(10.0, chance=0.0)
    assert soon.opened_until == 10.0 + 4
    assert not soon.may_probe(13.9)
    later = circuit.failed(40.0, chance=0.0)
    assert later.opened_until == 40.0 + 1


def test_the_hedge_waits_for_the_recent_tail_within_bounds() -> None:
    assert hedge_delay([], least=0.1, most=1.0) == 1.0
    assert hedge_delay([0.2] * 4, least=0.1, most=1.0) == 1.0
    assert hedge_delay([0.2] * 19 + [0.9], least=0.1, most=1.0) == 0.2
    assert hedge_delay([0.01] * 20, least=0.1, most=1.0) == 0.1
    assert hedge_delay([5.0] * 20, least=0.1, most=1.0) == 1.0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
