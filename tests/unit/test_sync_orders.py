"""What crosses the pipe of the worker: errors keep their kind and lose their text."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, ProgrammingError

from services.sync.domain.records import Hospital, Mark, Override, Picture, State
from services.sync.failures import QuotaSpent
from services.sync.orders import Defect, Failed, Harvested, Overview, class_of, place_of
from shared import db
from shared.contracts.nmc import Status

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SECRET = "postgresql://user:sentinel@host"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RedisAway(SECRET), RedisError),
        (InterfaceError(SECRET, {}, OSError(SECRET)), db.LOST),
        (ConnectionRefusedError(SECRET), db.LOST),
        (TimeoutError(SECRET), db.LOST),
        (ProgrammingError(SECRET, {}, ValueError(SECRET)), Defect),
        (KeyError(SECRET), Defect),
    ],
)
def test_an_error_keeps_its_kind_and_loses_its_text(
    error: Exception, kind: type[Exception] | tuple[type[Exception], ...]
) -> None:
    try:
        raise error
    except type(error) as raised:
        crossed = pickle.loads(pickle.dumps(Failed.of(raised)))  # noqa: S301 - our own bytes
    again = crossed.error()
    assert isinstance(again, kind)
    told = place_of(again) if isinstance(again, Defect) else class_of(again)
    assert told.startswith(type(error).__name__)
    assert "sentinel" not in told


def test_failures_of_the_source_cross_whole() -> None:
    harvested = Harvested({"beds": 3}, {"severe": QuotaSpent("the source answers code 22")}, 2)
    crossed = pickle.loads(pickle.dumps(harvested))  # noqa: S301 - our own bytes
    failure = crossed.failures["severe"]
    assert (type(failure), str(failure)) == (QuotaSpent, "the source answers code 22")


def test_an_overview_counts_what_operators_ask_for() -> None:
    ends = NOW + timedelta(hours=1)
    word = Override(1, "A", "hvec", Status.UNAVAILABLE, ends, "x", "y", NOW)
    picture = Picture(
        hospitals={
            "A": Hospital("A", "가", longitude=127.0, latitude=37.0),
            "B": Hospital("B", "나"),
        },
        states={
            "A": State("A", in_beds=True),
            "B": State("B", in_beds=True, beds_last_seen_at=NOW),
        },
        notes={},
        marks={"beds": Mark("beds", NOW, 2)},
        overrides={"A": {"hvec": word}},
    )
    overview = Overview.of(picture)
    assert (overview.hospitals, overview.with_place, overview.with_beds) == (2, 1, 1)
    assert (overview.received_at, overview.next_end(NOW)) == (NOW, ends)
    assert overview.in_force(ends) == []
    assert overview.next_end(ends) is None
