"""The seven real histories and eight traps: each turn of them that one flat status would lose has a scenario that
plays it."""

from monitor.rulebook.testing.scenarios import Scenario
from tests.builders import shipped_rules
from tests.builders.tables import table

FILES = ("history-", "traps")

HISTORIES = table("histories", "histories")
"""A turn of a real history -> the beginnings of the names of the scenarios that play it."""

TRAPS = table("histories", "traps")

ROWS = HISTORIES | TRAPS


def histories() -> tuple[Scenario, ...]:
    return tuple(one for one in shipped_rules.scenarios() if one.source.path.rpartition("/")[2].startswith(FILES))


def test_the_histories_are_complete_and_told_by_several_outlets() -> None:
    names = [one.shape.name for one in histories()]
    starts = list(ROWS.values())
    assert [start for start in starts if not any(name.startswith(start) for name in names)] == []
    assert [name for name in names if not name.startswith(tuple(starts))] == []
    stories = [one.shape.stories for one in histories()]
    assert all(len({story.source for story in told}) >= 2 for told in stories)
    assert sum(any(story.lang == "zh" for story in told) for told in stories) >= len(stories) / 3
