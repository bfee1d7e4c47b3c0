"""Then and now: how what was published at a moment differs from what is known of that moment today, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Effect, FlagKind, Signal, Verdict
from monitor.domain.verdicts.evidence_refs import Evidence, all_evidence


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was published otherwise than it is known now; both as words."""

    what: str
    then: str
    known: str


def differences(then: Verdict, known: Verdict) -> tuple[Difference, ...]:
    """What a reader would see differ, the status first."""
    pairs = zip(_compared_values(then), _compared_values(known), strict=True)
    return tuple(Difference(what, was, now) for (what, was), (_, now) in pairs if was != now)


def _compared_values(verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "status", verdict.status
    yield "standing", verdict.standing.value
    yield "outlook", verdict.outlook.value
    flags = {flag.kind.value for flag in verdict.flags if flag.kind is not FlagKind.LATE}
    yield "flags", ", ".join(sorted(flags)) or "none"
    dates = sorted((d.date.isoformat(), d.what) for d in verdict.deadlines if d.state in ("current", "claimed"))
    yield "deadlines", ", ".join(f"{what} {date}" for date, what in dates) or "none"
    counted = verdict.progress
    yield "progress", f"{counted.counted:g} {counted.unit}" if counted is not None else "none"
    yield "steps", ", ".join(verdict.steps) or "none"


@dataclass(frozen=True, slots=True)
class EvidenceBase:
    """What the two verdicts rest on: all evidence ever found, the signals of the present rules, both by id; since when
    the published verdict stood, and the day from whose baseline on the other one is reached."""

    stored: Mapping[str, Evidence]
    read: Mapping[str, Signal]
    published: datetime
    baseline: datetime


def difference_reasons(then: Verdict, known: Verdict, at: datetime, grounds: EvidenceBase) -> tuple[str, ...]:
    """The reasons of the differences, a sentence each: reports that came late, were taken back, are read otherwise now."""
    stored, read = grounds.stored, grounds.read
    behind_known = [read[i] for i in sorted(all_evidence(known)) if i in read]
    behind_then = [stored[i] for i in sorted(all_evidence(then)) if i in stored]
    found = [
        *_late_reports([s for s in behind_known if s.seen_at > at]),
        *(_taken_back(one) for one in behind_then if one.state in ("rejected", "dead") and one.why != "rules"),
        *(_unread(one) for one in behind_then if _is_unread(one, grounds)),
        *_newly_read([s for s in behind_known if s.seen_at <= at], stored),
        *_new_baseline(grounds, at),
        *_mentioned(then, known, at, read),
        *_pinned(then, known),
    ]
    return tuple(dict.fromkeys(found)) or ("the present rules and settings weigh the same reports otherwise",)


def _late_reports(signals: Collection[Signal]) -> Iterator[str]:
    days = Counter((s.happened.end.date(), s.seen_at.date()) for s in {s.story: s for s in signals}.values())
    for (day, seen), count in sorted(days.items()):
        reports = f"{count} reports of {day:%-d %b %Y} were" if count > 1 else f"a report of {day:%-d %b %Y} was"
        yield f"{reports} first seen on {seen:%-d %b %Y}"


def _taken_back(one: Evidence) -> str:
    when = f" on {one.since:%-d %b %Y}" if one.since else ""
    day = f"a report of {one.signal.happened.end:%-d %b %Y}"
    if one.rejection is not None:
        return f"{day} was rejected{when} by {one.rejection.by}: {one.rejection.reason}"
    return f"{day} was {'withdrawn' if one.why == 'withdrawn' else 'edited'} by its publisher{when}"


def _is_unread(one: Evidence, grounds: EvidenceBase) -> bool:
    """Whether the present rules were asked about it, and find nothing."""
    asked = one.signal.happened.end > grounds.baseline and (one.counts or one.why == "rules")
    return asked and one.signal.id not in grounds.read


def _unread(one: Evidence) -> str:
    return f"the present rules no longer read a report of {one.signal.happened.end:%-d %b %Y} as {one.signal.effect} ({one.signal.rule})"


def _newly_read(signals: Collection[Signal], stored: Mapping[str, Evidence]) -> Iterator[str]:
    known = {(e.signal.story, e.signal.effect) for e in stored.values()}
    for s in signals:
        if s.id not in stored and (s.story, s.effect) not in known:
            yield f"the present rules read a report of {s.happened.end:%-d %b %Y} as {s.effect} ({s.rule})"


def _new_baseline(grounds: EvidenceBase, at: datetime) -> Iterator[str]:
    if grounds.published < grounds.baseline <= at:
        yield f"a person's baseline of {grounds.baseline:%-d %b %Y} rules from that day on, and had not been weighed yet"


def _mentioned(then: Verdict, known: Verdict, at: datetime, read: Mapping[str, Signal]) -> Iterator[str]:
    """Silence is noted at a decision; a mention that moves nothing ends it only with the next one."""
    stale = {flag.kind for flag in then.flags} - {flag.kind for flag in known.flags}
    if FlagKind.STALE in stale and known.last_evidence is not None:
        own = (s for s in read.values() if s.commitment == known.commitment and s.effect is Effect.NONE)
        if any(s.happened.end == known.last_evidence and s.seen_at <= at for s in own):
            yield f"a mention of {known.last_evidence:%-d %b %Y} that moves nothing had not been weighed yet"


def _pinned(then: Verdict, known: Verdict) -> Iterator[str]:
    """Pins that held only one of the two."""
    was, now = ({f.subject: detail_text(f.detail) for f in v.flags if f.kind is FlagKind.PINNED} for v in (then, known))
    yield from (f"then {detail}" for pin, detail in was.items() if pin not in now)
    yield from (f"by now {detail}" for pin, detail in now.items() if pin not in was)
