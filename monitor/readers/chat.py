"""A server with the OpenAI chat-completions protocol: one question, one answer.

No tools, redirects or cookies; an answer is limited in size, tokens and time. Requests and answers are never logged,
and no error shows the key, even if the server's own text does.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from threading import Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

from monitor.domain.reading.exchange import tokens_of, without_lengths
from monitor.domain.text.plain import truncated
from monitor.errors import FeedError, ReaderError, ReaderRefusedError
from monitor.feeds.responses import ACCEPT_ENCODING, read_body, retry_after
from monitor.feeds.transport import as_feed_error, open_session
from monitor.readers.answers import ServerError, answer_text, error_in, has_thought, object_in, tokens_used

MAX_ANSWER = 2 * 2**20
"""Bytes of an unpacked answer: fifty stories with long quotes take a twentieth."""
CONNECT_SECONDS = 10.0
"""An estimate: connections rarely succeed after 10 s."""
LONGEST_SECONDS = 120.0
"""The longest patience with a slow server, an estimate: a third of the usual time between two polls."""
THOUGHT_TOKENS = 4_000
"""Room for the thoughts of a model whose thoughts have once used up the room of its answer, an estimate."""
_STOP_CHECK_S = 0.2
"""Seconds between two checks whether the program stops."""
_SHOWN = 200
"""Characters shown of a server's error text."""
_OF_THE_REQUEST = frozenset({400, 413, 422})
"""Statuses about this request: too long for the model, or a form that the server does not accept."""
_FORMS = ("schema with lengths", "schema", "json_object", "text")
"""How an answer's form is asked for, the strictest first. OpenAI's schemas have no lengths, and some servers know no
schema, or no form at all."""
_FORM_WORDS = ("response_format", "schema", "json_object", "grammar", "maxlength", "maxitems")
_LIMITS = ("max_tokens", "max_completion_tokens", "")
"""The names of the limit of an answer; newer models of OpenAI refuse the first."""

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
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Ways:
    """How a server wants to be asked, as its refusals have shown. form, limit: as numbers in _FORMS and _LIMITS; room:
    tokens for thoughts."""

    form: int = 0
    limit: int = 0
    temperature: bool = True
    room: int = 0

    def wanted(self, schema: Mapping[str, Any], most_tokens: int) -> dict[str, Any]:
        """The parameters of a request, without model and messages."""
        form, wanted = _FORMS[self.form], {"temperature": 0} if self.temperature else {}
        if limit := _LIMITS[self.limit]:
            wanted[limit] = most_tokens + self.room
        if form == "text":
            return wanted
        if form == "json_object":
            return wanted | {"response_format": {"type": form}}
        shape = schema if form == "schema with lengths" else without_lengths(schema)
        strict = {"name": "readings", "strict": True, "schema": shape}
        return wanted | {"response_format": {"type": "json_schema", "json_schema": strict}}

    def after(self, status: int, error: ServerError) -> _Ways | None:
        """The ways after a refused parameter; None if the error names none that can be left out or replaced."""
        named, limit = error.named, _LIMITS[self.limit]
        broken_grammar = status == HTTPStatus.INTERNAL_SERVER_ERROR and "grammar" in named
        if status not in _OF_THE_REQUEST and not broken_grammar:
            return None
        if self.temperature and "temperature" in named:
            return replace(self, temperature=False)
        if limit and limit in named:
            return replace(self, limit=self.limit + 1)
        if _FORMS[self.form] != "text" and any(word in named for word in _FORM_WORDS):
            return replace(self, form=self.form + 1)
        return None


class ChatServer:
    """A model on a server. timeout_s: seconds for one whole request. What the server refuses (a temperature, a schema,
    the name of a limit) is left out or replaced in later requests: every answer is checked anyway."""

    def __init__(self, base_url: str, model: str, key: str = "", timeout_s: float = 30.0) -> None:
        self.model = model
        self._url, self._key, self.timeout_s = base_url.rstrip("/"), key, timeout_s
        self._host = urlsplit(base_url).hostname or ""
        self._ways = _Ways()

    @property
    def place(self) -> str:
        """The model and its server, for people. With the port: a failure at one port does not concern another."""
        return f"{self.model} at {urlsplit(self._url).netloc}"

    def ask(
        self,
        question: str,
        stories: str,
        schema: Mapping[str, Any],
        most_tokens: int,
        *,
        stop: Event | None = None,
        timeout_s: float | None = None,
        patience: int = 1,
    ) -> ChatAnswer:
        """The answer to a question about stories, one a line. Raises ReaderError, and ReaderRefusedError if only a
        person can help.

        most_tokens: of the answer. stop: once set, the request is abandoned within a second. timeout_s: less than the
        usual time; patience: a multiple of it, for a server that was too slow.
        """
        messages = [{"role": "system", "content": question}, {"role": "user", "content": stories}]
        limit = max(self.timeout_s, min(self.timeout_s * patience, LONGEST_SECONDS))
        limit = min(timeout_s or limit, limit)
        while True:
            ways = self._ways
            request = {"model": self.model, "messages": messages, **ways.wanted(schema, most_tokens)}
            body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
            response = self._run(self._exchange("POST", "/chat/completions", body, limit), stop)
            error = error_in(response.body)
            if response.status == HTTPStatus.OK and (error == ServerError() or "choices" in response.body):
                return self._answer_in(response.body)
            if error.is_too_long:
                needed = error.tokens_needed(tokens_of(question) + tokens_of(stories) + most_tokens)
                raise self._too_long(response, error, needed, alone="\n" not in stories)
            others = ways.after(response.status, error)
            if others is None:
                raise self._failure(response)
            self._ways = others

    def models(self, timeout_s: float) -> tuple[str, ...]:
        """The models that the server lists, as printable text; empty if it has no list. Raises ReaderError as `ask`
        does."""
        response = self._run(self._exchange("GET", "/models", None, timeout_s), None)
        if response.status == HTTPStatus.NOT_FOUND:
            return ()
        if response.status != HTTPStatus.OK:
            raise self._failure(response)
        listed = response.body.get("data")
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
                return _Response(response.status, retry_after(response), object_in(content))
        except FeedError as error:
            raise ReaderError(f"{self._host}: {error}") from None
        except Exception as error:  # noqa: BLE001 - aiohttp's texts may show the address
            if deadline.expired():
                remedy = "it gets fewer stories and more time; timeout_seconds and batch are in [reader]"
                text = f"{self._host}: no complete answer within {timeout_s:g} s; {remedy}"
                raise ReaderError(text, slow=True) from None
            raise ReaderError(str(as_feed_error(error, self._host)), spent=reached) from None

    def _answer_in(self, body: Mapping[str, Any]) -> ChatAnswer:
        """The text of a completion. Raises ReaderError if there is none, or it is cut off or refused."""
        tokens, choices = tokens_used(body), body.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        message = choice.get("message") if isinstance(choice, dict) else None
        if not isinstance(choice, dict) or not isinstance(message, dict):
            raise ReaderError(f"{self._host}: the answer is not a chat completion", tokens=tokens)
        content, refusal, trouble = answer_text(message), message.get("refusal"), ""
        if refusal:
            trouble = f"the model refused to answer: {self._shown(refusal)}"
        elif choice.get("finish_reason") == "length":
            trouble = "the answer is cut off: it is too long"
            if has_thought(message):
                self._ways = replace(self._ways, room=THOUGHT_TOKENS)
        elif not content.strip():
            trouble = "the answer is empty"
        if trouble:
            raise ReaderError(f"{self._host}: {trouble}", unusable=True, tokens=tokens)
        return ChatAnswer(content, tokens)

    def _too_long(self, response: _Response, error: ServerError, needed: int, *, alone: bool) -> ReaderError:
        """A request beyond the model's context. alone: with a single story, so that no smaller one is possible."""
        text = f"{self._host}: HTTP {response.status}: {self._shown(error.text)}"
        if not alone:
            return ReaderError(text, unusable=True, spent=False)
        remedy = f"the model's context is too small: a question with one story needs about {needed:,} tokens"
        how = "give the server a larger context (num_ctx, --ctx-size, --max-model-len), or use another model"
        return ReaderRefusedError(f"{text}: {remedy}; {how}", unusable=True, spent=False)

    def _failure(self, response: _Response) -> ReaderError:
        status, wait_s, error = response.status, response.wait_s, error_in(response.body)
        words = f": {self._shown(error.text)}" if error.text else ""
        if remedy := error.remedy(status):
            return ReaderRefusedError(f"{self._host}: HTTP {status}: {remedy}{words}", spent=False, retry_after=wait_s)
        unusable = status in _OF_THE_REQUEST
        return ReaderError(f"{self._host}: HTTP {status}{words}", unusable=unusable, spent=False, retry_after=wait_s)

    def _shown(self, text: object) -> str:
        """The beginning of a server's text, on one line and without the key, which some repeat."""
        words = "".join(char if char.isprintable() else " " for char in str(text))
        return truncated(words.replace(self._key, "[redacted]") if self._key else words, _SHOWN)
