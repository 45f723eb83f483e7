"""What a text takes back itself, what it does not, and what well-being weighs."""

import pytest

from services.triage.domain import Assessment, StatedFacts, assess, case_of, extract
from services.triage.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def judge(text: str, knowledge: Knowledge, years: int | None = None) -> Assessment:
    found = extract(text, knowledge=knowledge, this_year=2026)
    return assess(case_of(found, StatedFacts(age_years=years)), knowledge=knowledge)


MILD = [
    # lain upon, asked about, mistaken
    ("팔을 베고 잤더니 저렸는데 주무르니까 이제 다 풀렸어요", 34),
    ("벤치프레스 했더니 가슴이 아파요 심장마비인가요? 팔 들 때만 아프고 가만있으면 안 아파요", 25),
    ("발목이 부러진 줄 알았는데 잘 걸어요", 20),
    ("대변이 빨개서 대장암인가 했더니 비트를 먹었더라고요 지금은 괜찮아요", 40),
    ("혈압이 190 나와서 기절할 뻔했는데 커프를 거꾸로 감았고 다시 재니 128이에요", 60),
    # bounded by a small cause
    ("정전기가 세게 와서 손가락이 얼얼해요 금방 괜찮아졌어요", 30),
    ("변비라 힘줬더니 휴지에만 빨갛게 조금 묻었어요 치질이 있어요", 41),
    ("아이가 크레파스를 한 입 베어 먹었어요 무독성이라고 적혀 있고 잘 놀아요", 3),
    ("코피가 쏟아졌는데 코를 잡고 있으니까 멎었어요 게임하고 있어요", 12),
    ("햇볕에 어깨가 타서 껍질이 벗겨지고 따가워요", 26),
    ("6개월 아기가 예방접종을 하고 37.6도예요 젖도 잘 먹고 잘 웃어요", 0),
    ("연탄 사다 놨어요 추워서요 나르다가 허리가 뻐근해요", 55),
    # small, denied, well
    ("국물이 손등에 튀었어요 동전만하게 빨갛고 물집은 없어요", 50),
    ("두드러기가 배에 올라왔어요 숨차거나 입술 붓는 건 전혀 없어요", 30),
    ("모기한테 눈두덩을 물려서 눈이 안 떠질 만큼 부었어요 가렵기만 해요", 7),
    ("헤어져서 심장이 찢어질 것 같고 눈물만 나요 잠을 며칠 못 잤어요", 27),
    ("혈압약이 다 떨어졌는데 혈압은 128 나와요", 62),
]


@pytest.mark.parametrize(("text", "years"), MILD)
def test_what_is_harmless_by_its_own_words_is_not_sent_to_119(
    text: str, years: int, knowledge: Knowledge
) -> None:
    assessment = judge(text, knowledge, years)
    assert not assessment.advice.call_119
    assert assessment.ktas is not None
    assert assessment.ktas >= 3


GRAVE = [
    "체한 것 같은데 식은땀이 나고 턱까지 아파요",
    "괜찮대요 근데 머리 부딪힌 뒤로 점점 자꾸 자려고 해요",
    "팔을 베고 자서 저린 줄 알았는데 안 풀리고 말도 어눌해요",
    "아까 한쪽 팔에 힘이 빠졌다가 지금은 돌아왔어요. 팔을 베고 자서 그런 거예요",
    "락스를 물인 줄 알고 한 모금 마셨어요 지금은 괜찮아요",
    "떡이 목에 걸려서 소리를 못 내요 지금은 괜찮아요",
    "역기 들다가 뒤통수에 총 맞은 줄 알았어요 토하고 일어서질 못하겠어요 지금은 괜찮아요",
    "정전기인 줄 알았는데 고압선에 감전돼서 쓰러졌어요",
    "와파린을 먹는데 코피가 쏟아졌다가 멎었어요",
    "휴지에만 조금 묻었는데 어지럽고 식은땀이 나요 변기가 시뻘게요",
    "달리기하다가 가슴이 터질 것처럼 아파서 멈췄어요 48세예요 잘 걸어요",
    "감기인 줄 알았는데 입술이 파래요",
    # Who blames his lunch explains a heart attack away.
    "명치가 막혀 소화제도 안 듣고 이마에 땀이 줄줄 나요 걸으면 더 조여요 57세 체한 거죠?",
]


@pytest.mark.parametrize("text", GRAVE)
def test_what_only_sounds_harmless_stays_an_emergency(text: str, knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert assessment.ktas is not None
    assert assessment.ktas <= 2


def test_an_explanation_needs_a_text_that_sounds_calm(knowledge: Knowledge) -> None:
    told = "엎드려 자고 일어났더니 팔이 마비돼서 중풍 온 줄 알았는데 다 풀렸어요"
    assert judge(told, knowledge).advice.call_119
    assert not judge("팔을 베고 잤더니 저렸는데 이제 풀렸어요", knowledge).advice.call_119


def test_a_named_fear_is_no_finding(knowledge: Knowledge) -> None:
    found = extract("심장마비인가요?", knowledge=knowledge, this_year=2026)
    assert not found.symptoms


def test_a_bounded_finding_keeps_its_name(knowledge: Knowledge) -> None:
    text = "코피가 쏟아졌는데 코를 잡고 있으니까 멎었어요 게임하고 있어요"
    found = extract(text, knowledge=knowledge, this_year=2026)
    assert "epistaxis" in {symptom.code for symptom in found.symptoms}
    assert "bleeding_sign" not in found.severity


def test_alarms_weigh_less_beside_signs_of_well_being(knowledge: Knowledge) -> None:
    told = "갑자기 손가락이 붓고 까맣게 멍들었어요"
    alone = judge(told, knowledge).ktas
    beside = judge(f"{told} 잘 움직여지고 밥도 잘 먹어요", knowledge).ktas
    worse = judge(f"{told} 밥도 잘 먹는데 점점 심해져요", knowledge).ktas
    assert alone is not None
    assert beside is not None
    assert worse is not None
    assert worse <= alone <= beside


UNPUNCTUATED = [
    "귀여운 우리 아기가 숨을 안 쉬어요",
    "귀찮게 해서 죄송한데 아버지가 쓰러졌어요",
    "고양이가 엎은 뜨거운 국에 아기가 온몸을 데었어요 껍질이 벗겨졌어요",
    "강아지가 짖어서 나가 보니 남자가 피를 흘리고 쓰러져 있어요",
]


@pytest.mark.parametrize("text", UNPUNCTUATED)
def test_an_idiom_or_a_pet_hides_nobody_behind_it(text: str, knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert assessment.ktas is not None
    assert assessment.ktas <= 2
