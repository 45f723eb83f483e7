"""An operator's word goes before the hospital's report, its age and its messages."""

from datetime import timedelta

import pytest

from services.matching.domain.reading import at_the_door, is_open, read
from shared.contracts.nmc import Status
from shared.contracts.overrides import OverrideMark
from shared.contracts.triage import PatientFacts
from tests.support.worlds import NOW, hospital, message, need

AHEAD = timedelta(hours=1)
ANYBODY = PatientFacts()


def word(status: Status, until: timedelta = AHEAD) -> OverrideMark:
    return OverrideMark(status=status, until=NOW + until, made_at=NOW)


@pytest.mark.parametrize(
    ("status", "certainty"),
    [(Status.AVAILABLE, 1.0), (Status.UNAVAILABLE, 0.0), (Status.UNKNOWN, 0.3)],
)
def test_it_holds_over_old_reports_and_messages(status: Status, certainty: float) -> None:
    told = hospital(
        age_min=60 * 48,
        messages=[message("blocks", "MKioskTy1")],
        overrides={"MKioskTy1": word(status)},
    )
    found = read(told, need("MKioskTy1"), ANYBODY, NOW)
    assert (found.status, found.certainty, found.blocked) == (status, certainty, False)
    assert read(told, need("MKioskTy2"), ANYBODY, NOW).status is Status.UNKNOWN


def test_one_that_ended_says_nothing() -> None:
    over = hospital(overrides={"MKioskTy1": word(Status.AVAILABLE, timedelta())})
    assert read(over, need("MKioskTy1"), ANYBODY, NOW).status is Status.UNKNOWN


def test_the_gate_too_but_no_closed_hospital_opens() -> None:
    open_word = {"MKioskTy28": word(Status.AVAILABLE)}
    shut_word = {"MKioskTy28": word(Status.UNAVAILABLE)}
    assert is_open(hospital(age_min=None, overrides=open_word), NOW) is Status.AVAILABLE
    assert is_open(hospital(overrides=shut_word), NOW) is Status.UNAVAILABLE
    assert is_open(hospital(operating=False, overrides=open_word), NOW) is Status.UNAVAILABLE


def test_an_operators_open_door_goes_before_a_message_that_shuts_it() -> None:
    shut = [message("blocks", "MKioskTy28")]
    overridden = hospital(messages=shut, overrides={"MKioskTy28": word(Status.AVAILABLE)})
    assert at_the_door(hospital(messages=shut), ANYBODY, NOW).refuses
    assert not at_the_door(overridden, ANYBODY, NOW).refuses
