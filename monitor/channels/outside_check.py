"""The outside check of [heartbeat]: one GET that reports a healthy monitor. Its address is a secret, so no error shows
it."""

from __future__ import annotations

from http import HTTPStatus
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from monitor.channels.network_errors import network_error_text
from monitor.errors import ChannelError

DEADLINE_SECONDS = 10.0
"""For the whole call, with the look-up of the name; such services answer within a second (estimate)."""
_SUBJECT = "heartbeat"
_WRONG_ADDRESS = "; check DEAL_MONITOR_HEARTBEAT__URL or the file heartbeat__url"


class _NoRedirects(HTTPRedirectHandler):
    """A redirect could lead anywhere."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none: the answer is then an HTTPError."""


def call_outside_check(url: str, *, deadline_s: float = DEADLINE_SECONDS, remedy: str = _WRONG_ADDRESS) -> None:
    """One GET; the content of the answer is ignored. Raises ChannelError: permanent, with the remedy, if the address is
    wrong. It runs in a thread, because the system's look-up of a name has no deadline. A thread that hangs ends when
    the look-up does."""
    failed: list[ChannelError] = []
    asking = Thread(target=_ask, args=(url, deadline_s, remedy, failed), name="outside check", daemon=True)
    asking.start()
    asking.join(deadline_s)
    if asking.is_alive():
        raise ChannelError(f"no answer within {deadline_s:g} seconds", subject=_SUBJECT)
    if failed:
        raise failed[0] from None


def _ask(url: str, timeout_s: float, remedy: str, failed: list[ChannelError]) -> None:
    request = Request(url, headers={"User-Agent": "deal-monitor"})  # noqa: S310 - the settings only allow http and https
    try:
        with build_opener(_NoRedirects).open(request, timeout=timeout_s):
            return
    except HTTPError as error:
        if HTTPStatus.MULTIPLE_CHOICES <= error.code < HTTPStatus.BAD_REQUEST:
            text = f"HTTP {error.code}: it redirects, and redirects are not followed; set the target address"
            failed.append(ChannelError(text, subject=_SUBJECT, permanent=True))
        else:
            wrong = error.code in (401, 403, 404, 410)
            text = f"HTTP {error.code}: it refused the call{remedy if wrong else ''}"
            failed.append(ChannelError(text, subject=_SUBJECT, permanent=wrong))
    except Exception as error:  # noqa: BLE001 - any failure means that the call was not answered
        words = network_error_text(error) or f"the call failed ({type(error).__name__})"
        failed.append(ChannelError(words, subject=_SUBJECT))
