"""A server that speaks the OpenAI chat-completions protocol: one question, one answer, and nothing else of what it can do.

No tools, no redirects, no cookies; an answer is bounded in size and time. Nothing that is sent or received is logged, and no error shows
the key, whatever the server puts into its own words.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

from monitor.domain.text.plain import truncated
from monitor.errors import FeedError, ReaderError, ReaderRefusedError
from monitor.feeds.network_errors import as_feed_error
from monitor.feeds.responses import ACCEPT_ENCODING, read_body, retry_after
from monitor.feeds.transport import open_session

MAX_ANSWER = 2 * 2**20
"""Bytes of an answer, unpacked: fifty stories with long quotes take a twentieth."""
CONNECT_SECONDS = 10.0
"""An estimate: a connection that takes longer does not come about."""
MAX_TOKENS = 10_000_000
"""More than any request takes: a larger count of a server is none."""
_STOP_CHECK_S = 0.2
"""Seconds between two looks at whether the program stops."""
_SAID = 200
"""Characters shown of what a server says of an error."""
_NEEDS_PERSON: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "the key is refused; give a valid one as DEAL_MONITOR_READER__KEY or in a file reader__key",
    HTTPStatus.FORBIDDEN: "the key may not use this model; give another as DEAL_MONITOR_READER__KEY or in a file reader__key",
    HTTPStatus.PAYMENT_REQUIRED: "the account has no credit left; add some",
    HTTPStatus.NOT_FOUND: "no such model or address; check model and base_url (which often ends in /v1) in [reader]",
}
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""Codes of servers that say with 429 that no waiting helps."""
_OF_THE_REQUEST = frozenset({400, 413, 422})
"""Statuses that complain of this very request: too long for the model, or of a form that it does not take."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What a model says. tokens: what the server counted for question and answer; None if it did not count."""

    content: str
    tokens: int | None


class _SchemaRefusedError(Exception):
    """The server cannot hold its model to a schema."""


class ChatServer:
    """A model on a server. timeout_s: seconds for one whole request. Requests come one after the other.

    A server that refuses JSON by schema is asked for JSON of any form from then on: what it holds is checked in any case.
    """

    def __init__(self, base_url: str, model: str, key: str = "", timeout_s: float = 30.0) -> None:
        self.model = model
        self._url, self._key, self._timeout_s = base_url.rstrip("/"), key, timeout_s
        self._host = urlsplit(base_url).hostname or ""
        self._by_schema = True

    @property
    def place(self) -> str:
        """The model and its server, for people. The port is part of it: what failed at one says nothing of another."""
        return f"{self.model} at {urlsplit(self._url).netloc}"

    def ask(
        self,
        question: str,
        stories: str,
        schema: Mapping[str, Any],
        *,
        stop: Event | None = None,
        timeout_s: float | None = None,
    ) -> ChatAnswer:
        """The answer to a question about stories. Raises ReaderError, and ReaderRefusedError where only a person can help.

        stop: once set, the request is given up within a second. timeout_s: less than the usual time.
        """
        messages = [{"role": "system", "content": question}, {"role": "user", "content": stories}]
        request = {"model": self.model, "messages": messages, "temperature": 0}
        strict = {"type": "json_schema", "json_schema": {"name": "readings", "strict": True, "schema": dict(schema)}}
        limit = min(timeout_s or self._timeout_s, self._timeout_s)
        if self._by_schema:
            try:
                return self._ask({**request, "response_format": strict}, limit, stop)
            except _SchemaRefusedError:
                self._by_schema = False
        return self._ask({**request, "response_format": {"type": "json_object"}}, limit, stop)

    def models(self, timeout_s: float) -> tuple[str, ...]:
        """The models that the server lists; empty where it keeps no list. Raises ReaderError as `ask` does."""
        status, _, body = self._run(self._exchange("GET", "/models", None, timeout_s), None)
        if status == HTTPStatus.NOT_FOUND:
            return ()
        if status != HTTPStatus.OK:
            raise self._refusal(status, None, body)
        listed = _value_of(body).get("data")
        rows = listed if isinstance(listed, list) else []
        return tuple(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)

    def _ask(self, request: Mapping[str, Any], timeout_s: float, stop: Event | None) -> ChatAnswer:
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        status, wait_s, answer = self._run(self._exchange("POST", "/chat/completions", body, timeout_s), stop)
        if status != HTTPStatus.OK:
            raise self._refusal(status, wait_s, answer, by_schema=request["response_format"]["type"] == "json_schema")
        return self._answer_in(answer)

    def _run(self, exchange: Coroutine[Any, Any, T], stop: Event | None) -> T:
        """The outcome of an exchange, unless the program stops meanwhile."""

        async def watched() -> T:
            task = asyncio.ensure_future(exchange)
            while not task.done():
                if stop is not None and stop.is_set():
                    task.cancel()
                    raise ReaderError(f"{self._host}: stopped before the answer was complete")
                await asyncio.wait({task}, timeout=_STOP_CHECK_S)
            return task.result()

        return asyncio.run(watched())

    async def _exchange(
        self, method: str, path: str, body: bytes | None, timeout_s: float
    ) -> tuple[int, float | None, bytes]:
        """Status, seconds to wait if the server names them, and the body."""
        headers = {"Accept": "application/json", "Accept-Encoding": ACCEPT_ENCODING, "Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        # The deadline is the one of the whole request: no shorter one may hide whether the server was reached.
        times = {"connect_s": min(CONNECT_SECONDS, timeout_s / 2), "read_s": timeout_s + 1}
        deadline, reached = asyncio.timeout(timeout_s), False
        try:
            async with (
                deadline,
                open_session(allow_private=True, headers=headers, **times) as session,
                session.request(method, self._url + path, data=body, allow_redirects=False) as response,
            ):
                reached = True
                return response.status, retry_after(response), await _body_of(response)
        except FeedError as error:
            raise ReaderError(f"{self._host}: {error}") from None
        except Exception as error:  # noqa: BLE001 - aiohttp's texts may show the address; whatever it is, the rules go on
            if deadline.expired():
                raise ReaderError(f"{self._host}: no whole answer within {timeout_s:g} s") from None
            raise ReaderError(str(as_feed_error(error, self._host)), spent=reached) from None

    def _answer_in(self, body: bytes) -> ChatAnswer:
        """The text of a completion. Raises ReaderError if there is none, or it is cut off or refused."""
        value = _value_of(body)
        tokens = _tokens_in(value.get("usage"))
        choices = value.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise ReaderError(f"{self._host}: the answer is no chat completion", tokens=tokens)
        content, refusal = message.get("content"), message.get("refusal")
        trouble = ""
        if refusal:
            trouble = f"the model refused to answer: {self._shown(refusal)}"
        elif choice.get("finish_reason") == "length":
            trouble = "the answer is cut off: it is too long for the model"
        elif not isinstance(content, str) or not content.strip():
            trouble = "the answer is empty"
        if trouble:
            raise ReaderError(f"{self._host}: {trouble}", unusable=True, tokens=tokens)
        return ChatAnswer(str(content), tokens)

    def _refusal(self, status: int, wait_s: float | None, body: bytes, *, by_schema: bool = False) -> Exception:
        """What a status other than 200 means."""
        said, code = _error_in(body)
        if by_schema and status in _OF_THE_REQUEST and ("response_format" in said or "schema" in said):
            return _SchemaRefusedError()
        words = f": {self._shown(said)}" if said else ""
        known = _NEEDS_PERSON.get(status)
        if known is None and code in _NO_CREDIT:
            known = _NEEDS_PERSON[HTTPStatus.PAYMENT_REQUIRED]
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            known = "it leads elsewhere, and is not followed; write the address that answers in base_url"
        if known is not None:
            return ReaderRefusedError(f"{self._host}: HTTP {status}: {known}{words}", spent=False, retry_after=wait_s)
        unusable = status in _OF_THE_REQUEST
        return ReaderError(f"{self._host}: HTTP {status}{words}", unusable=unusable, spent=False, retry_after=wait_s)

    def _shown(self, text: object) -> str:
        """Some words of a server, on one line and without the key, which some repeat."""
        words = "".join(char if char.isprintable() else " " for char in str(text))
        return truncated(words.replace(self._key, "[redacted]") if self._key else words, _SAID)


async def _body_of(response: Any) -> bytes:
    """The body; an empty one is no error here."""
    try:
        return await read_body(response, MAX_ANSWER)
    except FeedError as error:
        if error.kind == "empty":
            return b""
        raise


def _value_of(body: bytes) -> Mapping[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _error_in(body: bytes) -> tuple[str, str]:
    """What an answer says of its error, and its code; '' where it says none. Ollama says it as a text, others as an object."""
    error = _value_of(body).get("error")
    if isinstance(error, dict):
        return str(error.get("message") or ""), str(error.get("code") or error.get("type") or "")
    return error if isinstance(error, str) else "", ""


def _tokens_in(usage: object) -> int | None:
    if not isinstance(usage, dict):
        return None
    total = usage.get("total_tokens")
    if total is None:
        parts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
        total = sum(part for part in parts if isinstance(part, int)) or None
    fits = isinstance(total, int) and not isinstance(total, bool) and 0 < total <= MAX_TOKENS
    return total if fits else None
