"""Small makers of readings."""

from datetime import UTC, datetime
from typing import Any

from monitor.domain.model import Effect, ReaderKind, Reading, ReadMatch, Says
from monitor.domain.reading.agreement import Level
from monitor.domain.reading.lead import ReaderCheck, ReadingShares, Share

AT = datetime(2026, 1, 10, tzinfo=UTC)


def read(commitment: str, effect: str, quote: str, says: str = "press") -> ReadMatch:
    """What a reader says of one commitment."""
    return ReadMatch(commitment, Effect(effect), Says(says), quote)


def reading(*matches: ReadMatch, **changed: Any) -> Reading:
    """What a model says of a text."""
    made: dict[str, Any] = {"text": "", "kind": ReaderKind.MODEL, "name": "model", "version": "1", "at": AT}
    return Reading(**made | {"matches": matches} | changed)


def check(model: str = "model", template: str = "template", **changed: Any) -> ReaderCheck:
    """A check of a model that earns the lead."""
    shares = ReadingShares(*[Share(90, 100)] * 3)
    values: dict[str, Any] = {"at": AT, "examples": 243, "unread": 2, "f1": dict.fromkeys(Level, 0.95)}
    return ReaderCheck(model, template, **values | {"shares": shares} | changed)


def person(*matches: ReadMatch, **changed: Any) -> Reading:
    """What a person says of a text."""
    return reading(*matches, **{"kind": ReaderKind.PERSON, "name": "Ann", "version": ""} | changed)
