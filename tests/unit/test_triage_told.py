"""What the rules do with a text whose illness no code names."""

import pytest

from services.triage.domain import StatedFacts, assess, case_of, extract
from services.triage.domain.assessment import Assessment
from services.triage.domain.cases import NeedsCase
from services.triage.domain.needs import plan_needs
from services.triage.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()


def assessed(text: str) -> Assessment:
    found = extract(text, knowledge=KNOWLEDGE, this_year=2026)
    return assess(case_of(found, StatedFacts()), knowledge=KNOWLEDGE)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("친구가 꿈쩍도 안 해요", "coma_pattern"),
        ("꼬집어도 반응이 없어요", "unresponsive_pattern"),
        ("말을 한 단어씩밖에 못 이어요", "respiratory_failure"),
        ("맥이 약하고 얼굴이 백지장 같아요", "shock_suspected"),
        ("트럭 바퀴가 다리 위로 지나갔어요", "trauma_mechanism"),
        ("할아버지가 위독하세요", "grave_plea"),
        ("왼팔과 오른팔 혈압이 많이 달라요", "dissection_pattern"),
    ],
)
def test_a_cue_alone_sets_a_floor(text: str, flag: str) -> None:
    told = assessed(text)
    assert flag in {found.code for found in told.red_flags}
    assert told.ktas is not None
    assert told.ktas <= 2
    assert told.advice.call_119


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("실밥 뽑으러 가고 싶어요", 5),
        ("혈압약이 떨어져서 약만 받고 싶어요", 5),
        ("딸꾹질이 안 멈춰요", 4),
        ("발톱이 살로 파고들었어요", 4),
        ("갑상선 약을 실수로 두 번 먹었어요", 4),
        ("수면제를 두 알 더 먹었어요", 3),
        ("가시가 걸렸는데 숨은 잘 쉬어요", 4),
    ],
)
def test_mild_complaints_without_a_code_have_a_level(text: str, level: int) -> None:
    told = assessed(text)
    assert told.ktas == level
    assert not told.advice.call_119


@pytest.mark.parametrize(
    "text",
    ["고기가 목에 걸려서 숨을 못 쉬어요", "떡이 목에 걸렸는데 숨이 막혀요"],
)
def test_a_blocked_airway_stays_one(text: str) -> None:
    assert assessed(text).ktas == 1


@pytest.mark.parametrize("special", ["출산 후", "출산 후 3일", "분만 직후", "산후 2주"])
def test_bleeding_after_birth_goes_to_the_nearest(special: str) -> None:
    plan = plan_needs(
        NeedsCase(symptoms=("vaginal_bleeding",), special=(special,), gender="F"),
        knowledge=KNOWLEDGE,
    )
    assert (plan.policy.transport, plan.policy.bypass_minutes) == ("nearest", 10)
    assert "MKioskTy17" in {need.field for need in plan.needs}


@pytest.mark.parametrize(
    ("case", "field"),
    [
        (NeedsCase(symptoms=("burn",), ktas=2), "MKioskTy19"),
        (NeedsCase(symptoms=("burn",), severity=frozenset({"large_burn"})), "MKioskTy19"),
        (NeedsCase(symptoms=("gi_foreign_body",), age_years=1), "MKioskTy12"),
        (
            NeedsCase(symptoms=("fall_from_height", "hip_injury"), age_years=40),
            "designation:trauma_center",
        ),
    ],
)
def test_what_decides(case: NeedsCase, field: str) -> None:
    plan = plan_needs(case, knowledge=KNOWLEDGE)
    assert field in {need.field for need in plan.needs if need.role == "decisive"}


def test_carbon_monoxide_awake_asks_for_no_psychiatric_ward() -> None:
    plan = plan_needs(NeedsCase(symptoms=("headache", "gas_inhalation")), knowledge=KNOWLEDGE)
    assert "MKioskTy24" not in {need.field for need in plan.needs}


def test_a_chemical_in_the_eye_names_the_eye_surgeon() -> None:
    plan = plan_needs(NeedsCase(symptoms=("eye_foreign_body_chemical",)), knowledge=KNOWLEDGE)
    assert {need.field: need.role for need in plan.needs}["MKioskTy25"] == "supporting"
