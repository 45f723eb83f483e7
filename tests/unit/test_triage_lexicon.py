"""Everyday wordings of every code: what people type, not what textbooks say."""

import pytest

from services.triage.domain import extract
from services.triage.knowledge import Knowledge, load_knowledge

WORDINGS = {
    "cardiac_arrest": ["아버님이 숨을 안 쉬어요", "맥박이 없어요", "he is not breathing"],
    "chest_pain": ["가슴이 너무 아파요", "가슴이답답해요", "가심이 아파유", "my chest hurts"],
    "palpitations": ["심장이 두근두근해요", "가슴이 벌렁거려요", "my heart is racing"],
    "syncope": ["잠깐 기절했어요", "학교에서 쓰러졌어요", "she fainted"],
    "high_blood_pressure": ["혈압이 190까지 올라갔어요", "my blood pressure is 195"],
    "edema": ["다리가 퉁퉁 부었어요", "발등이 부었어요", "my legs are swollen"],
    "diaphoresis": ["식은땀이 줄줄 나요", "땀을 뻘뻘 흘려요", "cold sweat"],
    "dyspnea": ["숨이 차요", "숨쉬기가 힘들어요", "숨을 못 쉬겠어요", "I can't breathe"],
    "cough": ["기침이 계속 나와요", "가래가 끓어요", "I keep coughing"],
    "hemoptysis": ["기침하면 피가 나와요", "피 섞인 가래가 나와요", "coughing up blood"],
    "stridor_barking_cough": ["컹컹거리는 기침을 해요", "barking cough"],
    "airway_foreign_body": [
        "사탕 먹다가 켁켁거려요",
        "떡이 목에 걸려 숨을 못 쉬어요",
        "he is choking",
    ],
    "cyanosis": ["입술이 파래졌어요", "얼굴이 새파래요", "her lips are blue"],
    "headache": ["머리가 지끈거려요", "두통이 있어요", "대가리가 깨질 것 같다", "my head hurts"],
    "thunderclap_headache": ["벼락 맞은 것처럼 머리가 아파요", "worst headache of my life"],
    "dizziness": ["어지러워요", "빙글빙글 돌아요", "I feel dizzy"],
    "altered_mental_status": ["불러도 반응이 없어요", "의식이 없어요", "she won't wake up"],
    "confusion": ["자꾸 헛소리를 해요", "횡설수설해요", "he is confused"],
    "seizure": ["경련을 해요", "눈이 뒤집히고 거품을 물어요", "he had a seizure"],
    "limb_weakness": [
        "오른쪽 팔에 힘이 없어요",
        "왼쪽 다리가 안 움직여요",
        "can't move his left arm",
    ],
    "facial_droop": ["입이 돌아갔어요", "얼굴 한쪽이 처졌어요", "his face is drooping"],
    "speech_disturbance": ["말이 어눌해요", "발음이 이상해요", "slurred speech"],
    "numbness": ["손이 저려요", "발끝에 감각이 없어요", "numb fingers"],
    "gait_disturbance": ["비틀거려요", "똑바로 못 걸어요", "unsteady on his feet"],
    "neck_stiffness": ["목이 뻣뻣해요", "고개가 안 숙여져요", "stiff neck"],
    "abdominal_pain": ["배가 아파요", "명치가 찌르듯이 아파요", "생리통이 심해요", "stomach ache"],
    "vomiting": ["토했어요", "구토를 해요", "I keep throwing up"],
    "nausea": ["속이 메스꺼워요", "울렁거려요", "I feel nauseous"],
    "diarrhea": ["설사를 열 번 했어요", "물똥을 싸요", "watery stool"],
    "constipation": ["변비가 심해요", "변을 일주일째 못 봤어요", "constipated"],
    "hematemesis": ["피를 토했어요", "vomiting blood"],
    "melena": ["까만 변을 봐요", "짜장 같은 변이 나와요", "black stool"],
    "hematochezia": ["변에 피가 섞여 나와요", "혈변을 봤어요", "blood in my stool"],
    "jaundice": ["눈이 노래졌어요", "황달이 왔어요", "his skin is yellow"],
    "indigestion_bloating": ["체했어요", "속이 더부룩해요", "bloated"],
    "gi_foreign_body": ["동전을 삼켰어요", "swallowed a coin"],
    "poor_oral_intake": ["밥을 못 먹어요", "분유를 안 먹어요", "won't eat"],
    "dysphagia": ["침을 못 삼켜요", "물도 안 넘어가요", "can't swallow"],
    "anal_pain": ["항문이 아파요", "치질이 튀어나왔어요", "anal pain"],
    "dysuria_frequency": ["소변볼 때 따가워요", "오줌을 자주 눠요", "it burns when I pee"],
    "hematuria": ["소변에 피가 나와요", "혈뇨가 있어요", "blood in my urine"],
    "urinary_retention_oliguria": ["소변이 안 나와요", "오줌을 못 눠요", "can't pee"],
    "flank_pain": ["옆구리가 아파요", "요로결석 같아요", "flank pain"],
    "testicular_pain": ["고환이 아파요", "불알이 부었어요", "testicle pain"],
    "tube_catheter_problem": ["소변줄이 빠졌어요", "콧줄이 막혔어요", "the catheter came out"],
    "vaginal_bleeding": ["하혈을 해요", "임신 8주인데 피가 비쳐요", "vaginal bleeding"],
    "labor_pain": ["진통이 왔어요", "진통이 5분 간격이에요", "I am in labor"],
    "rupture_of_membranes": ["양수가 터졌어요", "my water broke"],
    "decreased_fetal_movement": ["태동이 없어요", "태동이 줄었어요", "the baby is not moving"],
    "sexual_assault": ["성폭행을 당했어요", "I was raped"],
    "head_injury": ["머리를 부딪혔어요", "뒤통수를 박았어요", "hit his head"],
    "facial_injury": ["코뼈가 부러졌어요", "앞니가 빠졌어요", "broke my nose"],
    "laceration": ["칼에 손을 베였어요", "이마가 찢어졌어요", "cut my finger"],
    "abrasion_contusion": ["무릎이 까졌어요", "멍이 들었어요", "bruised"],
    "amputation": ["손가락이 잘렸어요", "finger was cut off"],
    "limb_injury": ["발목을 삐었어요", "팔이 부러졌어요", "sprained my ankle"],
    "hip_injury": ["고관절이 부러진 것 같아요", "broke her hip"],
    "torso_injury": ["갈비뼈가 부러졌어요", "배를 맞았어요", "broke a rib"],
    "spine_injury": ["허리를 다쳤어요", "목뼈를 다쳤어요", "spine injury"],
    "traffic_accident": ["차에 치였어요", "교통사고가 났어요", "car accident"],
    "fall": ["빙판에서 넘어졌어요", "계단에서 굴렀어요", "slipped and fell down"],
    "fall_from_height": ["3층에서 떨어졌어요", "사다리에서 떨어졌어요", "fell from the roof"],
    "penetrating_injury": ["칼에 찔렸어요", "못에 찔렸어요", "he was stabbed"],
    "external_bleeding": ["다리에서 피가 철철 나요", "지혈이 안 돼요", "bleeding a lot"],
    "burn": ["뜨거운 물에 데였어요", "팔에 화상을 입었어요", "burned my hand"],
    "electric_injury": ["감전됐어요", "electrocuted"],
    "animal_bite": ["개한테 물렸어요", "고양이가 할퀴었어요", "dog bite"],
    "assault": ["폭행을 당했어요", "주먹으로 맞았어요", "I was beaten up"],
    "back_pain": ["허리가 아파요", "등이 아파요", "back pain"],
    "neck_pain": ["뒷목이 아파요", "담이 걸려서 목이 안 돌아가요", "neck pain"],
    "limb_joint_pain": ["무릎이 쑤셔요", "어깨가 아파요", "my knee hurts"],
    "myalgia_chills": ["몸살이 났어요", "오한이 들어요", "chills"],
    "sore_throat": ["목이 따가워요", "편도가 부었어요", "sore throat"],
    "throat_foreign_body": ["목에 생선 가시가 걸렸어요", "fish bone stuck in my throat"],
    "ear_pain": ["귀가 아파요", "귀에서 고름이 나와요", "earache"],
    "hearing_loss_tinnitus": ["귀에서 소리가 나요", "갑자기 귀가 안 들려요", "ringing in my ears"],
    "epistaxis": ["코피가 안 멈춰요", "nosebleed"],
    "rhinorrhea": ["콧물이 나요", "코가 막혔어요", "runny nose"],
    "ear_nose_foreign_body": [
        "귀에 벌레가 들어갔어요",
        "콧구멍에 구슬을 넣었어요",
        "a bead in his nose",
    ],
    "toothache": ["이빨이 아파요", "어금니가 욱신거려요", "toothache"],
    "eye_pain_redness": ["눈이 충혈됐어요", "눈이 아파요", "my eye is red"],
    "visual_disturbance": ["눈이 잘 안 보여요", "두 개로 보여요", "blurry vision"],
    "eye_foreign_body_chemical": ["눈에 락스가 튀었어요", "bleach in my eye"],
    "eye_injury": ["눈을 찔렸어요", "눈을 공에 맞았어요", "poked in the eye"],
    "rash_itching": ["두드러기가 났어요", "온몸이 가려워요", "hives"],
    "petechiae_purpura": ["눌러도 안 없어지는 붉은 반점이 생겼어요", "purpura"],
    "face_lip_swelling": ["입술이 부었어요", "혀가 부어요", "my lips are swollen"],
    "skin_infection_swelling": ["상처에서 고름이 나요", "종기가 났어요", "abscess"],
    "insect_sting": ["벌에 쏘였어요", "진드기에 물렸어요", "bee sting"],
    "snake_bite": ["뱀에 물렸어요", "snake bite"],
    "inconsolable_crying": ["아기가 자지러지게 울어요", "달래도 계속 울어요", "won't stop crying"],
    "suicidal_ideation": ["죽고 싶어요", "더 살기 싫어요", "I want to die"],
    "self_harm": ["손목을 그었어요", "자해를 했어요", "he cut his wrists"],
    "anxiety_panic": ["공황이 온 것 같아요", "너무 불안해요", "panic attack"],
    "agitation_violence": ["난폭하게 굴어요", "물건을 던지고 난리를 쳐요", "violent"],
    "hallucination_delusion": ["환청이 들린대요", "헛것을 봐요", "hearing voices"],
    "depressed_insomnia": ["우울해요", "잠을 못 자요", "I can't sleep"],
    "drug_overdose": ["수면제를 한 통 먹었어요", "타이레놀을 30알 먹었어요", "overdose"],
    "poison_ingestion": ["농약을 마셨어요", "락스를 마셨어요", "drank bleach"],
    "gas_inhalation": ["연탄가스를 마셨어요", "연기를 많이 마셨어요", "smoke inhalation"],
    "alcohol_intoxication": ["술에 취했어요", "술을 너무 많이 마셨어요", "he is drunk"],
    "substance_problem": ["필로폰을 했어요", "금단 증상이 있어요", "withdrawal"],
    "allergic_reaction": [
        "알레르기 반응이 왔어요",
        "새우 먹고 두드러기가 났어요",
        "allergic reaction",
    ],
    "heat_illness": ["더위 먹었어요", "열사병 같아요", "heat stroke"],
    "cold_injury": ["동상에 걸렸어요", "몸이 얼음장 같아요", "frostbite"],
    "drowning": ["수영장에 빠졌어요", "물에 빠졌어요", "pulled out of the water"],
    "fever": ["열이 나요", "38.5도예요", "열이 안 떨어져요", "I have a fever"],
    "fatigue_lethargy": ["기운이 없어요", "축 처져요", "no energy"],
    "hyperglycemia": ["혈당이 450이에요", "고혈당이래요", "high blood sugar"],
    "hypoglycemia": ["저혈당이 왔어요", "혈당이 45예요", "low blood sugar"],
}
CASES = [(code, text) for code, texts in WORDINGS.items() for text in texts]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.mark.parametrize(("code", "text"), CASES, ids=[f"{code}-{text}" for code, text in CASES])
def test_wording_is_understood(code: str, text: str, knowledge: Knowledge) -> None:
    found = extract(text, knowledge=knowledge, this_year=2026)
    assert code in {symptom.code for symptom in found.symptoms}


@pytest.mark.parametrize(("code", "text"), CASES, ids=[f"{code}-{text}" for code, text in CASES])
def test_wording_is_understood_without_spaces(code: str, text: str, knowledge: Knowledge) -> None:
    unspaced = text if text.isascii() else text.replace(" ", "")
    found = extract(unspaced, knowledge=knowledge, this_year=2026)
    assert code in {symptom.code for symptom in found.symptoms}


def test_every_code_has_wordings_here(knowledge: Knowledge) -> None:
    assert set(WORDINGS) == set(knowledge.ontology)


@pytest.mark.parametrize(("code", "text"), CASES, ids=[f"{code}-{text}" for code, text in CASES])
def test_quote_stands_in_the_text(code: str, text: str, knowledge: Knowledge) -> None:
    found = extract(text, knowledge=knowledge, this_year=2026)
    assert all(symptom.quote and symptom.quote in text for symptom in found.symptoms)
