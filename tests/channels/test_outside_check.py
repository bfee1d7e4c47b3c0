"""The outside check is called once, and no error shows its address."""

import socket
import ssl
from urllib.error import URLError

import pytest

from monitor.channels.network_errors import network_error_text
from monitor.channels.outside_check import call_outside_check
from monitor.errors import ChannelError
from tests.builders.channel_servers import closed_port
from tests.builders.golden_wording import GoldenWording
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


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (302, True), (503, False)])
def test_an_error_is_permanent_if_the_address_is_wrong(status: int, wording: GoldenWording, *, permanent: bool) -> None:
    with outside_check(status=status) as check:
        error = failure(check.url(SECRET))
        assert len(check.calls) == 1, "no redirect is followed"
    assert error.permanent is permanent
    wording(str(error))


def test_a_check_that_cannot_be_reached_or_never_answers_is_a_temporary_error() -> None:
    assert not failure(f"http://127.0.0.1:{closed_port()}{SECRET}").permanent
    with outside_check(hangs=True) as check:
        assert not failure(check.url(SECRET), 0.2).permanent


@pytest.mark.parametrize(
    "error",
    [
        socket.gaierror(-2, "Name or service not known"),
        URLError(socket.gaierror(-2, "x")),
        ConnectionRefusedError(111, "Connection refused"),
        ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"),
        TimeoutError("timed out"),
        ValueError("another matter"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_network_error_has_plain_words(error: Exception, wording: GoldenWording) -> None:
    wording(network_error_text(error))
