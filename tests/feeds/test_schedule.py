from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FeedError, FeedErrorKind
from monitor.feeds.schedule import AGGREGATOR_SPACING_S, DAY, Turns, next_poll

NOW = datetime(2025, 12, 1, tzinfo=UTC)


def wait(failures: int, error: FeedError | None, *, interval: float = 300, chance: float = 0.5) -> float:
    return (next_poll(interval, failures, error, NOW, lambda: chance) - NOW).total_seconds()


def failed(kind: FeedErrorKind = "timeout", retry_after: float | None = None) -> FeedError:
    return FeedError(kind, "-", retry_after=retry_after)


def test_waits_double_up_to_a_bound_and_never_undercut_what_was_asked() -> None:
    assert [wait(n, failed()) for n in (1, 2, 3)] == [300, 600, 1200]
    assert wait(1_000_000, failed()) == 3 * 3600
    assert wait(50, failed("http")) == 6 * 3600
    assert wait(9, failed(), interval=2 * DAY) == 2 * DAY
    assert wait(1, failed("rate_limited", 3600), chance=0.0) == 3600
    assert wait(1, failed("rate_limited", 5)) == 300
    assert [wait(n, failed("gone")) for n in (1, 2, 9)] == [DAY, 30 * DAY, 30 * DAY]
    assert [round(wait(0, None, chance=chance)) for chance in (0.0, 0.5, 1.0)] == [270, 300, 330]


@given(
    interval=st.floats(60, DAY),
    failures=st.integers(0, 10**6),
    chance=st.floats(0, 1),
    delay=st.none() | st.floats(-1e9, 1e12),
)
def test_every_wait_is_ahead_and_bounded(interval: float, failures: int, chance: float, delay: float | None) -> None:
    assert 0 < wait(failures, failed("http", delay), interval=interval, chance=chance) <= 1.2 * DAY


def test_requests_to_one_aggregator_are_spaced_and_those_to_another_are_not_held_up() -> None:
    now = 1_000.0
    turns = Turns(lambda: now)
    search, other = "https://news.example/search?q={}", "https://other.example/rss"
    assert [turns.wait(search.format(number)) for number in range(3)] == [0, AGGREGATOR_SPACING_S, 20]
    assert turns.wait(other) == 0
    now += 25
    assert [turns.wait(search.format(number)) for number in range(2)] == [5, 15]
    now += 3600
    assert turns.wait(search.format(0)) == 0
