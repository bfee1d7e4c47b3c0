"""Errors of the network in words for people, as those of feeds are told: without a number, and without an address."""

from __future__ import annotations

import socket
import ssl
from urllib.error import URLError

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "no such host name, or no name server can be reached"),
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionResetError, "the server broke the connection off"),
    (TimeoutError, "no answer in time"),
    (ssl.SSLError, "the server does not speak TLS on this port"),
)
"""What an error means; a more special class stands before its base."""


def network_words(error: BaseException) -> str:
    """What went wrong; '' for an error that is none of the network's."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, BaseException) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {cause.verify_message}"
    return next((words for kind, words in _WORDS if isinstance(cause, kind)), "")
