"""The best report of a change, and an act in the words of its rule for reports that are not in English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Cause,
    Effect,
    Modality,
    Says,
    Signal,
    Tier,
    Transition,
    changes,
    reasons,
)
from monitor.domain.model.sides import Parties
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.inflection import agreeing
from monitor.domain.text.labels import conjugated, decapitalised, format_amount, is_plural
from monitor.domain.text.plain import one_line

MAX_HEADLINE = 300
_ACTORS: Mapping[By, str] = {By.BOTH: "the two sides", By.COMPANY: "the company", By.THIRD: "a third country"}
"""Actors without a name of their own, as the subject of a sentence."""
_EFFECT_PHRASES: Mapping[Effect, tuple[str, str]] = {
    Effect.PLEDGE: ("promise a step", "a promise is reported"),
    Effect.PROGRESS: ("take a step forward", "a step forward is reported"),
    Effect.DELIVERED: ("do what was promised", "the promise is reported as kept"),
    Effect.SETBACK: ("take a step back", "a setback is reported"),
    Effect.BREACH: ("act against the promise", "a breach is reported"),
    Effect.THREAT: ("threaten a step back", "a threat is reported"),
    Effect.DEADLINE: ("name a date", "a date is reported"),
    Effect.NONE: ("be mentioned", "a report mentions it"),
}
"""An effect as a phrase after an actor, and as a sentence without one."""


def change_headline(
    change: Transition, text: str, reason: str, reports: Sequence[Signal], context: RenderContext
) -> tuple[str, str]:
    """The headline of a change, and the signal of the report that it is taken from, '' if it is generated.

    1. A date, a contradiction, and a change by time, a count, a person or a correction get generated words.
    2. Else the best report's own headline, if it is in English.
    3. Else that report in generated words; '' without any report. reports: the best first.
    """
    detail, by_count = change.reason.detail, isinstance(change.reason.detail, reasons.CountedByOne)
    if isinstance(change.change, changes.DeadlineMoved | changes.ShareChanged):
        return text, ""
    if isinstance(detail, reasons.Disputed):
        return f"{detail.who} and {detail.other} contradict each other", ""
    if by_count or change.cause in (Cause.CLOCK, Cause.PERSON, Cause.CORRECTION):
        by_reason = changes.StatusChanged if by_count else changes.StatusChanged | changes.FlagChanged
        return reason or text if isinstance(change.change, by_reason) else text, ""
    if not reports:
        return "", ""
    signal, story = reports[0], context.stories[reports[0].story]
    title = one_line(plain_title(story.title), MAX_HEADLINE)
    if title and is_english(story):
        return title.rstrip("."), signal.id
    # In generated words: the speaker, the act and the amount.
    act = act_sentence(signal, context.rules.get(signal.rule), context.parties)
    commitment, quantity, amount = context.commitments.get(signal.commitment), signal.quantity, ""
    units = {target.unit for target in commitment.targets} if commitment else set()
    if quantity and quantity.unit in units and signal.effect in POSITIVE_EFFECTS:
        amount = format_amount(quantity.low, quantity.unit)
    amount = f", {amount}" if amount and amount not in act else ""
    speaker = one_line(signal.origin, 60) if signal.says not in (Says.PRESS, Says.DATA) else ""
    by = signal.by
    actor = _ACTORS.get(by) or (context.parties.names((by.value,)) if by.parties else "one side")
    if speaker and (actor or "one side") not in speaker:  # else the actor is named twice
        return f"{speaker} {conjugated(speaker)} {decapitalised(act)}{amount}", ""
    return f"{act}{amount}", ""


def ranked_reports(change: Transition, signals: Sequence[Signal], context: RenderContext) -> list[Signal]:
    """The signals, the best report of the change first.

    1. Evidence of the change itself, and of that the effect that caused it.
    2. Reports in English; of a confirmation, the report that confirms.
    3. The acting side's own text, then a wire that quotes it, then other wires.
    4. The earliest report.
    """
    own, code = {*change.evidence, *change.reason.signals}, change.reason.code.value
    effects = {effect.value for effect in Effect} - {Effect.NONE.value}

    def rank(signal: Signal) -> tuple[object, ...]:
        story = context.stories[signal.story]
        tier = context.publishers.find(story.source, story.url).tier
        own_word = signal.says.value == signal.by.value
        wire = 0 if own_word and tier is Tier.OFFICIAL else 1 if tier <= Tier.WIRE else 2
        return (
            signal.id not in own,
            code in effects and signal.effect.value != code,
            not is_english(story),
            change.confirms and signal.happened.end != change.happened,
            wire + (0 if own_word else 2),
            story.published_at,
            signal.id,
        )

    return sorted(signals, key=rank)


def act_sentence(signal: Signal, rule: RuleInfo | None, parties: Parties) -> str:
    """The act of a signal in the words of its rule, 'China tightens rare-earth controls', else by its effect. A
    sentence that only plans or denies the act has another effect than the rule, and the words say so: 'may tighten',
    'is to ease', 'may ease', 'does not ease', 'has yet to extend', 'is not to tighten'."""
    actor = _ACTORS.get(signal.by) or (parties.names((signal.by.value,)) if signal.by.parties else "")
    if rule is None or not rule.tells:
        phrase, alone = _EFFECT_PHRASES[signal.effect]
        return _present(actor, phrase) if actor else alone
    subject, _, phrase = f" {rule.tells}".partition(" to ")
    actor = subject.strip() or actor or "one side"
    many = is_plural(actor)
    phrase = re.sub(r"\bits\b", "their", phrase) if many else phrase
    own, read = rule.effect, signal.effect
    plan, to = ("may", "") if signal.modality is Modality.RUMOUR else ("are" if many else "is", " to")
    if read is own or read in (Effect.NONE, Effect.DELIVERED):
        return _present(actor, phrase)
    if read is Effect.THREAT:
        return f"{actor} may {'' if own in NEGATIVE_EFFECTS else 'not '}{phrase}"
    if read in NEGATIVE_EFFECTS and own is Effect.DEADLINE:  # a date that is not moved, or not confirmed, may still be
        return f"{actor} {'have' if many else 'has'} yet to {phrase}"
    if read in NEGATIVE_EFFECTS and own not in NEGATIVE_EFFECTS:
        return f"{actor} {'do' if many else 'does'} not {phrase}"
    if read in POSITIVE_EFFECTS and own in NEGATIVE_EFFECTS:
        return f"{actor} {plan} not{to} {phrase}"
    if read is Effect.PLEDGE:
        return f"{actor} {plan}{to} {phrase}"
    return _present(actor, phrase)


def example_act(tells: str) -> str:
    """The words of a rule as a sentence: 'one side tightens controls', 'customs bars chips'."""
    subject, to, phrase = f" {tells}".partition(" to ")
    return _present(subject.strip() or "one side", phrase) if to else tells


def _present(actor: str, phrase: str) -> str:
    """'China tightens controls'; 'the two sides sign'."""
    verb, _, rest = phrase.partition(" ")
    return f"{actor} {agreeing(verb, plural=is_plural(actor))} {rest}".rstrip()
