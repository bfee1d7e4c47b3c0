"""Readings of models and people: question, answer, join with the rules, review inbox, agreement and scores."""
