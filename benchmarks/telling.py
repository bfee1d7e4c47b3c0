"""The table of policies: what each would have told of an archive of stories, scored on what really happened.

    python -m benchmarks.telling STORIES.jsonl[.gz] [MORE.jsonl.gz ...] LEDGER.jsonl SCORE.py \\
        [--readings FILE] [--from DAY] [--to DAY] [--months-out N]

The stories of all files are read as one archive, by the rules alone and, with --readings, by rules and readings
together. Intake is played once, as no policy touches it; every policy then replays what came of it. SCORE.py is the
scorer of the corpus (`score.py ledger LEDGER ALERTS`), run as it is. --months-out chooses a policy among these and N
drawn ones on all months but one, and scores it on that one, for each month. About two minutes for the intake and
three seconds a policy, for the rules and for the readings at the same time.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from monitor.cli.match_replay import read_entries, read_recorded
from monitor.domain.intake import IntakeChanges
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Policy
from monitor.replay import CATCH_ALL_ROUTE, DatedEntry, Replay, in_replay_order
from monitor.rulebook import load_rulebook

SHIPPED = "as shipped"
POLICIES: dict[str, dict[str, Any]] = {
    SHIPPED: {},
    "one source makes an event": {"event_origins": 1},
    "three sources make an event": {"event_origins": 3},
    "events from a side's own text alone": {"event_origins": 99, "event_talk_origins": 99},
    "plans and threats like acts: two sources": {"event_talk_origins": 2},
    "plans and threats: four sources": {"event_talk_origins": 4},
    "sources within 24 hours": {"event_hours": 24},
    "sources within 48 hours": {"event_hours": 48},
    "one event in 12 hours": {"event_apart_hours": 12},
    "one event in 28 hours": {"event_apart_hours": 28},
    "a further event: three sources": {"event_again_origins": 3},
    "a further event: five sources": {"event_again_origins": 5},
    "an event is fresh for 2 days": {"event_again_days": 2},
    "an event is fresh for 4 days": {"event_again_days": 4},
    "what follows within 12 hours is a reply": {"event_follow_hours": 12},
    "what follows within 48 hours is a reply": {"event_follow_hours": 48},
    "outlook: two sources": {"outlook_origins": 2},
    "outlook: four sources": {"outlook_origins": 4},
    "outlook: within 1 day": {"outlook_days": 1},
    "outlook: within 7 days": {"outlook_days": 7},
    "pledges: two of the press": {"press_origins": 2},
    "pledges: three of the press": {"press_origins": 3},
    "without a cool-down": {"turns_allowed": 99},
}
"""Each as what differs from the shipped rules/policy.yaml."""
assert set().union(*POLICIES.values()) <= set(Policy.__dataclass_fields__)

COARSE = frozenset({"event_origins", "turns_allowed"})
"""Keys that no policy is drawn from: a step of the first is worse by far, one of the second changes nothing."""


def drawn(count: int, shipped: Policy) -> dict[str, dict[str, Any]]:
    """Policies with every key but the coarse ones at its shipped value or a step away, drawn at random and the same
    each time: among these --months-out chooses as well, so that it has a choice."""
    values: dict[str, list[Any]] = {}
    for changed in POLICIES.values():
        for key, value in changed.items() if len(changed) == 1 else ():
            values.setdefault(key, [getattr(shipped, key)]).append(value)
    rng, found = random.Random(1), dict[str, dict[str, Any]]()
    for _ in range(count):
        policy = {key: rng.choice(each) for key, each in values.items() if key not in COARSE}
        changed = {key: value for key, value in policy.items() if value != values[key][0]}
        found[", ".join(f"{key} {value}" for key, value in changed.items()) or SHIPPED] = changed
    return found


ALERTS, DIGEST = CATCH_ALL_ROUTE, replace(CATCH_ALL_ROUTE, name="digest", tell="events")
"""The route of the alerts, and one that hears of every event of note, which the digest lists."""
EARLY, LATE = timedelta(days=1), timedelta(days=3)
"""What is told so long before an event, or after it, tells of it: the window of the scorer."""
ENOUGH_PRECISION = 0.87
"""Precision above this counts for nothing in the choice of a policy: it is a bar, and the rest is what is told."""


# ---------------------------------------------------------------- what a policy tells


@dataclass(frozen=True, slots=True)
class Told:
    """The lines of `replay --json` that a policy tells: by alert, and in the digest."""

    alerts: tuple[str, ...]
    digest: tuple[str, ...]


@dataclass(slots=True)
class PlayedAgain(Replay):
    """A replay that takes what each story changes from the first replay of the same stories. kept: that, in their
    order."""

    kept: list[IntakeChanges] = field(default_factory=list)
    taken: int = 0

    def intake(self, item: DatedEntry) -> IntakeChanges:
        if self.taken == len(self.kept):
            self.kept.append(Replay.intake(self, item))
        self.taken += 1
        return self.kept[self.taken - 1]


def told_by_each(
    rulebook: Rulebook, line: Sequence[DatedEntry], readings: Path | None, policies: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Told]]:
    """What each policy tells of dated stories, which go through intake once. readings: recorded ones; None for the
    rules alone."""
    recorded = read_recorded(readings, rulebook)
    kept: list[IntakeChanges] = []
    for name, changed in policies.items():
        changed_rules = replace(rulebook, policy=replace(rulebook.policy, **changed))
        replayed = PlayedAgain(changed_rules, routes=(ALERTS, DIGEST), readings=recorded, kept=kept)
        lines: dict[str, list[str]] = {ALERTS.name: [], DIGEST.name: []}
        for change in replayed.play(line):
            if change.by_itself:
                lines[change.route].append(json.dumps(change.as_json(), ensure_ascii=False))
        line, kept = that_weigh(line, kept)
        yield name, Told(tuple(lines[ALERTS.name]), tuple(lines[DIGEST.name]))


def that_weigh(
    line: Sequence[DatedEntry], kept: Sequence[IntakeChanges]
) -> tuple[list[DatedEntry], list[IntakeChanges]]:
    """The entries that can weigh on a verdict, with what they change: those of stories in which something was ever
    read, and the last one, which ends the replay."""
    read = {signal.story for changes in kept for signal in changes.signals.values()}
    concerned = (read & {story for story, _ in (*filter(None, c.carried), *c.revisions)} for c in kept)
    weigh = [n for n, stories in enumerate(concerned) if stories or n == len(kept) - 1]
    return [line[n] for n in weigh], [kept[n] for n in weigh]


def archive_told(
    stories: Sequence[Path], readings: Path | None, rules: Path, policies: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Told]]:
    """What each policy tells of an archive, by readers: the rules alone and, where there are readings, both together,
    each in a process of its own."""
    modes = [None, readings] if readings else [None]
    with ProcessPoolExecutor(len(modes)) as pool:
        found = pool.map(partial(told_of, stories=stories, rules=rules, policies=policies), modes)
        return dict(zip(map(readers, modes), found, strict=True))


def told_of(
    readings: Path | None, stories: Sequence[Path], rules: Path, policies: Mapping[str, Mapping[str, Any]]
) -> dict[str, Told]:
    """What each policy tells of an archive; says on stderr how far it is."""
    rulebook = load_rulebook(rules)
    line = in_replay_order(chain.from_iterable(map(read_entries, stories)), rulebook)
    found: dict[str, Told] = {}
    for name, told in told_by_each(rulebook, line, readings, policies):
        found[name] = told
        print(f"{readers(readings)}: {len(found)} of {len(policies)} policies", file=sys.stderr, flush=True)
    return found


def readers(readings: Path | None) -> str:
    """Who reads: the rules, or rules and readings together."""
    return "rules and readings" if readings else "rules"


# ---------------------------------------------------------------- scores


@dataclass(frozen=True, slots=True)
class Score:
    """What was told in a span of days, in counts, so that spans add up. days: how long the span is.

    must, told: events of level 3, all and those told by alert; noted, noted_told, listed: those of level 2, all, told
    by alert, and in the digest; alerts, right, echoes: all, those on a fresh event of level 2 or 3, and repeats or
    small ones; lag: the median in days, None if nothing was told and for a sum of spans.
    """

    days: int = 0
    must: int = 0
    told: int = 0
    noted: int = 0
    noted_told: int = 0
    listed: int = 0
    alerts: int = 0
    right: int = 0
    echoes: int = 0
    lag: int | None = None

    def __add__(self, other: Score) -> Score:
        counts = [name for name in Score.__dataclass_fields__ if name != "lag"]
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in counts})

    @property
    def share(self) -> float:
        return self.told / self.must if self.must else 0.0

    @property
    def precision(self) -> float:
        return self.right / self.alerts if self.alerts else 0.0

    @property
    def in_digest(self) -> float:
        return self.listed / self.noted if self.noted else 0.0

    @property
    def echoes_a_week(self) -> float:
        return 7 * self.echoes / self.days if self.days else 0.0

    @property
    def worth(self) -> float:
        """What a policy is chosen by: the share of level 3 that it tells, and its precision as far as that matters."""
        return self.share + min(self.precision, ENOUGH_PRECISION)

    def cells(self) -> tuple[str, ...]:
        """The figures of a row of the table."""
        noted_told = self.noted_told / self.noted if self.noted else 0.0
        counts = (str(self.alerts), str(self.right), f"{self.echoes_a_week:.2f}")
        lag = "-" if self.lag is None else str(self.lag)
        return (
            f"{self.share:.2f}",
            f"{noted_told:.2f}",
            f"{self.in_digest:.2f}",
            *counts,
            f"{self.precision:.2f}",
            lag,
        )


@dataclass(frozen=True, slots=True)
class Ledger:
    """What really happened, and the scorer of the corpus."""

    path: Path
    scorer: Path

    def score(self, told: Told, since: date, until: date) -> Score:
        """The score of what was told from one day to another, both included."""
        found = self._by_scorer(told.alerts, since, until)
        noted = [event for event in self.events(since, until) if event["level"] == 2]
        lines = [json.loads(line) for line in told.digest]
        listed = sum(any(tells_of(line, event) for line in lines) for event in noted)
        return Score(
            (until - since).days + 1,
            found["must_tell"],
            round((found["told"] or 0) * found["must_tell"]),
            len(noted),
            round((found["level_2_told"] or 0) * len(noted)),
            listed,
            found["alerts"],
            found["right"],
            found["repeat"] + found["small"],
            found["median_lag_days"],
        )

    def events(self, since: date, until: date) -> list[dict[str, Any]]:
        """The events between two days that a story of the archive reports."""
        rows = (json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines() if line.strip())
        days = (since.isoformat(), until.isoformat())
        return [row for row in rows if days[0] <= row["date"] <= days[1] and row.get("sources", 1) > 0]

    def _by_scorer(self, alerts: Iterable[str], since: date, until: date) -> dict[str, Any]:
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in alerts)
            file.flush()
            command = [sys.executable, self.scorer, "ledger", self.path, file.name, "--from", since, "--to", until]
            answer = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
        found: dict[str, Any] = json.loads(answer.splitlines()[-1])
        return found


def tells_of(line: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a line stands for an event: the same commitment, no other direction, and about its day."""
    ways = {line["way"], event["way"]}
    day, happened = date.fromisoformat(line["at"][:10]), date.fromisoformat(event["date"])
    same = str(line["commitment"]).startswith(event["commitment"]) and (len(ways) == 1 or "other" in ways)
    return same and happened - EARLY <= day <= happened + LATE


def months_of(since: date, until: date) -> list[tuple[date, date]]:
    """The spans of the months from one day to another."""
    spans, first = [], since
    while first <= until:
        following = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        spans.append((first, min(until, following - timedelta(days=1))))
        first = following
    return spans


# ---------------------------------------------------------------- the policy chosen without a month

Scores = Mapping[str, Mapping[str, Sequence[Score]]]
"""By mode and policy, the scores of the months."""


@dataclass(frozen=True, slots=True)
class MonthOut:
    """A month, the policy chosen on all others, and by mode its score on those and on the month."""

    month: int
    policy: str
    others: dict[str, Score]
    own: dict[str, Score]


def chosen_on(months: Sequence[int], scores: Scores) -> str:
    """The policy that is worth most on these months, over all modes together; of equals the first."""
    names = next(iter(scores.values()))
    return max(names, key=lambda name: sum(total(scores[mode][name], months).worth for mode in scores))


def total(scores: Sequence[Score], months: Iterable[int]) -> Score:
    return sum((scores[month] for month in months), Score())


def each_month_out(scores: Scores) -> Iterator[MonthOut]:
    """For each month the policy chosen on the others, scored on both."""
    count = len(next(iter(next(iter(scores.values())).values())))
    for month in range(count):
        others = [other for other in range(count) if other != month]
        name = chosen_on(others, scores)
        yield MonthOut(
            month,
            name,
            {mode: total(each[name], others) for mode, each in scores.items()},
            {mode: each[name][month] for mode, each in scores.items()},
        )


# ---------------------------------------------------------------- what is printed

HEADINGS = (
    *("policy", "level 3 told", "level 2 told", "level 2 in the digest", "alerts", "right"),
    *("repeats and small a week", "precision", "lag, days"),
)
"""Of the table; where there are readings each cell has two figures: by the rules alone / by rules and readings."""
MONTH_HEADINGS = (
    "month",
    "chosen on the others",
    "level 3 told there",
    "in the month",
    "precision there",
    "in the month",
)


def table(told: Mapping[str, Mapping[str, Told]], ledger: Ledger, since: date, until: date) -> Iterator[str]:
    """The lines of the table, a policy a row."""
    yield from heading(HEADINGS)
    for name in next(iter(told.values())):
        scores = (ledger.score(by_policy[name], since, until) for by_policy in told.values())
        yield row((name, *side_by_side(score.cells() for score in scores)))


def months_out(told: Mapping[str, Mapping[str, Told]], ledger: Ledger, since: date, until: date) -> Iterator[str]:
    """The lines of the months, each with the policy chosen on the others, and last the policy chosen on all beside
    the sum of the months."""
    spans = months_of(since, until)
    scores = {
        mode: {name: [ledger.score(each, *span) for span in spans] for name, each in by_policy.items()}
        for mode, by_policy in told.items()
    }
    yield from heading(MONTH_HEADINGS)
    found = list(each_month_out(scores))
    for out in found:
        cells = side_by_side(compared(out.others[mode], out.own[mode]) for mode in scores)
        yield row((f"{spans[out.month][0]:%B %Y}", out.policy, *cells))
    best, every = chosen_on(range(len(spans)), scores), range(len(spans))
    sums = ((total(scores[mode][best], every), sum((out.own[mode] for out in found), Score())) for mode in scores)
    yield row(("all", f"on all: {best}", *side_by_side(compared(*pair) for pair in sums)))


def compared(there: Score, own: Score) -> tuple[str, ...]:
    """Level 3 told and precision on the months of the choice and on others."""
    told = (f"{score.told} of {score.must}" for score in (there, own))
    return (*told, f"{there.precision:.2f}", f"{own.precision:.2f}")


def side_by_side(modes: Iterable[Sequence[str]]) -> Iterator[str]:
    """The cells of all modes, those of one column in one cell."""
    return map(" / ".join, zip(*modes, strict=True))


def heading(names: Sequence[str]) -> tuple[str, str]:
    return row(names), row(["---"] * len(names))


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", type=Path, nargs="+")
    for name in ("ledger", "scorer"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--readings", type=Path, help="recorded readings, to be joined with what the rules read")
    parser.add_argument("--from", dest="since", type=date.fromisoformat, default=date(2025, 10, 9))
    parser.add_argument("--to", dest="until", type=date.fromisoformat, default=date(2026, 5, 31))
    parser.add_argument(
        "--months-out",
        dest="drawn",
        type=int,
        default=0,
        metavar="N",
        help="choose among these policies and N drawn ones on all months but one, score on that one",
    )
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    asked = parser.parse_args()
    policies = POLICIES | drawn(asked.drawn, load_rulebook(asked.rules).policy)
    told = archive_told(asked.stories, asked.readings, asked.rules, policies)
    ledger = Ledger(asked.ledger, asked.scorer)
    named = {mode: {name: by_policy[name] for name in POLICIES} for mode, by_policy in told.items()}
    print(*table(named, ledger, asked.since, asked.until), sep="\n", flush=True)
    if asked.drawn:
        print("", *months_out(told, ledger, asked.since, asked.until), sep="\n")


if __name__ == "__main__":
    main()
