"""Water in the way: bays are driven around, islands without a bridge are not driven to."""

import pytest

from services.matching.domain.land import MAINLAND, cell_of, land, way

SEOUL, SUWON = (126.978, 37.5665), (127.03, 37.26)
JEJU, ULLEUNG, BAENGNYEONG, HEUKSAN = (
    (126.53, 33.50), (130.90, 37.48), (124.70, 37.96), (125.43, 34.68),
)  # fmt: skip
BRIDGED = {
    "강화": (126.48, 37.75), "영종": (126.49, 37.49), "거제": (128.62, 34.88),
    "진도": (126.26, 34.48), "완도": (126.75, 34.32), "남해": (127.89, 34.84),
    "안면도": (126.36, 36.50), "암태": (126.10, 34.83), "돌산": (127.76, 34.68),
}  # fmt: skip


@pytest.mark.parametrize("island", [JEJU, ULLEUNG, BAENGNYEONG, HEUKSAN])
def test_no_road_leads_to_an_island_without_a_bridge(island: tuple[float, float]) -> None:
    assert not way(cell_of(*SEOUL), cell_of(*island)).by_car
    assert way(cell_of(*island), cell_of(*island)).by_car


@pytest.mark.parametrize("place", BRIDGED.values(), ids=BRIDGED.keys())
def test_a_bridge_makes_an_island_mainland(place: tuple[float, float]) -> None:
    assert land().of(land().ashore(cell_of(*place)) or cell_of(*SEOUL)) == MAINLAND
    assert way(cell_of(*SEOUL), cell_of(*place)).by_car


@pytest.mark.parametrize(
    ("name", "here", "there", "least"),
    [
        ("Garorim bay", (126.300, 36.955), (126.44, 36.964), 2.0),
        ("Deungnyang bay", (127.19, 34.60), (127.02, 34.65), 1.4),
        ("Yeoja bay", (127.62, 34.76), (127.43, 34.71), 1.2),
        ("Asan bay mouth", (126.63, 37.19), (126.63, 37.05), 1.5),
    ],
)
def test_a_bay_is_driven_around(
    name: str, here: tuple[float, float], there: tuple[float, float], least: float
) -> None:
    found = way(cell_of(*here), cell_of(*there))
    assert found.by_car, name
    assert least <= found.around < 6, name


def test_without_water_the_line_is_straight() -> None:
    assert way(cell_of(*SEOUL), cell_of(*SUWON)) == (True, 1.0)


def test_the_way_back_is_as_long() -> None:
    here, there = cell_of(126.300, 36.955), cell_of(126.44, 36.964)
    assert way(here, there).around == pytest.approx(way(there, here).around)


def test_an_undrawn_rock_reaches_only_what_is_at_hand() -> None:
    rock = cell_of(131.5, 36.0)
    assert way(rock, rock).by_car
    assert not way(rock, cell_of(*SEOUL)).by_car
