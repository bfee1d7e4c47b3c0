"""Scenarios played over virtual time by the functions that live news goes through: `monitor.replay` holds the clock.

A scenario says what the news is and what must come of it; a result says what did not come, and which words decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.model import Cause, Entry, Signal, Tier, Transition, Verdict
from monitor.domain.rules import Rulebook
from monitor.replay import Dated, Replay, Told, as_entry, dated
from monitor.rulebook.amounts import Amount
from monitor.rulebook.examples import language_of
from monitor.rulebook.places import Where
from monitor.rulebook.scenario_shape import ChangeShape, ExpectShape, Moment, QuietShape, Scenario, StoryShape

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
SHOWN_TITLE = 70


@dataclass(frozen=True, slots=True)
class Fault:
    """One expectation that did not come true. `words` say why it is as it is."""

    line: int
    commitment: str
    expected: str
    got: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What became of one scenario. `read`: what the rules read in its stories, for the commitments at fault."""

    path: str
    line: int
    name: str
    commitments: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    read: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.faults


def run_scenario(scenario: Scenario, rulebook: Rulebook, watch: Callable[[], float] = lambda: 0.0) -> ScenarioResult:
    """Plays a scenario, and holds its expectations against what came; `watch` tells the seconds it took."""
    began = watch()
    course = play(scenario, rulebook)
    faults = tuple(sorted(_faults(scenario, course), key=lambda fault: fault.line))
    blamed = dict.fromkeys(fault.commitment for fault in faults)
    read = tuple(line for name in blamed for line in _readings(scenario, course, name))
    return ScenarioResult(
        scenario.path, scenario.line, scenario.name, scenario.commitments, faults, read, watch() - began
    )


# ---------------------------------------------------------------- playing


@dataclass(slots=True)
class Course:
    """What came of the stories: the verdict at each expectation, what was told, what was recorded and what was read."""

    told: list[Told] = field(default_factory=list)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    changes: tuple[Transition, ...] = ()
    read: dict[int, tuple[Signal, ...]] = field(default_factory=dict)
    """Story number -> its signals; a story that joined an earlier one has no number here."""


def play(scenario: Scenario, rulebook: Rulebook) -> Course:
    """The course of events, through identify, match, decide and announce as live news has it."""
    replay, course = Replay(cast(scenario, rulebook)), Course()
    replay.begin(scenario.shape.start.at)
    for at, step in _steps(scenario, rulebook):
        course.told += replay.until(at)
        if isinstance(step, Dated):
            replay.take(step)
        elif step is not None:
            course.verdicts[step] = replay.held[scenario.shape.expect[step].commitment].published
    changes = (change for change in replay.transitions.values() if change.cause is not Cause.BACKFILL)
    course.changes = tuple(sorted(changes, key=lambda change: change.at))
    course.read = _read(replay)
    return course


def looks_at(scenario: Scenario, commitment: str) -> bool:
    """Whether a commitment takes part in a scenario: one that names none is about all of them."""
    return commitment in scenario.commitments or not scenario.commitments


def cast(scenario: Scenario, rulebook: Rulebook) -> Rulebook:
    """The rulebook with the commitments that a scenario looks at, each standing where it says."""
    shape = scenario.shape
    names = [name for name in rulebook.commitments if looks_at(scenario, name)]
    day = shape.start.at.date()
    standing = {name: (start.baseline(day),) for name, start in shape.starts().items()}
    chosen = (rulebook.commitments[name] for name in names)
    placed = {one.id: replace(one, baselines=standing.get(one.id, one.baselines)) for one in chosen}
    return replace(rulebook, commitments=placed)


def _steps(scenario: Scenario, rulebook: Rulebook) -> list[tuple[datetime, Dated | int | None]]:
    """Stories and expectations (by number) in the order in which the clock meets them, and the end."""
    shape = scenario.shape
    stories = dated((entry_of(story, number) for number, story in enumerate(shape.stories)), rulebook)
    settled = timedelta(seconds=rulebook.policy.settle_seconds) + INSTANT
    steps: list[tuple[datetime, Dated | int | None]] = [(item.at, item) for item in stories]
    for number, expected in enumerate(shape.expect):
        of_that_day = (item.at + settled for item in stories if _is_of(shape.stories[int(item.id)], expected.at))
        steps.append((max([_closing(expected.at), *of_that_day]), number))
    steps.sort(key=lambda step: (step[0], not isinstance(step[1], Dated)))
    quiet = [one.until.at for _, one in _quiet_times(scenario)]
    last = max([shape.start.at, *(at for at, _ in steps), *quiet])
    return [*steps, (last + settled, None)]


def entry_of(story: StoryShape, number: int) -> Entry:
    """A story of a scenario as a feed would bring it; its key is its number."""
    line = {
        "id": f"{number:04}", "published": story.at.iso(), "source": story.source, "url": story.url,
        "title": story.title, "summary": story.summary, "lang": story.lang or language_of(story.title),
    }  # fmt: skip
    return as_entry(line, number, "scenario")


def _is_of(story: StoryShape, moment: Moment) -> bool:
    """Whether a story belongs to the day that an expectation looks back on."""
    return moment.date_only and story.at.at.date() == moment.at.date()


def _closing(moment: Moment) -> datetime:
    """The end of a day, what falls on its last midnight left out; a time with all that it brings."""
    return moment.at + DAY if moment.date_only else moment.at + INSTANT


def _quiet_times(scenario: Scenario) -> Iterator[tuple[Where, QuietShape]]:
    """The times in which nothing may be told, with their places."""
    for number, quiet in enumerate(scenario.shape.quiet):
        yield ("quiet", number), quiet
    if scenario.shape.quiet_until is not None:
        yield ("quiet_until",), QuietShape(commitment="", since=None, until=scenario.shape.quiet_until)


def _read(replay: Replay) -> dict[int, tuple[Signal, ...]]:
    """What the rules read in each story that stands for itself."""
    found: dict[int, tuple[Signal, ...]] = {int(number): () for number in replay.names.values()}
    for signal in replay.intake.known.values():
        number = replay.names.get((signal.story, signal.revision))
        if number is not None:
            found[int(number)] += (signal,)
    return found


# ---------------------------------------------------------------- comparing


def _faults(scenario: Scenario, course: Course) -> Iterator[Fault]:
    for number, expected in enumerate(scenario.shape.expect):
        yield from _unlike(scenario, course, number, expected)
    told = [told.transition for told in course.told]
    yield from _missing(scenario, "alerts", scenario.shape.alerts, told)
    yield from _missing(scenario, "transitions", scenario.shape.transitions, course.changes)
    yield from _loud(scenario, told)


def _unlike(scenario: Scenario, course: Course, number: int, expected: ExpectShape) -> Iterator[Fault]:
    verdict = course.verdicts[number]
    wanted = {name: getattr(expected, name) for name in sorted(expected.model_fields_set & ANSWERS.keys())}
    for name, value in wanted.items():
        want, got = ANSWERS[name](value, verdict)
        if want != got:
            line = scenario.line_of("expect", number, name)
            words = (f"why: {verdict.why}", *_flags(verdict))
            yield Fault(line, expected.commitment, f"{name} {want} at {expected.at}", got, words)


def _one(value: object, got: object) -> tuple[str, str]:
    return str(value), str(got)


def _kinds(value: Iterable[str], verdict: Verdict) -> tuple[str, str]:
    return _listed(value), _listed(flag.kind for flag in verdict.flags)


def _dates(value: object, verdict: Verdict) -> tuple[str, str]:
    """The date wanted, if it is among the open ones; else all of those."""
    open_dates = sorted(str(d.date) for d in verdict.deadlines if d.state in ("current", "claimed"))
    return str(value), str(value) if str(value) in open_dates else _listed(open_dates)


def _count(value: Amount, verdict: Verdict) -> tuple[str, str]:
    done = verdict.progress
    return f"{value.amount:,.0f} {value.unit}", f"{done.counted:,.0f} {done.unit}" if done else "nothing"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(map(str, words)))) or "none"


ANSWERS: Mapping[str, Callable[[Any, Verdict], tuple[str, str]]] = {
    "status": lambda value, verdict: _one(value, verdict.status),
    "standing": lambda value, verdict: _one(value, verdict.standing),
    "outlook": lambda value, verdict: _one(value, verdict.outlook),
    "flags": _kinds,
    "deadline": _dates,
    "counted": _count,
}
"""What may be expected of a verdict -> what is wanted and what is there, as text."""


def _missing(
    scenario: Scenario, part: str, wanted: Sequence[ChangeShape], came: Sequence[Transition]
) -> Iterator[Fault]:
    """The changes that did not come, or not in this order."""
    at: dict[str, int] = {}
    for number, change in enumerate(wanted):
        own = [t for t in came if t.commitment == change.commitment]
        start = at.get(change.commitment, 0)
        found = next((n for n in range(start, len(own)) if answers(change, own[n])), None)
        if found is None:
            got = "; ".join(map(shown, own[start:])) or ("nothing more" if own else "nothing")
            yield Fault(scenario.line_of(part, number), change.commitment, f"{PARTS[part]} {_wanted(change)}", got)
        else:
            at[change.commitment] = found + 1


PARTS = {"alerts": "alert", "transitions": "change"}


def answers(wanted: ChangeShape, came: Transition) -> bool:
    """Whether a change is the one that is meant."""
    pairs = (
        (wanted.way, came.way), (wanted.frm, came.frm), (wanted.to, came.to),
        (wanted.cause, came.cause),
    )  # fmt: skip
    days = (None, came.at.date(), came.happened.date())
    return wanted.kind is came.kind and wanted.on in days and all(want is None or want == got for want, got in pairs)


def _wanted(change: ChangeShape) -> str:
    moved = f"{change.frm or '…'} -> {change.to or '…'}"
    more = ", ".join(str(word) for word in (change.kind, change.way, change.cause) if word)
    return f"{moved} ({more})" + (f" on {change.on}" if change.on else "")


def shown(change: Transition) -> str:
    """A change in one line."""
    words = f"{change.frm or '-'} -> {change.to} ({change.kind}, {change.way}, {change.cause})"
    return f"{change.at:%Y-%m-%d %H:%M} {words}"


def _loud(scenario: Scenario, told: Sequence[Transition]) -> Iterator[Fault]:
    """What was told in a time that had to be quiet."""
    for where, one in _quiet_times(scenario):
        since = one.since or scenario.shape.start
        loud = [t for t in told if since.at <= t.at < one.until.at and t.commitment in (one.commitment or t.commitment)]
        for change in loud:
            words = (f"why: {change.reason.text}",)
            yield Fault(scenario.line_of(*where), change.commitment, f"quiet until {one.until}", shown(change), words)


def _flags(verdict: Verdict) -> Iterator[str]:
    return (f"flag {flag.kind}: {flag.detail}" for flag in verdict.flags)


def _readings(scenario: Scenario, course: Course, commitment: str) -> tuple[str, ...]:
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
    return title if len(title) <= SHOWN_TITLE else f"{title[: SHOWN_TITLE - 1]}…"
