"""Ranking as pure functions: candidates, needs and a clock in, an ordered list with reasons out."""
