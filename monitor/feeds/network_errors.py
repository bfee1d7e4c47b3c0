"""Errors of the network -> FeedError with a plain reason, which never repeats an address's secrets."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp

from monitor.errors import FeedError, FeedErrorKind
from monitor.feeds.transport import AddressRefusedError, NameTimeoutError

_CERTIFICATE = {
    10: "its certificate has expired",
    9: "its certificate is not valid yet",
    18: "its certificate is self-signed",
    19: "its certificate chain ends in an authority that is not trusted",
    20: "its certificate is signed by an authority that is not trusted",
    21: "its certificate chain is incomplete",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}
"""OpenSSL's verify codes, in words."""

_Known = tuple[type[BaseException], FeedErrorKind, str]
_SPECIFIC_ERRORS: tuple[_Known, ...] = (
    (NameTimeoutError, "dns", "the name server did not answer in time"),
    (aiohttp.InvalidURL, "refused_address", "the address cannot be used"),
    (UnicodeError, "refused_address", "the host name cannot be used"),
)
_ERROR_KINDS: tuple[_Known, ...] = (
    (aiohttp.ClientConnectorDNSError, "dns", "no such host name, or no name server can be reached"),
    (asyncio.TimeoutError, "timeout", "no answer in time"),
    (aiohttp.ClientPayloadError, "network", "the answer was cut off or broken on the way"),
    (aiohttp.ServerDisconnectedError, "network", "the server closed the connection without a whole answer"),
    (ConnectionResetError, "network", "the server broke the connection off"),
    (ConnectionRefusedError, "network", "the connection was refused"),
    (aiohttp.ClientResponseError, "network", "the answer is not valid HTTP"),
)
"""What an error means. The specific ones are tried first: aiohttp wraps a refused address as if its name did not exist."""


def as_feed_error(error: BaseException, host: str, *, allowed_by: str = "") -> FeedError:
    """The FeedError for what aiohttp or the system raised while `host` was asked.

    allowed_by: the setting that would let a private address, where one would.
    """
    # The error and all that it wraps, outermost first; aiohttp keeps the system's errors in attributes of its own.
    causes: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        inner = queue.pop(0)
        if isinstance(inner, BaseException) and all(inner is not cause for cause in causes):
            causes.append(inner)
            wrapped = (getattr(inner, name, None) for name in ("os_error", "certificate_error"))
            queue += (*wrapped, inner.__cause__, inner.__context__)
    for known, kind, reason in _SPECIFIC_ERRORS:
        if any(isinstance(cause, known) for cause in causes):
            return FeedError(kind, f"{host}: {reason}")
    for cause in causes:
        if isinstance(cause, AddressRefusedError):
            remedy = f" ({allowed_by} lets it)" if allowed_by and cause.can_be_allowed else ""
            return FeedError("refused_address", f"{host}: refused to connect, {cause.strerror}{remedy}")
        # aiohttp's own error is an SSLError by name only: the one it wraps knows what is wrong.
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, aiohttp.ClientError):
            return FeedError("tls", f"{host}: {_certificate_reason(cause)}")
    for known, kind, reason in _ERROR_KINDS:
        if any(isinstance(cause, known) for cause in causes):
            return FeedError(kind, f"{host}: {reason}")
    # The system's words for the innermost error hold no address, else its kind must do.
    reason = type(causes[0]).__name__
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror and "address" not in cause.strerror.lower():
            reason = cause.strerror.lower()
    return FeedError("network", f"{host}: the connection failed ({reason})")


def _certificate_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{_CERTIFICATE.get(error.verify_code, 'its certificate cannot be trusted')}; not read"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return "it does not speak TLS on this port; http:// may be meant in place of https://"
    if error.reason and "PROTOCOL" in error.reason:
        return "it offers only outdated TLS"
    return f"the TLS handshake failed ({(error.reason or 'cut off').lower().replace('_', ' ')})"
