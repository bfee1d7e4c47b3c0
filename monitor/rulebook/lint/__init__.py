"""Lints: what is allowed in a rule file and yet most likely a mistake."""
