"""Understanding, urgency, first words and needs: pure functions over the knowledge."""

from services.triage.domain.advice import Advice
from services.triage.domain.assessment import Assessment, RedFlag, assess
from services.triage.domain.cases import Case, NeedsCase, StatedFacts, case_of, needs_case_of
from services.triage.domain.extraction import Extraction, Patient, Symptom, extract
from services.triage.domain.needs import Need, NeedsPlan, Policy, plan_needs
from services.triage.domain.vitals import Vitals

__all__ = [
    "Advice",
    "Assessment",
    "Case",
    "Extraction",
    "Need",
    "NeedsCase",
    "NeedsPlan",
    "Patient",
    "Policy",
    "RedFlag",
    "StatedFacts",
    "Symptom",
    "Vitals",
    "assess",
    "case_of",
    "extract",
    "needs_case_of",
    "plan_needs",
]
