"""Scores policies on an archive of stories: the alerts they send and the statuses they show.

    python -m benchmarks.telling CORPUS SCORE.py [--months-out] [--commitments-out] [--drawn N] [--only TEXT]

CORPUS is a folder with the stories, recorded readings, and what really happened: events (ledger.jsonl), the true
statuses of each day and the final standings. SCORE.py is its scorer. Every policy is scored with the rules alone and
with rules and readings together. --months-out chooses a policy, from these and N drawn ones, on all months but one
and scores it on that month, for each month; --commitments-out does the same with commitments, on statuses.

No policy changes the intake, so it runs once. It takes about a minute, and each policy about ten seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.domain.intake import IntakeChanges
from monitor.domain.model import Policy, Signal
from monitor.replay import CATCH_ALL_ROUTE, DatedEntry, Replay, in_replay_order, read_entries, read_recorded
from monitor.rulebook import load_rulebook

SHIPPED = "as shipped"
POLICIES: dict[str, dict[str, Any]] = {
    SHIPPED: {},
    "one source makes an event": {"event_origins": 1},
    "three sources make an event": {"event_origins": 3},
    "only a side's own text makes an event": {"event_origins": 99, "event_talk_origins": 99},
    "plans and threats: two sources": {"event_talk_origins": 2},
    "plans and threats: four sources": {"event_talk_origins": 4},
    "sources within 24 hours": {"event_hours": 24},
    "sources within 48 hours": {"event_hours": 48},
    "one event in 12 hours": {"event_apart_hours": 12},
    "one event in 28 hours": {"event_apart_hours": 28},
    "another event: three sources": {"event_again_origins": 3},
    "another event: five sources": {"event_again_origins": 5},
    "an event is fresh for 2 days": {"event_again_days": 2},
    "an event is fresh for 4 days": {"event_again_days": 4},
    "a change within 12 hours is a reply": {"event_follow_hours": 12},
    "a change within 48 hours is a reply": {"event_follow_hours": 48},
    "outlook: two sources": {"outlook_origins": 2},
    "outlook: four sources": {"outlook_origins": 4},
    "outlook: within 1 day": {"outlook_days": 1},
    "outlook: within 7 days": {"outlook_days": 7},
    "pledges: two press sources": {"press_origins": 2},
    "pledges: three press sources": {"press_origins": 3},
    "without a cool-down": {"turns_allowed": 99},
    "in force after 3 calm days": {"kept_days": 3},
    "in force after 7 calm days": {"kept_days": 7},
    "in force after 21 calm days": {"kept_days": 21},
    "blows fade after 14 days": {"fade_days": 14},
    "blows fade after 90 days": {"fade_days": 90},
    "blows never fade": {"fade_days": 0},
    "three unlisted publishers make a source": {"unlisted_per_source": 3},
    "unlisted publishers never count": {"unlisted_per_source": 99},
    "lesser accounts never outweigh a breach": {"rival_hours": 0},
    "lesser accounts of 48 hours outweigh a breach": {"rival_hours": 48},
}
"""Each as its differences from the shipped rules/policy.yaml."""
assert set().union(*POLICIES.values()) <= set(Policy.__dataclass_fields__)

NOT_DRAWN = frozenset({"event_origins", "turns_allowed"})
"""Settings that drawn policies keep: a step of the first is far worse, and one of the second changes nothing."""


def drawn_policies(count: int, shipped: Policy) -> dict[str, dict[str, Any]]:
    """Policies with random values for every setting above, the same ones each time."""
    values: dict[str, list[Any]] = {}
    for changed in POLICIES.values():
        for key, value in changed.items() if len(changed) == 1 else ():
            values.setdefault(key, [getattr(shipped, key)]).append(value)
    rng, found = random.Random(1), dict[str, dict[str, Any]]()
    for _ in range(count):
        policy = {key: rng.choice(each) for key, each in values.items() if key not in NOT_DRAWN}
        changed = {key: value for key, value in policy.items() if value != values[key][0]}
        found[", ".join(f"{key} {value}" for key, value in changed.items()) or SHIPPED] = changed
    return found


ALERTS, DIGEST = CATCH_ALL_ROUTE, replace(CATCH_ALL_ROUTE, name="digest", tell="events")
"""The route of the alerts, and one that receives every event of note, as the digest does."""
EARLY, LATE = timedelta(days=1), timedelta(days=3)
"""The window of the scorer: how long before or after an event a message may report it."""
ENOUGH_PRECISION = 0.87
"""Higher precision does not count in the choice of a policy."""
SINCE, ALERTS_SINCE, UNTIL = date(2025, 10, 1), date(2025, 10, 9), date(2026, 5, 31)
"""The days that are scored; alerts are scored a little later than statuses."""
RULES, BOTH = "rules", "rules and readings"
"""The two modes."""

# ---------------------------------------------------------------- replays of one archive


@dataclass(frozen=True, slots=True)
class Run:
    """One replay. changed: the settings that differ from the shipped policy; keeps: the signals that count."""

    changed: Mapping[str, Any] = field(default_factory=dict)
    keeps: Callable[[Signal], bool] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The JSON lines of one replay: the alerts, the events for the digest, and every change of a verdict."""

    alerts: tuple[str, ...]
    digest: tuple[str, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """Dated entries, each with what it changed at intake: those with signals, and the last one, which ends a replay."""

    entries: Sequence[DatedEntry]
    changes: Sequence[IntakeChanges]

    @classmethod
    def read(cls, readings: Path | None, stories: Sequence[Path], rules: Path) -> Archive:
        """Run the intake of all stories, with the rules alone or with recorded readings too."""
        rulebook = load_rulebook(rules)
        entries = in_replay_order(chain.from_iterable(map(read_entries, stories)), rulebook)
        return cls.of(entries, Replay(rulebook, readings=read_recorded(readings, rulebook)))

    @classmethod
    def of(cls, entries: Sequence[DatedEntry], replay: Replay) -> Archive:
        changes = []
        for entry in entries:
            changes.append(replay.intake(entry))
            replay.shelf.put(changes[-1])
        with_signals = {signal.story for each in changes for signal in each.signals.values()}
        stories = ({story for story, _ in (*filter(None, each.carried), *each.revisions)} for each in changes)
        kept = [n for n, own in enumerate(stories) if own & with_signals or n == len(changes) - 1]
        return cls([entries[n] for n in kept], [changes[n] for n in kept])


@dataclass(slots=True)
class KnownIntake(Replay):
    """A replay of entries whose changes at intake are known."""

    changes: Iterator[IntakeChanges] = field(default_factory=lambda: iter(()))

    def intake(self, item: DatedEntry) -> IntakeChanges:  # noqa: ARG002 - the changes are in the same order
        return next(self.changes)


def replayed(archive: Archive, run: Run, rules: Path) -> Outcome:
    """Decide all verdicts of an archive, and announce their changes."""
    rulebook, changes = load_rulebook(rules), archive.changes
    if (keeps := run.keeps) is not None:
        changes = [replace(c, signals={key: s for key, s in c.signals.items() if keeps(s)}) for c in changes]
    rulebook = replace(rulebook, policy=replace(rulebook.policy, **run.changed))
    lines: dict[str, list[str]] = {ALERTS.name: [], DIGEST.name: [], "verdicts": []}
    replay = KnownIntake(rulebook, routes=(ALERTS, DIGEST), changes=iter(changes))
    replay.on_verdict = lambda line: lines["verdicts"].append(json.dumps(line.as_json(), ensure_ascii=False))
    for change in replay.play(archive.entries):
        if change.by_itself:
            lines[change.route].append(json.dumps(change.as_json(), ensure_ascii=False))
    return Outcome(*map(tuple, lines.values()))


Outcomes = dict[str, dict[str, Outcome]]
"""By mode and name of the run."""


def replay_all(corpus: Path, rules: Path, runs: Mapping[str, Mapping[str, Run]]) -> Outcomes:
    """Replay the corpus for each mode and run, on two processes; reports progress on stderr."""
    stories = sorted(corpus.glob("stories*.jsonl.gz"))
    readings = {RULES: None, BOTH: corpus / "readings.jsonl.gz"}
    jobs = [(mode, name) for mode, own in runs.items() for name in own]
    found: Outcomes = {mode: {} for mode in runs}
    with ProcessPoolExecutor(2) as pool:
        read = pool.map(partial(Archive.read, stories=stories, rules=rules), (readings[mode] for mode in runs))
        archives = dict(zip(runs, read, strict=True))
        outcomes = pool.map(
            partial(replayed, rules=rules),
            (archives[mode] for mode, _ in jobs),
            (runs[mode][name] for mode, name in jobs),
        )
        for number, ((mode, name), outcome) in enumerate(zip(jobs, outcomes, strict=True), 1):
            found[mode][name] = outcome
            print(f"{number} of {len(jobs)} replays", file=sys.stderr, flush=True)
    return found


# ---------------------------------------------------------------- scores


@dataclass(frozen=True, slots=True)
class Score:
    """Scores as counts, so that those of several spans add up.

    days: of the alerts; must, reported: events of level 3, and those with an alert; noted, noted_reported, listed:
    events of level 2, those with an alert, and those in the digest; alerts, right, minor: all alerts, those on a new
    event of level 2 or 3, and repeats or small ones; lag: the greatest median in days.
    shown: days on which a commitment has a true status; both, strict: those with accepted standing and outlook, and
    with the first choice of both; finals, reached: final standings, and those shown within three days; wrong: days
    in a wrong final standing.
    """

    days: int = 0
    must: int = 0
    reported: int = 0
    noted: int = 0
    noted_reported: int = 0
    listed: int = 0
    alerts: int = 0
    right: int = 0
    minor: int = 0
    lag: int = 0
    shown: int = 0
    both: int = 0
    strict: int = 0
    finals: int = 0
    reached: int = 0
    wrong: int = 0

    def __add__(self, other: Score) -> Score:
        names = Score.__dataclass_fields__
        return Score(**{n: (max if n == "lag" else int.__add__)(getattr(self, n), getattr(other, n)) for n in names})

    def share(self, count: str, whole: str) -> float:
        """One count as a share of another."""
        total: int = getattr(self, whole)
        return getattr(self, count) / total if total else 0.0

    @property
    def minor_a_week(self) -> float:
        return 7 * self.share("minor", "days")

    @property
    def value(self) -> float:
        """What a policy is chosen by. A day in a wrong final standing counts as two wrong days."""
        precision = min(self.share("right", "alerts"), ENOUGH_PRECISION)
        statuses = self.share("both", "shown") - self.share("wrong", "shown")
        return self.share("reported", "must") + precision + statuses

    def alert_cells(self) -> tuple[str, ...]:
        shares = (("reported", "must"), ("noted_reported", "noted"), ("listed", "noted"))
        counts = (str(self.alerts), str(self.right), f"{self.minor_a_week:.2f}", f"{self.share('right', 'alerts'):.2f}")
        return (*(f"{self.share(*each):.2f}" for each in shares), *counts, str(self.lag))

    def status_cells(self) -> tuple[str, ...]:
        shares = (f"{self.share(each, 'shown'):.3f}" for each in ("both", "strict"))
        return (*shares, f"{self.reached} of {self.finals}", str(self.wrong))


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened, and the scorer that knows it."""

    corpus: Path
    scorer: Path

    def score(self, outcome: Outcome, since: date, until: date) -> Score:
        """The score of alerts and statuses from one day to another, both included."""
        return self.of_alerts(outcome, max(since, ALERTS_SINCE), until) + self.of_statuses(outcome, since, until)[0]

    def of_alerts(self, outcome: Outcome, since: date, until: date) -> Score:
        noted = [event for event in self._events(since, until) if event["level"] == 2]
        lines = [json.loads(line) for line in outcome.digest]
        with TemporaryDirectory() as folder:
            alerts = written(Path(folder) / "alerts.jsonl", outcome.alerts)
            text = self._scored("ledger", self.corpus / "ledger.jsonl", alerts, "--from", since, "--to", until)
        found = json.loads(text.splitlines()[-1])
        return Score(
            days=(until - since).days + 1,
            must=found["must_tell"],
            reported=round((found["told"] or 0) * found["must_tell"]),
            noted=len(noted),
            noted_reported=round((found["level_2_told"] or 0) * len(noted)),
            listed=sum(any(reports(line, event) for line in lines) for event in noted),
            alerts=found["alerts"],
            right=found["right"],
            minor=found["repeat"] + found["small"],
            lag=found["median_lag_days"] or 0,
        )

    def of_statuses(self, outcome: Outcome, since: date, until: date, commitment: str = "") -> tuple[Score, list[int]]:
        """The score of the statuses, of all commitments or of one, and after how many days each final standing came."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            truth, finals = (
                written(folder / file, (line for line in self._lines(file) if commitment in ("", of(line))))
                for file in ("status.jsonl", "status-finals.jsonl")
            )
            verdicts = written(folder / "verdicts.jsonl", outcome.verdicts)
            text = self._scored("status", truth, verdicts, "--finals", finals, "--from", since, "--to", until)
        found = json.loads(text.splitlines()[-1])
        both, strict = (round(found[name] * found["days"]) for name in ("both", "strict"))
        counts = {name: found[name] for name in ("finals", "reached")}
        score = Score(shown=found["days"], both=both, strict=strict, **counts, wrong=found["wrong_final_days"])
        return score, [int(days) for days in re.findall(r"^ +final .*: after (-?\d+) days$", text, re.MULTILINE)]

    def _events(self, since: date, until: date) -> list[dict[str, Any]]:
        """The events between two days that a story of the archive reports."""
        rows, days = map(json.loads, self._lines("ledger.jsonl")), (since.isoformat(), until.isoformat())
        return [row for row in rows if days[0] <= row["date"] <= days[1] and row.get("sources", 1) > 0]

    def _lines(self, file: str) -> list[str]:
        return [line for line in (self.corpus / file).read_text(encoding="utf-8").splitlines() if line.strip()]

    def _scored(self, *arguments: object) -> str:
        command = [sys.executable, str(self.scorer), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def of(line: str) -> str:
    """The commitment of a JSON line."""
    return str(json.loads(line)["commitment"])


def written(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def reports(line: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether a line reports an event: the same commitment, not the other direction, and near its day."""
    ways = {line["way"], event["way"]}
    day, happened = date.fromisoformat(line["at"][:10]), date.fromisoformat(event["date"])
    same = str(line["commitment"]).startswith(event["commitment"]) and (len(ways) == 1 or "other" in ways)
    return same and happened - EARLY <= day <= happened + LATE


def months_of(since: date, until: date) -> list[tuple[date, date]]:
    """The first and last day of each month from one day to another."""
    spans, first = [], since
    while first <= until:
        following = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        spans.append((first, min(until, following - timedelta(days=1))))
        first = following
    return spans


# ---------------------------------------------------------------- the policy chosen without a part of the truth

Scores = Mapping[str, Mapping[str, Sequence[Score]]]
"""By mode and policy, the scores of the parts: months or commitments."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A part, the policy chosen on all others, and its score on those and on the part, by mode."""

    part: int
    policy: str
    others: dict[str, Score]
    own: dict[str, Score]


def chosen_on(parts: Sequence[int], scores: Scores) -> str:
    """The policy with the highest value on these parts over all modes; of equals the first."""
    names = next(iter(scores.values()))
    return max(names, key=lambda name: sum(total(scores[mode][name], parts).value for mode in scores))


def total(scores: Sequence[Score], parts: Iterable[int]) -> Score:
    return sum((scores[part] for part in parts), Score())


def each_held_out(scores: Scores) -> Iterator[HeldOut]:
    """For each part the policy chosen on the others, scored on both."""
    count = len(next(iter(next(iter(scores.values())).values())))
    for part in range(count):
        others = [other for other in range(count) if other != part]
        name = chosen_on(others, scores)
        there = {mode: total(each[name], others) for mode, each in scores.items()}
        yield HeldOut(part, name, there, {mode: each[name][part] for mode, each in scores.items()})


# ---------------------------------------------------------------- what is printed

ALERT_HEADINGS = (
    *("level 3 reported", "level 2 reported", "level 2 in the digest", "alerts", "right"),
    *("repeats and minor alerts a week", "precision", "lag, days"),
)
STATUS_HEADINGS = ("both", "strict", "finals", "wrong days")
"""Each cell of the table has two figures: rules alone / rules and readings."""
COMPARED = ("level 3 reported", "precision", "both")


def table(outcomes: Mapping[str, Mapping[str, Outcome]], truth: Truth, since: date, until: date) -> Iterator[str]:
    """The lines of the table, one row per policy."""
    yield from heading(("policy", *ALERT_HEADINGS, *STATUS_HEADINGS))
    for name in next(iter(outcomes.values())):
        scores = [truth.score(by_policy[name], since, until) for by_policy in outcomes.values()]
        yield row((name, *side_by_side((*score.alert_cells(), *score.status_cells()) for score in scores)))


def held_out_table(scores: Scores, parts: Sequence[str]) -> Iterator[str]:
    """One row per part with the policy chosen on the others, then the sum of these rows beside the best policy."""
    yield from heading(("held out", "chosen on the others", *(f"{what}: chosen on, held out" for what in COMPARED)))
    found = list(each_held_out(scores))
    for out in found:
        cells = side_by_side(compared(out.others[mode], out.own[mode]) for mode in scores)
        yield row((parts[out.part], out.policy, *cells))
    best, every = chosen_on(range(len(parts)), scores), range(len(parts))
    sums = ((total(scores[mode][best], every), sum((out.own[mode] for out in found), Score())) for mode in scores)
    yield row(("all", f"on all: {best}", *side_by_side(compared(*pair) for pair in sums)))


def compared(there: Score, own: Score) -> tuple[str, ...]:
    pairs = (("reported", "must", ".2f"), ("right", "alerts", ".2f"), ("both", "shown", ".3f"))
    return tuple(
        f"{there.share(a, b):{form}}, {own.share(a, b):{form}}" if getattr(own, b) else "-" for a, b, form in pairs
    )


def side_by_side(modes: Iterable[Sequence[str]]) -> Iterator[str]:
    """The cells of all modes, those of one column in one cell."""
    return map(" / ".join, zip(*modes, strict=True))


def heading(names: Sequence[str]) -> tuple[str, str]:
    return row(names), row(["---"] * len(names))


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    parser.add_argument("--from", dest="since", type=date.fromisoformat, default=SINCE)
    parser.add_argument("--to", dest="until", type=date.fromisoformat, default=UNTIL)
    parser.add_argument("--only", default="", help="only policies whose name contains this, and the shipped one")
    parser.add_argument("--drawn", type=int, default=0, metavar="N", help="choose also among N drawn policies")
    parser.add_argument("--months-out", action="store_true", help="hold out each month in turn")
    parser.add_argument("--commitments-out", action="store_true", help="hold out each commitment in turn")
    asked = parser.parse_args()
    truth, span = Truth(asked.corpus, asked.scorer), (asked.since, asked.until)
    named = {name: changed for name, changed in POLICIES.items() if asked.only in name or name == SHIPPED}
    policies = named | drawn_policies(asked.drawn, load_rulebook(asked.rules).policy)
    runs = {name: Run(changed) for name, changed in policies.items()}
    outcomes = replay_all(asked.corpus, asked.rules, {RULES: runs, BOTH: runs})
    shown = {mode: {name: own[name] for name in named} for mode, own in outcomes.items()}
    print(*table(shown, truth, *span), sep="\n", flush=True)
    if asked.months_out:
        months = months_of(*span)
        scores = scored(outcomes, lambda outcome: [truth.score(outcome, *month) for month in months])
        print("", *held_out_table(scores, [f"{first:%B %Y}" for first, _ in months]), sep="\n", flush=True)
    if asked.commitments_out:
        names = sorted({of(line) for line in (asked.corpus / "status.jsonl").read_text(encoding="utf-8").splitlines()})
        scores = scored(outcomes, lambda outcome: [truth.of_statuses(outcome, *span, name)[0] for name in names])
        print("", *held_out_table(scores, names), sep="\n")


def scored(outcomes: Outcomes, score: Callable[[Outcome], list[Score]]) -> Scores:
    return {mode: {name: score(outcome) for name, outcome in own.items()} for mode, own in outcomes.items()}


if __name__ == "__main__":
    main()
