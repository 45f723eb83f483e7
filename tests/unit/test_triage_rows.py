"""Every presentation of the reference: its resources are needed, and in its order they lead.

The numbers and the fields are those of the clinical table (3.4); what it says to be later or
supporting may stand behind. Nothing here comes from the rules' own data.
"""

from typing import Any

import pytest

from services.triage.domain import (
    NeedsCase,
    StatedFacts,
    assess,
    case_of,
    extract,
    plan_needs,
)
from services.triage.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def asked(*symptoms: str, cues: str = "", **facts: Any) -> NeedsCase:
    return NeedsCase(symptoms=symptoms, severity=frozenset(cues.split()), **facts)


MALE: dict[str, Any] = {"gender": "M", "age_years": 60}
FEMALE: dict[str, Any] = {"gender": "F", "age_years": 30}
ROWS: list[tuple[int, NeedsCase, str]] = [
    (1, asked("chest_pain", "diaphoresis", **MALE), "MKioskTy1 hvangioayn hv34 hvec hvecmoayn"),
    (2, asked("chest_pain", cues="tearing", **MALE), "MKioskTy5 hvctayn hvoc hvccc hvecmoayn"),
    (3, asked("abdominal_pain", "syncope", gender="M", age_years=75),
     "MKioskTy6 hvctayn hvoc hvangioayn hvicc"),
    (4, asked("limb_weakness", "speech_disturbance", **MALE),
     "MKioskTy2 hvctayn hvangioayn hvcc hvmriayn"),
    (5, asked("thunderclap_headache", **MALE), "MKioskTy3 hvctayn hvangioayn hv6 hvoc"),
    (6, asked("headache", "altered_mental_status", **MALE),
     "MKioskTy4 hvctayn hv6 hvoc hvventiayn"),
    (7, asked("dizziness", "gait_disturbance", cues="double_vision", **MALE),
     "MKioskTy2 hvmriayn hvctayn hvangioayn hvcc"),
    (8, asked("head_injury", "vomiting", **MALE), "hvctayn MKioskTy4 hv6 hvoc hv60"),
    (9, asked("cardiac_arrest", **MALE), "hvec hvventiayn hvangioayn hvecmoayn hvhypoayn"),
    (10, asked("palpitations", "syncope", **MALE), "hvec hv34 hvangioayn MKioskTy1"),
    (11, asked("dyspnea", cues="cannot_speak", **MALE), "hvec hvventiayn hv2 hvicc"),
    (12, asked("dyspnea", history=("심부전",), cues="orthopnoea", **MALE),
     "hvec hvventiayn hv34 MKioskTy22 MKioskTy1"),
    (13, asked("dyspnea", cues="sudden one_leg_swollen", **FEMALE),
     "hvctayn hvventiayn hvecmoayn MKioskTy26 hvicc"),
    (14, asked("chest_pain", cues="sudden one_side", gender="M", age_years=20),
     "hvec hvctayn hvccc hvoc"),
    (15, asked("hemoptysis", cues="much_blood", **MALE),
     "MKioskTy26 hvangioayn MKioskTy13 hvventiayn hvctayn"),
    (16, asked("hematemesis", **MALE), "MKioskTy11 hvec hvicc MKioskTy26 hvoc"),
    (17, asked("hematochezia", cues="much_blood", **MALE),
     "MKioskTy11 hvctayn MKioskTy26 hvicc"),
    (18, asked("abdominal_pain", "fever", cues="right_upper_belly", **MALE),
     "MKioskTy7 hvctayn hvoc hvgc"),
    (19, asked("jaundice", "fever", **MALE), "MKioskTy8 MKioskTy26 hvctayn hvicc"),
    (20, asked("abdominal_pain", "back_pain", gender="M", age_years=40),
     "hvctayn hv2 MKioskTy8 hvcrrtayn hvicc"),
    (21, asked("abdominal_pain", cues="right_lower_belly", gender="M", age_years=20),
     "hvctayn MKioskTy9 hvoc hvgc"),
    (22, asked("abdominal_pain", cues="rigid_belly", **MALE),
     "MKioskTy9 hvoc hvctayn hv3 hvventiayn"),
    (23, asked("abdominal_pain", "vomiting", cues="no_gas", **MALE),
     "MKioskTy9 hvctayn hvoc hv3"),
    (24, asked("abdominal_pain", history=("부정맥",), cues="severe", **MALE),
     "hvctayn MKioskTy26 MKioskTy9 hvangioayn hv3"),
    (25, asked("inconsolable_crying", cues="jelly_stool", age_years=0, age_days=250),
     "MKioskTy10 hv28 hvoc hv32"),
    (26, asked("vomiting", cues="green_vomit", age_years=0, age_days=8),
     "MKioskTy10 hv28 hvoc hvncc"),
    (27, asked("gi_foreign_body", cues="button_battery", age_years=2), "MKioskTy12 hv28 hvoc"),
    (28, asked("airway_foreign_body", age_years=3), "hvec MKioskTy14 hv28 hv10 hv32"),
    (29, asked("airway_foreign_body", **MALE), "hvec MKioskTy13 MKioskTy11"),
    (30, asked("fever", age_years=0, age_days=40), "hv28 hvncc hv30 hv32"),
    (31, asked("seizure", "fever", age_years=3), "hv28 hvec hvctayn"),
    (32, asked("seizure", cues="seizure_ongoing", age_years=5),
     "hv28 hvec hv32 hv33 hvventiayn hvctayn"),
    (33, asked("stridor_barking_cough", age_years=2), "hv28 hv10 hv32 hv30"),
    (34, asked("vomiting", "fatigue_lethargy", age_years=6), "hv28 hvec hv32"),
    (35, asked("labor_pain", cues="newborn_out", **FEMALE),
     "MKioskTy15 hvncc hvincuayn hvventisoayn"),
    (36, asked("labor_pain", pregnancy_weeks=30, **FEMALE), "MKioskTy16 hv42 hvoc hvncc"),
    (37, asked("vaginal_bleeding", "abdominal_pain", pregnancy_weeks=35, **FEMALE),
     "MKioskTy17 hvoc hvncc hv42 hvicc"),
    (38, asked("headache", "visual_disturbance", pregnancy_weeks=33, **FEMALE),
     "MKioskTy17 hvicc hv42 hvncc hvctayn"),
    (39, asked("vaginal_bleeding", special=("출산 후",), **FEMALE),
     "MKioskTy17 MKioskTy26 hvoc hvangioayn hvicc"),
    (40, asked("abdominal_pain", "syncope", **FEMALE), "MKioskTy18 hvoc hvec hvicc"),
    (41, asked("abdominal_pain", cues="lower_belly sudden one_side", **FEMALE),
     "MKioskTy18 hvoc hvctayn"),
    (42, asked("burn", cues="large_burn", **MALE), "MKioskTy19 hv8 hv43 hvventiayn"),
    (43, asked("burn", cues="face_airway_burn", **MALE),
     "hvventiayn MKioskTy19 hv8 MKioskTy13 hvoxyayn"),
    # The closed ward of row 44 is "later": it comes with the danger of suicide, not with the gas.
    (44, asked("gas_inhalation", "headache", **MALE), "hvoxyayn hvec hvventiayn hvicc"),
    (45, asked("electric_injury", **MALE), "hv34 MKioskTy19 hv8 hvec"),
    (46, asked("amputation", **MALE), "MKioskTy20 hvoc hvec"),
    (47, asked("amputation", cues="severed_large", **MALE),
     "MKioskTy21 hvoc hv60 hvangioayn hv9"),
    (48, asked("traffic_accident", "torso_injury", "limb_injury", **MALE),
     "designation:trauma_center hv60 hv9 hv39 hvctayn MKioskTy26"),
    (49, asked("traffic_accident", cues="unstable_pelvis", **MALE),
     "designation:trauma_center hv60 MKioskTy26 hvangioayn hv9 hvoc"),
    (50, asked("penetrating_injury", cues="torso_wound", **MALE),
     "designation:trauma_center hv60 hvoc hv39 hvccc hv9"),
    (51, asked("spine_injury", "numbness", cues="cord_signs", **MALE),
     "hvctayn hvmriayn hvoc hv6 hv9"),
    (52, asked("hip_injury", "fall", age_years=82), "hvec hvctayn hvoc hvgc"),
    (53, asked("limb_joint_pain", cues="limb_cold_white", **MALE),
     "hvctayn MKioskTy26 hvangioayn hvoc MKioskTy21"),
    (54, asked("eye_injury", cues="eye_ruptured", **MALE), "MKioskTy25 hvoc hvctayn"),
    (55, asked("eye_foreign_body_chemical", cues="eye_corrosive", **MALE), "hvec MKioskTy25"),
    (56, asked("visual_disturbance", cues="one_eye_dark", **MALE),
     "MKioskTy2 MKioskTy25 hvmriayn hvctayn"),
    (57, asked("testicular_pain", gender="M", age_years=13), "hvoc hv28 hvec"),
    (58, asked("flank_pain", "fever", **FEMALE), "hvctayn hvicc MKioskTy26 hvoc"),
    (59, asked("flank_pain", **MALE), "hvec hvctayn"),
    (60, asked("dyspnea", history=("투석",), cues="missed_dialysis", **MALE),
     "MKioskTy22 hvec hvcrrtayn hv34"),
    (61, asked("fever", "confusion", **MALE),
     "hvec hvicc hv2 hvventiayn MKioskTy23 hvcrrtayn hvctayn"),
    (62, asked("fever", "headache", "neck_stiffness", **MALE), "hv30 hvctayn hvec hvcc hvicc"),
    (63, asked("fever", "hemoptysis", **MALE), "hv29 hv30 hvventiayn hv35"),
    (64, asked("drug_overdose", **FEMALE),
     "hvec hvicc hvventiayn MKioskTy22 MKioskTy23 MKioskTy24 hv40"),
    (65, asked("poison_ingestion", **MALE), "hvventiayn hvicc MKioskTy22 hvec"),
    (66, asked("agitation_violence", "hallucination_delusion", **MALE), "MKioskTy24 hv40 hvec"),
    (67, asked("allergic_reaction", "dyspnea", **MALE), "hvec hvventiayn"),
    (68, asked("hypoglycemia", **MALE), "hvec hvicc hvctayn"),
    (69, asked("heat_illness", "altered_mental_status", **MALE),
     "hvec hvhypoayn hvicc hvventiayn hvcrrtayn"),
    (70, asked("drowning", **MALE), "hvec hvventiayn hvecmoayn hvhypoayn hvicc"),
    (71, asked("altered_mental_status", **MALE), "hvctayn hvventiayn hv6 hvcc hvicc hvec"),
    (72, asked("seizure", **MALE), "hvctayn hvec hvmriayn hvcc"),
    (73, asked("epistaxis", history=("항응고제",), **MALE), "hvec MKioskTy26"),
    (74, asked("snake_bite", **MALE), "hvec hvicc MKioskTy22"),
    (75, asked("cough", "rhinorrhea", age_years=30), "hvec"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "case", "fields"), ROWS, ids=[str(r[0]) for r in ROWS])
def test_rows_of_the_table(number: int, case: NeedsCase, fields: str, knowledge: Knowledge) -> None:
    needed = [need.field for need in plan_needs(case, knowledge=knowledge).needs]
    wanted = fields.split()
    assert set(wanted) <= set(needed), number
    assert needed[0] in wanted[:2], number


def test_no_row_of_the_table_is_left_out() -> None:
    assert [number for number, _, _ in ROWS] == list(range(1, 76))


FORGOTTEN = [
    ("체한 것 같고 명치가 답답한데 식은땀이 나요 38세 남자", "acs_pattern"),
    ("47세인데 체한 것처럼 명치가 답답해요", "acs_pattern"),
    ("고혈압 있는 43세 남자인데 속이 더부룩하고 체한 것 같아요", "acs_pattern"),
    ("한쪽 팔에 힘이 빠졌다가 10분 뒤에 돌아왔어요", "stroke_pattern"),
    ("아침에 일어나 보니 말이 어눌해요", "stroke_pattern"),
    ("항암치료 받는 중인데 열이 나요", "neutropenic_fever"),
    ("부신기능저하증인데 토하고 축 처져요", "adrenal_crisis"),
    ("열이 나고 자반이 퍼져요 34세", "purpura_fever"),
    ("침을 흘리고 목이 아파서 못 삼켜요", "upper_airway_swelling"),
    ("다리가 빨갛게 붓더니 빠르게 번지고 까맣게 변해요", "necrotising_infection"),
    ("음낭이 붓고 썩는 냄새가 나고 까맣게 변해요 열도 나요", "necrotising_infection"),
    ("허리가 아프고 소변이 안 나와요", "cauda_equina"),
    ("눈이 아프고 토하고 뿌옇게 보여요 66세", "acute_glaucoma"),
    ("목을 매서 발견됐어요", "hanging"),
    ("편도 수술했는데 피가 나요", "post_tonsil_bleeding"),
    ("기관절개관이 막혔어요 숨을 못 쉬어요", "tracheostomy_trouble"),
    ("생후 2개월 아기 입술이 파래졌어요", "young_infant_danger"),
    ("돌 된 아기가 숨을 멈췄다가 다시 쉬어요", "young_infant_danger"),
    ("생후 3주 아기 체온이 35도예요", "young_infant_danger"),
    ("생후 1개월 아기가 젖을 안 먹어요", "young_infant_danger"),
    ("생후 2개월 아기가 떨어져서 머리를 부딪혔어요", "head_injury_danger"),
    ("아기 머리가 나와요", "imminent_birth"),
    ("임신 39주인데 탯줄이 나왔어요", "imminent_birth"),
    ("성폭행당했어요", "sexual_violence"),
    ("임신 34주인데 태동이 줄었어요", "fetal_danger"),
    ("88세 할머니가 설사하고 소변이 안 나오고 기운이 없어요", "severe_dehydration"),
    ("임신했는데 배가 아프고 피가 나요", "ectopic_pattern"),
    ("임신했는데 머리가 아프고 눈이 침침해요", "eclampsia_pattern"),
    ("출산한 지 3주 됐는데 경련을 했어요", "eclampsia_pattern"),
    ("30세 여자인데 배가 아프고 하혈을 해요", "ectopic_pattern"),
    ("일산화탄소 경보기가 울리고 머리가 아파요", "gas_poisoning"),
]


@pytest.mark.parametrize(("text", "flag"), FORGOTTEN)
def test_forgotten_presentations(text: str, flag: str, knowledge: Knowledge) -> None:
    found = extract(text, knowledge=knowledge, this_year=2026)
    judged = assess(case_of(found, StatedFacts()), knowledge=knowledge)
    assert flag in {one.code for one in judged.red_flags}
    assert judged.ktas is not None
    assert judged.ktas <= 2


def test_a_neonatal_unit_is_needed_only_where_birth_threatens(knowledge: Knowledge) -> None:
    term = plan_needs(asked("labor_pain", pregnancy_weeks=39, **FEMALE), knowledge=knowledge)
    assert "hvncc" not in {need.field for need in term.needs}
    sprain = asked("limb_injury", pregnancy_weeks=30, ktas=4, **FEMALE)
    fields = {need.field for need in plan_needs(sprain, knowledge=knowledge).needs}
    assert "hvncc" not in fields
    assert "MKioskTy16" in fields


def test_the_body_comes_before_the_closed_ward(knowledge: Knowledge) -> None:
    case = asked("drug_overdose", "suicidal_ideation", **FEMALE)
    needed = [need.field for need in plan_needs(case, knowledge=knowledge).needs]
    assert needed.index("hvicc") < needed.index("MKioskTy24")
