"""The child process of `worker`: parses one body after another. It loads only the modules that parsing needs."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import astuple
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from monitor.errors import FeedError

NO_MEMORY = 77
"""The exit code when memory ran out and no answer could be sent."""
_NEEDLESS = ("ssl", "_ssl", "_hashlib", "bz2", "lzma")
"""Modules that Python's network modules load and can do without: OpenSSL and two compressions, six megabytes. The
child opens no connection; Python's own functions make its hashes."""


def serve(handle: int, cpu_s: int, memory_mb: int) -> None:
    """The main loop: receive two messages (options, body) and send one answer, until the parent closes the pipe. An
    answer is JSON with the feed's fields in order, or with its error; `spent` asks the parent to replace this
    process."""
    import resource

    for needless in _NEEDLESS:
        sys.modules[needless] = None  # type: ignore[assignment]
    from monitor.feeds.parse import parse  # before the limits on memory and files are set

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    parse(b"<rss version='2.0'><channel><title>-</title></channel></rss>", url="", content_type=None)
    for what, most in ((resource.RLIMIT_AS, memory_mb << 20), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    pipe: Connection[Any, Any] = Connection(handle)
    pipe.send_bytes(b"ready")
    try:
        while True:
            options, body = json.loads(pipe.recv_bytes()), pipe.recv_bytes()
            # `cpu_s` seconds from here; beyond them the system ends this process.
            usage = resource.getrusage(resource.RUSAGE_SELF)
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + cpu_s + 1, hard))
            options["now"] = datetime.fromisoformat(options["now"]) if options["now"] else None
            answer: dict[str, Any]
            try:
                answer = {"feed": astuple(parse(body, **options))}
            except FeedError as error:
                spent = isinstance(error.__cause__, MemoryError | RecursionError)
                answer = {"error": {"kind": error.kind, "message": str(error)}, "spent": spent}
            pipe.send_bytes(json.dumps(answer, default=datetime.isoformat).encode())
    except MemoryError:
        os._exit(NO_MEMORY)  # no code is reliable any more, not even an orderly end
    except (EOFError, OSError):
        return
