"""Network errors in plain words, without error numbers and addresses."""

from __future__ import annotations

import socket
import ssl
from urllib.error import URLError

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the host name is unknown, or no name server can be reached"),
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionResetError, "the server closed the connection"),
    (TimeoutError, "no answer in time"),
    (ssl.SSLError, "the server does not speak TLS on this port"),
)
"""Type of error and its text; subclasses come before their bases."""


def network_error_text(error: BaseException) -> str:
    """The text of a network error; '' for any other error."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, BaseException) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {cause.verify_message}"
    return next((words for kind, words in _WORDS if isinstance(cause, kind)), "")
