"""Evaluations: the system scored on labelled files, every miss told."""
