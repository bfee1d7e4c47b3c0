"""A matched place made into a signal: the sentence quoted with exact offsets, whose word it is, its amount and date."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.fractions import read_fraction
from monitor.domain.extract.quantities import read_quantities
from monitor.domain.matching.attachment import attach_amount, attach_date, dates_apart_from_other_amounts
from monitor.domain.matching.attribution import agent_of, attribute
from monitor.domain.matching.document import TITLE, Document, Place
from monitor.domain.matching.modality import ClauseModality
from monitor.domain.matching.rules import ActRule, Topic
from monitor.domain.model import By, DateMention, Effect, Quantity, Signal, Tier
from monitor.domain.stories.identify import event_time

MAX_QUOTE = 300
ORDER_LEAD_LENGTH = 600
"""An order names its day in its first sentences."""
COUNTED_EFFECTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.SETBACK})
"""What such an act tells an amount of has been done, or fallen short."""
_OPENING = frozenset("\"'“‘「『《(（[【")
_CLOSING = frozenset("\"'”’」』》)）]】")


def build_signal(
    document: Document, topic: Topic, place: Place, effect: Effect, act: ActRule | None, modality: ClauseModality
) -> Signal:
    """The signal of one place. Without an act the story only concerns the commitment."""
    story = document.story
    start, end = quote_span(place.view.text.raw, sentence_span(place), (place.start, place.end))
    attribution = attribute(document, place.view, place.sentence)
    rule, version = (act.rule, act.version) if act else (topic.rule, topic.version)
    signal = Signal(
        id=signal_id(story.id, story.revision, topic.commitment, rule),
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
    )
    return _with_act(signal, document, topic, place, act, modality) if act else signal


def _with_act(
    signal: Signal, document: Document, topic: Topic, place: Place, act: ActRule, modality: ClauseModality
) -> Signal:
    """What the act adds: who acts, how firmly, how much, until when and for how long."""
    near = (place.start - signal.start, place.end - signal.start)
    published = document.story.published_at.date()
    amounts = read_quantities(signal.quote, document.story.lang, published=published)
    own = attach_amount(signal.quote, amounts, near, topic, done=signal.effect in COUNTED_EFFECTS)
    dates = dates_apart_from_other_amounts(
        read_dates(signal.quote, document.story.lang, published=published), amounts, own
    )
    starting = [one for one in dates if one[2].role == "start"]
    ends = attach_date(signal.quote, [one for one in dates if one not in starting], near, published=published)
    starts = attach_date(signal.quote, starting, near, published=published) or _effective_date_of_order(document, place)
    lasts = attach_amount(signal.quote, [r for r in amounts if r[2].unit == "days"], near, topic)
    return replace(
        signal,
        by=_who_acts(signal, act, agent_of(document, place)),
        modality=modality.modality,
        denied=modality.denied,
        object=act.object,
        stalls=act.stalls,
        terms=act.terms,
        quantity=_quantity(signal, own, topic),
        date=ends or starts,
        starts=starts,
        lasts=lasts.low if lasts else None,
        experimental=act.experimental,
    )


def _quantity(signal: Signal, amount: Quantity | None, topic: Topic) -> Quantity | None:
    """The amount; or the share of the promise, where the sentence names no amount of its units but the promised one."""
    if not topic.units or (amount is not None and amount.unit in topic.units and amount.basis != "pledged"):
        return amount
    return read_fraction(signal.quote) or amount


def _who_acts(signal: Signal, act: ActRule, named: By) -> By:
    """Who acts, by the rule; by the clause, where the rule does not say or the clause names both sides as promising together."""
    together = signal.effect is Effect.PLEDGE and named is By.BOTH
    return named if act.by is By.UNKNOWN or together else act.by


OFFICIAL_ACTORS = frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA})


def _effective_date_of_order(document: Document, place: Place) -> DateMention | None:
    """The day from which an order holds that an official text names in its title: the one day of that kind in what follows."""
    if place.field != TITLE or document.publisher.tier not in OFFICIAL_ACTORS:
        return None
    story = document.story
    read = read_dates(story.summary[:ORDER_LEAD_LENGTH], story.lang, published=story.published_at.date())
    starts = [found for _, _, found in read if found.role == "start" and found.precision == "day"]
    return starts[0] if len({found.date for found in starts}) == 1 else None


def signal_id(story: str, revision: str, commitment: str, rule: str) -> str:
    """The same for the same rule on the same text, however often and wherever it is matched."""
    return hashlib.sha256("\0".join((story, revision, commitment, rule)).encode()).hexdigest()[:16]


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
    """At most QUOTE_LENGTH characters of a sentence, cut at word borders around the match, without outer white space."""
    start, end = sentence
    if end - start > MAX_QUOTE:
        spare = max(0, MAX_QUOTE - (match[1] - match[0]))
        left = max(start, match[0] - spare // 2)
        right = min(end, left + MAX_QUOTE)
        left = max(start, right - MAX_QUOTE)
        start = left if left == start else _border(raw, left, match[0])
        end = right if right == end else _border_before(raw, right, match[1] if match[1] <= right else match[0])
    while start < end and raw[start].isspace():
        start += 1
    while end > start and raw[end - 1].isspace():
        end -= 1
    return start, end


def _border(raw: str, at: int, limit: int) -> int:
    """The first word border at or after `at`; `at` itself in text without spaces."""
    space = next((i for i in range(at, limit) if raw[i].isspace()), None)
    return at if space is None else space + 1


def _border_before(raw: str, at: int, limit: int) -> int:
    space = next((i for i in range(at - 1, limit - 1, -1) if raw[i].isspace()), None)
    return at if space is None else space
