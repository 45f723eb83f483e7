"""From the words of a notice to the order of the list: whom a room does not take goes elsewhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from services.matching.domain.question import Question
from services.matching.domain.ranking import Ranked, rank
from services.sync.domain import messages
from services.sync.domain.records import Note
from shared.contracts.nmc import Care
from shared.contracts.sync import Message
from shared.contracts.triage import PatientFacts
from tests.support.worlds import NOW, candidate, need, question

INFANT = PatientFacts(age_years=0, age_days=150)
FIVE, SIX, SEVEN = (PatientFacts(age_years=years) for years in (5, 6, 7))
TEEN, ADULT = PatientFacts(age_years=15), PatientFacts(age_years=40)
NIGHT, DAY = NOW, NOW + timedelta(hours=15)  # 21:00 and 12:00 in Korea


def said(text: str) -> list[Message]:
    """What the emergency room is taken to say, as matching receives it."""
    note = Note(
        key="k", hpid="T1100001", severe=False, lifted=False, code="Y000", department="응급실",
        text=text, begins_at=NOW - timedelta(hours=1), until_at=NOW + timedelta(days=2),
    )  # fmt: skip
    return messages.told(note, NOW)


def asked(
    patient: PatientFacts,
    *,
    transport: str = "capable",
    bypass: int = 20,
    ktas: int = 3,
    care: Sequence[Care] = (),
) -> Question:
    base = question(
        need("hvec", "supporting"),
        transport=transport,  # type: ignore[arg-type]
        bypass_minutes=bypass,
        ktas=ktas,
    )
    policy = base.policy.model_copy(update={"care": list(care)})
    return replace(base, patient=patient, policy=policy)


def ranked(text: str, question: Question, *, away_km: float = 5.0) -> list[Ranked]:
    """A room with a notice two kilometres away and one without, farther away."""
    # Reports stay fresh whatever the hour of the question.
    age_min = -(question.now - NOW).total_seconds() / 60
    world = [
        candidate("T0000001", km=2, messages=said(text), age_min=age_min),
        candidate("T0000002", km=away_km, age_min=age_min),
    ]
    return rank(world, question, sort="score")


def first(text: str, question: Question, *, away_km: float = 5.0) -> str:
    return ranked(text, question, away_km=away_km)[0].hpid


@pytest.mark.parametrize(
    ("text", "patient", "refused"),
    [
        ("3세 미만 진료 불가", INFANT, True),
        ("3세 미만 진료 불가", PatientFacts(age_days=150), True),
        ("3세 미만 진료 불가", FIVE, False),
        ("15세 이하 불가", TEEN, True),
        ("15세 이하 불가", INFANT, True),
        ("15세 이하 불가", PatientFacts(age_years=16), False),
        ("15세 미만 진료불가", TEEN, False),
        ("만 6세 미만 진료 불가", FIVE, True),
        ("만 6세 미만 진료 불가", SIX, False),
        ("만6세미만 환아 수용불가", INFANT, True),
        ("6개월 미만 영아 진료 불가", INFANT, True),
        ("3개월 미만 진료 불가", INFANT, False),
        ("영유아 진료 불가", INFANT, True),
        ("영유아 진료 불가", SEVEN, False),
        ("소아청소년과 진료 불가", SIX, True),
        ("소아 진료 가능(만 3세 이상)", INFANT, True),
        ("소아 진료 가능(만 3세 이상)", FIVE, False),
        ("성인만 진료 가능", SIX, True),
        ("성인만 진료 가능", ADULT, False),
    ],
)
def test_an_age_limit_means_whom_it_names(text: str, patient: PatientFacts, refused: bool) -> None:
    entry = next(one for one in ranked(text, asked(patient)) if one.hpid == "T0000001")
    assert entry.tier == ("not_recommended" if refused else "recommended")


def test_an_age_limit_and_an_unknown_number_of_days_ask_for_a_call() -> None:
    entry = ranked("3개월 미만 진료 불가", asked(PatientFacts(age_years=0)))[-1]
    assert (entry.hpid, entry.tier) == ("T0000001", "call_first")


@pytest.mark.parametrize(("now", "leads"), [(NIGHT, "T0000002"), (DAY, "T0000001")])
def test_children_refused_at_night_are_refused_at_night(now: object, leads: str) -> None:
    question = replace(asked(SIX), now=now)  # type: ignore[arg-type]
    assert first("소아 야간 불가", question) == leads
    assert first("소아 야간 불가", replace(question, patient=ADULT)) == "T0000001"


def nearest(patient: PatientFacts, *, bypass: int = 3) -> Question:
    return asked(patient, transport="nearest", bypass=bypass, ktas=1)


def test_under_nearest_who_turns_the_patient_away_goes_behind_one_a_few_minutes_farther() -> None:
    other, near = ranked("소아 진료 불가", nearest(SIX))
    assert (other.hpid, other.tier) == ("T0000002", "recommended")
    assert (near.hpid, near.tier) == ("T0000001", "recommended")  # age is a note there
    assert "turned_away" in {part.code for part in near.told(nearest(SIX))}
    assert first("소아 진료 불가", nearest(ADULT)) == "T0000001"


def test_under_nearest_nobody_drives_far_past_a_room_that_can_stabilise() -> None:
    assert first("소아 진료 불가", nearest(SIX), away_km=25) == "T0000001"
    # Where not a minute may be lost, less is a few.
    assert first("소아 진료 불가", nearest(SIX), away_km=5) == "T0000002"
    assert first("소아 진료 불가", nearest(SIX, bypass=0), away_km=5) == "T0000001"


def test_a_room_shut_to_all_is_not_the_nearest() -> None:
    other, shut = ranked("응급실 폐쇄로 모든 환자 수용 불가", nearest(SIX))
    assert (other.hpid, shut.tier) == ("T0000002", "not_recommended")


@pytest.mark.parametrize(
    ("text", "care", "patient", "leads"),
    [
        ("봉합 불가", ["suturing"], ADULT, "T0000002"),
        ("열상 처치 불가", ["suturing"], ADULT, "T0000002"),
        ("단순 봉합 안 됨", ["suturing"], ADULT, "T0000002"),
        ("봉합 불가", [], ADULT, "T0000001"),
        ("소아 봉합 불가", ["suturing"], ADULT, "T0000001"),
        ("소아 봉합 불가", ["suturing"], SIX, "T0000002"),
        ("봉합 가능", ["suturing"], ADULT, "T0000001"),
        ("소아 경련 환자 수용 불가", ["seizure"], SIX, "T0000002"),
        ("소아 경련 환자 수용 불가", ["suturing"], SIX, "T0000001"),
        ("비뇨의학과 진료 불가", ["urology"], ADULT, "T0000002"),
        ("이비인후과 진료 불가", ["ent"], ADULT, "T0000002"),
        ("이비인후과 진료 불가", ["urology"], ADULT, "T0000001"),
    ],
)
@pytest.mark.parametrize("transport", ["capable", "nearest"])
def test_what_no_field_tells_is_refused_to_those_who_need_it(
    text: str, care: list[Care], patient: PatientFacts, leads: str, transport: str
) -> None:
    assert first(text, asked(patient, transport=transport, ktas=4, care=care)) == leads


def test_a_call_about_what_no_field_tells_asks_for_one() -> None:
    entries = ranked("봉합은 문의 후 이송 바랍니다", asked(ADULT, care=["suturing"]))
    assert {one.hpid: one.tier for one in entries}["T0000001"] == "call_first"
