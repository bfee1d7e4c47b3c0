"""The headline of a change: the best of its reports, in its own words, or in those of the rule that read it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.acts import act_sentence, act_told
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Cause,
    Direction,
    Effect,
    Modality,
    Outlook,
    Says,
    Signal,
    Standing,
    Status,
    Story,
    Tier,
    Transition,
    changes,
    reasons,
)
from monitor.domain.model.news import day_of
from monitor.domain.model.sides import parties_in
from monitor.domain.stories.headline_cut import (
    ATTRIBUTED,
    QUOTE_FIRST,
    clause_end,
    clause_of_act,
    loses_object,
    main_clause,
)
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.labels import conjugated, decapitalised, format_date, status_caps
from monitor.domain.text.plain import one_line

LINE = 78
"""Characters of a subject: a line of a mail, as RFC 5322 recommends."""
SHOWN = 65
"""Characters of a headline that a subject shows for certain; an act that stands behind them is not seen."""
FRESH = timedelta(days=2)
"""What was published longer before the event is no news of it (an estimate)."""
MAX_HEADLINE = 300
_OCCASION = re.compile(
    r"^(?:(?:Following|After|During|In|On|At|Under|According to) [^,;:“\"]{2,60}(?<!\d)|Today), (?=\S+ \S+ \S+ \S)"
)
"""What stands before the main clause of a sentence: its occasion, its day, its place."""
_LABEL = re.compile(r"^(?:fact sheet|readout|statement|press release|announcement): ", re.IGNORECASE)
"""The kind of a document before its headline."""
_SENTENCE = re.compile(r"(?<=[a-z\d%”)]{2})\. (?=[A-Z“])")
"""Where the first sentence of a text ends; an abbreviation of one letter, as in U.S., ends none."""

_BROKEN_QUOTE = re.compile(r"\s*[:;,–—-]\s*[‘“'\"][^‘’“”'\"]*(?:\.{3}|…)[’”'\"]?$")
"""A quote that ends a headline and breaks off itself."""

_MONEY = re.compile(r"[$€£¥] ?(\d[\d.,]*)[ -]?(m|b|t)(?:illion|rillion|n)?\b", re.IGNORECASE)
"""An amount of money in a headline, without its currency."""

PRAISE = re.compile(
    r"['‘“\"](?:(?:very|truly|really) )?(?:amazing|candid|constructive|excellent|fantastic|frank|good|great|historic|"
    r"incredible|positive|productive|stable|successful|tremendous)\b",
    re.IGNORECASE,
)
"""Where a headline quotes what somebody thinks of a meeting: it is not what came of it."""


class Form(IntEnum):
    """How well a report tells its act to a reader of English, the best first."""

    NEWS = 0
    """A headline has the act in its main clause."""
    WORDED = 1
    """A text in another language, which its rule puts into words."""
    HEDGED = 2
    """A headline of a rumour, in somebody's words or behind a label."""
    HEDGED_WORDED = 3
    """A plan or a rumour in another language, in the words of the rule."""
    OLD = 4
    """Any report from long before the event."""
    BESIDE = 5
    """A headline about something else."""
    NO_NEWS = 6
    """A title without news."""
    UNLISTED = 7
    """Any report of an outlet that nobody knows, or that only gathers those of others."""
    FOREIGN = 8
    """A text in another language, of which only the language can be told."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report of an act. title: without labels and outlet; act_at: where the act stands in it; tier: the best of the
    outlets that carry it."""

    signal: Signal
    story: Story
    title: str
    act_at: int
    tier: Tier
    form: Form

    def fits(self, room: int) -> bool:
        """Whether a subject with `room` characters shows the title, or its main clause if that has the act."""
        clause = main_clause(self.title, room) and clause_of_act(self.title, self.act_at, room) == self.title
        return len(ATTRIBUTED.sub("", self.title)) <= room or bool(clause)


def read_report(signal: Signal, context: RenderContext) -> Report:
    """The report of a signal."""
    story = context.stories[signal.story]
    title = plain_title(story.title)
    carriers = ((story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets))
    tier = min(context.publishers.find(*carrier).tier for carrier in carriers)
    act_at = signal.act_at - max(story.title.find(title[:20]), 0)
    form = _form(signal, title, act_at) if is_english(story) else _form_of_foreign(signal, context)
    return Report(signal, story, title, act_at, tier, form)


def _form(signal: Signal, title: str, act_at: int) -> Form:
    if not signal.title_is_news:
        return Form.NO_NEWS
    occasion = _OCCASION.match(title)
    beside = act_at >= min(SHOWN, clause_end(title)) or (occasion is not None and act_at < occasion.end())
    if signal.field != TITLE or beside or len(title) > 2 * SHOWN:
        return Form.BESIDE
    said = QUOTE_FIRST.match(title)
    before = title[: max(act_at, 0)]
    labelled = (": " in before or title[:1] in "'‘“\"") and not (said and said.end() <= act_at)
    return Form.HEDGED if signal.modality is Modality.RUMOUR or labelled else Form.NEWS


def _form_of_foreign(signal: Signal, context: RenderContext) -> Form:
    rule = context.rules.get(signal.rule)
    if rule is None or rule.weak or not rule.tells:
        return Form.FOREIGN
    return Form.HEDGED_WORDED if signal.is_ahead else Form.WORDED


def status_after(change: Transition) -> Status:
    """The status when the change was recorded."""
    failed = change.standing in (Standing.BREACHED, Standing.LAPSED)
    return change.standing if failed or change.outlook is Outlook.STEADY else change.outlook


def moves_status(change: Transition) -> bool:
    """Whether the change moved the status: a standing that moves while the outlook is the status does not show."""
    moved = change.change
    return isinstance(moved, changes.StatusChanged) and moved.old is not moved.new and moved.new is status_after(change)


def ends_trouble(change: Transition) -> bool:
    """Whether only a trouble ended: the standing is what it was."""
    moved = change.change
    return isinstance(moved, changes.StatusChanged) and change.outlook_only and moved.new is change.standing


def move_of(change: Transition) -> str:
    """What a change made of the status, as a subject says it: 'now AT RISK', 'no longer AT RISK'; '' if it stays."""
    if not (isinstance(change.change, changes.StatusChanged) and moves_status(change)):
        return ""
    return (
        f"no longer {status_caps(change.change.old)}"
        if ends_trouble(change)
        else f"now {status_caps(change.change.new)}"
    )


def room_of(change: Transition, context: RenderContext) -> int:
    """Characters of a subject behind the topic of a commitment and its new status."""
    commitment = context.commitments.get(change.commitment)
    topic = (commitment.topic or commitment.short) if commitment else ""
    return LINE - len(f"{topic} {move_of(change)}".rstrip()) - 2


def ranked_reports(change: Transition, signals: Sequence[Signal], context: RenderContext) -> list[Signal]:
    """The signals of the reports of a change, the best first.

    1. Evidence of the change itself; of that the effect that caused it; no amount of money that most reports have
       otherwise; of a rise, its step.
    2. The form in which a report tells its act; of a fall the act of the side that owes the promise, or of the side
       that began where both do: no answer leads before the blow that it answers.
    3. A title in which the side acts; one that a subject can show; the level of the act; of a confirmation what is new
       in it; the words of the acting side; upper tiers; a title with the amount; the earliest.
    """
    room = room_of(change, context)
    own, code = {*change.evidence, *change.reason.signals}, change.reason.code.value
    # What is done may lead where promises are only hoped for.
    alike = NEGATIVE_EFFECTS if code in NEGATIVE_EFFECTS else POSITIVE_EFFECTS if code == Effect.PLEDGE else {code}
    alike = alike if code in {effect.value for effect in Effect if effect is not Effect.NONE} else {*Effect}
    known = context.commitments.get(change.commitment)
    rises = isinstance(change.change, changes.StatusChanged) and change.way is Direction.UP
    steps = known.steps if known is not None and rises else ()
    owing = parties_in(known.owed_by) if known is not None and change.way is Direction.DOWN else frozenset[str]()
    read = [read_report(signal, context) for signal in signals]
    falls = isinstance(change.change, changes.StatusChanged) and change.way is Direction.DOWN
    began = _begun_by(read) if falls and len(owing) != 1 else None
    fresh = change.happened - FRESH
    titles = {report.story.id: report.title for report in read}
    sums = Counter(amount for title in titles.values() for amount in _money_in(title))
    most = max(sums.values(), default=0)

    def rank(report: Report) -> tuple[object, ...]:
        signal, rule = report.signal, context.rules.get(report.signal.rule)
        own_word = signal.by is By.COMPANY and signal.says is Says.COMPANY and report.tier is Tier.AGGREGATOR
        unlisted = report.tier >= Tier.AGGREGATOR and not own_word
        cut = moves_status(change) and loses_object(
            report.title, room, report.act_at
        )  # beside a status a title has little room
        form = max(report.form, Form.HEDGED) if cut else report.form
        form = max(form, Form.OLD) if report.story.published_at < fresh else form
        repeats = change.confirms and signal.happened.end != change.happened
        return (
            signal.id not in own,
            signal.effect.value not in alike,
            max((sums[amount] for amount in _money_in(report.title)), default=most) < most,
            bool(steps) and (cut or rule is None or rule.object not in steps),
            max(form, Form.UNLISTED if unlisted else Form.HEDGED_WORDED),
            (bool(owing) and signal.by.parties.isdisjoint(owing)) or (began is not None and signal.by is not began),
            form,
            signal.modality is Modality.UNDER_WAY,
            signal.effect.value != code,
            signal.announcer == "",
            not report.fits(room),
            signal.level < change.level,
            repeats or signal.id in change.continues,
            signal.says.value != signal.by.value,
            max(report.tier, Tier.WIRE),  # titles of official texts are seldom better than a wire's
            PRAISE.search(report.title) is not None,
            report.act_at > room // 2,  # the rest of the title tells something else
            signal.quantity is None or signal.quantity.text not in report.title[:room],
            report.story.published_at,
            signal.id,
        )

    return [report.signal for report in sorted(read, key=rank)]


def _money_in(title: str) -> set[tuple[str, str]]:
    """The amounts of money in a headline: {('17', 'b')} of 'US$17 billion a year'."""
    return {(number.rstrip(".,"), unit.lower()) for number, unit in _MONEY.findall(title)}


def _begun_by(reports: Sequence[Report]) -> By | None:
    """The side whose blow is the first in a headline, if another side answers it; None if only one side acts."""
    told = [r for r in reports if r.form <= Form.HEDGED and r.tier <= Tier.WIRE and len(r.signal.by.parties) == 1]
    first = min(told, key=lambda report: report.signal.happened.end, default=None)
    return first.signal.by if first and any(report.signal.by is not first.signal.by for report in told) else None


def change_headline(
    change: Transition, text: str, reason: str, reports: Sequence[Signal], context: RenderContext
) -> tuple[str, str]:
    """The headline of a change, and the signal of the report that it is taken from, '' if it is generated.

    1. A date, a contradiction, and a change by time, a count, a person or a correction get generated words; so do terms
       without a headline that tells them plainly.
    2. Else the best report's own words, if it is in English: its title, or the quoted sentence if the title is no news.
    3. Else that report in generated words; '' without any report. reports: the best first.
    """
    detail, by_count = change.reason.detail, isinstance(change.reason.detail, reasons.CountedByOne | reasons.BehindPace)
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
        said = reason.partition("; ")[0] if by_count else reason  # what would follow stands below
        return said or text if isinstance(change.change, by_reason) else text, ""
    if not reports:
        return "", ""
    best, room = read_report(reports[0], context), room_of(change, context)
    if isinstance(change.change, changes.TermsChanged) and best.form > Form.NEWS:
        return text, ""
    new_round = isinstance(change.change, changes.StatusChanged) and change.way is Direction.OTHER
    if new_round and not best.signal.title_is_news:
        return text.partition("; ")[0], ""  # of which a post tells
    if not is_english(best.story):
        told = _told(best.signal, context)
        # A consensus is that of all sides, whoever tells it first.
        shorter = len(best.signal.by.parties) > 1 and len(told) > room
        return act_told(best.signal, context) if shorter else told, ""
    return _own_words(best, context, room), best.signal.id


def _is_named(signal: Signal, context: RenderContext) -> bool:
    """Whether the rule of a report has words for its act and its actor."""
    rule = context.rules.get(signal.rule)
    return rule is not None and bool(rule.tells) and not rule.weak and signal.by is not By.UNKNOWN


def _own_words(report: Report, context: RenderContext, room: int) -> str:
    """The title of an English report, or the quoted sentence if the title is no news. The act of an official text that
    a subject has no room for is put into words, if its rule has them: an office names itself at length."""
    signal = report.signal
    # A title that is no news does not tell what the text says, nor does a quote without its beginning.
    titled = signal.title_is_news or signal.quote[:1].islower()
    words = report.title if titled else plain_title(_OCCASION.sub("", one_line(signal.quote).lstrip("·•* ")))
    act_at = report.act_at if titled else 0
    if (said := QUOTE_FIRST.match(words)) and said.end() <= act_at:
        words, act_at = words[said.end() :], act_at - said.end()
    if (broken := _BROKEN_QUOTE.search(words)) and act_at < broken.start():
        words = words[: broken.start()]
    words = clause_of_act(words, act_at, room)
    if context.publishers.find(report.story.source, report.story.url).tier is Tier.OFFICIAL:
        words = _LABEL.sub("", context.publishers.shortened(_SENTENCE.split(words, maxsplit=1)[0]))
        if _is_named(signal, context) and len(words) > room and not main_clause(words, room):
            return _told(signal, context)
    return re.sub(r"(?<!\b[A-Z])\.$", "", one_line(words, MAX_HEADLINE))


def _told(signal: Signal, context: RenderContext) -> str:
    """A report in generated words, with the speaker if another side acts, or nobody does."""
    act = act_told(signal, context)
    speaker, said_by, done_by = one_line(signal.origin, 60), signal.says.parties, signal.by.parties
    rule = context.rules.get(signal.rule)
    worded = signal.by is not By.UNKNOWN or (rule is not None and rule.tells != "")
    of_another = signal.says.value != signal.by.value and not said_by & done_by and worded
    story = context.stories[signal.story]
    outlet = context.publishers.find(story.source, story.url)
    relayed = outlet.tier is Tier.STATE_MEDIA and speaker == outlet.origin  # it relays, and no side speaks
    if speaker and not relayed and (said_by or signal.says is Says.COMPANY) and of_another:
        return f"{speaker} {conjugated(speaker)} {decapitalised(act)}"
    return act
