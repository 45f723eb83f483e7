"""Urgency, red flags and first words for sentences as people write them."""

import pytest

from services.triage.domain import (
    Assessment,
    Patient,
    StatedFacts,
    Vitals,
    assess,
    case_of,
    extract,
)
from services.triage.domain.cases import Case
from services.triage.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def judge(text: str, knowledge: Knowledge, stated: StatedFacts | None = None) -> Assessment:
    found = extract(text, knowledge=knowledge, this_year=2026)
    return assess(case_of(found, stated or StatedFacts()), knowledge=knowledge)


def flags(assessment: Assessment) -> set[str]:
    return {flag.code for flag in assessment.red_flags}


GRAVE = [
    ("아버지가 갑자기 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요 72세", 2, "acs_pattern"),
    ("체한 것 같고 명치가 답답해요 60세 남자 당뇨 있어요", 2, "acs_pattern"),
    ("가슴이 찢어지듯 아프고 등까지 아파요 65세", 2, "dissection_pattern"),
    ("70세 할아버지가 배가 아프다가 실신했어요", 1, "aneurysm_pattern"),
    ("한쪽 팔다리에 힘이 빠지고 말이 어눌해요 68세", 2, "stroke_pattern"),
    ("자고 일어났더니 입이 돌아갔어요 61세", 2, "stroke_pattern"),
    ("잠깐 말이 안 나왔다가 지금은 괜찮아졌어요 66세", 2, "stroke_pattern"),
    ("벼락 맞은 것처럼 갑자기 머리가 아파요 45세", 2, "thunderclap_pattern"),
    ("머리 아프고 토하더니 의식이 처져요", 2, "intracranial_pattern"),
    ("할머니가 쓰러져서 숨을 안 쉬어요", 1, "cardiac_arrest_pattern"),
    ("떡 먹다가 목에 걸려서 숨을 못 쉬어요 80세", 1, "airway_obstruction"),
    ("아이가 사탕 먹다가 켁켁거리고 얼굴이 파래요", 1, "airway_obstruction"),
    ("숨이 너무 차서 말을 못 이어요 58세", 2, "respiratory_failure"),
    ("벌에 쏘이고 두드러기가 나고 숨이 차요", 1, "anaphylaxis_pattern"),
    ("5분 넘게 경련을 하고 있어요", 1, "seizure_status"),
    ("아빠가 갑자기 발작을 했어요 50세", 2, "seizure_pattern"),
    ("아랫배가 아프고 기절했어요 27세 여자", 2, "ectopic_pattern"),
    ("임신 34주인데 배가 아프고 피가 나요", 1, "abruption_pattern"),
    ("임신 30주인데 머리가 아프고 눈이 침침해요", 2, "eclampsia_pattern"),
    ("출산한 지 2일인데 피가 안 멈춰요", 1, "postpartum_hemorrhage"),
    ("아기 머리가 보여요 진통 중이에요", 1, "imminent_birth"),
    ("임신 30주인데 양수가 터졌어요", 2, "preterm_labour"),
    ("태동이 없어요 임신 33주", 2, "fetal_danger"),
    ("온몸에 뜨거운 물을 뒤집어써서 화상을 입었어요", 2, "major_burn"),
    ("얼굴에 화상을 입고 목소리가 쉬었어요", 1, "airway_burn"),
    ("연탄가스를 마시고 의식이 없어요", 1, "gas_poisoning_coma"),
    ("농약을 마셨어요", 1, "poisoning_critical"),
    ("수면제를 한 통 먹었어요", 2, "overdose_pattern"),
    ("번개탄 사놨어요 이제 끝내려고요", 2, "suicide_danger"),
    ("목을 맸어요", 1, "hanging"),
    ("오토바이 사고가 났는데 의식이 없어요", 1, "major_trauma"),
    ("칼에 가슴을 찔렸어요", 1, "penetrating_torso"),
    ("아파트 5층에서 떨어졌어요", 2, "trauma_mechanism"),
    ("머리를 부딪히고 계속 토해요", 2, "head_injury_danger"),
    ("와파린 먹는 80세 할머니가 머리를 부딪혔어요", 2, "head_injury_danger"),
    ("목을 다치고 다리에 감각이 없어요", 2, "spinal_cord_injury"),
    ("생후 20일 아기가 열이 38.3도예요", 2, "young_infant_fever"),
    ("생후 2개월 아기가 분유를 안 먹어요", 2, "young_infant_danger"),
    ("8개월 된 아기가 자지러지게 울고 딸기잼 같은 변을 봐요", 2, "intussusception_pattern"),
    ("생후 10일 아기가 녹색 토를 해요", 2, "bilious_vomiting"),
    ("돌 지난 아기가 건전지를 삼켰어요", 2, "battery_ingestion"),
    ("중2 아들이 갑자기 고환이 아프대요", 2, "testicular_torsion"),
    ("피를 토했어요 55세", 2, "gi_bleed_pattern"),
    ("배가 판자처럼 딱딱하고 아파요 50세", 2, "peritonitis_pattern"),
    ("황달이 있고 열이 나요 70세", 2, "cholangitis_pattern"),
    ("열이 나고 머리가 아프고 목이 뻣뻣해요", 2, "meningitis_pattern"),
    ("열이 나고 온몸에 자반이 생겼어요", 2, "purpura_fever"),
    ("항암치료 중인데 열이 나요", 2, "neutropenic_fever"),
    ("열나고 헛소리를 해요 82세", 2, "sepsis_pattern"),
    ("투석을 못 받았는데 숨이 차요", 2, "dialysis_emergency"),
    ("다리가 갑자기 차갑고 하얗고 아파요 70세", 2, "limb_ischemia"),
    ("손가락이 잘렸어요", 2, "amputation_pattern"),
    ("갑자기 한쪽 눈이 안 보여요 65세", 2, "sudden_visual_loss"),
    ("눈에 락스가 들어갔어요", 2, "chemical_eye"),
    ("눈을 찔려서 눈이 터졌어요", 2, "open_globe"),
    ("눈이 아프고 토해요 60세", 2, "acute_glaucoma"),
    ("옆구리가 아프고 열이 나고 오한이 들어요", 2, "obstructive_urosepsis"),
    ("침을 질질 흘리고 목이 아파요", 2, "upper_airway_swelling"),
    ("허리가 아프고 대소변을 못 가려요", 2, "cauda_equina"),
    ("당뇨인데 의식이 흐려요", 2, "hypoglycemia_pattern"),
    ("더위에 쓰러져서 의식이 없어요", 1, "heat_stroke"),
    ("물에 빠졌어요", 2, "drowning_pattern"),
    ("뱀에 물렸어요", 2, "snake_venom"),
    ("감전됐어요", 2, "electric_danger"),
    ("성폭행을 당했어요", 2, "sexual_violence"),
    ("두근거리고 기절했어요", 2, "arrhythmia_pattern"),
    ("my husband has crushing chest pain and is sweating", 2, "acs_pattern"),
    ("she can't move her left arm and her speech is slurred", 2, "stroke_pattern"),
    ("he is unconscious and not breathing", 1, "cardiac_arrest_pattern"),
]


@pytest.mark.parametrize(("text", "ktas", "flag"), GRAVE)
def test_grave(text: str, ktas: int, flag: str, knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert flag in flags(assessment)
    assert assessment.ktas == ktas
    assert assessment.advice.call_119
    assert "drive" in {line.code for line in assessment.advice.do_not}
    assert assessment.advice.phones[0].number == "119"


MILD = [
    ("감기 기운이 있고 콧물이 나요 28세 여자", {5}),
    ("발목을 삐었어요 24세", {4}),
    ("손가락을 칼에 살짝 베였어요 30세", {4}),
    ("목이 따가워요 19세", {4, 5}),
    ("이빨이 아파요 40세", {4, 5}),
    ("변비가 심해요 33세", {5}),
    ("무릎이 까졌어요 12세", {5}),
    ("귀가 아파요 8세", {4}),
    ("모기에 물렸어요 20세", {4}),
    ("설사해요 26세 남자", {4}),
    ("눈이 충혈됐어요 31세", {4}),
    ("잠을 못 자요 45세", {4}),
    ("허리가 아파요 38세", {4}),
    ("열은 없고 기침만 나요 22세", {4}),
]


@pytest.mark.parametrize(("text", "levels"), MILD)
def test_mild_is_not_sent_to_119(text: str, levels: set[int], knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert assessment.ktas in levels
    assert assessment.red_flags == ()
    assert not assessment.advice.call_119
    assert "call_119" not in {line.code for line in assessment.advice.actions}
    assert "119" not in {phone.number for phone in assessment.advice.phones}


@pytest.mark.parametrize("text", ["", "안녕하세요", "오늘 날씨 어때?", "배고파 죽겠다"])
def test_nothing_medical(text: str, knowledge: Knowledge) -> None:
    assessment = judge(text, knowledge)
    assert assessment.ktas is None
    assert assessment.red_flags == ()
    assert not assessment.advice.call_119


def test_a_cry_for_help_gets_119(knowledge: Knowledge) -> None:
    assessment = judge("살려주세요", knowledge)
    assert assessment.ktas is None
    assert assessment.advice.call_119
    assert "119" in {phone.number for phone in assessment.advice.phones}


def test_ambiguous_wish_to_die_gets_a_question_and_109(knowledge: Knowledge) -> None:
    advice = judge("죽고 싶어요", knowledge).advice
    assert not advice.call_119
    assert "109" in {phone.number for phone in advice.phones}
    assert "?" in advice.message.ko


def test_advice_of_the_main_sentence(knowledge: Knowledge) -> None:
    advice = judge(GRAVE[0][0], knowledge).advice
    codes = [line.code for line in advice.actions]
    assert codes[:4] == ["call_119", "sit_still", "open_door", "be_ready_cpr"]
    assert advice.message.ko.startswith("지금 119에 전화하세요")
    assert all(line.text.ko and line.text.en for line in (*advice.actions, *advice.do_not))


def test_gas_first_means_out_first(knowledge: Knowledge) -> None:
    advice = judge("연탄가스를 마시고 의식이 없어요", knowledge).advice
    assert advice.actions[0].code == "fresh_air"


def test_stated_facts_win(knowledge: Knowledge) -> None:
    found = extract("72세 아버지가 기침해요 산소포화도 98", knowledge=knowledge, this_year=2026)
    stated = StatedFacts(age_years=40, gender="F", vitals=Vitals(spo2=85))
    case = case_of(found, stated)
    assert (case.patient.age_years, case.patient.gender) == (40, "F")
    assert case.vitals.spo2 == 85
    assert assess(case, knowledge=knowledge).ktas == 2


def test_a_stated_good_value_does_not_calm_a_said_bad_one(knowledge: Knowledge) -> None:
    found = extract("숨이 차고 산소포화도 84예요", knowledge=knowledge, this_year=2026)
    case = case_of(found, StatedFacts(vitals=Vitals(spo2=98)))
    assert assess(case, knowledge=knowledge).ktas == 2


def test_stated_days_make_an_infant(knowledge: Knowledge) -> None:
    assessment = judge("열이 나요", knowledge, StatedFacts(age_days=40))
    assert flags(assessment) == {"young_infant_fever"}


DANGEROUS = [
    Vitals(spo2=86), Vitals(sbp=75), Vitals(hr=190), Vitals(hr=35), Vitals(rr=34),
    Vitals(temp_c=33.0), Vitals(avpu="P"), Vitals(glucose=38), Vitals(glucose=520),
]  # fmt: skip


@pytest.mark.parametrize("vitals", DANGEROUS)
def test_dangerous_vitals_alone(vitals: Vitals, knowledge: Knowledge) -> None:
    case = Case(symptoms=("cough",), patient=Patient(age_years=50), vitals=vitals)
    assessment = assess(case, knowledge=knowledge)
    assert assessment.ktas is not None
    assert assessment.ktas <= 2


def test_situations_with_first_words(knowledge: Knowledge) -> None:
    assert len(knowledge.advice.situations) >= 25
    assert {"119", "112", "109", "1577-0199", "1388", "1366", "1339"} <= set(
        knowledge.advice.phones
    )
