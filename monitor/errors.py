"""The exception tree of the whole program. Every error has a `subject` (the feed, file or channel concerned), so that
one place can log all errors the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


class MonitorError(Exception):
    """Base of all errors that the program raises on purpose."""

    def __init__(self, message: str, *, subject: str = "") -> None:
        super().__init__(message)
        self.subject = subject


class ConfigError(MonitorError):
    """The configuration is missing, unreadable or wrong. The message names file, line and remedy."""


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One problem in one place of a file that a person edits (line and column count from 1)."""

    path: str
    line: int
    column: int
    severity: Literal["error", "warning"]
    code: str
    message: str
    hint: str = ""
    source: str = ""

    def __str__(self) -> str:
        remedy = f" ({self.hint})" if self.hint else ""
        return f"{self.path}:{self.line}:{self.column}: {self.severity}[{self.code}]: {self.message}{remedy}"


class RuleError(MonitorError):
    """The rules cannot be used; `issues` holds all problems, each with its place."""

    def __init__(self, issues: Sequence[Issue], *, subject: str = "rules") -> None:
        super().__init__("\n".join(str(issue) for issue in issues), subject=subject)
        self.issues = tuple(issues)


_AnswerErrorKind = Literal["http", "gone", "rate_limited", "redirects", "too_large"]
_ConnectionErrorKind = Literal["timeout", "network", "tls", "dns", "refused_address"]
_ContentErrorKind = Literal["not_a_feed", "empty", "unreadable", "challenge"]
FeedErrorKind = Literal[_AnswerErrorKind, _ConnectionErrorKind, _ContentErrorKind]


class FeedError(MonitorError):
    """One poll of one feed failed. status: the HTTP status, or None. retry_after: the delay in seconds that the
    server asked for."""

    def __init__(
        self,
        kind: FeedErrorKind,
        message: str,
        *,
        subject: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, subject=subject)
        self.kind, self.status, self.retry_after = kind, status, retry_after


class StoreError(MonitorError):
    """The database cannot be used as it is; the message says what to do."""


class BackupError(MonitorError):
    """A backup cannot be written, or an archive is not whole; `subject` is the file."""


class RenderError(MonitorError):
    """A template failed; `subject` is its file name."""


class ChannelError(MonitorError):
    """A send failed.

    permanent: trying again cannot help (unknown channel, refused recipient).
    uncertain: the other side may have accepted the message (the answer was lost).
    broken: the whole channel is unusable until a person repairs it (revoked token, refused password).
    retry_after: seconds that the other side asked us to wait; None if it did not.
    """

    def __init__(
        self,
        message: str,
        *,
        subject: str = "",
        permanent: bool = False,
        uncertain: bool = False,
        broken: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, subject=subject)
        self.permanent, self.uncertain, self.broken, self.retry_after = permanent, uncertain, broken, retry_after


class ReaderError(MonitorError):
    """The model's server gave no usable answer. unusable: the answer to this request is unusable; a request with other
    stories may succeed. slow: there was no answer in time; a request with fewer stories may succeed. spent: the server
    may have processed the request, so its tokens count. tokens: the server's count, or None. retry_after: the seconds
    that the server asked us to wait, or None."""

    def __init__(
        self,
        message: str,
        *,
        subject: str = "",
        unusable: bool = False,
        slow: bool = False,
        spent: bool = True,
        tokens: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, subject=subject)
        self.unusable, self.slow, self.spent = unusable, slow, spent
        self.tokens, self.retry_after = tokens, retry_after


class ReaderRefusedError(ReaderError):
    """The model's server refuses every request until a person corrects the key, the model or the address."""


class ReplayError(MonitorError):
    """A line of a story file cannot be used; the message names the line."""
