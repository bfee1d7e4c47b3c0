"""The JSON files of the site and `status --json`: pydantic checks the values, writes them and derives the JSON Schema.
Within api/v1 a field may be added; none is removed, changes its meaning or becomes null."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationInfo

from monitor.domain.messages.context import known_signals, language_of, outlet_names
from monitor.domain.messages.events.reported_acts import parent_of
from monitor.domain.messages.evidence_lines import retracted_signals
from monitor.domain.messages.next_steps import next_step
from monitor.domain.messages.subject import shown_status
from monitor.domain.messages.who_read import readers_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Cause, Direction, Effect, FlagKind, Kind, Outlook, Standing, TransitionKind
from monitor.domain.model.news import Day, ReaderKind, Signal
from monitor.domain.model.sides import Parties
from monitor.domain.model.verdicts import Flag, Verdict
from monitor.domain.pages import addresses
from monitor.domain.pages.change_entries import ChangeEntry
from monitor.domain.pages.material import SiteMaterial, with_parts
from monitor.domain.text.plain import web_link, xml_text
from monitor.domain.verdicts.deadlines import active_deadlines
from monitor.domain.verdicts.decide import baseline_behind
from monitor.domain.verdicts.evidence import all_evidence, named_evidence, transition_evidence

SIDE = "A party of the deal, company, others or press; several parties are joined with +."
SPEAKER = f"Whose word it is: {SIDE}"
SIGNALS = "Ids of its sentences, as in `sentences[].signal`."
PUBLIC_INTERVENTIONS = ("pin", "unpin", "reject", "restore")
"""Mutes concern messages, and readings are with their sentences."""
STATUS = "The word that people read: breached or lapsed, else the outlook unless it is steady, else the standing."


def _in_words(detail: Any, info: ValidationInfo) -> Any:
    """The detail of a flag in words. The context of the validation holds the names of the parties."""
    return detail if isinstance(detail, str) else detail_text(detail, (info.context or {})["parties"])


def _kinds(flags: tuple[Flag, ...]) -> tuple[FlagKind, ...]:
    return tuple(dict.fromkeys(flag.kind for flag in flags))


def about(description: str) -> Any:
    """A required field with its description in the schema."""
    return Field(description=description)


Text = Annotated[str, AfterValidator(xml_text)]
FlagKinds = Annotated[tuple[FlagKind, ...], BeforeValidator(_kinds)]
Kept = TypeVar("Kept", bound="Document")


class Document(BaseModel):
    """A JSON object; its values come from attributes of the same names, or are given."""

    model_config = ConfigDict(from_attributes=True, extra="forbid", frozen=True)

    @classmethod
    def of(cls: type[Kept], source: object, parties: Parties | None = None, **given: Any) -> Kept:
        """The document of an object of the domain. given: the fields that are no attributes of it."""
        values = {name: getattr(source, name) for name in cls.model_fields if name not in given}
        return cls.model_validate({**values, **given}, context={"parties": parties or Parties()})


class FlagDocument(Document):
    """A remark on a verdict."""

    kind: FlagKind
    subject: Text = about("A deadline, a rule, a standing or outlook, or the sides that have not confirmed.")
    since: datetime
    detail: Annotated[Text, BeforeValidator(_in_words)] = about("The remark in words; empty if the kind says it all.")
    evidence: tuple[str, ...] = about(SIGNALS)


class DeadlineDocument(Document):
    """One record of a date. If the date moves, the old record stays as superseded or missed."""

    what: Text = about("The name of the date, the same in all its records.")
    kind: Text = about("due: to be done by then; expiry: in force until then; start or empty: an announced day.")
    date: Day = about("It ends at midnight UTC.")
    said_by: Text = about(f"Who names it: {SIDE}")
    state: Text = about(
        "current, claimed (by one side), announced, awaited (without a day), superseded, missed, met or lapsed."
    )
    precision: Text = about("day; or week, month, quarter, season or year if only that is named.")
    since: Day | None = about("The day it was named; null for a date of the baseline.")
    evidence: tuple[str, ...] = about(SIGNALS)


class CountDocument(Document):
    """One count by one counter."""

    counter: Text
    amount: float = about("In `unit`; the low end of a range.")
    high: float | None = about("The high end of a range, equal to `amount` for a single number; null for 'at least'.")
    unit: Text
    basis: Text = about("pledged, booked, shipped or arrived; empty if unknown.")
    period: Text = about("The period that the text names; empty if none.")
    as_of: datetime = about("When it was reported.")
    signal: Text = about("Id of its sentence, as in `sentences[].signal`.")


class ProgressDocument(Document):
    """How much is done."""

    counted: float = about("The highest count that the evidence confirms.")
    low: float = about("The lowest of all counts.")
    high: float = about("The highest of all counts, confirmed or not.")
    target: float = about("The pledged amount for the period; 0 without one on this basis.")
    unit: Text = about("t, usd, or the name of the thing that is counted.")
    basis: Text = about("pledged, booked, shipped or arrived; empty if unknown.")
    share: float | None = about("`counted` as a part of `target`; null without a target.")
    label: Text = about("The period of the target.")
    readings: tuple[CountDocument, ...] = about("All counts.")


class BaselineDocument(Document):
    """The standing of the commitment on a day, as a person read it in a source."""

    as_of: Day
    source: Text


class VerdictDocument(Document):
    """Where a commitment stands."""

    commitment: Text = about("The id of the commitment. It never changes.")
    name: Text = about("The commitment in a sentence.")
    status: Standing | Outlook = about(STATUS)
    standing: Standing = about("How far the commitment has come.")
    outlook: Outlook = about("Whether it is in trouble.")
    since: datetime = about("Start of the standing.")
    outlook_since: datetime | None = about("Start of the outlook; null if it never changed.")
    why: Text = about("The reason in words; empty if none was recorded.")
    last_evidence: datetime | None = about("When the last reported event happened; null before the first report.")
    steps: tuple[Text, ...] = about("The completed steps.")
    flags: tuple[FlagDocument, ...] = about("Current remarks.")
    deadlines: tuple[DeadlineDocument, ...] = about("Every record of a date, current and past.")
    progress: ProgressDocument | None = about("null for a commitment without quantities.")
    evidence: tuple[str, ...] = about("Ids of the sentences behind standing and outlook.")
    baseline: BaselineDocument | None = about("The only ground of the verdict; null once there is evidence.")


class ReaderDocument(Document):
    """How one reader reads a sentence."""

    kind: ReaderKind
    name: Text = about("The rule or the model; empty for a person.")
    version: Text = about("Of the rule, or of the model's prompt; empty for a person.")
    effect: Effect | None = about("null if the reader finds nothing about the commitment.")
    says: Text | None = about(f"{SPEAKER} null for a rule.")


class SentenceDocument(Document):
    """A sentence of the evidence."""

    signal: Text = about("Its id.")
    happened: datetime = about("When the reported event happened; a bare date means the end of that day.")
    effect: Effect = about("Its meaning for the commitment.")
    says: Text = about(SPEAKER)
    outlet: Text = about("The outlet that published it first.")
    quote: Text = about("The sentence, word for word.")
    rule: Text = about("The rule that matched it.")
    read_by: tuple[ReaderDocument, ...] = about("All its readers; those with another `effect` disagree.")


class EvidenceDocument(SentenceDocument):
    """A sentence with its report."""

    by: Text = about("Who acts: a party of the deal, several joined with +, company, third or unknown.")
    origin: Text = about("The official, agency or company that the sentence credits, else the owner of the outlet.")
    rule_version: Text
    title: Text = about("The headline of the report.")
    url: Text | None = about("The address of the report.")
    published: datetime
    language: Text = about("Two letters; empty if unknown.")
    outlets: tuple[Text, ...] = about("All that carried the report, the earliest first.")
    retracted: bool = about("Withdrawn, edited or rejected since; it no longer counts.")


class CitedDocument(Document):
    """A sentence as it was read when a change was recorded."""

    signal: Text
    effect: Effect
    quote: Text
    rule: Text
    version: Text = about("Of the rule.")
    read_by: tuple[ReaderDocument, ...] = about("Its readers, if there was more than a rule.")


class ChangeDocument(Document):
    """A recorded change. It is never rewritten: a correction is a change of its own."""

    id: Text = about("It never changes and is part of the ids of the Atom feed.")
    at: datetime = about("When it was recorded.")
    happened: datetime = about("When its cause happened.")
    kind: TransitionKind
    before: Text = about("A key, a day or a share; empty if there was none.")
    after: Text
    way: Direction = about("up is good for the commitment, down is bad.")
    cause: Cause
    title: Text = about("The subject of its alert and the title of its Atom entry.")
    text: Text = about("The change in words.")
    why: Text = about("The reason in words.")
    confidence: Text = about("How certain it is, and who says so; empty if the calendar says it.")
    late: bool = about("The report was first seen late.")
    confirms: bool = about("It only adds certainty to an earlier change.")
    status: Standing | Outlook = about(f"After the change. {STATUS}")
    standing: Standing = about("After the change.")
    outlook: Outlook = about("After the change.")
    evidence: tuple[str, ...] = about(SIGNALS)
    cited: tuple[CitedDocument, ...] = about("Its sentences as they were read then.")


class PublishedDocument(Document):
    """Where the commitment stood from a moment on, as it was published then."""

    at: datetime
    status: Standing | Outlook = about(STATUS)
    standing: Standing
    outlook: Outlook
    flags: FlagKinds
    share: float | None = about("The counted part of the target; null without a count or a target.")


class InterventionDocument(Document):
    """An action of a person on the status or the evidence. The person is not named."""

    id: Text
    kind: Text = about("pin, unpin, reject or restore.")
    at: datetime
    until: datetime | None = about("When it ends; null if it has no end.")
    subject: Text = about("The rejected sentence or the intervention that was undone; empty for a pin.")
    status: Text | None = about("The status of a pin; null for other interventions.")
    reason: Text
    source: Text = about("Where the person read it; empty if not given.")


class CriterionDocument(Document):
    """The condition for a status."""

    status: Text
    text: Text


class TargetDocument(Document):
    """How much is owed in one period."""

    amount: float
    unit: Text
    basis: Text
    start: Day = about("First day of the period.")
    due: Day = about("Last day of the period.")
    label: Text = about("Name of the period.")


class LinksDocument(Document):
    """Addresses: absolute if the site has a `base_url`, else relative to this file."""

    page: Text
    json_file: Text = Field(description="Everything about this commitment.", serialization_alias="json")
    atom: Text = about("Its changes and those of its parts.")
    calendar: Text = about("Its dates and those of its parts.")


class SummaryDocument(Document):
    """The common fields of the short and the full form of a commitment."""

    commitment: Text = about("The id of the commitment. It never changes.")
    name: Text = about("The commitment in a sentence.")
    short: Text = about("The commitment in a few words.")
    deal: Text = about("The id of its deal.")
    parent: Text | None = about("The commitment that it is a part of.")
    status: Standing | Outlook = about(STATUS)
    status_text: Text = about("The status as people read it, with the standing if the outlook is the status.")
    standing: Standing = about("How far the commitment has come.")
    outlook: Outlook = about("Whether it is in trouble.")
    shown_since: datetime = about("Start of `status`.")
    next_date: DeadlineDocument | None = about("The next date ahead.")
    last_change: datetime | None = about("When the last change was recorded.")
    links: LinksDocument


class BriefDocument(SummaryDocument):
    """A commitment in short."""

    flags: FlagKinds = about("The kinds of the current remarks.")
    progress: ProgressDocument | None = about("null for a commitment without quantities.")


class FileDocument(Document):
    """The first fields of every file."""

    schema_address: Text = Field(description="The address of the JSON Schema.", serialization_alias="schema")
    generated_at: datetime = about("Files are written after each change, and at least once a day.")
    data_as_of: datetime | None = about("The last good answer of a source by then; null if there was none.")
    rules: Text = about("The version of the rules.")
    program: Text = about("The version of the program; empty if unknown.")


class IndexFile(FileDocument):
    """api/v1/index.json: every commitment in short."""

    title: Text = about("The title of the board.")
    deals: Mapping[Text, Text] = about("The names of the deals, by id.")
    commitments: tuple[BriefDocument, ...] = about("Sorted by id.")


class CommitmentFile(VerdictDocument, SummaryDocument, FileDocument):
    """api/v1/ID.json: everything about one commitment."""

    parts: tuple[Text, ...] = about("The ids of its parts.")
    kind: Kind
    owed_by: Text = about(f"Who has to fulfil it: {SIDE}")
    next_step: Text = about("The next step that would change the status; empty if unknown.")
    terms: tuple[Text, ...] = about("Instruments, rates or scopes in use.")
    criteria: tuple[CriterionDocument, ...]
    targets: tuple[TargetDocument, ...]
    sentences: tuple[EvidenceDocument, ...] = about("Every sentence that this file names, ordered by event.")
    changes: tuple[ChangeDocument, ...] = about("Every recorded change, oldest first.")
    published: tuple[PublishedDocument, ...] = about("Every published verdict, oldest first.")
    interventions: tuple[InterventionDocument, ...] = about("Actions of people, oldest first.")


def verdict_json(commitment: Commitment, verdict: Verdict, parties: Parties) -> dict[str, Any]:
    """A verdict as a JSON object."""
    fields = _verdict_fields(commitment, verdict, parties)
    return VerdictDocument.of(verdict, parties, **fields).model_dump(mode="json")


def sentence_json(signal: Signal, outlet: str) -> dict[str, Any]:
    """A sentence of the evidence as a JSON object, with all its readers."""
    return SentenceDocument.of(signal, **_sentence_fields(signal, outlet)).model_dump(mode="json")


def index_file(material: SiteMaterial) -> bytes:
    """Every commitment in short, as JSON."""
    briefs = [
        BriefDocument.of(material.context.verdicts[name], **_summary_fields(name, material))
        for name in sorted(material.context.commitments)
    ]
    return _as_bytes(
        IndexFile(
            **_file_fields(material), title=material.title, deals=material.context.deals, commitments=tuple(briefs)
        )
    )


def commitment_file(name: str, entries: Sequence[ChangeEntry], material: SiteMaterial) -> bytes:
    """Everything about one commitment, as JSON. entries: those of its changes, for titles and texts."""
    context, history = material.context, material.history.get(name, ())
    commitment, verdict, parties = context.commitments[name], context.verdicts[name], context.parties
    by_id = {entry.text.id: entry for entry in entries}
    named = named_evidence(verdict) | {key for change in history for key in transition_evidence(change)}
    retracted = frozenset(retracted_signals(history)) - all_evidence(verdict)
    signals = sorted(known_signals(sorted(named), context), key=lambda signal: (signal.happened.end, signal.id))
    changes = []
    for change in history:
        entry = by_id[change.id]
        words = {name: getattr(entry.text, name) for name in ("before", "after", "text", "status")}
        words |= {"title": entry.title, "why": entry.text.reason, "confidence": entry.confidence}
        evidence = tuple(dict.fromkeys((*change.evidence, *change.reason.signals)))
        changes.append(ChangeDocument.of(change, **words, evidence=evidence))
    document = CommitmentFile.of(
        verdict,
        parties,
        **_file_fields(material),
        **{**_verdict_fields(commitment, verdict, parties), **_summary_fields(name, material)},
        parts=tuple(part for part in with_parts(name, context.commitments) if part != name),
        kind=commitment.kind,
        owed_by=commitment.owed_by,
        next_step=next_step(commitment, verdict, context),
        criteria=[CriterionDocument(status=status, text=text) for status, text in commitment.criteria],
        targets=commitment.targets,
        sentences=[_evidence(signal, material, retracted=signal.id in retracted) for signal in signals],
        changes=changes,
        published=[
            PublishedDocument.of(
                each.verdict, at=each.at, share=each.verdict.progress.share if each.verdict.progress else None
            )
            for each in material.published.get(name, ())
        ],
        interventions=[
            InterventionDocument.of(each, status=each.payload.partition("/")[0] if each.kind == "pin" else None)
            for each in material.interventions.get(name, ())
            if each.kind in PUBLIC_INTERVENTIONS
        ],
    )
    return _as_bytes(document)


def schema_file() -> bytes:
    """The JSON Schema of all files; the same in every installation."""
    schema = TypeAdapter(IndexFile | CommitmentFile).json_schema(mode="serialization")
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return _as_bytes({"$schema": dialect, "$id": addresses.tag("schema/v1"), **schema})


def _as_bytes(values: Document | Mapping[str, Any]) -> bytes:
    if isinstance(values, Document):
        values = values.model_dump(mode="json", by_alias=True)
    return (json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _file_fields(material: SiteMaterial) -> Mapping[str, Any]:
    return {
        "schema_address": addresses.link_from(addresses.SCHEMA, addresses.SCHEMA, material.base_url),
        "generated_at": material.now,
        "data_as_of": material.last_read,
        "rules": material.rules,
        "program": material.program,
    }


def _verdict_fields(commitment: Commitment, verdict: Verdict, parties: Parties) -> Mapping[str, Any]:
    return {
        "name": commitment.name,
        "why": detail_text(verdict.why.detail, parties),
        "evidence": (*verdict.evidence, *verdict.outlook_evidence),
        "baseline": baseline_behind(verdict, commitment),
    }


def _summary_fields(name: str, material: SiteMaterial) -> Mapping[str, Any]:
    commitment, verdict = material.context.commitments[name], material.context.verdicts[name]
    today = material.now.date()
    files = {
        "page": addresses.commitment_page(name),
        "json_file": addresses.data_file(name, "json"),
        "atom": addresses.data_file(name, "atom"),
        "calendar": addresses.data_file(name, "ics"),
    }
    links = {key: addresses.link_from(addresses.SCHEMA, file, material.base_url) for key, file in files.items()}
    return {
        "name": commitment.name,
        "short": commitment.short,
        "deal": commitment.deal,
        "parent": parent_of(name, material.context.commitments),
        "status_text": shown_status(verdict),
        "next_date": next((each for each in active_deadlines(verdict) if each.date >= today), None),
        "last_change": max((change.at for change in material.history.get(name, ())), default=None),
        "links": LinksDocument(**links),
    }


def _sentence_fields(signal: Signal, outlet: str) -> Mapping[str, Any]:
    return {"signal": signal.id, "happened": signal.happened.end, "outlet": outlet, "read_by": readers_of(signal)}


def _evidence(signal: Signal, material: SiteMaterial, *, retracted: bool) -> EvidenceDocument:
    story = material.context.stories[signal.story]
    return EvidenceDocument.of(
        signal,
        **_sentence_fields(signal, material.context.outlet(story.source, story.url)),
        title=story.title,
        url=web_link(story.url) or None,
        published=story.published_at,
        language=language_of(story),
        outlets=outlet_names([story], material.context),
        retracted=retracted,
    )
