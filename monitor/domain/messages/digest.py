"""Builds the view model of a digest: what changed, how each commitment stands, what is open, what could not be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.alerts.subscriptions import subscribes_to
from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.confidence import awaited_confirmation
from monitor.domain.messages.evidence_lines import RenderContext, evidence_lines, known_signals, retracted_signals
from monitor.domain.messages.figures import deadline_lines, has_flag, progress_line, status_since, status_timeline
from monitor.domain.messages.headline import route_line, shown_status
from monitor.domain.messages.models import (
    CorroborationLine,
    DeadlineLine,
    DigestBrief,
    EvidenceLine,
    OpenIssueLine,
    ReaderCounts,
    SourceHealth,
    SourceLine,
    StatusLine,
    StatusTimeline,
)
from monitor.domain.messages.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Commitment, FlagKind, Route, Signal, Transition, TransitionKind, Verdict
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

CommitmentVerdict = tuple[Commitment, Verdict]


def digest_brief(
    context: RenderContext,
    route: Route,
    start: datetime,
    *,
    transitions: Sequence[Transition],
    history: Sequence[Transition],
    sources: Sequence[SourceHealth],
    muted: Mapping[str, str] | None = None,
    watched: RuleActivity | None = None,
    corroborating: Mapping[str, Sequence[Signal]] | None = None,
    readers: ReaderCounts | None = None,
) -> DigestBrief:
    """Build the digest of the commitments that the route follows, for transitions from start (included) to context.now.

    muted: by commitment, until when and why it sends no alerts; watched: what the rules matched, None to leave out silent
    rules; corroborating: by commitment, the signals that corroborate its status; readers: None to leave out where readers and
    rules differ.
    """
    names, verdicts = context.commitments.keys(), context.verdicts
    context, end = context.cleaned(key for key in names if subscribes_to(route, key, names)), context.now
    # Urgent ones first, parts beside their parent.
    rank = {status: number for number, status in enumerate(URGENCY)}
    pairs = [(commitment, verdicts[key]) for key, commitment in context.commitments.items() if key in verdicts]
    followed = sorted(pairs, key=lambda pair: (rank.get(pair[1].status, len(URGENCY)), pair[0].id))
    subjects = {commitment.id for commitment, _ in followed}
    changes = [item for item in transitions if item.commitment in subjects]
    changes.sort(key=lambda item: (item.at, item.kind is not TransitionKind.STATUS))
    stands: list[StatusLine] = []
    soon: list[DeadlineLine] = []
    open_issues: list[OpenIssueLine] = []
    strips: list[StatusTimeline] = []
    further: list[CorroborationLine] = []
    quotable = {key for change in changes for key in (*change.evidence, *change.reason.signals)}
    for commitment, verdict in followed:
        strips.append(status_timeline(verdict, commitment.short, history, end - timedelta(days=TIMELINE_DAYS), end))
        deadlines = deadline_lines(verdict, commitment.short, context)
        stands.append(_status_line(commitment, verdict, deadlines, context, (muted or {}).get(commitment.id, "")))
        # Dates within the next days, and past ones that are still open; the commitment's name is not repeated.
        near = [line for line in deadlines if line.left <= SOON_DAYS]
        soon += [replace(line, text=line.text.removeprefix(f"{line.subject} ")) for line in near]
        open_issues += _open_issues(commitment, verdict, context)
        # The reports that corroborate the status and that no change of this digest quotes.
        reports = (corroborating or {}).get(commitment.id, ())
        if others := known_signals((signal.id for signal in reports if signal.id not in quotable), context):
            further.append(_corroboration_line(commitment, verdict, others, context))
    headline = _headline(followed, len(changes))
    quoted = _quoted_evidence(changes, context)
    unreliable = [_source_line(item, context) for item in sources if item.state != "ok"]
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    first_day, last_day = local_day(start, route.zone), local_day(end, route.zone)
    reliable = f"{len(sources) - len(unreliable)} of {pluralised(len(sources), 'source')} can be relied on."
    return DigestBrief(
        subject=f"{', '.join(headline)} · {_period_text(first_day, last_day)}",
        counts=_counts(headline, open_issues, len(soon), len(unreliable)),
        quiet=not changes,
        changes=tuple(change_line(item, context) for item in changes),
        evidence=tuple(group[:QUOTES_PER_CHANGE] for group in quoted),
        unquoted=tuple(max(0, len(group) - QUOTES_PER_CHANGE) for group in quoted),
        strips=tuple(strips),
        stands=tuple(stands),
        deadlines=tuple(sorted(soon, key=lambda line: line.date)),
        open=tuple(open_issues),
        unchecked=(*unreliable, *quiet_rules),
        sources=reliable if sources else "No feed is polled, so there was none to check.",
        further=tuple(further),
        readers=readers,
        start=start,
        end=end,
        period=f"{format_date(first_day)} to {format_date(last_day)}",
        route=route_line(route),
        data_time=format_time(end, route.zone),
        zone=route.zone,
    )


def marked_as_test(brief: DigestBrief) -> DigestBrief:
    """The same digest for testing a channel, marked at the head of its subject, first line and first sentence."""
    counts = f"A test sent by hand, which takes the place of no digest. {brief.counts}"
    return replace(brief, subject=f"TEST · {brief.subject}", period=f"TEST · {brief.period}", counts=counts)


# ---------------------------------------------------------------- counts and period


def _headline(followed: Sequence[CommitmentVerdict], changes: int) -> list[str]:
    """'3 changes', '1 overdue', '2 at risk': the parts that open the subject and the first sentence."""
    verdicts = [verdict for _, verdict in followed]
    parts = [pluralised(changes, "change") if changes else "Nothing changed"]
    counted = {"overdue": sum(has_flag(verdict, FlagKind.OVERDUE) for verdict in verdicts)}
    counted |= {status.replace("_", " "): sum(v.status == status for v in verdicts) for status in URGENCY}
    return parts + [f"{number} {label}" for label, number in counted.items() if number]


def _counts(headline: Sequence[str], issues: Sequence[OpenIssueLine], soon: int, unreliable: int) -> str:
    parts = list(headline)
    for kind in ("contested", "unconfirmed"):
        number = len({line.commitment for line in issues if line.kind == kind})
        parts += [f"{number} {kind}"] if number else []
    parts += [f"{pluralised(soon, 'deadline')} within {SOON_DAYS} days"] if soon else []
    parts += [f"{pluralised(unreliable, 'source')} not to be relied on"] if unreliable else []
    return ", ".join(parts) + "."


def _period_text(start: date, end: date) -> str:
    """'week 11 of 2026', 'weeks 10 and 11 of 2026', 'May 2026'; else its days: '25 to 26 May 2026'. end: excluded."""
    last = end - timedelta(days=1)
    if (start.day, end.day) == (1, 1) and (start.year, start.month) == (last.year, last.month):
        return f"{start:%B %Y}"
    (year, first, weekday), (last_year, final, _) = start.isocalendar(), last.isocalendar()
    if weekday == end.isoweekday() == 1 and start < end and year == last_year:
        weeks = f"week {first}" if first == final else f"weeks {first} {'and' if final - first == 1 else 'to'} {final}"
        return f"{weeks} of {year}"
    # The first day repeats no part of the last one.
    if start == end:
        return format_date(end)
    if start.year != end.year:
        return f"{format_date(start)} to {format_date(end)}"
    if start.month != end.month:
        return f"{start.day} {start:%b} to {format_date(end)}"
    return f"{start.day} to {format_date(end)}"


# ---------------------------------------------------------------- rows


def _quoted_evidence(changes: Sequence[Transition], context: RenderContext) -> list[tuple[EvidenceLine, ...]]:
    """The evidence of each change. The same evidence behind two changes in a row is shown with the first."""
    quoted: list[tuple[EvidenceLine, ...]] = []
    for change in changes:
        retracted = retracted_signals([change])
        ids = [key for key in (*change.evidence, *change.reason.signals) if key not in retracted]
        live = evidence_lines(known_signals(ids, context), change.flags, context)
        quoted.append((*live, *evidence_lines(known_signals(retracted, context), (), context, gone=True)))
    return [() if group == before else group for before, group in zip([(), *quoted], quoted, strict=False)]


def _source_line(source: SourceHealth, context: RenderContext) -> SourceLine:
    since = f" since {format_time(source.since, context.zone)}" if source.since else ""
    detail = f" ({one_line(source.detail, 200)})" if source.detail else ""
    return SourceLine(one_line(source.name, 60), source.state, f"{SOURCE_STATE_LABELS[source.state]}{since}{detail}")


def _status_line(
    commitment: Commitment, verdict: Verdict, deadlines: Sequence[DeadlineLine], context: RenderContext, muted: str
) -> StatusLine:
    progress = progress_line(verdict.progress, commitment, context)
    since = format_date(status_since(verdict, context.zone))
    last_evidence = format_date(local_day(verdict.last_evidence, context.zone)) if verdict.last_evidence else "none yet"
    deadline, counted = deadlines[0].text if deadlines else "", progress.counted_text if progress else ""
    flags = dict.fromkeys(FLAG_LABELS[flag.kind.value] for flag in verdict.flags)
    named = commitment.id, commitment.short, commitment.name, verdict.status, shown_status(verdict)
    return StatusLine(*named, since, last_evidence, deadline, counted, ", ".join([*flags, muted] if muted else flags))


def _corroboration_line(
    commitment: Commitment, verdict: Verdict, signals: Sequence[Signal], context: RenderContext
) -> CorroborationLine:
    stories = {signal.story: context.stories[signal.story] for signal in signals}
    names = tuple(dict.fromkeys(context.outlet(story.source, story.url) for story in stories.values()))
    verb = "say" if len(stories) > 1 else "says"
    text = f"{pluralised(len(stories), 'more report')} {verb} that it is {label_of(verdict.status)}"
    quotes = {line.outlet: line for line in reversed(evidence_lines(first_per_source(signals), (), context))}
    few = tuple(quotes[name] for name in names if name in quotes)[:QUOTES_PER_CHANGE]
    return CorroborationLine(commitment.id, commitment.short, one_line(text, 300), few, names)


def _open_issues(commitment: Commitment, verdict: Verdict, context: RenderContext) -> list[OpenIssueLine]:
    lines = []
    for flag in verdict.flags:
        if flag.kind is FlagKind.UNCONFIRMED:
            fallback = awaited_confirmation(flag)
        elif flag.kind is FlagKind.CONTESTED:
            fallback = f"two accounts of {flag.subject}"
        else:
            continue
        text = one_line(detail_text(flag.detail) or fallback, 300)
        since = format_date(local_day(flag.since, context.zone))
        evidence = evidence_lines(known_signals(flag.evidence, context), (flag,), context)[:QUOTES_PER_CHANGE]
        lines.append(OpenIssueLine(commitment.id, commitment.short, flag.kind.value, text, since, evidence))
    return lines
