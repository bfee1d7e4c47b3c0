"""The index of recent stories: what it finds, and what it reads to drop what has become old."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import FrameType

import pytest

from monitor.domain.model import Outlet, Story
from monitor.domain.stories import index as index_module
from monitor.domain.stories.index import StoryIndex

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FEW, MANY = index_module._MAX_TITLES_PER_TERM, index_module._MAX_LISTED
HEADLINE = "Beijing port workers load the first soybean cargo bound for harbour {}"


def story(number: int, title: str, seen: datetime = NOW) -> Story:
    return Story(f"{number:016x}", seen, seen, "Wire", "", title, "", "en", outlets=(Outlet("Wire", "", seen, seen),))


def found(index: StoryIndex, title: str) -> list[int]:
    return [int(each.id, 16) for each in index.similar_to(title)]


def test_pruning_looks_only_at_what_it_drops() -> None:
    index = StoryIndex()
    for number in range(2000):
        index.add(story(number, HEADLINE.format(f"n{number}"), NOW + timedelta(minutes=number)), ())
    looked: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename == index_module.__file__:
            looked.append(frame.f_code.co_name)

    for before, dropped in ((NOW, 0), (NOW + timedelta(minutes=3), 3)):
        looked.clear()
        sys.setprofile(note)
        try:
            assert index.prune(before) == dropped
        finally:
            sys.setprofile(None)
        assert looked.count("_forget_title") == dropped
        assert len(looked) < 10 * dropped + 3, "a few calls for each, whatever stays and however long it is"


def test_a_story_comes_back_whole() -> None:
    texts = ("Wire", "https://wire.example/1", "中国采购大豆", "Zwölf Schiffe", "zh", "00ff")
    seen = NOW + timedelta(microseconds=1)
    others = Outlet("Wire", "https://wire.example/2", NOW, NOW), Outlet("Herald", "", NOW + timedelta(hours=1), NOW)
    outlets = Outlet("Wire", "https://wire.example/1", NOW, seen), *others
    whole = Story("a" * 16, NOW, seen, *texts, date_only=True, outlets=outlets, withdrawn=True, backfill=True)
    index = StoryIndex()
    index.add(whole, ("url:1",))
    assert index.by_key("url:1") == (whole,)


@pytest.mark.parametrize(
    ("title", "end"),
    [
        ("Copper ingots piled high beside the old northern railway", " siding"),
        ("青岛港口码头工人冒雨装卸第一艘货轮", "集装箱"),
    ],
)
def test_a_headline_is_found_after_its_words_were_too_common_for_a_time(title: str, end: str) -> None:
    index = StoryIndex()
    index.add(story(0, title + end, NOW + timedelta(days=2)), ())
    for number in range(1, MANY + 50):
        index.add(story(number, f"{title} n{number}"), ())
    assert found(index, title + end) == [0]
    assert index.prune(NOW + timedelta(days=1)) == MANY + 49
    assert found(index, title) == [0]
    assert len(index) == 1


def test_words_find_a_headline_while_few_others_have_them() -> None:
    cases = [FEW - 1, FEW, FEW + 1]
    for left in cases:
        index, words = StoryIndex(), "alpha bravo charlie delta echo foxtrot golf hotel"
        for number in range(MANY + 10):
            gone = number >= left
            # A plain word tells them apart: a number would make each another report.
            plain = "".join("qabcdefghi"[int(digit)] for digit in str(number))
            index.add(story(number, f"{words} q{plain}", NOW if gone else NOW + timedelta(days=1)), ())
        index.prune(NOW + timedelta(hours=1))
        assert bool(found(index, words)) == (left <= FEW), left


def test_the_place_of_a_dropped_story_is_taken_over_and_the_oldest_known_still_comes_first() -> None:
    index = StoryIndex()
    index.add(story(1, HEADLINE.format("one")), ("url:1",))
    index.add(story(2, HEADLINE.format("nine")[:-5], NOW + timedelta(hours=1)), ("url:2",))
    assert index.prune(NOW + timedelta(minutes=1)) == 1
    index.add(story(3, HEADLINE.format("nine")[:-5], NOW + timedelta(hours=1)), ("url:3",))
    assert found(index, HEADLINE.format("nine")[:-5]) == [2, 3]
    assert (index.by_key("url:1"), [each.id for each in index.by_key("url:3")]) == ((), [f"{3:016x}"])


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("中国采购大豆的第一批货物今天上午抵达青岛港口码头", "中国采购大豆的第一批货物今天上午抵达青岛港口"),
        (
            "Talks on trade resume in Geneva after two long weeks of silence",
            "Talks on trade resume in Geneva after two",
        ),
    ],
)
def test_a_headline_that_ends_early_is_found_by_the_whole_one(title: str, other: str) -> None:
    index = StoryIndex()
    index.add(story(1, title), ())
    assert found(index, f"{other}…") == [1]


def test_headlines_that_change_are_found_by_their_new_words() -> None:
    index = StoryIndex()
    first = story(1, HEADLINE.format("Qingdao"))
    index.add(first, ())
    index.add(replace(first, title="Rain is expected in the north over the whole of the weekend"), ())
    assert found(index, HEADLINE.format("Qingdao")) == []
    assert found(index, "Rain is expected in the north over the whole of the weekend") == [1]
    index = StoryIndex()
    index.add(story(1, "Farmers welcome soybean-oil growing-season talks in Geneva this week"), ())
    assert found(index, "Farmers welcome growing-season soybean-oil talks in Geneva this week") == [1]
