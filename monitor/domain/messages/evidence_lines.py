"""The evidence of a message: quoted sentences with their speakers, and the report to open first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.acts import act_told
from monitor.domain.messages.briefs import EvidenceLine, ReportLink
from monitor.domain.messages.confidence import COUNTS
from monitor.domain.messages.context import LANGUAGES, RenderContext, language_of, outlet_names, source_name
from monitor.domain.messages.who_read import is_read_by_rule, who_read
from monitor.domain.model import Baseline, Effect, Flag, FlagKind, ReasonCode, Says, Signal, Story, Tier, Transition
from monitor.domain.text.folding import fold, is_unspaced
from monitor.domain.text.labels import conjugated, format_date, format_time, join_list, label_of, pluralised
from monitor.domain.text.plain import one_line, truncated, web_link
from monitor.domain.text.writing_systems import HAN_CHAR

MIN_TITLE_WORDS = 4
"""A title of more words takes the place of a quote that contains it (estimate)."""
_DESCRIBED = re.compile(r"\b(?:post|tweet)(?:s|ed)?\b", re.IGNORECASE)
"""An official feed that tells of a post does not quote it."""
_LEADS_ON = re.compile(r"(?<=[.!?]) [^.!?:]+:$")
"""The end of a text that leads to words which its feed leaves out: "The readout stated:"."""
STARTING_POINT = "our starting point"
"""The source of what a baseline says, which no report states."""
MAX_OUTLETS_NAMED, MAX_OUTLET_LENGTH = 4, 40
"""Outlets named if a message has no room for their reports, and characters of each name (both estimates)."""


def evidence_lines(
    signals: Sequence[Signal], flags: Sequence[Flag], context: RenderContext, *, retracted: bool = False
) -> tuple[EvidenceLine, ...]:
    """One line for each quoted sentence; one that matched twice appears once, and an aggregator is named only first.
    retracted: they no longer count."""
    disputed = {key for flag in flags if flag.kind is FlagKind.CONTESTED for key in flag.evidence}
    lines: dict[tuple[str, str], EvidenceLine] = {}
    for signal in signals:
        story = context.stories[signal.story]
        quote, by_rule = _complete(signal, story), is_read_by_rule(signal)
        name, verb = source_name(signal, context), "show" if signal.says is Says.DATA else "say"
        described = signal.tier is Tier.OFFICIAL and _DESCRIBED.search(quote) is not None
        published, says = format_time(story.published_at, context.zone), signal.says is not Says.PRESS and not described
        says = says and (signal.says is not Says.DATA or COUNTS.search(quote) is not None)
        carriers, outlet = outlet_names([story], context), context.outlet(story.source, story.url)
        # An aggregator alone is no outlet of what others say.
        publisher = context.publishers.find(story.source, story.url)
        if publisher.tier is Tier.AGGREGATOR and carriers == (outlet,):
            if signal.origin != publisher.origin:
                outlet = name
            elif lines and signal.id not in disputed:
                continue
        line = EvidenceLine(
            basis="quote",
            quote=quote,
            outlet=outlet,
            others=len(carriers) - 1,
            says=f"{name} {conjugated(name, verb)}" if says else "",
            when=format_date(story.published_at.date()) if story.date_only else published,
            url=web_link(story.url),
            rule=one_line(signal.rule, 80) if by_rule else "",
            version=one_line(signal.rule_version, 12) if by_rule else "",
            against=signal.id in disputed and signal.says is not signals[0].says,
            signal=signal.id,
            retracted=retracted,
            read_by=who_read(signal) if signal.read_by else "",
            gloss=gloss_of(signal, quote, context),
        )
        lines.setdefault((signal.story, quote), line)
    return tuple(lines.values())


def _complete(signal: Signal, story: Story) -> str:
    """The quoted sentence. A part of the title or a summary that lists headlines around it gives way to the title; a
    sentence that its feed has cut ends in an ellipsis."""
    quote, title = _LEADS_ON.sub("", one_line(signal.quote or story.title)).lstrip("·•* "), one_line(story.title)
    if quote in title or (title in quote and len(title.split()) > MIN_TITLE_WORDS):
        return title
    cut = quote[-1:].isalnum() and not is_unspaced(quote[-1]) and quote in " ".join(story.summary.split())
    return f"{quote}…" if cut else quote


def gloss_of(signal: Signal, quote: str, context: RenderContext) -> str:
    """What an English reader is told beside a quote; '' beside most English ones.

    'machine headline: China suspends its controls' if a model gave an official text a headline.
    'Chinese; machine translation: China suspends its controls' if a model has translated it. Else the language alone,
    or 'Chinese; reads as: China eases its controls' if the text names the actor and has the act, and no other actor
    stands nearer before the act.
    """
    story = context.stories[signal.story]
    lang, text = language_of(story), story.title if signal.field == TITLE else story.summary
    sense = next((by.sense for by in signal.read_by if by.sense and by.effect is signal.effect), "")
    if lang in ("en", "") or (lang == "zh" and not HAN_CHAR.search(quote)):
        return f"machine headline: {one_line(sense)}" if sense else ""
    rule, name = context.rules.get(signal.rule), LANGUAGES.get(lang, "")
    if sense:
        return f"{name or 'not in English'}; machine translation: {one_line(sense)}"
    tells = rule.tells if rule is not None and not rule.weak and signal.effect is not Effect.NONE else ""
    before = fold(text[max(text.find(signal.quote[:20]), 0) : signal.act_at]).text
    # Who names a date for the other side has not moved it in that side's name.
    for_other = signal.effect is Effect.DEADLINE and signal.says.parties and not signal.says.parties & signal.by.parties
    acts = tells.startswith(("to ", "{")) and not for_other
    if name and acts and context.parties.are_named(signal.by.value, fold(quote).text, before):
        return f"{name}; reads as: {act_told(signal, context, quote)}"
    return f"in {name}" if name else "not in English"


def baseline_line(base: Baseline) -> EvidenceLine:
    """The baseline behind a verdict or a date that no report states, with its source."""
    text, day = one_line(base.note, 600) or label_of(base.standing.value), format_date(base.as_of)
    return EvidenceLine("baseline", text, STARTING_POINT, when=day, url=web_link(base.source))


def retracted_signals(transitions: Iterable[Transition]) -> tuple[str, ...]:
    """The ids of the signals that no longer count, as named by the reasons of these transitions."""
    reasons = (transition.reason for transition in transitions)
    codes = (ReasonCode.CORRECTED, ReasonCode.WITHDRAWN)
    return tuple(dict.fromkeys(key for reason in reasons if reason.code in codes for key in reason.signals))


def choose_main_report(change: Transition, quoted: Sequence[Signal], context: RenderContext) -> ReportLink | None:
    """The report to open first: in English, then by the best tier of publisher, then the earliest. Reports behind the
    change come before all others. None if no report has an address."""
    own = {*change.evidence, *change.reason.signals}
    first = dict.fromkeys(signal.story for signal in quoted if signal.id in own)
    ranked = []
    for key in dict.fromkeys((*first, *(signal.story for signal in quoted))):
        story = context.stories[key]
        lang = language_of(story)
        language_rank = {"en": 0, "": 1}.get(lang, 2)  # a language that may be English is the next best
        remark = f"in {LANGUAGES[lang]}" if lang in LANGUAGES else "not in English" if language_rank == 2 else ""
        # An aggregator may have carried the story before its source, so every outlet is a candidate.
        later = sorted(story.outlets, key=lambda outlet: outlet.published_at)
        for source, url in ((story.source, story.url), *((outlet.source, outlet.url) for outlet in later)):
            if address := web_link(url):
                rank = key not in first, language_rank, context.publishers.find(source, url).tier.value
                remark = remark if language_rank else ""
                ranked.append((rank, ReportLink(address, context.outlet(source, url), remark)))
    return min(ranked, key=lambda item: item[0])[1] if ranked else None


def outlet_credits(left_out: Sequence[EvidenceLine]) -> str:
    """The outlets of evidence that is not shown: 'Reuters, Xinhua and 3 other outlets'; '' without a quote."""
    outlets = dict.fromkeys(line.outlet for line in left_out if line.basis == "quote" and line.outlet)
    names = [truncated(outlet, MAX_OUTLET_LENGTH) for outlet in outlets]
    if len(names) <= MAX_OUTLETS_NAMED:
        return join_list(names)
    further = pluralised(len(names) - MAX_OUTLETS_NAMED, "other outlet")
    return f"{', '.join(names[:MAX_OUTLETS_NAMED])} and {further}"
