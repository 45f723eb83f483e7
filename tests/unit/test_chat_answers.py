"""How short answers are read: whole words of the question asked, never parts of other words."""

import pytest

from services.triage.chat.answers import age_said, sex_said
from services.triage.chat.places import find_place
from services.triage.chat.refusals import find_refusals
from services.triage.chat.stance import stance_of
from tests.support.dialogues import book

WORDS = book().words


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("ㅇㅇ", "yes"),
        ("넹", "yes"),
        ("네ㅠㅠ", "yes"),
        ("어", "yes"),
        ("ㅇㅇㅋㅋ", "yes"),
        ("네 맞아요 근데 더 아파요", "yes"),
        ("조금 나요", "yes"),
        ("아니요 있어요", "yes"),
        ("yes he does", "yes"),
        ("아뇨 없음", "no"),
        ("ㄴㄴ", "no"),
        ("안 나요", "no"),
        ("네 없어요", "no"),
        ("아니 열은 없어", "no"),
        ("지금은 괜찮아요", "no"),
        ("not really", "no"),
        ("몰라요", "unknown"),
        ("글쎄", "unknown"),
        ("글쎄요 잘 모르겠어요", "unknown"),
        ("기억이 안나요", "unknown"),
        ("idk", "unknown"),
        ("어지러워", None),
        ("응급실 가야 하나요", None),
        ("네 살", None),
        ("네 시간 됐어요", None),
        ("아니 머리가 아프다고요", None),
        ("예전에 아팠어요", None),
        ("음식을 못 먹어요", None),
        ("노란 물을 토해요", None),
        ("72", None),
        ("", None),
    ],
)
def test_yes_no_and_unknown_are_whole_words(text: str, stance: str | None) -> None:
    assert stance_of(text, WORDS) == stance


@pytest.mark.parametrize(
    ("text", "years", "days"),
    [
        ("72", 72, None),
        ("72요", 72, None),
        ("일흔둘이요", 72, None),
        ("칠십쯤이요", 70, None),
        ("몰라요 한 칠십쯤", 70, None),
        ("여자 28", 28, None),
        ("네 살이요", 4, None),
        ("7개월이요", 0, 213),
        ("네", None, None),
        ("한", None, None),
        ("38.5", None, None),
        ("아까 말했잖아요", None, None),
    ],
)
def test_an_age_that_was_asked_for(text: str, years: int | None, days: int | None) -> None:
    age = age_said(text, this_year=2026, asked=True, of_child=False)
    assert (age and age.years, age and age.days) == (years, days)


def test_months_that_were_not_asked_for_are_an_age_of_children_only() -> None:
    assert age_said("7개월", this_year=2026, asked=False, of_child=True) is not None
    assert age_said("7개월", this_year=2026, asked=False, of_child=False) is None


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("남자요", "M"),
        ("여", "F"),
        ("아들이에요", "M"),
        ("남자라고", "M"),
        ("f", "F"),
        ("여기가 아파요", None),
        ("남부터미널이요", None),
    ],
)
def test_a_sex(text: str, sex: str | None) -> None:
    assert sex_said(text) == sex


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("서울 강남", "서울특별시 강남구"),
        ("강남역이요", "서울특별시 강남구"),
        ("부산 북구요", "부산광역시 북구"),
        ("수원", "경기도 수원시"),
        ("제주시", "제주특별자치도 제주시"),
        ("성남 분당구", "경기도 성남시 분당구"),
        ("경기도 광주", "경기도 광주시"),
        ("대전", "대전광역시"),
        ("Seoul Yongsan", "서울특별시 용산구"),
        ("경남 고성", "경상남도 고성군"),
    ],
)
def test_a_place_that_was_asked_for(text: str, named: str) -> None:
    found = find_place(text, book().districts, asked=True)
    assert found is not None
    assert found.place.text == named
    assert found.place.is_known


@pytest.mark.parametrize("text", ["북구", "중구요", "고성"])
def test_a_name_that_several_places_bear_is_asked_about(text: str) -> None:
    found = find_place(text, book().districts, asked=True)
    assert found is not None
    assert (found.ambiguous, found.place.is_known) == (True, False)


@pytest.mark.parametrize(
    "text", ["여수가 아파요", "강남 병원 어디", "저는 부산 사람인데 배가 아파요", "남자"]
)
def test_what_is_no_place_unless_it_was_asked_for(text: str) -> None:
    assert find_place(text, book().districts, asked=False) is None


def test_every_district_lies_in_korea_and_bears_its_name_once() -> None:
    districts = book().districts
    assert len({(d.sido, d.sigungu) for d in districts}) == len(districts) > 250
    assert all(33 <= d.latitude <= 38.7 and 124.5 <= d.longitude <= 132 for d in districts)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A병원에서 안 받아준대요", ["A병원"]),
        ("서울 아산병원에서 거절당했어요", ["서울 아산병원"]),
        ("세브란스에서 안 받는대요", ["세브란스"]),
        ("고려대병원이랑 성모병원 다 만실이래요", ["고려대병원", "성모병원"]),
        ("Asan Medical Center refused us", ["Asan Medical Center"]),
        ("배가 아파서 병원에 가려고요", []),
        ("한국병원 다녀왔어요", []),
    ],
)
def test_a_hospital_that_said_no_is_known_by_its_name(text: str, names: list[str]) -> None:
    assert list(find_refusals(text, WORDS).names) == names


@pytest.mark.parametrize(
    "text", ["여기서 안 받아준대요", "병원에서 안 받아줘요", "다른병원도 자리 없대"]
)
def test_a_nameless_hospital_is_no_name(text: str) -> None:
    assert find_refusals(text, WORDS).nameless
