"""Which stories nobody has read for sure, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import ReaderMode, Reading, Story
from monitor.domain.reading.inbox import Doubt, Inbox, inbox
from tests.builders import rules_folder
from tests.builders.reading_values import person, read, reading

BOOKED = "China books ten cargoes of US soybeans"
ABOUT = "China's soybean crop grows"
WEAK = "The soybean deal with China"
BOTH_WAYS = "China books ten cargoes of US soybeans and bans soybeans of Ohio"
CALL = "China has a call"


def told(title: str, days: float = 0, *, withdrawn: bool = False) -> Story:
    """A story with a text and an id of its own, so many days after the first."""
    story = rules_folder.story(title)
    moment = story.published_at + timedelta(days=days)
    return replace(story, id=title, revision=title, published_at=moment, withdrawn=withdrawn)


def boxed(rules: Rulebook, *stories: Story, **by_title: Sequence[Reading]) -> Inbox:
    return inbox(stories, rules, by_title)


def doubts(box: Inbox) -> Mapping[str, Doubt]:
    return {item.story.title: item.doubt for item in box.items}


@pytest.mark.parametrize(
    ("title", "doubt"), [(ABOUT, Doubt.ABOUT), (WEAK, Doubt.WEAK), (BOTH_WAYS, Doubt.CONFLICT)], ids=str
)
def test_without_a_model_what_the_rules_are_unsure_of_is_listed(rules: Rulebook, title: str, doubt: Doubt) -> None:
    assert doubts(boxed(rules, told(title))) == {title: doubt}


def test_the_acts_that_disagree_are_named(rules: Rulebook) -> None:
    (item,) = boxed(rules, told(BOTH_WAYS)).items
    assert {(act.rule, act.effect.value) for act in item.conflict} == {
        ("beans/bought", "progress"),
        ("beans/banned", "setback"),
    }


def test_an_act_that_nearly_stands_is_why_a_story_is_listed_and_named(rules: Rulebook) -> None:
    (item,) = boxed(rules, told("China's soybean rows that nobody on this long farm road bans")).items
    assert (item.doubt, item.near_miss and item.near_miss.rule) == (Doubt.NEAR_MISS, "beans/banned")


def test_a_firm_act_and_a_story_far_from_the_deal_are_not_listed(rules: Rulebook) -> None:
    box = boxed(rules, told(BOOKED), told("A museum opens a wing in Lisbon"), told(ABOUT, withdrawn=True))
    assert (box.items, box.quiet) == ((), ())


@pytest.mark.parametrize(
    ("matches", "doubt"),
    [
        ([read("beans", "progress", "books")], None),
        ([read("beans", "setback", "books")], Doubt.DIFFER),
        ([read("talks", "progress", "books")], Doubt.DIFFER),
        ([], Doubt.DIFFER),
    ],
)
def test_what_rules_and_model_read_otherwise_is_listed_and_what_they_agree_on_is_not(
    rules: Rulebook, matches: list[object], doubt: Doubt | None
) -> None:
    box = boxed(rules, told(BOOKED), **{BOOKED: [reading(*matches)]})  # type: ignore[arg-type]
    assert doubts(box) == ({BOOKED: doubt} if doubt else {})


@pytest.mark.parametrize("model", [[], [reading(read("beans", "setback", "books"))]])
def test_a_text_that_a_person_has_read_is_settled_whatever_others_read(rules: Rulebook, model: list[Reading]) -> None:
    box = boxed(rules, told(BOOKED), told(ABOUT), **{BOOKED: [*model, person()], ABOUT: [person()]})
    assert (box.items, box.quiet) == ((), ())


def test_with_the_reader_off_a_model_settles_nothing_and_raises_no_difference(rules: Rulebook) -> None:
    off = replace(rules, policy=replace(rules.policy, reader=ReaderMode.OFF))
    readings = {BOOKED: [reading(read("beans", "setback", "books"))], ABOUT: [reading(read("beans", "none", "crop"))]}
    assert doubts(inbox([told(BOOKED), told(ABOUT)], off, readings)) == {ABOUT: Doubt.ABOUT}


def test_where_a_model_reads_a_near_story_nobody_read_is_listed_and_one_it_read_is_quiet(rules: Rulebook) -> None:
    unread, seen = told("Brazil sends China soybeans"), told("Brazil sends China soybeans again")
    box = boxed(rules, unread, seen, **{seen.revision: [reading()]})
    assert doubts(box) == {unread.title: Doubt.SILENT}
    assert [item.story for item in box.quiet] == [seen]
    assert [item.story for item in boxed(rules, unread).quiet] == [unread], "without a model it is one of many"


def test_stories_come_by_day_and_concern_what_somebody_sees(rules: Rulebook) -> None:
    old, weak, mention = told(BOTH_WAYS), told(WEAK, 1), told(ABOUT, 1.1)
    assert [item.story for item in boxed(rules, old, mention, weak).items] == [weak, mention, old]
    (item,) = boxed(rules, told(CALL), **{CALL: [reading(read("beans-north", "pledge", "call"))]}).items
    assert item.commitments == {"beans-north", "talks"}


def test_a_story_that_the_rules_cannot_read_stops_only_itself(rules: Rulebook) -> None:
    broken = replace(told(ABOUT), id="broken", title=None)  # type: ignore[arg-type]
    box = boxed(rules, broken, told(WEAK))
    assert (list(doubts(box)), list(box.failed)) == ([WEAK], ["broken"])
