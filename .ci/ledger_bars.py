# ruff: noqa: T201 - figures for whoever reads the output of the run
"""Scores the alerts of the shipped policy against what really happened, with the rules alone and with readings.

    ledger_bars.py RULES CORPUS SCORE.py

Both story files are replayed in one go. Exit code 1 below a bar.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.telling import ALERT_HEADINGS, BOTH, RULES, SHIPPED, Run, Score, Truth, heading, replay_all, row

SPANS = (
    (date(2025, 10, 9), date(2026, 5, 31)),
    (date(2025, 10, 9), date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 5, 31)),
)
"""The whole, which is judged, and its two parts, the months of either story file."""
REPORTED, PRECISION = {RULES: 0.88, BOTH: 0.90}, 0.85
"""The least share of level 3 with an alert, and the least precision."""
MINOR_A_WEEK, LISTED, LAG = 1.0, 0.85, 0
"""The most repeats and minor alerts a week, the least share of level 2 in the digest, the most days of median lag."""


def main(rules: Path, corpus: Path, scorer: Path) -> int:
    """Print one row per span and mode; return the exit code."""
    outcomes = replay_all(corpus, rules, {mode: {SHIPPED: Run()} for mode in (RULES, BOTH)})
    truth, below = Truth(corpus, scorer), list[str]()
    print(*heading(("days", "readers", *ALERT_HEADINGS)), sep="\n")
    for span in SPANS:
        for mode, by_policy in outcomes.items():
            score = truth.of_alerts(by_policy[SHIPPED], *span)
            print(row((f"{span[0]} to {span[1]}", mode, *score.alert_cells())))
            below += [f"{mode}: {why}" for why in missed_bars(score, REPORTED[mode])] if span == SPANS[0] else []
    for line in below:
        print(f"below the bar: {line}", file=sys.stderr)
    return int(bool(below))


def missed_bars(score: Score, least_reported: float) -> Iterator[str]:
    """Which bars a score misses, each in words."""
    reported, precision = score.share("reported", "must"), score.share("right", "alerts")
    if reported < least_reported:
        yield f"level 3 reported {reported:.3f}, at least {least_reported}"
    if precision < PRECISION:
        yield f"precision {precision:.3f}, at least {PRECISION}"
    if score.minor_a_week > MINOR_A_WEEK:
        yield f"repeats and minor alerts a week {score.minor_a_week:.2f}, at most {MINOR_A_WEEK}"
    if (listed := score.share("listed", "noted")) < LISTED:
        yield f"level 2 in the digest {listed:.3f}, at least {LISTED}"
    if score.lag > LAG:
        yield f"median lag {score.lag} days, at most {LAG}"


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
