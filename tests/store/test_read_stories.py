"""Stories that somebody has read are found by the time they were first seen, and by their own text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.store import Store, read_stories, readings, stories
from tests.builders.databases import NOW
from tests.builders.reading_values import person, reading
from tests.builders.rules_folder import story


def test_stories_with_readings_come_in_the_order_in_which_they_were_seen(store: Store) -> None:
    told = {
        name: replace(story(name), id=name * 16, revision=name * 16, seen_at=NOW + timedelta(hours=hour))
        for hour, name in enumerate("abcde")
    }
    told["d"] = replace(told["d"], withdrawn=True)
    said = [reading(text=told[name].revision) for name in "acde"]
    with store.begin() as conn:
        stories.save(conn, {one.id: one for one in told.values()}, ())
        readings.save(conn, [*said, person(text=told["c"].revision)])

        def found(*bounds: int) -> dict[str, int]:
            between = read_stories.seen_between(conn, *(NOW + timedelta(hours=hours) for hours in bounds))
            return {one.title: len(own) for one, own in between}

        assert found(0) == {"a": 1, "c": 2, "e": 1}
        assert list(found(0)) == ["a", "c", "e"]
        assert found(0, 2) == {"a": 1}
        assert found(1, 4) == {"c": 2}
        assert found(5) == {}
