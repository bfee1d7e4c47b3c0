"""What a date of the calendar says: its title, and what it means, who names it, how it stands and on what evidence."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.messages.figures import dated_thing
from monitor.domain.messages.headlines.subject import first_line, topic_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Commitment
from monitor.domain.model.reasons import Named
from monitor.domain.model.sides import Parties
from monitor.domain.pages.data_files.calendar_dates import SETTLED, CalendarDate, DateStatus
from monitor.domain.text.labels import format_date, join_list, label_of, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.corroboration import obliged_parties

MOST_QUOTES = 3
"""Quotes of a date: as many as fit a calendar's window (an estimate)."""
MEANINGS = {
    "due": "It has to be done by the end of this day (UTC).",
    "expiry": "It holds until the end of this day (UTC), unless it is extended.",
}


def date_title(each: CalendarDate, commitment: Commitment, parties: Parties) -> str:
    """'Tariffs: The truce ends (only the US says so)', 'Soybeans: 12 Mt due (met)'."""
    record = each.record
    if each.status is DateStatus.CANCELLED:
        remark = "no longer counts" if each.side else "no longer named"
    elif record.state in SETTLED:
        remark = label_of(each.after)
    elif each.status is DateStatus.TENTATIVE:
        remark = f"only {parties.does(record.said_by, 'say')} so"
    else:
        remark = "" if record.precision == "day" else f"only the {record.precision} is named"
    title = first_line(topic_of(commitment), dated_thing(one_line(record.what, 80), record.kind))
    return f"{title} ({remark})" if remark else title


def date_description(each: CalendarDate, commitment: Commitment, context: RenderContext) -> tuple[str, ...]:
    """The paragraphs: the promise, what the day means, who names it, how it stands, where it was before, and the quotes."""
    record = each.record
    paragraphs = [
        sentence(commitment.name),
        MEANINGS.get(record.kind, ""),
        sentence(_who(each, commitment, context.parties)),
    ]
    if record.precision != "day":
        paragraphs.append(f"Only the {record.precision} is named; the day is the last one that fits.")
    paragraphs.append(f"The promise stands at {status_caps(each.after)}.")
    if each.moves:
        paragraphs.append(f"It was on {join_list([format_date(day) for day in each.moves])} before.")
    return (*filter(None, paragraphs), *_quotes(each, context))


def _who(each: CalendarDate, commitment: Commitment, parties: Parties) -> str:
    record = each.record
    match each.status:
        case DateStatus.CANCELLED if each.side:
            return f"{parties.does(record.said_by, 'name')} it alone no more: it was agreed, withdrawn or settled"
        case DateStatus.CANCELLED:
            return f"no report names this date any more, since {format_date(each.changed.date())}"
        case DateStatus.TENTATIVE:
            waiting = tuple(side for side in obliged_parties(commitment) if side != record.said_by)
            return detail_text(Named(record.said_by, record.date, waiting), parties)
        case _:
            return f"{parties.does(record.said_by, 'name')} this date"


def _quotes(each: CalendarDate, context: RenderContext) -> Iterator[str]:
    lines = evidence_lines(known_signals(each.record.evidence, context), (), context)
    for line in lines[:MOST_QUOTES]:
        said = f"“{line.quote}” ({line.outlet}, {line.when})"
        yield "\n".join(filter(None, (said, line.gloss, line.url)))
