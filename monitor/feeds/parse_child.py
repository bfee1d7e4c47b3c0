"""The child process of `worker`: parses one body after the other. It holds no more of this program than parsing needs."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from monitor.errors import FeedError

if TYPE_CHECKING:
    from monitor.feeds.items import ParsedFeed

NO_MEMORY = 77
"""The exit code when memory ran out where no answer could be given any more."""
_NEEDLESS = ("ssl", "_ssl", "_hashlib", "bz2", "lzma")
"""What Python's modules for the network load beside themselves, and do without where it is absent: OpenSSL and two compressions,
six megabytes. The child connects to nothing; hashes it makes with Python's own functions."""


def serve(handle: int, cpu_s: int, memory_mb: int) -> None:
    """The main loop: two messages in (options, body), one out, until the parent closes the pipe."""
    import resource

    for needless in _NEEDLESS:
        sys.modules[needless] = None  # type: ignore[assignment]
    from monitor.feeds.parse import parse  # loaded before the bounds on memory and files are set

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
            # From what is used by now, `cpu_s` seconds more; beyond them the system ends this process.
            usage = resource.getrusage(resource.RUSAGE_SELF)
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + cpu_s + 1, hard))
            pipe.send_bytes(json.dumps(_answer(parse, options, body)).encode())
    except MemoryError:
        os._exit(NO_MEMORY)  # nothing more can be relied on here, not even an orderly end
    except (EOFError, OSError):
        return


def _answer(parse: Callable[..., ParsedFeed], options: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The feed as JSON, or its error; `spent` where the child had better be replaced."""
    from monitor.feeds.items import row_of_entry  # here, since `serve` first sees to what it loads

    options["now"] = datetime.fromisoformat(options["now"]) if options["now"] else None
    try:
        feed = parse(body, **options)
    except FeedError as error:
        spent = isinstance(error.__cause__, MemoryError | RecursionError)
        return {"error": {"kind": error.kind, "message": str(error)}, "spent": spent}
    entries = [row_of_entry(entry) for entry in feed.entries]
    return {"feed": [feed.title, entries, feed.version, feed.lang, feed.warnings]}
