"""The best report of a change, and an act in the words of its rule for reports that are not in English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.matching.modality import HEDGES
from monitor.domain.matching.rules import SLOT, RuleInfo
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Cause,
    Direction,
    Effect,
    Level,
    Modality,
    Outlook,
    Says,
    Signal,
    Standing,
    Status,
    Story,
    Tier,
    Transition,
    TransitionKind,
    changes,
    reasons,
)
from monitor.domain.model.news import day_of
from monitor.domain.model.sides import Parties, parties_in
from monitor.domain.stories.titles import is_column, plain_title
from monitor.domain.text.inflection import agreeing, participles
from monitor.domain.text.labels import conjugated, decapitalised, format_amount, format_date, is_plural, join_list
from monitor.domain.text.plain import one_line

MAX_HEADLINE = 300
LINE = 78
"""Characters of a subject: a line of a mail, as RFC 5322 recommends."""
SHOWN = 65
"""Characters of a headline that a subject shows for certain; an act that stands behind them is not seen."""
FRESH = timedelta(days=2)
"""What was published longer before the event is no news of it (an estimate)."""
_ACTORS: Mapping[By, str] = {By.COMPANY: "the company", By.THIRD: "a third country"}
"""Actors without a name of their own, as the subject of a sentence."""
_NO_NEWS = re.compile(
    r"\?$|\?['’\"”]?\s|^(?:why|how|what|who|when|where|is|are|can|could|will|should|does|did|here.?s|inside|opinion|analysis|"
    r"explainer|explained|factbox|timeline|live|watch|podcast|newsletter|editorial|commentary|interview|q&a)\b|"
    r"[:–—-] (?:what|why|how|who|navigating|explained|an? (?:look|timeline|guide)|analysis|live)\b|\blive updates\b|"
    r"\b(?:answer|respond|repl)\w* (?:to )?(?:\S+ ){0,3}questions\b|\bpress (?:conference|briefing)\b|"
    r"\breleased \S+ statements\b|\bposted (?:on|about)\b|"
    r"\b(?:knowing|showcasing|signall?ing|underscoring|highlighting) (?:that|how|why)\b|"
    r"^(?:first\w*|morning \w+|evening \w+|daily \w+|weekly \w+|(?:the )?week(?: ahead)?\b[^:]*|today\b[^:]*):|"
    r"\b(?:week ahead|round-?up|navigating)\b|^the \d+ |\b\d+ (?:highlights|things|ways|reasons|takeaways|charts)\b|"
    r"\b(?:posted|published|released) .{0,60}\b(?:readout|statement|transcript|fact sheet|post|remarks|text)\b|"
    r"\bstated the following\b|\bhere[’']s (?:what|why|how)\b|\b(?:more|new|further|fresh) details\b|"
    r"^in (?:an?|another|a separate) (?:post|statement|interview)\b|^[^:,]{5,80} on [^:]+: ['‘“\"]",
    re.IGNORECASE,
)
"""Titles of questions, explainers, opinion, newsletters, lists and running texts, and those that only say that a record
of a press conference, a post or a document is out."""
_NO_NEWS_PAGE = re.compile(r"/(?:analysis|explainers?|video)/")
"""The pages of explainers and running texts."""
_RUNNING = re.compile(
    r"\blive(?: updates?| blog)?\s*:|[–—|:-] live\b|\blive (?:updates|blog)\b|^matched titles", re.IGNORECASE
)
"""A title of a running text: what it tells may be over, and stands beside other news."""
_UNSETTLED = re.compile(
    r"\b(?:[Cc]ould|may|[Mm]ight|[Ww]ould|[Ll]ikely|[Ll]ooms?|[Hh]opes?|[Ss]eeks?|[Ee]yes|[Ii]nch(?:es)?|"
    r"[Ss]et (?:[Tt]o|[Ff]or)|[Ee]xpect(?:s|ed)?|[Pp]oised|[Aa]ims?|[Ww]ants|[Ss]ketch(?:es)? out)\b|"
    r"(?i:\b(?:first|second|third|opening) day|\bday (?:one|two|three))\b"
)
"""Words of a title that speaks of what may come, or of what is not over."""
_CONDITION = re.compile(
    r"\bfor (?:\S+ ){1,4}to (?:consider|approve|endorse|decide|review|sign)\b|"
    r"\b(?:subject to|pending|in principle|preliminary|preliminarily|provided that|conditional on)\b",
    re.IGNORECASE,
)
"""Words without which a draft reads like an act that is done: no subject cuts them off as an occasion."""
_NO_EVENT = re.compile(r"\b(?:looms?|hopes?|eyes|inch(?:es)?|nears?|in focus|in sight)\b", re.IGNORECASE)
"""Words of a title in which nothing happens, nor is set to."""
_OPENS = re.compile(r"\b(?:begins?|opens?|starts?|kicks? off|gets? under ?way)\b", re.IGNORECASE)
"""Words of a title that tells a beginning: it is not the report of an end."""
_CLAUSE_END = re.compile(
    r",? (?:after|amid|ahead of|(?<!the )following|while|despite|citing)\b"
    r"|,? in (?:an? )?(?:bid|effort|attempt|move|sign|hopes?)\b|,? to try\b| for (?:[A-Z]\S* |and ){1,4}to\b"
    r"|,? (?:(?:\d+|an?|one|two|three|four|five|six|just) )?(?:day|week|month|hour)s? (?:after|ahead of|before)\b"
    r"|(?<!such)(?<!well)(?<!known)(?<!seen)(?<!same)(?<!far) as(?= \S+ \S+)"
    r"|, (?:say|says|said)\b|, (?!(?:including|excluding|excepting|pending|barring)\b)\w+ing\b|[;—]| [–-] ",
    re.IGNORECASE,
)
"""Where the main clause of a headline ends, and what follows is its occasion."""
_MAIN_CLAUSE = 24
"""The least characters of a main clause: fewer seldom name who did what."""
_MOST = 0.5
"""The least share of its room that a main clause fills; a shorter one says less than a cut headline."""
ATTRIBUTED = re.compile(r", [^,;:]{2,50}\b(?:says?|said|sources?|reports?)$|: [^,;:]{2,30}$")
"""Who says so, at the end of a headline."""
_OCCASION = re.compile(
    r"^(?:(?:Following|After|During|In|On|At|Under|According to) [^,;:“\"]{2,60}(?<!\d)|Today), (?=\S+ \S+ \S+ \S)"
)
"""What stands before the main clause of a sentence: its occasion, its day, its place."""
_QUOTE_FIRST = re.compile(r"^['‘“\"].+?['’”\"] ?[:–—-] (?=\S+ \S+ \S)")
"""Words of somebody before the clause that tells what happened."""
_VAGUE = re.compile(r"\b(?:breakthroughs?|progress|wins?|success|thaw|hopes?|tensions?|setbacks?|blow)$", re.IGNORECASE)
"""The end of a clause that says nothing of what was done."""
_VERB = 12
"""Characters of the words of an act behind its beginning (estimate)."""
_LABEL = re.compile(r"^(?:fact sheet|readout|statement|press release|announcement): ", re.IGNORECASE)
"""The kind of a document before its headline."""
_SENTENCE = re.compile(r"(?<=[a-z\d%”)]{2})\. (?=[A-Z“])")
"""Where the first sentence of a text ends; an abbreviation of one letter, as in U.S., ends none."""
_DAY_FIRST = re.compile("^[^，]{0,14}[日时午晚]，")
"""The day that opens a Chinese sentence."""
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
    signal, story = reports[0], context.stories[reports[0].story]
    news = is_news(story)
    if not news and isinstance(change.change, changes.StatusChanged) and change.way is Direction.OTHER:
        return text.partition("; ")[0], ""  # a new round, of which a post tells
    if not is_english(story):
        told = _told(signal, context)
        # A consensus is that of all sides, whoever tells it first.
        shorter = len(signal.by.parties) > 1 and len(told) > _room(change, context)
        return act_told(signal, context) if shorter else told, ""
    return _own_words(signal, story, context, _room(change, context)), signal.id


def _own_words(signal: Signal, story: Story, context: RenderContext, room: int) -> str:
    """The title of an English report, or the quoted sentence if the title is no news. An act that a subject has no room
    for is put into words, if its rule has them: an office names itself at length."""
    # A title that is no news does not tell what the text says, nor does a quote without its beginning.
    titled = is_news(story) or signal.quote[:1].islower()
    words = plain_title(story.title if titled else _OCCASION.sub("", one_line(signal.quote).lstrip("·•* ")))
    act_at = signal.act_at - max(story.title.find(words[:20]), 0) if titled and signal.field == TITLE else 0
    if (quoted := _QUOTE_FIRST.match(words)) and quoted.end() <= act_at:
        words, act_at = words[quoted.end() :], act_at - quoted.end()
    rule, clause = context.rules.get(signal.rule), main_clause(words, room)
    late = act_at + _VERB > room  # a cut would fall between who acts and the act
    if _hides_its_act(words, act_at, room):
        words = words[len(clause) + len(" as ") :]
    if official := context.publishers.find(story.source, story.url).tier is Tier.OFFICIAL:
        words = _LABEL.sub("", context.publishers.shortened(_SENTENCE.split(words, maxsplit=1)[0]))
    named = rule is not None and rule.tells and not rule.weak and signal.by is not By.UNKNOWN
    named = named and (official or context.parties.may_act(signal.by.value, words))  # else its actor is misread
    if named and (official or late) and len(words) > room and not main_clause(words, room):
        return _told(signal, context)
    return re.sub(r"(?<!\b[A-Z])\.$", "", one_line(words, MAX_HEADLINE))


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


def _room(change: Transition, context: RenderContext) -> int:
    """Characters of a subject behind the topic of a commitment and its new status."""
    commitment = context.commitments.get(change.commitment)
    status = f" now {status_after(change)}" if moves_status(change) else ""
    return LINE - len((commitment.topic or commitment.short) if commitment else "") - len(status) - 2


def status_after(change: Transition) -> Status:
    """The status when the change was recorded."""
    failed = change.standing in (Standing.BREACHED, Standing.LAPSED)
    return change.standing if failed or change.outlook is Outlook.STEADY else change.outlook


def moves_status(change: Transition) -> bool:
    """Whether the change moved the status: a standing that moves while the outlook is the status does not show."""
    moved = change.change
    return isinstance(moved, changes.StatusChanged) and moved.old is not moved.new and moved.new is status_after(change)


def is_news(story: Story) -> bool:
    """Whether a title tells news: it is no question, explainer, opinion, list, note or running text."""
    none = _NO_NEWS.search(plain_title(story.title)) or _RUNNING.search(story.title)
    return not (is_column(story) or none or _NO_NEWS_PAGE.search(story.url))


def is_settled(title: str) -> bool:
    """Whether the main clause of a title speaks of what is, not of what may come or is not over."""
    ends = _CLAUSE_END.search(title, _MAIN_CLAUSE)
    return _UNSETTLED.search(title[: ends.start()] if ends else title) is None


def main_clause(title: str, limit: int) -> str:
    """The longest beginning of a headline that ends with a clause and fills most of `limit`; '' if there is none."""
    ends = (found.start() for found in _CLAUSE_END.finditer(title, _MAIN_CLAUSE))
    whole = (end for end in ends if _MOST * limit <= end <= limit and not _CONDITION.search(title, end))
    return title[: max(whole, default=0)]


def _hides_its_act(title: str, act_at: int, room: int) -> bool:
    """Whether a subject cuts off the clause after "as" that has the act, or that alone says what was done."""
    clause = main_clause(title, room) if len(title) > room else ""
    return title[len(clause) :].startswith(" as ") and (act_at > len(clause) or _VAGUE.search(clause) is not None)


def _loses_its_object(title: str, room: int) -> bool:
    """Whether a subject cuts a title between a thing and what it is of: officials reach framework …"""
    cut = title[: title.rfind(" ", 0, room)] if len(title) > room and not main_clause(title, room) else title
    return re.search(r" of(?: an?| the)?$", cut) is not None or title[len(cut) :].startswith(" of ")


def ranked_reports(change: Transition, signals: Sequence[Signal], context: RenderContext) -> list[Signal]:
    """The signals, the best report of the change first.

    1. Evidence of the change itself, and of that the effect that caused it, or another blow; of a rise, its step.
    2. News in English with the act in the main clause of its title, then what reports in other languages tell that can
       be put into words, of both what has happened before what may come; other reports in English. Fresh before older.
    3. Reports of a summit; titles that a subject shows whole or without their occasion; the level of the act; of a
       confirmation, the report that confirms; the words of the acting side; upper tiers; titles with the amount; the
       earliest report.
    """
    own, code = {*change.evidence, *change.reason.signals}, change.reason.code.value
    effects = {effect.value for effect in Effect} - {Effect.NONE.value}
    # What is done may lead where promises are only hoped for.
    alike = NEGATIVE_EFFECTS if code in NEGATIVE_EFFECTS else POSITIVE_EFFECTS if code == Effect.PLEDGE else {code}
    fresh, known = change.happened - FRESH, context.commitments.get(change.commitment)
    room = _room(change, context)
    moved = isinstance(change.change, changes.StatusChanged)
    steps = known.steps if known is not None and moved and change.way is Direction.UP else ()
    final = isinstance(change.change, changes.StatusChanged) and change.change.new is Standing.MET
    silent = change.change.subject if isinstance(change.change, changes.FlagChanged) and change.confirms else ""

    def rank(signal: Signal) -> tuple[object, ...]:
        story, rule = context.stories[signal.story], context.rules.get(signal.rule)
        title, news = plain_title(story.title), is_news(story)
        outlets = ((story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets))
        tier = min(context.publishers.find(*outlet).tier for outlet in outlets)
        act_at = signal.act_at - max(story.title.find(title[:20]), 0)
        if is_english(story):
            ends = _CLAUSE_END.search(title, _MAIN_CLAUSE)
            within = act_at < min(SHOWN, ends.start() if ends else SHOWN)
            shown = news and signal.field == TITLE and within and len(title) <= 2 * SHOWN
            hedged = signal.modality is Modality.RUMOUR or not is_settled(title)
            # Beside a status a subject has little room.
            hedged = hedged or (moves_status(change) and _loses_its_object(title, room))
            hedged = hedged or (len(title) > room and _CONDITION.search(title, room // 2) is not None)
            quoted = _QUOTE_FIRST.match(title)
            words = title[:1] in "'‘“\"" and not (quoted and quoted.end() <= act_at)  # the act is somebody's words
            hedged = hedged or (final and _OPENS.search(title) is not None) or words
            kind = hedged + bool(_NO_EVENT.search(title)) / 4 if shown else 3 if news else 4
        else:
            told = rule is not None and rule.tells and not rule.weak
            kind = 5 if not told else 2 if signal.modality in HEDGES else 0.5
        own_word = tier is Tier.AGGREGATOR and signal.by is By.COMPANY and signal.says is Says.COMPANY
        kind += 4.5 if tier >= Tier.AGGREGATOR and not own_word else 0  # nobody knows the outlet, or it is none
        return (
            signal.id not in own,
            code in effects and signal.effect.value not in alike,
            bool(steps) and (rule is None or rule.object not in steps),
            change.kind is TransitionKind.FLAG and change.confirms and signal.happened.end != change.happened,
            kind + (2.5 if story.published_at < fresh else 0),
            signal.effect.value != code,
            change.level is Level.SUMMIT and signal.level < change.level,
            len(ATTRIBUTED.sub("", title)) > room
            and (not main_clause(title, room) or _hides_its_act(title, act_at, room)),
            ": " in title[: max(act_at, 0)]
            and title[:1] not in "'‘“\""
            and not title.startswith("Exclusive"),  # a label
            signal.level < change.level,
            silent != "" and signal.says.value != silent,  # the side that breaks its silence
            change.confirms and signal.happened.end != change.happened,
            signal.id in change.continues,  # an update leads with what is new
            signal.says.value != signal.by.value,
            max(tier, Tier.WIRE),  # titles of official texts are seldom better than a wire's
            signal.quantity is None or signal.quantity.text not in title[:room],
            story.published_at,
            signal.id,
        )

    return sorted(signals, key=rank)


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
    # Names behind the first comma are seldom those of who acts; one name does not stand for two sides.
    subject = _named(subject, rule.names, _CLAUSE.split(_DAY_FIRST.sub("", signal.quote), maxsplit=1)[0])
    actor = subject if subject and (" and " in subject or rule.tells[0] != "{") else actor
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
