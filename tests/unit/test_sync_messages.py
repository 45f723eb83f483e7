"""What messages and limits become: bounded restrictions that never say more than their text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.sync.domain import messages
from services.sync.domain.records import Note
from shared.contracts.sync import Audience

NOW = datetime(2026, 5, 23, 5, 0, tzinfo=UTC)  # a Saturday, 14:00 in Korea
STOP = Note(
    key="k", hpid="A1100001", severe=True, lifted=False, code="Y0010", department=None,
    text="심장내과 당직 부재로 재관류 불가", begins_at=NOW - timedelta(hours=1),
    until_at=NOW + timedelta(hours=20),
)  # fmt: skip
ROOM = replace(STOP, severe=False, code="Y000", department="응급실")


def effects(note: Note) -> list[tuple[str, list[str]]]:
    return [(told.effect, told.fields) for told in messages.told(note, NOW)]


def test_a_plain_severe_stop_blocks_its_field() -> None:
    (told,) = messages.told(STOP, NOW)
    assert (told.effect, told.fields, told.audiences) == ("blocks", ["MKioskTy1"], [])
    assert told.until == STOP.until_at


@pytest.mark.parametrize(
    "text",
    ["재관류 가능 여부 문의 바람", "재관류 불가, 필요시 문의", "수용이 어려울 수 있음", "전원 불가",
     "참고 바랍니다", "♡", "풍선확장술만 가능"],
)  # fmt: skip
def test_what_is_no_plain_refusal_asks_for_a_call(text: str) -> None:
    assert effects(replace(STOP, text=text)) == [("call", ["MKioskTy1"])]


@pytest.mark.parametrize("text", ["재관류 시술 불가능", "의료진 부족", "시술 안 됩니다"])
def test_no_is_not_read_as_yes(text: str) -> None:
    assert effects(replace(STOP, text=text)) == [("blocks", ["MKioskTy1"])]


def test_an_acceptance_until_a_time_is_no_refusal() -> None:
    (told,) = messages.told(replace(STOP, text="21시까지 가능"), NOW)
    assert (told.effect, told.accepts_until) == ("info", datetime(2026, 5, 23, 12, tzinfo=UTC))
    assert told.until == STOP.until_at


def test_a_refusal_ends_when_its_text_says_so() -> None:
    note = replace(STOP, text="22시까지 시술 불가")
    ends = datetime(2026, 5, 23, 13, tzinfo=UTC)
    (told,) = messages.told(note, NOW)
    assert (told.effect, told.until) == ("blocks", ends)
    (later,) = messages.told(note, ends)
    assert (later.effect, later.until) == ("info", STOP.until_at)


@pytest.mark.parametrize(
    ("text", "hours", "days", "whole_days"),
    [
        ("야간 시술 불가", "18:00-08:00", [], []),
        ("야간(20시~07시) 시술 불가", "20:00-07:00", [], []),
        ("운영시간(06~22시) 외 불가", "22:00-06:00", [], []),
        ("평일 09:00~17:00만 시술 가능", "17:00-09:00", [], [6, 7]),
        ("평일 야간, 주말 불가", "18:00-08:00", [1, 2, 3, 4, 5], [6, 7]),
        ("일요일 시술 불가", None, [], [7]),
        ("오후 6시 ~ 익일 오전 8시 불가", "18:00-08:00", [], []),
        ("오후 1시~5시 수술 불가", "13:00-17:00", [], []),
        ("오후 7시~9시 수술 불가", "19:00-09:00", [], []),
        ("오전 9~6시 수술 불가", "09:00-18:00", [], []),
        ("오전 11시~1시 수술 불가", "11:00-13:00", [], []),
        ("오전 9시~11시 수술 불가", "09:00-11:00", [], []),
        ("오전 9시~익일 6시 수술 불가", "09:00-06:00", [], []),
        ("평일 08~18시 가능, 그 외 시간은 불가", "18:00-08:00", [], [6, 7]),
    ],
)
def test_hours_and_days_are_those_of_the_refusal(
    text: str, hours: str | None, days: list[int], whole_days: list[int]
) -> None:
    (told,) = messages.told(replace(STOP, text=text), NOW)
    assert told.effect == "blocks"
    assert (told.hours, told.days, told.whole_days) == (hours, days, whole_days)


def test_different_hours_on_different_days_are_not_forced_into_one_window() -> None:
    text = "(월-목) 21시까지 가능 / (금-토) 24시간 가능 / (일) 16시~익일 07시 가능"
    assert effects(replace(STOP, text=text)) == [("call", ["MKioskTy1"])]


@pytest.mark.parametrize(
    ("text", "fields", "audience"),
    [
        ("15세 미만 수용 불가", ["MKioskTy28"], Audience(max_age_years=14)),
        ("만 8세 이하 진료 불가", ["MKioskTy28"], Audience(max_age_years=8)),
        ("24개월 미만 진료불가", ["MKioskTy28"], Audience(max_age_years=1)),
        ("3개월 미만 불가", ["MKioskTy28"], Audience(max_age_years=0, max_age_days=90)),
        ("소아 환자 수용 불가", ["MKioskTy28"], Audience(children=True)),
        ("18세 이상만 진료 가능", ["MKioskTy28"], Audience(max_age_years=17)),
        ("소아 골절 수술 불가", [], Audience(children=True)),
    ],
)
def test_ages_say_whom_a_restriction_strikes(
    text: str, fields: list[str], audience: Audience
) -> None:
    (told,) = messages.told(replace(ROOM, text=text), NOW)
    assert (told.effect, told.fields, told.audiences) == ("blocks", fields, [audience])


@pytest.mark.parametrize(
    ("department", "text", "expected"),
    [
        ("이비인후과", "진료 불가", [("blocks", [])]),
        ("성형외과", "응급실 진료 불가", [("blocks", [])]),
        ("안과", "응급수술 불가", [("blocks", ["MKioskTy25"])]),
        ("외과", "탈장 환자 불가", [("blocks", [])]),
        ("응급실", "모든 환자 수용 불가", [("blocks", ["MKioskTy28"])]),
        ("응급실", "만실", [("blocks", ["hvec"])]),
        ("응급실", "중환자실 만실로 중환자 수용 불가", [("blocks", ["hvicc"])]),
        ("응급실", "문의 후 이송 바랍니다", [("call", ["MKioskTy28"])]),
        ("응급실", "중증 환자 수용 불가", [("call", ["MKioskTy28"])]),
        ("응급실", "대기 길어짐", [("info", ["MKioskTy28"])]),
        ("응급실", "중증외상 수용 불가", [("blocks", ["designation:trauma_center"])]),
        ("산부인과", "산과 진료 불가, 부인과는 문의",
         [("blocks", ["MKioskTy16", "MKioskTy17"]), ("call", ["MKioskTy18"])]),
        (None, "응급진료 불가", [("call", [])]),
    ],
)  # fmt: skip
def test_a_department_refuses_its_own_and_nothing_else(
    department: str | None, text: str, expected: list[tuple[str, list[str]]]
) -> None:
    assert effects(replace(ROOM, department=department, text=text)) == expected


def test_the_department_is_kept() -> None:
    (told,) = messages.told(replace(ROOM, department="치과", text="진료 불가"), NOW)
    assert told.department == "치과"


def test_what_explains_a_bounded_refusal_does_not_widen_it() -> None:
    (told,) = messages.told(replace(STOP, text="정규시간 외 시술 불가(마취 지원 불가)"), NOW)
    assert told.hours == "17:00-09:00"


@pytest.mark.parametrize(
    "note", [replace(STOP, lifted=True), replace(STOP, begins_at=NOW + timedelta(minutes=1))]
)
def test_what_is_lifted_or_has_not_begun_only_informs(note: Note) -> None:
    assert effects(note) == [("info", ["MKioskTy1"])]


@pytest.mark.parametrize(
    ("note", "stands"),
    [(STOP, True), (replace(STOP, until_at=None), True), (replace(STOP, until_at=NOW), False),
     (replace(STOP, gone_at=NOW), False)],
)  # fmt: skip
def test_in_force(note: Note, stands: bool) -> None:
    assert messages.in_force(note, NOW) is stands


@pytest.mark.parametrize(
    ("code", "text", "audiences"),
    [
        ("MKioskTy15", "1800g(32주) 이상", [Audience(min_weight_g=1800), Audience(min_weeks=32)]),
        ("MKioskTy15", "2.5Kg, 35W", [Audience(min_weight_g=2500), Audience(min_weeks=35)]),
        ("MKioskTy10", "12개월~5세", [Audience(max_age_years=0), Audience(min_age_years=6)]),
        ("MKioskTy12", "만 7세", [Audience(max_age_years=6)]),
        ("MKioskTy27", "1,500g", [Audience(min_weight_g=1500)]),
    ],
)
def test_limits_of_acceptances_are_restrictions(
    code: str, text: str, audiences: list[Audience]
) -> None:
    told = messages.limits({code: "Y", f"{code}Msg": text})
    assert [t.fields for t in told] == [[code]] * len(told)
    assert [a for t in told for a in t.audiences] == audiences
    assert {t.effect for t in told} == {"blocks"}


@pytest.mark.parametrize(
    ("flag", "text"),
    [("Y", "연령제한없음"), ("Y", "."), ("Y", "1day"), ("Y", "0세 이상"), ("불가능", "3세 이상"),
     ("Y", "체중 최저기준 없음")],
)  # fmt: skip
def test_a_limit_that_limits_nothing_is_not_told(flag: str, text: str) -> None:
    assert messages.limits({"MKioskTy10": flag, "MKioskTy10Msg": text}) == []


def test_a_part_that_an_acceptance_leaves_out_blocks_nothing_whole() -> None:
    told = messages.limits({"MKioskTy10": "Y", "MKioskTy10Msg": "3세 이상, 외과적 수술은 불가"})
    assert [(t.effect, t.audiences) for t in told] == [
        ("blocks", [Audience(max_age_years=2)]), ("call", []),
    ]  # fmt: skip
