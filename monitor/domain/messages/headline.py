"""The headline of a change: the words of its best report, or those of the rule that read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.domain.messages.acts import act_sentence, act_told
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.messages.report import Report, read_report, room_of
from monitor.domain.model import By, Cause, Direction, Effect, Says, Signal, Tier, Transition, changes, reasons
from monitor.domain.model.news import day_of
from monitor.domain.stories.headline_cut import QUOTE_FIRST, clause_of_act, main_clause
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.labels import conjugated, decapitalised, format_date
from monitor.domain.text.plain import one_line

MAX_HEADLINE = 300
_OCCASION = re.compile(
    r"^(?:(?:Following|After|During|In|On|At|Under|According to) [^,;:“\"]{2,60}(?<!\d)|Today), (?=\S+ \S+ \S+ \S)"
)
"""What stands before the main clause of a sentence: its occasion, its day, its place."""
_VERB = 12
"""Characters of the words of an act behind its beginning (estimate)."""
_LABEL = re.compile(r"^(?:fact sheet|readout|statement|press release|announcement): ", re.IGNORECASE)
"""The kind of a document before its headline."""
_SENTENCE = re.compile(r"(?<=[a-z\d%”)]{2})\. (?=[A-Z“])")
"""Where the first sentence of a text ends; an abbreviation of one letter, as in U.S., ends none."""


def change_headline(
    change: Transition, text: str, reason: str, reports: Sequence[Signal], context: RenderContext
) -> tuple[str, str]:
    """The headline of a change, and the signal of the report that it is taken from, '' if it is generated.

    1. A date, a contradiction, and a change by time, a count, a person or a correction get generated words.
    2. Else the best report's own words, if it is in English: its title, or the quoted sentence if the title is no news.
    3. Else that report in generated words; '' without any report. reports: the best first.
    """
    detail, by_count = change.reason.detail, isinstance(change.reason.detail, reasons.CountedByOne)
    if isinstance(change.change, changes.DeadlineMoved | changes.ShareChanged):
        return text, ""
    if isinstance(detail, reasons.Disputed):
        return f"{detail.who} and {detail.other} contradict each other", ""
    if change.cause is Cause.CLOCK and isinstance(detail, reasons.Quoted) and reports:
        # A measure that was announced before takes effect on its day.
        done, report = replace(reports[0], effect=Effect.NONE), context.stories[reports[0].story].summary
        act = act_sentence(done, context.rules.get(reports[0].rule), context.parties, report)
        return f"{act} as of {format_date(day_of(change.happened))}", ""
    if by_count or change.cause in (Cause.CLOCK, Cause.PERSON, Cause.CORRECTION):
        by_reason = changes.StatusChanged if by_count else changes.StatusChanged | changes.FlagChanged
        return reason or text if isinstance(change.change, by_reason) else text, ""
    if not reports:
        return "", ""
    best, room = read_report(reports[0], context), room_of(change, context)
    new_round = isinstance(change.change, changes.StatusChanged) and change.way is Direction.OTHER
    if new_round and not best.signal.title_is_news:
        return text.partition("; ")[0], ""  # of which a post tells
    if not is_english(best.story):
        told = _told(best.signal, context)
        # A consensus is that of all sides, whoever tells it first.
        shorter = len(best.signal.by.parties) > 1 and len(told) > room
        return act_told(best.signal, context) if shorter else told, ""
    return _own_words(best, context, room), best.signal.id


def _own_words(report: Report, context: RenderContext, room: int) -> str:
    """The title of an English report, or the quoted sentence if the title is no news. An act that a subject has no room
    for is put into words, if its rule has them: an office names itself at length."""
    signal = report.signal
    # A title that is no news does not tell what the text says, nor does a quote without its beginning.
    titled = signal.title_is_news or signal.quote[:1].islower()
    words = report.title if titled else plain_title(_OCCASION.sub("", one_line(signal.quote).lstrip("·•* ")))
    act_at = report.act_at if titled else 0
    if (said := QUOTE_FIRST.match(words)) and said.end() <= act_at:
        words, act_at = words[said.end() :], act_at - said.end()
    words = clause_of_act(words, act_at, room)
    late = act_at + _VERB > room  # a cut would fall between who acts and the act
    if official := context.publishers.find(report.story.source, report.story.url).tier is Tier.OFFICIAL:
        words = _LABEL.sub("", context.publishers.shortened(_SENTENCE.split(words, maxsplit=1)[0]))
    rule = context.rules.get(signal.rule)
    named = rule is not None and rule.tells and not rule.weak and signal.by is not By.UNKNOWN
    named = named and (official or context.parties.may_act(signal.by.value, words))  # else its actor is misread
    if named and (official or late) and len(words) > room and not main_clause(words, room):
        return _told(signal, context)
    return re.sub(r"(?<!\b[A-Z])\.$", "", one_line(words, MAX_HEADLINE))


def _told(signal: Signal, context: RenderContext) -> str:
    """A report in generated words, with the speaker if another side acts."""
    act = act_told(signal, context)
    speaker, said_by, done_by = one_line(signal.origin, 60), signal.says.parties, signal.by.parties
    of_another = signal.says.value != signal.by.value and not said_by & done_by and signal.by is not By.UNKNOWN
    story = context.stories[signal.story]
    outlet = context.publishers.find(story.source, story.url)
    relayed = outlet.tier is Tier.STATE_MEDIA and speaker == outlet.origin  # it relays, and no side speaks
    if speaker and not relayed and (said_by or signal.says is Says.COMPANY) and of_another:
        return f"{speaker} {conjugated(speaker)} {decapitalised(act)}"
    return act
