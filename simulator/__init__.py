"""A stand-in for the national emergency API, with invented hospitals, for the demo."""
