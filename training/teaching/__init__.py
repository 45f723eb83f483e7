"""Distillation: a larger model labels utterances, or says them otherwise; what it said is kept."""
