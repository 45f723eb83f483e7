"""Designations, proxies, and counts that cannot be true."""

import csv
from collections.abc import Iterator

import pytest

from services.sync.designations import DesignationsUnusable, designated, kinds, read
from services.sync.domain.bounds import flagged
from services.sync.domain.proxies import proxies
from shared.contracts.nmc import Kind, catalogue
from tests.support.places import captures_folder

FILE = """
dated: 2026-11-23
sources: {list: a public list}
designated:
  - {hpid: A1100001, name: x, kinds: [trauma_center, burn], source: list}
"""


def test_the_file_is_lawful_and_names_what_needs_can_name() -> None:
    found = designated()
    assert {kind for told in found.values() for kind in told} <= kinds()
    assert kinds() == {
        "trauma_center",
        "burn",
        "replantation",
        "pediatric_er",
        "cardiocerebral",
        "psychiatric_er",
        "moonlight_clinic",
    }
    assert [hpid for hpid, told in found.items() if "trauma_center" in told] == sorted(found)
    assert found["A2100002"] == ("trauma_center",)


@pytest.mark.parametrize(
    ("former", "later", "told"),
    [
        ("A1100001", "A11", "no hpid"),
        ("burn", "excellence", "no need names"),
        ("source: list", "source: hearsay", "no source"),
        ("[trauma_center, burn]", "[]", "no need names"),
        ("dated: 2026-11-23", "dated:", "no date"),
    ],
)
def test_a_wrong_entry_is_refused(former: str, later: str, told: str) -> None:
    assert read(FILE) == {"A1100001": ("burn", "trauma_center")}
    with pytest.raises(DesignationsUnusable, match=told):
        read(FILE.replace(former, later))


def test_a_hospital_is_named_once() -> None:
    again = "  - {hpid: A1100001, name: x, kinds: [burn], source: list}\n"
    with pytest.raises(DesignationsUnusable, match="twice"):
        read(FILE + again)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"hvs60": "2"}, ["trauma_center"]),
        ({"hvs14": "20", "hvs60": "0"}, ["trauma_center"]),
        ({"hvs13": "4", "hvs02": "3"}, ["burn", "pediatric_er"]),
        ({"hvs60": "0", "hvs02": "x", "hv60": "2"}, []),
    ],
)
def test_installed_rooms_hint_at_designations(values: dict[str, str], expected: list[str]) -> None:
    assert proxies(values, []) == expected


def test_what_is_designated_needs_no_hint() -> None:
    assert proxies({"hvs60": "2", "hvs13": "1"}, ["trauma_center"]) == ["burn"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"hvec": "5", "hvs01": "20"}, set()),
        ({"hvec": "80", "hvs01": "20"}, set()),
        ({"hvec": "81", "hvs01": "20"}, {"hvec"}),
        ({"hvec": "-39", "hvs01": "52"}, set()),
        ({"hvec": "-12312", "hvs01": "52"}, {"hvec"}),
        ({"hvec": "12312", "hvs01": "12312"}, {"hvec", "hvs01"}),
        ({"hvec": "999"}, set()),
        ({"hvec": "1000"}, {"hvec"}),
        ({"hvec": "20", "hvs01": "0"}, set()),
        ({"hvgc": "1200", "hvs38": "2700"}, set()),
        ({"hvgc": "12312", "hvs38": "12312"}, {"hvgc", "hvs38"}),
        ({"hvec": "many", "hvctayn": "12312"}, set()),
    ],
)
def test_test_values_are_told_apart(values: dict[str, str], expected: set[str]) -> None:
    assert flagged(values) == {code: values[code] for code in expected}


if (CAPTURES := captures_folder()) is not None:
    BEDS = CAPTURES / "beds_nationwide_20260523.csv"

    def reports() -> Iterator[dict[str, str]]:
        """Values by code as the store has them; the export writes counts as decimals."""
        with BEDS.open(encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                yield {tag: value.removesuffix(".0") for tag, value in row.items() if value}

    def test_no_real_count_of_the_country_is_flagged() -> None:
        counts = [f.code for f in catalogue().values() if f.kind is Kind.COUNT]
        told = list(reports())
        assert sum(code in values for values in told for code in counts) > 3000
        assert [flagged(values) for values in told if flagged(values)] == []

    def test_every_trauma_centre_has_the_rooms_of_one() -> None:
        by_hpid = {values["hpid"]: values for values in reports()}
        hinted = {
            hpid for hpid, values in by_hpid.items() if "trauma_center" in proxies(values, [])
        }
        centres = {hpid for hpid, told in designated().items() if "trauma_center" in told}
        assert len(centres) == 17
        assert hinted - centres == {"A2100258"}  # a military hospital with a trauma centre
        assert centres <= hinted
