"""The model engines above the rules: one dialect, one chain, and nothing that may lower urgency."""
