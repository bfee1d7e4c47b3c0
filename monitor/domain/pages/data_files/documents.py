"""The JSON files, field by field: the one description that the files, `status --json` and the JSON Schema are made from.

Within api/v1 a field may join; none goes, none takes another meaning, and none that is always given becomes null.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from monitor.domain.model import Cause, Direction, Effect, FlagKind, Kind, Outlook, ReaderKind, Standing, TransitionKind
from monitor.domain.model.news import Day

SIGNAL = "The id of a sentence, as in `sentences[].signal`."
SIGNALS = "The ids of its sentences, as in `sentences[].signal`."
SIDE = "us, cn, both, company, others, press, or a party of the deal; several with a + between them."
SPEAKERS = "us, cn, both, company, data, press, or a party of the deal; several with a + between them"
STATUS = "The one word for where the promise stands: breached or lapsed, else the outlook if it is not steady, else the standing."


# ---------------------------------------------------------------- where a promise stands


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagValues:
    """A remark on a verdict."""

    kind: Annotated[FlagKind, "What is remarked."]
    subject: Annotated[str, "What it is about: a deadline, a rule, a standing or outlook, or the sides waited for."]
    since: Annotated[datetime, "Since when it holds."]
    detail: Annotated[str, "The remark in words; empty where the kind says all."]
    evidence: Annotated[tuple[str, ...], SIGNALS]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineValues:
    """One record of a date. A date that moves leaves its old record behind as superseded or missed: that is its history."""

    what: Annotated[str, "The name of the date; equal for all records of one date."]
    kind: Annotated[str, "due: it has to be done by then; expiry: it holds until then."]
    date: Annotated[Day, "The day; it ends at midnight UTC."]
    said_by: Annotated[str, f"Who names it: {SIDE}"]
    state: Annotated[str, "current, claimed (by one side), superseded, missed, met or lapsed."]
    precision: Annotated[str, "day, or month, quarter or year where only that is named."]
    since: Annotated[Day | None, "The day it was named; null for a date of the baseline."]
    evidence: Annotated[tuple[str, ...], SIGNALS]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountValues:
    """One count of one counter."""

    counter: Annotated[str, "Who counts."]
    amount: Annotated[float, "The count, in `unit`; the low end of a range."]
    high: Annotated[
        float | None, "The high end of a range, equal to `amount` for a single number; null for 'at least'."
    ]
    unit: Annotated[str, "t, usd, or the name of what is counted."]
    basis: Annotated[str, "pledged, booked, shipped or arrived; empty where the text does not say."]
    period: Annotated[str, "The period that the text names; empty if none."]
    as_of: Annotated[datetime, "When it was reported."]
    signal: Annotated[str, SIGNAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressValues:
    """How much is done, in `unit`."""

    counted: Annotated[float, "The highest count that the evidence bears out."]
    low: Annotated[float, "The lowest count of all."]
    high: Annotated[float, "The highest count of all, confirmed or not."]
    target: Annotated[float, "How much was promised for the period; 0 where nothing on this basis was."]
    unit: Annotated[str, "t, usd, or the name of what is counted."]
    basis: Annotated[str, "pledged, booked, shipped or arrived; empty where it is not known."]
    share: Annotated[float | None, "`counted` as a part of `target`, 1 for all of it; null without a target."]
    label: Annotated[str, "The period of the target."]
    readings: Annotated[tuple[CountValues, ...], "Each counter's counts."]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineValues:
    """Where the promise stood on a day, as a person read it in a source."""

    as_of: Annotated[Day, "The day."]
    source: Annotated[str, "Where it was read."]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictValues:
    """Where a promise stands."""

    commitment: Annotated[str, "The id of the promise. It never changes."]
    name: Annotated[str, "The promise in a sentence."]
    status: Annotated[str, STATUS]
    standing: Annotated[Standing, "How far the promise has come."]
    outlook: Annotated[Outlook, "Whether it is in trouble."]
    since: Annotated[datetime, "Since when the standing holds."]
    outlook_since: Annotated[datetime | None, "Since when the outlook holds; null where it never turned."]
    why: Annotated[str, "The reason, in words; empty if none was recorded."]
    last_evidence: Annotated[
        datetime | None, "When what was last reported of it took place; null before the first report."
    ]
    steps: Annotated[tuple[str, ...], "The steps that are done."]
    flags: Annotated[tuple[FlagValues, ...], "Remarks that hold now."]
    deadlines: Annotated[tuple[DeadlineValues, ...], "Every record of a date, in force and past."]
    progress: Annotated[ProgressValues | None, "What is counted; null for a promise that counts nothing."]
    evidence: Annotated[
        tuple[str, ...], "The ids of the sentences behind standing and outlook, as in `sentences[].signal`."
    ]
    baseline: Annotated[BaselineValues | None, "What the verdict rests on alone; null once there is evidence."]


# ---------------------------------------------------------------- sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderValues:
    """How one reader reads a sentence."""

    kind: Annotated[ReaderKind, "What it is."]
    name: Annotated[str, "The rule or the model; empty for a person."]
    version: Annotated[str, "Of the rule, or of the question that the model was asked; empty for a person."]
    effect: Annotated[Effect | None, "What it reads; null where it sees nothing of the promise."]
    says: Annotated[str | None, f"Whose word it takes the sentence for: {SPEAKERS}; null for a rule."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceValues:
    """A sentence of the evidence."""

    signal: Annotated[str, "Its id."]
    happened: Annotated[datetime, "When what it reports took place; a bare date ends with its day."]
    effect: Annotated[Effect, "What it reports for the promise."]
    says: Annotated[str, f"Whose word it is: {SPEAKERS}."]
    outlet: Annotated[str, "Who published it first."]
    quote: Annotated[str, "The sentence, word for word."]
    rule: Annotated[str, "The rule that reads it so."]
    read_by: Annotated[tuple[ReaderValues, ...], "All who read it; those with another `effect` differ."]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceValues(SentenceValues):
    """A sentence with the report it stands in."""

    acts: Annotated[str, "Who acts: us, cn, both, company, third, unknown, or a party of the deal."]
    origin: Annotated[str, "The official, agency or company that the sentence credits, else the outlet's owner."]
    rule_version: Annotated[str, "The version of the rule."]
    title: Annotated[str, "The report's headline."]
    url: Annotated[str | None, "The report's address; null where it has none."]
    published: Annotated[datetime, "When the outlet published it."]
    language: Annotated[str, "The report's language as two letters; empty if not known."]
    outlets: Annotated[tuple[str, ...], "All who carried it, the earliest first."]
    gone: Annotated[bool, "It was withdrawn, edited or rejected since, and counts no more."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedValues:
    """A sentence as it was read when a change was recorded, whatever it is read as now."""

    signal: Annotated[str, SIGNAL]
    effect: Annotated[Effect, "What it was read as."]
    quote: Annotated[str, "The sentence, word for word."]
    rule: Annotated[str, "The rule that read it so."]
    version: Annotated[str, "The version of that rule."]
    read_by: Annotated[tuple[ReaderValues, ...], "Who read it, where that was more than a rule."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimValues:
    """What one side says in a dispute."""

    says: Annotated[str, f"Whose word it is: {SPEAKERS}."]
    evidence: Annotated[tuple[str, ...], SIGNALS]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeValues:
    """Claims that cannot all be true."""

    subject: Annotated[str, "What they are about."]
    since: Annotated[datetime, "Since when they contradict each other."]
    detail: Annotated[str, "The contradiction in words."]
    claims: Annotated[tuple[ClaimValues, ...], "Each side's word."]


# ---------------------------------------------------------------- the record


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeValues:
    """A recorded change. It is never rewritten: a correction is a change of its own."""

    id: Annotated[str, "Its id. It never changes, and stands in the Atom feed's ids."]
    at: Annotated[datetime, "When it was recorded."]
    happened: Annotated[datetime, "When what caused it took place."]
    kind: Annotated[TransitionKind, "What changed."]
    before: Annotated[str, "The value before, as a key, a day or a share; empty if there was none."]
    after: Annotated[str, "The value after it."]
    way: Annotated[Direction, "up is good for the promise, down is bad."]
    cause: Annotated[Cause, "What moved it."]
    title: Annotated[str, "What happened, as the subject of its alert and the title of its Atom entry."]
    text: Annotated[str, "The change in words."]
    why: Annotated[str, "The reason in words."]
    sure: Annotated[str, "How sure it is, and who says so; empty where the calendar says it."]
    late: Annotated[bool, "Its report was first seen late."]
    confirms: Annotated[bool, "It only adds certainty to what was told before."]
    status: Annotated[str, f"After it. {STATUS}"]
    standing: Annotated[Standing, "After it."]
    outlook: Annotated[Outlook, "After it."]
    evidence: Annotated[tuple[str, ...], SIGNALS]
    cited: Annotated[tuple[CitedValues, ...], "Its sentences as they were read then."]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedValues:
    """Where the promise stood from a moment on, as it was published then."""

    at: Annotated[datetime, "From when."]
    status: Annotated[str, STATUS]
    standing: Annotated[Standing, "How far it had come."]
    outlook: Annotated[Outlook, "Whether it was in trouble."]
    flags: Annotated[tuple[FlagKind, ...], "The kinds of remarks."]
    share: Annotated[float | None, "The counted part of the target; null where nothing was counted against one."]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionValues:
    """What a person did about the status or the evidence. Who it was is not published."""

    id: Annotated[str, "Its id."]
    kind: Annotated[str, "pin, unpin, reject or restore."]
    at: Annotated[datetime, "When."]
    until: Annotated[datetime | None, "When it ends by itself; null if it does not."]
    subject: Annotated[str, "The sentence that was rejected, or the intervention that was taken back; empty for a pin."]
    status: Annotated[str | None, "The status that a pin holds; null for other interventions."]
    reason: Annotated[str, "Why."]
    source: Annotated[str, "Where the person read it; empty if not said."]


# ---------------------------------------------------------------- the files


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionValues:
    """What it takes to reach a status."""

    status: Annotated[str, "The status."]
    text: Annotated[str, "What it takes."]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetValues:
    """How much is owed in one period."""

    amount: Annotated[float, "How much."]
    unit: Annotated[str, "t, usd, or the name of what is counted."]
    basis: Annotated[str, "pledged, booked, shipped or arrived; empty where the text does not say."]
    start: Annotated[Day, "The first day of the period."]
    due: Annotated[Day, "Its last day."]
    label: Annotated[str, "Its name."]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksValues:
    """Addresses: absolute where the site knows its own, else relative to this file."""

    page: Annotated[str, "The page for people."]
    json: Annotated[str, "The file with everything of this promise."]
    atom: Annotated[str, "Its changes, and those of its parts, as Atom."]
    calendar: Annotated[str, "Its dates, and those of its parts, as iCalendar."]
    badge: Annotated[str, "Its status as a picture (SVG)."]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDateValues:
    """The next date that the clock counts to."""

    what: Annotated[str, "The name of the date."]
    kind: Annotated[str, "due or expiry."]
    date: Annotated[Day, "The day."]
    said_by: Annotated[str, f"Who names it: {SIDE}"]
    state: Annotated[str, "current, or claimed where one side alone names it."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareValues:
    """How much is done, in short."""

    counted: Annotated[float, "The highest count that the evidence bears out."]
    target: Annotated[float, "How much was promised for the period."]
    unit: Annotated[str, "t, usd, or the name of what is counted."]
    basis: Annotated[str, "pledged, booked, shipped or arrived; empty where it is not known."]
    share: Annotated[float | None, "`counted` as a part of `target`; null without a target."]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefValues:
    """A promise in short."""

    commitment: Annotated[str, "Its id. It never changes."]
    name: Annotated[str, "The promise in a sentence."]
    short: Annotated[str, "The promise in a few words."]
    deal: Annotated[str, "The deal that it belongs to."]
    parent: Annotated[str | None, "The promise that it is a part of; null if it is none."]
    status: Annotated[str, STATUS]
    status_text: Annotated[str, "The status as people read it, with the standing where the outlook is the status."]
    standing: Annotated[Standing, "How far the promise has come."]
    outlook: Annotated[Outlook, "Whether it is in trouble."]
    shown_since: Annotated[datetime, "Since when `status` holds."]
    flags: Annotated[tuple[FlagKind, ...], "The kinds of remarks that hold now."]
    progress: Annotated[ShareValues | None, "What is counted; null for a promise that counts nothing."]
    next_date: Annotated[NextDateValues | None, "The next date ahead; null if there is none."]
    last_change: Annotated[datetime | None, "When a change was last recorded; null before the first one."]
    links: Annotated[LinksValues, "Where to find more."]


@dataclass(frozen=True, kw_only=True)
class FileValues:
    """What every file begins with."""  # without slots, as two bases with slots cannot be joined

    schema: Annotated[str, "The address of the JSON Schema."]
    generated_at: Annotated[datetime, "When this file was written: after each change, and at least once a day."]
    data_as_of: Annotated[datetime | None, "When a source was last read by then; null if none ever was."]
    rules: Annotated[str, "The version of the rules."]
    program: Annotated[str, "The version of the program; empty if not known."]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile(FileValues):
    """api/v1/index.json: every promise in short."""

    title: Annotated[str, "The title of the board."]
    commitments: Annotated[tuple[BriefValues, ...], "In alphabetical order of their ids."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentFile(VerdictValues, FileValues):
    """api/v1/ID.json: everything that is known of one promise."""

    short: Annotated[str, "The promise in a few words."]
    deal: Annotated[str, "The deal that it belongs to."]
    parent: Annotated[str | None, "The promise that it is a part of; null if it is none."]
    parts: Annotated[tuple[str, ...], "The ids of its parts."]
    kind: Annotated[Kind, "What kind of promise it is."]
    owed_by: Annotated[
        str,
        "Whose act fulfils it: us, cn, both, company, others, or a party of the deal; several with a + between them.",
    ]
    status_text: Annotated[str, "The status as people read it, with the standing where the outlook is the status."]
    shown_since: Annotated[datetime, "Since when `status` holds."]
    next_step: Annotated[str, "What would change the status next, in words; empty where nothing can be said."]
    terms: Annotated[tuple[str, ...], "Instruments, rates or scopes now in use."]
    criteria: Annotated[tuple[CriterionValues, ...], "What it takes to reach each status."]
    targets: Annotated[tuple[TargetValues, ...], "How much is owed in each period."]
    next_date: Annotated[NextDateValues | None, "The next date ahead; null if there is none."]
    contested: Annotated[tuple[DisputeValues, ...], "Claims that contradict each other now."]
    sentences: Annotated[tuple[EvidenceValues, ...], "Every sentence that this file names, by when it happened."]
    changes: Annotated[tuple[ChangeValues, ...], "Every recorded change, oldest first."]
    published: Annotated[tuple[PublishedValues, ...], "Every verdict that was published, oldest first."]
    interventions: Annotated[tuple[InterventionValues, ...], "What people did about it, oldest first."]
    links: Annotated[LinksValues, "Where to find more."]
