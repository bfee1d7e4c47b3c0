"""What an author is shown of rules over time: shares by month, what to read next, and clauses that do nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story
from monitor.workbench.comparing.drift import CommitmentDrift, DriftReport, survey
from monitor.workbench.comparing.exclusion_use import ExclusionUse
from monitor.workbench.comparing.monthly_shares import Month, flag_outliers, outliers
from monitor.workbench.rule_clauses import RuleClause, rule_clauses
from tests.builders.rules_folder import COMMITMENT, load, story

START = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
BOOKS = "China books nine cargoes of US soybeans"
WATCHES = "China watches US soybeans grow"
BRAZIL = "China turns to Brazil for soybeans"
OIL = "China buys soybean oil by the barrel"
RIVER = "A river festival draws record crowds"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("book")


@pytest.fixture(scope="module")
def rules(folder: Path) -> Rulebook:
    return load(folder)


@pytest.fixture(scope="module")
def clauses(rules: Rulebook) -> dict[str, tuple[RuleClause, ...]]:
    return {t.commitment: tuple(rule_clauses(t)) for t in rules.matcher.topics}


def stories(*titles: str, start: datetime = START, days: int = 1) -> list[Story]:
    """These headlines, so many days apart."""
    return [
        replace(story(title), id=f"s{number}", published_at=start + timedelta(days=days * number))
        for number, title in enumerate(titles)
    ]


class Drifts(Protocol):
    """The rules on the beans over some stories."""

    def __call__(self, told: Sequence[Story], *, newest: int = 0, read: Sequence[str] = ()) -> DriftReport: ...


@pytest.fixture
def drifts(rules: Rulebook, clauses: dict[str, tuple[RuleClause, ...]]) -> Drifts:
    def run(told: Sequence[Story], *, newest: int = 0, read: Sequence[str] = ()) -> DriftReport:
        return survey(told, rules, clauses, names=frozenset({"beans"}), newest=newest, read=read)

    return run


def course(found: DriftReport) -> CommitmentDrift:
    (only,) = found.courses
    return only


def fired(found: DriftReport) -> dict[str, int]:
    """Exclusions by their text, with the titles each fires on."""
    return {one.clause.text: one.titles for one in found.firings}


# ---------------------------------------------------------------- months


def test_stories_hits_and_none_are_counted_by_month(drifts: Drifts) -> None:
    found = drifts(stories(BOOKS, WATCHES, RIVER, BOOKS, days=10))
    november, december = course(found).months
    assert (november.month, november.stories, november.hits, november.nones) == ("2025-11", 3, 2, 1)
    assert (november.share, november.none_share) == (2 / 3, 1 / 2)
    assert (december.month, december.hits, december.nones) == ("2025-12", 1, 0)


def test_a_month_without_hits_has_no_share_of_none(drifts: Drifts) -> None:
    (month,) = course(drifts(stories(RIVER))).months
    assert (month.share, month.none_share) == (0.0, None)


STEADY = [(20, 1000), (22, 1000), (19, 1000), (21, 1000)]


@pytest.mark.parametrize(
    ("latest", "mark"), [((21, 1000), ""), ((60, 1000), "up"), ((1, 1000), "down"), ((25, 1000), "")]
)
def test_a_share_far_from_steady_ones_is_marked(latest: tuple[int, int], mark: str) -> None:
    assert outliers([*STEADY, latest]) == ["", "", "", "", mark]


def test_months_that_always_come_in_bursts_mark_only_what_is_beyond_them() -> None:
    bursts = [(10, 1000), (60, 1000), (12, 1000), (55, 1000)]
    assert outliers([*bursts, (70, 1000)])[-1] == ""
    assert outliers([*bursts, (300, 1000)])[-1] == "up"


def test_too_few_months_and_too_few_stories_are_not_judged() -> None:
    assert outliers([*STEADY[:2], (90, 1000)]) == ["", "", ""]
    assert outliers([(0, 50), (1, 50), (0, 50), (4, 50)])[-1] == ""
    assert outliers([(0, 0), (5, 100), (0, 0), (90, 100)])[-1] == "", "empty months are none"


def test_a_word_that_was_never_there_and_comes_often_is_marked() -> None:
    assert outliers([(0, 900), (0, 900), (0, 900), (9, 900)])[-1] == "up"


def test_both_shares_of_a_month_are_marked_by_themselves() -> None:
    usual = [Month(f"2025-{number:02}", 1000, 40, 20) for number in range(1, 5)]
    *_, last = flag_outliers([*usual, Month("2025-05", 1000, 41, 40)])
    assert (last.departs, last.none_departs) == ("", "up")


# ---------------------------------------------------------------- what to read


def test_the_newest_hits_come_first_and_no_more_than_asked(drifts: Drifts) -> None:
    told = stories(*(f"China books {number} cargoes of US soybeans" for number in (2, 3, 4)))
    hits = course(drifts(told, newest=2)).hits
    assert [seen.story.id for seen in hits] == ["s2", "s1"]
    assert (hits[0].effect, hits[0].rule, hits[0].quote) == ("progress", "beans/bought", told[2].title)


def test_what_was_read_is_not_shown_again_nor_what_the_rules_carry_as_examples(drifts: Drifts) -> None:
    told = stories(BOOKS, "China books ten cargoes of US soybeans", WATCHES)
    assert [seen.story.title for seen in course(drifts(told, newest=5, read=["s2"])).hits] == [BOOKS]


def test_one_headline_is_shown_once_however_many_carry_it(drifts: Drifts) -> None:
    assert len(course(drifts(stories(BOOKS, BOOKS.upper(), f" {BOOKS}"), newest=5)).hits) == 1


def test_a_non_hit_says_what_kept_it_out(drifts: Drifts) -> None:
    misses = course(drifts(stories(RIVER, BRAZIL), newest=5)).misses
    assert [(seen.story.title, seen.why) for seen in misses] == [(BRAZIL, "about.not: Brazil")]


def test_an_act_without_its_commitment_is_a_non_hit_that_comes_near(drifts: Drifts) -> None:
    near, far = "Mexico bans soybeans from two ports", "Soya milk is back in fashion"
    misses = course(drifts(stories(near, far), newest=5)).misses
    assert [(seen.story.title, seen.rule) for seen in misses] == [(far, ""), (near, "beans/banned")]
    (only,) = course(drifts(stories(near, far), newest=1)).misses
    assert only.story.title == near, "nearer ones go before newer ones where there is room for one"


def test_no_more_non_hits_are_shown_than_asked_however_many_came_near(drifts: Drifts) -> None:
    near = (f"Mexico bans soybeans from {number} ports" for number in (2, 3))
    far = (f"Soya milk is back in fashion in {number} towns" for number in (2, 3, 4))
    misses = course(drifts(stories(BRAZIL, *near, *far), newest=2)).misses
    assert [seen.story.title for seen in misses] == [
        "Mexico bans soybeans from 3 ports",
        "Mexico bans soybeans from 2 ports",
    ]


@pytest.mark.parametrize(("ports", "offered"), [(2, 2), (9, 0)])
def test_a_word_that_seldom_means_the_commitment_makes_no_story_worth_reading(
    drifts: Drifts, ports: int, offered: int
) -> None:
    """One title in three that names cargoes is about the beans, or one in ten."""
    corn = (f"Cargoes of corn reach port number {number}" for number in range(ports))
    assert len(course(drifts(stories(BOOKS, *corn), newest=20)).misses) == offered


def test_nothing_is_kept_to_read_unless_asked(drifts: Drifts) -> None:
    found = course(drifts(stories(BOOKS, BRAZIL)))
    assert (found.hits, found.misses) == ((), ())


# ---------------------------------------------------------------- what does nothing


def test_rules_that_no_story_made_count_are_named(drifts: Drifts) -> None:
    found = drifts(stories(BOOKS, "China bans US soybeans"))
    assert {rule.id for rule in found.unfired} == {
        "beans/fulfilled",
        "beans/cancelled",
        "beans/extended",
        "beans/named",
    }


def test_an_exclusion_fires_where_it_alone_shuts_something_out(drifts: Drifts) -> None:
    found = drifts(stories(BRAZIL, OIL, BOOKS))
    assert fired(found) == {"(Brazil*|巴西)": 1, "soybean oil": 1, "after ..2 (call|talks)": 0}
    assert [(one.clause.kind, one.title) for one in found.fired_once] == [("not", BRAZIL), ("not", OIL)]
    assert [one.clause.kind for one in found.fired_never] == ["gives_way_to"]


def test_an_exclusion_whose_words_stand_where_nothing_would_be_read_does_not_fire(drifts: Drifts) -> None:
    assert not any(fired(drifts(stories("Brazil wins the cup", "Brazil sells US soybeans to China"))).values())


def test_one_headline_carried_by_many_is_one_title(drifts: Drifts) -> None:
    assert fired(drifts(stories(BRAZIL, BRAZIL, BRAZIL.upper())))["(Brazil*|巴西)"] == 1
    assert fired(drifts(stories(BRAZIL, f"{BRAZIL} again")))["(Brazil*|巴西)"] == 2


def test_giving_way_fires_where_the_other_commitment_takes_the_story(drifts: Drifts) -> None:
    gives = "China sounds out soybeans after talks"
    assert fired(drifts(stories(gives)))["after ..2 (call|talks)"] == 1


def test_of_two_exclusions_that_stand_together_neither_fires(tmp_path: Path) -> None:
    twice = load(tmp_path, beans=COMMITMENT.replace("none: ['(Brazil*|巴西)']", "none: ['(Brazil*|巴西)', 'turns to']"))
    own = {t.commitment: tuple(rule_clauses(t)) for t in twice.matcher.topics}
    found = survey(stories(BRAZIL), twice, own, names=frozenset({"beans"}))
    assert fired(found)["(Brazil*|巴西)"] == fired(found)["turns to"] == 0
    assert {one.clause.text for one in found.firings if one.besides} == {"(Brazil*|巴西)", "turns to"}


def test_exclusions_are_named_with_file_and_line(drifts: Drifts, folder: Path) -> None:
    firings: dict[str, ExclusionUse] = {one.clause.text: one for one in drifts([]).firings}
    lines = (folder / "rules/deal/beans.yaml").read_text(encoding="utf-8").splitlines()
    for text, words in (
        ("(Brazil*|巴西)", "Brazil"),
        ("soybean oil", "soybean oil"),
        ("after ..2 (call|talks)", "call|talks"),
    ):
        clause = firings[text].clause
        assert clause.path == "rules/deal/beans.yaml"
        assert words in lines[clause.line - 1]
