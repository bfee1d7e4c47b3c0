"""Readings beside the rules: the gate, the place of a quote, the part that is meant, and the signals of both together."""
