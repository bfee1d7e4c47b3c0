"""Errors of the network are told in words that need no manual."""

from __future__ import annotations

import socket
import ssl
from urllib.error import URLError

import pytest

from monitor.channels.network_words import network_words


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no such host name, or no name server can be reached"),
        (URLError(socket.gaierror(-2, "x")), "no such host name, or no name server can be reached"),
        (ConnectionRefusedError(111, "Connection refused"), "the connection was refused"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "the server does not speak TLS on this port"),
        (TimeoutError("timed out"), "no answer in time"),
        (ValueError("another matter"), ""),
    ],
    ids=str,
)
def test_an_error_of_the_network_is_told_in_words(error: Exception, said: str) -> None:
    assert network_words(error) == said
