"""The as-of view in words: how a verdict as published at a moment differs from the one known now, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.domain.messages.who_read import is_read_by_rule, rule_or_readers
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Effect, FlagKind, Signal, Verdict
from monitor.domain.model.news import READ_OTHERWISE
from monitor.domain.model.reasons import Rejection
from monitor.domain.model.sides import Parties
from monitor.domain.verdicts.deadlines import OPEN_STATES
from monitor.domain.verdicts.evidence import Evidence, all_evidence


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that was published differently than it is known now; both in words."""

    what: str
    then: str
    known: str


@dataclass(frozen=True, slots=True)
class EvidenceBase:
    """The evidence behind the two verdicts. stored: all evidence ever found, by id; read: the signals of the present
    rules, by id; published: the beginning of the published verdict; baseline: the day from which the present rules
    read; read_since: the texts that a model or a person has read after the moment, with the time."""

    stored: Mapping[str, Evidence]
    read: Mapping[str, Signal]
    published: datetime
    baseline: datetime
    read_since: Mapping[str, datetime] = field(default_factory=dict)
    parties: Parties = field(default_factory=Parties)


def differences(then: Verdict, known: Verdict) -> tuple[Difference, ...]:
    """The visible values that differ, the status first."""
    values: list[dict[str, str]] = []
    for verdict in (then, known):
        flags = sorted({flag.kind.value for flag in verdict.flags if flag.kind is not FlagKind.LATE})
        dates = sorted((d.date.isoformat(), d.what) for d in verdict.deadlines if d.state in OPEN_STATES)
        compared = {
            "status": verdict.status,
            "standing": verdict.standing.value,
            "outlook": verdict.outlook.value,
            "flags": ", ".join(flags),
            "deadlines": ", ".join(f"{what} {date}" for date, what in dates),
            "progress": f"{verdict.progress.counted:g} {verdict.progress.unit}" if verdict.progress else "",
            "steps": ", ".join(verdict.steps),
        }
        values.append({what: value or "none" for what, value in compared.items()})
    was, now = values
    return tuple(Difference(what, was[what], now[what]) for what in was if was[what] != now[what])


def difference_reasons(then: Verdict, known: Verdict, at: datetime, base: EvidenceBase) -> tuple[str, ...]:
    """The reasons of the differences, a sentence each; one general sentence if no reason is found. at: the moment of
    the view.

    1. Reports that were first seen later, and reports that no longer count.
    2. Reports that were read later, or that the present rules read differently.
    3. A baseline, a mention or a pin that was not yet part of the published verdict.
    """
    stored, read = base.stored, base.read
    behind_known = [read[key] for key in sorted(all_evidence(known)) if key in read]
    behind_then = [stored[key] for key in sorted(all_evidence(then)) if key in stored]
    reasons = []
    late = {signal.story: signal for signal in behind_known if signal.seen_at > at}
    days = Counter((signal.happened.end.date(), signal.seen_at.date()) for signal in late.values())
    for (day, seen), count in sorted(days.items()):
        reports = f"{count} reports of {day:%-d %b %Y} were" if count > 1 else f"a report of {day:%-d %b %Y} was"
        reasons.append(f"{reports} first seen on {seen:%-d %b %Y}")
    for item in behind_then:
        if item.state in ("rejected", "dead") and item.why != "rules":
            text = retraction_text(item.why, item.since, item.rejection)
            before = f" (before: {rule_or_readers(item.signal)})" if text.startswith(READ_OTHERWISE) else ""
            reasons.append(f"a report of {item.signal.happened.end:%-d %b %Y} was {text}{before}")

    # Flags and steps name no evidence: there every signal of the commitment may be the cause.
    own = [s for _, s in sorted(read.items()) if s.commitment == known.commitment and s.effect is not Effect.NONE]
    for signal in behind_known or own:
        if signal.seen_at <= at and signal.revision in base.read_since and not is_read_by_rule(signal):
            read_on = f"{base.read_since[signal.revision]:%-d %b %Y}"
            report = f"a report of {signal.happened.end:%-d %b %Y} was read as {signal.effect}"
            reasons.append(f"{report} on {read_on} ({rule_or_readers(signal)})")
    # Signals that the present rules no longer find in texts that they read, and signals that only they find.
    asked = (e.signal for e in behind_then if e.signal.happened.end > base.baseline and (e.counts or e.why == "rules"))
    reread = [(signal, "no longer read") for signal in asked if signal.id not in read]
    effects = {(item.signal.story, item.signal.effect) for item in stored.values()}
    fresh = (s for s in behind_known if s.id not in stored and (s.story, s.effect) not in effects)
    for signal, verb in (*reread, *((signal, "read") for signal in fresh if signal.seen_at <= at)):
        # 'today's rules no longer read a report of 3 Feb 2026 as progress (soy/bought)'
        readers = "today's rules and readings" if signal.read_by else "today's rules"
        report = f"a report of {signal.happened.end:%-d %b %Y} as {signal.effect}"
        reasons.append(f"{readers} {verb} {report} ({rule_or_readers(signal)})")

    if base.published < base.baseline <= at:
        start = f"{base.baseline:%-d %b %Y}"
        reasons.append(f"a person's baseline applies from {start} and was not yet part of the verdict")
    # The stale flag is raised at a decision. A mention without an effect ends it only at the next decision.
    ended = {flag.kind for flag in then.flags} - {flag.kind for flag in known.flags}
    mentions = (s for s in read.values() if s.commitment == known.commitment and s.effect is Effect.NONE)
    if FlagKind.STALE in ended and any(s.happened.end == known.last_evidence and s.seen_at <= at for s in mentions):
        reasons.append(f"a mention of {known.last_evidence:%-d %b %Y} was not yet part of the verdict")
    was, now = (
        {f.subject: detail_text(f.detail, base.parties) for f in v.flags if f.kind is FlagKind.PINNED}
        for v in (then, known)
    )
    reasons += [f"then {detail}" for pin, detail in was.items() if pin not in now]
    reasons += [f"now {detail}" for pin, detail in now.items() if pin not in was]
    return tuple(dict.fromkeys(reasons)) or ("today's rules and settings weigh the same reports differently",)


def retraction_text(why: str, since: datetime | None, rejection: Rejection | None) -> str:
    """The fate of a report that no longer counts: 'withdrawn by its publisher on 3 Feb 2026'. why: as stored with the
    retired signal; rejection: by a person, which takes precedence."""
    when = f" on {since:%-d %b %Y}" if since else ""
    if rejection is not None:
        return f"rejected{when} by {rejection.by}: {rejection.reason}"
    if why == READ_OTHERWISE:
        return f"{READ_OTHERWISE}{when}"
    return f"{'withdrawn' if why == 'withdrawn' else 'edited'} by its publisher{when}"
