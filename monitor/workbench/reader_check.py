"""Scores a reader on the labelled examples of a deal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.model import Reading
from monitor.domain.reading.agreement import Level, ReaderScore, score
from monitor.domain.reading.lead import MOST_UNREAD, below_bars
from monitor.rulebook.testing.reader_examples import ReaderExample


@dataclass(frozen=True, slots=True)
class CheckedReader:
    """The result of a check. `unread` are examples without a usable answer, which the scores leave out. `refused`
    counts matches with an unknown commitment, or with a quote that is not in the text."""

    score: ReaderScore
    examples: Mapping[str, ReaderExample]
    unread: tuple[ReaderExample, ...]
    refused: int

    @property
    def f1(self) -> dict[Level, float]:
        return {level: round(hits.f1, 4) for level, hits in self.score.whole.items()}

    @property
    def below(self) -> tuple[Level, ...]:
        """The levels at which the reader is below its bar."""
        return below_bars(self.f1)

    @property
    def passed(self) -> bool:
        """Whether it reaches every bar, with enough usable answers."""
        return not self.below and len(self.unread) <= MOST_UNREAD * len(self.examples)


def check_readings(
    examples: Sequence[ReaderExample], readings: Mapping[str, Reading], commitments: Collection[str]
) -> CheckedReader:
    """Scores readings of the examples, which are keyed by the name of the text."""
    by_name = {example.name: example for example in examples}
    read = {name: readings[name] for name in by_name if name in readings}
    said = {name: [(match.commitment, match.effect) for match in reading.matches] for name, reading in read.items()}
    scored = score({name: example.reads for name, example in by_name.items()}, said, commitments)
    unread = tuple(example for name, example in by_name.items() if name not in read)
    return CheckedReader(scored, by_name, unread, sum(reading.refused for reading in read.values()))
