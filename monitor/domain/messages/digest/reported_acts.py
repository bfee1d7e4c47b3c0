"""The acts that outlets report, whether or not a change records them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.messages.digest.period_changes import SAME_EVENT
from monitor.domain.messages.headline import is_news, is_settled
from monitor.domain.model import (
    By,
    Cause,
    Effect,
    Modality,
    Outlook,
    ReasonCode,
    Severity,
    Signal,
    Tier,
    Transition,
    Verdict,
    changes,
    reasons,
)
from monitor.domain.verdicts.events import direction_of
from monitor.domain.verdicts.standing import HEDGED, WELL_REPORTED

_TURN = re.compile(r"\bbut\b|\bset for\b|^['‘“\"]", re.IGNORECASE)
"""A headline that turns to something else, speaks of what may come, or opens with a quote."""


def known_outlets(signals: Iterable[Signal], context: RenderContext) -> set[str]:
    """The outlets that carried these reports, without aggregators and unknown ones."""
    carried = set[tuple[str, str]]()
    for signal in signals:
        story = context.stories[signal.story]
        carried |= {(story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets)}
    return {context.outlet(*each) for each in carried if context.publishers.find(*each).tier <= Tier.TRADE}


def is_read_alike(first: Signal, second: Signal) -> bool:
    """Whether the same rule reads the same act in two reports; one may not name who acts."""
    alike = (first.commitment, first.rule, first.effect) == (second.commitment, second.rule, second.effect)
    return alike and (first.by is second.by or By.UNKNOWN in (first.by, second.by))


def leads_its_title(signal: Signal, context: RenderContext) -> bool:
    """Whether no act of another commitment stands before it in the title of its report."""
    others = (s for s in context.signals.values() if s.story == signal.story and s.field == TITLE)
    first = min((s.act_at for s in others if s.effect is not Effect.NONE), default=signal.act_at)
    return signal.field != TITLE or signal.act_at <= first


def tells_plainly(signal: Signal, context: RenderContext) -> bool:
    """Whether a listed outlet's headline tells an act alone, and as done: no plan, and nothing behind a "but"."""
    story = context.stories[signal.story]
    plain = is_english(story) and is_news(story) and is_settled(story.title) and _TURN.search(story.title) is None
    listed = context.publishers.find(story.source, story.url).tier <= Tier.WIRE
    return plain and listed and signal.field == TITLE and signal.modality not in HEDGED


def reported_acts(reports: Sequence[Signal], context: RenderContext) -> Iterator[Transition]:
    """The acts that a wire has in a title or several known outlets report within two days, each as an event, whether
    or not it is recorded as a change: a status may have moved before on the announcement of the act."""
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
        plain = (each for each in group if each.tier <= Tier.WIRE and each.field == TITLE)
        clear = any(each.rule in context.rules and not context.rules[each.rule].weak for each in plain)
        group = [each for each in group if leads_its_title(each, context)] or group
        told = len(known_outlets(group, context))
        planned = group[0].modality in HEDGED and (not clear or verdict is None or verdict.outlook is Outlook.STEADY)
        enough = told >= WELL_REPORTED if planned else clear or told > 1
        if verdict is None or not enough:
            continue
        yield noted_act(group, verdict)


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
