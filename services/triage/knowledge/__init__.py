"""The clinical knowledge: data files that a physician can read, and their loader."""

from services.triage.knowledge.load import load_knowledge
from services.triage.knowledge.model import Knowledge, Wording
from services.triage.knowledge.reading import KnowledgeError

__all__ = ["Knowledge", "KnowledgeError", "Wording", "load_knowledge"]
