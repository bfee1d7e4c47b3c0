# ruff: noqa: T201 - figures for whoever reads the output of the run
"""What the shipped policy tells of the events that really happened, by the rules alone and with recorded readings,
against the bars.

    ledger_bars.py RULES CORPUS SCORE.py

Both story files are replayed in one go. Exit code 1 below a bar.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.telling import HEADINGS, SHIPPED, Ledger, Score, archive_told, heading, row

SPANS = (
    (date(2025, 10, 9), date(2026, 5, 31)),
    (date(2025, 10, 9), date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 5, 31)),
)
"""The whole, which is judged, and its two parts, the months of either story file."""
TOLD = {"rules": 0.88, "rules and readings": 0.90}
PRECISION = {"rules": 0.85, "rules and readings": 0.85}
"""The least share of level 3 that alerts tell, and the least precision, by who reads."""
ECHOES_A_WEEK, LISTED, LAG = 1.0, 0.85, 0
"""The most repeats and small ones a week, the least share of level 2 in the digest, the most days of median lag."""


def main(rules: Path, corpus: Path, scorer: Path) -> int:
    """Print a row a span and mode; return the exit code."""
    stories = (corpus / "stories.jsonl.gz", corpus / "stories-spring.jsonl.gz")
    told = archive_told(stories, corpus / "readings.jsonl.gz", rules, {SHIPPED: {}})
    ledger, below = Ledger(corpus / "ledger.jsonl", scorer), list[str]()
    print(*heading(("days", "readers", *HEADINGS[1:])), sep="\n")
    for span in SPANS:
        for mode, by_policy in told.items():
            score = ledger.score(by_policy[SHIPPED], *span)
            print(row((f"{span[0]} to {span[1]}", mode, *score.cells())))
            below += (
                [f"{mode}: {why}" for why in missed_bars(score, TOLD[mode], PRECISION[mode])]
                if span == SPANS[0]
                else []
            )
    for line in below:
        print(f"below the bar: {line}", file=sys.stderr)
    return int(bool(below))


def missed_bars(score: Score, least_told: float, precision: float) -> Iterator[str]:
    """Which bars a score misses, each in words."""
    if score.share < least_told:
        yield f"level 3 told {score.share:.3f}, at least {least_told}"
    if score.precision < precision:
        yield f"precision {score.precision:.3f}, at least {precision}"
    if score.echoes_a_week > ECHOES_A_WEEK:
        yield f"repeats and small ones a week {score.echoes_a_week:.2f}, at most {ECHOES_A_WEEK}"
    if score.in_digest < LISTED:
        yield f"level 2 in the digest {score.in_digest:.3f}, at least {LISTED}"
    if score.lag is None or score.lag > LAG:
        yield f"median lag {score.lag} days, at most {LAG}"


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
