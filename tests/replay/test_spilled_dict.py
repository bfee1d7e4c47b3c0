"""A dictionary that lies in a temporary file for the most part answers as one in memory does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.replay.spilled_dict import SpilledDict
from tests.builders.example_counts import TIMES

KEYS = st.sampled_from([f"key {number}" for number in range(30)])
DOINGS = st.lists(st.tuples(st.sampled_from(["put", "get", "setdefault"]), KEYS, st.integers(1, 99)), max_size=60)


@given(DOINGS, st.integers(1, 20))
@settings(max_examples=40 * TIMES, deadline=None)
def test_it_answers_as_a_plain_dictionary_does(doings: list[tuple[str, str, int]], limit: int) -> None:
    plain, spilled = dict[str, list[int]](), SpilledDict[list[int]](limit)
    for what, key, number in doings:
        if what == "put":
            plain[key] = spilled[key] = [number]
        elif what == "setdefault":
            assert spilled.setdefault(key, [number]) == plain.setdefault(key, [number])
        else:
            assert spilled.get(key) == plain.get(key)
    assert {key: spilled[key] for key in spilled} == plain
    assert len(spilled) == len(plain)


def test_a_value_changed_right_after_it_was_got_is_written_as_it_then_is() -> None:
    spilled = SpilledDict[list[int]](2)
    for number in range(20):
        spilled[str(number)] = [number]
        spilled["0"].append(number)
    assert spilled["0"] == [0, *range(20)]


def test_a_key_that_is_not_there_raises_key_error_whether_or_not_there_is_a_file() -> None:
    spilled = SpilledDict[int](1)
    for number in range(5):
        with pytest.raises(KeyError):
            spilled["nowhere"]
        spilled[str(number)] = number
    assert "nowhere" not in spilled
    assert "0" in spilled
