"""Readings are kept by text, and what a model has read is never asked again."""

from __future__ import annotations

from monitor.store import Store, readings
from tests.builders.reading_values import AT, person, reading

READ, OTHER = "a" * 16, "b" * 16


def test_a_text_that_any_model_has_read_whatever_it_was_asked_counts_as_read_by_a_model(store: Store) -> None:
    with store.begin() as conn:
        readings.save(conn, [reading(text=READ, name="an older model", version="another question"), person(text=OTHER)])
        assert readings.read_by_model(conn, [READ, OTHER, "c" * 16]) == {READ}


def test_the_readings_of_a_text_come_oldest_first_and_one_of_the_same_reader_replaces_the_one_before(
    store: Store,
) -> None:
    later = reading(text=READ, name="other", at=AT.replace(month=2))
    with store.begin() as conn:
        readings.save(conn, [later, reading(text=READ, why="first")])
        readings.save(conn, [reading(text=READ, why="second")])
        assert [(one.name, one.why) for one in readings.of_text(conn, READ)] == [("model", "second"), ("other", "")]
