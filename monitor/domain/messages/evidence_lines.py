"""The evidence of a message: quoted sentences and their speakers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.domain.messages.context import LANGUAGES, RenderContext, language_of, outlet_names, source_name
from monitor.domain.messages.headline import act_sentence
from monitor.domain.messages.models import EvidenceLine
from monitor.domain.messages.who_read import is_read_by_rule, who_read_shortly
from monitor.domain.model import Baseline, Flag, FlagKind, ReasonCode, Says, Signal, Transition
from monitor.domain.text.labels import conjugated, format_date, format_time, label_of
from monitor.domain.text.plain import one_line, web_link


def evidence_lines(
    signals: Sequence[Signal], flags: Sequence[Flag], context: RenderContext, *, gone: bool = False
) -> tuple[EvidenceLine, ...]:
    """One line for each quoted sentence; a sentence that matched twice appears once. gone: these no longer count."""
    disputed = {key for flag in flags if flag.kind is FlagKind.CONTESTED for key in flag.evidence}
    lines: dict[tuple[str, str], EvidenceLine] = {}
    for signal in signals:
        story = context.stories[signal.story]
        quote, at = one_line(signal.quote or story.title), story.published_at
        when = format_date(at.date()) if story.date_only else format_time(at, context.zone)
        outlet, others = context.outlet(story.source, story.url), len(outlet_names([story], context)) - 1
        against = signal.id in disputed and signal.says is not signals[0].says
        report = quote, outlet, others, attribution_phrase(signal, context), at, when, web_link(story.url)
        matched, readers = _rule_of(signal), who_read_shortly(signal) if signal.read_by else ""
        gloss = gloss_of(signal, signals, context)
        line = EvidenceLine("quote", *report, *matched, against, signal.id, gone, readers, gloss)
        lines.setdefault((signal.story, quote), line)
    return tuple(lines.values())


def _rule_of(signal: Signal) -> tuple[str, str]:
    """The rule that reads a sentence so and its version; both '' where a model or a person reads it alone."""
    if not is_read_by_rule(signal):
        return "", ""
    return one_line(signal.rule, 80), one_line(signal.rule_version, 12)


def gloss_of(signal: Signal, signals: Sequence[Signal], context: RenderContext) -> str:
    """For a quote that is not in English: its language, and what it says. '' for English.

    What it says is named by the outlet of these signals that says the same in English, else told in the words of its rule.
    """
    story = context.stories[signal.story]
    lang = language_of(story)
    if lang in ("en", ""):
        return ""
    language = f"in {LANGUAGES[lang]}" if lang in LANGUAGES else "not in English"
    same = (s for s in signals if (s.rule, s.effect) == (signal.rule, signal.effect))
    twin = next((key for s in same if language_of(context.stories[key := s.story]) == "en"), "")
    if twin:
        other = context.stories[twin]
        return f"{language}; in English at {context.outlet(other.source, other.url)}"
    return f"{language}: {act_sentence(signal, context.rules.get(signal.rule), context.parties)}"


def baseline_line(base: Baseline) -> EvidenceLine:
    """What stands behind a verdict or a date that no report tells: a person's baseline and its source."""
    text, day = one_line(base.note, 600) or label_of(base.standing.value), format_date(base.as_of)
    return EvidenceLine("baseline", text, "the baseline in the rules", when=day, url=web_link(base.source))


def retracted_signals(transitions: Iterable[Transition]) -> tuple[str, ...]:
    """The ids of the signals that these transitions name because they no longer count."""
    reasons = (transition.reason for transition in transitions)
    codes = (ReasonCode.CORRECTED, ReasonCode.WITHDRAWN)
    return tuple(dict.fromkeys(key for why in reasons if why.code in codes for key in why.signals))


def attribution_phrase(signal: Signal, context: RenderContext) -> str:
    """Who says it: 'US Treasury says'; '' when the outlet speaks for itself."""
    if signal.says is Says.PRESS:
        return ""
    name = source_name(signal, context)
    return f"{name} {conjugated(name, 'show' if signal.says is Says.DATA else 'say')}"
