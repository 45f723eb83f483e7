"""Conjugated forms, misspellings, first letters: the machinery under the lexicon."""

import re

import pytest

from services.triage.domain.mending import mended
from services.triage.domain.reading import read
from services.triage.knowledge import Knowledge, load_knowledge
from services.triage.knowledge.conjugating import beginnings
from services.triage.knowledge.firsts import first_letters, hurried
from services.triage.knowledge.hangul import apart, onsets, together


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


CONJUGATED = [
    ("아프", ["아파요", "아픕니다", "아프대", "아파갖고", "아프구", "아픈데", "아팠", "아퍼"]),
    ("붓", ["붓고", "부어요", "부었어요", "부은", "부을"]),
    ("어지럽", ["어지럽고", "어지러워요", "어지러운", "어지러웠", "어지러버서"]),
    ("흐르", ["흐르고", "흘러요", "흘렀", "흐른"]),
    ("걷", ["걷지", "걸어요", "걸을"]),
    ("빨갛", ["빨갛고", "빨개요", "빨간", "빨갰"]),
    ("떨", ["떨어요", "떠는", "떤다", "떱니다"]),
    ("넘어지", ["넘어지고", "넘어져", "넘어졌", "넘어진"]),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "forms"), CONJUGATED, ids=[stem for stem, _ in CONJUGATED])
def test_every_form_begins_as_told(stem: str, forms: list[str]) -> None:
    starts = beginnings(stem)
    assert [form for form in forms if not form.startswith(starts)] == []


def test_syllables_come_apart_and_together() -> None:
    assert apart("흉") == ("ㅎ", "ㅠ", "ㅇ")
    assert together(*apart("값")) == "값"
    assert onsets("도와주세요") == "ㄷㅇㅈㅅㅇ"


MENDED = [
    ("가스미 아파요", "가슴이"),
    ("의시기 업어요", "의식이없어"),
    ("두드러끼가 났어요", "두드러기"),
    ("호흡곤난이에요", "호흡곤란"),
    ("소변이 않나와요", "안나와"),
    ("배가 앞아요", "아파"),
    ("다첫어요 부엇어요", "부었"),
    ("몬 자겠심더", "못자"),
    ("ㅅㄹㅈㅅㅇ", "살려주세요"),
    ("ㄱㅏ슴이 아파요", "가슴"),
]


@pytest.mark.parametrize(("written", "meant"), MENDED)
def test_misspellings_are_mended(written: str, meant: str, knowledge: Knowledge) -> None:
    assert meant in mended(read(written), knowledge.lexicon.spelling).squeezed


RIGHT = [
    "진단서가 필요한가요",
    "시아버님이 오셨어요",
    "하고 얼굴을 씻었어요",
    "오른쪽으로 돌아가요",
    "마리가 다섯이에요",
    "회상하는 글을 읽었어요",
    "기관절개관이 막혔어요",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_words_are_left_alone(text: str, knowledge: Knowledge) -> None:
    reading = read(text)
    assert mended(reading, knowledge.lexicon.spelling).squeezed == reading.squeezed


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("가슴|흉통", "가흉"),
        ("(?:머리|골)아[파프]", "머골"),
        ("[가나]?다", "가나다"),
        ("(?<!대)변", "변"),
        (r"\d층", "0123456789"),
        ("(?:a|b)?", None),
        (".가", None),
        ("[^가]나", None),
    ],
)
def test_first_letters(pattern: str, letters: str | None) -> None:
    assert first_letters(pattern) == (None if letters is None else frozenset(letters))


def test_looking_ahead_changes_no_match(knowledge: Knowledge) -> None:
    text = "머리가 아프고 토해요".replace(" ", "")
    pattern = "(?:머리|배)(?:가|는)?아[프파]|토해"
    assert re.findall(hurried(pattern), text) == re.findall(pattern, text)
