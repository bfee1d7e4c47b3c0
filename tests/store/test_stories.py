"""Stories, texts and entries come back as they were stored, whichever rows hold them."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Outlet, Story
from monitor.domain.stories.syndication import Revision
from monitor.store import Store, stories
from monitor.store.tables import ENTRY_KEY, OUTLET, REVISION
from tests.builders.databases import NOW, ask, do, later, statements

NAME, OTHER = "00000000000000aa", "00000000000000bb"
FIRST, SECOND = "0000000000000001", "0000000000000002"
OWN = Outlet("Wire", "https://wire.example/1", NOW, NOW)
STORY = Story(NAME, NOW, NOW, OWN.source, OWN.url, "China buys soybeans", "", "en", FIRST, outlets=(OWN,))
TEXT = Revision(NAME, FIRST, OWN.source, OWN.url, STORY.title, "", NOW)
EDITED = replace(STORY, title="China buys none", revision=SECOND, seen_at=later(hours=1))
NEW_TEXT = replace(TEXT, hash=SECOND, title=EDITED.title, seen_at=later(hours=1))
PAGE, TITLE = "url:00000000000000c1", "title:00000000000000c2"


def save(store: Store, story: Story, *texts: Revision) -> None:
    do(store, stories.save, {story.id: story}, texts)


def texts_of(store: Store) -> list[Revision]:
    with store.read() as conn:
        return stories.revisions(conn, stories.by_ids(conn, [NAME]).values(), live_only=False)


def rows(store: Store) -> tuple[int, int]:
    with store.read() as conn:
        outlets, texts = (conn.execute(select(func.count()).select_from(t)).scalar_one() for t in (OUTLET, REVISION))
    return outlets, texts


def test_a_story_with_one_outlet_and_one_text_is_one_row_and_one_more_outlet_leaves_its_text(store: Store) -> None:
    save(store, STORY, TEXT)
    assert ask(store, stories.by_ids, [NAME, OTHER]) == {NAME: STORY}
    assert texts_of(store) == [TEXT]
    assert rows(store) == (0, 0)
    shared = replace(STORY, outlets=(OWN, Outlet("Herald", "https://herald.example/1", NOW, later(hours=1))))
    save(store, shared)
    assert ask(store, stories.by_ids, [NAME]) == {NAME: shared}
    assert texts_of(store) == [TEXT]
    assert rows(store) == (2, 0)
    save(store, STORY)
    assert ask(store, stories.by_ids, [NAME]) == {NAME: STORY}


@pytest.mark.parametrize("told", [(), (NEW_TEXT,), (replace(TEXT, live=False), NEW_TEXT)])
def test_the_text_that_an_edit_replaces_is_kept(store: Store, told: tuple[Revision, ...]) -> None:
    save(store, STORY, TEXT)
    save(store, EDITED, *told)
    assert texts_of(store) == [replace(TEXT, live=len(told) < 2), NEW_TEXT]


def test_a_text_that_comes_back_is_the_row_of_its_story_again(store: Store) -> None:
    save(store, STORY, TEXT)
    save(store, EDITED, replace(TEXT, live=False), NEW_TEXT)
    back = replace(STORY, seen_at=later(hours=2))
    save(store, back, replace(NEW_TEXT, live=False), replace(TEXT, seen_at=later(hours=2)))
    assert texts_of(store) == [replace(NEW_TEXT, live=False), replace(TEXT, seen_at=later(hours=2))]
    assert rows(store)[1] == 1


def test_a_text_that_another_outlet_is_credited_with_keeps_that_outlet(store: Store) -> None:
    save(store, STORY, TEXT)
    herald = replace(TEXT, source="Herald", url="https://herald.example/1")
    do(store, stories.save, {}, [herald])
    assert texts_of(store) == [herald]


def test_a_key_stays_with_the_entry_of_its_feed_that_had_it_first(store: Store) -> None:
    save(store, STORY)
    save(store, replace(STORY, id=OTHER))
    first = KnownEntry("a" * 24, "wire", NAME, FIRST, NOW, frozenset({PAGE, TITLE}))
    second = KnownEntry("b" * 24, "wire", OTHER, FIRST, NOW, frozenset({TITLE}))
    elsewhere = replace(second, id="c" * 24, feed="herald")
    with store.begin() as conn:
        stories.save_entries(conn, [first])
        stories.save_entries(conn, [second, elsewhere])
    with store.read() as conn:
        assert set(stories.entries_by_key(conn, [TITLE])) == {first, elsewhere}
        assert set(stories.entries_of(conn, [OTHER])) == {replace(second, keys=frozenset()), elsewhere}
        assert conn.execute(select(func.count()).select_from(ENTRY_KEY)).scalar_one() == 3


def test_storing_many_stories_takes_no_more_statements_than_storing_one(store: Store) -> None:
    counts = []
    for first, many in ((1, 1), (100, 60)):
        new = {f"{n:016x}": replace(STORY, id=f"{n:016x}") for n in range(first, first + many)}
        keys = {name: frozenset({f"url:{name}", f"title:{name}"}) for name in new}
        with store.begin() as conn, statements(store) as asked:
            stories.save(conn, new, [replace(TEXT, story=name) for name in new])
            stories.save_entries(
                conn, [KnownEntry(f"{name}{0:08x}", "wire", name, FIRST, NOW, keys[name]) for name in new]
            )
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_story_is_named_by_the_shortest_beginning_that_no_other_one_has(store: Store) -> None:
    ids = ["a3f2000000000000", "a3f2100000000000", "a3f2110000000000", "b000000000000000"]
    with store.begin() as conn:
        stories.save(conn, {name: replace(STORY, id=name) for name in ids}, ())
        names = stories.short_names(conn, ids)
        assert list(names.values()) == ["a3f20", "a3f210", "a3f211", "b000"]
        assert [list(stories.beginning_with(conn, name)) for name in names.values()] == [[name] for name in ids]


@pytest.mark.parametrize(
    ("start", "found"), [("a3f", 2), ("a", 2), ("c", 0), ("", 0), ("A3", 0), ("xyz", 0), ("a3f2" * 5, 0), ("%", 0)]
)
def test_a_beginning_finds_every_story_that_has_it_and_nothing_else(store: Store, start: str, found: int) -> None:
    ids = ["a3f2000000000000", "a3f2100000000000", "b000000000000000"]
    with store.begin() as conn:
        stories.save(conn, {name: replace(STORY, id=name) for name in ids}, ())
        assert len(stories.beginning_with(conn, start)) == found
