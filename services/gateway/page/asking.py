"""The main job for a form that posts: the same flow, put into the words of the page."""

from collections.abc import Mapping
from typing import Any

from services.gateway.flow import Flow
from services.gateway.page.districts import find
from services.gateway.page.words import say
from shared.context import Language
from shared.contracts.gateway import RecommendationRequest
from shared.contracts.place import Place
from shared.contracts.triage import (
    TEXT_LIMIT,
    Action,
    Advice,
    Consent,
    PatientInput,
    Phone,
    TriageAnswer,
    TriageRequest,
)
from shared.problems import ProblemError

GRAVE = 2
CHOICES = 6


async def answer_of(typed: Mapping[str, str], flow: Flow, language: Language) -> dict[str, Any]:
    """What the page is rendered with: notes where something is missing, else first words and,
    once there is a place, the list. A failing part leaves the words that need none."""
    text = typed.get("text", "").strip()[:TEXT_LIMIT]
    told: dict[str, Any] = {"text": text, "place": typed.get("place", "").strip()}
    if not text:
        return {**told, "note": say(language, "empty_text")}
    consent = Consent(
        sensitive="consent" in typed,
        location="consent" in typed,
        external_ai="consent_ai" in typed,
    )
    try:
        triage = await flow.triage(TriageRequest(text=text, consent=consent))
    except ProblemError:
        return {**told, **_nothing_but_119(language)}
    told |= {"advice": triage.advice, "triage": triage, "grave": (triage.ktas or 5) <= GRAVE}
    place, note = _place(told["place"], language)
    if place is None:
        return {**told, "place_note": note, "found": None, "list_note": say(language, "need_place")}
    return {**told, **await _found(triage, place, consent, flow, language)}


async def _found(
    triage: TriageAnswer, place: Place, consent: Consent, flow: Flow, language: Language
) -> dict[str, Any]:
    patient = PatientInput.model_validate(triage.model_dump(mode="json"))
    request = RecommendationRequest(
        latitude=place.latitude, longitude=place.longitude, patient=patient, consent=consent
    )
    try:
        return {"found": await flow.recommend(request), "list_note": None}
    except ProblemError:
        return {"found": None, "list_note": say(language, "failed")}


def _place(typed: str, language: Language) -> tuple[Place | None, str | None]:
    found = find(typed)
    if len(found) == 1:
        return found[0].place, None
    if not found:
        return None, say(language, "no_place") if typed else None
    names = ", ".join(district.name for district in found[:CHOICES])
    return None, f"{say(language, 'which_place')} {names}"


def _nothing_but_119(language: Language) -> dict[str, Any]:
    advice = Advice(
        call_119=True,
        message=say(language, "failed_words"),
        actions=[Action(code="be_ready_cpr", text=say(language, "offline_cpr"))],
        do_not=[],
        phones=[Phone(number="119", reason=say(language, "call_119_long"))],
    )
    return {"advice": advice, "triage": None, "grave": True, "found": None,
            "list_note": say(language, "failed")}  # fmt: skip
