"""Which resources a case needs, and whether any hospital may be asked for them."""

import re

import pytest

from services.triage.domain import (
    NeedsCase,
    NeedsPlan,
    StatedFacts,
    assess,
    case_of,
    extract,
    needs_case_of,
    plan_needs,
)
from services.triage.knowledge import Knowledge, load_knowledge

DECISIVE = re.compile(r"MKioskTy([1-9]|1\d|2[0-7])|designation:[a-z_]+|hvoxyayn")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def plan(text: str, knowledge: Knowledge) -> NeedsPlan:
    case = case_of(extract(text, knowledge=knowledge, this_year=2026), StatedFacts())
    judged = assess(case, knowledge=knowledge)
    codes = [flag.code for flag in judged.red_flags]
    return plan_needs(needs_case_of(case, red_flags=codes, ktas=judged.ktas), knowledge=knowledge)


def decisive(planned: NeedsPlan) -> set[str]:
    return {need.field for need in planned.needs if need.role == "decisive"}


def test_the_main_sentence(knowledge: Knowledge) -> None:
    planned = plan("아버지가 갑자기 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요 72세", knowledge)
    fields = [need.field for need in planned.needs]
    assert fields[:3] == ["MKioskTy1", "hvangioayn", "hv34"]
    assert decisive(planned) == {"MKioskTy1"}
    assert planned.needs[0].weight == 30
    assert planned.needs[0].reason_ko == "심장혈관 시술이 가능하다고 신고한 응급실이 필요합니다"
    assert (planned.policy.transport, planned.policy.bypass_minutes) == ("capable", 30)
    assert planned.policy.window_minutes == 120


CAPABLE = [
    ("가슴과 등이 찢어지듯 아파요 65세", {"MKioskTy5"}, 20),
    ("한쪽 팔다리에 힘이 빠지고 말이 어눌해요 68세", {"MKioskTy2"}, 20),
    ("벼락 맞은 듯한 두통이에요 45세", {"MKioskTy3"}, 20),
    ("피를 토했어요 55세", {"MKioskTy11"}, 30),
    ("황달이 있고 열이 나요 70세", {"MKioskTy8"}, 30),
    ("8개월 된 아기가 자지러지게 울고 딸기잼 같은 변을 봐요", {"MKioskTy10"}, 40),
    ("돌 지난 아기가 건전지를 삼켰어요", {"MKioskTy12"}, 30),
    ("손가락이 잘렸어요", {"MKioskTy20"}, 180),
    ("온몸에 화상을 입었어요", {"MKioskTy19"}, 240),
    ("눈을 찔려서 눈이 터졌어요", {"MKioskTy25"}, 60),
    ("오토바이 사고로 의식이 없어요", {"designation:trauma_center"}, 30),
    ("임신 30주인데 양수가 터졌어요", {"MKioskTy16"}, 40),
    ("투석을 못 받았는데 두근거려요", {"MKioskTy22"}, 20),
    ("보일러 켜고 자다가 머리가 아프고 어지러워요", {"hvoxyayn"}, 60),
    ("네 살 딸이 옷핀을 삼켰어요", {"MKioskTy12"}, 30),
    ("세 살 아이가 건전지를 삼키고 침을 계속 흘려요", {"MKioskTy12"}, 30),
    ("40세 남자가 못을 삼켰어요", {"MKioskTy11"}, 30),
    ("두 살 아이가 열이 나더니 경련을 2분 하고 멈췄어요", set(), 20),
    ("투석을 일주일 못 받아서 다리가 부었어요 67세", {"MKioskTy22"}, 20),
    ("환청이 들린다며 물건을 던지고 식구를 때려요 34세 남자", {"MKioskTy24"}, 60),
    ("유서를 쓰고 약을 모아놨어요 30세", {"MKioskTy24"}, 60),
]


@pytest.mark.parametrize(("text", "fields", "bypass"), CAPABLE)
def test_capable(text: str, fields: set[str], bypass: int, knowledge: Knowledge) -> None:
    planned = plan(text, knowledge)
    assert planned.policy.transport == "capable"
    assert fields <= decisive(planned)
    assert planned.policy.bypass_minutes == bypass


NEAREST = [
    "숨을 안 쉬어요",
    "떡이 목에 걸려서 숨을 못 쉬어요",
    "벌에 쏘이고 두드러기가 나고 숨이 차요",
    "5분 넘게 경련을 해요",
    "의식이 없어요",
    "아기 머리가 보여요 진통 중이에요",
    "더위에 쓰러져서 의식이 없어요",
    "얼굴에 화상을 입고 목소리가 쉬었어요",
    "농약을 마셨어요",
    "출산한 지 2일인데 피가 안 멈춰요",
    "투석을 못 받았는데 입술이 파랗고 숨을 못 쉬어요",
    "다섯 살 아이가 건전지를 삼키고 숨을 못 쉬고 얼굴이 파래요",
    "세 살 아이가 10분째 경련을 해요",
    "수면제를 한 통 먹고 헛것이 보인다며 난폭해요",
    "아들이 자해를 했어요 손목을 그었는데 피는 멎었어요",
]


@pytest.mark.parametrize("text", NEAREST)
def test_nearest_has_nothing_decisive(text: str, knowledge: Knowledge) -> None:
    planned = plan(text, knowledge)
    assert planned.policy.transport == "nearest"
    assert planned.policy.bypass_minutes <= 10
    assert decisive(planned) == set()


CARE = [
    ("손을 칼에 베여서 꿰매야 할 것 같아요", ("suturing",)),
    ("넘어져서 이마가 찢어졌어요", ("suturing",)),
    ("두 살 아이가 열이 나더니 경련을 2분 하고 멈췄어요", ("seizure",)),
    ("중2 아들이 갑자기 고환이 아프대요", ("urology",)),
    ("무릎이 까졌어요", ()),
    ("아버지가 가슴을 쥐어짜듯 아파하세요", ()),
]


@pytest.mark.parametrize(("text", "care"), CARE)
def test_what_only_messages_refuse_is_named(
    text: str, care: tuple[str, ...], knowledge: Knowledge
) -> None:
    assert plan(text, knowledge).policy.care == care


CALLS = [
    ("뱀에 물렸어요", "antivenom"),
    ("중2 아들이 갑자기 고환이 아프대요", "urology"),
    ("성폭행을 당했어요", "sunflower"),
    ("코피가 나요 30세", "ent"),
]


@pytest.mark.parametrize(("text", "name"), CALLS)
def test_what_no_code_can_tell_is_asked_by_phone(
    text: str, name: str, knowledge: Knowledge
) -> None:
    assert name in plan(text, knowledge).policy.call
    assert knowledge.call_names[name].ko


def test_children_get_childrens_endoscopy_and_beds(knowledge: Knowledge) -> None:
    planned = plan("6살 딸이 피를 토했어요", knowledge)
    fields = {need.field for need in planned.needs}
    assert "MKioskTy12" in decisive(planned)
    assert "MKioskTy11" not in fields
    assert "hv28" in fields


def test_pregnancy_adds_obstetrics(knowledge: Knowledge) -> None:
    planned = plan("임신 30주인데 교통사고가 났어요 배가 아파요", knowledge)
    assert "MKioskTy17" in {need.field for need in planned.needs}


def test_mild_cases_stay_local(knowledge: Knowledge) -> None:
    planned = plan("감기 기운이 있고 콧물이 나요 28세", knowledge)
    assert planned.policy.transport == "nearest"
    assert [need.field for need in planned.needs] == ["hvec"]


def test_nothing_matched_is_local(knowledge: Knowledge) -> None:
    planned = plan_needs(NeedsCase(), knowledge=knowledge)
    assert planned.presentations == ()
    assert planned.policy.transport == "nearest"
    assert [need.field for need in planned.needs] == ["hvec"]


def test_a_red_flag_alone_brings_its_demand(knowledge: Knowledge) -> None:
    for rule in knowledge.flags:
        planned = plan_needs(NeedsCase(red_flags=(rule.code,)), knowledge=knowledge)
        assert planned.presentations, rule.code


def test_a_cue_may_come_as_a_circumstance(knowledge: Knowledge) -> None:
    request = NeedsCase(symptoms=("abdominal_pain",), special=("right_lower_belly",), age_years=25)
    assert "MKioskTy9" in decisive(plan_needs(request, knowledge=knowledge))


def test_every_code_reaches_a_row(knowledge: Knowledge) -> None:
    for code in knowledge.ontology:
        planned = plan_needs(NeedsCase(symptoms=(code,), age_years=40, ktas=3), knowledge=knowledge)
        assert planned.presentations, code


def test_only_lawful_fields_decide(knowledge: Knowledge) -> None:
    for row in knowledge.presentations:
        for need in row.needs:
            assert not re.fullmatch(r"hvs\d+", need.field), row.id
            assert need.role == "supporting" or DECISIVE.fullmatch(need.field), row.id


def test_no_reason_names_a_diagnosis(knowledge: Knowledge) -> None:
    diagnoses = ("심근경색", "뇌경색", "뇌졸중", "박리", "지주막", "담관염", "염전", "패혈증")
    for row in knowledge.presentations:
        for need in row.needs:
            assert not any(word in need.reason.ko for word in diagnoses), (row.id, need.field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("어제부터 배꼽 주위가 아프다가 오른쪽 아랫배가 심하게 아프고 열이 나요", "MKioskTy9"),
        ("오른쪽 아랫배가 갑자기 못 견디게 아프고 토했어요", "MKioskTy9"),
    ],
)
def test_an_alarm_that_knows_no_illness_does_not_silence_the_one_that_does(
    text: str, field: str, knowledge: Knowledge
) -> None:
    assert field in decisive(plan(text, knowledge))
