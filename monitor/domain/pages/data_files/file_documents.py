"""The JSON files of the site: every promise in short, and all of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from monitor.domain.messages.change_text import status_after
from monitor.domain.messages.context import known_signals, language_of, outlet_names
from monitor.domain.messages.digest.material import parent_of
from monitor.domain.messages.evidence_lines import retracted_signals
from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.messages.next_steps import next_step
from monitor.domain.messages.wording import detail_text, reason_text
from monitor.domain.model import (
    CitedSignal,
    Flag,
    FlagKind,
    Intervention,
    Progress,
    PublishedVerdict,
    Signal,
    Transition,
    Verdict,
)
from monitor.domain.model.notation import notation
from monitor.domain.model.sides import Parties
from monitor.domain.pages import addresses
from monitor.domain.pages.data_files.change_entries import ChangeEntry
from monitor.domain.pages.data_files.documents import (
    BriefValues,
    ChangeValues,
    CitedValues,
    ClaimValues,
    CommitmentFile,
    CriterionValues,
    DisputeValues,
    EvidenceValues,
    IndexFile,
    InterventionValues,
    LinksValues,
    NextDateValues,
    PublishedValues,
    ShareValues,
    TargetValues,
)
from monitor.domain.pages.data_files.verdict_values import reader_values, sentence_fields, verdict_fields
from monitor.domain.pages.families import with_parts
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.plain import web_link
from monitor.domain.verdicts.deadlines import active_deadlines
from monitor.domain.verdicts.evidence_refs import all_evidence, named_evidence, transition_evidence

INTERVENTIONS_SHOWN = frozenset({"pin", "unpin", "reject", "restore"})
"""What people do about a status or its evidence. Mutes concern messages; a reading stands with its sentence."""


def index_file(material: SiteMaterial) -> IndexFile:
    """Every promise in short."""
    briefs = tuple(_brief(name, material) for name in sorted(material.context.commitments))
    return IndexFile(**_envelope(material), title=material.title, commitments=briefs)


def commitment_file(name: str, entries: Sequence[ChangeEntry], material: SiteMaterial) -> CommitmentFile:
    """Everything of one promise. entries: of its changes; their titles stand here too."""
    context, history = material.context, material.history.get(name, ())
    commitment, verdict = context.commitments[name], context.verdicts[name]
    told = {entry.id: entry for entry in entries}
    return CommitmentFile(
        **_envelope(material),
        **verdict_fields(commitment, verdict, context.parties),
        **_place(name, material),
        parts=tuple(part for part in with_parts(name, context.commitments) if part != name),
        kind=commitment.kind,
        owed_by=commitment.owed_by,
        next_step=next_step(commitment, verdict, context),
        terms=verdict.terms,
        criteria=tuple(CriterionValues(status=status, text=text) for status, text in commitment.criteria),
        targets=tuple(
            TargetValues(amount=t.amount, unit=t.unit, basis=t.basis, start=t.start, due=t.due, label=t.label)
            for t in commitment.targets
        ),
        contested=tuple(_dispute(f, material) for f in verdict.flags if f.kind is FlagKind.CONTESTED),
        sentences=tuple(_sentences(name, material)),
        changes=tuple(_change(change, told[change.id], context.parties) for change in history),
        published=tuple(map(_published, material.published.get(name, ()))),
        interventions=tuple(
            _act(intervention)
            for intervention in material.interventions.get(name, ())
            if intervention.kind in INTERVENTIONS_SHOWN
        ),
    )


def _envelope(material: SiteMaterial) -> Mapping[str, Any]:
    """The fields of FileValues by name."""
    return {
        "schema": _link(addresses.SCHEMA, material),
        "generated_at": material.now,
        "data_as_of": material.last_read,
        "rules": material.rules,
        "program": material.program,
    }


def _link(address: str, material: SiteMaterial) -> str:
    """An address of the site: absolute where the site knows its own, else relative to a file of api/v1."""
    return f"{material.base_url}/{address}" if material.base_url else f"{addresses.way_up(addresses.SCHEMA)}{address}"


def _place(name: str, material: SiteMaterial) -> Mapping[str, Any]:
    """The fields that the short form and the whole one share."""
    commitment, verdict = material.context.commitments[name], material.context.verdicts[name]
    return {
        "short": commitment.short,
        "deal": commitment.deal,
        "parent": parent_of(name, material.context.commitments),
        "status_text": shown_status(verdict),
        "shown_since": verdict.shown_since,
        "next_date": _next_date(verdict, material),
        "links": LinksValues(
            page=_link(addresses.commitment_page(name), material),
            json=_link(addresses.commitment_json(name), material),
            atom=_link(addresses.commitment_changes(name), material),
            calendar=_link(addresses.commitment_dates(name), material),
            badge=_link(addresses.badge(name), material),
        ),
    }


def _next_date(verdict: Verdict, material: SiteMaterial) -> NextDateValues | None:
    today = material.now.date()
    ahead = next((each for each in active_deadlines(verdict) if each.date >= today), None)
    if ahead is None:
        return None
    return NextDateValues(what=ahead.what, kind=ahead.kind, date=ahead.date, said_by=ahead.said_by, state=ahead.state)


def _brief(name: str, material: SiteMaterial) -> BriefValues:
    commitment, verdict = material.context.commitments[name], material.context.verdicts[name]
    return BriefValues(
        **_place(name, material),
        commitment=name,
        name=commitment.name,
        status=verdict.status.value,
        standing=verdict.standing,
        outlook=verdict.outlook,
        flags=_flag_kinds(verdict),
        progress=_share(verdict.progress) if verdict.progress else None,
        last_change=max((change.at for change in material.history.get(name, ())), default=None),
    )


def _share(done: Progress) -> ShareValues:
    return ShareValues(counted=done.counted, target=done.target, unit=done.unit, basis=done.basis, share=done.share)


def _flag_kinds(verdict: Verdict) -> tuple[FlagKind, ...]:
    return tuple(dict.fromkeys(flag.kind for flag in verdict.flags))


# ---------------------------------------------------------------- the evidence


def _sentences(name: str, material: SiteMaterial) -> Iterator[EvidenceValues]:
    """Every sentence that the file names, by when it happened."""
    history, verdict = material.history.get(name, ()), material.context.verdicts[name]
    named = named_evidence(verdict) | {key for change in history for key in transition_evidence(change)}
    gone = frozenset(retracted_signals(history)) - all_evidence(verdict)
    for signal in sorted(known_signals(sorted(named), material.context), key=lambda s: (s.happened.end, s.id)):
        yield _sentence(signal, material, gone=signal.id in gone)


def _sentence(signal: Signal, material: SiteMaterial, *, gone: bool) -> EvidenceValues:
    story = material.context.stories[signal.story]
    return EvidenceValues(
        **sentence_fields(signal, material.context.outlet(story.source, story.url)),
        acts=signal.by,
        origin=signal.origin,
        rule_version=signal.rule_version,
        title=story.title,
        url=web_link(story.url) or None,
        published=story.published_at,
        language=language_of(story),
        outlets=outlet_names([story], material.context),
        gone=gone,
    )


def _dispute(flag: Flag, material: SiteMaterial) -> DisputeValues:
    """A dispute with each side's word."""
    signals = sorted(known_signals(flag.evidence, material.context), key=lambda signal: signal.says)
    sides = groupby(signals, key=lambda signal: signal.says)
    claims = tuple(ClaimValues(says=says, evidence=_ids(claimed)) for says, claimed in sides)
    told = detail_text(flag.detail, material.context.parties)
    return DisputeValues(subject=flag.subject, since=flag.since, detail=told, claims=claims)


def _ids(signals: Iterable[Signal]) -> tuple[str, ...]:
    return tuple(signal.id for signal in signals)


# ---------------------------------------------------------------- the record


def _change(change: Transition, told: ChangeEntry, parties: Parties) -> ChangeValues:
    before, after = notation(change.change)
    return ChangeValues(
        id=change.id,
        at=change.at,
        happened=change.happened,
        kind=change.kind,
        before=before,
        after=after,
        way=change.way,
        cause=change.cause,
        title=told.title,
        text=told.line,
        why=reason_text(change.reason, parties),
        sure=told.sure,
        late=change.late,
        confirms=change.confirms,
        status=status_after(change).value,
        standing=change.standing,
        outlook=change.outlook,
        evidence=tuple(dict.fromkeys((*change.evidence, *change.reason.signals))),
        cited=tuple(map(_cited, change.cited)),
    )


def _cited(cited: CitedSignal) -> CitedValues:
    return CitedValues(
        signal=cited.signal,
        effect=cited.effect,
        quote=cited.quote,
        rule=cited.rule,
        version=cited.version,
        read_by=tuple(map(reader_values, cited.read_by)),
    )


def _published(published: PublishedVerdict) -> PublishedValues:
    verdict = published.verdict
    return PublishedValues(
        at=published.at,
        status=verdict.status.value,
        standing=verdict.standing,
        outlook=verdict.outlook,
        flags=_flag_kinds(verdict),
        share=verdict.progress.share if verdict.progress else None,
    )


def _act(intervention: Intervention) -> InterventionValues:
    return InterventionValues(
        id=intervention.id,
        kind=intervention.kind,
        at=intervention.at,
        until=intervention.until,
        subject=intervention.subject,
        status=intervention.payload.partition("/")[0] if intervention.kind == "pin" else None,
        reason=intervention.reason,
        source=intervention.source,
    )
