"""Runs scenarios over virtual time through the same functions as live news; `monitor.replay` has the clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Entry, Tier
from monitor.domain.text.writing_systems import language_of
from monitor.replay import DatedEntry, Replay, as_entry, in_replay_order
from monitor.rulebook.compile.definitions import baseline_of
from monitor.rulebook.schema.models import BaselineShape
from monitor.rulebook.testing.scenarios import Scenario, StartShape, StoryShape
from monitor.workbench import scenario_checks
from monitor.workbench.scenario_checks import FailedExpectation, PlayedScenario

CLOCK_STEP = timedelta(microseconds=1)
"""The smallest step of the clock: an event at a time has happened one step later."""
DAY = timedelta(days=1)
MAX_TITLE = 70
"""Characters of a headline in a failure report: the headline and its reading fit on one line."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The result of one scenario. `read` shows the signals of its stories for the failed commitments."""

    path: str
    line: int
    name: str
    commitments: tuple[str, ...]
    faults: tuple[FailedExpectation, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.faults


def run_scenario(scenario: Scenario, rulebook: Rulebook) -> ScenarioResult:
    played = play_scenario(scenario, rulebook)
    faults = tuple(sorted(scenario_checks.failed_expectations(scenario, played), key=lambda fault: fault.line))
    at_fault = dict.fromkeys(fault.commitment for fault in faults)
    read = []
    for commitment in at_fault:
        for number, story in enumerate(scenario.shape.stories):
            title = story.title if len(story.title) <= MAX_TITLE else f"{story.title[: MAX_TITLE - 1]}…"
            readings = []
            for s in played.read.get(number, ()):
                if s.commitment == commitment:
                    unlisted = " (not in sources.yaml, so it confirms nothing)" if s.tier is Tier.UNKNOWN else ""
                    readings.append(f"{s.effect}, says {s.says} [{s.rule}]{unlisted}")
            nothing = "not about it" if number in played.read else "joins an earlier story"
            read.append(f"{story.at} {story.source} “{title}”: {'; '.join(readings) or nothing}")
    path, line, name = scenario.source.path, scenario.line_of(), scenario.shape.name
    return ScenarioResult(path, line, name, scenario.commitments, faults, tuple(read))


def play_scenario(scenario: Scenario, rulebook: Rulebook) -> PlayedScenario:
    """The results of a scenario, through identify, match, decide and announce as for live news."""
    replay, played = Replay(scenario_rulebook(scenario, rulebook)), PlayedScenario(parties=rulebook.parties)
    replay.begin(scenario.shape.start.at)
    for at, step in _steps(scenario, rulebook):
        played.told += replay.until(at)
        if isinstance(step, DatedEntry):
            replay.take(step)
        elif step is not None:
            played.verdicts[step] = replay.records[scenario.shape.expect[step].commitment].published
    changes = (change for change in replay.transitions.values() if change.cause is not Cause.BACKFILL)
    played.changes = tuple(sorted(changes, key=lambda change: change.at))
    played.signals = replay.shelf.known
    played.read = {int(number): () for number in replay.line_of.values()}
    for signal in played.signals.values():
        number = replay.line_of.get((signal.story, signal.revision))
        if number is not None:
            played.read[int(number)] += (signal,)
    return played


def concerns(scenario: Scenario, commitment: str) -> bool:
    """Whether a scenario includes a commitment. A scenario without names includes all."""
    return commitment in scenario.commitments or not scenario.commitments


def scenario_rulebook(scenario: Scenario, rulebook: Rulebook) -> Rulebook:
    """The rulebook with the commitments of a scenario alone, each with its initial verdict."""
    starts, day = scenario.shape.starts(), scenario.shape.start.at.date()
    commitments = {}
    for name, commitment in rulebook.commitments.items():
        if concerns(scenario, name):
            baselines = commitment.baselines
            if name in starts:
                fields = {field: getattr(starts[name], field) for field in StartShape.model_fields}
                shape = BaselineShape(as_of=day, source="https://scenario.invalid", **fields)
                baselines = (baseline_of(shape, commitment.parties),)
            commitments[name] = replace(commitment, baselines=baselines)
    return replace(rulebook, commitments=commitments)


def _steps(scenario: Scenario, rulebook: Rulebook) -> list[tuple[datetime, DatedEntry | int | None]]:
    """Stories and expectations (by number) in time order, and the end as None."""
    shape = scenario.shape
    stories = in_replay_order((entry_of(story, number) for number, story in enumerate(shape.stories)), rulebook)
    settled = timedelta(seconds=rulebook.policy.settle_seconds) + CLOCK_STEP
    steps: list[tuple[datetime, DatedEntry | int | None]] = [(item.at, item) for item in stories]
    for number, expected in enumerate(shape.expect):
        moment = expected.at
        if not moment.date_only:
            steps.append((moment.at + CLOCK_STEP, number))
            continue
        # The end of a day excludes events at its last midnight, but all stories of the day must be decided. A story
        # without a time is dated at the end of its publisher's day.
        ends = [moment.at + DAY]
        for item in stories:
            story = shape.stories[int(item.id)]
            if story.at.at.date() == moment.at.date():
                ends.append(item.at + settled)
        steps.append((max(ends), number))
    steps.sort(key=lambda step: (step[0], not isinstance(step[1], DatedEntry)))
    quiet = [quiet.until.at for quiet in shape.quiet]
    days = [change.on for change in (*shape.alerts, *shape.transitions) if change.on is not None]
    day_ends = [datetime.combine(day, time(), UTC) + DAY for day in days]
    last = max([shape.start.at, *(at for at, _ in steps), *quiet, *day_ends])
    return [*steps, (last + settled, None)]


def entry_of(story: StoryShape, number: int) -> Entry:
    """A story of a scenario as a feed entry. Its key is its number, with four digits."""
    line = {name: getattr(story, name) for name in ("source", "url", "title", "summary")}
    published = str(story.at.at.date()) if story.at.date_only else story.at.at.isoformat()
    line |= {"id": f"{number:04}", "published": published, "lang": story.lang or language_of(story.title)}
    return as_entry(line, number, "scenario")
