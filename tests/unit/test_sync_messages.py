"""What a message does to a recommendation, by the careful rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.sync.domain import messages
from services.sync.domain.records import Note

NOW = datetime(2026, 5, 23, 10, 0, tzinfo=UTC)
STOP = Note(
    key="k", hpid="A1100001", severe=True, lifted=False, code="Y0010", department=None,
    text="심장내과 당직 부재로 재관류 불가", begins_at=NOW - timedelta(hours=1),
    until_at=NOW + timedelta(hours=1),
)  # fmt: skip


def test_a_plain_severe_stop_blocks_its_field() -> None:
    told = messages.message(STOP, NOW)
    assert (told.effect, told.fields) == ("blocks", ["MKioskTy1"])
    assert told.until == STOP.until_at


@pytest.mark.parametrize(
    "text",
    ["재관류 가능 여부 문의 바람", "21시까지 가능", "소아 내시경 불가(15세 이상만 가능)",
     "1800g(32주) 이상 가능", "운영시간(06~22시) 외 불가", "야간 응급수술 불가"],
)  # fmt: skip
def test_a_stop_with_conditions_asks_for_a_call(text: str) -> None:
    assert messages.message(replace(STOP, text=text), NOW).effect == "call"


def test_no_is_not_read_as_yes() -> None:
    assert messages.message(replace(STOP, text="재관류 시술 불가능"), NOW).effect == "blocks"


@pytest.mark.parametrize(
    "note",
    [replace(STOP, severe=False), replace(STOP, code="Y000"), replace(STOP, code="Y9999"),
     replace(STOP, code=None), replace(STOP, severe=False, code="Y000", text="병상 포화")],
)  # fmt: skip
def test_what_is_about_no_severe_field_asks_for_a_call(note: Note) -> None:
    assert messages.message(note, NOW).effect == "call"


@pytest.mark.parametrize(
    "note", [replace(STOP, lifted=True), replace(STOP, begins_at=NOW + timedelta(minutes=1))]
)
def test_what_is_lifted_or_has_not_begun_only_informs(note: Note) -> None:
    assert messages.message(note, NOW).effect == "info"


@pytest.mark.parametrize(
    ("note", "stands"),
    [(STOP, True), (replace(STOP, until_at=None), True), (replace(STOP, until_at=NOW), False),
     (replace(STOP, gone_at=NOW), False)],
)  # fmt: skip
def test_in_force(note: Note, stands: bool) -> None:
    assert messages.in_force(note, NOW) is stands
