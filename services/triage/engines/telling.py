"""What is said of the engines: in an answer, and in the status of the system."""

from services.triage.domain.circuit import percentile
from services.triage.engines.assembly import RULES, Engines, Understood
from services.triage.engines.endpoint import Endpoint
from services.triage.knowledge import Knowledge
from shared.contracts.triage import Engine, EngineMeasures, EnginesAnswer, TriageAnswer


def credited(answer: TriageAnswer, understood: Understood) -> TriageAnswer:
    """The answer with the engine whose word is in it."""
    return answer.model_copy(
        update={
            "engine": understood.engine,
            "model": understood.model,
            "degraded": list(understood.degraded),
            "ai_generated": understood.engine != RULES,
        }
    )


def engines(engines: Engines, knowledge: Knowledge) -> EnginesAnswer:
    """The chain, best first; the rules stand beneath and are always ready."""
    told = [_engine(endpoint, engines) for endpoint in engines.chain.endpoints]
    told.append(Engine(name=RULES, state="ready", model=None, role="decides"))
    return EnginesAnswer(engines=told, ruleset=knowledge.ruleset)


def _engine(endpoint: Endpoint, engines: Engines) -> Engine:
    detail = endpoint.last_reason
    if endpoint.name == "cpu" and engines.supervisor is not None:
        detail = engines.supervisor.detail or detail
    return Engine(
        name=endpoint.name,
        state=endpoint.state,
        model=endpoint.model,
        role=engines.settings.model_role,
        detail=detail,
        measures=_measures(endpoint, engines),
    )


def _measures(endpoint: Endpoint, engines: Engines) -> EngineMeasures:
    tally = endpoint.tally
    recent = endpoint.recent_s
    return EngineMeasures(
        answers=tally.answers,
        fallbacks=dict(tally.fallbacks),
        tokens_read=tally.tokens_read,
        tokens_kept=tally.tokens_kept,
        tokens_written=tally.tokens_written,
        p50_ms=round(1000 * percentile(recent, 0.5)) if recent else None,
        p95_ms=round(1000 * percentile(recent, 0.95)) if recent else None,
        agreement=engines.shadow.agreement(endpoint.name),
    )
