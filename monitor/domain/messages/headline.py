"""The headline of a change: the best report's own headline, or a generated sentence if no report fits.

Dates that pass, counts, people's interventions and corrections get a generated sentence, and so does a change whose best
report is not in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.messages.wording import counted_alone
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Effect,
    FlagKind,
    FlagState,
    Says,
    Signal,
    Story,
    Tier,
    Transition,
    changes,
    reasons,
)
from monitor.domain.model.notation import days
from monitor.domain.model.sides import Parties
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.inflection import verb_forms
from monitor.domain.text.labels import (
    capitalised,
    conjugated,
    decapitalised,
    format_amount,
    format_date,
    format_percent,
    period_name,
    status_caps,
    thing_does,
)
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


def headline_of(change: Transition, ranked: Sequence[Signal], context: RenderContext) -> tuple[str, str]:
    """The headline of a change without a full stop, and the id of the signal whose report it quotes ('' if generated).

    ranked: the evidence of the change, the best report first.
    """
    generated = _without_report(change)
    if not generated and ranked and _is_reported_in_words(change):
        story = context.stories[ranked[0].story]
        title = one_line(plain_title(story.title), MAX_HEADLINE)
        if title and is_english(story):
            return title.rstrip("."), ranked[0].id
    return capitalised(one_line(generated or _from_facts(change, ranked, context), MAX_HEADLINE)), ""


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
        return (
            signal.id not in own,
            code in effects and signal.effect.value != code,
            not is_english(story),
            change.confirms and signal.happened.end != change.happened,
            _distance(signal, story, context),
            story.published_at,
            signal.id,
        )

    return sorted(signals, key=rank)


def _distance(signal: Signal, story: Story, context: RenderContext) -> int:
    """The distance of a report from the act: 0 for the acting side's own text, 4 for a report of little weight."""
    tier, own_word = context.publishers.find(story.source, story.url).tier, signal.says.value == signal.by.value
    if own_word:
        return 0 if tier is Tier.OFFICIAL else 1 if tier <= Tier.WIRE else 2
    return 3 if tier <= Tier.WIRE else 4


def _is_reported_in_words(change: Transition) -> bool:
    """Whether a report's headline can state the change. A date and a count are better stated by their figure."""
    by_figure = isinstance(change.change, changes.DeadlineMoved | changes.ShareChanged)
    return not by_figure and not isinstance(change.reason.detail, reasons.CountedByOne)


# ---------------------------------------------------------------- an act in the words of its rule


def act_sentence(signal: Signal, rule: RuleInfo | None, parties: Parties) -> str:
    """The act of a signal in the words of its rule: 'China tightens rare-earth controls'; by its effect if there are none.

    A sentence that only plans or denies the act has another effect than the rule, and the words say so: 'may tighten',
    'is to ease', 'does not ease', 'has yet to extend', 'is not to tighten'.
    """
    if rule is None or not rule.tells:
        return effect_sentence(signal, parties)
    subject, _, phrase = f" {rule.tells}".partition(" to ")
    actor = subject.strip() or _actor(signal, parties) or "one side"
    many = _is_plural(actor)
    phrase = re.sub(r"\bits\b", "their", phrase) if many else phrase
    own, read = rule.effect, signal.effect
    if read is own or read in (Effect.NONE, Effect.DELIVERED):
        return _present(actor, phrase)
    if read is Effect.THREAT:
        return f"{actor} may {'' if own in NEGATIVE_EFFECTS else 'not '}{phrase}"
    if read in NEGATIVE_EFFECTS and own is Effect.DEADLINE:  # a date that is not moved, or not confirmed, may still be
        return f"{actor} {'have' if many else 'has'} yet to {phrase}"
    if read in NEGATIVE_EFFECTS and own not in NEGATIVE_EFFECTS:
        return f"{actor} {'do' if many else 'does'} not {phrase}"
    if read in POSITIVE_EFFECTS and own in NEGATIVE_EFFECTS:
        return f"{actor} {'are' if many else 'is'} not to {phrase}"
    if read is Effect.PLEDGE:
        return f"{actor} {'are' if many else 'is'} to {phrase}"
    return _present(actor, phrase)


def effect_sentence(signal: Signal, parties: Parties) -> str:
    """The act of a signal by its effect alone: 'China takes a step back'."""
    phrase, alone = _EFFECT_PHRASES[signal.effect]
    actor = _actor(signal, parties)
    return _present(actor, phrase) if actor else alone


def example_act(tells: str) -> str:
    """The words of a rule as a sentence: 'one side tightens controls', 'customs bars chips'."""
    subject, to, phrase = f" {tells}".partition(" to ")
    return _present(subject.strip() or "one side", phrase) if to else tells


def _actor(signal: Signal, parties: Parties) -> str:
    return _ACTORS.get(signal.by) or (parties.names((signal.by.value,)) if signal.by.parties else "")


def _present(actor: str, phrase: str) -> str:
    """'China tightens controls'; 'the two sides sign'."""
    verb, _, rest = phrase.partition(" ")
    if _is_plural(actor):
        form = "are" if verb == "be" else verb
    else:
        try:
            form = verb_forms(verb)[1]  # the forms of a verb are its base, its third person, ...
        except ValueError:  # the words of a rule are free text
            form = f"{verb}s"
    return f"{actor} {form} {rest}".rstrip()


def _is_plural(actor: str) -> bool:
    last = actor.partition(" of ")[0].rpartition(" ")[2]
    return " and " in actor or (last.endswith("s") and not last.endswith(("ss", "us", "is")) and not last.isupper())


# ---------------------------------------------------------------- from typed facts


def _from_facts(change: Transition, ranked: Sequence[Signal], context: RenderContext) -> str:
    """The change in generated words, for a date, a count, a step, or a best report that is not in English."""
    match change.change:
        case changes.DeadlineMoved(new=None, old=old) if old is not None:
            return f"No report names {format_date(old)} any longer"
        case changes.DeadlineMoved(old=old, new=new) if new is not None:
            if old == new:
                return f"The date {format_date(new)} is confirmed"
            details = (change.reason.detail, *(flag.detail for flag in change.flags))
            sides = [detail.said_by for detail in details if isinstance(detail, reasons.Named)]
            sides += [signal.says.value for signal in ranked if context.parties.can_owe((signal.says.value,))]
            if sides:
                return f"{context.parties.does(sides[0], 'name')} a {'new ' if old else ''}date, {format_date(new)}"
            return f"The date is now {format_date(new)}"
        case changes.ShareChanged(new=share, label=label):
            of = label if label[:1].isdigit() or not label else f"the target for {period_name(label)}"
            return f"{format_percent(share)} of {of or 'the target'} is counted"
        case changes.StepChanged(new=None, old=old):
            return f"The step “{old}” is no longer reported"
        case changes.StepChanged(new=new):
            return f"The step “{new}” is done"
        case changes.TermsChanged(new=None):
            return "A term is no longer reported"
    if isinstance(change.reason.detail, reasons.CountedByOne):
        return counted_alone(change.reason.detail).partition(", which")[0]
    return _best_report_in_words(ranked, context) or _status_in_words(change)


def _best_report_in_words(ranked: Sequence[Signal], context: RenderContext) -> str:
    """The best report in generated words: who says it, who acts, the act, the amount."""
    if not ranked:
        return ""
    signal = ranked[0]
    act = act_sentence(signal, context.rules.get(signal.rule), context.parties)
    commitment, quantity, amount = context.commitments.get(signal.commitment), signal.quantity, ""
    units = {target.unit for target in commitment.targets} if commitment else set()
    if quantity and quantity.unit in units and signal.effect in POSITIVE_EFFECTS:
        amount = format_amount(quantity.low, quantity.unit)
    amount = f", {amount}" if amount and amount not in act else ""
    speaker = one_line(signal.origin, 60) if signal.says not in (Says.PRESS, Says.DATA) else ""
    if speaker and (_actor(signal, context.parties) or "one side") not in speaker:  # else the actor is named twice
        return f"{speaker} {conjugated(speaker)} {decapitalised(act)}{amount}"
    return f"{act}{amount}"


def _status_in_words(change: Transition) -> str:
    """The change of a status whose reports are no longer stored."""
    match change.change:
        case changes.StatusChanged(new=new):
            return f"The status is now {status_caps(new)}"
        case changes.FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.CONFIRMED):
            return "It is now confirmed"
        case changes.EventNoted(effect=effect):
            return "A step back is reported" if effect in NEGATIVE_EFFECTS else "A step is reported"
        case changes.TermsChanged(new=new):
            return f"New terms are reported: {new}"
        case _:
            return "Its status has changed"


# ---------------------------------------------------------------- changes without a report


def _without_report(change: Transition) -> str:
    """The headline of a change that no report states: a date, an intervention, a correction, a flag. '' for any other."""
    match change.change:
        case changes.NoticeDue(what=what, date=date, days_left=left):
            detail = change.reason.detail
            ends = isinstance(detail, reasons.Notice) and detail.kind == "expiry"
            named = "it ends" if ends else "it is due"
            if what:
                named = thing_does(what, "end") if ends else f"{thing_does(what, 'is', 'are')} due"
            return f"In {days(left)}: {named} ({format_date(date)})"
        case changes.DeadlineMissed(date=date):
            return f"The first date, {format_date(date)}, was missed"
        case changes.FlagChanged(flag=FlagKind.UNCHECKED):
            return "A date passed while no source was read"
        case changes.FlagChanged(flag=FlagKind.CONTESTED, new=FlagState.RAISED):
            if isinstance(change.reason.detail, reasons.Disputed):
                return f"{change.reason.detail.who} and {change.reason.detail.other} contradict each other"
            return "Reports contradict each other"
        case _:
            return _by_reason(change)


def _by_reason(change: Transition) -> str:  # noqa: C901 - a case for each kind of detail
    new = status_caps(change.change.new if isinstance(change.change, changes.StatusChanged) else change.standing)
    match change.reason.detail:
        case reasons.Lapsed(kind="due", date=date):
            return f"The {format_date(date)} date passed and was not met"
        case reasons.Lapsed(date=date) | reasons.ExpiryPassed(date=date):
            return f"The {format_date(date)} date passed without an extension"
        case reasons.DuePassed(date=date):
            return f"The {format_date(date)} date passed and it is not done"
        case reasons.FirstDateMissed(date=date):
            return f"The first date, {format_date(date)}, was missed"
        case reasons.MetLate(date=date):
            return f"It was met after {format_date(date)}, the first date"
        case reasons.Unread(kind="news", since=since):
            return f"No source was read since {format_date(since)}"
        case reasons.Unread(date=date):
            return f"{format_date(date)} passed while no source was read"
        case reasons.NothingSince(date=date):
            return f"No news since {format_date(date)}"
        case reasons.NewPeriod(label=label):
            return f"A new period began: {label}"
        case reasons.BehindPace() as pace:
            done = f"{format_amount(pace.counted, pace.unit)} of {format_amount(pace.target, pace.unit)}"
            return f"{done} is behind the pace"
        case reasons.FromBaseline(date=date):
            return f"The baseline of {format_date(date)} says so"
        case reasons.Pinned(by=by):
            return f"{by} pins the status as {new}"
        case reasons.PinEnded(held=held):
            return f"The pin as {status_caps(held)} has ended"
        case reasons.StatusTakenBack(status=status):
            return f"The report behind {status_caps(status)} no longer counts"
        case reasons.DoubtTakenBack() | reasons.ReportTakenBack():
            return "A report no longer counts"
        case reasons.DoubtDropped():
            return "The doubt is no longer reported"
        case _:
            return ""
