"""What the answers of model servers say. Servers with one protocol put the same things into different places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

MAX_TOKENS = 10_000_000
"""More than any request takes; a larger count of a server is ignored."""
_KEY = "correct DEAL_MONITOR_READER__KEY or the file reader__key"
_NEEDS_PERSON: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: f"the key is refused; {_KEY}",
    HTTPStatus.FORBIDDEN: "the key may not use this model; change DEAL_MONITOR_READER__KEY or the file reader__key",
    HTTPStatus.PAYMENT_REQUIRED: "the account has no credit left; add some",
    HTTPStatus.NOT_FOUND: "no such model or address; check model and base_url (which often ends in /v1) in [reader]",
}
_REDIRECT = "redirects are not followed; write the final address as base_url"
_WORDS_OF: tuple[tuple[int, re.Pattern[str]], ...] = (
    (HTTPStatus.PAYMENT_REQUIRED, re.compile(r"insufficient_quota|billing_hard_limit_reached")),
    (
        HTTPStatus.UNAUTHORIZED,
        re.compile(r"invalid_api_key|api_key_invalid|(invalid|incorrect) api key|api key not valid"),
    ),
    (
        HTTPStatus.NOT_FOUND,
        re.compile(r"model_not_found|model\b.{0,80}(not found|not exist|unknown)|(unknown|invalid|no such) model"),
    ),
)
"""By status: the codes and words of errors that mean the same, whatever their own status."""
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|context.{0,12}(length|size|window)"
    r"|(prompt|input|messages?).{0,8} too long"
)
_NUMBER = re.compile(r"\d{3,8}")
_REDIRECTS = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)


@dataclass(frozen=True, slots=True)
class ServerError:
    """An error of a server. text: for people; named: everything in it that may name a parameter, in lower case."""

    text: str = ""
    code: str = ""
    param: str = ""

    @property
    def named(self) -> str:
        return " ".join((self.code, self.param, self.text)).casefold()

    @property
    def is_too_long(self) -> bool:
        """Whether the request exceeds the model's context."""
        return _TOO_LONG.search(self.named) is not None

    def tokens_needed(self, estimate: int) -> int:
        """The size of the request in tokens: the largest number that the server names, if it exceeds our estimate."""
        return max(estimate, *map(int, _NUMBER.findall(self.text)), 0)

    def remedy(self, status: int) -> str:
        """What a person must repair; '' if the server may answer the next request."""
        if status in _REDIRECTS:
            return _REDIRECT
        meant = next((code for code, words in _WORDS_OF if words.search(self.named)), status)
        return _NEEDS_PERSON.get(meant, "")


def error_in(body: Mapping[str, Any]) -> ServerError:
    """The error of an answer, in one of four shapes: `error` as an object (OpenAI) or a text (Ollama), `detail`
    (FastAPI), `message` (vLLM)."""
    error = body.get("error")
    if isinstance(error, dict):
        text, code, param = (str(error.get(name) or "") for name in ("message", "code", "param"))
        return ServerError(text, f"{code} {error.get('type') or ''}".strip(), param)
    if isinstance(error, str):
        return ServerError(error)
    detail = body.get("detail")
    if isinstance(detail, list):
        return ServerError("; ".join(_details(detail)))
    message = detail if isinstance(detail, str) else body.get("message")
    return ServerError(message if isinstance(message, str) else "")


def _details(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        if isinstance(row, dict):
            place = row.get("loc")
            where = ".".join(map(str, place)) if isinstance(place, list) else ""
            yield f"{where}: {row.get('msg')}" if where else str(row.get("msg"))


def object_in(body: bytes) -> Mapping[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def tokens_used(body: Mapping[str, Any]) -> int | None:
    """The server's count for question and answer; None if it does not count."""
    usage = body.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    used = counts.get("total_tokens")
    if used is None:
        parts = (counts.get("prompt_tokens"), counts.get("completion_tokens"))
        used = sum(part for part in parts if isinstance(part, int))
    return used if isinstance(used, int) and not isinstance(used, bool) and 0 < used <= MAX_TOKENS else None


def answer_text(message: Mapping[str, Any]) -> str:
    """The text of an answer: the content without thoughts, else the arguments of a tool call, else the reasoning, in
    which some servers put everything."""
    content = _joined(message.get("content"))
    _thought, _, after = content.rpartition("</think>")
    if after.strip() and "<think>" not in after:
        return after
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict) and isinstance(function.get("arguments"), str):
            return str(function["arguments"])
    return _reasoning(message)


def has_thought(message: Mapping[str, Any]) -> bool:
    """Whether the model wrote thoughts apart from its answer."""
    return "<think>" in _joined(message.get("content")) or bool(_reasoning(message).strip())


def _joined(content: Any) -> str:
    """The text of a content, which some servers give in parts."""
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _reasoning(message: Mapping[str, Any]) -> str:
    return _joined(message.get("reasoning_content") or message.get("reasoning"))
