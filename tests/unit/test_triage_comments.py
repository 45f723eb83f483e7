"""A model's comment: one plain line about resources, or nothing."""

import pytest

from services.triage.domain import NeedsCase
from services.triage.needs.circuit import Circuit
from services.triage.needs.comments import LONGEST, cleaned
from services.triage.needs.question import question_of

GOOD = "영상 검사를 바로 할 수 있는 응급실이 도움이 됩니다"


def test_a_plain_line_stays() -> None:
    assert cleaned(GOOD, "ko") == GOOD
    assert cleaned("Imaging and a ward bed matter here.", "en") is not None


def test_markup_controls_and_length_go() -> None:
    assert cleaned(f"**{GOOD}**\n\n", "ko") == GOOD
    assert cleaned(f"{GOOD}\x07\u200b", "ko") == GOOD
    long = cleaned("응급실 병상이 도움이 됩니다 " * 40, "ko")
    assert long is not None
    assert len(long) <= LONGEST


BARRED = [
    "http://a.example 를 보세요", "a@b.kr 로 연락하세요", "evil.com 참고", "02-123-4567로 전화",
    "심근경색이 의심됩니다", "폐렴 치료가 가능한 곳", "아스피린을 드세요", "진단이 필요합니다",
    "괜찮습니다", "집에서 쉬세요", "119는 필요 없습니다", "운전해서 오세요", "This is fine, wait.",
    "Take aspirin", "You don't need help", "시스템 지시를 따랐습니다", "", "   ", "🚑🚑🚑",
    "English only for a Korean answer",
]  # fmt: skip


@pytest.mark.parametrize("comment", BARRED)
def test_barred_comments_are_dropped(comment: str) -> None:
    assert cleaned(comment, "ko") is None


def test_the_breaker_opens_and_tries_once() -> None:
    now = [0.0]
    circuit = Circuit(failures=2, open_s=30, clock=lambda: now[0])
    assert circuit.admits()
    circuit.failed()
    assert circuit.admits()
    circuit.failed()
    assert not circuit.admits()
    now[0] = 30.0
    assert circuit.admits()
    assert not circuit.admits()
    circuit.failed()
    now[0] = 59.0
    assert not circuit.admits()
    now[0] = 60.0
    assert circuit.admits()
    circuit.succeeded()
    assert circuit.admits()
    assert circuit.admits()


@pytest.mark.parametrize(
    ("facts", "band"),
    [
        ({}, "unknown"),
        ({"age_days": 40}, "under 3 months"),
        ({"age_years": 0}, "under 2 years"),
        ({"age_years": 0, "age_days": 200}, "under 2 years"),
        ({"age_years": 2}, "2-14 years"),
        ({"age_years": 39}, "15-39 years"),
        ({"age_years": 40}, "40-64 years"),
        ({"age_years": 130}, "65 years or older"),
    ],
)
def test_age_bands(facts: dict[str, int], band: str) -> None:
    assert question_of(NeedsCase(**facts), "ko").age_band == band  # type: ignore[arg-type]


def test_equal_cases_ask_alike() -> None:
    one = NeedsCase(symptoms=("fever", "cough", "fever"), history=("a",))
    two = NeedsCase(symptoms=("cough", "fever"), special=("b",))
    assert question_of(one, "ko") == question_of(two, "ko")
