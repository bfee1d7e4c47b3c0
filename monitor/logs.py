"""Logging for the whole program: JSON lines, or plain columns on a terminal, to stderr, never with a secret. Messages
of libraries that use the standard `logging` pass through the same processors."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TextIO, cast
from urllib.parse import quote, quote_plus, urlsplit

import structlog
from structlog.typing import Processor

REDACTED = "[redacted]"

_SECRET_KEY = re.compile(r"password|passwd|secret|token|webhook|authorization|cookie|api_?key", re.IGNORECASE)
# Recognised without registration: Slack tokens, webhook paths, and the password inside an address.
_SECRET_SHAPE = re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)|(/services/)T\w+/B\w+/\w+|xox[a-z]-[\w-]+|xapp-[\w-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Replaced too: a title from a feed must not move the cursor or colour the terminal."""
_MIN_SECRET_LENGTH = 4
"""Characters; a shorter secret would redact ordinary words."""
_MIN_PART_LENGTH = 8
"""Characters; a shorter part of a secret address would redact ordinary words too (estimate)."""
MAX_TEXT = 4000
MAX_TRACEBACK = 20_000
"""Characters of one value (estimates). A feed or a model's answer is shortened, a traceback rarely."""
_NOISY_LOGGERS = ("aiohttp", "alembic", "asyncio", "mail.log", "slack_sdk", "sqlalchemy")


class Redactor:
    """Redacts known secrets, text shaped like one, and every value whose key names one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Longest first, so that a secret which contains another one is redacted whole.
        forms = {form for secret in secrets if len(secret) >= _MIN_SECRET_LENGTH for form in _forms(secret)}
        known = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        text = _SECRET_SHAPE.sub(lambda match: (match[1] or match[2] or "") + REDACTED, text)
        return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)

    def value(self, value: Any) -> Any:
        """Return `value` without secrets at any depth; anything but plain values and containers becomes text."""
        match value:
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self.text(str(key)): self._keyed(str(key), inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(inner) for inner in value]
        return self.text(str(value))

    def _keyed(self, key: str, value: Any) -> Any:
        counted = isinstance(value, int) and key.endswith("tokens")  # what a model cost
        return REDACTED if value and not counted and _SECRET_KEY.search(key) else self.value(value)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Redact one event and shorten long texts, as a structlog processor."""
        return {key: _shortened(key, self._keyed(key, value)) for key, value in event.items()}


def _in_order(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Puts the fields that every line has first, as a structlog processor."""
    first = ("timestamp", "level", "event", "logger")
    return {key: event[key] for key in (*(k for k in first if k in event), *(k for k in event if k not in first))}


def _brief(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Shortens an event for a terminal, as a structlog processor: time to the second, logger only for libraries."""
    if str(event.get("logger", "")).startswith("monitor."):
        del event["logger"]
    if len(stamp := str(event.get("timestamp", ""))) > len("2026-03-02T09:00:00"):
        event["timestamp"] = f"{stamp[:10]} {stamp[11:19]}Z"
    return event


def _forms(secret: str) -> Iterator[str]:
    """The forms of a secret in a text: plain, escaped, and for an address its parts, which libraries show alone."""
    yield from (secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1])
    if "://" not in secret:
        return
    try:
        parts = urlsplit(secret)
    except ValueError:  # brackets without an IPv6 address
        return
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    words = (*re.split(r"[/?&=]", path), *re.split(r"[:@]", parts.netloc.rpartition("@")[0]))
    secret_words = (word for word in words if re.search(r"\d", word) or len(word) >= 2 * _MIN_PART_LENGTH)
    yield from (part for part in (path, path.lstrip("/"), *secret_words) if len(part) >= _MIN_PART_LENGTH)


def _shortened(key: str, value: Any) -> Any:
    limit = MAX_TRACEBACK if key == "exception" else MAX_TEXT
    if isinstance(value, list):
        return [_shortened(key, inner) for inner in value]
    if isinstance(value, dict):
        return {name: _shortened(name, inner) for name, inner in value.items()}
    if not isinstance(value, str) or len(value) <= limit:
        return value
    return f"{value[:limit]}… ({len(value):,} characters)"


class _Handler(logging.StreamHandler[TextIO]):
    """Our handler, distinct from other handlers of the root logger."""


def setup_logging(
    *, level: str = "info", secrets: Iterable[str] = (), stream: TextIO | None = None, as_json: bool | None = None
) -> None:
    """Log to `stream` (None: stderr) from `level` on. `as_json` None: columns on a terminal, else JSON lines. A second
    call replaces the first, for instance once the configuration has given the secrets."""
    stream = sys.stderr if stream is None else stream
    as_json = not stream.isatty() if as_json is None else as_json
    level = level.upper()
    added: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # The pretty tracebacks of structlog print local variables, and so unregistered secrets.
    plain = structlog.dev.ConsoleRenderer(
        pad_event_to=16, colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    shown: list[Processor] = [_brief, plain]
    if as_json:
        shown = [_in_order, structlog.processors.JSONRenderer(ensure_ascii=False)]
    processors: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        cast(Processor, Redactor(secrets)),
        *shown,
    ]
    handler = _Handler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=added, processors=processors))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(level if level == "DEBUG" else logging.WARNING)
    # Its warning (a job still running) is harmless: due rows decide, and monitor.runtime.scheduler listens to errors.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # It tells of each job; what matters is logged by `runtime.fleet`.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    # It warns of every request that is not HTTP, which no operator can fix.
    logging.getLogger("uvicorn").setLevel(level if level == "DEBUG" else logging.ERROR)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *added, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))


def bound(**ids: str) -> AbstractContextManager[None]:
    """Adds these ids to every log line of this thread while the block lasts, also to lines of libraries."""
    return structlog.contextvars.bound_contextvars(**ids)
