"""Only what two rulebooks can read otherwise is read by both, and the outcome is that of reading all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry
from monitor.long_work import listened_to_by
from monitor.replay import line_as_story
from monitor.workbench.diff import archive_diff, texts_diff
from tests.builders.rule_edits import EDITS, edited, full_diff
from tests.builders.work_listener import Heard

START = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
SUBJECTS = (
    "China",
    "Chinese buyers",
    "Beijing",
    "Washington",
    "Brazil",
    "Bessent says China",
    "Video Sharing CEO:",
    "中国",
)
VERBS = (
    "books",
    "buys",
    "bans",
    "shuns",
    "cancels",
    "denies it cancels",
    "may cancel",
    "halts",
    "extended",
    "met its",
    "采购",
)
OBJECTS = ("US soybeans", "two cargoes of soya", "US soybean oil", "soybean deal", "ten ships", "wheat", "六船美国大豆")
ENDS = (
    "",
    "after call",
    "after a long winter",
    "before talks in two ports",
    "as futures fall",
    "until 31 January 2026",
    "of 2 million tonnes, Far Wire reports",
    "两个港口",
)
SOURCES = ("Commerce Ministry", "Grain Daily", "News Search", "Video Sharing Co", "Somebody")


@st.composite
def archives(draw: st.DrawFn) -> list[Entry]:
    """A few days of made-up news: reports, reprints, new texts at old addresses, and reports that are taken back."""
    entries = list[Entry]()
    for number in range(draw(st.integers(1, 7))):
        words = [draw(st.sampled_from(part)) for part in (SUBJECTS, VERBS, OBJECTS, ENDS)]
        title, summary = (
            " ".join(words).strip(),
            draw(st.sampled_from(("", f"{words[0]} {words[1]} {words[2]}.", "US soybeans."))),
        )
        url = f"https://news.example/{number}"
        again = draw(st.booleans())
        if entries and again:
            other = draw(st.sampled_from(entries))
            kind = draw(st.sampled_from(("reprint", "another text", "withdrawn")))
            title = {"reprint": other.title, "withdrawn": f"WITHDRAWN: {other.title}"}.get(kind, title)
            url = url if kind == "reprint" else other.url
        at = START + timedelta(hours=draw(st.integers(0, 24 * 5)))
        bare = draw(st.integers(0, 4)) == 0
        if bare:
            at = at.replace(hour=0)
        entries.append(Entry(f"s{number}", title, url, at, summary, draw(st.sampled_from(SOURCES)), "en", bare))
    return entries


@cache
def rulebook(*edits: str) -> Rulebook:
    with TemporaryDirectory() as folder:
        return edited(Path(folder), edits)


def entries(*titles: str, days: float = 1) -> list[Entry]:
    """These headlines of a ministry, some days apart."""
    return [
        Entry(
            f"s{n}",
            title,
            f"https://mofcom.example/{n}",
            START + n * timedelta(days=days),
            "",
            "Commerce Ministry",
            "en",
        )
        for n, title in enumerate(titles)
    ]


@pytest.mark.slow
@given(
    st.sets(st.sampled_from(sorted(EDITS)), max_size=2),
    st.sets(st.sampled_from(sorted(EDITS)), min_size=1, max_size=2),
    archives(),
)
def test_reading_only_what_can_differ_gives_what_reading_all_gives(
    old: set[str], new: set[str], stories: list[Entry]
) -> None:
    before, after = rulebook(*sorted(old)), rulebook(*sorted(new))
    found = archive_diff(before, after, stories)
    assert (found.changes, found.verdicts) == full_diff(before, after, stories)


NEWS = [
    replace(entry, summary=(entry.title if n % 3 == 0 else ""), source=SOURCES[n % len(SOURCES)], date_only=n % 7 == 0)
    for n, entry in enumerate(
        entries(
            *(
                f"{SUBJECTS[n % 8]} {VERBS[n % 11]} {OBJECTS[(n // 11) % 7]} {ENDS[(n // 8) % 8]}".strip()
                for n in range(44)
            ),
            days=0.25,
        )
    )
]
"""Each subject with half of the verbs, six hours apart."""


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS)
def test_each_kind_of_edit_is_narrowed_without_a_loss(edit: str) -> None:
    found = archive_diff(rulebook(), rulebook(edit), NEWS)
    assert (found.changes, found.verdicts) == full_diff(rulebook(), rulebook(edit), NEWS)


def test_only_stories_with_a_changed_word_are_read_again() -> None:
    stories = entries("China shuns US soybeans", "China bans US soybeans", "China books US soybeans")
    found = archive_diff(rulebook(), rulebook("a word in an act"), stories)
    assert found.read == 1
    assert [change.story.title for change in found.changes] == ["China shuns US soybeans"]


def test_a_new_word_of_a_set_concerns_the_stories_with_this_word_alone() -> None:
    stories = entries("China buys oil", "China buys soybeans", "Oil is cheap")
    found = archive_diff(rulebook(), rulebook("a shared set"), stories)
    assert found.read == 1
    assert [(change.how, change.story.title) for change in found.changes] == [("new match", "China buys oil")]


def test_stories_in_which_a_changed_pattern_does_not_stand_are_no_reason_to_replay_any() -> None:
    stories = entries(
        "Soybeans of a port that shuns China are sold, and nobody knows to whom they will go or when or why"
    )
    with listened_to_by(heard := Heard()):
        found = archive_diff(rulebook(), rulebook("a word in an act"), stories)
    assert (found.read, found.changes, list(heard)) == (1, (), ["looking through"])


def test_a_publisher_known_otherwise_concerns_its_stories_alone() -> None:
    stories = [
        replace(entry, source=name, url="")
        for entry, name in zip(entries("China buys soya", "China books US soybeans"), SOURCES, strict=False)
    ]
    assert archive_diff(rulebook(), rulebook("a tier"), stories).read == 1


def test_the_same_rules_need_no_story_read() -> None:
    found = archive_diff(rulebook(), rulebook(), entries("China buys soybeans"))
    assert (found.read, found.changes, found.verdicts.differ) == (0, (), False)


def test_of_no_stories_nothing_is_told() -> None:
    found = archive_diff(rulebook(), rulebook("a number of the policy"), [])
    assert (found.read, found.changes, found.verdicts.differ) == (0, (), False)


def test_another_policy_is_decided_again_though_nothing_is_read_otherwise() -> None:
    stories = entries("China bans soybeans from US ports, Far Wire reports")
    found = archive_diff(rulebook(), rulebook("a number of the policy"), stories)
    assert (found.read, found.changes) == (0, ())
    assert (found.verdicts.differ, found.verdicts) == (
        True,
        full_diff(rulebook(), rulebook("a number of the policy"), stories)[1],
    )


def test_each_step_counts_its_stories() -> None:
    with listened_to_by(heard := Heard()):
        archive_diff(rulebook(), rulebook("a word in an act"), entries("China shuns US soybeans", "Rain"))
    deciding = {"deciding by the old rules": [1], "deciding by the new rules": [1]}
    assert heard == {"looking through": [1, 2], "choosing": [1, 2], **deciding}


def test_stored_stories_are_compared_each_as_it_stands() -> None:
    stories = [line_as_story(entry) for entry in entries("China shuns US soybeans", "China bans US soybeans")]
    read, changes = texts_diff(rulebook(), rulebook("a word in an act"), stories)
    assert (read, [change.story for change in changes]) == (1, stories[:1])
    assert texts_diff(rulebook(), rulebook(), stories) == (0, ())
