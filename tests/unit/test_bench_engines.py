"""What `bench engines` makes of a machine on which not every back end can be had."""

from services.cli.bench.engines import Crowd, Engine, report

CROWDS = tuple(Crowd(callers, 1.0, 900.0, 1000.0, 0) for callers in (1, 4, 16))


def engine(name: str, whole_ms: float) -> Engine:
    return Engine(name, 1.5, 4000.0, whole_ms, 36.0, 40.0, 500.0, CROWDS)


def test_an_absent_back_end_is_listed_and_compared_with_nothing() -> None:
    told = report([engine("native", 1000.0)], None, {"llama-cpp-python": "pip wheel failed"})
    assert told.figures["absent"] == {"llama-cpp-python": "pip wheel failed"}
    assert (told.figures["ratios"], told.figures["plain_ms"]) == ({}, None)
    first, *_ = told.tables
    assert list(first.columns[0].cells) == ["native", "llama-cpp-python: absent"]


def test_with_both_each_is_compared_with_the_other_and_the_plain_way() -> None:
    told = report([engine("native", 1000.0), engine("llama-cpp-python", 800.0)], 4000.0, {})
    assert told.figures["ratios"] == {
        "llama-cpp-python against native, end to end (>= 0.8)": 1.25,
        "native against the plain way (<= 0.4)": 0.25,
        "llama-cpp-python against the plain way (<= 0.4)": 0.2,
    }


def test_a_server_outside_alone_is_measured_too() -> None:
    absent = {"native": "no wheel", "llama-cpp-python": "no compiler"}
    told = report([engine("gpu", 100.0)], None, absent)
    assert [row["name"] for row in told.figures["engines"]] == ["gpu"]
    assert told.figures["ratios"] == {}
