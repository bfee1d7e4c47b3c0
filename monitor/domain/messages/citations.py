"""Recorded changes and signals as rows of an export: one row for each change and each sentence behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.evidence_lines import STARTING_POINT
from monitor.domain.messages.who_read import read_by_values, who_read
from monitor.domain.model import Cause, CitedSignal, FlagKind, Signal, Transition, TransitionKind
from monitor.domain.text.plain import web_link
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.evidence import Evidence


@dataclass(frozen=True, slots=True)
class CitationRow:
    """One row of the export; its fields are the columns, except `read_by`, which only JSON has.

    Times are ISO 8601 in UTC, to the second; '' means that a column does not apply. record: change or signal; change:
    the id that the rows of one change share; kind: status, deadline, progress, terms or flag; messages: the numbers
    of the sent messages about the change, with spaces between; retrieved: when this text was last read from its feed;
    acts: the actor (us, cn, both, company, third or unknown); says: the speaker (us, cn, both, company, data or
    press); state: live, dead, rejected, experimental or too_late at the time of the export; who_read: the readers of
    the sentence, in words.
    """

    record: str
    commitment: str
    commitment_name: str
    change: str = ""
    changed_at: str = ""
    kind: str = ""
    before: str = ""
    after: str = ""
    status_after: str = ""
    standing_after: str = ""
    outlook_after: str = ""
    cause: str = ""
    reason: str = ""
    messages: str = ""
    signal: str = ""
    effect: str = ""
    happened: str = ""
    quotation: str = ""
    outlet: str = ""
    title: str = ""
    url: str = ""
    published: str = ""
    first_seen: str = ""
    retrieved: str = ""
    acts: str = ""
    says: str = ""
    origin: str = ""
    rule: str = ""
    rule_version: str = ""
    state: str = ""
    state_reason: str = ""
    who_read: str = ""
    read_by: tuple[Mapping[str, Any], ...] = ()


COLUMNS = tuple(field.name for field in fields(CitationRow) if field.name != "read_by")


def citation_rows(
    changes: Iterable[Transition],
    signals: Iterable[Evidence],
    context: RenderContext,
    *,
    evidence: Mapping[str, Evidence],
    messages: Mapping[str, Sequence[int]],
) -> tuple[CitationRow, ...]:
    """Changes by commitment and time, each with its sentences; then signals by commitment and event time. evidence: by
    signal; messages: by change, the numbers of the sent ones."""
    rows: list[CitationRow] = []
    names = {key: commitment.name for key, commitment in context.commitments.items()}
    for change in sorted(changes, key=lambda t: (t.commitment, t.at, t.id)):
        text = change_text(change, context, ())
        row = CitationRow(
            record="change",
            commitment=change.commitment,
            commitment_name=names.get(change.commitment, change.commitment),
            change=change.id,
            changed_at=format_timestamp(change.at),
            kind=text.kind,
            before=text.before,
            after=text.after,
            status_after=text.status,
            standing_after=change.standing.value,
            outlook_after=change.outlook.value,
            cause=text.cause,
            reason=text.reason,
            messages=" ".join(map(str, sorted(messages.get(change.id, ())))),
        )
        cited = {signal.signal: signal for signal in change.cited}
        # Flags have evidence of their own if the change is about them, or if both sides of a dispute are quoted.
        flags = [f for f in change.flags if change.kind is TransitionKind.FLAG or f.kind is FlagKind.CONTESTED]
        keys = (*change.evidence, *change.reason.signals, *(key for flag in flags for key in flag.evidence))
        pieces = [evidence[key] for key in dict.fromkeys(keys) if key in evidence]
        for item in pieces:
            then = cited.get(item.signal.id)
            item = replace(item, signal=as_cited(item.signal, then)) if then else item
            rows.append(_with_quote(row, item, context))
        commitment = context.commitments.get(change.commitment)
        if not pieces and change.cause is Cause.CLOCK and commitment and commitment.baselines:
            # A change by the clock that no report states rests on the baseline and its source.
            base = baseline_at(commitment, change.at)
            row = replace(row, quotation=base.note, outlet=STARTING_POINT, url=web_link(base.source))
            row = replace(row, published=base.as_of.isoformat(), rule=f"{commitment.id}/baseline")
        if not pieces:
            rows.append(row)
    for item in sorted(signals, key=lambda e: (e.signal.commitment, e.signal.happened.end, e.signal.id)):
        key = item.signal.commitment
        rows.append(_with_quote(CitationRow("signal", key, names.get(key, key)), item, context))
    return tuple(rows)


def as_cited(signal: Signal, then: CitedSignal) -> Signal:
    """A signal as it was read when a change was recorded, whatever it is read as now."""
    read = replace(signal, effect=then.effect, quote=then.quote, read_by=then.read_by)
    return replace(read, rule=then.rule, rule_version=then.version)


def format_timestamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _with_quote(row: CitationRow, item: Evidence, context: RenderContext) -> CitationRow:
    signal = item.signal
    bare_date = item.story.date_only  # the outlet named no hour, so the row has none either
    return replace(
        row,
        signal=signal.id,
        effect=signal.effect.value,
        happened=format_timestamp(signal.happened.end),
        quotation=signal.quote,
        outlet=context.publishers.find(item.source, item.url).name or item.source,
        title=item.title,
        url=web_link(item.url),
        published=item.published.date().isoformat() if bare_date else format_timestamp(item.published),
        first_seen=format_timestamp(item.seen),
        retrieved=format_timestamp(item.retrieved),
        acts=signal.by.value,
        says=signal.says.value,
        origin=signal.origin,
        rule=signal.rule,
        rule_version=signal.rule_version,
        state=item.state,
        state_reason=item.why,
        who_read=who_read(signal, context.parties),
        read_by=tuple(read_by_values(signal)),
    )
