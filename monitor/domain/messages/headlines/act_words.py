"""An act in plain words, from the facts of a signal and the phrase that its rule gives: 'China tightens rare-earth controls'."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.headlines.news_verbs import third_person
from monitor.domain.messages.headlines.whole_sentence import is_plural
from monitor.domain.model import NEGATIVE_EFFECTS, POSITIVE_EFFECTS, By, Effect, Says, Signal
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import conjugated
from monitor.domain.text.plain import one_line

_ACTORS: Mapping[By, str] = {By.BOTH: "the two sides", By.COMPANY: "the company", By.THIRD: "a third country"}
"""Those that have no name of their own, as the subject of a sentence; an act of nobody known has none."""
_EFFECT_PHRASES: Mapping[Effect, tuple[str, str]] = {
    Effect.PLEDGE: ("promise a step", "A promise is reported"),
    Effect.PROGRESS: ("take a step forward", "A step forward is reported"),
    Effect.DELIVERED: ("do what was promised", "It is reported as done"),
    Effect.SETBACK: ("take a step back", "A setback is reported"),
    Effect.BREACH: ("act against the promise", "A breach is reported"),
    Effect.THREAT: ("threaten a step back", "A threat is reported"),
    Effect.DEADLINE: ("name a date", "A date is reported"),
    Effect.NONE: ("be reported on", "A report names it"),
}
"""An effect as a phrase behind an actor, and as a sentence without one."""


def actor_of(signal: Signal, parties: Parties) -> str:
    """Who acts, as the subject of a sentence: 'the US', 'the two sides'; '' where nobody is known."""
    return _ACTORS.get(signal.by) or (parties.names((signal.by.value,)) if signal.by.parties else "")


def speaker_of(signal: Signal) -> str:
    """'US Treasury says', where a side or a company speaks by name; '' else."""
    if signal.says in (Says.PRESS, Says.DATA) or not signal.origin:
        return ""
    name = one_line(signal.origin, 60)
    return f"{name} {conjugated(name)}"


def effect_sentence(signal: Signal, parties: Parties) -> str:
    """What a signal reports by its effect alone: 'China takes a step back'."""
    phrase, alone = _EFFECT_PHRASES[signal.effect]
    actor = actor_of(signal, parties)
    return _present(actor, phrase) if actor else alone


def act_sentence(signal: Signal, rule: RuleInfo | None, parties: Parties) -> str:
    """What a signal reports in the words of its rule, in the sense that the sentence has; '' where the rule has no words.

    A rule tells 'to tighten controls' (whoever acts) or 'customs to bar chips'. A sentence that only plans or denies the act
    has another effect than the rule's own, and is told so: 'may tighten', 'may not ease', 'is to ease', 'does not ease', 'has yet
    to extend', 'is not to tighten'.
    """
    if rule is None or not rule.tells:
        return ""
    subject, _, phrase = f" {rule.tells}".partition(" to ")
    actor = subject.strip() or actor_of(signal, parties) or "one side"
    phrase = _of(actor, phrase)
    own, read = rule.effect, signal.effect
    if read is own or read in (Effect.NONE, Effect.DELIVERED):
        return _present(actor, phrase)
    if read is Effect.THREAT:
        return f"{actor} may {'' if own in NEGATIVE_EFFECTS else 'not '}{phrase}"
    if read in NEGATIVE_EFFECTS and own is Effect.DEADLINE:  # a date that is not moved, or not confirmed, may still be
        return f"{actor} {'have' if _many(actor) else 'has'} yet to {phrase}"
    if read in NEGATIVE_EFFECTS and own not in NEGATIVE_EFFECTS:
        return f"{actor} {'do' if _many(actor) else 'does'} not {phrase}"
    if read in POSITIVE_EFFECTS and own in NEGATIVE_EFFECTS:
        return f"{actor} {'are' if _many(actor) else 'is'} not to {phrase}"
    if read is Effect.PLEDGE:
        return f"{actor} {'are' if _many(actor) else 'is'} to {phrase}"
    return _present(actor, phrase)


def act_in_words(signal: Signal, rule: RuleInfo | None, parties: Parties) -> str:
    """What a signal reports, in the words of its rule where it has some, else by its effect alone."""
    return act_sentence(signal, rule, parties) or effect_sentence(signal, parties)


def told_act(tells: str) -> str:
    """What a rule looks for as a sentence: 'one side tightens controls', 'customs bars chips'; words of another kind as they are."""
    subject, to, phrase = f" {tells}".partition(" to ")
    actor = subject.strip() or "one side"
    return _present(actor, _of(actor, phrase)) if to else tells


def _present(actor: str, phrase: str) -> str:
    """'China tightens controls'; 'the two sides sign'; of 'be', 'is' and 'are'."""
    verb, _, rest = phrase.partition(" ")
    plural = "are" if verb == "be" else verb
    form = plural if _many(actor) else third_person(verb)
    return f"{actor} {form} {rest}".rstrip()


def _of(actor: str, phrase: str) -> str:
    """'its controls' of one, 'their controls' of several."""
    return re.sub(r"\bits\b", "their", phrase) if _many(actor) else phrase


def _many(actor: str) -> bool:
    return is_plural(actor.split())
