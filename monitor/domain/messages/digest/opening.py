"""The opening of a digest and its subject: what mattered most in the period, in whole sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.digest.blocks import quote_and_report
from monitor.domain.messages.digest.events import event_text, format_day, telling_report
from monitor.domain.messages.digest.material import BlockMaterial
from monitor.domain.messages.figures import deadline_lines, progress_line
from monitor.domain.messages.headlines.act_words import effect_sentence
from monitor.domain.messages.headlines.happening import SHORTEST, ranked_reports
from monitor.domain.model import Commitment, Outlook, Signal, Standing, Verdict, changes
from monitor.domain.text.labels import format_date, local_day, status_caps
from monitor.domain.text.writing_systems import language_of

MOST_SENTENCES = 3
MOST_HAPPENED = 140
"""Characters of what happened in a sentence of the opening (estimate)."""
MOST_QUOTED = 100
"""Characters of a quote within such a sentence (estimate)."""
MOST_SUBJECT = 70
"""Characters of a subject that a list of mails shows whole."""
TROUBLE = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)
LONG_NAME = 20
"""Characters of a name that leaves no room for a second one (estimate)."""
NAME = "Digest"
FIGURES = changes.DeadlineMoved | changes.DeadlineMissed | changes.ShareChanged | changes.StepChanged
"""Changes that are told by a figure or a step, never in the words of a report."""


def opening(
    material: Sequence[BlockMaterial], followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext
) -> tuple[str, ...]:
    """One to three sentences, one a commitment, each about another event. material: most important first."""
    sentences: list[str] = []
    told: set[str] = set()
    for item in by_weight(material, context):
        stories = {signal.story for signal in _signals(item, context)}
        if len(sentences) == MOST_SENTENCES or told & stories:
            continue
        told |= stories
        sentences.append(f"{_sentence(item, context)}.")
    return tuple(sentences) or _quiet_opening(followed, context)


def by_weight(material: Sequence[BlockMaterial], context: RenderContext) -> list[BlockMaterial]:
    """Those with a change, the most important first whatever they are parts of."""
    return sorted((item for item in material if item.lead), key=lambda item: item.weight(context), reverse=True)


def _signals(item: BlockMaterial, context: RenderContext) -> tuple[Signal, ...]:
    assert item.lead is not None
    return known_signals((*item.lead.evidence, *item.lead.reason.signals), context)


def _happened(item: BlockMaterial, context: RenderContext, limit: int) -> str:
    assert item.lead is not None
    return event_text(item.lead, _signals(item, context), context, limit)


def _sentence(item: BlockMaterial, context: RenderContext) -> str:
    """'China suspends its controls, which moves Rare earths from AT RISK to PLEDGED'; the status that stays where it stays."""
    assert item.lead is not None
    net, now, name = item.net, item.verdict.status, item.commitment.short
    what = _with_quote(_happened(item, context, MOST_HAPPENED), item, context)
    if net and net[0] is not net[1]:
        still = "" if net[1] is now else f" (still {status_caps(now)})"
        return f"{what}, which moves {name} from {status_caps(net[0])} to {status_caps(net[1])}{still}"
    if isinstance(item.lead.change, FIGURES):
        return f"{name}: {_lowered(what)}, still {status_caps(now)}"
    progress = progress_line(item.verdict.progress, item.commitment, context)
    counted = f", {progress.counted_text}" if progress and progress.counted and now in TROUBLE else ""
    return f"{what}; {name}: still {status_caps(now)}{counted}"


def _with_quote(what: str, item: BlockMaterial, context: RenderContext) -> str:
    """What happened, and behind words of ours the report that says it, where it is short and in English."""
    assert item.lead is not None
    if isinstance(item.lead.change, FIGURES) or _telling(what, item, context):
        return what
    said, _ = quote_and_report(item.lead, what, context)
    quote = said[said.find("“") :]
    return f"{what} ({quote})" if 0 < len(quote) <= MOST_QUOTED and language_of(quote) == "en" else what


def _telling(what: str, item: BlockMaterial, context: RenderContext) -> Signal | None:
    """The report in whose words it is told, if any."""
    assert item.lead is not None
    return telling_report(what, ranked_reports(item.lead, _signals(item, context), context), context)


def _lowered(text: str) -> str:
    """A sentence behind a colon: the capital of an article is lowered, that of a name is not."""
    return text[:1].lower() + text[1:] if text.partition(" ")[0] in ("The", "A", "New", "No") else text


def _quiet_opening(followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext) -> tuple[str, ...]:
    """That nothing moved, where there is trouble, and the next date."""
    sentences = ["No status moved, and no event of note was reported."]
    trouble = []
    for status in TROUBLE:
        names = [commitment.short for commitment, verdict in followed if verdict.status is status]
        trouble += [f"{status_caps(status)}: {', '.join(names)}"] if names else []  # a name may hold "and"
    sentences += [f"{'; '.join(trouble)}."] if trouble else []
    dates = [line for commitment, verdict in followed for line in deadline_lines(verdict, commitment.short, context)]
    ahead = min((line for line in dates if line.left >= 0), key=lambda line: line.date, default=None)
    if ahead is not None:
        sentences.append(f"Next date: {ahead.subject}, {ahead.text.removeprefix(f'{ahead.subject} ')}.")
    return tuple(sentences)


# ---------------------------------------------------------------- subject and period


def subject_line(material: Sequence[BlockMaterial], days: tuple[date, date], context: RenderContext) -> str:
    """'Digest, 27 Oct - 2 Nov: Trump and Xi met in Busan': never cut, in at most 70 characters where a name allows it."""
    first, last = days
    span = format_day(first) if first == last else f"{_begun(first, last)} - {format_day(last)}"
    head = f"{NAME}, {span}: "
    room = MOST_SUBJECT - len(head)
    choices = _subjects(by_weight(material, context), room, context)
    fitting = (text for text in choices if text and language_of(text) == "en")
    return head + next(fitting, "what moved" if material else "nothing moved")


def _subjects(moved: Sequence[BlockMaterial], room: int, context: RenderContext) -> Iterator[str]:
    """What a subject may say, the best first, each of at most `room` characters.

    The most important change in the words of a report; where statuses moved, the new ones, as many as fit, and with the only
    one what happened in our words; else those words alone; else a status. Our words may say less than the report, so a new status goes
    before them.
    """
    if not moved:
        return
    lead = moved[0]
    turned = [item for item in moved if item.net and item.net[0] is not item.net[1]][:MOST_SENTENCES]
    yield _reported(lead, context, room)
    if turned == [lead]:
        status = f"{_name(lead.commitment)} {status_caps(lead.verdict.status)}"
        if words := _own_words(lead, context, room - len(status) - 2):
            yield f"{status}: {_lowered(words)}"
    yield from _statuses(turned, room)
    yield _named(lead, context, room)
    yield from _statuses([lead], room)


def _statuses(items: Sequence[BlockMaterial], room: int) -> Iterator[str]:
    """'Rare earths PLEDGED, Talks MET': of as many commitments as fit."""
    told = [f"{_name(item.commitment)} {status_caps(item.verdict.status)}" for item in items]
    texts = (", ".join(told[:number]) for number in range(len(told), 0, -1))
    yield from (text for text in texts if len(text) <= room)


def _name(commitment: Commitment) -> str:
    """The name of a commitment beside its status; the last word alone of a long one where that is its topic."""
    short, topic = commitment.short, commitment.topic
    ends = topic and short.lower().endswith(f" {topic.lower()}")
    return topic if ends and len(short) > LONG_NAME else short


def _reported(item: BlockMaterial, context: RenderContext, room: int) -> str:
    """What happened in the words of a report; '' where that does not fit or where a figure tells it."""
    assert item.lead is not None
    if isinstance(item.lead.change, FIGURES | changes.TermsChanged):
        return ""
    what = _happened(item, context, room)
    return what if _telling(what, item, context) else ""


def _named(item: BlockMaterial, context: RenderContext, room: int) -> str:
    """'Soybeans: China stops buying': what happened in our words, behind the name that it lacks."""
    name = item.commitment.topic or item.commitment.short
    what = _own_words(item, context, room - len(name) - 2)
    return what if not what or name.lower() in what.lower() else f"{name}: {_lowered(what)}"


def _own_words(item: BlockMaterial, context: RenderContext, room: int) -> str:
    """What happened, mostly in our words; '' without room, and where they name an effect alone ('China takes a step back') or the
    status: the status says as much."""
    if room < SHORTEST:
        return ""
    what = _happened(item, context, room)
    vague = (
        "status",
        "it is now ",
        *(effect_sentence(signal, context.parties).lower() for signal in _signals(item, context)),
    )
    return "" if any(words in what.lower() for words in vague) else what


def _begun(first: date, last: date) -> str:
    return str(first.day) if (first.year, first.month) == (last.year, last.month) else format_day(first)


def covered_days(start: datetime, end: datetime, zone: str) -> tuple[date, date]:
    """The first and the last day of a period: a day of which less than half belongs to it is left to its neighbour."""
    half = timedelta(hours=12)
    first = local_day(start + half, zone)
    return first, max(first, local_day(end + half, zone) - timedelta(days=1))


def period_text(days: tuple[date, date]) -> str:
    """'27 Oct to 2 Nov 2025', '1 to 31 May 2026'; the first day repeats no part of the last one."""
    first, last = days
    if first == last:
        return format_date(last)
    begun = _begun(first, last) if first.year == last.year else format_date(first)
    return f"{begun} to {format_date(last)}"
