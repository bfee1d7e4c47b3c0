"""Stored weekly reviews of the board."""

from monitor.store import Store, weekly_store
from monitor.store.rows import save_rows
from monitor.store.tables import BoardReview, ReviewWeek
from tests.builders.databases import NOW, ask, do, later

SOY = BoardReview(slot=NOW, commitment="soy", place=1)
SHIPS = BoardReview(slot=NOW, commitment="ships", place=0)


def test_rows_wait_in_their_order_until_they_are_settled(store: Store) -> None:
    do(store, save_rows, SOY, SHIPS)
    assert ask(store, weekly_store.waiting) == (SHIPS, SOY)
    done = SOY.changed(state="answered", at=later(hours=1), standing="met", outlook="steady", reports=("a", "b"))
    do(store, save_rows, done)
    assert ask(store, weekly_store.waiting) == (SHIPS,)
    assert ask(store, weekly_store.settled, NOW, later(hours=1)) == ()
    assert ask(store, weekly_store.settled, NOW, later(hours=2)) == (done,)


def test_the_newest_review_of_a_commitment_in_a_state_counts(store: Store) -> None:
    old, new = (SOY.changed(slot=slot, state="answered", at=slot) for slot in (NOW, later(days=7)))
    refused = SOY.changed(slot=later(days=14), state="refused", at=later(days=14))
    do(store, save_rows, old, new, refused)
    assert ask(store, weekly_store.newest, ["answered"]) == {"soy": new}
    assert ask(store, weekly_store.newest, weekly_store.DONE) == {"soy": refused}


def test_the_last_week_and_the_first_are_known(store: Store) -> None:
    assert ask(store, weekly_store.last_week) is None
    for slot in (later(days=7), NOW):
        do(store, save_rows, ReviewWeek(slot=slot))
    last = ReviewWeek(slot=later(days=7), tokens=300)
    do(store, save_rows, last)
    assert ask(store, weekly_store.last_week) == last
    assert ask(store, weekly_store.last_week, first=True) == ReviewWeek(slot=NOW)
