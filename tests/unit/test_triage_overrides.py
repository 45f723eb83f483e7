"""A caller's demand where nothing was recognised: it has to be heeded, and only there."""

from services.triage.domain.needs import NeedsPlan, Policy
from services.triage.domain.overrides import ASKED_FOR, Wish, overridden

NOTHING = NeedsPlan((), Policy("nearest", 0, None, ()), (), frozenset())
ARREST = NeedsPlan((), Policy("nearest", 0, None, ()), ("cardiac_arrest",), frozenset())
DEMAND = Wish("MKioskTy20", None, "decisive", lawful=True)


def test_a_demand_makes_the_way_to_it_possible() -> None:
    assert overridden(NOTHING, [DEMAND]).policy == ASKED_FOR


def test_neither_a_wish_nor_an_unlawful_demand_does() -> None:
    for wish in (Wish("MKioskTy20", None, None, True), Wish("hvec", None, "decisive", False)):
        assert overridden(NOTHING, [wish]).policy == NOTHING.policy


def test_what_was_recognised_keeps_its_policy() -> None:
    assert overridden(ARREST, [DEMAND]).policy == ARREST.policy
