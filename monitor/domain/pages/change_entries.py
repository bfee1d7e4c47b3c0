"""Recorded changes as entries of a feed: each has the subject that an alert about it alone would have."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.messages.briefs import EvidenceLine
from monitor.domain.messages.change_text import ChangeText, change_text
from monitor.domain.messages.citations import as_cited
from monitor.domain.messages.confidence import confidence_line, supporting
from monitor.domain.messages.context import known_signals
from monitor.domain.messages.evidence_lines import baseline_line, evidence_lines, retracted_signals
from monitor.domain.messages.headline import ranked_reports
from monitor.domain.messages.subject import subject_of, topic_of
from monitor.domain.model import Cause
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.verdicts.decide import baseline_at

NEWEST = 100
"""Entries of a feed, so that a monthly reader misses none (estimate; the busiest month of the sample year has 57)."""


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One recorded change. at: time of recording; confidence: '' without a report; evidence: retracted quotes last."""

    text: ChangeText
    at: datetime
    title: str
    confidence: str
    evidence: tuple[EvidenceLine, ...]


def change_entries(commitment: str, material: SiteMaterial) -> tuple[ChangeEntry, ...]:
    """An entry for each recorded change of a commitment, newest first, worded with the knowledge of that moment. An
    entry is never rewritten: a correction is an entry of its own."""
    entries = []
    for change in material.history.get(commitment, ()):
        # The knowledge at the time of the change: the published verdict and its sentences as they were read then.
        present, record = material.context, material.published.get(change.commitment, ())
        before = bisect_right(record, change.at, key=lambda published: published.at)
        verdicts = {**present.verdicts, change.commitment: record[before - 1].verdict} if before else present.verdicts
        cited = {c.signal: as_cited(present.signals[c.signal], c) for c in change.cited if c.signal in present.signals}
        known = present.signals
        if any(known[key] != signal for key, signal in cited.items()):  # rare; copying all signals is expensive
            known = {**known, **cited}
        context = replace(present, signals=known, verdicts=verdicts, now=change.at)
        known_commitment = context.commitments[change.commitment]
        retracted = retracted_signals([change])
        keys = [key for key in (*change.evidence, *change.reason.signals) if key not in retracted]
        signals = ranked_reports(change, known_signals(keys, context), context)
        evidence = evidence_lines(signals, change.flags, context)
        told = supporting(next(iter(signals), None), signals)
        if not evidence and change.cause is Cause.CLOCK and known_commitment.baselines:
            evidence = (baseline_line(baseline_at(known_commitment, change.at)),)
        text = change_text(change, context)
        entries.append(
            ChangeEntry(
                text=text,
                at=change.at,
                title=subject_of(topic_of(known_commitment), text),
                confidence=confidence_line(signals, change.flags, context, told) if signals else "",
                evidence=(*evidence, *evidence_lines(known_signals(retracted, context), (), context, retracted=True)),
            )
        )
    return newest_first(entries)


def newest_first(entries: Iterable[ChangeEntry]) -> tuple[ChangeEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.text.happened, entry.text.id), reverse=True))
