"""The primary survey, the alarms, and what is said of a body that nobody understood."""

from pathlib import Path

import pytest

from services.triage.domain import Assessment, StatedFacts, assess, case_of, extract
from services.triage.knowledge import Knowledge, load_knowledge

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def judge(text: str, knowledge: Knowledge) -> Assessment:
    found = extract(text, knowledge=knowledge, this_year=2026)
    return assess(case_of(found, StatedFacts()), knowledge=knowledge)


def flags(assessment: Assessment) -> set[str]:
    return {flag.code for flag in assessment.red_flags}


ONE_SYSTEM = [
    ("숨을 들이쉴 때마다 목에서 이상한 소리가 나요", "airway_failing"),
    ("목에 꽂은 관이 빠졌어요", "airway_failing"),
    ("한 마디 하고 쉬고 한 마디 하고 쉬어요", "breathing_failing"),
    ("입술이 자주색이에요", "breathing_failing"),
    ("얼굴이 백지장 같아요", "circulation_failing"),
    ("수건을 세 장째 갈고 있어요", "circulation_failing"),
    ("딸을 못 알아보세요", "disability_failing"),
    ("숟가락을 자꾸 놓쳐요", "disability_failing"),
    ("다리가 롤러에 말려 들어갔어요", "exposure_danger"),
    ("기름통에 불이 붙어서 눈썹이 다 탔어요", "exposure_danger"),
]


@pytest.mark.parametrize(("text", "flag"), ONE_SYSTEM)
def test_one_failing_system_is_enough(text: str, flag: str, knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert flag in flags(assessment)
    assert assessment.ktas is not None
    assert assessment.ktas <= 2
    assert assessment.advice.call_119


TWO_SYSTEMS = [
    "입술이 파랗고 한 마디씩 끊어서 말해요",
    "얼굴이 백지장 같고 딸을 못 알아보세요",
    "지게차에 골반이 눌렸는데 얼굴이 백지장 같아요",
    "드라이버에 옆구리를 찔렸어요",
]


@pytest.mark.parametrize("text", TWO_SYSTEMS)
def test_two_systems_or_great_force_with_one_are_the_gravest(
    text: str, knowledge: Knowledge
) -> None:
    assert judge(text, knowledge).ktas == 1


def test_what_is_not_understood_is_urgent_and_says_so(knowledge: Knowledge) -> None:
    assessment = judge("무릎에 뭐가 찬 것 같고 구부리기 힘들어요", knowledge)
    assert assessment.ktas == 3
    assert "알아듣지 못했습니다" in assessment.advice.message.ko
    assert not assessment.advice.call_119


def test_what_is_not_understood_but_pressing_is_an_emergency(knowledge: Knowledge) -> None:
    assessment = judge("배꼽이 갑자기 불룩하고 굳었어요", knowledge)
    assert assessment.ktas == 2
    assert "unclear_grave" in flags(assessment)


def test_alarms_of_several_kinds_are_an_emergency(knowledge: Knowledge) -> None:
    assessment = judge("장모님이 어제부터 시커먼 걸 흘리시더니 정신이 가물거리세요", knowledge)
    assert "many_alarms" in flags(assessment)


@pytest.mark.parametrize(
    "text",
    [
        "발목을 삐었어요 조금 부었어요 24세",
        "감기 기운이 있고 목이 칼칼해요",
        "종이에 손을 베였어요",
        "독감 주사 맞은 팔이 뻐근해요",
    ],
)
def test_an_ordinary_complaint_is_unaffected(text: str, knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert assessment.red_flags == ()
    assert assessment.ktas in (4, 5)


@pytest.mark.parametrize(
    "text",
    [
        "한강에 갔다 왔어요",
        "10미터 떨어진 곳에 주차했어요",
        "영화에서 차가 뒤집혔어요",
        "혈압약 처방 받으러 가도 되나요",
        "컵을 떨어뜨려서 깨졌어요",
    ],
)
def test_talk_raises_no_alarm(text: str, knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert assessment.red_flags == ()
    assert not assessment.advice.call_119


@pytest.mark.parametrize(
    "text",
    [
        "심장에 스텐트를 넣었어요",
        "어머니는 심장 수술을 하셨고 당뇨가 있으세요",
        "아버지는 고혈압이 있고 무릎 수술을 하셨어요",
        "고혈압약 먹고 있어요",
        "왼쪽이요",
        "서울 강남구 역삼동이에요",
    ],
)
def test_an_answer_about_old_diseases_raises_no_alarm(text: str, knowledge: Knowledge) -> None:
    assert judge(text, knowledge).red_flags == ()


def test_a_place_and_a_farewell_are_still_heard(knowledge: Knowledge) -> None:
    assert "suicide_danger" in flags(judge("한강 다리 난간에 올라왔어요", knowledge))
    assert "suicide_danger" in flags(judge("옥상에 앉아서 미안하다고 문자를 보내요", knowledge))


def test_a_small_cut_gets_no_advice_for_shock(knowledge: Knowledge) -> None:
    advice = judge("일곱 살 아이가 손가락을 베여서 피가 나요", knowledge).advice
    actions = {line.code for line in advice.actions}
    assert "press_wound" in actions
    assert "raise_lie" not in actions


def test_everyday_talk_has_no_level(knowledge: Knowledge) -> None:
    lines = [
        line
        for name in ("everyday.txt", "everyday2.txt", "everyday3.txt")
        for line in (DATA / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    leveled = [line for line in lines if judge(line, knowledge).ktas is not None]
    assert len(leveled) / len(lines) <= 0.03, leveled
