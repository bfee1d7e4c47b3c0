"""The best report of a change, and an act in the words of its rule for reports that are not in English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.domain.matching.document import TITLE
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
    Story,
    Tier,
    Transition,
    changes,
    reasons,
)
from monitor.domain.model.news import day_of
from monitor.domain.model.sides import Parties
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.inflection import agreeing, participles
from monitor.domain.text.labels import conjugated, decapitalised, format_amount, format_date, is_plural
from monitor.domain.text.plain import one_line

MAX_HEADLINE = 300
SHOWN = 65
"""Characters of a headline that a subject shows for certain; an act that stands behind them is not seen."""
_ACTORS: Mapping[By, str] = {By.COMPANY: "the company", By.THIRD: "a third country"}
"""Actors without a name of their own, as the subject of a sentence."""
_NO_NEWS = re.compile(
    r"\?$|\?['’\"”]?\s|^(?:why|how|what|who|when|where|is|are|can|could|will|should|does|did|here.?s|inside|opinion|analysis|"
    r"explainer|explained|factbox|timeline|live|watch|podcast|newsletter|editorial|commentary|interview|q&a)\b|"
    r"[:–—-] (?:what|why|how|who|navigating|explained|an? (?:look|timeline|guide)|analysis|live)\b|\blive updates\b|"
    r"\b(?:answer|respond|repl)\w* (?:to )?(?:\S+ ){0,3}questions\b|\bpress (?:conference|briefing)\b|"
    r"\breleased \S+ statements\b|\bposted (?:on|about)\b|"
    r"\b(?:knowing|showcasing|signall?ing|underscoring|highlighting) (?:that|how|why)\b",
    re.IGNORECASE,
)
"""Titles of questions, explainers, opinion, running texts and records of a press conference."""
_NO_NEWS_PAGE = re.compile(
    r"/(?:opinions?|commentisfree|analysis|editorials?|op-?eds?|columns?|blogs?|explainers?|live|video)/"
)
"""The pages of opinion, explainers and running texts."""
_PARTICLES = frozenset({"back", "out", "down", "up", "off"})
_NO_PASSIVE = re.compile(
    r"(?:have|let|keep|leave|fall|turn|be) |\w+ (?:to|on|for|with|behind|in|of|at|from|into|against)\b"
)
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
    2. Else the best report's own headline, if it is news in English.
    3. Else that report in generated words; '' without any report. reports: the best first.
    """
    detail, by_count = change.reason.detail, isinstance(change.reason.detail, reasons.CountedByOne)
    if isinstance(change.change, changes.DeadlineMoved | changes.ShareChanged):
        return text, ""
    if isinstance(detail, reasons.Disputed):
        return f"{detail.who} and {detail.other} contradict each other", ""
    if change.cause is Cause.CLOCK and isinstance(detail, reasons.Quoted) and reports:
        # A measure that was announced before takes effect on its day.
        done = replace(reports[0], effect=Effect.NONE)
        act = act_sentence(done, context.rules.get(reports[0].rule), context.parties)
        return f"{act} as of {format_date(day_of(change.happened))}", ""
    if by_count or change.cause in (Cause.CLOCK, Cause.PERSON, Cause.CORRECTION):
        by_reason = changes.StatusChanged if by_count else changes.StatusChanged | changes.FlagChanged
        return reason or text if isinstance(change.change, by_reason) else text, ""
    if not reports:
        return "", ""
    signal, story = reports[0], context.stories[reports[0].story]
    rule = context.rules.get(signal.rule)
    title = one_line(plain_title(story.title), MAX_HEADLINE).rstrip(".")
    if title and is_english(story) and (_is_news(story) or rule is None or not rule.tells):
        return title, signal.id
    return _told(signal, context), ""


def _told(signal: Signal, context: RenderContext) -> str:
    """A report in generated words: the act with its actor, its amount or its date; the speaker if another side acts."""
    act = act_sentence(signal, context.rules.get(signal.rule), context.parties)
    commitment, quantity, added = context.commitments.get(signal.commitment), signal.quantity, ""
    units = {target.unit for target in commitment.targets} if commitment else set()
    if quantity and quantity.unit in units and signal.effect in POSITIVE_EFFECTS:
        added = f", {format_amount(quantity.low, quantity.unit)}"
    elif (date := signal.date) and date.precision == "day" and date.role in ("start", "expiry"):
        added = f" {'from' if date.role == 'start' else 'until'} {format_date(date.date)}"
    act = act if added.lstrip(" ,") in act else f"{act}{added}"
    speaker, said_by, done_by = one_line(signal.origin, 60), signal.says.parties, signal.by.parties
    of_another = signal.says.value != signal.by.value and not said_by & done_by and signal.by is not By.UNKNOWN
    if speaker and (said_by or signal.says is Says.COMPANY) and of_another:
        return f"{speaker} {conjugated(speaker)} {decapitalised(act)}"
    return act


def _is_news(story: Story) -> bool:
    return not (_NO_NEWS.search(plain_title(story.title)) or _NO_NEWS_PAGE.search(story.url))


def _shows_act(signal: Signal, story: Story) -> bool:
    """Whether a story has a headline, no sentence of a document, with the act of a signal where a subject shows it."""
    title = plain_title(story.title)
    act_at = signal.act_at - max(story.title.find(title[:20]), 0)
    return signal.field == TITLE and act_at < SHOWN and len(title) <= 2 * SHOWN


def ranked_reports(change: Transition, signals: Sequence[Signal], context: RenderContext) -> list[Signal]:
    """The signals, the best report of the change first.

    1. Evidence of the change itself, and of that the effect that caused it and the level of its act.
    2. Reports in English, with news of the act in the title; of a confirmation, the report that confirms.
    3. Short titles; the words of the acting side; publishers of the upper tiers; the earliest report.
    """
    own, code = {*change.evidence, *change.reason.signals}, change.reason.code.value
    effects = {effect.value for effect in Effect} - {Effect.NONE.value}
    silent = change.change.subject if isinstance(change.change, changes.FlagChanged) and change.confirms else ""

    def rank(signal: Signal) -> tuple[object, ...]:
        story = context.stories[signal.story]
        tier = context.publishers.find(story.source, story.url).tier
        return (
            signal.id not in own,
            code in effects and signal.effect.value != code,
            signal.level < change.level,
            silent != "" and signal.says.value != silent,  # the side that breaks its silence
            not is_english(story),
            not (_is_news(story) and _shows_act(signal, story)),
            change.confirms and signal.happened.end != change.happened,
            signal.id in change.continues,  # an update leads with what is new
            len(plain_title(story.title)) > SHOWN,
            signal.says.value != signal.by.value,
            max(tier, Tier.WIRE),  # titles of official texts are seldom better than a wire's
            story.published_at,
            signal.id,
        )

    return sorted(signals, key=rank)


def act_sentence(signal: Signal, rule: RuleInfo | None, parties: Parties) -> str:
    """The act of a signal in the words of its rule, 'China tightens rare-earth controls', else by its effect. A
    sentence that only plans or denies the act has another effect than the rule, and the words say so: 'may tighten',
    'is to ease', 'may ease', 'does not ease', 'has yet to extend', 'is not to tighten'."""
    own = signal.origin if signal.by is By.COMPANY and signal.says is Says.COMPANY else ""
    actor = (
        own
        or _ACTORS.get(signal.by)
        or " and ".join(parties.names((side,)) for side in sorted(signal.by.parties, reverse=True))
    )
    if rule is None or not rule.tells:
        phrase, alone = _EFFECT_PHRASES[signal.effect]
        return _present(actor, phrase) if actor else alone
    subject, _, phrase = f" {rule.tells}".partition(" to ")
    actor = subject.strip() or actor
    if not actor:
        actor, phrase = _without_actor(phrase)
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


def _without_actor(phrase: str) -> tuple[str, str]:
    """'suspend the fees' as 'the fees' and 'be suspended'; 'one side' does what has no passive."""
    verb, _, thing = phrase.partition(" ")
    words = thing.removeprefix("its ").split()
    particle = [words.pop()] if words and words[-1] in _PARTICLES else []
    if not words or _NO_PASSIVE.match(phrase):
        return "one side", phrase
    return " ".join(words), " ".join(("be", participles(verb)[0], *particle))


def example_act(tells: str) -> str:
    """The words of a rule as a sentence: 'one side tightens controls', 'customs bars chips'."""
    subject, to, phrase = f" {tells}".partition(" to ")
    return _present(subject.strip() or "one side", phrase) if to else tells


def _present(actor: str, phrase: str) -> str:
    """'China tightens controls'; 'the two sides sign'."""
    verb, _, rest = phrase.partition(" ")
    return f"{actor} {agreeing(verb, plural=is_plural(actor))} {rest}".rstrip()
