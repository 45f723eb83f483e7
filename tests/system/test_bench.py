"""Benchmarks as an operator runs them: figures in a file, nothing left behind."""

import json
from pathlib import Path

import pytest

from tests.support.systems import environment, er, processes_of


@pytest.mark.full
def test_a_short_run_measures_everything_and_leaves_nothing(tmp_path: Path) -> None:
    out, temporary = tmp_path / "figures.json", tmp_path / "tmp"
    temporary.mkdir()
    sizes = ("--size", "1", "--size", "2", "--rounds", "2", "--seconds", "4")
    done = er(
        "bench", "sync", *sizes, "--out", str(out), environment=environment(TMPDIR=str(temporary))
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text())
    one, two = figures["sizes"]
    assert two["institutions"] == 2 * one["institutions"] > 800
    # The simulator lives on between the two sizes, so that the messages are not the same ones.
    assert 1.9 < two["first"]["rows_written"] / one["first"]["rows_written"] < 2.1
    assert one["quiet"]["rows_written"] == 0 < one["steady"]["rows_written"]
    assert all(
        0 < size["steady"]["visible_s"] < size["steady"]["wall_s"] + 5 for size in (one, two)
    )
    assert one["payload_bytes"] > one["snapshot_bytes"] > 10_000
    (whole,) = figures["latency"]
    assert whole["rounds"] > 0
    assert set(whole["ratios"]) == {"POST /v1/recommendations", "GET /livez"}
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.full
def test_every_stream_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    out, temporary = tmp_path / "figures.json", tmp_path / "tmp"
    temporary.mkdir()
    words = ("--streams", "40", "--rounds", "2", "--out", str(out))
    done = er("bench", "events", *words, environment=environment(TMPDIR=str(temporary)))
    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text())
    assert figures["streams"] == 40
    assert 0 < figures["first of many told ms"] <= figures["last of many told ms"]
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []
