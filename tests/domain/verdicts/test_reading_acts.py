"""Acts of reading: what they store, and which count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.domain.model import Intervention
from monitor.domain.verdicts.reading_acts import (
    ReadingAct,
    counting_read_acts,
    read_acts,
    read_by_people,
    reading_of,
    reading_payload,
)
from tests.builders.reading_values import read

AT = datetime(2026, 1, 10, tzinfo=UTC)


def act(name: str, minute: int, *texts: str, story: str = "s1") -> Intervention:
    said = ReadingAct("A title — “quoted”", frozenset(texts), (read("soy", "pledge", "buys"),), frozenset({"soy"}))
    at = AT + timedelta(minutes=minute)
    return Intervention(name, "read", "", story, "why", "", at, payload=reading_payload(said), by="Ann")


def back(name: str, minute: int) -> Intervention:
    return Intervention(f"back-{name}", "unread", "", name, "", "", AT + timedelta(minutes=minute), by="Bob")


def names(acts: tuple[Intervention, ...]) -> list[str]:
    return [each.id for each in acts]


def test_what_was_read_comes_back_from_the_act() -> None:
    read_back = reading_of(act("a", 0, "t1", "t2"))
    assert read_back == ReadingAct(
        "A title — “quoted”", frozenset({"t1", "t2"}), (read("soy", "pledge", "buys"),), frozenset({"soy"})
    )


def test_an_act_counts_until_it_is_taken_back_or_its_text_is_read_again() -> None:
    acts = (act("a", 0, "t1"), act("b", 1, "t2"), act("c", 2, "t2"), act("d", 3, "t3"), back("d", 4))
    assert names(read_acts(acts)) == ["a", "b", "c"]
    assert names(counting_read_acts(acts)) == ["a", "c"]
    assert {text: each.id for text, each in read_by_people(acts).items()} == {"t1": "a", "t2": "c"}


def test_the_acts_of_one_story_can_be_asked_for() -> None:
    assert names(read_acts((act("a", 0, "t1"), act("b", 1, "t2", story="s2")), "s2")) == ["b"]
