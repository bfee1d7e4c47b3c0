"""Other services, through the optional package `apprise`: one address per target, title and plain text.

The package returns only whether a message was accepted, and logs the reason. Its log may contain the address, which is
a secret, so this module only takes the status code from it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.messages.briefs import DeliveryReceipt
from monitor.errors import ChannelError

STATUS_IN_LOG = re.compile(r"\berror=(\d{3})\b")
RETRYABLE_STATUSES = frozenset({408, 409, 425, 429})
"""Temporary refusals; every other 4xx is permanent, and so is a redirect, which is not followed."""

_LOG = logging.getLogger("apprise")
_LOG.propagate = False
_LOG.setLevel(logging.WARNING)
logging.getLogger("urllib3").setLevel(logging.CRITICAL)
"""urllib3 would log each address."""


@dataclass(frozen=True)
class AppriseChannel:
    """Sends to targets by name. addresses: each target's secret address, in the form that apprise reads."""

    addresses: Mapping[str, str] = field(repr=False)

    def send(self, title: str, text: str, target: str) -> DeliveryReceipt:
        """Send the text to a target. Raises ChannelError: broken (the package is missing), permanent (the address or
        the message is refused), uncertain (no answer), else temporary."""
        service = self._service(target)
        with _StatusCapture() as codes:
            taken = service.notify(body=text, title=title, body_format="text")
        if taken:
            return DeliveryReceipt(ref=target)
        if not codes:
            problem = f"{target}: no answer; the message may have arrived"
            raise ChannelError(problem, subject=target, uncertain=True)
        final = 300 <= codes[-1] < 500 and codes[-1] not in RETRYABLE_STATUSES
        remedy = "; check its address in apprise.urls" if final else ""
        raise ChannelError(f"{target}: the service answered {codes[-1]}{remedy}", subject=target, permanent=final)

    def check(self) -> str:
        """Check that the package is installed and can read every address. Returns the names of the targets. Raises
        ChannelError."""
        for target in self.addresses:
            self._service(target)
        return ", ".join(self.addresses)

    def _service(self, target: str) -> Any:
        try:
            import apprise
        except ImportError:
            text = "the package apprise is missing; install it: pip install 'deal-monitor[apprise]'"
            raise ChannelError(text, subject="apprise", broken=True) from None
        # Not through a collection, which would send from its own threads and retry.
        with _StatusCapture():
            # A redirect could lead anywhere, with the message.
            asset = apprise.AppriseAsset(http_redirects=False)
            service = apprise.Apprise.instantiate(self.addresses.get(target, ""), asset=asset)
        if service is None:
            text = f"apprise cannot read the address of {target!r}; correct it in apprise.urls"
            raise ChannelError(text, subject=target, permanent=True)
        return service


class _StatusCapture(logging.Handler):
    """Collects the HTTP status codes that the package logs in this thread within a `with` block."""

    def __enter__(self) -> list[int]:
        self.codes: list[int] = []
        self._thread = threading.get_ident()
        _LOG.addHandler(self)
        return self.codes

    def __exit__(self, *_: object) -> None:
        _LOG.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.codes += map(int, STATUS_IN_LOG.findall(record.getMessage()))
