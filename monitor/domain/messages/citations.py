"""Recorded changes and signals as rows of an export: one row for each change and each sentence behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from monitor.domain.messages.change_text import status_after
from monitor.domain.messages.who_read import read_by_values, who_read
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Cause, CitedSignal, Commitment, FlagKind, Signal, Transition, TransitionKind
from monitor.domain.model.notation import notation
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.sides import Parties
from monitor.domain.text.plain import web_link
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.evidence_refs import Evidence


@dataclass(frozen=True, slots=True)
class CitationRow:
    """One row of the export; the names of the fields are its columns, but for `read_by`, which is a list and stands in JSON alone.

    Moments are ISO 8601 in UTC, to the second; '' means that a column does not apply. record: change or signal; change: the
    id that the rows of one change share; kind: status, deadline, progress, terms or flag; messages: the numbers of the sent
    messages about the change, with spaces between; retrieved: when this very text was last read from its feed; acts: who
    acts (us, cn, both, company, third or unknown); says: who says it (us, cn, both, company, data or press); state: live,
    dead, rejected, experimental or too_late, as of the export; who_read: who read the sentence so and who otherwise, in words.
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


@dataclass(frozen=True, slots=True)
class CitationContext:
    """What rows are built from. evidence: by signal; messages: by change, the numbers of those sent."""

    evidence: Mapping[str, Evidence]
    messages: Mapping[str, Sequence[int]]
    commitments: Mapping[str, Commitment]
    publishers: Publishers
    parties: Parties

    def name(self, commitment: str) -> str:
        known = self.commitments.get(commitment)
        return known.name if known is not None else commitment


def citation_rows(
    changes: Iterable[Transition], signals: Iterable[Evidence], context: CitationContext
) -> tuple[CitationRow, ...]:
    """Changes by commitment and time, each with its sentences; then signals by commitment and event time."""
    rows: list[CitationRow] = []
    for change in sorted(changes, key=lambda t: (t.commitment, t.at, t.id)):
        rows += _change_rows(change, context)
    for item in sorted(signals, key=lambda e: (e.signal.commitment, e.signal.happened.end, e.signal.id)):
        name = item.signal.commitment
        rows.append(_with_quote(CitationRow("signal", name, context.name(name)), item, context))
    return tuple(rows)


def _change_rows(change: Transition, context: CitationContext) -> Iterator[CitationRow]:
    before, after = notation(change.change)
    row = CitationRow(
        record="change",
        commitment=change.commitment,
        commitment_name=context.name(change.commitment),
        change=change.id,
        changed_at=format_timestamp(change.at),
        kind=change.kind.value,
        before=before,
        after=after,
        status_after=status_after(change),
        standing_after=change.standing.value,
        outlook_after=change.outlook.value,
        cause=change.cause.value,
        reason=reason_text(change.reason, context.parties),
        messages=" ".join(map(str, sorted(context.messages.get(change.id, ())))),
    )
    # The flags of a change count as its evidence where it is about them, and where both sides of a dispute are quoted.
    flags = [f for f in change.flags if change.kind is TransitionKind.FLAG or f.kind is FlagKind.CONTESTED]
    cited = dict.fromkeys((*change.evidence, *change.reason.signals, *(key for flag in flags for key in flag.evidence)))
    recorded = {signal.signal: signal for signal in change.cited}
    evidence = [context.evidence[key] for key in cited if key in context.evidence]
    for item in evidence:
        then = recorded.get(item.signal.id)
        if then is not None:
            item = replace(item, signal=as_cited(item.signal, then))
        yield _with_quote(row, item, context)
    if not evidence:
        # A change by the clock that no story reports has the baseline and its source.
        commitment = context.commitments.get(change.commitment)
        if change.cause is Cause.CLOCK and commitment is not None and commitment.baselines:
            base = baseline_at(commitment, change.at)
            row = replace(row, quotation=base.note, outlet="the baseline in the rules", url=web_link(base.source))
            row = replace(row, published=base.as_of.isoformat(), rule=f"{commitment.id}/baseline")
        yield row


def as_cited(signal: Signal, then: CitedSignal) -> Signal:
    """A signal as it was read when a change was recorded, whatever it is read as now."""
    read = replace(signal, effect=then.effect, quote=then.quote, read_by=then.read_by)
    return replace(read, rule=then.rule, rule_version=then.version)


def _with_quote(row: CitationRow, item: Evidence, context: CitationContext) -> CitationRow:
    signal = item.signal
    bare_date = item.story.date_only  # a bare date stays one: the outlet named no hour
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


def format_timestamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
