"""What a running program tells the service manager that started it: systemd, by the socket that $NOTIFY_SOCKET names.

Without that variable nothing is told. Nothing that goes wrong here stops the program: a manager that hears nothing acts by itself.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.errors import StoreError
from monitor.logs import get_logger

if TYPE_CHECKING:
    from monitor.runtime.liveness.signs_of_life import SignsOfLife

log = get_logger(__name__)

STATUS_SECONDS = 60.0
"""Between two lines of status: each reads the states of the feeds."""


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """Who is told. address: of its socket, '' for nobody. watchdog_seconds: the longest it waits for a sign; None: it wants none."""

    address: str = ""
    watchdog_seconds: float | None = None

    def tell(self, *facts: str) -> None:
        """Send these facts ("READY=1") as one message. Never raises."""
        if not self.address:
            return
        # A name that begins with @ is one of the abstract name space, which is written with a zero byte.
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.connect(address)
                sender.sendall("\n".join(facts).encode())
        except OSError as error:
            log.debug("the service manager could not be told", facts=facts, error=str(error))


def service_manager(environ: Mapping[str, str], process: int) -> ServiceManager:
    """The manager that the environment names, and how often it wants a sign of this process."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    ours = environ.get("WATCHDOG_PID", str(process)) == str(process)
    seconds = int(microseconds) / 1e6 if microseconds.isdecimal() and ours else None
    return ServiceManager(environ.get("NOTIFY_SOCKET", ""), seconds or None)


@dataclass(slots=True)
class ServiceReports:
    """Tells the manager of one program that it is ready, how it does, that it works, and that it ends.

    signs: of its jobs. describe: its state in one line; may raise StoreError. It is called from the main thread, so that neither a
    main thread nor a job that hangs is told as working.
    """

    manager: ServiceManager
    signs: SignsOfLife
    describe: Callable[[], str]
    _ready: bool = False
    _told: dict[str, float] = field(default_factory=dict)

    def turn(self, now: datetime, at: float) -> None:
        """Tell what is due on this turn of the main loop. at: seconds of a clock that is never set."""
        if not self.manager.address:
            return
        if not self._ready and self.signs.ended_well:
            self._ready = True
            self.manager.tell("READY=1")
        if self._ready and self._is_due("status", STATUS_SECONDS, at):
            self._tell_status()
        # A quarter of what it waits, so that one message that is lost or late does no harm.
        watchdog = self.manager.watchdog_seconds
        if watchdog is not None and not self.signs.stalled(now) and self._is_due("watchdog", watchdog / 4, at):
            self.manager.tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Tell that the program ends."""
        self.manager.tell("STOPPING=1", "STATUS=ending what is under way")

    def _tell_status(self) -> None:
        try:
            self.manager.tell(f"STATUS={' '.join(self.describe().split())}")
        except StoreError as error:
            self.manager.tell(f"STATUS={' '.join(str(error).split())}")

    def _is_due(self, what: str, seconds: float, at: float) -> bool:
        if what in self._told and at - self._told[what] < seconds:
            return False
        self._told[what] = at
        return True


def of_this_process() -> ServiceManager:
    """The manager of this very process."""
    return service_manager(os.environ, os.getpid())
