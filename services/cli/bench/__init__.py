"""Benchmarks: figures as ratios against a control in the same run."""
