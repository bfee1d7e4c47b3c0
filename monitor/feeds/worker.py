"""Parses feeds in a child process, so that a hostile body costs one poll and nothing more.

The child has limits of processor time and memory. It parses one body at a time and is replaced after some number of
them, or after any accident. It receives bytes and returns JSON: nothing in its answer is executed here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Pipe
from typing import Any

from monitor.domain.model.news import Entry
from monitor.errors import FeedError
from monitor.feeds.items import ParsedFeed
from monitor.feeds.parse_child import NO_MEMORY
from monitor.feeds.url_policy import redacted_url

_ANSWER_LIMIT = 64_000_000
_PROGRAM = "import sys; from monitor.feeds.parse_child import serve; serve(*map(int, sys.argv[1:]))"
_START_S = 60.0
"""Seconds that a child may take to load; a busy machine needs several."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Limits of a child: processor and clock seconds for a body, megabytes in all, bodies before it is replaced."""

    cpu_s: int = 5
    wall_s: float = 60.0
    memory_mb: int = 768
    parses: int = 500


class ParseWorker(AbstractContextManager["ParseWorker"]):
    """Manages one child process, started at the first parse. Threads may share it; they take turns."""

    def __init__(self, limits: WorkerLimits | None = None) -> None:
        self._limits = limits or WorkerLimits()
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._stopped = False

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the child for good: no other is started, and one that another thread is starting now ends too."""
        self._stopped = True
        self.close()

    def close(self) -> None:
        """End the child at once, even during a parse. A later parse starts a new one."""
        child, self._child = self._child, None
        if child:
            child.end()

    def parse(
        self, body: bytes, *, url: str, content_type: str | None, zone: str = "UTC", now: datetime | None = None
    ) -> ParsedFeed:
        """As `parse.parse`; a body that crashes the child or exceeds its limits is FeedError unreadable."""
        subject = redacted_url(url)
        moment = now.isoformat() if now else None
        options = {"url": url, "content_type": content_type, "zone": zone, "now": moment}
        with self._lock:
            answer = self._exchange(json.dumps(options).encode(), body, subject)
        try:
            if error := answer.get("error"):
                raise FeedError(error["kind"], error["message"], subject=subject)
            title, rows, version, lang, warnings = answer["feed"]
            entries = (
                Entry(key, name, link, at and datetime.fromisoformat(at), *more) for key, name, link, at, *more in rows
            )
            return ParsedFeed(title, tuple(entries), version, lang, tuple(warnings))
        except (LookupError, TypeError, ValueError) as error:
            raise FeedError("unreadable", "the parser gave an answer of the wrong shape", subject=subject) from error

    def _exchange(self, options: bytes, body: bytes, subject: str) -> dict[str, Any]:
        """The child's answer to one body. Raises FeedError unreadable without one."""
        try:
            # A child that died between two bodies is replaced.
            if self._child and self._child.process.poll() is not None:
                self.close()
            if self._child is None and not self._stopped:
                self._child = _Child(self._limits)
        except OSError as error:
            message = f"no parser process can be started: {error.strerror}"
            raise FeedError("unreadable", message, subject=subject) from error
        child = self._child
        if child is None or self._stopped:
            self.close()
            raise FeedError("unreadable", "the parser was stopped", subject=subject)
        try:
            answer = child.ask(options, body)
        except _LostError as lost:
            self.close()
            raise FeedError("unreadable", f"the parser {lost}", subject=subject) from lost
        except BaseException:  # a signal to this process: a late answer must not be taken for the next one
            self.close()
            raise
        if child.parses >= self._limits.parses or answer.get("spent"):
            self.close()
        return answer


class _LostError(Exception):
    """The child gave no answer. The message completes "the parser ..."."""


class _Child:
    """One process and the pipe to it."""

    def __init__(self, limits: WorkerLimits) -> None:
        self._limits = limits
        self.parses = 0
        # The child gets only the variables that it needs: others may hold secrets.
        passed = ("PATH", "LANG", "LC_ALL", "TZDIR", "PYTHONTZPATH")
        environment = {name: os.environ[name] for name in passed if name in os.environ}
        environment |= {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"}
        self._pipe, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", _PROGRAM, str(theirs.fileno()), str(limits.cpu_s), str(limits.memory_mb)],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # the parent handles Ctrl-C and a group's SIGTERM, and ends the child itself
            )
        try:
            ready = self._pipe.poll(_START_S) and self._pipe.recv_bytes(16) == b"ready"
        except (OSError, EOFError):
            ready = False
        if not ready:
            self.end()
            raise FeedError("unreadable", f"the parser process did not start (exit {self.process.returncode})")

    def ask(self, options: bytes, body: bytes) -> dict[str, Any]:
        """The child's answer. Raises _LostError without one."""
        self.parses += 1
        try:
            self._pipe.send_bytes(options)
            self._pipe.send_bytes(body)
            if not self._pipe.poll(self._limits.wall_s):
                raise _LostError(f"took longer than {self._limits.wall_s:g} s and was stopped")
            answer: dict[str, Any] = json.loads(self._pipe.recv_bytes(_ANSWER_LIMIT))
        except (OSError, EOFError, ValueError) as error:
            try:
                code = self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                raise _LostError("gave no usable answer and was stopped") from error
            reason = f"needed more than {self._limits.memory_mb} MB" if code == NO_MEMORY else f"crashed (exit {code})"
            if code in (-signal.SIGXCPU, -signal.SIGKILL):
                reason = f"used more than {self._limits.cpu_s} s of processor time or was killed by the system"
            raise _LostError(reason) from error
        return answer

    def end(self) -> None:
        self._pipe.close()
        self.process.kill()
        self.process.wait()
