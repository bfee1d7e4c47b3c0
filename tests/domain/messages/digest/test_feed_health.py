"""A source is ok, failing, silent, frozen or never read, and it says since when and why."""

from datetime import datetime, timedelta

import pytest

from monitor.config import FeedSettings
from monitor.domain.messages.feed_health import (
    OTHER_REMEDY,
    REMEDIES,
    STATE_REMEDIES,
    USUAL_GAP,
    alike_failures,
    blackout,
    feed_health,
    feed_report,
    rhythm_after,
    source_health,
    sources_line,
)
from monitor.domain.model.publishers import UnknownPublisher
from monitor.store.tables import FeedState
from tests.builders.databases import NOW, later, polled_feed


def feed(name: str = "herald", seconds: int = 600) -> FeedSettings:
    return polled_feed(name, f"https://{name}.example/rss", "", seconds)


def answering(*, new: datetime | None, ok: datetime = NOW) -> FeedState:
    """A feed that last answered at `ok` and last brought something at `new`."""
    return FeedState(
        name="herald", url="https://herald.example/rss", first_ok_at=later(days=-400), new_at=new, ok_at=ok
    )


def failing(*, first_ok_at: datetime | None) -> FeedState:
    return FeedState(
        name="herald",
        url="https://herald.example/rss",
        first_ok_at=first_ok_at,
        new_at=first_ok_at,
        failures=3,
        failing_since=later(hours=-5),
        error="herald.example: HTTP 503",
    )


def test_a_feed_has_one_state_with_its_beginning_and_a_remark() -> None:
    cases = {
        "news lately": answering(new=later(days=-2)),
        "never polled": None,
        "its first poll is not over": FeedState(name="herald", url="https://herald.example/rss"),
        "polls fail": failing(first_ok_at=later(days=-9)),
        "never answered": failing(first_ok_at=None),
        "answered without anything": answering(new=None),
        "our own pause": answering(new=later(days=-60), ok=later(days=-60)),
    }
    found = {name: feed_health(feed(), state, NOW) for name, state in cases.items()}
    assert {name: (health.state, health.since, bool(health.detail)) for name, health in found.items()} == {
        "news lately": ("ok", later(days=-2), False),
        "never polled": ("never", None, True),
        "its first poll is not over": ("never", None, True),
        "polls fail": ("failing", later(hours=-5), True),
        "never answered": ("failing", later(hours=-5), True),
        "answered without anything": ("frozen", later(days=-400), True),
        "our own pause": ("ok", later(days=-60), False),
    }
    assert [found[name].newest for name in ("news lately", "never polled")] == [later(days=-2), None]


@pytest.mark.parametrize(
    ("gap", "quiet", "state"),
    [
        (timedelta(), 3 * USUAL_GAP, "ok"),
        (timedelta(), 3 * USUAL_GAP + timedelta(seconds=1), "frozen"),
        (timedelta(hours=1), timedelta(days=2), "ok"),
        (timedelta(hours=1), timedelta(days=2, seconds=1), "frozen"),
        (timedelta(days=30), timedelta(days=90), "ok"),
        (timedelta(days=30), timedelta(days=90, seconds=1), "frozen"),
    ],
)
def test_a_feed_may_be_quiet_for_three_of_its_usual_gaps(gap: timedelta, quiet: timedelta, state: str) -> None:
    usual = answering(new=NOW - quiet).changed(usual_gap=gap.total_seconds())
    health = feed_health(feed(), usual, NOW)
    assert (health.state, health.since, bool(health.detail)) == (state, NOW - quiet, state != "ok")
    renewed = feed_health(feed(), usual.changed(newest_at=NOW), NOW)
    assert (renewed.state == "silent") == (state == "frozen"), "new dates of old items are no news"


def test_every_configured_feed_is_told_of_in_the_order_of_the_configuration() -> None:
    feeds = [feed("b"), feed("a"), feed("c")]
    found = source_health(feeds, {"a": answering(new=NOW), "gone": answering(new=NOW)}, NOW)
    assert [(health.name, health.state) for health in found] == [("b", "never"), ("a", "ok"), ("c", "never")]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (None, "not polled yet"),
        (answering(new=NOW), "ok"),
        (
            answering(new=later(days=-40)),
            "answers, but its newest item is of 21 Jan 2026; it usually has one within 7 days",
        ),
        (
            answering(new=later(days=-40)).changed(newest_at=NOW),
            "answers, but has had no new item since 21 Jan 2026; it usually has one within 7 days",
        ),
        (failing(first_ok_at=later(days=-9)), "failing since 2 Mar 2026: herald.example: HTTP 503"),
        (failing(first_ok_at=None), "failing since 2 Mar 2026: never read: herald.example: HTTP 503"),
    ],
)
def test_a_state_is_told_in_plain_words_with_a_remedy_unless_all_is_well(state: FeedState | None, text: str) -> None:
    report = feed_report(feed(), state, NOW)
    assert report.text == text
    assert bool(report.remedy) == (text != "ok")
    assert (report.health.state == "ok") == (text == "ok")


def test_the_remedy_fits_the_kind_of_failure() -> None:
    kinds = {"dns": REMEDIES["dns"], "gone": REMEDIES["gone"], "unreadable": OTHER_REMEDY}
    told = {kind: feed_report(feed(), failing(first_ok_at=NOW).changed(error_kind=kind), NOW) for kind in kinds}
    assert {kind: report.remedy for kind, report in told.items()} == kinds


def test_a_report_names_an_unlisted_publisher() -> None:
    unknown = UnknownPublisher("Herold", "Herald")
    report = feed_report(feed(), answering(new=NOW), NOW, usual=timedelta(hours=3), unknown=unknown)
    assert (report.text, report.unknown, report.usual) == ("ok", unknown, timedelta(hours=3))
    assert (report.answered, report.news) == (NOW, NOW)


def polled(name: str, *, ok: datetime | None = None, failing: datetime | None = None, error: str = "") -> FeedState:
    """A feed that last answered at `ok` and fails since `failing`, polled last at NOW."""
    state = FeedState(name=name, url=f"https://{name}.example/rss", polled_at=NOW, error=error, error_kind="dns")
    state = state.changed(ok_at=ok, first_ok_at=ok, new_at=ok)
    return state.changed(failures=3 if failing else 0, failing_since=failing)


FEEDS = [feed("wire"), feed("paper"), feed("weekly", 86_400)]
NO_HOST = "no such host name, or no name server can be reached"


def dark(**others: FeedState) -> dict[str, FeedState]:
    states = {
        name: polled(name, ok=later(hours=-9), failing=later(hours=-8), error=f"{name}.example: {NO_HOST}")
        for name in ("wire", "paper")
    }
    return states | others


def test_no_source_answers_while_every_feed_that_was_asked_fails() -> None:
    found = blackout(FEEDS, dark())
    assert found is not None
    assert (found.since, found.failing) == (later(hours=-9), later(hours=-8))
    assert blackout(FEEDS, dark(paper=polled("paper", ok=NOW))) is None
    assert blackout(FEEDS, {}) is None, "nothing was asked yet"
    assert blackout([], {}) is None


def test_a_feed_that_is_asked_once_a_day_and_is_not_due_proves_nothing() -> None:
    found = blackout(FEEDS, dark(weekly=polled("weekly", ok=later(hours=-10))))
    assert found is not None
    assert found.since == later(hours=-9)
    lately = blackout(FEEDS, dark(weekly=polled("weekly", ok=later(hours=-2))))
    assert lately is not None
    assert lately.since == later(hours=-2), "its answer was the last"
    assert blackout(FEEDS[2:], {"weekly": polled("weekly", ok=NOW)}) is None


def test_feeds_that_fail_alike_are_told_together_the_commonest_failure_first() -> None:
    refused = "weekly.example:8080: the connection was refused"
    states = dark(weekly=polled("weekly", failing=NOW, error=refused))
    first, second = alike_failures(FEEDS, states)
    assert (first.error, first.feeds, first.since) == (NO_HOST, ("wire", "paper"), later(hours=-8))
    assert (second.error, second.feeds) == ("the connection was refused", ("weekly",))
    assert "Is there a network?" in first.remedy


def test_the_line_of_sources_says_that_none_answers_or_how_many_are_in_which_state() -> None:
    line = sources_line(FEEDS, dark(), NOW)
    assert line.startswith(f"NO SOURCE HAS ANSWERED since 2 Mar 2026: {NO_HOST}. Is there a network?")
    mixed = dark(wire=polled("wire", ok=NOW))
    assert sources_line(FEEDS, mixed, NOW) == "3 sources: 1 ok, 1 failing, 1 not read yet"
    assert sources_line([], {}, NOW) == "No feed is polled"


# ---------------------------------------------------------------- the rhythm of a feed


def read(*documents: tuple[datetime, ...]) -> FeedState:
    """A feed, first read four weeks ago, after documents with items of these dates."""
    newest, gap = None, 0.0
    for dates in documents:
        newest, gap = rhythm_after(newest, gap, dates)
    return answering(new=later(hours=-1)).changed(first_ok_at=later(days=-28), newest_at=newest, usual_gap=gap)


def daily(first: int, last: int) -> tuple[datetime, ...]:
    """One item a day, but on weekends none."""
    return tuple(day for number in range(first, last + 1) if (day := later(days=number)).weekday() < 5)


def test_a_feed_whose_newest_item_is_older_than_its_rhythm_is_frozen_since_that_item_although_it_answers() -> None:
    fresh = feed_health(feed(), read(daily(-40, 0)), NOW)
    assert fresh.state == "ok"
    weekend = feed_health(feed(), read(daily(-60, -5)), NOW)
    assert weekend.state == "ok", "a long weekend is no end"
    old = feed_health(feed(), read(daily(-60, -20)), NOW)
    assert (old.state, old.since) == ("frozen", max(daily(-60, -20)))
    assert old.detail == "answers, but its newest item is of 10 Feb 2026; it usually has one within 3 days"
    assert feed_report(feed(), read(daily(-60, -20)), NOW).remedy == STATE_REMEDIES["frozen"]


def test_a_new_feed_is_never_frozen_by_its_rhythm_nor_one_whose_rhythm_few_items_hide() -> None:
    old = read(daily(-400, -300))
    assert feed_health(feed(), old, NOW).state == "frozen"
    assert feed_health(feed(), old.changed(first_ok_at=later(days=-13)), NOW).state == "ok"
    few = (later(days=-15, minutes=-1), later(days=-15))
    assert feed_health(feed(), read(few), NOW).state == "ok", "two items of one hour are no rhythm"
    assert feed_health(feed(), read(()), NOW).state == "ok"


def test_a_pinned_old_item_is_no_rhythm_and_a_busier_feed_forgets_its_long_gaps() -> None:
    pinned = (later(days=-6_000), *daily(-60, -20))
    assert feed_health(feed(), read(pinned), NOW).state == "frozen"
    monthly = tuple(later(days=-30 * number) for number in range(13, 20))
    gaps = [read(monthly, daily(-389, until)).usual_gap / timedelta(days=1).total_seconds() for until in (-330, 0)]
    assert [round(gap) for gap in gaps] == [15, 3]
    quarterly = tuple(later(days=-80 - 92 * number) for number in range(9))
    assert feed_health(feed(), read(quarterly), NOW).state == "ok", "a gap counts a month at most"
