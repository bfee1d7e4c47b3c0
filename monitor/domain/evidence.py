"""A matched place made into a signal: the sentence quoted with exact offsets, whose word it is, its amount and date."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from monitor.domain.actors import actor
from monitor.domain.dates import read_dates
from monitor.domain.modality import Mood
from monitor.domain.model import By, DateRead, Effect, Quantity, Signal
from monitor.domain.places import Place
from monitor.domain.quantities import read_quantities
from monitor.domain.reading import Reading
from monitor.domain.rules import ActRule, Topic
from monitor.domain.speakers import credit
from monitor.domain.stories import happened

QUOTE_LENGTH = 300
_OPENING = frozenset("\"'“‘「『《(（[【")
_CLOSING = frozenset("\"'”’」』》)）]】")

Value = TypeVar("Value", Quantity, DateRead)


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
    amounts = read_quantities(signal.quote, reading.story.lang)
    lasts = _nearest([r for r in amounts if r[2].unit == "days"], near)
    return replace(
        signal, by=act.by if act.by is not By.UNKNOWN else actor(reading, place), modality=mood.modality, denied=mood.denied, object=act.object, terms=act.terms,
        quantity=_quantity(amounts, near, topic), date=_date(signal.quote, reading, near),
        lasts=lasts.low if lasts else None,
        experimental=act.experimental,
    )  # fmt: skip


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


def _quantity(amounts: Sequence[tuple[int, int, Quantity]], near: tuple[int, int], topic: Topic) -> Quantity | None:
    """The amount nearest to the match, one in the unit of the commitment's targets before any other."""
    return _nearest([r for r in amounts if r[2].unit in topic.units], near) or _nearest(amounts, near)


def _date(quote: str, reading: Reading, near: tuple[int, int]) -> DateRead | None:
    """The date nearest to the match, one that is said to be due, to expire or to start before any other."""
    read = read_dates(quote, reading.story.lang, published=reading.story.published_at.date())
    return _nearest([r for r in read if r[2].role], near) or _nearest(read, near)


def _nearest(read: Iterable[tuple[int, int, Value]], near: tuple[int, int]) -> Value | None:
    distance: Callable[[tuple[int, int, Value]], int] = lambda r: max(r[0] - near[1], near[0] - r[1], 0)  # noqa: E731
    found = min(read, key=distance, default=None)
    return found[2] if found else None
