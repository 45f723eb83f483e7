"""What is asked of every hospital at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.matching.domain import score
from services.matching.domain.reading import Moment
from services.matching.domain.score import Bounds
from shared.contracts.triage import Need, PatientFacts, Policy

UNKNOWN_PATIENT = PatientFacts()
NO_HOLDS: Mapping[str, float] = {}
GRAVEST = 1


@dataclass(frozen=True, slots=True)
class Question:
    """Needs, policy, patient and clock. Under `nearest` an open emergency room alone decides;
    `holds` are beds by hospital for which others are on their way. What follows from these is
    worked out once."""

    needs: Sequence[Need]
    policy: Policy
    ktas: int | None
    refused: Collection[str]
    now: datetime
    patient: PatientFacts = UNKNOWN_PATIENT
    holds: Mapping[str, float] = field(default_factory=lambda: NO_HOLDS)
    at: Moment = field(init=False)
    decisive: Sequence[int] = field(init=False)
    bounds: Bounds = field(init=False)
    shares: Sequence[float] = field(init=False)

    def __post_init__(self) -> None:
        most = score.bounds(self.ktas)
        decisive = [] if self.is_nearest else self._deciding()
        object.__setattr__(self, "at", Moment.of(self.now, self.patient))
        object.__setattr__(self, "decisive", decisive)
        object.__setattr__(self, "bounds", most)
        object.__setattr__(self, "shares", score.shares(self.needs, most.resources))

    @property
    def is_nearest(self) -> bool:
        return self.policy.transport == "nearest"

    @property
    def counts_seconds(self) -> bool:
        """Nothing is worth a minute beyond the policy."""
        if self.ktas == GRAVEST:
            return True
        return self.is_nearest and not score.is_mild(self.ktas)

    def held(self, hpid: str) -> float:
        """Beds held at a hospital, as far as holds count for this patient."""
        if not self.holds or self.is_nearest or self.ktas == GRAVEST:
            return 0.0
        return self.holds.get(hpid, 0.0)

    def _deciding(self) -> list[int]:
        return [place for place, need in enumerate(self.needs) if need.role == "decisive"]
