# ruff: noqa: T201 - figures for whoever reads the output of the run
"""Scores the statuses of the shipped policy against the truth of each day, with the rules alone and with readings.

    status_bars.py RULES CORPUS SCORE.py [--thinned]

With --thinned it scores replays of fewer signals instead: each mode without those of the days around each final
standing, and the rules alone with 30 % of all signals dropped, in four draws. Exit code 1 below a bar.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from benchmarks.telling import (
    BOTH,
    RULES,
    SHIPPED,
    SINCE,
    STATUS_HEADINGS,
    UNTIL,
    Outcome,
    Run,
    Score,
    Truth,
    heading,
    replay_all,
    row,
)
from monitor.domain.model import Signal

LEAST_BOTH, LEAST_STRICT = {RULES: 0.92, BOTH: 0.94}, 0.75
LEAST_REACHED, MOST_WRONG = 12, 10
"""The fewest final standings shown within three days, and the most days in a wrong one."""
READER_LOSS = 0.005
"""A reader may cost this much of the share of days with the right status."""
DROPPED, DRAWS, LEAST_DRAWN = 0.3, 4, 0.84
BEFORE, AFTER, SOON = timedelta(days=1), timedelta(days=3), 30
"""The days around a final standing whose signals are removed, and the days in which half of the finals must follow."""
WITHOUT = "without closing days"


def main(rules: Path, corpus: Path, scorer: Path, *, thinned: bool) -> int:
    """Print one row per replay; return the exit code."""
    truth, runs = Truth(corpus, scorer), {RULES: {SHIPPED: Run()}, BOTH: {SHIPPED: Run()}}
    if thinned:
        closing = {WITHOUT: Run(keeps=outside_closing_days(corpus / "status-finals.jsonl"))}
        draws = {f"draw {seed}": Run(keeps=partial(is_kept, seed=seed)) for seed in range(1, DRAWS + 1)}
        runs = {RULES: closing | draws, BOTH: closing}
    outcomes = replay_all(corpus, rules, runs)
    print(*heading(("readers", "signals", *STATUS_HEADINGS, f"finals within {SOON} days")), sep="\n")
    scores, below = dict[tuple[str, str], Score](), list[str]()
    for mode, name, outcome in ((mode, *each) for mode, own in outcomes.items() for each in own.items()):
        score, lags = truth.of_statuses(outcome, SINCE, UNTIL)
        soon = sum(lag <= SOON for lag in lags)
        scores[mode, name] = score
        print(row((mode, name, *score.status_cells(), str(soon))))
        below += [f"{mode}, {name}: {why}" for why in missed_bars(mode, name, score, soon)]
        below += [f"{mode}, {name}: {line}" for line in ended(outcome)] if name == SHIPPED else []
    with_rules, with_both = (scores.get((mode, SHIPPED), Score()).share("both", "shown") for mode in (RULES, BOTH))
    if with_both < with_rules - READER_LOSS:
        below.append(f"readings cost {with_rules - with_both:.4f} of the right days, at most {READER_LOSS}")
    for line in below:
        print(f"below the bar: {line}", file=sys.stderr)
    return int(bool(below))


def missed_bars(mode: str, name: str, score: Score, soon: int) -> Iterator[str]:
    """The bars that a replay misses, each in words."""
    both, strict = (score.share(each, "shown") for each in ("both", "strict"))
    if name == WITHOUT:
        if 2 * soon < score.finals:
            yield f"{soon} of {score.finals} finals within {SOON} days, at least half"
        return
    least = LEAST_BOTH[mode] if name == SHIPPED else LEAST_DRAWN
    if both < least:
        yield f"standing and outlook right on {both:.4f} of the days, at least {least}"
    if name != SHIPPED:
        return
    if strict < LEAST_STRICT:
        yield f"first choice on {strict:.4f} of the days, at least {LEAST_STRICT}"
    if score.reached < LEAST_REACHED:
        yield f"{score.reached} finals within three days, at least {LEAST_REACHED}"
    if score.wrong > MOST_WRONG:
        yield f"{score.wrong} days in a wrong final standing, at most {MOST_WRONG}"


def ended(outcome: Outcome) -> Iterator[str]:
    """The verdicts that a promise is broken or has lapsed; none of them was in this time."""
    for line in map(json.loads, outcome.verdicts):
        if line["standing"] in ("breached", "lapsed"):
            yield f"{line['commitment']} {line['standing']} on {line['at'][:10]}"


def is_kept(signal: Signal, seed: int) -> bool:
    """Whether a draw keeps a signal; independent of all other signals."""
    return random.Random(f"{seed} {signal.id}").random() >= DROPPED  # noqa: S311 - no secret


def outside_closing_days(finals: Path) -> Callable[[Signal], bool]:
    """Keeps the signals about a commitment that are not from the days around one of its finals."""
    rows = [row for line in finals.read_text(encoding="utf-8").splitlines() if (row := json.loads(line))["must"]]
    days: Mapping[str, list[date]] = {row["commitment"]: [] for row in rows}
    for each in rows:
        days[each["commitment"]].append(date.fromisoformat(each["date"]))
    return partial(is_outside, days=days)


def is_outside(signal: Signal, days: Mapping[str, list[date]]) -> bool:
    at = signal.happened.end.date()
    return not any(day - BEFORE <= at <= day + AFTER for day in days.get(signal.commitment, ()))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4]), thinned="--thinned" in sys.argv))
