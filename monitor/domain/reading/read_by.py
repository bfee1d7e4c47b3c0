"""How one reading reads one commitment, as signals and transitions keep it."""

from __future__ import annotations

from monitor.domain.model import Effect, ReadBy, Reading, ReadMatch
from monitor.domain.reading.parts import in_family


def as_read_by(reading: Reading, match: ReadMatch | None) -> ReadBy:
    """A match of a reading; None: it does not see the commitment."""
    effect, says = (match.effect, match.says) if match else (None, None)
    return ReadBy(reading.kind, reading.name, reading.version, effect, says)


def reads_commitment(reading: Reading, commitment: str, effect: Effect | None = None) -> ReadBy:
    """How a reading reads a commitment: with this effect, if one of its matches has it, else as its first match does."""
    own = [match for match in reading.matches if in_family(commitment, match.commitment)]
    same = (match for match in own if match.effect is effect)
    return as_read_by(reading, next(same, own[0] if own else None))
