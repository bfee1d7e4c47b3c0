"""Recorded changes and signals as rows to be cited: one for each change and each sentence behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from monitor.domain.messages.evidence_lines import PublisherFinder
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Cause, CitedSignal, Commitment, FlagKind, Transition, TransitionKind, Verdict
from monitor.domain.model.notation import notation
from monitor.domain.text.plain import web_link
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.evidence_refs import Evidence


@dataclass(frozen=True, slots=True)
class CitationRow:
    """One row of the export; the names of the fields are its columns. Moments are ISO 8601 in UTC, to the second; what
    does not apply is empty."""

    record: str
    """change or signal."""
    commitment: str
    commitment_name: str
    change: str = ""
    """Id of the change; rows of one change share it."""
    changed_at: str = ""
    kind: str = ""
    """status, deadline, progress, terms or flag."""
    before: str = ""
    after: str = ""
    status_after: str = ""
    standing_after: str = ""
    outlook_after: str = ""
    cause: str = ""
    reason: str = ""
    messages: str = ""
    """Numbers of the messages that told of the change and were sent, with spaces between."""
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
    """When we last took down this very text from its feed."""
    acts: str = ""
    """Who acts: us, cn, both, company, third or unknown."""
    says: str = ""
    """Whose word it is: us, cn, both, company, data or press."""
    origin: str = ""
    rule: str = ""
    rule_version: str = ""
    state: str = ""
    """live, dead, rejected, experimental or too_late, as of the export."""
    state_reason: str = ""


COLUMNS = tuple(field.name for field in fields(CitationRow))


@dataclass(frozen=True, slots=True)
class CitationContext:
    """What rows are made from. messages: by change, the numbers of those sent."""

    evidence: Mapping[str, Evidence]
    messages: Mapping[str, Sequence[int]]
    commitments: Mapping[str, Commitment]
    publishers: PublisherFinder

    def name(self, commitment: str) -> str:
        known = self.commitments.get(commitment)
        return known.name if known is not None else commitment


def citation_rows(
    changes: Iterable[Transition], signals: Iterable[Evidence], sources: CitationContext
) -> tuple[CitationRow, ...]:
    """Changes by commitment and time, each with its sentences; then signals by commitment and what happened first."""
    ordered = sorted(changes, key=lambda t: (t.commitment, t.at, t.id))
    apart = sorted(signals, key=lambda e: (e.signal.commitment, e.signal.happened.end, e.signal.id))
    return (
        *(row for change in ordered for row in _of_change(change, sources)),
        *(_row("signal", one.signal.commitment, sources, **_quoted(one, sources)) for one in apart),
    )


def _of_change(change: Transition, sources: CitationContext) -> Iterator[CitationRow]:
    before, after = notation(change.change)
    said = {
        "change": change.id, "changed_at": format_timestamp(change.at), "kind": change.kind.value, "before": before,
        "after": after, "status_after": Verdict("", change.standing, change.at, change.outlook).status,
        "standing_after": change.standing.value, "outlook_after": change.outlook.value, "cause": change.cause.value,
        "reason": reason_text(change.reason), "messages": " ".join(map(str, sorted(sources.messages.get(change.id, ())))),
    }  # fmt: skip
    then = {one.signal: one for one in change.cited}
    found = [_as_then(sources.evidence[key], then.get(key)) for key in _cited(change) if key in sources.evidence]
    for one in found:
        yield _row("change", change.commitment, sources, **said, **_quoted(one, sources))
    if not found:
        yield _row("change", change.commitment, sources, **said, **_baseline_source(change, sources))


def _baseline_source(change: Transition, sources: CitationContext) -> dict[str, str]:
    """What a person wrote in the rules, and from which source, where no story is behind a change."""
    commitment = sources.commitments.get(change.commitment)
    if change.cause is not Cause.CLOCK or commitment is None or not commitment.baselines:
        return {}
    base = baseline_at(commitment, change.at)
    return {
        "quotation": base.note, "outlet": "the baseline in the rules", "url": web_link(base.source),
        "published": base.as_of.isoformat(), "rule": f"{commitment.id}/baseline",
    }  # fmt: skip


def _cited(change: Transition) -> Iterable[str]:
    """The signals behind a change; of its flags those that it is about, and both sides of a dispute."""
    telling = [f for f in change.flags if change.kind is TransitionKind.FLAG or f.kind is FlagKind.CONTESTED]
    disputed = (key for flag in telling for key in flag.evidence)
    return dict.fromkeys((*change.evidence, *change.reason.signals, *disputed))


def _as_then(one: Evidence, then: CitedSignal | None) -> Evidence:
    """The evidence as it was read when the change was recorded, whatever the rules make of it now."""
    if then is None:
        return one
    read = replace(one.signal, effect=then.effect, rule=then.rule, rule_version=then.version, quote=then.quote)
    return replace(one, signal=read)


def _row(record: str, commitment: str, sources: CitationContext, **values: str) -> CitationRow:
    return CitationRow(record, commitment, sources.name(commitment), **values)


def _quoted(one: Evidence, sources: CitationContext) -> dict[str, str]:
    s = one.signal
    return {
        "signal": s.id, "effect": s.effect.value, "happened": format_timestamp(s.happened.end), "quotation": s.quote,
        "outlet": sources.publishers.find(one.source, one.url).name or one.source, "title": one.title,
        "url": web_link(one.url), "published": _dated(one), "first_seen": format_timestamp(one.seen),
        "retrieved": format_timestamp(one.retrieved), "acts": s.by.value, "says": s.says.value, "origin": s.origin, "rule": s.rule,
        "rule_version": s.rule_version, "state": one.state, "state_reason": one.why,
    }  # fmt: skip


def _dated(one: Evidence) -> str:
    """A bare date stays one: the outlet named no hour."""
    return one.published.date().isoformat() if one.story.date_only else format_timestamp(one.published)


def format_timestamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
