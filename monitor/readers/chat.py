"""A server with the OpenAI chat-completions protocol: one question, one answer.

No tools, redirects or cookies; an answer is limited in size and time. Requests and answers are never logged, and no
error shows the key, even if the server's own text does.
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
from monitor.feeds.responses import ACCEPT_ENCODING, read_body, retry_after
from monitor.feeds.transport import as_feed_error, open_session

MAX_ANSWER = 2 * 2**20
"""Bytes of an unpacked answer: fifty stories with long quotes take a twentieth."""
CONNECT_SECONDS = 10.0
"""An estimate: connections rarely succeed after 10 s."""
MAX_TOKENS = 10_000_000
"""More than any request takes; a larger count of a server is ignored."""
_STOP_CHECK_S = 0.2
"""Seconds between two checks whether the program stops."""
_SHOWN = 200
"""Characters shown of a server's error text."""
_NEEDS_PERSON: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "the key is refused; correct DEAL_MONITOR_READER__KEY or the file reader__key",
    HTTPStatus.FORBIDDEN: "the key may not use this model; change DEAL_MONITOR_READER__KEY or the file reader__key",
    HTTPStatus.PAYMENT_REQUIRED: "the account has no credit left; add some",
    HTTPStatus.NOT_FOUND: "no such model or address; check model and base_url (which often ends in /v1) in [reader]",
}
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""Error codes sent with 429 when waiting does not help."""
_OF_THE_REQUEST = frozenset({400, 413, 422})
"""Statuses about this request: too long for the model, or a form that the server does not accept."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """A model's answer. tokens: the server's count for question and answer; None if it does not count."""

    content: str
    tokens: int | None


@dataclass(frozen=True, slots=True)
class _Response:
    """wait_s: seconds to wait, if the server names them."""

    status: int
    wait_s: float | None
    body: bytes


class ChatServer:
    """A model on a server. timeout_s: seconds for one whole request. If the server refuses a JSON schema, later
    requests ask for JSON of any form: every answer is checked anyway."""

    def __init__(self, base_url: str, model: str, key: str = "", timeout_s: float = 30.0) -> None:
        self.model = model
        self._url, self._key, self._timeout_s = base_url.rstrip("/"), key, timeout_s
        self._host = urlsplit(base_url).hostname or ""
        self._by_schema = True

    @property
    def place(self) -> str:
        """The model and its server, for people. With the port: a failure at one port does not concern another."""
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
        """The answer to a question about stories. Raises ReaderError, and ReaderRefusedError if only a person can help.

        stop: once set, the request is abandoned within a second. timeout_s: less than the usual time.
        """
        messages = [{"role": "system", "content": question}, {"role": "user", "content": stories}]
        limit = min(timeout_s or self._timeout_s, self._timeout_s)
        strict = {"type": "json_schema", "json_schema": {"name": "readings", "strict": True, "schema": dict(schema)}}
        forms: list[dict[str, Any]] = [strict] if self._by_schema else []
        for form in (*forms, {"type": "json_object"}):
            request = {"model": self.model, "messages": messages, "temperature": 0, "response_format": form}
            body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
            response = self._run(self._exchange("POST", "/chat/completions", body, limit), stop)
            if response.status == HTTPStatus.OK:
                return self._answer_in(response.body)
            error_text, _ = _error_in(response.body)
            names_schema = "response_format" in error_text or "schema" in error_text
            if form is not strict or response.status not in _OF_THE_REQUEST or not names_schema:
                raise self._failure(response)
            self._by_schema = False
        raise AssertionError("the last form returns or raises")

    def models(self, timeout_s: float) -> tuple[str, ...]:
        """The models that the server lists, as printable text; empty if it has no list. Raises ReaderError as `ask`
        does."""
        response = self._run(self._exchange("GET", "/models", None, timeout_s), None)
        if response.status == HTTPStatus.NOT_FOUND:
            return ()
        if response.status != HTTPStatus.OK:
            raise self._failure(response)
        listed = _object_in(response.body).get("data")
        rows = listed if isinstance(listed, list) else []
        return tuple(self._shown(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)

    def _run(self, exchange: Coroutine[Any, Any, T], stop: Event | None) -> T:
        """The result of an exchange, unless the program stops first."""

        async def watched() -> T:
            task = asyncio.ensure_future(exchange)
            while not task.done():
                if stop is not None and stop.is_set():
                    task.cancel()
                    raise ReaderError(f"{self._host}: stopped before the answer was complete")
                await asyncio.wait({task}, timeout=_STOP_CHECK_S)
            return task.result()

        return asyncio.run(watched())

    async def _exchange(self, method: str, path: str, body: bytes | None, timeout_s: float) -> _Response:
        """One request and its answer, whatever its status. Raises ReaderError if there is none in time."""
        headers = {"Accept": "application/json", "Accept-Encoding": ACCEPT_ENCODING, "Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        # Only the deadline of the whole request counts: a shorter one would hide whether the server was reached.
        times = {"connect_s": min(CONNECT_SECONDS, timeout_s / 2), "read_s": timeout_s + 1}
        deadline, reached = asyncio.timeout(timeout_s), False
        try:
            async with (
                deadline,
                open_session(allow_private=True, headers=headers, **times) as session,
                session.request(method, self._url + path, data=body, allow_redirects=False) as response,
            ):
                reached = True
                try:
                    content = await read_body(response, MAX_ANSWER)
                except FeedError as error:
                    if error.kind != "empty":  # an empty body is judged by the status
                        raise
                    content = b""
                return _Response(response.status, retry_after(response), content)
        except FeedError as error:
            raise ReaderError(f"{self._host}: {error}") from None
        except Exception as error:  # noqa: BLE001 - aiohttp's texts may show the address
            if deadline.expired():
                raise ReaderError(f"{self._host}: no complete answer within {timeout_s:g} s") from None
            raise ReaderError(str(as_feed_error(error, self._host)), spent=reached) from None

    def _answer_in(self, body: bytes) -> ChatAnswer:
        """The text of a completion. Raises ReaderError if there is none, or it is cut off or refused."""
        value = _object_in(body)
        usage = value.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        used = counts.get("total_tokens")
        if used is None:
            parts = (counts.get("prompt_tokens"), counts.get("completion_tokens"))
            used = sum(part for part in parts if isinstance(part, int))
        tokens = used if isinstance(used, int) and not isinstance(used, bool) and 0 < used <= MAX_TOKENS else None
        choices = value.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise ReaderError(f"{self._host}: the answer is not a chat completion", tokens=tokens)
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

    def _failure(self, response: _Response) -> ReaderError:
        status, wait_s = response.status, response.wait_s
        text, code = _error_in(response.body)
        words = f": {self._shown(text)}" if text else ""
        remedy = _NEEDS_PERSON.get(status)
        if remedy is None and code in _NO_CREDIT:
            remedy = _NEEDS_PERSON[HTTPStatus.PAYMENT_REQUIRED]
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            remedy = "redirects are not followed; write the final address as base_url"
        if remedy is not None:
            return ReaderRefusedError(f"{self._host}: HTTP {status}: {remedy}{words}", spent=False, retry_after=wait_s)
        unusable = status in _OF_THE_REQUEST
        return ReaderError(f"{self._host}: HTTP {status}{words}", unusable=unusable, spent=False, retry_after=wait_s)

    def _shown(self, text: object) -> str:
        """The beginning of a server's text, on one line and without the key, which some repeat."""
        words = "".join(char if char.isprintable() else " " for char in str(text))
        return truncated(words.replace(self._key, "[redacted]") if self._key else words, _SHOWN)


def _object_in(body: bytes) -> Mapping[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _error_in(body: bytes) -> tuple[str, str]:
    """The text and code of an error, '' if missing. Ollama sends a text, others an object."""
    error = _object_in(body).get("error")
    if isinstance(error, dict):
        return str(error.get("message") or ""), str(error.get("code") or error.get("type") or "")
    return error if isinstance(error, str) else "", ""
