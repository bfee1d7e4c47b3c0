"""The changes and reported acts of a period: which count, by which reports they are told; the parts of a commitment."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.context import RenderContext, is_english, known_signals
from monitor.domain.messages.headline import change_headline, moves_status, ranked_reports
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    By,
    Cause,
    Commitment,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Level,
    Modality,
    Outlook,
    ReasonCode,
    Severity,
    Signal,
    Status,
    Tier,
    Transition,
    Verdict,
    changes,
    reasons,
)
from monitor.domain.stories.titles import title_words
from monitor.domain.text.labels import moment_day
from monitor.domain.verdicts.events import direction_of
from monitor.domain.verdicts.standing import HEDGED, WELL_REPORTED

SAME_EVENT = timedelta(days=2)
"""Changes within this time may be one event that two outlets report (estimate)."""
NOON = time(12)
"""The hour for what begins on a day, which is then the same day in most zones."""
MAX_PLAIN = 130
"""Characters of a title that is a headline, no sentence of a document (estimate)."""
MAX_EVENT = 200
"""Characters of an event: hardly a headline is longer; what only describes a page is cut."""


def is_confirmation(change: Transition) -> bool:
    return isinstance(change.change, changes.FlagChanged) and change.change.new is FlagState.CONFIRMED


def turns(transitions: Iterable[Transition]) -> list[tuple[Transition, Status, Status]]:
    """The changes of the status of one commitment, from one to another, in order of time."""
    return [
        (move, move.change.old, move.change.new)
        for move in sorted(transitions, key=lambda item: (item.at, item.happened))
        if isinstance(move.change, changes.StatusChanged) and move.change.old is not move.change.new
    ]


def best_reports(
    change: Transition, commitment: Commitment, evidence: Iterable[str], context: RenderContext
) -> list[Signal]:
    """The reports of the days of a change, of the same acts, that may give its headline, the best first: those that
    tell an amount or a date lead, and of a meeting of leaders those in the words of a side, on the topic of the
    commitment, the last first."""
    own = known_signals((*change.evidence, *change.reason.signals), context)
    actors, effects = {signal.by for signal in own}, {signal.effect for signal in own}
    known = known_signals((*change.reason.signals, *evidence), context)
    pool = [s for s in known if s.by in actors and (s.effect in effects or moves_status(change))]
    ranked = ranked_reports(replace(change, evidence=tuple(signal.id for signal in pool)), pool, context)
    series = commitment.kind is Kind.SERIES and change.level is Level.SUMMIT
    topic = {word for word in title_words(commitment.short) if len(word) > 3}
    units = {"days", *(target.unit for target in commitment.targets)}

    def rank(signal: Signal) -> tuple[object, ...]:
        if signal.field != TITLE or not change_headline(change, "", "", [signal], context)[1]:
            return (1,)
        if series:
            of_both = signal.says.parties and len(signal.by.parties) > 1
            outcome = of_both and signal.tier in (Tier.WIRE, Tier.TRADE) and signal.modality not in HEDGED
            alone = len({act.commitment for act in context.acts_in(signal.story)}) < 2
            aside = alone and topic.isdisjoint(title_words(context.stories[signal.story].title))
            return (0, aside, -signal.happened.end.timestamp()) if outcome else (1,)
        figure = signal.date is not None or (signal.quantity is not None and signal.quantity.unit in units)
        alike = (signal.level, signal.effect) == (ranked[0].level, ranked[0].effect)
        plain = alike and signal.modality is not Modality.RUMOUR
        return (0,) if figure and plain and len(context.stories[signal.story].title) <= MAX_PLAIN else (1,)

    return sorted(ranked, key=rank)


def parent_of(key: str, found: Collection[str]) -> str | None:
    """The nearest of these commitments that has the commitment `key` as a part; None if there is none."""
    return max((name for name in found if key.startswith(f"{name}-")), key=len, default=None)


def root_of(key: str, found: Collection[str]) -> str:
    """The topmost of these commitments that has `key` as a part of any depth; `key` itself if there is none."""
    above = parent_of(key, found)
    return key if above is None else root_of(above, found)


def of_period(change: Transition, start: datetime, context: RenderContext) -> Transition:
    """The change with the reports of the period alone, if it has any: a change may rest on older ones too, and they
    tell an event of an earlier period."""
    cited = {key for key in (*change.evidence, *change.reason.signals) if key in context.signals}
    fresh = {key for key in cited if context.signals[key].happened.end >= start}
    if not fresh or fresh == cited:
        return change
    evidence, named = (tuple(key for key in keys if key in fresh) for keys in (change.evidence, change.reason.signals))
    level = min(change.level, max(context.signals[key].level for key in fresh))
    return replace(change, evidence=evidence, reason=replace(change.reason, signals=named), level=level)


def is_past(change: Transition, start: datetime) -> bool:
    """Whether a change is an event from before the period that was first seen late and moved no status."""
    return isinstance(change.change, changes.EventNoted) and change.late and change.happened < start


def is_background(change: Transition, dates: Collection[tuple[str, date | None]] = ()) -> bool:
    """Whether a change is no event that a digest tells: what too few report, a doubt that ended, no news, a date that
    could not be checked, a date that comes near, the old date of one that moved, that of a later starting point. dates:
    what moved, each commitment with its new date."""
    match change.change:
        case changes.FlagChanged(flag=flag, new=new):
            quiet = change.severity is Severity.ROUTINE and new is not FlagState.CONFIRMED
            return quiet or flag in (FlagKind.STALE, FlagKind.UNCHECKED)
        case changes.EventNoted():
            return change.severity is Severity.ROUTINE
        case changes.NoticeDue():
            return True
        case changes.DeadlineMissed() if isinstance(change.reason.detail, reasons.FirstDateMissed):
            return (change.commitment, change.reason.detail.later) in dates
        case changes.DeadlineMoved():
            return change.cause is Cause.CLOCK and not (change.evidence or change.reason.signals)
        case _:
            return False


_TURN = re.compile(r"\bbut\b|\bset for\b|^['‘“\"]", re.IGNORECASE)
"""A headline that turns to something else, speaks of what may come, or opens with a quote."""
MOOD = re.compile(r"\brisk(?:s|ing)? \w+ing\b|\bin (?:jeopardy|doubt|peril|limbo)\b|\bon the brink\b", re.IGNORECASE)
"""A headline that judges what an act may bring, and does not tell the act."""


def known_outlets(signals: Iterable[Signal], context: RenderContext) -> set[str]:
    """The outlets that carried these reports, without aggregators and unknown ones."""
    carried = set[tuple[str, str]]()
    for signal in signals:
        story = context.stories[signal.story]
        carried |= {(story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets)}
    return {context.outlet(*each) for each in carried if context.publishers.find(*each).tier <= Tier.TRADE}


def is_read_alike(first: Signal, second: Signal) -> bool:
    """Whether the same rule reads the same act in two reports; one may not name who acts, or begin with the company of
    which a side speaks."""
    alike = (first.commitment, first.rule, first.effect) == (second.commitment, second.rule, second.effect)
    of_company = any(each.by is By.COMPANY and each.says.parties for each in (first, second))
    return alike and (first.by is second.by or By.UNKNOWN in (first.by, second.by) or of_company)


def leads_its_title(signal: Signal, context: RenderContext) -> bool:
    """Whether no act of another commitment stands before it in the title of its report."""
    others = (s for s in context.acts_in(signal.story) if s.field == TITLE)
    first = min((s.act_at for s in others if s.effect is not Effect.NONE), default=signal.act_at)
    return signal.field != TITLE or signal.act_at <= first


def tells_plainly(signal: Signal, context: RenderContext, least: Tier = Tier.WIRE) -> bool:
    """Whether a listed outlet's headline tells an act alone, and as done: no plan, and nothing behind a "but"."""
    return tells_alone(signal, context, least) and signal.modality not in HEDGED


def tells_alone(signal: Signal, context: RenderContext, least: Tier = Tier.WIRE) -> bool:
    """Whether a listed outlet's headline tells an act or a plan alone."""
    story = context.stories[signal.story]
    turned = _TURN.search(story.title) or MOOD.search(story.title)
    plain = is_english(story) and signal.title_is_news and turned is None
    outlets = ((story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets))
    listed = any(context.publishers.find(*outlet).tier <= least for outlet in outlets)
    return plain and listed and signal.field == TITLE


def is_still_ahead(agreed: Signal, context: RenderContext) -> bool:
    """Whether no report tells, some days after a meeting was agreed, that one was held."""
    done = (s for s in context.signals.values() if s.commitment == agreed.commitment and s.tier <= Tier.WIRE)
    held = (s.happened.end for s in done if s.effect in (Effect.PROGRESS, Effect.DELIVERED))
    return not any(at - agreed.happened.end > SAME_EVENT for at in held)


def reported_acts(reports: Sequence[Signal], context: RenderContext) -> Iterator[Transition]:
    """The acts that a listed outlet has in a title or several known ones report within two days, each as an event,
    whether or not it is recorded as a change: a status may have moved before on the announcement of the act."""
    groups: list[list[Signal]] = []
    for signal in sorted(reports, key=lambda each: each.happened.end):
        plan = signal.modality in HEDGED
        promised = signal.effect is Effect.PLEDGE and signal.modality is Modality.PLAN  # in such words
        if signal.effect is Effect.NONE or (plan and not promised) or signal.passing:
            continue
        key = signal.commitment, signal.rule, signal.by, plan
        same = (g for g in groups if (g[0].commitment, g[0].rule, g[0].by, g[0].modality in HEDGED) == key)
        near = next((g for g in same if signal.happened.end - g[0].happened.end <= SAME_EVENT), None)
        near.append(signal) if near else groups.append([signal])
    for group in groups:
        verdict = context.verdicts.get(group[0].commitment)
        plain = (each for each in group if each.tier <= Tier.TRADE and each.field == TITLE)
        clear = any(each.rule in context.rules and not context.rules[each.rule].weak for each in plain)
        group = [each for each in group if leads_its_title(each, context)] or group
        told = len(known_outlets(group, context))
        planned = group[0].modality in HEDGED and (not clear or verdict is None or verdict.outlook is Outlook.STEADY)
        enough = told >= WELL_REPORTED if planned else clear or told > 1
        if verdict is None or not enough:
            continue
        yield noted_act(group, verdict)


def acts_in_effect(start: datetime, context: RenderContext) -> Iterator[Transition]:
    """What a side announced in a text of its own for a day of this period, each as an event of that day; no blow that
    was called off, and no relief of a commitment in trouble."""
    groups = dict[tuple[str, By, date], list[Signal]]()
    for signal in sorted(context.signals.values(), key=lambda each: (each.happened.end, each.id)):
        day = signal.starts.date if signal.starts and signal.starts.precision == "day" else None
        by_itself, deed = signal.says.parties & signal.by.parties, signal.effect not in (Effect.NONE, Effect.THREAT)
        if day and by_itself and deed and not signal.passing and moment_day(signal.happened.end, context.zone) < day:
            groups.setdefault((signal.commitment, signal.by, day), []).append(signal)
    for (name, _, day), said in groups.items():
        at, verdict = datetime.combine(day, NOON, UTC), context.verdicts.get(name)
        if verdict is None or not start <= at < context.now:
            continue
        live = [s for s in said if (s.effect in NEGATIVE_EFFECTS) is not (verdict.outlook is Outlook.STEADY)]
        rule = context.rules.get(live[0].rule) if live else None
        if rule and rule.tells and any(signal.tier <= Tier.STATE_MEDIA for signal in live):
            alike = (s for s in context.signals.values() if is_read_alike(s, live[0]) and s.happened.end < at)
            act = noted_act(list({signal.id: signal for signal in (*live, *alike)}.values()), verdict)
            told = tuple(signal.id for signal in live)
            reason = replace(act.reason, detail=reasons.Quoted(live[0].quote), signals=told)
            yield replace(act, cause=Cause.CLOCK, reason=reason, happened=at, at=at)


def noted_act(reports: Sequence[Signal], verdict: Verdict) -> Transition:
    """The act of these reports as an event that moved nothing."""
    first = reports[0]
    return Transition(
        id=first.id,
        commitment=first.commitment,
        change=changes.EventNoted(first.effect, first.by),
        way=direction_of(first.effect),
        standing=verdict.standing,
        outlook=verdict.outlook,
        cause=Cause.NEWS,
        reason=reasons.Reason(ReasonCode(first.effect.value)),
        at=first.seen_at,
        happened=first.happened.end,
        severity=Severity.NOTABLE,
        evidence=tuple(signal.id for signal in reports),
        level=max(signal.level for signal in reports),
    )
