"""The parts that alerts and digests share: evidence, whose word it is, progress, deadlines and the status strip."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from monitor.domain.brief_model import DeadlineLine, EvidenceLine, Point, ProgressLine, Span, Strip
from monitor.domain.brief_words import (
    amount,
    amount_range,
    clean,
    clock,
    counter_name,
    day,
    days_left,
    listed,
    local_day,
    percent,
    says,
    sentence,
    side,
    web_link,
    words,
)
from monitor.domain.change import StatusChanged
from monitor.domain.model import (
    Commitment,
    Deadline,
    Flag,
    FlagKind,
    Policy,
    Progress,
    Publisher,
    Reading,
    Says,
    Signal,
    Standing,
    Status,
    Story,
    Target,
    Transition,
    Verdict,
)
from monitor.domain.sides import PARTIES
from monitor.domain.wording import NO_SECOND, clauses, detail_text

BAR_CELLS = 20
OPEN_DEADLINES = ("current", "claimed")


class Finds(Protocol):
    """Whatever knows publishers by name or address."""

    def find(self, source: str, url: str = "") -> Publisher: ...


class RuleFacts(Protocol):
    """What a brief needs to know of a rule."""

    @property
    def version(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at the moment a brief is made, so that its builders need not pass six things along."""

    signals: Mapping[str, Signal]
    stories: Mapping[str, Story]
    publishers: Finds
    policy: Policy
    now: datetime
    zone: str
    rules: Mapping[str, RuleFacts] = field(default_factory=dict)

    def outlet(self, source: str, url: str = "") -> str:
        return clean(self.publishers.find(source, url).name or source or "an unnamed outlet", 60)


# ---------------------------------------------------------------- evidence


def known_signals(ids: Iterable[str], facts: Facts) -> tuple[Signal, ...]:
    """The signals still stored together with their story, each once, in the order given."""
    found = (facts.signals[key] for key in dict.fromkeys(ids) if key in facts.signals)
    return tuple(signal for signal in found if signal.story in facts.stories)


def evidence_lines(signals: Sequence[Signal], flags: Sequence[Flag], facts: Facts) -> tuple[EvidenceLine, ...]:
    """One line a quoted sentence; the same sentence matched twice is shown once."""
    disputed = {key for flag in flags if flag.kind is FlagKind.CONTESTED for key in flag.evidence}
    lead = signals[0].says if signals else Says.PRESS
    lines: dict[tuple[str, str], EvidenceLine] = {}
    for signal in signals:
        line = _line(signal, facts)
        against = signal.id in disputed and signal.says is not lead
        lines.setdefault((signal.story, line.quote), replace(line, against=against))
    return tuple(lines.values())


def _line(signal: Signal, facts: Facts) -> EvidenceLine:
    story = facts.stories[signal.story]
    rule = facts.rules.get(signal.rule)
    place = f"{rule.path}:{rule.line}" if rule and rule.version == signal.rule_version else ""
    return EvidenceLine(
        basis="quote",
        quote=clean(signal.quote or story.title),
        outlet=facts.outlet(story.source, story.url),
        others=len(_outlets([story], facts)) - 1,
        says=voice(signal),
        at=story.published_at,
        when=_when(story, facts.zone),
        url=web_link(story.url),
        rule=clean(signal.rule, 80),
        version=clean(signal.rule_version, 12),
        place=clean(place, 120),
        signal=signal.id,
    )


def _when(story: Story, zone: str) -> str:
    return day(story.published_at.date()) if story.date_only else clock(story.published_at, zone)


def voice(signal: Signal) -> str:
    """Whose word a signal is: 'US Treasury says', or '' when the outlet speaks for itself."""
    if signal.says is Says.PRESS:
        return ""
    if signal.says is Says.DATA:
        return f"{speaker(signal)} {says(speaker(signal), 'show')}"
    return f"{speaker(signal)} {says(speaker(signal))}"


def speaker(signal: Signal) -> str:
    return clean(signal.origin, 60) or side(signal.says.value)


# ---------------------------------------------------------------- how sure


def sure_line(signals: Sequence[Signal], flags: Sequence[Flag], facts: Facts) -> str:
    """How sure, and by whose word: 'US Treasury says; China has not confirmed it. Carried by Reuters.'"""
    voices = [signal for signal in signals if signal.says is not Says.PRESS]
    names = tuple(dict.fromkeys(map(speaker, voices)))
    told = [facts.stories[signal.story] for signal in signals]
    origins = _independent(signals, facts)
    opening = _disputed(flags, names) or _spoken(voices) or _reported(_outlets(told, facts), origins)
    several = not voices and (len(origins) > 1 or not signals)  # where nothing is quoted, a doubt says all of itself
    doubts = (unsure(flag, several=several) for flag in flags if flag.kind is FlagKind.UNCONFIRMED)
    said = "; ".join(dict.fromkeys((*opening, *(clause for doubt in doubts for clause in doubt))))
    carriers = _carriers(_outlets(told, facts, apart=frozenset(names))) if names else ""
    tail = f" Carried by {carriers}." if carriers else ""
    return f"{sentence(said)}.{tail}" if said else ""


def _spoken(voices: Sequence[Signal]) -> tuple[str, ...]:
    """'US Treasury says'; 'US Treasury and MOFCOM say', 'USDA data show it'."""
    data = tuple(dict.fromkeys(speaker(signal) for signal in voices if signal.says is Says.DATA))
    words_ = {speaker(signal): voice(signal) for signal in voices if signal.says is not Says.DATA}
    said = next(iter(words_.values())) if len(words_) == 1 else f"{listed(tuple(words_))} say" if words_ else ""
    shown = f"{listed(data)} {says(data[0], 'show') if len(data) == 1 else 'show'} it" if data else ""
    return tuple(filter(None, (said, shown)))


def _reported(outlets: Sequence[str], origins: Collection[str]) -> tuple[str, ...]:
    """'Reuters reports', 'no second source yet'; 'Reuters and 2 others report, from 3 independent sources'."""
    if not outlets:
        return ()
    who = _carriers(outlets)
    if len(outlets) == 1:
        return f"{who} {says(who, 'report')}", NO_SECOND
    sources = f"from {len(origins)} independent sources" if len(origins) > 1 else "all from one source"
    return (f"{who} report, {sources}",) if origins else (f"{who} report", NO_SECOND)


def _independent(signals: Iterable[Signal], facts: Facts) -> frozenset[str]:
    """The voices of the press that corroborate by the policy, each once. A report that reached us first through a publisher
    that does not is the word of the best outlet that carried it."""
    counting = facts.policy.corroborating_tiers
    found = (signal.origin if signal.tier in counting else _best_origin(signal, facts) for signal in signals)
    return frozenset(filter(None, found))


def _best_origin(signal: Signal, facts: Facts) -> str:
    outlets = facts.stories[signal.story].outlets
    known = [facts.publishers.find(outlet.source, outlet.url) for outlet in outlets]
    best = min(known, key=lambda publisher: publisher.tier, default=None)
    return best.origin if best is not None and best.tier in facts.policy.corroborating_tiers else ""


def _disputed(flags: Sequence[Flag], names: Sequence[str]) -> tuple[str, ...]:
    contested = [flag for flag in flags if flag.kind is FlagKind.CONTESTED]
    if not contested:
        return ()
    if len(names) > 1:
        return (f"contested: {listed(names)} contradict each other",)
    about = detail_text(contested[0].detail) or words(contested[0].subject)
    return (clean(f"contested: {about}", 200).rstrip("."),)


def unsure(flag: Flag, *, several: bool = False) -> tuple[str, ...]:
    """What an unconfirmed flag adds: which side is silent; of a date, or of trouble that one voice sees, its own words.

    several: more than one source tells of the change, so that it is another thing which has no second source yet.
    """
    sides = flag.sides <= PARTIES | {"data"}
    waits = flag.subject in {standing.value for standing in Standing}
    silent, detail = silence(flag), _within(clauses(flag.detail), 160)
    if several and silent == NO_SECOND:
        return detail
    return (silent,) if sides or waits or not detail else detail


def _within(said: Iterable[str], limit: int) -> tuple[str, ...]:
    """The clauses fit to print, without a last full stop; cut where they are too long together."""
    parts = tuple(filter(None, (clean(part, limit) for part in said)))
    if len("; ".join(parts)) > limit:
        return (clean("; ".join(parts), limit),)
    return (*parts[:-1], parts[-1].rstrip(".")) if parts else ()


def silence(flag: Flag) -> str:
    """Who has not confirmed, in words."""
    if flag.subject == "both" or {"us", "cn"} <= flag.sides:
        return "neither side has confirmed it"
    if flag.subject == "data":
        return "no independent data confirm it"
    if flag.sides <= PARTIES - {"others"}:
        return f"{side(flag.subject)} has not confirmed it"
    return NO_SECOND


def _outlets(stories: Iterable[Story], facts: Facts, apart: Collection[str] = ()) -> tuple[str, ...]:
    """The names of all outlets that carried the stories, the first teller first; without those that belong to `apart`."""
    names: dict[str, None] = {}
    for story in stories:
        told = sorted(story.outlets, key=lambda item: item.published_at)
        for source, url in ((story.source, story.url), *((item.source, item.url) for item in told)):
            name, owner = facts.outlet(source, url), clean(facts.publishers.find(source, url).origin, 60)
            if not {name, owner} & set(apart):
                names.setdefault(name)
    return tuple(names)


def _carriers(names: Sequence[str]) -> str:
    """'Reuters', 'Reuters and Xinhua', 'Reuters and 6 others'."""
    if len(names) <= 2:
        return listed(names)
    return f"{names[0]} and {len(names) - 1} others"


# ---------------------------------------------------------------- progress


def progress_line(progress: Progress | None, commitment: Commitment) -> ProgressLine | None:
    if progress is None:
        return None
    share = progress.share if progress.basis and progress.target and progress.counted else None
    target = _target(progress, commitment)
    return ProgressLine(
        text=_readings(progress),
        bar=text_bar(share),
        share=share,
        counted=progress.counted,
        target=progress.target,
        unit=progress.unit,
        label=clean(progress.label, 80),
        counted_text=_counted(progress, share),
        target_text=amount(progress.target, progress.unit),
        start=target.start if target else None,
        due=target.due if target else None,
        points=tuple(
            Point(counter_name(item.counter), item.as_of, item.amount)
            for item in sorted(progress.readings, key=lambda item: item.as_of)
        ),
        done=bar_width(share),
    )


def bar_width(share: float | None) -> int | None:
    """How much of a bar is filled, in whole percent; a bar that has begun is never shown empty."""
    return None if share is None else min(100, max(1, int(share * 100 + 1e-9)))


def text_bar(share: float | None) -> str:
    """'[#######-------------] 33%', or '' when there is no share to show."""
    if share is None:
        return ""
    filled = min(BAR_CELLS, max(0, int(share * BAR_CELLS)))
    return f"[{'#' * filled}{'-' * (BAR_CELLS - filled)}] {percent(share)}"


def _counted(progress: Progress, share: float | None) -> str:
    of = f"of {amount(progress.target, progress.unit)}" if progress.target else "counted, no target on the same basis"
    tail = f" {progress.basis}" if progress.basis else ""
    if not progress.counted and progress.readings:  # somebody counts, and nobody bears it out
        return (
            f"nothing confirmed of {amount(progress.target, progress.unit)}" if progress.target else "nothing confirmed"
        )
    return f"{amount(progress.counted, progress.unit)} {of}{tail}" + (
        f" ({percent(share)})" if share is not None else ""
    )


def _readings(progress: Progress) -> str:
    """Each counter's latest count, highest first: '8-10 Mt traders, 4 Mt USDA'; single purchases only where nobody counts, or
    where they are what the progress rests on."""
    latest: dict[str, Reading] = {}
    for reading in sorted(progress.readings, key=lambda item: item.as_of):
        latest[reading.counter] = reading
    told = [item for item in latest.values() if not item.single]
    counts = (
        [item for item in latest.values() if not item.single or item.amount == progress.counted]
        if told
        else latest.values()
    )
    ranked = sorted(counts, key=lambda item: (-item.amount, item.counter))
    return ", ".join(_reading(item, progress.target or progress.high) for item in ranked)


def _reading(reading: Reading, like: float) -> str:
    number = amount(reading.amount, reading.unit, like=reading.amount or like)
    if reading.high is None:
        number = f"at least {number}"
    elif reading.high > reading.amount:
        number = amount_range(reading.amount, reading.high, reading.unit)
    return f"{number} {counter_name(reading.counter)}" + (" in single purchases" if reading.single else "")


def _target(progress: Progress, commitment: Commitment) -> Target | None:
    same = [target for target in commitment.targets if target.amount == progress.target]
    return next((target for target in same if target.label == progress.label), same[0] if same else None)


# ---------------------------------------------------------------- deadlines


def deadline_lines(verdict: Verdict, short: str, facts: Facts) -> tuple[DeadlineLine, ...]:
    """The dates that still count, nearest first."""
    still = [deadline for deadline in verdict.deadlines if deadline.state in OPEN_DEADLINES]
    return tuple(
        deadline_line(deadline, verdict.commitment, short, facts)
        for deadline in sorted(still, key=lambda item: (item.date, item.what))
    )


def deadline_line(deadline: Deadline, commitment: str, short: str, facts: Facts) -> DeadlineLine:
    left = (deadline.date - local_day(facts.now, facts.zone)).days
    coming, gone = ("expires", "was to expire") if deadline.kind == "expiry" else ("due", "was due")
    only = f" (only {side(deadline.said_by)} says so)" if deadline.state == "claimed" else ""
    shown = day(deadline.date) if deadline.precision == "day" else f"{deadline.date:%b %Y}"
    return DeadlineLine(
        subject=clean(short, 60),
        what=clean(deadline.what, 80),
        kind=deadline.kind,
        date=deadline.date,
        left=left,
        state=deadline.state,
        said_by=side(deadline.said_by) if deadline.said_by else "",
        text=f"{clean(deadline.what, 80)} {gone if left < 0 else coming} {shown}, {days_left(left)}{only}",
        commitment=commitment,
    )


# ---------------------------------------------------------------- the strip of statuses


def status_after(move: Transition) -> Status:
    return Verdict(move.commitment, move.standing, move.at, move.outlook).status


def status_strip(verdict: Verdict, short: str, history: Iterable[Transition], start: datetime, end: datetime) -> Strip:
    """The statuses of one commitment between two instants, adjacent equal ones joined."""
    own = (item for item in history if item.commitment == verdict.commitment)
    moves = sorted(
        ((item.at, status_after(item), item.change.old) for item in own if isinstance(item.change, StatusChanged)),
        key=lambda move: move[0],
    )
    changes = [(at, status) for at, status, _ in moves if at < end]
    first = moves[0][2] if moves else verdict.status
    spans: list[Span] = []
    for (begin, status), (stop, _) in zip([(start, first), *changes], [*changes, (end, "")], strict=True):
        _extend(spans, Span(status, max(begin, start), stop))
    return Strip(verdict.commitment, clean(short, 60), tuple(spans))


def _extend(spans: list[Span], span: Span) -> None:
    if span.end <= span.start:
        return
    if spans and spans[-1].status == span.status:
        spans[-1] = replace(spans[-1], end=span.end)
    else:
        spans.append(span)
