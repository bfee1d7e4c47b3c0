"""Scenarios played over virtual time by the functions that live news goes through: `monitor.replay` holds the clock.

A scenario says what the news is and what must come of it; a result says what did not come, and which words decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Entry, Signal, Tier
from monitor.domain.text.writing_systems import language_of
from monitor.replay import DatedEntry, Replay, as_entry, in_replay_order
from monitor.rulebook.testing.expectations import ScenarioTime
from monitor.rulebook.testing.scenarios import Scenario, StoryShape
from monitor.workbench.testing.scenario_checks import (
    FailedExpectation,
    PlayedScenario,
    failed_expectations,
    quiet_times,
)

CLOCK_STEP = timedelta(microseconds=1)
DAY = timedelta(days=1)
MAX_TITLE = 70


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of one scenario. `read`: what the rules read in its stories, for the commitments at fault."""

    path: str
    line: int
    name: str
    commitments: tuple[str, ...]
    faults: tuple[FailedExpectation, ...] = ()
    read: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.faults


def run_scenario(scenario: Scenario, rulebook: Rulebook, watch: Callable[[], float] = lambda: 0.0) -> ScenarioResult:
    """Plays a scenario, and holds its expectations against what came; `watch` tells the seconds it took."""
    began = watch()
    course = play_scenario(scenario, rulebook)
    found = tuple(sorted(failed_expectations(scenario, course), key=lambda fault: fault.line))
    blamed = dict.fromkeys(fault.commitment for fault in found)
    read = tuple(line for name in blamed for line in _readings(scenario, course, name))
    return ScenarioResult(
        scenario.path, scenario.line, scenario.name, scenario.commitments, found, read, watch() - began
    )


# ---------------------------------------------------------------- playing


def play_scenario(scenario: Scenario, rulebook: Rulebook) -> PlayedScenario:
    """The course of events, through identify, match, decide and announce as live news has it."""
    replay, course = Replay(scenario_rulebook(scenario, rulebook)), PlayedScenario()
    replay.begin(scenario.shape.start.at)
    for at, step in _steps(scenario, rulebook):
        course.told += replay.until(at)
        if isinstance(step, DatedEntry):
            replay.take(step)
        elif step is not None:
            course.verdicts[step] = replay.held[scenario.shape.expect[step].commitment].published
    changes = (change for change in replay.transitions.values() if change.cause is not Cause.BACKFILL)
    course.changes = tuple(sorted(changes, key=lambda change: change.at))
    course.read, course.signals = _read(replay), replay.shelf.known
    return course


def concerns(scenario: Scenario, commitment: str) -> bool:
    """Whether a commitment takes part in a scenario: one that names none is about all of them."""
    return commitment in scenario.commitments or not scenario.commitments


def scenario_rulebook(scenario: Scenario, rulebook: Rulebook) -> Rulebook:
    """The rulebook with the commitments that a scenario looks at, each standing where it says."""
    shape = scenario.shape
    names = [name for name in rulebook.commitments if concerns(scenario, name)]
    day = shape.start.at.date()
    standing = {name: (start.baseline(day),) for name, start in shape.starts().items()}
    chosen = (rulebook.commitments[name] for name in names)
    placed = {one.id: replace(one, baselines=standing.get(one.id, one.baselines)) for one in chosen}
    return replace(rulebook, commitments=placed)


def _steps(scenario: Scenario, rulebook: Rulebook) -> list[tuple[datetime, DatedEntry | int | None]]:
    """Stories and expectations (by number) in the order in which the clock meets them, and the end."""
    shape = scenario.shape
    stories = in_replay_order((entry_of(story, number) for number, story in enumerate(shape.stories)), rulebook)
    settled = timedelta(seconds=rulebook.policy.settle_seconds) + CLOCK_STEP
    steps: list[tuple[datetime, DatedEntry | int | None]] = [(item.at, item) for item in stories]
    for number, expected in enumerate(shape.expect):
        of_that_day = (item.at + settled for item in stories if _is_of(shape.stories[int(item.id)], expected.at))
        steps.append((max([_closing(expected.at), *of_that_day]), number))
    steps.sort(key=lambda step: (step[0], not isinstance(step[1], DatedEntry)))
    quiet = [one.until.at for _, one in quiet_times(scenario)]
    days = [change.on for change in (*shape.alerts, *shape.transitions) if change.on is not None]
    awaited = [datetime.combine(day, time(), UTC) + DAY for day in days]
    last = max([shape.start.at, *(at for at, _ in steps), *quiet, *awaited])
    return [*steps, (last + settled, None)]


def entry_of(story: StoryShape, number: int) -> Entry:
    """A story of a scenario as a feed would bring it; its key is its number."""
    line = {
        "id": f"{number:04}", "published": story.at.iso(), "source": story.source, "url": story.url,
        "title": story.title, "summary": story.summary, "lang": story.lang or language_of(story.title),
    }  # fmt: skip
    return as_entry(line, number, "scenario")


def _is_of(story: StoryShape, moment: ScenarioTime) -> bool:
    """Whether a story belongs to the day that an expectation looks back on."""
    return moment.date_only and story.at.at.date() == moment.at.date()


def _closing(moment: ScenarioTime) -> datetime:
    """The end of a day, what falls on its last midnight left out; a time with all that it brings."""
    return moment.at + DAY if moment.date_only else moment.at + CLOCK_STEP


def _read(replay: Replay) -> dict[int, tuple[Signal, ...]]:
    """What the rules read in each story that stands for itself."""
    found: dict[int, tuple[Signal, ...]] = {int(number): () for number in replay.names.values()}
    for signal in replay.shelf.known.values():
        number = replay.names.get((signal.story, signal.revision))
        if number is not None:
            found[int(number)] += (signal,)
    return found


# ---------------------------------------------------------------- telling


def _readings(scenario: Scenario, course: PlayedScenario, commitment: str) -> tuple[str, ...]:
    """What was read of a commitment in each story."""
    return tuple(
        f"{story.at} {story.source} “{_short(story.title)}”: {_reading(course.read.get(number), commitment)}"
        for number, story in enumerate(scenario.shape.stories)
    )


def _reading(signals: tuple[Signal, ...] | None, commitment: str) -> str:
    if signals is None:
        return "joins an earlier story"
    own = [signal for signal in signals if signal.commitment == commitment]
    return "; ".join(f"{s.effect}, says {s.says} [{s.rule}]{_unlisted(s)}" for s in own) or "not about it"


def _unlisted(signal: Signal) -> str:
    return " (not in sources.yaml: confirms nothing)" if signal.tier is Tier.UNKNOWN else ""


def _short(title: str) -> str:
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"
