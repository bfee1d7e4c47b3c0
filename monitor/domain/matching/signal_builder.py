"""Signals: a matched place with its sentence quoted at exact offsets, its source, its amount and its date."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from monitor.domain.extract.date_roles import LOOKS_AHEAD, START_WORD, near_sentence
from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.fractions import read_fraction
from monitor.domain.extract.quantities import read_quantities
from monitor.domain.matching.attachment import attach_amount, attach_date, dates_apart_from_other_amounts
from monitor.domain.matching.attribution import agent_of, announcer_of, attribute
from monitor.domain.matching.document import SHORT_SUMMARY, TITLE, Document, Place
from monitor.domain.matching.modality import HEDGES, ClauseModality, Cue, PolarityShift
from monitor.domain.matching.rules import ActRule, Topic
from monitor.domain.model import By, DateMention, Effect, Level, Signal, Story, Tier
from monitor.domain.stories.identify import event_time

MAX_QUOTE = 300
"""Characters of a quote. An estimate: a long sentence, and still readable in a message."""
ORDER_LEAD_LENGTH = 800
"""An order names its day in its first sentences: this many characters, an estimate."""
PAST_AFTER = 21
"""Days after which an act with a date is background. An estimate: a monthly figure comes later, and has units."""
START_ROLE, END_ROLES, NO_ROLE = frozenset({"start"}), frozenset({"due", "expiry"}), frozenset({""})
EXPIRY = frozenset({"expiry"})
WEEK = 7
Dates = Sequence[tuple[int, int, DateMention]]
Times = tuple[DateMention | None, DateMention | None, float | None]
COUNTED_EFFECTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.SETBACK})
"""Effects whose amount has been done, or has fallen short, rather than being owed."""
UNIMPORTANT = frozenset({Effect.PLEDGE, Effect.THREAT, Effect.NONE})
DONE_SHIFTS = frozenset({PolarityShift.PLAIN, PolarityShift.STOPPED})
_DESCRIBED = re.compile(
    r"\b(?:post(?:s|ed)|wrote|writes|tweeted|comment(?:s|ed)) (?:(?!about)[\w-]+ ){0,4}about\b|\bin another post\b",
    re.I,
)
"""What a feed says of a post instead of its words. What the post is about is no act that its author reports."""
_OPENING = frozenset("\"'“‘「『《(（[【")
_CLOSING = frozenset("\"'”’」』》)）]】")


def build_signal(
    document: Document, topic: Topic, place: Place, effect: Effect, act: ActRule | None, modality: ClauseModality
) -> Signal:
    """The signal of one place. Without an act the story only concerns the commitment."""
    story = document.story
    start, end = quote_span(place.view.text.raw, sentence_span(place), place.original)
    attribution = attribute(document, place, topic.parties)
    rule, version = (act.rule, act.version) if act else (topic.rule, topic.version)
    signal = Signal(
        id=signal_id(story, topic.commitment, rule),
        story=story.id,
        revision=story.revision,
        commitment=topic.commitment,
        effect=effect,
        rule=rule,
        rule_version=version,
        quote=place.view.text.raw[start:end],
        field=place.field,
        start=start,
        end=end,
        happened=event_time(story, document.publisher.zone),
        seen_at=story.seen_at,
        says=attribution.says,
        origin=attribution.origin,
        tier=document.publisher.tier,
        title_is_news=document.title_is_news,
    )
    if act is None:
        return signal
    # The details of the act: actor, modality, amount, date and duration.
    near, quote = (place.original[0] - start, place.original[1] - start), signal.quote
    lang, published = story.lang, document.day
    amounts = read_quantities(quote, lang, published=published)
    clause, head = place.clause, place.span.head if place.span.head >= 0 else place.span.parts[-1][0]
    act_at = place.view.text.raw_span(head, head + 1)[0]
    verb_at = act_at - start
    amount = attach_amount(quote, amounts, near, topic, head=verb_at, done=signal.effect in COUNTED_EFFECTS)
    dates = dates_apart_from_other_amounts(read_dates(quote, lang, published=published), amounts, amount)
    days = [located for located in amounts if located[2].unit == "days"]
    lasts = attach_amount(quote, days, near, topic, head=verb_at)
    starts, ends, term = _times(document, topic, place, signal, dates, lasts.low if lasts else None)
    # The share of the promise is meant where the sentence names no amount of its units but the promised one.
    if topic.units and (amount is None or amount.unit not in topic.units or amount.basis == "pledged"):
        amount = read_fraction(quote) or amount
    level = Level.ORDINARY
    # A plan, a threat and a mere mention have no level.
    if effect not in UNIMPORTANT and not act.weak and modality.shift in DONE_SHIFTS:
        for pattern, span in document.matches(place.view, topic.levels):
            if clause.start <= span.start and span.end <= clause.end:
                level = max(level, Level[pattern.kind.upper()])
    # The clause says who acts where the rule does not, or where the clause names several as promising together.
    named = agent_of(place, topic.parties)
    together = signal.effect is Effect.PLEDGE and len(named.parties) > 1
    by = named if act.by is By.UNKNOWN or together else act.by
    of_another = bool(by.parties) and by.parties.isdisjoint(signal.says.parties)
    # What several promise "as" something else happens is news, but no meeting without a day, and nothing that one does.
    beside = place.field == TITLE and place.view.text.folded.startswith("as ", clause.start)
    agreed = beside and effect is Effect.PLEDGE and len(by.parties) > 1 and (ends is not None or not topic.of_meetings)
    announces = effect is not Effect.NONE and not topic.of_meetings
    return replace(
        signal,
        by=by,
        announcer=announcer_of(place, document, topic.parties, by) if announces else "",
        modality=modality.modality,
        act_at=act_at,
        level=level,
        denied=modality.denied,
        object=act.object,
        stalls=act.stalls,
        terms=act.terms,
        quantity=amount,
        date=ends or starts,
        starts=starts,
        lasts=term,
        experimental=act.experimental,
        passing=Cue.MENTION in dict(modality.cues)
        # What is planned lies ahead: a past day beside it is that of something else.
        or (not agreed and _is_aside(document, topic, place, None if modality.modality in HEDGES else ends))
        or (of_another and _DESCRIBED.search(quote) is not None),
    )


def signal_id(story: Story, commitment: str, rule: str) -> str:
    """The id of a signal: the same rule on the same text always has the same."""
    key = "\0".join((story.id, story.revision, commitment, rule))
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _times(document: Document, topic: Topic, place: Place, signal: Signal, dates: Dates, lasts: float | None) -> Times:
    """The start and the other day of an act, and its length in days. An order names them in its lead as well."""
    published, effect, term = document.day, signal.effect, lasts
    near = (place.original[0] - signal.start, place.original[1] - signal.start)
    orders = effect in (Effect.DEADLINE, Effect.DELIVERED, Effect.PROGRESS)  # a suspension names its end, or how long
    starting = [located for located in dates if located[2].role == "start"]
    ends = attach_date(signal.quote, [at for at in dates if at not in starting], near, published=published)
    if ends is None and orders:
        # What has only begun has an end; other days of its text are due for something else.
        ends = _date_of_order(document, place, EXPIRY if effect is Effect.PROGRESS else END_ROLES)
    starts = attach_date(signal.quote, starting, near, published=published) or _date_of_order(
        document, place, START_ROLE
    )
    # What an office promises from a day on has its length in the same text.
    if (orders or (effect is Effect.PLEDGE and starts)) and ends is None and term is None:
        term, begun = _term_of_order(document, place)
        starts = starts or begun
    if starts is not None and starts.date == published and not any(map(str.isdigit, starts.text)):
        # "From today" has begun, by UTC too.
        starts = replace(starts, date=min(starts.date, document.story.published_at.date()))
    if topic.of_meetings and effect is Effect.PLEDGE and ends is None and starts is None:
        ends = _day_of_meeting(document, place)
    return starts, ends, term


def _is_aside(document: Document, topic: Topic, place: Place, named: DateMention | None) -> bool:
    """Whether an act stands in a subordinate clause, or in a summary long past or far from the beginning: a count is of
    any day, but a meeting of last month is no news; of an official text each part is one."""
    view = place.view
    if place.clause.subordinate or place.field == TITLE:
        return place.clause.subordinate
    published = document.day
    past = named is not None and not topic.units and (published - named.date).days > PAST_AFTER
    official = document.publisher.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA)
    return past or not (official or place.sentence in view.text.sentences[:SHORT_SUMMARY])


def _date_of_order(document: Document, place: Place, roles: Collection[str]) -> DateMention | None:
    """The day that an official text names in these roles, if its title is the act: the only such day in the lead of
    the summary, None if there is none or are several. An end lies ahead."""
    story, lead = document.story, _lead_of_order(document, place)
    if roles is START_ROLE and not START_WORD.search(lead.lower()):
        return None
    published = document.day
    dates = [mention for _, _, mention in read_dates(lead, story.lang, published=published) if mention.role in roles]
    days = [d for d in dates if d.precision == "day" and (roles in (START_ROLE, NO_ROLE) or d.date > published)]
    return days[0] if len({mention.date for mention in days}) == 1 else None


def _lead_of_order(document: Document, place: Place) -> str:
    official = place.field == TITLE and document.publisher.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA)
    return document.story.summary[:ORDER_LEAD_LENGTH] if official else ""


def _term_of_order(document: Document, place: Place) -> tuple[float | None, DateMention | None]:
    """The only length of time that the lead of an official text names, in days, and the day of the last week that it
    names: the term begins then."""
    lead, published = _lead_of_order(document, place), document.day
    amounts = read_quantities(lead, document.story.lang, published=published) if lead else ()
    lengths = {quantity.low for _, _, quantity in amounts if quantity.unit == "days"}
    if len(lengths) != 1:
        return None, None
    day = _date_of_order(document, place, NO_ROLE)
    lately = day is not None and 0 <= (published - day.date).days <= WEEK
    return lengths.pop(), replace(day, role="start") if day and lately else None


def _day_of_meeting(document: Document, place: Place) -> DateMention | None:
    """The first day ahead in a sentence of the summary's lead about the future, if the title is the act."""
    if place.field != TITLE:
        return None
    story, lead = document.story, document.story.summary[:ORDER_LEAD_LENGTH]
    for start, end, mention in read_dates(lead, story.lang, published=document.day):
        left, right = near_sentence(lead, start, end)
        ahead = any(map(str.isdigit, mention.text)) and mention.precision == "day" and mention.date > document.day
        if ahead and mention.role in ("", "start") and LOOKS_AHEAD.search(lead, left, right):
            return mention
    return None


def sentence_span(place: Place) -> tuple[int, int]:
    """The sentence around a place in the original, with the quotation marks and brackets that folding dropped."""
    text = place.view.text
    sentence = text.sentence_at(place.span.start)
    start, end = text.raw_span(sentence.start, max(sentence.end, place.span.end))
    while start > 0 and text.raw[start - 1] in _OPENING:
        start -= 1
    while end < len(text.raw) and text.raw[end] in _CLOSING:
        end += 1
    return start, end


def quote_span(raw: str, sentence: tuple[int, int], match: tuple[int, int]) -> tuple[int, int]:
    """At most MAX_QUOTE characters of a sentence around the match, cut at word borders, without outer white space."""
    start, end = sentence
    if end - start > MAX_QUOTE:
        spare = max(0, MAX_QUOTE - (match[1] - match[0]))
        left = max(start, match[0] - spare // 2)
        right = min(end, left + MAX_QUOTE)
        left = max(start, right - MAX_QUOTE)
        if left > start:
            start = next((at + 1 for at in range(left, match[0]) if raw[at].isspace()), left)
        if right < end:
            limit = match[1] if match[1] <= right else match[0]
            end = next((at for at in range(right - 1, limit - 1, -1) if raw[at].isspace()), right)
    quote = raw[start:end]
    start += len(quote) - len(quote.lstrip())
    return start, start + len(quote.strip())
