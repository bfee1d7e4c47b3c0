"""Acts of reading: what they store, and which count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.domain.model import Intervention
from monitor.domain.verdicts.interventions import (
    PersonReading,
    effective_readings,
    read_by_people,
    reading_interventions,
    reading_of,
    reading_payload,
)
from tests.builders.reading_values import read

AT = datetime(2026, 1, 10, tzinfo=UTC)


def intervention(name: str, minute: int, *texts: str, story: str = "s1") -> Intervention:
    said = PersonReading("A title — “quoted”", frozenset(texts), (read("soy", "pledge", "buys"),), frozenset({"soy"}))
    at = AT + timedelta(minutes=minute)
    return Intervention(name, "read", "", story, "why", "", at, payload=reading_payload(said), by="Ann")


def back(name: str, minute: int) -> Intervention:
    return Intervention(f"back-{name}", "unread", "", name, "", "", AT + timedelta(minutes=minute), by="Bob")


def names(interventions: tuple[Intervention, ...]) -> list[str]:
    return [each.id for each in interventions]


def test_what_was_read_comes_back_from_the_act() -> None:
    read_back = reading_of(intervention("a", 0, "t1", "t2"))
    assert read_back == PersonReading(
        "A title — “quoted”", frozenset({"t1", "t2"}), (read("soy", "pledge", "buys"),), frozenset({"soy"})
    )


def test_an_act_counts_until_it_is_taken_back_or_its_text_is_read_again() -> None:
    interventions = (
        intervention("a", 0, "t1"),
        intervention("b", 1, "t2"),
        intervention("c", 2, "t2"),
        intervention("d", 3, "t3"),
        back("d", 4),
    )
    assert names(reading_interventions(interventions)) == ["a", "b", "c"]
    assert names(effective_readings(interventions)) == ["a", "c"]
    assert {text: each.id for text, each in read_by_people(interventions).items()} == {"t1": "a", "t2": "c"}


def test_the_acts_of_one_story_can_be_asked_for() -> None:
    assert names(reading_interventions((intervention("a", 0, "t1"), intervention("b", 1, "t2", story="s2")), "s2")) == [
        "b"
    ]
