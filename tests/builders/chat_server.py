"""A model's server on the loopback address: it answers from what a test tells it, and fails as a test tells it."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.builders.channel_servers import web_server

MODEL = "small-model"


@dataclass(frozen=True, slots=True)
class Reply:
    """How one request is answered. content: None for what the model reads in the stories. raw: the bytes of the body;
    cut: half of it is sent; hang: nothing is sent until the server ends; wait: seconds before the answer; message: its
    fields in place of the content."""

    status: int = 200
    content: str | None = None
    finish: str = "stop"
    refusal: str | None = None
    usage: Mapping[str, int] | None = field(default_factory=lambda: {"total_tokens": 100})
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Any = None
    raw: bytes | None = None
    cut: bool = False
    hang: bool = False
    wait: float = 0
    message: Mapping[str, Any] | None = None


HONEST = Reply()
PROMISE, TODAY = re.compile(r"^PROMISE \(.*?\): (.*)\.$", re.M), re.compile(r": (\w+) since .*, outlook (\w+)")
"""The commitment of a question about the board, and its standing and outlook."""
WORDS_IN_TITLE = 40
"""Characters of a title that the model quotes."""


@dataclass(slots=True)
class ChatModel:
    """What the model says of titles, how the next requests are answered, and what it was asked.

    says: by title, the matches as JSON; the others are about nothing. script: the next replies; honest ones after
    them. spoils: a title beside which the model answers nothing at all. refuses: words of a question that the server
    finds too long. cuts: the most stories whose answer is whole, 0 without a limit; seconds_each: the time that a story
    takes. together: the number of requests that must have come before any is answered. judges: by the name of
    a commitment, fields of the answer on its status; otherwise the model agrees with the board and cites the first
    report.
    """

    says: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    script: list[Reply] = field(default_factory=list)
    spoils: str = ""
    refuses: str = ""
    cuts: int = 0
    seconds_each: float = 0
    together: int = 0
    judges: dict[str, dict[str, Any]] = field(default_factory=dict)
    listed: tuple[str, ...] = (MODEL,)
    key: str = ""
    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def reads(self, title: str, commitment: str, effect: str, quote: str = "", says: str = "press") -> None:
        """From now on the model reads this in a title."""
        found = {"commitment": commitment, "effect": effect, "says": says, "quote": quote or title[:WORDS_IN_TITLE]}
        self.says.setdefault(title, []).append(found)

    def asked(self) -> Counter[str]:
        """How often each title was asked about."""
        return Counter(story["title"] for request in self.requests for story in stories_in(request))

    def judged(self) -> list[str]:
        """The names of the commitments whose status it was asked about, in order."""
        return [found[1] for request in self.requests if (found := PROMISE.search(request["messages"][0]["content"]))]

    def answer(self, request: Mapping[str, Any]) -> str:
        """What the model reads in the stories of a request, or how it judges a status."""
        asked = request["messages"][0]["content"]
        if promise := PROMISE.search(asked):
            board = TODAY.search(asked)
            assert board is not None
            agreeing = {"standing": board[1], "outlook": board[2], "lines": [1], "reason": "The reports say so."}
            return json.dumps(agreeing | self.judges.get(promise[1], {}))
        if self.spoils in (story["title"] for story in stories_in(request)):
            return ""
        rows = [{"id": story["id"], "matches": self.says.get(story["title"], [])} for story in stories_in(request)]
        return json.dumps({"stories": rows}, ensure_ascii=False)


def stop_when_asked(model: ChatModel, stop: threading.Event) -> None:
    """Set `stop`, in a thread of its own, once a request has come."""

    def wait() -> None:
        model.came.wait(5)
        stop.set()

    threading.Thread(target=wait, daemon=True).start()


def stories_in(request: Mapping[str, Any]) -> list[dict[str, str]]:
    """The stories of a request, as they were sent."""
    return [json.loads(line) for line in request["messages"][-1]["content"].splitlines()]


class _Talk(BaseHTTPRequestHandler):
    far: ChatModel

    def do_GET(self) -> None:
        if not self._may_ask():
            return
        listed = [{"id": name} for name in self.far.listed]
        self._send(200, json.dumps({"data": listed}).encode())

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = self.far
        model.requests.append(request)
        model.headers.append(dict(self.headers))
        reply = model.script.pop(0) if model.script else HONEST
        model.came.set()
        for _ in range(500):
            if len(model.requests) >= model.together:
                break
            model.stopping.wait(0.01)
        count = len(stories_in(request)) if model.cuts or model.seconds_each else 0
        model.stopping.wait(reply.wait + model.seconds_each * count)
        if count > model.cuts > 0:
            reply = Reply(finish="length")
        if reply.hang:
            model.stopping.wait(30)
            return
        if not self._may_ask():
            return
        if model.refuses and model.refuses in request["messages"][0]["content"]:
            reply = Reply(400, error={"message": "the request exceeds the context size"})
        if reply.status != 200 or reply.raw is not None:
            body = reply.raw if reply.raw is not None else json.dumps({"error": reply.error}).encode()
            self._send(reply.status, body, reply.headers)
            return
        content = model.answer(request) if reply.content is None else reply.content
        message = {"role": "assistant", **(reply.message or {"content": content, "refusal": reply.refusal})}
        whole = {"choices": [{"finish_reason": reply.finish, "message": message}], "usage": reply.usage}
        self._send(200, json.dumps(whole).encode(), cut=reply.cut)

    def _may_ask(self) -> bool:
        if self.far.key in ("", (self.headers["Authorization"] or "").removeprefix("Bearer ")):
            return True
        said = f"Incorrect API key provided: {self.headers['Authorization']}"
        self._send(401, json.dumps({"error": {"message": said, "code": "invalid_api_key"}}).encode())
        return False

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)


@contextmanager
def chat_model(key: str = "") -> Iterator[ChatModel]:
    """A running server with a model that reads nothing in any story until it is told."""
    with web_server(_Talk, ChatModel(key=key)) as model:
        yield model
