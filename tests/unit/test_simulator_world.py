"""The simulated country: who is in it, and whether it lives as the real one was seen to live."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from simulator.hospitals import SimulatedHospital, build_hospitals
from simulator.life import LONGEST_CATCH_UP, WARM_UP, World
from simulator.messages import half_hour_after

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

# p10, median and p90 of occupied over installed ER beds, nationwide on 2026-07-19.
OCCUPANCY = {"G001": (0.38, 0.65, 1.0), "G006": (0.20, 0.50, 0.95), "G007": (0.0, 0.33, 0.86)}
# Per cent of the 28 acceptances reported able and unable, 2026-08-12.
ACCEPTANCE = {"G001": (74.5, 4.1), "G006": (45.8, 1.2), "G007": (10.9, 0.9), "G009": (3.6, 0.0)}


def opened(seed: int, starts_at: datetime = NOON - WARM_UP) -> World:
    return World(build_hospitals(seed), starts_at=starts_at, rng=Random(seed))


def state(world: World) -> object:
    reports = [ward.report for ward in world.wards]
    refused = [sorted(ward.refused) for ward in world.wards]
    notices = [(n.hospital.hpid, n.code, n.text, n.starts_at, n.ends_at) for n in world.notices]
    return reports, refused, notices


def at_rank(values: Sequence[float], rank: float) -> float:
    return sorted(values)[int(len(values) * rank)]


@pytest.fixture(scope="module", params=[1, 2])
def hospitals(request: pytest.FixtureRequest) -> tuple[SimulatedHospital, ...]:
    seed: int = request.param
    return build_hospitals(seed)


def test_the_classes_are_mixed_as_in_the_real_directory(
    hospitals: tuple[SimulatedHospital, ...],
) -> None:
    levels = Counter(hospital.level for hospital in hospitals)
    assert (levels["G001"], levels["G006"], levels["G007"]) == (44, 139, 234)
    assert 1 <= levels["G009"] <= 20
    assert {h.place.region for h in hospitals if h.level == "G001"} == {
        h.place.region for h in hospitals
    }
    assert all(h.place.population_k >= 60 for h in hospitals if h.level in ("G001", "G006"))


def test_hpids_are_unique_and_tell_the_region_behind_a_z(
    hospitals: tuple[SimulatedHospital, ...],
) -> None:
    assert len({hospital.hpid for hospital in hospitals}) == len(hospitals)
    for hospital in hospitals:
        assert hospital.hpid[:3] == "Z" + hospital.place.region
        assert len(hospital.hpid) == 8
        assert hospital.hpid[1:].isdecimal()


def test_every_hospital_stands_in_its_town_in_korea(
    hospitals: tuple[SimulatedHospital, ...],
) -> None:
    for hospital in hospitals:
        assert 32.9 <= hospital.latitude <= 38.7
        assert 124.5 <= hospital.longitude <= 132.0
        north = (hospital.latitude - hospital.place.latitude) * 111.2
        east = (hospital.longitude - hospital.place.longitude) * 90.0
        assert (north**2 + east**2) ** 0.5 <= hospital.place.radius_km * 1.1


def test_far_places_have_a_hospital(hospitals: tuple[SimulatedHospital, ...]) -> None:
    towns = {hospital.place.sigungu for hospital in hospitals}
    assert {"울릉군", "옹진군", "신안군", "제주시", "서귀포시", "태백시", "인제군"} <= towns
    assert any(h.place.sigungu == "신안군" and h.longitude < 125.6 for h in hospitals)


def test_nothing_can_be_taken_for_real(hospitals: tuple[SimulatedHospital, ...]) -> None:
    assert len({hospital.name for hospital in hospitals}) == len(hospitals)
    phones = [phone for h in hospitals for phone in (h.phone, h.er_phone)]
    assert len(set(phones)) == len(phones)
    assert all(hospital.name.endswith("(모의)") for hospital in hospitals)
    assert all("모의로 " in hospital.address for hospital in hospitals)
    assert all(phone.split("-")[1] == "000" for phone in phones)


def test_rare_sites_are_few_and_lie_apart(hospitals: tuple[SimulatedHospital, ...]) -> None:
    trauma = [h for h in hospitals if any(a.kind.available == "hv9" for a in h.areas)]
    burn = [h for h in hospitals if any(i.number == 19 for i in h.told)]
    chambers = [
        h for h in hospitals if any(d.kind.flag == "hvoxyayn" and d.installed for d in h.devices)
    ]
    assert 12 <= len(trauma) <= 22
    assert len({h.place.region for h in trauma}) >= 10
    assert len(burn) < len(hospitals) / 8
    assert len(chambers) < len(hospitals) / 5
    assert len({h.place.region for h in chambers}) >= 14


def test_who_treats_a_thing_has_the_machine_for_it(
    hospitals: tuple[SimulatedHospital, ...],
) -> None:
    machines = {1: "hvangioayn", 2: "hvangioayn", 23: "hvcrrtayn", 16: "hv42"}
    for hospital in hospitals:
        owned = {d.kind.flag for d in hospital.devices if d.installed}
        told = {illness.number for illness in hospital.told}
        assert all(machines[number] in owned for number in told & machines.keys())


def test_bigger_classes_say_more(hospitals: tuple[SimulatedHospital, ...]) -> None:
    told = {level: [] for level in ("G001", "G006", "G007")}  # type: dict[str, list[int]]
    for hospital in hospitals:
        told.get(hospital.level, []).append(len(hospital.told))
    means = [sum(counts) / len(counts) for counts in told.values()]
    assert means[0] > 1.4 * means[1] > 3 * means[2]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_day_has_the_occupancy_and_ages_of_the_real_feed(seed: int) -> None:
    world, now = opened(seed), NOON
    occupied: dict[str, list[float]] = {level: [] for level in OCCUPANCY}
    ages: list[float] = []
    for _ in range(48):
        now += HOUR / 2
        world.advance_to(now)
        for ward in world.wards:
            beds = ward.hospital.er_beds
            occupied.get(ward.hospital.level, []).append(ward.report.patients / beds)
            ages.append((now - ward.report.at).total_seconds() / 60)
    for level, expected in OCCUPANCY.items():
        found = [at_rank(occupied[level], rank) for rank in (0.1, 0.5, 0.9)]
        assert found == pytest.approx(expected, abs=0.10), level
    assert any(share > 1 for share in occupied["G001"])
    assert min(ages) >= 0
    assert 4 <= at_rank(ages, 0.5) <= 6.5
    assert 0.84 <= sum(age <= 10 for age in ages) / len(ages) <= 0.93
    assert sum(age > 24 * 60 for age in ages) / 48 == pytest.approx(8, abs=0.5)
    assert max(ages) > 3 * 365 * 24 * 60


@pytest.mark.parametrize("seed", [1, 2])
def test_acceptances_have_the_rates_of_the_real_feed(seed: int) -> None:
    world = opened(seed)
    world.advance_to(NOON)
    for level, (able, unable) in ACCEPTANCE.items():
        wards = [ward for ward in world.wards if ward.hospital.level == level]
        refused = sum(len(ward.refused) for ward in wards)
        told = sum(len(ward.hospital.told) + 1 for ward in wards)  # the 28th is always told
        cells = 28 * len(wards) / 100
        assert (told - refused) / cells == pytest.approx(able, abs=3), level
        assert refused / cells == pytest.approx(unable, abs=2), level


def test_beds_and_acceptances_change_with_time() -> None:
    world = opened(1)
    world.advance_to(NOON)
    beds = [ward.report.patients for ward in world.wards]
    wards = [ward.report.occupied for ward in world.wards]
    refused = [frozenset(ward.refused) for ward in world.wards]
    world.advance_to(NOON + HOUR)
    moved = sum(a != b.report.patients for a, b in zip(beds, world.wards, strict=True))
    assert len(world.wards) / 3 < moved < len(world.wards)
    slow = sum(a != b.report.occupied for a, b in zip(wards, world.wards, strict=True))
    assert slow > len(world.wards) / 3
    assert [frozenset(ward.refused) for ward in world.wards] != refused


def test_visits_peak_in_the_evening_and_fall_before_dawn() -> None:
    world = opened(1)
    patients = {}
    for korean_hour in range(12, 36):
        world.advance_to(NOON + HOUR * (korean_hour - 12))
        patients[korean_hour % 24] = sum(ward.patients for ward in world.wards)
    assert patients[21] > 1.3 * patients[6]


def test_notices_come_and_go() -> None:
    world = opened(1)
    world.advance_to(NOON)
    before = list(world.notices)
    world.advance_to(NOON + 6 * HOUR)
    after = world.notices
    assert 200 <= len(before) <= 600
    assert 200 <= len(after) <= 600
    assert sum(notice not in after for notice in before) > 30
    assert sum(notice not in before for notice in after) > 30
    assert all(notice.starts_at <= world.minute < notice.ends_at for notice in after)
    assert all(notice.hospital.told for notice in after if notice.kind == "중증")
    assert not any("{" in notice.text for notice in after)


def test_equal_seeds_and_times_give_equal_worlds_however_often_one_looks() -> None:
    one, other = opened(3), opened(3)
    one.advance_to(NOON)
    for minutes in range(0, 361, 7):
        other.advance_to(NOON - WARM_UP + timedelta(minutes=minutes, seconds=41))
    other.advance_to(NOON + timedelta(seconds=59))
    assert state(one) == state(other)
    different = opened(4)
    different.advance_to(NOON)
    assert state(one) != state(different)


def test_time_does_not_run_back_and_a_long_sleep_is_cut_short() -> None:
    world = opened(1)
    world.advance_to(NOON)
    before = state(world)
    world.advance_to(NOON - HOUR)
    assert state(world) == before
    later = NOON + LONGEST_CATCH_UP + 400 * HOUR
    world.advance_to(later)
    assert world.minute == later
    fresh = [ward for ward in world.wards if later - ward.report.at <= 3 * HOUR]
    assert len(fresh) == len(world.wards) - 8
    assert all(notice.ends_at > later for notice in world.notices)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [((10, 0, 0), (10, 30)), ((10, 29, 59), (10, 30)), ((10, 30, 0), (11, 0))],
)
def test_notices_end_on_the_half_hour(
    moment: tuple[int, int, int], expected: tuple[int, int]
) -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    at = day.replace(hour=moment[0], minute=moment[1], second=moment[2])
    assert half_hour_after(at) == day.replace(hour=expected[0], minute=expected[1])
