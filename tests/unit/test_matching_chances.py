"""What an unknown is worth comes from counts, ordered by class, below what is reported."""

from services.cli.chances import TABLE, counted
from services.matching.domain.chances import SILENT, chance_of_designation, chance_of_yes
from shared.contracts.nmc import Kind, Level, Status, catalogue

SEVERE = [field.code for field in catalogue().values() if field.kind is Kind.SEVERE]


def test_a_row_counts_once_for_each_field_it_has() -> None:
    levels = {"A1100001": Level.LOCAL_CENTER, "A1100002": Level.LOCAL_CENTER}
    rows = [
        {"hpid": "A1100001", "MKioskTy1": "Y"},
        {"hpid": "A1100002", "MKioskTy1": "정보미제공"},
        {"hpid": "A1100002", "hvctayn": "N1"},
        {"hpid": "A9999999", "MKioskTy1": "Y"},
    ]
    found = counted(levels, rows)
    assert found["MKioskTy1", Level.LOCAL_CENTER] == {Status.AVAILABLE: 1, Status.UNKNOWN: 1}
    assert found["hvctayn", Level.LOCAL_CENTER] == {Status.UNAVAILABLE: 1}


def test_the_table_knows_every_acceptance_in_every_class() -> None:
    text = TABLE.read_text(encoding="utf-8")
    for code in SEVERE:
        for level in Level:
            assert f"\n{code},{level.value}," in text


def test_large_centres_are_likelier_and_nothing_is_certain() -> None:
    order = (Level.REGIONAL_CENTER, Level.LOCAL_CENTER, Level.LOCAL_INSTITUTION)
    for code in ("MKioskTy1", "MKioskTy2", "MKioskTy11", "MKioskTy5"):
        chances = [chance_of_yes(code, level) for level in order]
        assert chances == sorted(chances, reverse=True)
    for code in SEVERE:
        for level in (*Level, None):
            assert 0 < chance_of_yes(code, level) <= SILENT


def test_codes_differ_within_a_class() -> None:
    level = Level.LOCAL_CENTER
    assert chance_of_yes("MKioskTy1", level) > 2 * chance_of_yes("MKioskTy19", level)


def test_rooms_for_it_make_a_designation_likelier() -> None:
    for level in (*Level, None):
        untold = chance_of_designation(level, proxy=False)
        assert untold < chance_of_designation(level, proxy=True) < 1
