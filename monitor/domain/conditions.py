"""Conditions beside an act's words: where they stand, who publishes and says it, when, how much and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from monitor.domain.actors import actor
from monitor.domain.dates import read_dates
from monitor.domain.model import Quantity
from monitor.domain.places import Place
from monitor.domain.quantities import read_quantities
from monitor.domain.reading import Reading
from monitor.domain.rules import AmountIs, Conditions
from monitor.domain.speakers import credit

PLAIN = "news"
"""What `document` is for a story that is no document."""

FACTS: Mapping[str, Callable[[Reading, Place], str]] = {
    "field": lambda _, place: place.field,
    "lang": lambda reading, _: reading.story.lang.split("-")[0].lower(),
    "source": lambda reading, _: reading.publisher.name,
    "tier": lambda reading, _: reading.publisher.tier.name.lower(),
    "side": lambda reading, _: reading.publisher.side,
    "document": lambda reading, _: reading.document or PLAIN,
    "says": lambda reading, place: credit(reading, place.view, place.view.text.sentence_at(place.span.start)).says,
    "by": actor,
}
"""What `only_if` may ask of a place, by key."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition of an act at one place: what it wants, what was found, and whether it holds."""

    name: str
    wanted: str
    found: str
    holds: bool


def unmet(conditions: Conditions, reading: Reading, place: Place) -> str:
    """The first condition that does not hold, with what was found, or ''."""
    failed = next((one for one in checked(conditions, reading, place) if not one.holds), None)
    return f"only_if {failed.name}: {failed.found or 'nothing'} is not {failed.wanted}" if failed else ""


def checked(conditions: Conditions, reading: Reading, place: Place) -> Iterator[Checked]:
    """Every condition of an act at a place."""
    for name, wanted in conditions.among:
        found = FACTS[name](reading, place)
        yield Checked(name, " or ".join(sorted(wanted)), found, found in wanted)
    yield from _published(conditions, reading)
    if conditions.amount is not None:
        yield _amount(conditions.amount, reading, place)
    if conditions.dated:
        roles = {read.role for _, _, read in read_dates(*_sentence(reading, place), published=_day(reading))}
        yield _one_of("date", conditions.dated, roles - {""})


def _published(conditions: Conditions, reading: Reading) -> Iterator[Checked]:
    day = _day(reading)
    if conditions.since is not None:
        yield Checked("published", f"from {conditions.since}", str(day), day >= conditions.since)
    if conditions.until is not None:
        yield Checked("published", f"until {conditions.until}", str(day), day <= conditions.until)


def _amount(wanted: AmountIs, reading: Reading, place: Place) -> Checked:
    read = [quantity for _, _, quantity in read_quantities(*_sentence(reading, place), published=_day(reading))]
    found = ", ".join(f"{q.text} ({q.basis})" if q.basis else q.text for q in read)
    return Checked("amount", _shown(wanted), found, any(_fits(q, wanted) for q in read))


def _fits(quantity: Quantity, wanted: AmountIs) -> bool:
    high = quantity.low if quantity.high is None else quantity.high
    return (
        quantity.unit == wanted.unit
        and (wanted.at_least is None or high >= wanted.at_least)
        and (wanted.at_most is None or quantity.low <= wanted.at_most)
        and (not wanted.basis or quantity.basis in wanted.basis)
        and (not wanted.period or quantity.period in wanted.period)
    )


def _shown(wanted: AmountIs) -> str:
    bounds = [
        f"at least {wanted.at_least:,.0f}" if wanted.at_least is not None else "",
        f"at most {wanted.at_most:,.0f}" if wanted.at_most is not None else "",
        " or ".join(sorted(wanted.basis)), " or ".join(sorted(wanted.period)),
    ]  # fmt: skip
    return " ".join(["an amount in", wanted.unit, *filter(None, bounds)])


def _one_of(name: str, wanted: frozenset[str], found: set[str]) -> Checked:
    return Checked(name, " or ".join(sorted(wanted)), ", ".join(sorted(found)), bool(found & wanted))


def _sentence(reading: Reading, place: Place) -> tuple[str, str]:
    """The sentence around a place in the original, and the story's language."""
    sentence = place.view.text.sentence_at(place.span.start)
    start, end = place.view.text.raw_span(sentence.start, sentence.end)
    return place.view.text.raw[start:end], reading.story.lang


def _day(reading: Reading) -> date:
    return reading.story.published_at.date()
