"""A matched place made into a signal: the sentence quoted with exact offsets, whose word it is, its amount and date."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from monitor.domain.actors import actor
from monitor.domain.belonging import dates_with, own_amount, own_date
from monitor.domain.dates import read_dates
from monitor.domain.modality import Mood
from monitor.domain.model import By, DateRead, Effect, Quantity, Signal, Tier
from monitor.domain.places import Place
from monitor.domain.quantities import read_quantities
from monitor.domain.reading import TITLE, Reading
from monitor.domain.rules import ActRule, Topic
from monitor.domain.shares import read_share
from monitor.domain.speakers import credit
from monitor.domain.stories import happened

QUOTE_LENGTH = 300
ORDER_LENGTH = 600
"""An order names its day in its first sentences."""
COUNTED = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.SETBACK})
"""What such an act tells an amount of has been done, or fallen short."""
_OPENING = frozenset("\"'“‘「『《(（[【")
_CLOSING = frozenset("\"'”’」』》)）]】")


def signal_of(reading: Reading, topic: Topic, place: Place, effect: Effect, act: ActRule | None, mood: Mood) -> Signal:
    """The signal of one place. Without an act the story only concerns the commitment."""
    story, view = reading.story, place.view
    start, end = quote_span(view.text.raw, sentence_span(place), (place.start, place.end))
    word = credit(reading, view, view.text.sentence_at(place.span.start))
    rule, version = (act.rule, act.version) if act else (topic.rule, topic.version)
    signal = Signal(
        id=signal_id(story.id, story.revision, topic.commitment, rule),
        story=story.id, revision=story.revision, commitment=topic.commitment, effect=effect,
        rule=rule, rule_version=version, quote=view.text.raw[start:end], field=place.field, start=start, end=end,
        happened=happened(story, reading.publisher.zone), seen_at=story.seen_at,
        says=word.says, origin=word.origin, tier=reading.publisher.tier,
    )  # fmt: skip
    return _with_act(signal, reading, topic, place, act, mood) if act else signal


def _with_act(signal: Signal, reading: Reading, topic: Topic, place: Place, act: ActRule, mood: Mood) -> Signal:
    """What the act adds: who acts, how firmly, how much, until when and for how long."""
    near = (place.start - signal.start, place.end - signal.start)
    published = reading.story.published_at.date()
    amounts = read_quantities(signal.quote, reading.story.lang, published=published)
    own = own_amount(signal.quote, amounts, near, topic, done=signal.effect in COUNTED)
    dates = dates_with(read_dates(signal.quote, reading.story.lang, published=published), amounts, own)
    starting = [one for one in dates if one[2].role == "start"]
    ends = own_date(signal.quote, [one for one in dates if one not in starting], near, published=published)
    starts = own_date(signal.quote, starting, near, published=published) or _from_order(reading, place)
    lasts = own_amount(signal.quote, [r for r in amounts if r[2].unit == "days"], near, topic)
    return replace(
        signal, by=_who_acts(signal, act, actor(reading, place)), modality=mood.modality, denied=mood.denied, object=act.object,
        stalls=act.stalls, terms=act.terms,
        quantity=_quantity(signal, own, topic),
        date=ends or starts, starts=starts,
        lasts=lasts.low if lasts else None,
        experimental=act.experimental,
    )  # fmt: skip


def _quantity(signal: Signal, amount: Quantity | None, topic: Topic) -> Quantity | None:
    """The amount; or the share of the promise, where the sentence names no amount of its units but the promised one."""
    if not topic.units or (amount is not None and amount.unit in topic.units and amount.basis != "pledged"):
        return amount
    return read_share(signal.quote) or amount


def _who_acts(signal: Signal, act: ActRule, named: By) -> By:
    """Who acts, by the rule; by the clause, where the rule does not say or the clause names both sides as promising together."""
    together = signal.effect is Effect.PLEDGE and named is By.BOTH
    return named if act.by is By.UNKNOWN or together else act.by


FORMAL_VOICES = frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA})


def _from_order(reading: Reading, place: Place) -> DateRead | None:
    """The day from which an order holds that an official text names in its title: the one day of that kind in what follows."""
    if place.field != TITLE or reading.publisher.tier not in FORMAL_VOICES:
        return None
    story = reading.story
    read = read_dates(story.summary[:ORDER_LENGTH], story.lang, published=story.published_at.date())
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
    if end - start > QUOTE_LENGTH:
        spare = max(0, QUOTE_LENGTH - (match[1] - match[0]))
        left = max(start, match[0] - spare // 2)
        right = min(end, left + QUOTE_LENGTH)
        left = max(start, right - QUOTE_LENGTH)
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
