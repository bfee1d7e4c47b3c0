"""Everything that the pages and files show, as it was read from the database in one transaction."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from monitor.domain.matching.rules import Deal
from monitor.domain.messages.as_of_differences import retraction_text
from monitor.domain.messages.briefs import EvidenceLine, SourceHealth
from monitor.domain.messages.citations import as_cited
from monitor.domain.messages.context import LANGUAGES, RenderContext, language_of
from monitor.domain.messages.events.reported_acts import SAME_EVENT
from monitor.domain.messages.events.told import ToldEvent, tell, told_once
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.model.changes import DeadlineMissed, EventNoted, FlagChanged, NoticeDue
from monitor.domain.model.commitments import Commitment, Deadline
from monitor.domain.model.enums import FlagKind, FlagState, Standing, Tier
from monitor.domain.model.news import Day, Signal, day_of
from monitor.domain.model.reasons import FirstDateMissed, Rejection
from monitor.domain.model.verdicts import CitedSignal, Flag, Intervention, PublishedVerdict, Transition, Verdict
from monitor.domain.text.labels import format_amount, period_name
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.interventions import Suppressions, author_of, suppressions
from monitor.domain.verdicts.standing import importance

RETIRED_BY_RULES = "rules"
"""Stored for a signal that an edit of the rules retired: its report still stands."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A signal that no longer counts. why, as stored: withdrawn, revised, rules (an edit of them) or read otherwise."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class SiteMaterial:
    """context: commitments with verdicts, cited signals and their stories, rules, publishers, policy and the present;
    its zone is UTC.

    history, published: by commitment, every recorded change and every published verdict, oldest first; interventions:
    by commitment, '' for those on several; sources: the health of the polled feeds; last_read: the last good answer of
    one; base_url: public address of the pages without '/' at its end, '' if unknown; rules, program: versions; deals:
    by id; contact: where readers report errors, '' for nowhere; retired: the signals of the context that no longer
    count; acts: by commitment, events that changed nothing.
    """

    context: RenderContext
    history: Mapping[str, tuple[Transition, ...]]
    published: Mapping[str, tuple[PublishedVerdict, ...]]
    interventions: Mapping[str, tuple[Intervention, ...]]
    sources: tuple[SourceHealth, ...]
    last_read: datetime | None
    title: str
    base_url: str
    rules: str
    program: str
    deals: Mapping[str, Deal] = field(default_factory=dict)
    contact: str = ""
    retired: Mapping[str, Retired] = field(default_factory=dict)
    acts: Mapping[str, tuple[Transition, ...]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.context.now

    def deal_name(self, deal: str) -> str:
        return one_line(self.deals[deal].name if deal in self.deals else deal, 120)


def with_parts(commitment: str, known: Collection[str]) -> tuple[str, ...]:
    """A commitment and all its parts, sorted: its feed and calendar cover them."""
    return tuple(sorted(name for name in known if name == commitment or name.startswith(f"{commitment}-")))


def with_targets(verdict: Verdict, commitment: Commitment, today: Day) -> Verdict:
    """The verdict with the last day of each target as a date, and with those of other laws that are known today."""
    if verdict.standing is Standing.UNPLEDGED:
        return verdict
    since, added = day_of(verdict.since), [d for d in commitment.related if d.since is None or d.since <= today]
    for target in commitment.targets:
        met = verdict.standing is Standing.MET and target.start <= since
        met = met and not any(target.due < other.start <= since for other in commitment.targets)
        period = f" for {period_name(target.label)}" if len(commitment.targets) > 1 and target.label else ""
        what = f"{format_amount(target.amount, target.unit)}{period}"
        added.append(Deadline(what, "due", target.due, "", "met" if met else "current"))
    dated = {record.date for record in verdict.deadlines}
    return replace(verdict, deadlines=(*verdict.deadlines, *(each for each in added if each.date not in dated)))


@dataclass(frozen=True)
class OwnMaterial:
    """The material on one commitment. verdict: the current one; rejections: evidence that people rejected."""

    site: SiteMaterial
    commitment: Commitment
    verdict: Verdict
    history: tuple[Transition, ...]
    published: tuple[PublishedVerdict, ...]
    rejections: Suppressions

    @classmethod
    def of(cls, site: SiteMaterial, name: str) -> OwnMaterial:
        now = (site.context.commitments[name], site.context.verdicts[name])
        record = (site.history.get(name, ()), site.published.get(name, ()))
        return cls(site, *now, *record, suppressions(site.interventions.get(name, ())))

    @property
    def context(self) -> RenderContext:
        return self.site.context

    @property
    def events(self) -> list[Transition]:
        """The recorded changes that tell an event, oldest first, and the acts that changed nothing; those, and what was
        noted late, have the status of their time."""
        events = [change for change in self.history if not is_noted_late(change) and not is_passing_time(change)]
        for act in (*filter(is_noted_late, self.history), *self.site.acts.get(self.commitment.id, ())):
            at = min(act.at, act.happened)
            before = bisect_right(self.published, at, key=lambda each: each.at)
            then = self.published[before - 1].verdict if before else self.verdict
            events.append(replace(act, standing=then.standing, outlook=then.outlook))
        return sorted(events, key=lambda change: change.at)

    @cached_property
    def told(self) -> tuple[ToldEvent, ...]:
        """Its events, oldest first, each once."""
        acts = {act.id for act in self.site.acts.get(self.commitment.id, ())}
        ranked = sorted(self.events, key=lambda each: (not is_noted_late(each), importance(each)), reverse=True)
        found = [tell(each, self.history, self.context, recorded=each.id not in acts) for each in ranked]
        once = told_once(found, self.context, SAME_EVENT)
        return tuple(sorted(once, key=lambda event: event.changes[0].at))

    @property
    def parts(self) -> tuple[OwnMaterial, ...]:
        """The material on its parts, of any depth."""
        family = with_parts(self.commitment.id, self.context.commitments)
        return tuple(OwnMaterial.of(self.site, name) for name in family if name != self.commitment.id)


def is_passing_time(change: Transition) -> bool:
    """Whether a change records no event of the world: a date that comes near, or one that passed after it was moved;
    silence, a date that could not be checked, a doubt that ended."""
    match change.change:
        case NoticeDue() | FlagChanged(flag=FlagKind.STALE | FlagKind.UNCHECKED) | FlagChanged(new=FlagState.EXPIRED):
            return True
        case DeadlineMissed():
            return isinstance(change.reason.detail, FirstDateMissed)
        case _:
            return False


def is_noted_late(change: Transition) -> bool:
    """Whether a change records only that reports of an older act came in."""
    return change.late and isinstance(change.change, EventNoted)


@dataclass(frozen=True, slots=True)
class ReadEvidence:
    """A piece of evidence. lang: of a foreign quote; retracted: why it no longer counts; remark: no rule matches it."""

    line: EvidenceLine
    lang: str = ""
    retracted: str = ""
    remark: str = ""


def context_then(
    keys: Iterable[str], cited: Mapping[str, CitedSignal], at: datetime, context: RenderContext
) -> RenderContext:
    """The context reduced to these signals, as they were cited, and to their stories with the outlets seen by `at`."""
    signals = {
        key: as_cited(context.signals[key], cited[key]) if key in cited else context.signals[key]
        for key in keys
        if key in context.signals
    }
    stories = {
        key: replace(story, outlets=tuple(outlet for outlet in story.outlets if outlet.seen_at <= at))
        for key in {signal.story for signal in signals.values()} & context.stories.keys()
        for story in (context.stories[key],)
    }
    return replace(context, signals=signals, stories=stories)


def read_evidence(
    signals: Sequence[Signal], flags: Sequence[Flag], then: RenderContext, own: OwnMaterial
) -> tuple[ReadEvidence, ...]:
    """One piece for each quoted sentence, with what became of it. then: the context in which it was read."""
    pieces = []
    for line in evidence_lines(signals, flags, then):
        signal = then.signals[line.signal]
        story = then.stories[signal.story]
        lang, carrier = language_of(story), then.publishers.find(story.source, story.url)
        via = then.outlet(story.source, story.url) if carrier.tier is Tier.AGGREGATOR else ""
        if via and (line.outlet == via or signal.says.parties):
            line = replace(line, outlet=f"an unnamed outlet, via {via}")
        rejected, retired = own.rejections.of(signal), own.site.retired.get(signal.id)
        retracted = remark = ""
        if rejected is not None:
            rejection = Rejection(one_line(author_of(rejected), 60), one_line(rejected.reason, 200))
            retracted = retraction_text("", rejected.at, rejection)
        elif retired is not None and retired.why == RETIRED_BY_RULES:
            remark = f"the rules no longer match it since {retired.at:%-d %b %Y}"
        elif retired is not None:
            retracted = retraction_text(retired.why, retired.at, None)
        pieces.append(ReadEvidence(line, lang if lang in LANGUAGES else "", retracted, remark))
    return tuple(pieces)


def readers_of_all(pieces: Iterable[ReadEvidence]) -> str:
    """The rules and readers of these sentences, each once: 'rule soy/bought; read by qwen3:8b'; '' without any."""
    read = (piece.line.read_by or (f"rule {piece.line.rule}" if piece.line.rule else "") for piece in pieces)
    return "; ".join(dict.fromkeys(filter(None, read)))
