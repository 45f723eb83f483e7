"""A system that many tests share: starting one takes longer than most of them."""

from collections.abc import Iterator

import pytest

from tests.support.fakes.identity import FakeIdentity
from tests.support.systems import System
from tests.system.auth_system import auth_system


@pytest.fixture(scope="session")
def auth_house(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[System, FakeIdentity]]:
    """A demo with the fictional providers of the tests; callers share no address and no person
    whose absence they rely on."""
    with auth_system(tmp_path_factory.mktemp("auth"), ER_AUTH_REFRESH_GRACE_S="1") as both:
        yield both


@pytest.fixture
def house(auth_house: tuple[System, FakeIdentity]) -> Iterator[tuple[System, FakeIdentity]]:
    """The shared system, with the script of its providers taken back afterwards."""
    yield auth_house
    auth_house[1].world.heal()
