"""What a case would be judged as: the same thought is thought once while it is fresh."""

from functools import lru_cache

from services.triage.domain.assessment import assess
from services.triage.domain.cases import Case, needs_case_of
from services.triage.domain.needs import plan_needs
from services.triage.knowledge.model import Knowledge

LEAST = 6
"""Below every level: nothing medical was said."""
REMEMBERED = 4096


class Judge:
    """Levels and plans of cases that are only thought of, to find what is worth asking."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.level = lru_cache(REMEMBERED)(self._level)
        self.plan = lru_cache(REMEMBERED)(self._plan)

    def _level(self, case: Case) -> int:
        """KTAS, or LEAST."""
        return assess(case, knowledge=self._knowledge).ktas or LEAST

    def _plan(self, case: Case) -> tuple[object, ...]:
        """All that decides a list: the level, the needs and the policy."""
        found = assess(case, knowledge=self._knowledge)
        flags = [flag.code for flag in found.red_flags]
        plan = plan_needs(
            needs_case_of(case, red_flags=flags, ktas=found.ktas), knowledge=self._knowledge
        )
        return found.ktas, tuple((need.field, need.role) for need in plan.needs), plan.policy
