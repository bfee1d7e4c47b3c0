"""Comparing rulebooks on stories: diff, drift, trial runs."""
