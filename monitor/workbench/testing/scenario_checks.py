"""What a scenario expected held against what came of it; each difference is a fault with its line and the words behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.messages.wording import detail_text, reason_text
from monitor.domain.model import Deadline, Flag, FlagKind, Observation, Signal, Transition, Verdict
from monitor.domain.model.notation import notation
from monitor.replay import ReplayedChange
from monitor.rulebook.schema.units import AmountInRule
from monitor.rulebook.source.source_map import ValuePath
from monitor.rulebook.testing.expectations import (
    ChangeShape,
    ExpectedDeadline,
    ExpectedFlag,
    ExpectedFlags,
    ExpectedReading,
    ExpectShape,
    QuietShape,
)
from monitor.rulebook.testing.scenarios import Scenario

OPEN_STATES = ("current", "claimed")
Predicate = Callable[[Any], bool]
"""Whether something is what is wanted."""
PART_LABELS = {"alerts": "alert", "transitions": "change"}


@dataclass(frozen=True, slots=True)
class FailedExpectation:
    """One expectation that did not come true. `words` say why it is as it is."""

    line: int
    commitment: str
    expected: str
    got: str
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class PlayedScenario:
    """What came of the stories: the verdict at each expectation, what was told, what was recorded and what was read."""

    told: list[ReplayedChange] = field(default_factory=list)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    changes: tuple[Transition, ...] = ()
    read: dict[int, tuple[Signal, ...]] = field(default_factory=dict)
    """Story number -> its signals; a story that joined an earlier one has no number here."""
    signals: Mapping[str, Signal] = field(default_factory=dict)

    def words(self, change: Transition) -> str:
        """The reason of a change and the sentences behind it."""
        ids = dict.fromkeys((*change.evidence, *(i for flag in change.flags for i in flag.evidence)))
        quotes = (self.signals[i].quote for i in ids if i in self.signals)
        details = (detail_text(flag.detail) for flag in change.flags)
        return " | ".join((reason_text(change.reason), *filter(None, details), *quotes))


def failed_expectations(scenario: Scenario, course: PlayedScenario) -> Iterator[FailedExpectation]:
    """Every expectation of the scenario that did not come true."""
    shape = scenario.shape
    for number, expected in enumerate(shape.expect):
        yield from _unlike(scenario, course, number, expected)
    told = [told.transition for told in course.told]
    listed: list[Transition] = []
    yield from _missing(scenario, course, "alerts", told, listed)
    yield from _missing(scenario, course, "transitions", course.changes, [])
    yield from _forbidden_changes(scenario, course)
    yield from _untimely(scenario, told)
    if shape.nothing_else:
        yield from _unlisted_alerts(
            scenario, course, [change for change in told if not any(change is one for one in listed)]
        )


# ---------------------------------------------------------------- verdicts


def _unlike(
    scenario: Scenario, course: PlayedScenario, number: int, expected: ExpectShape
) -> Iterator[FailedExpectation]:
    verdict = course.verdicts[number]
    wanted = {name: getattr(expected, name) for name in sorted(expected.model_fields_set & VERDICT_CHECKS.keys())}
    for name, value in wanted.items():
        want, got = VERDICT_CHECKS[name](value, verdict)
        if want != got:
            line = scenario.line_of("expect", number, name)
            words = (f"why: {reason_text(verdict.why)}", *(f"flag {_flag(flag)}" for flag in verdict.flags))
            yield FailedExpectation(line, expected.commitment, f"{name} {want} at {expected.at}", got, words)


def _one(value: object, got: object) -> tuple[str, str]:
    return str(value), str(got)


def _all(value: Iterable[object], got: Iterable[object]) -> tuple[str, str]:
    return _listed(value), _listed(got)


def _listed(words: Iterable[object]) -> str:
    return ", ".join(sorted(set(map(str, words)))) or "none"


def _matched(wants: Mapping[str, Predicate], have: Mapping[str, Any], idle: Predicate) -> tuple[str, str]:
    """What is wanted, and the same where each want has its match and nothing is left over but what may lie idle."""
    shown = {text: value for text, value in have.items() if not idle(value)}
    met = all(any(map(fits, have.values())) for fits in wants.values())
    over = any(not any(fits(value) for fits in wants.values()) for value in shown.values())
    return _listed(wants), _listed(shown) if over or not met else _listed(wants)


def _never(_: object) -> bool:
    return False


def _flags(wanted: ExpectedFlags, flags: Iterable[Flag]) -> tuple[str, str]:
    wants = {_wanted_flag(want): _flag_fits(want) for want in wanted}
    bare = all(isinstance(want, FlagKind) for want in wanted)
    return _matched(wants, {flag.kind.value if bare else _flag(flag): flag for flag in flags}, _never)


def _wanted_flag(want: FlagKind | ExpectedFlag) -> str:
    if isinstance(want, FlagKind):
        return want.value
    return " ".join(filter(None, (want.kind.value, want.subject, f"“{want.detail}”" if want.detail else "")))


def _flag_fits(want: FlagKind | ExpectedFlag) -> Callable[[Flag], bool]:
    whole = ExpectedFlag(kind=want) if isinstance(want, FlagKind) else want
    return lambda flag: (
        flag.kind is whole.kind
        and whole.subject in (None, flag.subject)
        and _stands(whole.detail, detail_text(flag.detail))
    )


def _flag(flag: Flag) -> str:
    return f"{flag.kind} {flag.subject}: {detail_text(flag.detail)}"


def _stands(words: str | None, text: str) -> bool:
    return words is None or words.casefold() in text.casefold()


def _date(value: object, verdict: Verdict) -> tuple[str, str]:
    """The date wanted, if it is among the open ones; else all of those."""
    open_dates = sorted(str(d.date) for d in verdict.deadlines if d.state in OPEN_STATES)
    return str(value), str(value) if str(value) in open_dates else _listed(open_dates)


def _deadlines(wanted: Iterable[ExpectedDeadline], verdict: Verdict) -> tuple[str, str]:
    wants = {_wanted_date(want): _date_fits(want) for want in wanted}
    have = {f"{d.date} {d.kind} {d.state}, {d.said_by} ({d.what})": d for d in verdict.deadlines}
    return _matched(wants, have, lambda record: record.state not in OPEN_STATES)


def _wanted_date(want: ExpectedDeadline) -> str:
    parts = (want.kind, want.state, want.said_by, want.what)
    return " ".join((str(want.day), *filter(None, parts)))


def _date_fits(want: ExpectedDeadline) -> Callable[[Deadline], bool]:
    states = (want.state,) if want.state else OPEN_STATES
    return lambda record: (
        record.date == want.day and record.state in states and want.kind in (None, record.kind)
        and want.said_by in (None, record.said_by) and _stands(want.what, record.what)
    )  # fmt: skip


def _count(value: AmountInRule, verdict: Verdict) -> tuple[str, str]:
    done = verdict.progress
    return _amount(value.amount, value.unit), _amount(done.counted, done.unit) if done else "nothing"


def _readings(wanted: Iterable[ExpectedReading], verdict: Verdict) -> tuple[str, str]:
    wants = {_wanted_reading(want): _reading_fits(want) for want in wanted}
    have = verdict.progress.readings if verdict.progress else ()
    return _matched(wants, {_reading(one): one for one in have}, _never)


def _wanted_reading(want: ExpectedReading) -> str:
    high = f" to {_amount(want.up_to.amount, want.up_to.unit)}" if want.up_to else ""
    more = " ".join(filter(None, (want.basis, want.period)))
    return f"{want.counter} {_amount(want.amount.amount, want.amount.unit)}{high} {more}".strip()


def _reading(one: Observation) -> str:
    high = f" to {_amount(one.high, one.unit)}" if one.high else ""
    return f"{one.counter} {_amount(one.amount, one.unit)}{high} {one.basis or '?'} {one.period}".strip()


def _reading_fits(want: ExpectedReading) -> Callable[[Observation], bool]:
    high = want.up_to.amount if want.up_to else None
    return lambda one: (
        one.counter == want.counter and one.unit == want.amount.unit and _near(one.amount, want.amount.amount)
        and (high is None or _near(one.high or 0.0, high))
        and want.basis in (None, one.basis) and want.period in (None, one.period)
    )  # fmt: skip


def _near(one: float, two: float) -> bool:
    """The same amount, whatever the last digit that floats lose."""
    return abs(one - two) <= 1e-6 * max(1.0, abs(two))


def _amount(amount: float, unit: str) -> str:
    return f"{amount:,.0f} {unit}"


VERDICT_CHECKS: Mapping[str, Callable[[Any, Verdict], tuple[str, str]]] = {
    "status": lambda value, verdict: _one(value, verdict.status),
    "standing": lambda value, verdict: _one(value, verdict.standing),
    "outlook": lambda value, verdict: _one(value, verdict.outlook),
    "flags": lambda value, verdict: _flags(value, verdict.flags),
    "deadline": _date,
    "deadlines": _deadlines,
    "counted": _count,
    "readings": _readings,
    "steps": lambda value, verdict: _all(value, verdict.steps),
    "terms": lambda value, verdict: _all(value, verdict.terms),
    "why": lambda value, verdict: _why(value, reason_text(verdict.why)),
}
"""What may be expected of a verdict -> what is wanted and what is there, as text."""


def _why(wanted: str, got: str) -> tuple[str, str]:
    return wanted, wanted if _stands(wanted, got) else got


# ---------------------------------------------------------------- changes


def _missing(
    scenario: Scenario, course: PlayedScenario, part: str, came: Sequence[Transition], listed: list[Transition]
) -> Iterator[FailedExpectation]:  # fmt: skip
    """The changes of a part that did not come, or not in this order; those that did are added to `listed`."""
    at: dict[str, int] = {}
    for number, change in enumerate(getattr(scenario.shape, part)):
        own = [t for t in came if t.commitment == change.commitment]
        start = at.get(change.commitment, 0)
        found = next((n for n in range(start, len(own)) if matches_change(change, own[n], course)), None)
        if found is None:
            got = "; ".join(map(change_text, own[start:])) or ("nothing more" if own else "nothing")
            words = tuple(
                _words(course, near)
                for near in own[start:]
                if (near.kind, notation(near.change)[1]) == (change.kind, change.to)
            )
            line = scenario.line_of(part, number)
            yield FailedExpectation(line, change.commitment, f"{PART_LABELS[part]} {_wanted(change)}", got, words)
        else:
            listed.append(own[found])
            at[change.commitment] = found + 1


def _forbidden_changes(scenario: Scenario, course: PlayedScenario) -> Iterator[FailedExpectation]:
    """Changes that were recorded and must not be."""
    for number, change in enumerate(scenario.shape.never):
        for came in course.changes:
            if came.commitment == change.commitment and matches_change(change, came, course):
                line = scenario.line_of("never", number)
                yield FailedExpectation(
                    line, change.commitment, f"never {_wanted(change)}", change_text(came), (_words(course, came),)
                )


def _unlisted_alerts(
    scenario: Scenario, course: PlayedScenario, told: Iterable[Transition]
) -> Iterator[FailedExpectation]:
    """What was told beside the alerts that are listed."""
    for change in told:
        line = scenario.line_of("nothing_else")
        yield FailedExpectation(
            line, change.commitment, "no other alert", change_text(change), (_words(course, change),)
        )


def matches_change(wanted: ChangeShape, came: Transition, course: PlayedScenario) -> bool:
    """Whether a change is the one that is meant."""
    was, now = notation(came.change)
    pairs = (
        (wanted.way, came.way), (wanted.frm, was), (wanted.to, now), (wanted.cause, came.cause),
        (wanted.standing, came.standing), (wanted.outlook, came.outlook),
    )  # fmt: skip
    days = (None, came.at.date(), came.happened.date())
    alike = wanted.kind is came.kind and wanted.on in days and all(want is None or want == got for want, got in pairs)
    if not alike or (wanted.flags is not None and len(set(_flags(wanted.flags, came.flags))) > 1):
        return False
    return all(_stands(quote, course.words(came)) for quote in wanted.quotes)


def _wanted(change: ChangeShape) -> str:
    moved = f"{change.frm or '…'} -> {change.to or '…'}"
    more = ", ".join(
        str(word) for word in (change.kind, change.way, change.cause, change.standing, change.outlook) if word
    )
    on = f" on {change.on}" if change.on else ""
    flags = f" with {_listed(map(_wanted_flag, change.flags))}" if change.flags is not None else ""
    quotes = "".join(f" “{quote}”" for quote in change.quotes)
    return f"{moved} ({more}){on}{flags}{quotes}"


def change_text(change: Transition) -> str:
    """A change in one line."""
    was, now = notation(change.change)
    words = f"{was or '-'} -> {now} ({change.kind}, {change.way}, {change.cause})"
    return f"{change.at:%Y-%m-%d %H:%M} {words}"


def _words(course: PlayedScenario, change: Transition) -> str:
    flags = ", ".join(flag.kind.value for flag in change.flags)
    return f"{change.at:%Y-%m-%d}: {course.words(change)}" + (f" [{flags}]" if flags else "")


def _untimely(scenario: Scenario, told: Sequence[Transition]) -> Iterator[FailedExpectation]:
    """What was told in a time that had to be quiet."""
    for where, one in quiet_times(scenario):
        since = one.since or scenario.shape.start
        loud = [t for t in told if since.at <= t.at < one.until.at and one.commitment in ("", t.commitment)]
        for change in loud:
            words = (f"why: {reason_text(change.reason)}",)
            yield FailedExpectation(
                scenario.line_of(*where), change.commitment, f"quiet until {one.until}", change_text(change), words
            )


def quiet_times(scenario: Scenario) -> Iterator[tuple[ValuePath, QuietShape]]:
    """The times in which nothing may be told, with their places."""
    for number, quiet in enumerate(scenario.shape.quiet):
        yield ("quiet", number), quiet
    if scenario.shape.quiet_until is not None:
        yield ("quiet_until",), QuietShape(commitment="", since=None, until=scenario.shape.quiet_until)
