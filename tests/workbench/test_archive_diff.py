"""Two rulebooks over an archive of stories."""

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
from monitor.replay import Replay, line_as_story
from monitor.workbench.diff import (
    RecordingMatcher,
    StoryChange,
    VerdictDiff,
    affected_commitments,
    archive_diff,
    restricted_to,
    story_changes,
    texts_diff,
    verdict_diff,
)
from tests.builders.rule_edits import EDITS, edited
from tests.builders.work_listener import Heard

START = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
SUBJECTS = ("China", "Chinese buyers", "Beijing", "Brazil", "Bessent says China", "Video Sharing CEO:", "中国")
VERBS = ("books", "buys", "bans", "shuns", "cancels", "denies it cancels", "may cancel", "halts", "extended", "采购")
OBJECTS = ("US soybeans", "two cargoes of soya", "US soybean oil", "soybean deal", "ten ships", "wheat", "六船美国大豆")
ENDS = ("", "after call", "before talks in two ports", "until 31 January 2026", "of 2 million tonnes, Far Wire reports")
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


def full_diff(old: Rulebook, new: Rulebook, stories: list[Entry]) -> tuple[tuple[StoryChange, ...], VerdictDiff]:
    """The differences by two whole replays, without the quick check before."""
    names = affected_commitments(old, new)
    found, sent = [], []
    for book in (old, new):
        matcher = RecordingMatcher(names)
        replay = Replay(restricted_to(book, names), read=matcher)
        changes = [change.transition for change in replay.run(stories)]
        sent.append([change for change in changes if change.commitment in names])
        found.append({replay.line_of.get(key, key[0]): matched for key, matched in matcher.found.items()})
    return story_changes(*found), verdict_diff(*sent)


@pytest.mark.slow
@given(
    st.sets(st.sampled_from(sorted(EDITS)), max_size=2),
    st.sets(st.sampled_from(sorted(EDITS)), min_size=1, max_size=2),
    archives(),
)
def test_the_quick_check_hides_no_difference(old: set[str], new: set[str], stories: list[Entry]) -> None:
    before, after = rulebook(*sorted(old)), rulebook(*sorted(new))
    assert archive_diff(before, after, stories) == full_diff(before, after, stories)


def test_only_what_can_differ_is_replayed() -> None:
    before, after = rulebook(), rulebook("a word in an act")
    with listened_to_by(heard := Heard()):
        found = archive_diff(before, after, entries("China bans US soybeans"))
    assert found == ((), VerdictDiff())
    assert set(heard) == {"reading by the old rules", "reading by the new rules"}
    assert archive_diff(rulebook(), rulebook(), entries("China buys soybeans")) == ((), VerdictDiff())
    assert archive_diff(rulebook(), rulebook("a number of the policy"), []) == ((), VerdictDiff())
    stories = entries("China bans soybeans from US ports, Far Wire reports")
    changes, verdicts = archive_diff(rulebook(), rulebook("a number of the policy"), stories)
    assert changes == ()
    assert verdicts != VerdictDiff()


def test_stored_stories_are_compared_one_by_one() -> None:
    stories = [line_as_story(entry) for entry in entries("China shuns US soybeans", "China bans US soybeans")]
    changes = texts_diff(rulebook(), rulebook("a word in an act"), stories)
    assert [change.story for change in changes] == stories[:1]
    assert texts_diff(rulebook(), rulebook(), stories) == ()
