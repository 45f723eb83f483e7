"""Water in the way: bays are driven around, islands without a bridge are not driven to."""

import pytest

from services.matching.domain.land import MAINLAND, cell_of, footing, land, way
from services.matching.domain.travel import way_between

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


BAYS = [
    # name, two shores, the least way by land over the straight line
    ("가로림만 만대와 대산", (126.300, 36.955), (126.44, 36.964), 2.0),
    ("가로림만 이원과 팔봉", (126.29, 36.90), (126.41, 36.87), 1.3),
    ("천수만 안면과 천북", (126.37, 36.50), (126.49, 36.50), 2.0),
    ("천수만 안면과 남당", (126.38, 36.56), (126.47, 36.54), 2.0),
    ("아산만 어귀", (126.68, 37.00), (126.72, 37.13), 1.8),
    ("곰소만 변산과 심원", (126.53, 35.61), (126.54, 35.53), 1.7),
    ("함평만 해제와 손불", (126.31, 35.12), (126.44, 35.13), 1.4),
    ("압해도와 청계", (126.34, 34.91), (126.42, 34.91), 1.5),
    ("진도 고군과 해남 황산", (126.33, 34.49), (126.43, 34.53), 1.5),
    ("강진만 도암과 칠량", (126.73, 34.55), (126.80, 34.56), 1.8),
    ("강진만 마량과 신전", (126.82, 34.45), (126.71, 34.47), 2.0),
    ("득량만 녹동과 회진", (127.13, 34.53), (126.95, 34.47), 2.5),
    ("득량만 두원과 율포", (127.20, 34.64), (127.08, 34.66), 2.0),
    ("순천만 별량과 해룡", (127.46, 34.86), (127.56, 34.86), 1.1),
    ("여자만 과역과 소라", (127.44, 34.72), (127.60, 34.74), 1.3),
    ("여수와 남해 서면", (127.75, 34.76), (127.83, 34.82), 3.0),
    ("진해만 구산과 장목", (128.55, 35.10), (128.68, 34.98), 1.8),
    ("고성 동해와 거제 사등", (128.44, 35.00), (128.54, 34.93), 1.5),
    ("영일만 흥해와 호미곶", (129.41, 36.12), (129.56, 36.08), 1.6),
    ("한강 하구 하성과 교하", (126.63, 37.73), (126.71, 37.74), 2.0),
    ("영종과 월미", (126.55, 37.49), (126.60, 37.475), 1.5),
]
BRIDGES = [
    ("서해대교", (126.80, 36.92), (126.84, 37.00)),
    ("보령해저터널", (126.41, 36.42), (126.52, 36.32)),
    ("서산 방조제", (126.41, 36.61), (126.48, 36.62)),
    ("칠산대교", (126.32, 35.15), (126.39, 35.20)),
    ("천사대교", (126.13, 34.83), (126.30, 34.87)),
    ("압해대교", (126.33, 34.86), (126.39, 34.81)),
    ("진도대교", (126.29, 34.56), (126.34, 34.585)),
    ("완도대교", (126.66, 34.40), (126.62, 34.45)),
    ("고금대교", (126.82, 34.46), (126.81, 34.40)),
    ("팔영대교에서 화양까지", (127.49, 34.65), (127.62, 34.65)),
    ("이순신대교", (127.71, 34.84), (127.71, 34.94)),
    ("거제대교", (128.45, 34.86), (128.52, 34.87)),
    ("거가대교", (128.69, 34.99), (128.83, 35.04)),
    ("마창대교", (128.57, 35.17), (128.62, 35.17)),
    ("인천대교", (126.52, 37.46), (126.64, 37.39)),
    ("영종대교", (126.53, 37.53), (126.65, 37.55)),
    ("강화대교", (126.50, 37.73), (126.57, 37.73)),
    ("초지대교", (126.49, 37.64), (126.58, 37.64)),
    # Along a shore nothing is driven around.
    ("포항에서 구룡포", (129.36, 36.02), (129.55, 35.99)),
    ("태안에서 서산", (126.30, 36.752), (126.452, 36.782)),
    ("고흥읍에서 과역", (127.285, 34.608), (127.44, 34.72)),
]


@pytest.mark.parametrize(("name", "here", "there", "least"), BAYS, ids=[row[0] for row in BAYS])
def test_a_bay_is_driven_around(
    name: str, here: tuple[float, float], there: tuple[float, float], least: float
) -> None:
    found, back = way_between(*here, *there), way_between(*there, *here)
    assert found.by_car, name
    assert least <= found.around < 7, name
    assert found.around == pytest.approx(back.around)


@pytest.mark.parametrize(("name", "here", "there"), BRIDGES, ids=[row[0] for row in BRIDGES])
def test_where_a_road_leads_over_nothing_is_driven_around(
    name: str, here: tuple[float, float], there: tuple[float, float]
) -> None:
    found = way_between(*here, *there)
    assert found.by_car, name
    assert found.around < 1.25, name


def test_a_place_at_the_water_stands_on_its_own_shore() -> None:
    # Both in one cell, with the strait between Yeongjong and Incheon through it.
    west, east = (126.578, 37.49), (126.598, 37.49)
    assert cell_of(*west) == cell_of(*east)
    assert footing(*west) != footing(*east)
    assert way_between(*west, *east).around > 1.5


def test_without_water_the_line_is_straight() -> None:
    assert way(cell_of(*SEOUL), cell_of(*SUWON)) == (True, 1.0)


def test_the_way_back_is_as_long() -> None:
    here, there = cell_of(126.300, 36.955), cell_of(126.44, 36.964)
    assert way(here, there).around == pytest.approx(way(there, here).around)


def test_an_undrawn_rock_reaches_only_what_is_at_hand() -> None:
    rock = cell_of(131.5, 36.0)
    assert way(rock, rock).by_car
    assert not way(rock, cell_of(*SEOUL)).by_car
