"""A block of a digest: what the period brought for one commitment, its events, the best quote, what is open and what comes next."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.confidence import doubt_sentences
from monitor.domain.messages.digest_material import BlockMaterial, importance, outlet_names, parent_of
from monitor.domain.messages.evidence_lines import RenderContext, evidence_lines, known_signals, retracted_signals
from monitor.domain.messages.figures import deadline_lines, progress_line, status_since
from monitor.domain.messages.happening import happening, ranked_reports
from monitor.domain.messages.main_link import choose_main_report
from monitor.domain.messages.models import DeadlineLine, DigestBlock, DigestEvent, ReportLink
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Cause, FlagKind, FlagState, Signal, Transition, changes, reasons
from monitor.domain.text.labels import capitalised, format_date, join_few, label_of, local_day, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import language_of

MOST_EVENT = 150
"""Characters of the sentence on an event: two lines of plain text (estimate)."""
SAME_WORDS = 0.8
"""Part of a quote's words that its line holds where it says the same (estimate: the line mends a word or two)."""
_WORD = re.compile(r"[^\W_]+")
MOST_QUOTE = {"en": 220, "zh": 80}
"""Characters of a quote by its language: three lines. A longer one is left out, for half a sentence may say the opposite."""
MOST_DOUBT = 200
MOST_OUTLETS = 3
TOLD_FLAGS = ((FlagKind.UNCONFIRMED, FlagState.RAISED), (FlagKind.CONTESTED, FlagState.RAISED))
"""Flags that are news by themselves: what one source reports, and what another denies."""
TOLD_CAUSES = frozenset({Cause.NEWS, Cause.BACKFILL, Cause.CLOCK, Cause.CORRECTION})
"""What happened in the world, or to a report of it."""
MOST_NOTE = 60
"""Characters of a remark behind an event (estimate): a longer one is left out, for its event says it."""


# ---------------------------------------------------------------- one block


def digest_block(item: BlockMaterial, blocks: Collection[str], context: RenderContext) -> DigestBlock:
    """The block of one commitment. blocks: the ids of all commitments that have one."""
    lead, verdict = item.lead, item.verdict
    moves = sorted(item.moves, key=importance, reverse=True)
    events = _joined([digest_event(move, context, lead=move is lead) for move in moves])
    ahead = _next_date(item, context)
    quote, report = _quote_and_report(lead, events[0].text, context) if lead else ("", None)
    standing, between = _standing(item, context)
    return DigestBlock(
        commitment=item.commitment.id,
        short=item.commitment.short,
        status=verdict.status,
        standing=standing,
        between=between,
        part=parent_of(item, blocks) is not None,
        events=events,
        quote=quote,
        report=report,
        doubts=_doubts(item, ahead),
        facts=tuple(filter(None, (_progress(item, context), _reports(item, context), _dated(ahead)))),
    )


def _standing(item: BlockMaterial, context: RenderContext) -> tuple[str, str]:
    """('was AT RISK, now PLEDGED (30 Oct)', the steps between): the net of the whole period."""
    verdict, net = item.verdict, item.net
    if net is None:
        return f"still {status_caps(verdict.status)} (since {format_date(status_since(verdict, context.zone))})", ""
    was, now = net
    steps = [step for step in item.steps if step.shows] or item.steps
    at = _day(steps[-1].move, context)
    standing = f"was {status_caps(was)}, now {status_caps(now)} ({at})"
    if was is now:
        standing = f"{status_caps(now)} again ({at})"
    if verdict.status is not now:
        standing += f", still {status_caps(verdict.status)}"
    passed = [f"{status_caps(step.new)} ({_day(step.move, context)})" for step in steps[:-1]]
    return standing, f"In between: {', '.join(passed)}." if passed else ""


def _day(move: Transition, context: RenderContext) -> str:
    return format_day(local_day(move.happened, context.zone))


def format_day(day: date) -> str:
    """'30 Oct': the year is that of the period."""
    return f"{day.day} {day:%b}"


# ---------------------------------------------------------------- events


def digest_event(move: Transition, context: RenderContext, *, lead: bool = False) -> DigestEvent:
    """The line of one recorded change."""
    signals = known_signals((*move.evidence, *move.reason.signals), context)
    text, outlets = event_text(move, signals, context, MOST_EVENT), few_outlets(outlet_names(signals, context))
    terms = change_line(move, context).line
    news = isinstance(move.change, changes.TermsChanged) and (move.change.new or "") not in text
    notes = [terms[:1].lower() + terms[1:]] if news and len(terms) <= MOST_NOTE else []
    note = "; ".join([*notes, *(["first seen late"] if move.late else [])])
    return DigestEvent(_day(move, context), move.happened, text, outlets, note, move.way.value, lead, (move.id,))


def event_text(move: Transition, signals: Sequence[Signal], context: RenderContext, limit: int) -> str:
    """What happened, as a sentence without its full stop; of certainty added, people's acts and edited rules, what changed."""
    certain = isinstance(move.change, changes.FlagChanged) and (move.change.flag, move.change.new) not in TOLD_FLAGS
    if move.cause in TOLD_CAUSES and not certain:
        return happening(move, signals, context, limit).rstrip(".")
    line = change_line(move, context)
    if isinstance(move.change, changes.StatusChanged) and line.why:
        return capitalised(line.why.rstrip("."))
    return line.line if move.confirms else ": ".join(filter(None, (line.line, line.more.rstrip("."))))


def few_outlets(names: Sequence[str]) -> str:
    """'Reuters', 'Reuters, AP News and CCTV', 'Reuters and 4 others'."""
    return join_few(names) if len(names) <= MOST_OUTLETS else f"{names[0]} and {len(names) - 1} others"


def _joined(events: Sequence[DigestEvent]) -> tuple[DigestEvent, ...]:
    """The events, those of one day and text as one: a report that moves a status and a date is one event."""
    found: dict[tuple[str, str], DigestEvent] = {}
    for event in events:
        key = event.day, _letters(event.text)
        if (first := found.get(key)) is None:
            found[key] = event
            continue
        notes = dict.fromkeys(filter(None, (first.note, event.note)))
        found[key] = replace(first, note="; ".join(notes), changes=(*first.changes, *event.changes))
    return tuple(found.values())


def _letters(text: str) -> str:
    """The letters and digits alone, to tell whether two texts say the same."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _says_the_same(quote: str, told: str) -> bool:
    """Whether a line tells what the quote says: as it stands, or in nearly all of its words."""
    words, known = (set(_WORD.findall(text.casefold())) for text in (quote, told))
    if _letters(quote) in _letters(told) or _letters(told) in _letters(quote):
        return True
    return language_of(quote) == "en" and len(words & known) >= SAME_WORDS * len(words)


def _quote_and_report(lead: Transition, told: str, context: RenderContext) -> tuple[str, ReportLink | None]:
    """The best quote behind the leading change, '' where its line says the same; and the report to open."""
    gone = retracted_signals([lead])
    signals = known_signals((key for key in lead.evidence if key not in gone), context)
    lines = evidence_lines(ranked_reports(lead, signals, context), (), context)
    best = next((line for line in lines if len(line.quote) <= MOST_QUOTE[language_of(line.quote)]), None)
    report = choose_main_report(lead, signals, context)
    if best is None or _says_the_same(best.quote, told):
        return "", report
    says = f"{best.says}: " if best.says else ""
    return f"{says}“{best.quote}”" + (" (in Chinese)" if language_of(best.quote) == "zh" else ""), report


# ---------------------------------------------------------------- what else there is to say


def _doubts(item: BlockMaterial, ahead: DeadlineLine | None) -> tuple[str, ...]:
    """'China has not confirmed it; once confirmed, the status is IN FORCE.', 'Contested: ...'; each sentence once.

    ahead: the next date that the block names, which says itself who alone names it.
    """
    named = ahead.date if ahead and ahead.state == "claimed" else None
    told = {key for move in item.moves for key in move.evidence}
    lines = []
    for flag in item.verdict.flags:
        if isinstance(flag.detail, reasons.Named) and flag.detail.date == named:
            continue
        if flag.kind is FlagKind.UNCONFIRMED:
            doubt = doubt_sentences(flag, quoted=bool(told & {*flag.evidence}))
            lines.append(f"{capitalised('; '.join(doubt))}.")
        elif flag.kind is FlagKind.CONTESTED:
            text = one_line(detail_text(flag.detail) or label_of(flag.subject), MOST_DOUBT).rstrip(".")
            lines.append(f"Contested: {text}.")
    return tuple(dict.fromkeys(lines))


def _progress(item: BlockMaterial, context: RenderContext) -> str:
    progress = progress_line(item.verdict.progress, item.commitment, context)
    return f"So far {progress.counted_text}." if progress and progress.counted else ""


def _reports(item: BlockMaterial, context: RenderContext) -> str:
    """'Also reported by Reuters, CCTV and 2 others.': the outlets that corroborate the status."""
    names = outlet_names(item.further, context)
    told = f"that it is {status_caps(item.verdict.status)}"
    if not names:
        return ""
    return f"Also reported by {join_few(names)}." if item.moves else f"{join_few(names)} reported too {told}."


def _next_date(item: BlockMaterial, context: RenderContext) -> DeadlineLine | None:
    """The next date that no line of the period names."""
    named = {move.change.new for move in item.moves if isinstance(move.change, changes.DeadlineMoved)}
    ahead = [line for line in deadline_lines(item.verdict, item.commitment.short, context) if line.left >= 0]
    return next((line for line in ahead if line.date not in named), None)


def _dated(line: DeadlineLine | None) -> str:
    return f"{capitalised(line.text.removeprefix(f'{line.subject} '))}." if line else ""
