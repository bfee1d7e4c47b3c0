"""Scores a reader on the labelled examples of a deal, and stores the result of the last check."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from monitor.domain.model import Effect, Reading
from monitor.domain.reading.agreement import Level, ReaderScore, score
from monitor.domain.reading.exchange import is_quoted_in
from monitor.rulebook.testing.reader_examples import ReaderExample

BARS: Mapping[Level, float] = {Level.ABOUT: 0.90, Level.DIRECTION: 0.85, Level.EFFECT: 0.85}
"""The F1 that a reader needs. Two careful people agree at 0.96, 0.91 and 0.88."""
MOST_UNREAD = 0.05
"""The allowed share of examples without a usable answer, an estimate."""
RECORD = "reader-check.json"
"""In the data folder: the last check that asked a model."""


@dataclass(frozen=True, slots=True)
class CheckedReader:
    """The result of a check. `unread` are examples without a usable answer, which the scores leave out. `refused`
    counts matches with an unknown commitment, or with a quote that is not in the text."""

    score: ReaderScore
    examples: Mapping[str, ReaderExample]
    unread: tuple[ReaderExample, ...]
    refused: int

    @property
    def below(self) -> tuple[Level, ...]:
        """The levels at which the reader is below its bar."""
        return tuple(level for level, bar in BARS.items() if self.score.whole[level].f1 < bar)

    @property
    def passed(self) -> bool:
        """Whether it reaches every bar, with enough usable answers."""
        return not self.below and len(self.unread) <= MOST_UNREAD * len(self.examples)


def check_readings(
    examples: Sequence[ReaderExample], readings: Mapping[str, Reading], commitments: Collection[str]
) -> CheckedReader:
    """Scores readings of the examples, which are keyed by the name of the text."""
    by_name = {example.name: example for example in examples}
    said, refused = dict[str, list[tuple[str, Effect]]](), 0
    for name in by_name.keys() & readings.keys():
        matches = readings[name].matches
        able = [m for m in matches if m.commitment in commitments and is_quoted_in(m.quote, by_name[name].story())]
        refused += len(matches) - len(able)
        said[name] = [(match.commitment, match.effect) for match in able]
    scored = score({name: example.reads for name, example in by_name.items()}, said, commitments)
    unread = tuple(example for name, example in by_name.items() if name not in readings)
    return CheckedReader(scored, by_name, unread, refused)


# ---------------------------------------------------------------- the last check


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last check of a model: model, question, time, number of examples, and F1 at each level."""

    model: str
    question: str
    at: datetime
    examples: int
    about: float
    direction: float
    effect: float

    def write(self, data_folder: Path) -> Path:
        data_folder.mkdir(parents=True, exist_ok=True)
        path = data_folder / RECORD
        path.write_text(json.dumps(asdict(self) | {"at": self.at.isoformat()}, indent=1) + "\n", encoding="utf-8")
        return path


def last_check(data_folder: Path) -> LastCheck | None:
    """The last check; None if there is none, or its file cannot be read."""
    try:
        values = json.loads((data_folder / RECORD).read_text(encoding="utf-8"))
        return LastCheck(**values | {"at": datetime.fromisoformat(values["at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def advice(last: LastCheck | None, model: str, question: str) -> str:
    """A warning about a model with its question; '' if its last check reached the bars."""
    remedy = "run `deal-monitor model check`"
    if last is None:
        return f"the model {model} has not been checked: {remedy}"
    changed = [
        word for word, now, then in (("model", model, last.model), ("question", question, last.question)) if now != then
    ]
    if changed:
        verb = "has" if len(changed) == 1 else "have"
        return f"the {' and the '.join(changed)} {verb} changed since the last check of {last.at:%Y-%m-%d}: {remedy}"
    low = [
        f"{level} {getattr(last, level):.2f} (bar {bar:.2f})"
        for level, bar in BARS.items()
        if getattr(last, level) < bar
    ]
    if low:
        return f"the model was below the bar in the last check of {last.at:%Y-%m-%d}: {', '.join(low)}"
    return ""
