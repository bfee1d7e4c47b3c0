"""The outside check is called once, and no error shows its address."""

from __future__ import annotations

import pytest

from monitor.channels.outside_check import call_outside_check
from monitor.errors import ChannelError
from tests.builders.channel_servers import closed_port
from tests.builders.outside_check import outside_check

SECRET = "/ping/3f0c-secret"


def failure(url: str, deadline_s: float = 5) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        call_outside_check(url, deadline_s=deadline_s)
    assert "secret" not in str(caught.value)
    assert "ping" not in repr(caught.value.__cause__)
    return caught.value


def test_a_call_is_one_get_of_the_whole_address() -> None:
    with outside_check() as check:
        call_outside_check(check.url(f"{SECRET}?rid=1"))
    assert check.calls == [f"{SECRET}?rid=1"]


@pytest.mark.parametrize(
    ("status", "said", "permanent"),
    [
        (404, "HTTP 404: it refused the call; check DEAL_MONITOR_HEARTBEAT__URL or the file heartbeat__url", True),
        (302, "HTTP 302: it redirects, and no redirect is followed; give the address that it leads to", True),
        (503, "HTTP 503: it refused the call", False),
    ],
)
def test_what_the_check_answers_is_told_in_words(status: int, said: str, permanent: bool) -> None:
    with outside_check(status=status) as check:
        error = failure(check.url(SECRET))
        assert len(check.calls) == 1, "no redirect is followed"
    assert (str(error), error.permanent) == (said, permanent)


def test_nobody_listening_is_told_in_words() -> None:
    assert str(failure(f"http://127.0.0.1:{closed_port()}{SECRET}")) == "the connection was refused"


def test_a_check_that_never_answers_ends_at_the_deadline() -> None:
    with outside_check(hangs=True) as check:
        assert str(failure(check.url(SECRET), 0.2)) in ("no answer within 0.2 seconds", "no answer in time")
