"""A restriction counts for the patient and the hour it speaks of, and for nobody else."""

from datetime import UTC, datetime

import pytest

from services.matching.domain.question import Question
from services.matching.domain.ranking import rank
from services.matching.domain.restricting import holds, strikes
from shared.contracts.sync import Audience, Message
from shared.contracts.triage import PatientFacts
from tests.support.worlds import candidate, message, need, question

UNDER_15 = Audience(max_age_years=14)
STEMI = need("MKioskTy1")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("audience", "patient", "struck"),
    [
        (UNDER_15, {"age_years": 14}, True),
        (UNDER_15, {"age_years": 15}, False),
        (UNDER_15, {}, None),
        (Audience(children=True), {"age_years": 9}, True),
        (Audience(children=True), {"age_years": 16}, None),
        (Audience(children=True), {"age_years": 40}, False),
        (Audience(min_age_years=65), {"age_years": 64}, False),
        (Audience(max_age_years=0, max_age_days=90), {"age_years": 0, "age_days": 60}, True),
        (Audience(max_age_years=0, max_age_days=90), {"age_years": 0, "age_days": 200}, False),
        (Audience(max_age_years=0, max_age_days=90), {"age_years": 0}, None),
        (Audience(max_age_years=0, max_age_days=90), {"age_days": 20}, True),
        (Audience(min_weight_g=1800), {"age_years": 0}, None),
        (Audience(min_weight_g=1800), {"age_years": 30}, False),
        (Audience(min_weeks=34), {"age_years": 30, "gender": "F", "pregnancy_weeks": 30}, True),
        (Audience(min_weeks=34), {"age_years": 30, "gender": "F", "pregnancy_weeks": 34}, False),
        (Audience(min_weeks=34), {"age_years": 30, "gender": "F"}, None),
        (Audience(min_weeks=34), {"age_years": 30, "gender": "M"}, False),
        (Audience(min_age_years=5, max_age_years=10), {"age_years": 11}, False),
    ],
)
def test_whom_an_audience_means(
    audience: Audience, patient: dict[str, object], struck: bool | None
) -> None:
    assert strikes([audience], PatientFacts.model_validate(patient)) is struck


def test_one_of_several_audiences_is_enough() -> None:
    young_or_old = [Audience(max_age_years=2), Audience(min_age_years=9)]
    assert strikes(young_or_old, PatientFacts(age_years=1)) is True
    assert strikes(young_or_old, PatientFacts(age_years=5)) is False


@pytest.mark.parametrize(
    ("bounds", "moment", "inside"),
    [
        ({"hours": "18:00-08:00"}, "2026-05-20T18:00", True),
        ({"hours": "18:00-08:00"}, "2026-05-20T07:59", True),
        ({"hours": "18:00-08:00"}, "2026-05-20T08:00", False),
        ({"hours": "09:00-12:00"}, "2026-05-20T12:00", False),
        ({"hours": "18:00-08:00", "days": [3]}, "2026-05-21T03:00", True),  # Wednesday's night
        ({"hours": "18:00-08:00", "days": [3]}, "2026-05-20T03:00", False),
        ({"hours": "17:00-09:00", "whole_days": [6, 7]}, "2026-05-23T12:00", True),
        ({"whole_days": [7]}, "2026-05-24T12:00", True),
        ({"whole_days": [7]}, "2026-05-25T12:00", False),
        ({}, "2026-05-25T12:00", True),
    ],
)
def test_when_a_message_holds(bounds: dict[str, object], moment: str, inside: bool) -> None:
    told = Message.model_validate({"text": "알림", "effect": "blocks", "fields": [], **bounds})
    assert holds(told, at(moment)) is inside


def tier(told: Message, patient: PatientFacts, **asked: object) -> tuple[str, set[str]]:
    able = candidate(values={"MKioskTy1": "Y"}, messages=[told])
    base = question(STEMI, **asked)  # type: ignore[arg-type]
    one = Question(base.needs, base.policy, base.ktas, base.refused, base.now, patient)
    (ranked,) = rank([able], one, sort="score")
    return ranked.tier, {part.code for part in ranked.told(one)}


@pytest.mark.parametrize(("age", "expected"), [(9, "not_recommended"), (40, "recommended")])
@pytest.mark.parametrize("field", ["MKioskTy1", "MKioskTy28"])
def test_a_refusal_of_children_leaves_an_adult_alone(age: int, expected: str, field: str) -> None:
    told = message("blocks", field).model_copy(update={"audiences": [UNDER_15]})
    assert tier(told, PatientFacts(age_years=age))[0] == expected


@pytest.mark.parametrize("field", ["MKioskTy1", "MKioskTy28"])
def test_a_refusal_that_may_mean_the_patient_asks_for_a_call(field: str) -> None:
    told = message("blocks", field).model_copy(update={"audiences": [UNDER_15]})
    tiered, codes = tier(told, PatientFacts())
    assert tiered == "call_first"
    assert "ask" in codes


def test_a_room_shut_to_everybody_is_closed_and_to_the_patient_is_blocked() -> None:
    shut = message("blocks", "MKioskTy28")
    assert "closed" in tier(shut, PatientFacts(age_years=40))[1]
    to_children = shut.model_copy(update={"audiences": [UNDER_15]})
    assert tier(to_children, PatientFacts(age_years=3))[1] >= {"blocked"}


def test_the_nearest_room_stabilises_whom_it_cannot_keep() -> None:
    told = message("blocks", "MKioskTy28").model_copy(update={"audiences": [UNDER_15]})
    assert tier(told, PatientFacts(age_years=3), transport="nearest")[0] == "recommended"


def test_a_call_before_every_transport_refuses_nobody() -> None:
    assert tier(message("call", "MKioskTy28"), PatientFacts(age_years=40))[0] == "recommended"


def test_at_other_hours_a_refusal_does_not_count() -> None:
    # The builders' now is 21:00 in Korea.
    at_night = message("blocks", "MKioskTy1").model_copy(update={"hours": "18:00-08:00"})
    by_day = at_night.model_copy(update={"hours": "08:00-18:00"})
    assert tier(at_night, PatientFacts(age_years=40))[0] == "not_recommended"
    assert tier(by_day, PatientFacts(age_years=40))[0] == "recommended"


def test_when_an_acceptance_has_ended_a_call_is_asked_for() -> None:
    told = message("info", "MKioskTy1")
    assert tier(told.model_copy(update={"accepts_until": at("2026-11-22T23:00")}),
                PatientFacts(age_years=40))[0] == "recommended"  # fmt: skip
    assert tier(told.model_copy(update={"accepts_until": at("2026-11-22T20:00")}),
                PatientFacts(age_years=40))[0] == "call_first"  # fmt: skip
