"""A verdict and its sentences as documents: the same words in the JSON files and in `status --json`."""

from __future__ import annotations

from typing import Any

from monitor.domain.messages.wording import detail_text, reason_text
from monitor.domain.model import Commitment, Deadline, Flag, Observation, Progress, ReadBy, Signal, Verdict
from monitor.domain.model.sides import Parties
from monitor.domain.pages.data_files.document_schema import json_values
from monitor.domain.pages.data_files.documents import (
    BaselineValues,
    CountValues,
    DeadlineValues,
    FlagValues,
    ProgressValues,
    ReaderValues,
    SentenceValues,
    VerdictValues,
)
from monitor.domain.verdicts.decide import baseline_behind


def verdict_json(commitment: Commitment, verdict: Verdict, parties: Parties) -> dict[str, Any]:
    """A verdict as JSON."""
    values: dict[str, Any] = json_values(VerdictValues(**verdict_fields(commitment, verdict, parties)))
    return values


def sentence_json(signal: Signal, outlet: str) -> dict[str, Any]:
    """A sentence of the evidence as JSON, with all who read it."""
    values: dict[str, Any] = json_values(SentenceValues(**sentence_fields(signal, outlet)))
    return values


def verdict_fields(commitment: Commitment, verdict: Verdict, parties: Parties) -> dict[str, Any]:
    """The fields of VerdictValues by name."""
    base = baseline_behind(verdict, commitment)
    return {
        "commitment": commitment.id,
        "name": commitment.name,
        "status": verdict.status.value,
        "standing": verdict.standing,
        "outlook": verdict.outlook,
        "since": verdict.since,
        "outlook_since": verdict.outlook_since,
        "why": reason_text(verdict.why, parties),
        "last_evidence": verdict.last_evidence,
        "steps": verdict.steps,
        "flags": tuple(_flag(flag, parties) for flag in verdict.flags),
        "deadlines": tuple(map(_deadline, verdict.deadlines)),
        "progress": _progress(verdict.progress) if verdict.progress else None,
        "evidence": (*verdict.evidence, *verdict.outlook_evidence),
        "baseline": BaselineValues(as_of=base.as_of, source=base.source) if base else None,
    }


def sentence_fields(signal: Signal, outlet: str) -> dict[str, Any]:
    """The fields of SentenceValues by name."""
    from monitor.domain.messages.who_read import readers_of  # loads the matcher, which a verdict does without

    return {
        "signal": signal.id,
        "happened": signal.happened.end,
        "effect": signal.effect,
        "says": signal.says,
        "outlet": outlet,
        "quote": signal.quote,
        "rule": signal.rule,
        "read_by": tuple(map(reader_values, readers_of(signal))),
    }


def reader_values(reader: ReadBy) -> ReaderValues:
    return ReaderValues(
        kind=reader.kind, name=reader.name, version=reader.version, effect=reader.effect, says=reader.says
    )


def _flag(flag: Flag, parties: Parties) -> FlagValues:
    detail = detail_text(flag.detail, parties)
    return FlagValues(kind=flag.kind, subject=flag.subject, since=flag.since, detail=detail, evidence=flag.evidence)


def _deadline(each: Deadline) -> DeadlineValues:
    return DeadlineValues(
        what=each.what,
        kind=each.kind,
        date=each.date,
        said_by=each.said_by,
        state=each.state,
        precision=each.precision,
        since=each.since,
        evidence=each.evidence,
    )


def _progress(progress: Progress) -> ProgressValues:
    return ProgressValues(
        counted=progress.counted,
        low=progress.low,
        high=progress.high,
        target=progress.target,
        unit=progress.unit,
        basis=progress.basis,
        share=progress.share,
        label=progress.label,
        readings=tuple(map(_count, progress.readings)),
    )


def _count(reading: Observation) -> CountValues:
    return CountValues(
        counter=reading.counter,
        amount=reading.amount,
        high=reading.high,
        unit=reading.unit,
        basis=reading.basis,
        period=reading.period,
        as_of=reading.as_of,
        signal=reading.signal,
    )
