"""An operator's word goes before the hospital's report, its age and its messages."""

from datetime import timedelta

import pytest

from services.matching.domain.cards import card
from services.matching.domain.chances import chance_of_yes
from services.matching.domain.reading import Moment, at_the_door, is_open, read
from shared.contracts.nmc import Level, Status
from shared.contracts.overrides import OverrideMark
from shared.contracts.triage import PatientFacts
from tests.support.worlds import NOW, hospital, message

AHEAD = timedelta(hours=1)
NOBODY_KNOWN = Moment.of(NOW, PatientFacts())
CHANCE = chance_of_yes("MKioskTy1", Level.LOCAL_CENTER)


def word(status: Status, until: timedelta = AHEAD) -> OverrideMark:
    return OverrideMark(status=status, until=NOW + until, made_at=NOW)


@pytest.mark.parametrize(
    ("status", "certainty"),
    [(Status.AVAILABLE, 1.0), (Status.UNAVAILABLE, 0.0), (Status.UNKNOWN, CHANCE)],
)
def test_it_holds_over_old_reports_and_messages(status: Status, certainty: float) -> None:
    told = hospital(
        age_min=60 * 48,
        messages=[message("blocks", "MKioskTy1")],
        overrides={"MKioskTy1": word(status)},
    )
    found = read(card(told), "MKioskTy1", NOBODY_KNOWN)
    assert (found.status, found.certainty, found.blocked) == (status, certainty, False)
    assert read(card(told), "MKioskTy2", NOBODY_KNOWN).status is Status.UNKNOWN


def test_one_that_ended_says_nothing() -> None:
    over = hospital(overrides={"MKioskTy1": word(Status.AVAILABLE, timedelta())})
    assert read(card(over), "MKioskTy1", NOBODY_KNOWN).status is Status.UNKNOWN


def test_the_gate_too_but_no_closed_hospital_opens() -> None:
    open_word = {"MKioskTy28": word(Status.AVAILABLE)}
    shut_word = {"MKioskTy28": word(Status.UNAVAILABLE)}
    assert (
        is_open(card(hospital(age_min=None, overrides=open_word)), NOBODY_KNOWN) is Status.AVAILABLE
    )
    assert is_open(card(hospital(overrides=shut_word)), NOBODY_KNOWN) is Status.UNAVAILABLE
    assert (
        is_open(card(hospital(operating=False, overrides=open_word)), NOBODY_KNOWN)
        is Status.UNAVAILABLE
    )


def test_an_operators_open_door_goes_before_a_message_that_shuts_it() -> None:
    shut = [message("blocks", "MKioskTy28")]
    overridden = hospital(messages=shut, overrides={"MKioskTy28": word(Status.AVAILABLE)})
    assert at_the_door(card(hospital(messages=shut)), (), NOBODY_KNOWN).refuses
    assert not at_the_door(card(overridden), (), NOBODY_KNOWN).refuses
