"""What a program can check about a message made from real news: the claims that it makes against the reports behind it.

Each check takes a message and yields the claims that do not hold, in words. None judges the writing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.domain.messages.acts import example_act
from monitor.domain.messages.briefs import AlertBrief, Brief, DigestBrief, EvidenceLine
from monitor.domain.messages.context import is_english
from monitor.domain.model import NEGATIVE_EFFECTS, Effect, Modality, Policy, Signal, Story, Tier, Verdict
from monitor.domain.model.publishers import Publishers
from monitor.domain.text.folding import fold
from monitor.domain.text.labels import moment_day, status_caps
from monitor.domain.text.plain import one_line, web_link
from monitor.domain.verdicts.deadlines import OPEN_STATES
from monitor.domain.verdicts.evidence import expires_at

STATUS = re.compile(
    r"\b(NOT YET PLEDGED|PLEDGED|IN PROGRESS|PARTLY MET|MET|IN FORCE|BREACHED|LAPSED|AT RISK|STALLED)\b"
)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = (
    "a an the and or but nor of in on at to for with by from as into over under after before while that "
    "which who whose is are was were be been has have had will would could may might its their his her "
    "this these than not no"
)
FUNCTION_WORDS = frozenset(_WORDS.split())
"""Words with which no headline ends, whether it was cut or not."""
_OPEN = (
    "announce announces announced say says said report reports reported state states stated reach reaches reached "
    "confirm confirms confirmed threaten threatens threatened impose imposes imposed agree agrees agreed "
    "new several positive series"
)
OPEN_WORDS = frozenset(_OPEN.split())
"""Reporting verbs, and words before a thing, that tell nothing without what follows."""
DIRECTION = re.compile(r"停止|暂停|取消|列入|移出|加征")
"""Words of a Chinese report that say which way a measure goes."""
VAGUE = re.compile(r"\b(one side|the two sides|both sides|a step|the company|others)\b", re.IGNORECASE)
"""Words of rules that name nobody and nothing."""
JUNK = re.compile(r"\\u[0-9a-fA-F]{4}|\]\]>|&[a-z]+;|&#\d+;|Matched Titles|�")
DATE = re.compile(r"\b(\d{1,2}) [A-Z][a-z]{2} \d{4}\b")
"""A date of a generated sentence: its report may not name the month in digits, nor the year."""
LINE_DATE = re.compile(
    r"(?:(threat of|act of|was due by|was due|was to end on|first due|since) )?(\d{1,2} [A-Z][a-z]{2} \d{4})"
)
"""A date of the line on what comes next, with the words that say that it is past."""
PROGRAM_TEXT = re.compile(r"deal-monitor \w+|\(version \w+\)|\b[0-9a-f]{12,}\b")
"""Commands, versions of rules, and ids."""
SIDE_NAMES = {"us": "the US", "cn": "China"}
QUIET_LINES = 2
"""Lines that a digest spends on a week without changes."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A message as it was sent. signals, stories: all that the program knew then, by id; verdict: of its commitment;
    flags: of the verdicts of all commitments."""

    brief: Brief
    text: str
    signals: Mapping[str, Signal] = field(default_factory=dict)
    stories: Mapping[str, Story] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def quoted(self) -> list[tuple[EvidenceLine, Story]]:
        """The quotes that a stored report stands behind."""
        brief = self.brief
        lines = (*brief.evidence.lines, *(each.line for each in brief.others)) if isinstance(brief, AlertBrief) else ()
        return [
            (line, self.stories[self.signals[line.signal].story])
            for line in lines
            if line is not None and line.signal in self.signals and self.signals[line.signal].story in self.stories
        ]


@dataclass(frozen=True, slots=True)
class Known:
    """What the rulebook says. phrases: the acts of its rules in words, without an actor; party_words: the words by
    which a text names a side, by the name of the side in messages."""

    phrases: frozenset[str]
    party_words: Mapping[str, frozenset[str]]
    publishers: Publishers
    policy: Policy


Check = Callable[[Rehearsed, Known], Iterator[str]]


def subject_is_no_rule_phrase(sent: Rehearsed, known: Known) -> Iterator[str]:
    """The subject of an alert quotes a report, or names who does what."""
    if not isinstance(sent.brief, AlertBrief):
        return
    headline = headline_of(sent.brief)
    # An office's own sentence, which names the office at length and the act late, is put into words.
    found = ((story, known.publishers.find(story.source, story.url).tier) for _, story in sent.quoted)
    in_english = any(is_english(story) and tier is not Tier.OFFICIAL for story, tier in found)
    plain = re.sub(r"^[\w' .-]+ says ", "", headline).casefold()
    if VAGUE.search(headline) and not any(cut(headline) in letters(story.title) for _, story in sent.quoted):
        yield f"the subject names nobody: {headline}"
    elif in_english and any(plain.endswith(phrase) for phrase in known.phrases):
        yield f"the subject is the phrase of a rule, while an English report is quoted: {headline}"


def subject_ends_well(sent: Rehearsed, known: Known) -> Iterator[str]:
    """No subject ends in a function word, nor, if it is cut, in a word that needs what follows; none is empty."""
    del known
    headline = headline_of(sent.brief)
    words = re.findall(r"[\w'’]+", headline)
    if not words:
        yield "the subject is empty"
    elif words[-1].casefold() in FUNCTION_WORDS and not headline.rstrip("…").rstrip().endswith((")", "”", '"')):
        yield f"the subject ends in “{words[-1]}”: {sent.brief.subject}"
    elif headline.endswith("…") and words[-1].casefold() in OPEN_WORDS:
        yield f"the subject ends before what {words[-1]} speaks of: {sent.brief.subject}"


def status_agrees(sent: Rehearsed, known: Known) -> Iterator[str]:
    """Badge, subject, and the sentence on the status name one status; a share below the target is not met."""
    del known
    brief = sent.brief
    if not isinstance(brief, AlertBrief) or brief.kind == "notice":
        return
    badge, subject = status_caps(brief.headline.status), re.search(r"\bnow ([A-Z ]+):", brief.subject)
    if subject and subject[1] != badge and STATUS.fullmatch(subject[1]):
        yield f"the subject says {subject[1]}, the badge {badge}"
    named = STATUS.findall(brief.moved)
    if named and badge not in named:
        yield f"the line says {brief.moved!r}, the badge {badge}"
    if named.count(badge) > 1 and len({*named}) > 1:
        yield f"the line contradicts itself: {brief.moved!r}"
    if brief.progress is not None and brief.progress.share is not None and brief.progress.share < 1 and badge == "MET":
        yield f"MET at {brief.progress.bar}"


def doubts_agree(sent: Rehearsed, known: Known) -> Iterator[str]:
    """What is confirmed is not in doubt, and a contested change confirms nothing."""
    del known
    brief = sent.brief
    if not isinstance(brief, AlertBrief) or not brief.changes:
        return
    now = brief.changes[0].now
    if now == "confirmed" and brief.headline.marks:
        yield f"confirmed and {' and '.join(brief.headline.marks)}"
    if brief.label == "confirmation" and brief.headline.contested:
        yield "a confirmation of what is contested"
    sides = [line.says.rpartition(" ")[0] for line in brief.evidence.lines if line.says and not line.retracted]
    if "o official statement seen" in brief.confidence and sides:
        yield f"“{brief.confidence}” beside the word of {sides[0]}"


def silence_is_true(sent: Rehearsed, known: Known) -> Iterator[str]:
    """No side is called silent that has of late spoken firmly of the commitment, and in the same direction."""
    brief = sent.brief
    silent = (
        re.search(r"[Nn]o statement from ([^.;]+) seen yet", brief.confidence)
        if isinstance(brief, AlertBrief)
        else None
    )
    main = next((sent.signals[line.signal] for line in evidence_of(sent) if line.signal in sent.signals), None)
    if silent is None or main is None:
        return
    latest, earliest = brief.as_of, main.happened.end - timedelta(days=known.policy.corroborate_days)
    for signal in sent.signals.values():
        of_act = signal.commitment == main.commitment and earliest <= signal.happened.end <= latest
        alike = (signal.effect in NEGATIVE_EFFECTS) == (main.effect in NEGATIVE_EFFECTS)
        firm = signal.effect is not Effect.NONE and signal.modality is not Modality.RUMOUR
        spoken = {SIDE_NAMES.get(side, side) for side in signal.says.parties}
        if of_act and alike and firm and any(name in silent[1] for name in spoken):
            yield f"“{silent[0]}” beside {signal.origin}: {signal.quote[:60]}"


def one_outlet_is_alone(sent: Rehearsed, known: Known) -> Iterator[str]:
    """Who counts one outlet quotes no official of the acting side on the same act, by the same rule."""
    del known
    brief = sent.brief
    main, *others = [sent.signals[line.signal] for line in evidence_of(sent) if line.signal in sent.signals] or [None]
    if main is None or not isinstance(brief, AlertBrief) or not brief.confidence.startswith("One outlet so far"):
        return
    for signal in others:
        own = len(main.by.parties) == 1 and signal.says.value == signal.by.value == main.by.value
        if own and signal.rule == main.rule and signal.object == main.object and signal.effect is main.effect:
            yield f"“{brief.confidence}” beside the word of {signal.origin}: {signal.quote[:60]}"


def dates_agree(sent: Rehearsed, known: Known) -> Iterator[str]:
    """No date is called missing or unknown beside a date."""
    del known
    brief = sent.brief
    dates = [date for verdict in sent.verdicts.values() for date in verdict.deadlines if date.state in OPEN_STATES]
    if isinstance(brief, AlertBrief) and dates and re.search(r"[Nn]o (end|due) date", sent.text):
        yield f"no date, and yet {dates[0].what} {dates[0].date}"


def next_is_ahead(sent: Rehearsed, known: Known) -> Iterator[str]:
    """What comes next is not reached, not confirmed and not past already; and a threat is no younger than the newest
    report of the message."""
    del known
    brief = sent.brief
    if not isinstance(brief, AlertBrief):
        return
    reached = {status_caps(brief.headline.status), *re.findall(r"\bnow ([A-Z ]+)\b", brief.moved)}
    ahead = re.sub(rf"No longer (?:{STATUS.pattern})", "", brief.next)
    for status in STATUS.findall(" ".join(re.findall(rf"(?:{STATUS.pattern}) (?:once|at)\b", ahead))):
        if status in reached:
            yield f"{status} comes next, and is reached: {brief.next}"
    confirmed = re.search(r"confirmed by ([\w ']+)", f"{brief.subject} {brief.moved}")
    if confirmed and f"once {confirmed[1].strip()} confirms" in brief.next:
        yield f"{confirmed[1]} has confirmed it: {brief.next}"
    today = moment_day(brief.as_of, brief.zone)
    for words, day in LINE_DATE.findall(brief.next):
        at = datetime.strptime(day, "%d %b %Y").date()  # noqa: DTZ007 - a day without a zone
        is_past = words in ("threat of", "act of", "was due", "since", "was due by", "was to end on", "first due")
        if not is_past and at < today:
            yield f"{day} comes next, and is past: {brief.next}"
        newest = max((story.published_at for _, story in sent.quoted), default=brief.as_of)
        if words in ("threat of", "act of") and at > moment_day(newest, brief.zone):
            yield f"a {words} {day}, after the newest report: {brief.next}"
    named = re.search(r"^In (\d+) days? \((\d+ \w+ \d+)\)", headline_of(brief))
    if named and datetime.strptime(named[2], "%d %b %Y").date() != today + timedelta(days=int(named[1])):  # noqa: DTZ007
        yield f"{named[1]} days from {today} is not {named[2]}"


def quotes_are_whole(sent: Rehearsed, known: Known) -> Iterator[str]:
    """Every quote is text of its report, begins and ends at a word, and carries no markup."""
    del known
    for line, story in sent.quoted:
        quote, text = line.quote.strip("…. "), one_line(f"{story.title} {story.summary}", 100_000)
        if JUNK.search(line.quote):
            yield f"markup in a quote: {line.quote[:80]}"
        at = letters(text).find(cut(quote))
        if at < 0:
            yield f"not in the report: {line.quote[:80]}"
        elif not at_words(text, quote):
            yield f"begins or ends within a word: {line.quote[:80]}"


def publishers_count(sent: Rehearsed, known: Known) -> Iterator[str]:
    """At least one quote comes from a publisher that the rules list, or from a listed speaker."""
    quoted = sent.quoted
    if quoted and not any(
        known.publishers.find(source, url).tier is not Tier.UNKNOWN
        for _, story in quoted
        for source, url in ((story.source, story.url), *((each.source, each.url) for each in story.outlets))
    ):
        yield f"no listed publisher: {', '.join(dict.fromkeys(line.outlet for line, _ in quoted))}"


def no_flag_is_over(sent: Rehearsed, known: Known) -> Iterator[str]:
    """No doubt outlives its time."""
    now = sent.brief.as_of if isinstance(sent.brief, AlertBrief) else sent.brief.end
    for verdict in sent.verdicts.values():
        for flag in verdict.flags:
            end = expires_at(flag, known.policy)
            if end is not None and end + timedelta(days=1) < now:
                yield f"{verdict.commitment}: {flag.kind.value} {flag.subject} since {flag.since:%-d %b %Y}"


def numbers_are_reported(sent: Rehearsed, known: Known) -> Iterator[str]:
    """Every number of a subject is in a quoted report, in the figures, or in a date of the message."""
    del known
    brief = sent.brief
    if not isinstance(brief, AlertBrief) or not sent.quoted:
        return
    texts = [f"{story.title} {story.summary}" for _, story in sent.quoted]
    texts += [brief.next, brief.moved]
    texts += [f"{brief.progress.counted_text} {brief.progress.text}"] if brief.progress else []
    texts += [f"{change.text} {change.before} {change.after}" for change in brief.changes]
    reported = {number.replace(",", "") for text in texts for number in NUMBER.findall(text)}
    for number in NUMBER.findall(DATE.sub(r"\1", headline_of(brief))):
        if number.replace(",", "") not in reported:
            yield f"{number} of the subject is in no quoted report: {brief.subject}"


def reports_are_cited_truly(sent: Rehearsed, known: Known) -> Iterator[str]:
    """Each quote links to the report that contains it, and is about a commitment of the message."""
    del known
    brief = sent.brief
    if not isinstance(brief, AlertBrief):
        return
    about = {change.commitment for change in brief.changes} | {other.commitment for other in brief.others}
    for line, story in sent.quoted:
        if line.url and line.url not in {web_link(url) for url in (story.url, *(each.url for each in story.outlets))}:
            yield f"{line.outlet}: the link is that of another report"
        if sent.signals[line.signal].commitment not in {*about, brief.commitment}:
            yield f"{line.outlet}: a report about {sent.signals[line.signal].commitment}"
    if brief.evidence.report is not None and brief.evidence.report.url not in {
        web_link(url) for _, story in sent.quoted for url in (story.url, *(each.url for each in story.outlets))
    }:
        yield f"the report to open is none of those quoted: {brief.evidence.report.outlet}"


def glosses_are_in_the_text(sent: Rehearsed, known: Known) -> Iterator[str]:
    """A gloss names no side that the quoted report does not name, and no other report; it says which way a measure goes
    if the report does."""
    for line, story in sent.quoted:
        _, _, meaning = line.gloss.partition("reads as: ")
        for side, words in known.party_words.items():
            text = fold(f"{story.title} {story.summary}").text
            if meaning.startswith(side) and not any(fold(word).text in text for word in words):
                yield f"“{line.gloss}” names {side}, the text does not: {line.quote[:60]}"
        if re.search(r"\b(?:adjust|change|modif)\w*\b", meaning) and DIRECTION.search(f"{story.title}{story.summary}"):
            yield f"“{line.gloss}” does not say which way, the text does: {line.quote[:60]}"
        if "in English" in line.gloss:
            yield f"a gloss cites another report: {line.gloss}"


def digest_says_it_once(sent: Rehearsed, known: Known) -> Iterator[str]:
    """No sentence of a digest appears twice, no opening claims that a headline moved a status, and a quiet week is
    short."""
    del known
    brief = sent.brief
    if not isinstance(brief, DigestBrief):
        return
    said = [*brief.statuses, *brief.also, *brief.troubled]
    for line in {line for line in said if said.count(line) > 1}:
        yield f"said {said.count(line)} times: {line}"
    told = [event.text for event in brief.events]
    for line in {line for line in told if told.count(line) > 1}:
        yield f"told {told.count(line)} times: {line}"
    for line in brief.statuses:
        if re.search(r"\bwhich moves\b|reported too that it is", line):
            yield f"a headline moves a status: {line}"
    if not brief.events and len(brief.statuses) > QUIET_LINES:
        yield f"{len(brief.statuses)} sentences on a week without changes"


def no_program_text(sent: Rehearsed, known: Known) -> Iterator[str]:
    """A subscriber sees no command, version or id."""
    del known
    found = PROGRAM_TEXT.findall(re.sub(r"https?://\S+", "", sent.text))
    if found:
        yield f"for the program, not for a reader: {', '.join(found)}"


CHECKS: tuple[Check, ...] = (
    subject_is_no_rule_phrase,
    subject_ends_well,
    status_agrees,
    doubts_agree,
    silence_is_true,
    one_outlet_is_alone,
    dates_agree,
    next_is_ahead,
    quotes_are_whole,
    publishers_count,
    no_flag_is_over,
    numbers_are_reported,
    reports_are_cited_truly,
    glosses_are_in_the_text,
    digest_says_it_once,
    no_program_text,
)


def evidence_of(sent: Rehearsed) -> tuple[EvidenceLine, ...]:
    return sent.brief.evidence.lines if isinstance(sent.brief, AlertBrief) else ()


def headline_of(brief: Brief) -> str:
    """The subject of an alert behind its topic; the whole subject of a digest."""
    return brief.subject.partition(": ")[2].partition(" (+")[0] or brief.subject


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case: marks and spaces differ between a report and its quote."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def cut(headline: str) -> str:
    """The letters of a headline or quote up to where it was cut."""
    return letters(headline.partition("…")[0] or headline)


def at_words(text: str, quote: str) -> bool:
    """Whether the quote begins and ends with words of the text. Texts without spaces have none."""
    at = text.find(quote)
    around = f" {text} "[at : at + len(quote) + 2] if at >= 0 else ""
    return not any(re.fullmatch(r"[A-Za-z0-9]{2}", pair) for pair in (around[:2], around[-2:]))


def rule_phrases(tells: Iterator[str]) -> frozenset[str]:
    """The acts of rules in words, without an actor: 'suspends the fees'."""
    return frozenset(example_act(each).partition(" ")[2].casefold() for each in tells if each)
