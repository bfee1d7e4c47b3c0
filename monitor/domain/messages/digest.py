"""The regular summary: what changed, where each promise stands, what is open, and what could not be checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.alerts.subscriptions import subscribes_to
from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.evidence_lines import (
    PublisherFinder,
    RenderContext,
    RuleFacts,
    awaited_confirmation,
    evidence_lines,
    known_signals,
    retracted_lines,
    retracted_signals,
)
from monitor.domain.messages.figures import deadline_lines, progress_line, status_timeline
from monitor.domain.messages.headline import route_line, shown_status
from monitor.domain.messages.models import (
    CorroborationLine,
    DeadlineLine,
    DigestBrief,
    EvidenceLine,
    OpenIssueLine,
    SourceHealth,
    SourceLine,
    StatusLine,
)
from monitor.domain.messages.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    Commitment,
    Flag,
    FlagKind,
    Policy,
    Route,
    Signal,
    Story,
    Transition,
    TransitionKind,
    Verdict,
)
from monitor.domain.text.labels import FLAG_LABELS, format_date, format_time, label_of, local_day, pluralised
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.further_evidence import first_per_source

TIMELINE_DAYS = 90
SOON_DAYS = 30
QUOTES_PER_CHANGE = 3
URGENCY = ("breached", "lapsed", "at_risk", "stalled")
SOURCE_STATE_LABELS = {
    "failing": "does not answer",
    "silent": "answers, but has brought nothing new",
    "frozen": "answers with the same page",
    "never": "has never answered",
}


def digest_brief(
    *,
    commitments: Mapping[str, Commitment],
    verdicts: Mapping[str, Verdict],
    transitions: Sequence[Transition],
    history: Sequence[Transition],
    signals: Mapping[str, Signal],
    stories: Mapping[str, Story],
    publishers: PublisherFinder,
    policy: Policy,
    sources: Sequence[SourceHealth],
    route: Route,
    start: datetime,
    end: datetime,
    rules: Mapping[str, RuleFacts] | None = None,
    muted: Mapping[str, str] | None = None,
    watched: RuleActivity | None = None,
    borne: Mapping[str, Sequence[Signal]] | None = None,
) -> DigestBrief:
    """The digest of the commitments that the route follows, for transitions from start (included) to end.

    muted: by commitment, until when and why no alerts are sent of it; watched: what the rules matched; borne: by
    commitment, what bears out its status.
    """
    facts = RenderContext(signals, stories, publishers, policy, end, route.zone, rules or {})
    stands = _subscribed(commitments, verdicts, route)
    names = {commitment.id for commitment, _ in stands}
    mine = (item for item in transitions if item.commitment in names)
    moves = sorted(mine, key=lambda item: (item.at, item.kind is not TransitionKind.STATUS))
    opened = tuple(line for pair in stands for line in _open_issue_lines(*pair, facts))
    soon = tuple(
        sorted((line for pair in stands for line in _upcoming_deadlines(*pair, facts)), key=lambda line: line.date)
    )
    headline = _headline(stands, len(moves))
    quoted = _each_once(tuple(_quotes(item, facts) for item in moves))
    return DigestBrief(
        subject=f"{', '.join(headline)} · {_period_text(local_day(start, route.zone), local_day(end, route.zone))}",
        counts=_counts(headline, opened, soon, sources),
        quiet=not moves,
        changes=tuple(change_line(item, commitments, route.zone) for item in moves),
        evidence=tuple(group[:QUOTES_PER_CHANGE] for group in quoted),
        unquoted=tuple(max(0, len(group) - QUOTES_PER_CHANGE) for group in quoted),
        strips=tuple(
            status_timeline(verdict, commitment.short, history, end - timedelta(days=TIMELINE_DAYS), end)
            for commitment, verdict in stands
        ),
        stands=tuple(_status_line(*pair, facts, (muted or {}).get(pair[0].id, "")) for pair in stands),
        deadlines=soon,
        open=opened,
        unchecked=(
            *(_source(item, facts) for item in sources if item.state != "ok"),
            *(silent_rules([one for one, _ in stands], list(rules or ()), watched, end) if watched else ()),
        ),
        sources=_sources(sources),
        further=tuple(_corroboration_lines(stands, borne or {}, moves, facts)),
        start=start,
        end=end,
        period=f"{format_date(local_day(start, route.zone))} to {format_date(local_day(end, route.zone))}",
        route=route_line(route),
        data_time=format_time(end, route.zone),
        zone=route.zone,
    )


def marked_as_test(brief: DigestBrief) -> DigestBrief:
    """The same digest for trying out a channel: marked at the head of its subject, its first line and its first sentence."""
    return replace(
        brief,
        subject=f"TEST · {brief.subject}",
        period=f"TEST · {brief.period}",
        counts=f"A test sent by hand, which takes the place of no digest. {brief.counts}",
    )


CommitmentVerdict = tuple[Commitment, Verdict]


def _subscribed(
    commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict], route: Route
) -> list[CommitmentVerdict]:
    """The commitments of the route, those in trouble first, parts beside their parent."""
    pairs = [
        (commitment, verdicts[key])
        for key, commitment in commitments.items()
        if key in verdicts and subscribes_to(route, key, commitments.keys())
    ]
    return sorted(pairs, key=lambda pair: (_urgency(pair[1].status), pair[0].id))


def _urgency(status: str) -> int:
    return URGENCY.index(status) if status in URGENCY else len(URGENCY)


# ---------------------------------------------------------------- counts


def _headline(stands: Sequence[CommitmentVerdict], changes: int) -> list[str]:
    """'3 changes', '1 overdue', '2 at risk': what the subject and the first sentence both say."""
    verdicts = [verdict for _, verdict in stands]
    found = [pluralised(changes, "change") if changes else "Nothing changed"]
    overdue = sum(_has(verdict, FlagKind.OVERDUE) for verdict in verdicts)
    found += [f"{overdue} overdue"] if overdue else []
    for status in URGENCY:
        number = sum(verdict.status == status for verdict in verdicts)
        found += [f"{number} {status.replace('_', ' ')}"] if number else []
    return found


def _counts(
    headline: Sequence[str],
    opened: Sequence[OpenIssueLine],
    soon: Sequence[DeadlineLine],
    sources: Sequence[SourceHealth],
) -> str:
    found = list(headline)
    for kind in ("contested", "unconfirmed"):
        number = len({line.commitment for line in opened if line.kind == kind})
        found += [f"{number} {kind}"] if number else []
    found += [f"{pluralised(len(soon), 'deadline')} within {SOON_DAYS} days"] if soon else []
    bad = sum(item.state != "ok" for item in sources)
    found += [f"{pluralised(bad, 'source')} not to be relied on"] if bad else []
    return ", ".join(found) + "."


def _has(verdict: Verdict, kind: FlagKind) -> bool:
    return any(flag.kind is kind for flag in verdict.flags)


def _period_text(start: date, end: date) -> str:
    """'week 11 of 2026', 'weeks 10 and 11 of 2026', 'May 2026'; by its days where it is neither whole weeks nor a month."""
    last = end - timedelta(days=1)
    if (start.day, end.day) == (1, 1) and (start.year, start.month) == (last.year, last.month):
        return f"{start:%B %Y}"
    (year, first, weekday), (_, final, _) = start.isocalendar(), last.isocalendar()
    if weekday == end.isoweekday() == 1 and start < end and year == last.isocalendar().year:
        weeks = f"week {first}" if first == final else f"weeks {first} {'and' if final - first == 1 else 'to'} {final}"
        return f"{weeks} of {year}"
    return _days(start, end)


def _days(start: date, end: date) -> str:
    """'25 to 26 May 2026', '18 May to 1 Jun 2026': no more of the first day than differs from the last."""
    if start == end:
        return format_date(end)
    if start.year != end.year:
        return f"{format_date(start)} to {format_date(end)}"
    return (
        f"{start.day} to {format_date(end)}"
        if start.month == end.month
        else f"{start.day} {start:%b} to {format_date(end)}"
    )


# ---------------------------------------------------------------- rows


def _quotes(move: Transition, facts: RenderContext) -> tuple[EvidenceLine, ...]:
    gone = retracted_signals([move])
    used = known_signals((key for key in (*move.evidence, *move.reason.signals) if key not in gone), facts)
    return (*evidence_lines(used, move.flags, facts), *retracted_lines(gone, facts))


def _each_once(groups: Sequence[tuple[EvidenceLine, ...]]) -> tuple[tuple[EvidenceLine, ...], ...]:
    """The same evidence behind two changes in a row is shown with the first."""
    earlier = [(), *groups[:-1]]
    return tuple(() if group == before else group for before, group in zip(earlier, groups, strict=False))


def _status_line(commitment: Commitment, verdict: Verdict, facts: RenderContext, muted: str) -> StatusLine:
    deadlines = deadline_lines(verdict, commitment.short, facts)
    progress = progress_line(verdict.progress, commitment)
    ruling = verdict.outlook_since if verdict.status == verdict.outlook.value else None
    return StatusLine(
        commitment=commitment.id,
        short=one_line(commitment.short, 60),
        name=one_line(commitment.name, 160),
        status=verdict.status,
        shown=shown_status(verdict),
        since=format_date(local_day(ruling or verdict.since, facts.zone)),
        last_evidence=format_date(local_day(verdict.last_evidence, facts.zone))
        if verdict.last_evidence
        else "none yet",
        deadline=deadlines[0].text if deadlines else "",
        progress=progress.counted_text if progress else "",
        flags=", ".join(
            [*dict.fromkeys(FLAG_LABELS[flag.kind.value] for flag in verdict.flags), *filter(None, [muted])]
        ),
    )


def _upcoming_deadlines(commitment: Commitment, verdict: Verdict, facts: RenderContext) -> list[DeadlineLine]:
    """Dates within the next days, and those past that nobody has settled; a date of the commitment's own name says it once."""
    near = [line for line in deadline_lines(verdict, commitment.short, facts) if line.left <= SOON_DAYS]
    return [replace(line, text=line.text.removeprefix(f"{line.subject} ")) for line in near]


def _corroboration_lines(
    stands: Sequence[CommitmentVerdict],
    borne: Mapping[str, Sequence[Signal]],
    moves: Sequence[Transition],
    facts: RenderContext,
) -> Iterator[CorroborationLine]:
    """By commitment, what says what its status says, apart from what the changes of this digest quote."""
    shown = {key for move in moves for key in (*move.evidence, *move.reason.signals)}
    for commitment, verdict in stands:
        found = known_signals((s.id for s in borne.get(commitment.id, ()) if s.id not in shown), facts)
        if found:
            told = {s.story: facts.stories[s.story] for s in found}
            names = tuple(dict.fromkeys(facts.outlet(story.source, story.url) for story in told.values()))
            verb = "bear" if len(told) > 1 else "bears"
            text = f"{pluralised(len(told), 'more report')} {verb} out that it is {label_of(verdict.status)}"
            quotes = {line.outlet: line for line in reversed(evidence_lines(first_per_source(found), (), facts))}
            opened = tuple(quotes[name] for name in names if name in quotes)[:QUOTES_PER_CHANGE]
            yield CorroborationLine(commitment.id, one_line(commitment.short, 60), one_line(text, 300), opened, names)


def _open_issue_lines(commitment: Commitment, verdict: Verdict, facts: RenderContext) -> list[OpenIssueLine]:
    return [
        OpenIssueLine(
            commitment=commitment.id,
            short=one_line(commitment.short, 60),
            kind=flag.kind.value,
            text=_open_issue_text(flag),
            since=format_date(local_day(flag.since, facts.zone)),
            evidence=evidence_lines(known_signals(flag.evidence, facts), (flag,), facts)[:QUOTES_PER_CHANGE],
        )
        for flag in verdict.flags
        if flag.kind in (FlagKind.CONTESTED, FlagKind.UNCONFIRMED)
    ]


def _open_issue_text(flag: Flag) -> str:
    fallback = awaited_confirmation(flag) if flag.kind is FlagKind.UNCONFIRMED else f"two accounts of {flag.subject}"
    return one_line(detail_text(flag.detail) or fallback, 300)


def _source(source: SourceHealth, facts: RenderContext) -> SourceLine:
    since = f" since {format_time(source.since, facts.zone)}" if source.since else ""
    detail = f" ({one_line(source.detail, 200)})" if source.detail else ""
    return SourceLine(one_line(source.name, 60), source.state, f"{SOURCE_STATE_LABELS[source.state]}{since}{detail}")


def _sources(sources: Sequence[SourceHealth]) -> str:
    if not sources:
        return "No feed is polled, so there was none to check."
    fine = sum(item.state == "ok" for item in sources)
    return f"{fine} of {pluralised(len(sources), 'source')} can be relied on."
