"""A reader's answers are scored at three levels, by promise, as people who compare two readers would."""

import pytest

from monitor.domain.model import Effect
from monitor.domain.reading.agreement import Hits, Level, Misread, by_promise, score

KNOWN = ("soy", "soy-yearly", "ships")
PROGRESS, PLEDGE, SETBACK, DEADLINE, NONE = (
    Effect.PROGRESS,
    Effect.PLEDGE,
    Effect.SETBACK,
    Effect.DEADLINE,
    Effect.NONE,
)


def hits(labels: dict[str, dict[str, Effect]], read: dict[str, list[tuple[str, Effect]]]) -> dict[str, Hits]:
    return {level.value: own for level, own in score(labels, read, KNOWN).whole.items()}


def test_an_effect_is_scored_by_level_of_agreement() -> None:
    found = hits({"a": {"soy": PROGRESS}}, {"a": [("soy", PROGRESS)]})
    assert found == {"about": Hits(1), "direction": Hits(1), "effect": Hits(1)}
    found = hits({"a": {"soy": PLEDGE}}, {"a": [("soy", PROGRESS)]})
    assert found == {"about": Hits(1), "direction": Hits(1), "effect": Hits(0, 1, 1)}
    moved = hits({"a": {"soy": DEADLINE}}, {"a": [("soy", PROGRESS)]})
    assert moved["direction"] == Hits(1)
    found = hits({"a": {"soy": SETBACK}}, {"a": [("soy", PROGRESS)]})
    assert found == {"about": Hits(1), "direction": Hits(0, 1, 1), "effect": Hits(0, 1, 1)}
    assert hits({"a": {"soy": NONE}}, {"a": [("soy", NONE)]}) == {
        "about": Hits(1),
        "direction": Hits(),
        "effect": Hits(),
    }
    found = hits({"a": {"soy": NONE}}, {"a": [("soy", PLEDGE)]})
    assert found == {"about": Hits(1), "direction": Hits(0, 1, 0), "effect": Hits(0, 1, 0)}
    found = hits({"a": {"soy": PLEDGE}, "b": {}}, {"a": [], "b": [("ships", PLEDGE)]})
    assert found["about"] == Hits(0, 1, 1)


def test_a_part_counts_for_its_promise_and_the_first_effect_that_is_not_none_stands() -> None:
    assert by_promise([("soy", NONE), ("soy-yearly", PLEDGE), ("soy", SETBACK)], KNOWN) == {"soy": PLEDGE}
    assert hits({"a": {"soy-yearly": PLEDGE}}, {"a": [("soy", PLEDGE)]})["effect"] == Hits(1)


def test_a_text_that_was_not_read_is_left_out_and_what_was_misread_is_named() -> None:
    labels = {"a": {"soy": PLEDGE}, "b": {"ships": PLEDGE}, "c": {}}
    found = score(labels, {"a": [("soy", SETBACK)], "c": []}, KNOWN)
    assert found.texts == 2
    assert found.misread == (Misread("a", {"soy": PLEDGE}, {"soy": SETBACK}),)
    assert list(found.commitments) == ["soy"]
    assert found.commitments["soy"][Level.ABOUT] == Hits(1)


def test_f1_is_the_harmonic_mean_and_nought_without_anything_right() -> None:
    assert Hits(6, 2, 4).precision == 0.75
    assert Hits(6, 2, 4).recall == 0.6
    assert Hits(6, 2, 4).f1 == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert Hits().f1 == Hits(0, 3, 0).f1 == Hits().precision == Hits().recall == 0
