"""A block of a digest: what the period brought for one commitment, its events, the best quote, what is open and what comes next."""

from __future__ import annotations

from collections.abc import Collection

from monitor.domain.messages.confidence import doubt_sentences
from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.digest.events import block_events, format_day, says_the_same, telling_report
from monitor.domain.messages.digest.material import BlockMaterial, outlet_names, parent_of
from monitor.domain.messages.evidence_lines import evidence_lines, retracted_signals
from monitor.domain.messages.figures import deadline_lines, progress_line, status_since
from monitor.domain.messages.headlines.happening import ranked_reports
from monitor.domain.messages.main_link import choose_main_report
from monitor.domain.messages.models import DeadlineLine, DigestBlock, ReportLink
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import FlagKind, Transition, changes, reasons
from monitor.domain.text.labels import capitalised, format_date, join_few, label_of, local_day, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import language_of

MOST_QUOTE = {"en": 220, "zh": 80}
"""Characters of a quote by its language: three lines. A longer one is left out, for half a sentence may say the opposite."""
MOST_DOUBT = 200


# ---------------------------------------------------------------- one block


def digest_block(item: BlockMaterial, blocks: Collection[str], context: RenderContext) -> DigestBlock:
    """The block of one commitment. blocks: the ids of all commitments that have one."""
    lead, verdict, counted = item.lead, item.verdict, _progress(item, context)
    events = block_events(item, context, counted=bool(counted))
    ahead = _next_date(item, context)
    quote, report = quote_and_report(lead, events[0].text, context) if lead else ("", None)
    standing, between = _standing(item, context)
    return DigestBlock(
        commitment=item.commitment.id,
        short=item.commitment.short,
        status=verdict.status,
        standing=standing,
        between=between,
        part=parent_of(item.commitment.id, blocks) is not None,
        events=events,
        quote=quote,
        report=report,
        doubts=_doubts(item, ahead, context),
        facts=tuple(filter(None, (counted, _reports(item, context), _dated(ahead)))),
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


# ---------------------------------------------------------------- the quote and the report


def quote_and_report(lead: Transition, told: str, context: RenderContext) -> tuple[str, ReportLink | None]:
    """The best quote behind the leading change, and the report to open. told: the line of the change.

    The quote is '' where the line says the same, and where it is not in English while the line has the words of a report. The
    report is the one that the line tells, where it tells one.
    """
    gone = retracted_signals([lead])
    signals = known_signals((key for key in lead.evidence if key not in gone), context)
    ranked = ranked_reports(lead, signals, context)
    telling = telling_report(told, ranked, context)
    lines = evidence_lines(ranked, (), context)
    best = next((line for line in lines if len(line.quote) <= MOST_QUOTE[language_of(line.quote)]), None)
    report = choose_main_report(lead, (telling,) if telling else signals, context)
    if best is None or says_the_same(best.quote, told) or (telling and language_of(best.quote) != "en"):
        return "", report
    says = f"{best.says}: " if best.says and not told.startswith(f"{best.says} ") else ""
    return f"{says}“{best.quote}”" + (" (in Chinese)" if language_of(best.quote) == "zh" else ""), report


# ---------------------------------------------------------------- what else there is to say


def _doubts(item: BlockMaterial, ahead: DeadlineLine | None, context: RenderContext) -> tuple[str, ...]:
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
            quoted = bool(told & {*flag.evidence})
            doubt = "; ".join(doubt_sentences(flag, context, quoted=quoted))
            older = item.moves and not quoted  # no line above tells what is in doubt
            since = f"Unconfirmed since {format_date(local_day(flag.since, context.zone))}: "
            lines.append(f"{since}{doubt}." if older else f"{capitalised(doubt)}.")
        elif flag.kind is FlagKind.CONTESTED:
            text = one_line(detail_text(flag.detail, context.parties) or label_of(flag.subject), MOST_DOUBT).rstrip(".")
            lines.append(f"Contested: {text}.")
    # 'China has not confirmed it.' stands in 'China has not confirmed it; once confirmed, the status is MET.' too.
    within = {line for line in lines for other in lines if other.startswith(f"{line.rstrip('.')};")}
    return tuple(line for line in dict.fromkeys(lines) if line not in within)


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
