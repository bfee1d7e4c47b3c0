"""Compares a scenario's expectations with its results. Each difference is a fault with its line and its reasons."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Deadline, Flag, FlagKind, Observation, Signal, Transition, Verdict
from monitor.domain.model.changes import notation
from monitor.domain.model.sides import BOTH, Parties, parties_in
from monitor.domain.text.numerals import AmountInRule
from monitor.replay import ReplayedChange
from monitor.rulebook.testing import scenarios as expectations
from monitor.rulebook.testing.scenarios import Scenario

OPEN_STATES = ("current", "claimed")
ROUNDING = 1e-6
"""Amounts that differ by less than this share are equal: conversion of units loses the last digits."""
W = TypeVar("W")
H = TypeVar("H")


@dataclass(frozen=True, slots=True)
class FailedExpectation:
    """One failed expectation. `words` give the reasons."""

    line: int
    commitment: str
    expected: str
    got: str
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class PlayedScenario:
    """The results of a scenario: alerts, the verdict at each expectation, recorded changes, and signals. `read` maps
    the number of a story to its signals, without stories that joined an earlier one."""

    told: list[ReplayedChange] = field(default_factory=list)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    changes: tuple[Transition, ...] = ()
    read: dict[int, tuple[Signal, ...]] = field(default_factory=dict)
    signals: Mapping[str, Signal] = field(default_factory=dict)
    parties: Parties = field(default_factory=Parties)

    def words(self, change: Transition) -> str:
        ids = dict.fromkeys((*change.evidence, *(i for flag in change.flags for i in flag.evidence)))
        quotes = (self.signals[i].quote for i in ids if i in self.signals)
        details = (detail_text(flag.detail, self.parties) for flag in change.flags)
        return " | ".join((detail_text(change.reason.detail, self.parties), *filter(None, details), *quotes))


def failed_expectations(scenario: Scenario, played: PlayedScenario) -> Iterator[FailedExpectation]:
    shape = scenario.shape
    for number, expected in enumerate(shape.expect):
        verdict = played.verdicts[number]
        for name in sorted(expected.model_fields_set - {"at", "commitment"}):
            want, got = _want_and_got(name, getattr(expected, name), verdict, played.parties)
            if want != got:
                line = scenario.line_of("expect", number, name)
                flags = (f"flag {_flag(flag, played.parties)}" for flag in verdict.flags)
                words = (f"why: {detail_text(verdict.why.detail, played.parties)}", *flags)
                yield FailedExpectation(line, expected.commitment, f"{name} {want} at {expected.at}", got, words)
    alerts = [told.transition for told in played.told]
    missing, listed = _match_changes(scenario, played, "alerts", alerts)
    yield from missing
    yield from _match_changes(scenario, played, "transitions", played.changes)[0]
    # Unwanted changes: those of `never`, alerts in a quiet time, and alerts that are not listed.
    unwanted = list[tuple[int, str, Transition, str]]()
    for number, never in enumerate(shape.never):
        line, wanted = scenario.line_of("never", number), f"never {_wanted_change(never)}"
        own = (change for change in played.changes if change.commitment == never.commitment)
        unwanted += [(line, wanted, c, _words(played, c)) for c in own if _fits_change(never, c, played)]
    unasked = [told.transition for told in played.told if told.by_itself]
    for number, quiet in enumerate(shape.quiet):
        line, since = scenario.line_of("quiet", number), quiet.since or shape.start
        for change in unasked:
            if since.at <= change.at < quiet.until.at and quiet.commitment in ("", change.commitment):
                why = f"why: {detail_text(change.reason.detail, played.parties)}"
                unwanted.append((line, f"quiet until {quiet.until}", change, why))
    if shape.nothing_else:
        line = scenario.line_of("nothing_else")
        others = (change for change in alerts if not any(change is expected for expected in listed))
        unwanted += [(line, "no other alert", change, _words(played, change)) for change in others]
    for line, expectation, change, reason in unwanted:
        yield FailedExpectation(line, change.commitment, expectation, change_text(change), (reason,))


# ---------------------------------------------------------------- verdicts


def _want_and_got(name: str, value: Any, verdict: Verdict, parties: Parties) -> tuple[str, str]:
    """The expected and the actual value of one property as text; equal texts if they agree."""
    progress = verdict.progress
    match name:
        case "status" | "standing" | "outlook":
            return str(value), str(getattr(verdict, name))
        case "steps" | "terms":
            return _listed(value), _listed(getattr(verdict, name))
        case "flags":
            return _flags(value, verdict.flags, parties)
        case "deadline":
            dates = sorted(str(d.date) for d in verdict.deadlines if d.state in OPEN_STATES)
            return str(value), str(value) if str(value) in dates else _listed(dates)
        case "deadlines":
            wants = {" ".join((str(w.day), *filter(None, (w.kind, w.state, w.said_by, w.what)))): w for w in value}
            dated = {f"{d.date} {d.kind} {d.state}, {d.said_by} ({d.what})": d for d in verdict.deadlines}
            fits = partial(_fits_deadline, pairs=parties.pairs)
            return _matched(wants, dated, fits, lambda deadline: deadline.state not in OPEN_STATES)
        case "counted":
            return _amount(value), _amount(AmountInRule(progress.counted, progress.unit)) if progress else "nothing"
        case "readings":
            readings = {_reading_text(w.counter, w.amount, w.up_to, w.basis, w.period): w for w in value}
            counts = {}
            for one in progress.readings if progress else ():
                low, high = AmountInRule(one.amount, one.unit), one.high and AmountInRule(one.high, one.unit)
                counts[_reading_text(one.counter, low, high or None, one.basis or "?", one.period)] = one
            return _matched(readings, counts, _fits_reading)
    why = detail_text(verdict.why.detail, parties)
    return value, value if _contains(why, value) else why


def _matched(
    wants: Mapping[str, W],
    have: Mapping[str, H],
    fits: Callable[[W, H], bool],
    optional: Callable[[H], bool] = lambda _: False,
) -> tuple[str, str]:
    """Wanted and actual values as text; equal texts if all wants are met and all other values are optional."""
    shown = {text: value for text, value in have.items() if not optional(value)}
    met = all(any(fits(want, value) for value in have.values()) for want in wants.values())
    over = any(not any(fits(want, value) for want in wants.values()) for value in shown.values())
    return _listed(wants), _listed(shown) if over or not met else _listed(wants)


def _listed(words: Iterable[object]) -> str:
    return ", ".join(sorted(set(map(str, words)))) or "none"


def _contains(text: str, words: str | None) -> bool:
    """Whether a text contains the words, ignoring case; None is in every text."""
    return words is None or words.casefold() in text.casefold()


def _flags(wanted: expectations.ExpectedFlags, flags: Iterable[Flag], parties: Parties) -> tuple[str, str]:
    # If only kinds are expected, the flags are shown by kind alone.
    bare = all(isinstance(want, FlagKind) for want in wanted)
    have = {flag.kind.value if bare else _flag(flag, parties): flag for flag in flags}

    def fits(want: FlagKind | expectations.ExpectedFlag, flag: Flag) -> bool:
        if isinstance(want, FlagKind):
            return flag.kind is want
        detail = detail_text(flag.detail, parties)
        return flag.kind is want.kind and want.subject in (None, flag.subject) and _contains(detail, want.detail)

    return _matched({_wanted_flag(want): want for want in wanted}, have, fits)


def _flag(flag: Flag, parties: Parties) -> str:
    return f"{flag.kind} {flag.subject}: {detail_text(flag.detail, parties)}"


def _wanted_flag(want: FlagKind | expectations.ExpectedFlag) -> str:
    if isinstance(want, FlagKind):
        return want.value
    return " ".join(filter(None, (want.kind.value, want.subject, f"“{want.detail}”" if want.detail else "")))


def _fits_deadline(want: expectations.ExpectedDeadline, deadline: Deadline, pairs: Collection[frozenset[str]]) -> bool:
    by_both = want.said_by == BOTH and parties_in(deadline.said_by) in pairs
    states = (want.state,) if want.state else OPEN_STATES
    same = deadline.date == want.day and deadline.state in states and _contains(deadline.what, want.what)
    return same and want.kind in (None, deadline.kind) and (by_both or want.said_by in (None, deadline.said_by))


def _amount(amount: AmountInRule) -> str:
    return f"{amount.amount:,.0f} {amount.unit}"


def _reading_text(
    counter: str, amount: AmountInRule, high: AmountInRule | None, basis: str | None, period: str | None
) -> str:
    span = f"{_amount(amount)} to {_amount(high)}" if high else _amount(amount)
    return " ".join(filter(None, (counter, span, basis, period)))


def _fits_reading(want: expectations.ExpectedReading, reading: Observation) -> bool:
    pairs = [(reading.amount, want.amount.amount)]
    if want.up_to:
        pairs.append((reading.high or 0.0, want.up_to.amount))
    alike = all(abs(got - wanted) <= ROUNDING * max(1.0, abs(wanted)) for got, wanted in pairs)
    same = reading.counter == want.counter and reading.unit == want.amount.unit
    return alike and same and want.basis in (None, reading.basis) and want.period in (None, reading.period)


# ---------------------------------------------------------------- changes


def _match_changes(
    scenario: Scenario, played: PlayedScenario, part: str, came: Sequence[Transition]
) -> tuple[list[FailedExpectation], list[Transition]]:
    """Compares the changes of `alerts` or `transitions` with the actual ones, in order for each commitment.

    Returns the missing changes as faults, and the changes that were found.
    """
    faults: list[FailedExpectation] = []
    listed: list[Transition] = []
    label = "alert" if part == "alerts" else "change"
    starts: dict[str, int] = {}
    for number, change in enumerate(getattr(scenario.shape, part)):
        own = [t for t in came if t.commitment == change.commitment]
        start = starts.get(change.commitment, 0)
        index = next((n for n in range(start, len(own)) if _fits_change(change, own[n], played)), None)
        if index is not None:
            listed.append(own[index])
            starts[change.commitment] = index + 1
            continue
        got = "; ".join(map(change_text, own[start:])) or ("nothing more" if own else "nothing")
        near = [t for t in own[start:] if (t.kind, notation(t.change)[1]) == (change.kind, change.to)]
        words, line = tuple(_words(played, t) for t in near), scenario.line_of(part, number)
        faults.append(FailedExpectation(line, change.commitment, f"{label} {_wanted_change(change)}", got, words))
    return faults, listed


def _fits_change(wanted: expectations.ChangeShape, change: Transition, played: PlayedScenario) -> bool:
    """Whether a change is the expected one: all given keys must agree."""
    was, now = notation(change.change)
    properties = (change.way, was, now, change.cause, change.standing, change.outlook)
    expected = (wanted.way, wanted.frm, wanted.to, wanted.cause, wanted.standing, wanted.outlook)
    if wanted.kind is not change.kind or wanted.on not in (None, change.at.date(), change.happened.date()):
        return False
    if any(want not in (None, got) for want, got in zip(expected, properties, strict=True)):
        return False
    if wanted.flags is not None and len(set(_flags(wanted.flags, change.flags, played.parties))) > 1:
        return False
    return all(_contains(played.words(change), quote) for quote in wanted.quotes)


def _wanted_change(change: expectations.ChangeShape) -> str:
    moved = f"{change.frm or '…'} -> {change.to or '…'}"
    more = ", ".join(filter(None, (change.kind, change.way, change.cause, change.standing, change.outlook)))
    on = f" on {change.on}" if change.on else ""
    flags = f" with {_listed(map(_wanted_flag, change.flags))}" if change.flags is not None else ""
    quotes = "".join(f" “{quote}”" for quote in change.quotes)
    return f"{moved} ({more}){on}{flags}{quotes}"


def change_text(change: Transition) -> str:
    was, now = notation(change.change)
    return f"{change.at:%Y-%m-%d %H:%M} {was or '-'} -> {now} ({change.kind}, {change.way}, {change.cause})"


def _words(played: PlayedScenario, change: Transition) -> str:
    flags = ", ".join(flag.kind.value for flag in change.flags)
    return f"{change.at:%Y-%m-%d}: {played.words(change)}" + (f" [{flags}]" if flags else "")
