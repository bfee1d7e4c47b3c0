"""Acts in the words of their rules: reports that are not in English, and sentences of our own about an act."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.domain.matching.rules import SLOT, RuleInfo
from monitor.domain.messages.context import RenderContext
from monitor.domain.model import NEGATIVE_EFFECTS, POSITIVE_EFFECTS, By, Effect, Modality, Says, Signal
from monitor.domain.model.sides import Parties, parties_in
from monitor.domain.text.inflection import agreeing, participles
from monitor.domain.text.labels import format_amount, format_date, is_plural, join_list

_ACTORS: Mapping[By, str] = {By.COMPANY: "the company", By.THIRD: "a third country"}
"""Actors without a name of their own, as the subject of a sentence."""
_DAY_FIRST = re.compile("^[^，]{0,14}[日时午晚]，|^(?:At|In|On|During|Before|After|Following|Ahead of) [^,]{0,60}, ")
"""The day or the occasion that opens a sentence."""
_CLAUSE = re.compile("[，。；]|, ")
_OTHER_SIDE = "the other side"
MOST_NAMED = 3
"""Things of one kind that a generated sentence names (estimate)."""
_PARTICLES = frozenset({"back", "out", "down", "up", "off"})
_NO_PASSIVE = re.compile(
    r"(?:have|let|keep|leave|fall|turn|be|put|add|exempt) |\w+ (?:\w+ing|(?:back |up )?(?:to|on|for|with|behind|in|of|"
    r"at|from|into|against|towards))\b"
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


def act_told(signal: Signal, context: RenderContext, quote: str | None = None) -> str:
    """The act of a report in generated words, with its amount or its date, of `quote` if given."""
    report = context.stories[signal.story].summary
    act = act_sentence(signal, context.rules.get(signal.rule), context.parties, report)
    commitment, quantity, added = context.commitments.get(signal.commitment), signal.quantity, ""
    units = {target.unit for target in commitment.targets} if commitment else set()
    if quantity and quantity.unit in units and signal.effect in POSITIVE_EFFECTS:
        added = f", {format_amount(quantity.low, quantity.unit)}"
    elif (
        (date := signal.date)
        and date.precision == "day"
        and date.role in ("start", "expiry")
        and (quote is None or (date.text and date.text in quote))
    ):
        added = f" {'from' if date.role == 'start' else 'until'} {format_date(date.date)}"
    return act if added.lstrip(" ,") in act else f"{act}{added}"


def act_sentence(signal: Signal, rule: RuleInfo | None, parties: Parties, text: str = "") -> str:
    """The act of a signal in the words of its rule, 'China tightens rare-earth controls', else by its effect. A
    sentence that only plans or denies the act has another effect than the rule, and the words say so: 'may tighten',
    'is to ease', 'may ease', 'does not ease', 'has yet to extend', 'is not to tighten'. text: the whole report."""
    own = signal.origin if signal.by is By.COMPANY and signal.says is Says.COMPANY else ""
    actor = (
        own
        or _ACTORS.get(signal.by)
        or " and ".join(parties.names((side,)) for side in sorted(signal.by.parties, reverse=True))
    )
    if rule is None or not rule.tells:
        phrase, alone = _EFFECT_PHRASES[signal.effect]
        return _present(actor, phrase) if actor else alone
    others = parties_in(rule.owed_by) - signal.by.parties
    together = "each other" if len(signal.by.parties) > 1 else _OTHER_SIDE
    other = parties.names(others) if signal.by.parties and len(others) == 1 else together
    subject, _, phrase = f" {rule.tells}".replace("{other}", other).partition(" to ")
    phrase = _named(phrase, rule.names, signal.quote, text)
    # Names behind the first comma are seldom those of who acts. A slot without a word of its own is for two sides, and
    # one name is not enough for them.
    subject = _named(subject, rule.names, _CLAUSE.split(_DAY_FIRST.sub("", signal.quote), maxsplit=1)[0])
    sides = rule.tells.startswith("{") and rule.tells.partition("}")[0].endswith("|")
    actor = subject if subject and (" and " in subject or not sides) else actor
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


def _named(tells: str, names: Mapping[str, Mapping[str, str]], *texts: str) -> str:
    """The words of a rule with what a quote, and then the whole report, name of each kind."""
    for place in SLOT.finditer(tells):
        kind, anywhere, otherwise = place.groups()
        found = (meanings(text, names.get(kind, {})) for text in (texts if anywhere else texts[:1]))
        tells = tells.replace(place[0], join_list(next(filter(None, found), [])[:MOST_NAMED]) or otherwise)
    return " ".join(tells.split())


def meanings(text: str, names: Mapping[str, str]) -> list[str]:
    """What the names in a text mean, in its order; a longer name comes before one within it. A space in a name stands
    for other words of its clause."""
    found: dict[int, str] = {}
    for name in sorted(names, key=len, reverse=True):
        if at := re.search("[^。；，]*?".join(map(re.escape, name.split())), text):
            found[at.start()] = names[name]
            text = f"{text[: at.start()]}{' ' * len(at[0])}{text[at.end() :]}"
    return [*dict.fromkeys(found[at] for at in sorted(found))]


def _without_actor(phrase: str) -> tuple[str, str]:
    """'suspend the fees' as 'the fees' and 'be suspended'; 'one side' does what has no passive."""
    verb, _, thing = phrase.partition(" ")
    own = "" if is_plural(thing) else "the "
    words = re.sub(r"\bits\b", "the", re.sub(r"^its ", own, thing)).split()
    particle = [words.pop()] if words and words[-1] in _PARTICLES else []
    if not words or _NO_PASSIVE.match(phrase):
        return "one side", phrase
    return " ".join(words), " ".join(("be", participles(verb)[0], *particle))


def example_act(tells: str) -> str:
    """The words of a rule as a sentence: 'one side tightens controls', 'customs bars chips'."""
    tells = SLOT.sub(r"\3", tells).strip()
    subject, to, phrase = f" {tells}".replace("{other}", _OTHER_SIDE).partition(" to ")
    return _present(subject.strip() or "one side", phrase) if to else tells


def _present(actor: str, phrase: str) -> str:
    """'China tightens controls'; 'the two sides sign'."""
    verb, _, rest = phrase.partition(" ")
    return f"{actor} {agreeing(verb, plural=is_plural(actor))} {rest}".rstrip()
