"""The seven real histories and eight traps: each turn of them that one flat status would lose has a scenario that
plays it."""

from __future__ import annotations

from monitor.rulebook.testing.scenarios import Scenario
from tests.builders import shipped_rules

FILES = ("history-", "traps")

HISTORIES = {
    "truce: at risk before any promise, then pledged": "Truce, Busan - what was at risk",
    "truce: in force by acts of both sides": "Truce, Busan - one government's order",
    "truce: ruling, Paris, proposed duty: the standing stays": "Truce, ruling and Paris",
    "truce: another instrument under the same status": "Truce, 24 July",
    "truce: duties held back": "Truce, 17 September",
    "truce: extended by one side's word, which date rings": "Truce, 23 September",
    "truce: cut lists, a promise of their own that stalls": "Truce, 28 September and 2 October",
    "12 Mt: a Chinese debt that only Washington tells": "Soybeans 12 Mt, 1 November",
    "12 Mt: at risk on a small count, and back": "Soybeans 12 Mt, 14 to 24 November",
    "12 Mt: the date moves, half is not yet borne out": "Soybeans 12 Mt, December",
    "12 Mt: three counts of one day": "Soybeans 12 Mt, 6 January",
    "12 Mt: met": "Soybeans 12 Mt, 20 January",
    "25 Mt: softer words": "Soybeans 25 Mt, 4 February",
    "25 Mt: a comment that is no act": "Soybeans 25 Mt, 20 February",
    "25 Mt: a pledge beside it": "Soybeans 25 Mt, 17 May",
    "25 Mt: a count of an unknown year": "Soybeans 25 Mt, 11 September",
    "25 Mt: a setback that moves no standing": "Soybeans 25 Mt, 28 September",
    "rare earths: threat, pledge, suspension with two clocks": "Rare earths, October and November",
    "rare earths: a date that Beijing passes over": "Rare earths, September 2026",
    "licences: a target that passes": "General licences, 28 November",
    "licences: first grants, the ministry's word, missing metals": "General licences, December",
    "licences: a wording": "General licences, 17 May",
    "TikTok: properly resolved is no completion, enforcement dates move": "TikTok, Busan",
    "TikTok: signed, closed, and what follows": "TikTok, December and January",
    "TikTok: undone": "TikTok, later",
    "controls: the stay of the 50% rule": "Export controls, Busan and November",
    "controls: the stay told to run on": "Export controls, 23 September",
    "controls: Nexperia, a Dutch act": "Nexperia, November",
    "controls: H200, opened and shut": "H200, January",
    "barriers: each group of measures a part": "Barriers, Busan and November",
    "barriers: one act moves one part": "Barriers, one act for one part",
    "barriers: the pause told to run on": "Barriers, 23 September",
    "dialogue: under way, arms for Taiwan, a call": "Dialogue, Busan to December",
    "dialogue: a visit that slips": "Dialogue, March",
    "dialogue: met, and met again": "Dialogue, May and September",
}
"""A turn of a real history -> the beginnings of the names of the scenarios that play it."""

TRAPS = {
    "three counts of one promise on one day": "Trap 1",
    "one deadline, two dates": "Trap 2",
    "one side's claims and the other's silence": "Trap 3",
    "dates that look alike in three extensions": "Trap 4",
    "two desks that contradict each other on one list": "Trap 5",
    "met is not shipped, suspended is not repealed": "Trap 6",
    "a false number from a principal": "Trap 7",
    "pages of no standing": "Trap 8",
}

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
