"""Readings are kept by text, and what a model has read is never asked again."""

from dataclasses import replace
from datetime import timedelta

from monitor.store import Store, reading_store, stories
from tests.builders.databases import NOW
from tests.builders.reading_values import AT, person, reading
from tests.builders.rules_folder import story

READ, OTHER = "a" * 16, "b" * 16


def test_the_readings_of_a_text_come_oldest_first_and_one_of_a_reader_replaces_its_last(store: Store) -> None:
    later = reading(text=READ, name="other", at=AT.replace(month=2))
    with store.begin() as conn:
        reading_store.save(conn, [later, reading(text=READ, why="first")])
        reading_store.save(conn, [reading(text=READ, why="second")])
        assert [(one.name, one.why) for one in reading_store.of_text(conn, READ)] == [
            ("model", "second"),
            ("other", ""),
        ]


def test_stories_with_readings_come_in_the_order_in_which_they_were_seen(store: Store) -> None:
    told = {
        name: replace(story(name), id=name * 16, revision=name * 16, seen_at=NOW + timedelta(hours=hour))
        for hour, name in enumerate("abcde")
    }
    told["d"] = replace(told["d"], withdrawn=True)
    said = [reading(text=told[name].revision) for name in "acde"]
    with store.begin() as conn:
        stories.save(conn, {one.id: one for one in told.values()}, ())
        reading_store.save(conn, [*said, person(text=told["c"].revision)])

        def found(*bounds: int) -> dict[str, int]:
            between = reading_store.read_stories(conn, *(NOW + timedelta(hours=hours) for hours in bounds))
            return {one.title: len(own) for one, own in between}

        assert found(0) == {"a": 1, "c": 2, "e": 1}
        assert list(found(0)) == ["a", "c", "e"]
        assert found(0, 2) == {"a": 1}
        assert found(1, 4) == {"c": 2}
        assert found(5) == {}
