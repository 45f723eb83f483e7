"""First words by situation: the right ones, never contradicting, never a model's."""

import pytest

from services.triage.domain import Advice, StatedFacts, assess, case_of, extract
from services.triage.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def advice(text: str, knowledge: Knowledge, **stated: object) -> Advice:
    found = extract(text, knowledge=knowledge, this_year=2026)
    facts = StatedFacts(**stated)  # type: ignore[arg-type]
    return assess(case_of(found, facts), knowledge=knowledge).advice


# What clinical 3.7 names: the situation, and one action or prohibition that belongs to it.
FIRST_WORDS = [
    ("가슴이 쥐어짜듯 아프고 식은땀이 나요 60세", "sit_still", "drive"),
    ("사람이 쓰러졌는데 숨을 안 쉬어요", "start_cpr", "leave_alone"),
    ("사람이 쓰러졌는데 숨을 안 쉬어요", "get_aed", "drive"),
    ("팔을 베여서 피가 철철 나요", "press_wound", "pull_out"),
    ("떡이 목에 걸려서 숨을 못 쉬어요", "back_blows", "finger_sweep"),
    ("경련을 하고 있어요", "turn_side", "mouth_objects"),
    ("손을 뜨거운 물에 데었어요", "cool_burn", "ice_burn"),
    ("눈에 락스가 들어갔어요", "rinse_eye", "rub_eye"),
    ("농약을 마셨어요", "keep_container", "vomit"),
    ("손가락이 잘렸어요", "keep_part", "direct_ice"),
    ("벌에 쏘이고 두드러기가 나고 숨이 차요", "use_epipen", "eat_drink"),
    ("배가 판자처럼 딱딱하고 아파요 50세", "call_119", "eat_drink"),
    ("아기 머리가 보여요 진통 중이에요", "birth_prepare", "push_cord"),
    ("물에 빠졌다가 나왔어요", "out_of_water", "leave_alone"),
    ("감전됐어요", "power_off", "move"),
    ("더위에 쓰러져서 의식이 없어요", "cool_down", "leave_alone"),
    ("연탄가스를 마셨어요", "fresh_air", "leave_alone"),
    ("뱀에 물렸어요", "keep_still_limb", "cut_suck"),
    ("목을 다치고 다리에 감각이 없어요", "keep_head_still", "move"),
    ("머리를 부딪히고 계속 토해요", "keep_head_still", "eat_drink"),
    ("한쪽 팔다리에 힘이 빠지고 말이 어눌해요 68세", "note_time", "prick"),
    ("혈당이 40이고 식은땀이 나요", "give_sugar", "leave_alone"),
    ("쌕쌕거리고 숨이 너무 차요", "sit_upright", "eat_drink"),
    ("코피가 나요 30세", "lean_forward", "head_back"),
    ("임신 34주인데 피가 나요", "lie_left", "drive"),
    ("눈을 찔려서 안 보여요", "shield_eye", "pull_out"),
    ("개한테 물렸어요 30세", "wash_bite", "cut_suck"),
    ("저체온이에요 몸이 얼었어요", "warm_up", "leave_alone"),
]


@pytest.mark.parametrize(("text", "action", "forbidden"), FIRST_WORDS)
def test_first_words(text: str, action: str, forbidden: str, knowledge: Knowledge) -> None:
    told = advice(text, knowledge)
    assert action in {line.code for line in told.actions}
    assert forbidden in {line.code for line in told.do_not}


def test_the_list_is_long_enough_and_bilingual(knowledge: Knowledge) -> None:
    book = knowledge.advice
    assert len(book.situations) >= 25
    lines = [*book.actions.values(), *book.do_not.values()]
    assert all(line.text.ko and line.text.en for line in lines)
    used = {code for entry in book.situations for code in (*entry.actions, *entry.do_not)}
    used |= {"call_119", "show_crew", "drive"}
    assert {line.code for line in lines} == used


# Two lines that cannot stand in one answer: told to do what is forbidden in the same breath.
CONTRADICTIONS = [
    ("small_sips", "eat_drink"),
    ("give_sugar", "eat_drink"),
    ("light_clothes", "eat_drink"),
]


def test_no_sentence_is_both_told_and_forbidden(knowledge: Knowledge) -> None:
    for text, _, _ in FIRST_WORDS:
        told = advice(f"{text} 토하고 열도 나요", knowledge)
        actions = {line.code for line in told.actions}
        forbidden = {line.code for line in told.do_not}
        for action, against in CONTRADICTIONS:
            assert not (action in actions and against in forbidden), text


LANE = [
    ("손목을 그었어요", True),
    ("약을 모아 뒀어요 오늘 다 먹으려고요", True),
    ("번개탄을 샀어요", True),
    ("지금 옥상이에요 뛰어내리려고요", True),
    ("유서를 써 놨어요 죽으려고요", True),
    ("죽고 싶어요", False),
    ("살기 싫어요", False),
]


@pytest.mark.parametrize(("text", "act"), LANE)
def test_the_suicide_lane(text: str, act: bool, knowledge: Knowledge) -> None:
    told = advice(text, knowledge)
    numbers = {phone.number for phone in told.phones}
    assert told.call_119 is act
    assert ("119" in numbers) is act
    assert "109" in numbers
    assert "not_alone" in {line.code for line in told.actions}
    assert act or told.message.ko.endswith("드립니다.")


@pytest.mark.parametrize("text", ["배고파 죽겠다", "심심해 죽겠어", "보고 싶어 죽겠네"])
def test_an_idiom_gets_nothing(text: str, knowledge: Knowledge) -> None:
    told = advice(text, knowledge)
    assert not told.call_119
    assert told.phones == ()


def test_a_young_person_gets_the_youth_line(knowledge: Knowledge) -> None:
    told = advice("죽고 싶어요", knowledge, age_years=15)
    assert {"109", "1388"} <= {phone.number for phone in told.phones}


@pytest.mark.parametrize("text", ["살려주세요", "도와주세요 제발", "help me"])
def test_a_cry_for_help_says_how_to_call_without_speaking(text: str, knowledge: Knowledge) -> None:
    told = advice(text, knowledge)
    assert told.call_119
    assert "문자" in told.message.ko
    assert "text" in told.message.en


@pytest.mark.parametrize(("text", "years"), [("콧물이 나요", 30), ("발목을 삐었어요", 24)])
def test_mild_cases_hear_of_clinics(text: str, years: int, knowledge: Knowledge) -> None:
    told = advice(text, knowledge, age_years=years)
    assert "의원" in told.message.ko
    assert "비용" in told.message.ko
    assert not told.call_119


def test_a_red_flag_never_hears_of_clinics(knowledge: Knowledge) -> None:
    told = advice("콧물이 나고 가슴을 쥐어짜듯 아파요 식은땀도 나요", knowledge, age_years=60)
    assert "의원" not in told.message.ko
    assert "show_crew" in {line.code for line in told.actions}


@pytest.mark.parametrize(
    "text", ["숨을 안 쉬어요 아버지 70세", "가슴 아프다더니 쓰러져서 숨을 안 쉬어요"]
)
def test_who_is_pressed_on_the_chest_is_not_told_to_sit(text: str, knowledge: Knowledge) -> None:
    told = advice(text, knowledge)
    codes = {action.code for action in told.actions}
    assert "start_cpr" in codes
    assert not codes & {"sit_upright", "sit_still", "lean_forward", "turn_side", "lie_legs_up"}
