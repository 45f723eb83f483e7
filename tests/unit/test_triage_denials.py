"""Every way of denying, times symptoms of every class of word: a denied finding is never one."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from services.triage.domain import Extraction, extract
from services.triage.knowledge import Knowledge, load_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@dataclass(frozen=True, slots=True)
class Verb:
    """ "열이 나다": before a stem, and the forms that no rule of spelling gives."""

    code: str
    subject: str
    stem: str
    polite: str
    past: str
    past_of_noun: str


@dataclass(frozen=True, slots=True)
class Noun:
    code: str
    word: str

    @property
    def closed(self) -> bool:
        return (ord(self.word[-1]) - 0xAC00) % 28 != 0

    @property
    def topic(self) -> str:
        return self.word + ("은" if self.closed else "는")

    @property
    def subject(self) -> str:
        return self.word + ("이" if self.closed else "가")

    @property
    def choice(self) -> str:
        return self.word + ("이나" if self.closed else "나")


VERBS = (
    # A noun with a verb of its own.
    Verb("fever", "열이", "나", "나요", "났", "난"),
    Verb("rhinorrhea", "콧물이", "나", "나요", "났", "난"),
    Verb("diaphoresis", "식은땀이", "나", "나요", "났", "난"),
    Verb("epistaxis", "코피가", "나", "나요", "났", "난"),
    Verb("rash_itching", "두드러기가", "나", "나요", "났", "난"),
    Verb("external_bleeding", "피가", "나", "나요", "났", "난"),
    Verb("cough", "기침을", "하", "해요", "했", "한"),
    Verb("vomiting", "구토를", "하", "해요", "했", "한"),
    Verb("diarrhea", "설사를", "하", "해요", "했", "한"),
    Verb("seizure", "경련을", "하", "해요", "했", "한"),
    Verb("confusion", "헛소리를", "하", "해요", "했", "한"),
    Verb("myalgia_chills", "오한이", "들", "들어요", "들었", "든"),
    Verb("jaundice", "황달이", "오", "와요", "왔", "온"),
    Verb("hematuria", "소변에 피가", "나오", "나와요", "나왔", "나온"),
    Verb("hematochezia", "변에 피가", "섞이", "섞여요", "섞였", "섞인"),
    # A part of the body that hurts.
    Verb("headache", "머리가", "아프", "아파요", "아팠", "아픈"),
    Verb("abdominal_pain", "배가", "아프", "아파요", "아팠", "아픈"),
    Verb("chest_pain", "가슴이", "아프", "아파요", "아팠", "아픈"),
    Verb("back_pain", "허리가", "아프", "아파요", "아팠", "아픈"),
    Verb("sore_throat", "목구멍이", "아프", "아파요", "아팠", "아픈"),
    Verb("ear_pain", "귀가", "아프", "아파요", "아팠", "아픈"),
    Verb("flank_pain", "옆구리가", "쑤시", "쑤셔요", "쑤셨", "쑤신"),
    Verb("limb_joint_pain", "무릎이", "아프", "아파요", "아팠", "아픈"),
    # Adjectives.
    Verb("dizziness", "", "어지럽", "어지러워요", "어지러웠", "어지러운"),
    Verb("nausea", "속이", "메스껍", "메스꺼워요", "메스꺼웠", "메스꺼운"),
    Verb("rash_itching", "몸이", "가렵", "가려워요", "가려웠", "가려운"),
    Verb("chest_pain", "가슴이", "답답하", "답답해요", "답답했", "답답한"),
    Verb("speech_disturbance", "말이", "어눌하", "어눌해요", "어눌했", "어눌한"),
    Verb("neck_stiffness", "뒷목이", "뻣뻣하", "뻣뻣해요", "뻣뻣했", "뻣뻣한"),
    Verb("visual_disturbance", "눈이", "침침하", "침침해요", "침침했", "침침한"),
    # Verbs.
    Verb("dyspnea", "숨이", "차", "차요", "찼", "찬"),
    Verb("vomiting", "", "토하", "토해요", "토했", "토한"),
    Verb("palpitations", "가슴이", "두근거리", "두근거려요", "두근거렸", "두근거린"),
    Verb("numbness", "손이", "저리", "저려요", "저렸", "저린"),
    Verb("edema", "다리가", "붓", "부어요", "부었", "부은"),
    Verb("syncope", "의식을", "잃", "잃어요", "잃었", "잃은"),
    Verb("syncope", "", "기절하", "기절해요", "기절했", "기절한"),
    Verb("head_injury", "머리를", "부딪치", "부딪쳐요", "부딪쳤", "부딪친"),
    Verb("fall", "", "넘어지", "넘어져요", "넘어졌", "넘어진"),
    Verb("limb_weakness", "팔에 힘이", "빠지", "빠져요", "빠졌", "빠진"),
    Verb("facial_droop", "입이", "돌아가", "돌아가요", "돌아갔", "돌아간"),
    Verb("face_lip_swelling", "입술이", "붓", "부어요", "부었", "부은"),
)
NOUNS = tuple(
    Noun(*pair)
    for pair in (
        ("fever", "열"),
        ("fever", "고열"),
        ("cough", "기침"),
        ("rhinorrhea", "콧물"),
        ("headache", "두통"),
        ("abdominal_pain", "복통"),
        ("chest_pain", "흉통"),
        ("chest_pain", "가슴 통증"),
        ("vomiting", "구토"),
        ("diarrhea", "설사"),
        ("dizziness", "어지럼증"),
        ("dyspnea", "호흡곤란"),
        ("diaphoresis", "식은땀"),
        ("myalgia_chills", "오한"),
        ("rash_itching", "두드러기"),
        ("seizure", "경련"),
        ("limb_weakness", "팔다리 마비"),
        ("hematuria", "혈뇨"),
        ("hematochezia", "혈변"),
        ("jaundice", "황달"),
        ("nausea", "구역질"),
        ("epistaxis", "코피"),
        ("edema", "다리 부종"),
        ("numbness", "손 저림"),
        ("vaginal_bleeding", "하혈"),
    )
)
OF_VERBS = (
    "{subject} 안 {polite}",
    "{subject}{stem}지 않아요",
    "{subject}{stem}지는 않아요",
    "{subject}{stem}진 않는데",
    "{subject}{stem}지도 않고",
    "{subject}{stem}지 않았어요",
    "{subject}{stem}질 않아요",
    "{subject}{stem}지는 않구요",
    "{subject}{stem}거나 하진 않아요",
    "{subject}{stem}지도 않고 잘 자지도 않아요",
    "{subject}안 {past}어요",
    "{subject}안 {past}는데",
    "{subject}{past}던 건 아니에요",
    "{subject}{past}던 적은 없어요",
    "{subject}{past_of_noun} 건 아니고",
    "{subject}{past_of_noun} 건 아니에요",
    "{subject}{past_of_noun} 건 아닌데",
    "{subject}{past_of_noun} 게 아니라",
    "{subject}{past_of_noun} 거 아니에요",
    "{subject}{past_of_noun} 적 없어요",
    "{subject}{past_of_noun} 적은 없는데",
    "{subject}{past_of_noun} 것도 아니고",
    "{subject}{past_of_noun} 느낌은 없어요",
    "{subject}{past_of_noun} 증상은 전혀 없습니다",
    "{subject}{stem}지는 않심더",
    "{subject}{stem}지는 않어유",
    "{subject}{stem}지는 않당께",
    "{subject}{stem}지는 안 혀유",
    "{subject}{stem}지는 안 헌디",
    "{subject}{stem}진 안 햄수다",
    "{subject}{stem}진 안 허우다",
    "{subject}{stem}지는 않드래요",
    "{subject}{stem}지는 아니하고",
    "{subject}{past_of_noun} 건 아니랑께",
    "{subject}{past_of_noun} 건 아이고",
    "{subject}{past_of_noun} 거는 아니여유",
    "{subject}{past_of_noun} 줄 알았더니 아니었어요",
    "{subject}{polite}? 아니요",
    "{subject}{polite}? 전혀요",
    "{subject}{stem}냐고요? 아뇨",
    "{subject}{stem}냐 하면 그건 아니고요",
    "{subject}{past}다는 게 아니에요",
    "{subject}{past_of_noun} 증상은 보이지 않습니다",
    "{subject}{past_of_noun} 쪽은 아니에요",
    "{subject}{past_of_noun} 편은 아니에요",
    "{subject}{past_of_noun} 것 같지는 않아요",
    "{subject}{past_of_noun} 건 ㄴㄴ",
    "{subject}{stem}고 그런 건 없어요",
    "{subject}{stem}고 그러진 않아요",
)
OF_NOUNS = (
    "{topic} 없어요",
    "{subject} 없고",
    "{word}도 없고",
    "{word}도 없구요",
    "{word}도 없었어요",
    "{word} 없이",
    "{word} 없음",
    "{word} 없는데",
    "{topic} 없는데요",
    "{topic} 아니고",
    "{topic} 아니에요",
    "{subject} 아니라",
    "{subject} 아닌데",
    "{word} 말고",
    "{topic} 전혀 없어요",
    "{topic} 하나도 없어요",
    "{topic} 별로 없어요",
    "{topic} 딱히 없고",
    "{word} 같은 건 없어요",
    "{word} 같은 거 없고요",
    "{word} 증상은 없습니다",
    "{choice} 다른 증상은 없어요",
    "{choice} 그런 건 없어요",
    "{choice} 피로감은 없어요",
    "{word}? 없어요",
    "{topic}요? 없어요",
    "{topic}? 없어요",
    "{word}? 그런 건 없어요",
    "{word}? 그런 거 없는데요",
    "{word}: 없음",
    "{word}(-)",
    "{word} x",
    "{word}, 피로감 다 없어요",
    "{word} 피로감 둘 다 없어요",
    "{word}이고 뭐고 없어요",
    "{topic} 커녕 멀쩡해요",
    "{topic} 괜찮아요",
    "{topic} 있지 않아요",
    "{topic} 느껴지지 않아요",
    "{topic} 있는 건 아니고",
    "{subject} 있는 것도 아니에요",
    "{topic} 있었던 적 없어요",
    "{topic} 없당께",
    "{topic} 없구만이라",
    "{topic} 없어라우",
    "{topic} 없심더",
    "{topic} 없어예",
    "{topic} 음따",
    "{topic} 읎어유",
    "{topic} 읎는디",
    "{topic} 없슈",
    "{topic} 없드래요",
    "{topic} 어신디",
    "{topic} 엇수다",
    "{topic} 어수다",
    "{topic} 웃수다",
    "{word}도 없꼬",
    "{topic} 업어요",
    "{topic}없는데",
    "{topic} 관찰되지 않음",
    "{topic} 동반되지 않았습니다",
    "{topic} 호소하지 않으세요",
    "{topic} 호소 안 하세요",
    "{topic} 부인하세요",
    "{word}도 그런 것도 없어요",
    "{topic} 더 이상 없습니다",
    "{word} 전무",
    "{topic} ㄴㄴ",
    "no {word}",
    "{word} 따위 없어요",
    "{topic} 1도 없어요",
    "{topic} 하나두 없슈",
    "{topic} 당최 없어",
    "{topic} 음성이고",
    "{topic} 찾아볼 수 없어요",
    "{topic} 오늘 없고",
    "{topic} 무슨",
    "{word}, 피로감 다 해당 없어요",
    "{word} 해당 없음",
    "{word}도 엄꼬",
)
ENGLISH = (
    ("fever", "fever"),
    ("cough", "cough"),
    ("headache", "headache"),
    ("chest_pain", "chest pain"),
    ("vomiting", "vomiting"),
    ("diarrhea", "diarrhea"),
    ("dyspnea", "shortness of breath"),
    ("dizziness", "dizziness"),
    ("rash_itching", "rash"),
    ("abdominal_pain", "abdominal pain"),
)
OF_ENGLISH = (
    "no {word}",
    "denies {word}",
    "he denies any {word}",
    "without {word}",
    "without any {word}",
    "doesn't have {word}",
    "does not have a {word}",
    "i don't have any {word}",
    "there is no {word}",
    "there's no {word} at all",
    "hasn't had any {word}",
    "has not had {word}",
    "no chills or {word}",
    "no chills, {word} or anything",
    "neither chills nor {word}",
    "never had {word}",
    "negative for {word}",
    "{word}: none",
    "{word}? no",
    "i'm not having {word}",
)


def _verb_forms() -> Iterator[tuple[str, str]]:
    for verb in VERBS:
        before = f"{verb.subject} " if verb.subject else ""
        for form in OF_VERBS:
            told = form.format(
                subject=before,
                stem=verb.stem,
                polite=verb.polite,
                past=verb.past,
                past_of_noun=verb.past_of_noun,
            )
            yield verb.code, told


def _noun_forms() -> Iterator[tuple[str, str]]:
    for noun in NOUNS:
        for form in OF_NOUNS:
            yield (
                noun.code,
                form.format(
                    word=noun.word, topic=noun.topic, subject=noun.subject, choice=noun.choice
                ),
            )


def _english_forms() -> Iterator[tuple[str, str]]:
    for code, word in ENGLISH:
        for form in OF_ENGLISH:
            yield code, form.format(word=word)


def _read(text: str, knowledge: Knowledge) -> Extraction:
    return extract(text, knowledge=knowledge, this_year=2026)


MATRIX = {
    "verbs": list(_verb_forms()),
    "nouns": list(_noun_forms()),
    "English": list(_english_forms()),
}
# Denied, however it stands in the message: alone, before a complaint, and behind one.
FRAMES = ("{}", "{} 손가락만 베였어요", "손가락을 베였는데요 {}")


@pytest.mark.parametrize("kind", MATRIX)
@pytest.mark.parametrize("frame", FRAMES)
def test_what_is_denied_is_never_a_finding(frame: str, kind: str, knowledge: Knowledge) -> None:
    told = [(code, frame.format(text)) for code, text in MATRIX[kind]]
    violated = [
        (code, text)
        for code, text in told
        if code in {symptom.code for symptom in _read(text, knowledge).symptoms}
    ]
    assert violated == []


# A "not" that belongs to the complaint, an end that does not come, or one that was there before.
AFFIRMED = (
    ("cough", "기침을 안 하는 날이 없어요"),
    ("fever", "열이 없는 게 아니에요"),
    ("headache", "두통이 없는 날이 없어요"),
    ("headache", "머리가 아픈 걸 참을 수 없어요"),
    ("vomiting", "토해요. 아니 오늘 아침부터 그래요"),
    ("dyspnea", "숨이 차요. 아뇨 119는 아직이요"),
    ("headache", "두통은 참을 수가 없어요"),
    ("headache", "머리가 아프다니까요"),
    ("dyspnea", "숨이 차다니까요 진짜"),
    ("abdominal_pain", "복통은 나아질 기미가 없어요"),
    ("cough", "기침은 끝이 없어요"),
    ("chest_pain", "가슴이 아파서 대신 글 올려요"),
    ("dyspnea", "숨을 못 쉬어요"),
    ("dyspnea", "숨을 못 쉬겠어요"),
    ("dyspnea", "숨이 안 쉬어져요"),
    ("dyspnea", "숨을 제대로 쉬지 못해요"),
    ("dyspnea", "숨쉬기가 편하지 않아요"),
    ("limb_weakness", "팔이 안 움직여요"),
    ("limb_weakness", "다리가 움직이지 않아요"),
    ("limb_weakness", "오른손에 힘이 없어요"),
    ("limb_weakness", "왼팔을 들지 못하세요"),
    ("depressed_insomnia", "잠이 안 와요"),
    ("depressed_insomnia", "잠을 못 자요"),
    ("depressed_insomnia", "며칠째 잠들지 못해요"),
    ("fever", "열이 안 떨어져요"),
    ("fever", "열이 떨어지지 않아요"),
    ("fever", "열이 안 내려요"),
    ("fever", "열이 내리질 않아요"),
    ("fever", "해열제를 먹여도 열이 안 잡혀요"),
    ("fever", "없던 열이 났어요"),
    ("fever", "열이 가라앉지 않아요"),
    ("fever", "열이 없다가 갑자기 났어요"),
    ("poor_oral_intake", "밥을 못 먹어요"),
    ("poor_oral_intake", "아무것도 먹지 않으려고 해요"),
    ("poor_oral_intake", "입맛이 없어요"),
    ("poor_oral_intake", "젖을 안 빨아요"),
    ("external_bleeding", "피가 안 멈춰요"),
    ("external_bleeding", "피가 멈추지 않아요"),
    ("external_bleeding", "지혈이 되지 않아요"),
    ("epistaxis", "코피가 멎지 않아요"),
    ("cough", "기침이 안 멈춰요"),
    ("cough", "기침이 멈추질 않아요"),
    ("cough", "기침이 가시지 않아요"),
    ("cough", "기침이 떨어지지 않아요"),
    ("cough", "기침 말고 다른 증상은 없어요"),
    ("headache", "두통이 사라지지 않아요"),
    ("headache", "두통이 낫지를 않아요"),
    ("headache", "머리가 이렇게 아픈 적은 없었어요"),
    ("headache", "이런 두통은 처음 겪어요 머리가 아파요"),
    ("headache", "약을 먹어도 두통이 없어지지 않아요"),
    ("headache", "머리가 안 아픈 날이 없어요"),
    ("headache", "두통이 심하지는 않아요"),
    ("headache", "머리가 아픈데 약이 없어요"),
    ("headache", "머리가 아픈데 열은 없어요"),
    ("headache", "머리도 아프고 기운이 하나도 없어요"),
    ("headache", "두통이 있는데 열은 안 나요"),
    ("headache", "머리가 아파서 잠을 못 자요"),
    ("abdominal_pain", "배가 아파서 움직이지 못하겠어요"),
    ("abdominal_pain", "배가 아픈 게 가시질 않아요"),
    ("abdominal_pain", "배가 아파요 설사는 없어요"),
    ("abdominal_pain", "배는 아픈데 토하진 않아요"),
    ("abdominal_pain", "복통이 있고 열은 없습니다"),
    ("abdominal_pain", "배가 아프지만 열은 없어요"),
    ("vomiting", "구토가 안 멎어요"),
    ("vomiting", "토하고 나서도 속이 편하지 않아요"),
    ("diarrhea", "설사가 멈추지 않아요"),
    ("diarrhea", "설사를 하는데 배는 안 아파요"),
    ("chest_pain", "가슴이 아픈데 약을 먹어도 괜찮아지지 않아요"),
    ("chest_pain", "가슴 통증이 안 없어져요"),
    ("numbness", "발에 감각이 없어요"),
    ("numbness", "손끝에 느낌이 없어요"),
    ("altered_mental_status", "의식이 없어요"),
    ("altered_mental_status", "불러도 대답이 없어요"),
    ("altered_mental_status", "깨워도 안 일어나요"),
    ("altered_mental_status", "눈을 뜨지 않아요"),
    ("cardiac_arrest", "숨을 쉬지 않아요"),
    ("cardiac_arrest", "맥박이 없어요"),
    ("cardiac_arrest", "심장이 안 뛰어요"),
    ("urinary_retention_oliguria", "소변이 안 나와요"),
    ("urinary_retention_oliguria", "오줌이 나오지 않아요"),
    ("constipation", "변을 일주일째 못 봤어요"),
    ("constipation", "대변이 안 나와요"),
    ("visual_disturbance", "앞이 안 보여요"),
    ("visual_disturbance", "한쪽 눈이 보이지 않아요"),
    ("hearing_loss_tinnitus", "귀가 안 들려요"),
    ("hearing_loss_tinnitus", "소리가 들리지 않아요"),
    ("speech_disturbance", "말을 못 해요"),
    ("speech_disturbance", "말이 안 나와요"),
    ("dysphagia", "물도 삼키지 못해요"),
    ("dysphagia", "침이 안 넘어가요"),
    ("gait_disturbance", "걷지를 못해요"),
    ("gait_disturbance", "중심을 못 잡겠어요"),
    ("decreased_fetal_movement", "태동이 없어요"),
    ("decreased_fetal_movement", "아기가 배 속에서 안 움직여요"),
    ("neck_stiffness", "고개가 안 숙여져요"),
    ("edema", "다리 붓기가 빠지지 않아요"),
    ("seizure", "경련이 멈추지 않아요"),
    ("confusion", "사람을 못 알아봐요"),
    ("confusion", "가족을 알아보지 못해요"),
    ("fatigue_lethargy", "기운이 하나도 없어요"),
    ("suicidal_ideation", "살고 싶지 않아요"),
    ("dizziness", "어지러워서 서 있지 못하겠어요"),
    ("dizziness", "어지럼증이 나아지지 않아요"),
    ("rash_itching", "두드러기가 가라앉질 않아요"),
    ("back_pain", "허리가 안 아픈 데가 없어요"),
    ("fever", "fever won't go down"),
    ("dyspnea", "can't breathe"),
    ("chest_pain", "chest pain that doesn't go away"),
    ("headache", "i have a headache but no fever"),
    ("vomiting", "can't stop vomiting"),
)


def test_what_only_looks_denied_is_a_finding(knowledge: Knowledge) -> None:
    missed = [
        (code, text)
        for code, text in AFFIRMED
        if code not in {symptom.code for symptom in _read(text, knowledge).symptoms}
    ]
    assert missed == []
