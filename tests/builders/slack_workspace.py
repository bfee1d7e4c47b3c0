"""A workspace on the loopback address that remembers what was posted, as Slack does, and can be asked for it."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from monitor.channels.slack import SlackChannel
from tests.builders.channel_servers import web_server

Message = dict[str, Any]
Answer = dict[str, Any]


@dataclass
class Workspace:
    """Channels by id with their names, and the messages in them in order.

    refuses: methods that are answered with this error; lost: so many next posts are taken and never answered.
    """

    names: dict[str, str] = field(default_factory=lambda: {"C1": "deals"})
    messages: list[Message] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    """Methods that are answered with 503."""
    scopes: str = ""
    """What the token may do, as Slack names it in a header of each answer; '': it names nothing."""
    lost: int = 0
    page: int = 100
    calls: Counter[str] = field(default_factory=Counter)
    clock: float = 1_772_442_000.0
    port: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def channel(self, timeout: int = 5) -> SlackChannel:
        return SlackChannel("xoxb-secret-token", base_url=self.url, timeout=timeout)

    def delete(self, ts: str) -> None:
        """A person deletes a message."""
        self.messages = [message for message in self.messages if message["ts"] != ts]

    @property
    def parents(self) -> list[Message]:
        return [message for message in self.messages if "thread_ts" not in message]

    def replies(self, parent: str) -> list[Message]:
        return [message for message in self.messages if message.get("thread_ts") == parent]

    # ------------------------------------------------------------ methods

    def answer(self, method: str, args: dict[str, Any]) -> Answer | None:
        """The answer of a method; None for one that is lost on the way."""
        self.calls[method] += 1
        if method in self.refuses:
            return _refused(self.refuses[method])
        act = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.list": self._list,
            "auth.test": self._who,
        }.get(method)
        return act(args) if act else _refused("unknown_method")

    def _who(self, _: dict[str, Any]) -> Answer:
        return {"ok": True, "team": "Desk", "user": "monitor"}

    def _list(self, _: dict[str, Any]) -> Answer:
        return {"ok": True, "channels": [{"id": key, "name": name} for key, name in self.names.items()]}

    def _post(self, args: dict[str, Any]) -> Answer | None:
        place = next((key for key, name in self.names.items() if args["channel"] in (key, f"#{name}")), None)
        if place is None:
            return _refused("channel_not_found")
        if "thread_ts" in args and not self._there(args["thread_ts"]):
            return _refused("thread_not_found")
        self.clock += 1
        ts = f"{self.clock:.6f}"
        kept: Message = {key: args[key] for key in ("text", "blocks", "metadata", "thread_ts") if key in args}
        self.messages.append({"channel": place, "ts": ts, **kept})
        if self.lost:
            self.lost -= 1
            return None
        return {"ok": True, "channel": place, "ts": ts}

    def _update(self, args: dict[str, Any]) -> Answer:
        there = [message for message in self.messages if message["ts"] == args["ts"]]
        if args["channel"] not in self.names or not there:
            return _refused("message_not_found")
        there[0].update({key: args[key] for key in ("text", "blocks", "metadata") if key in args})
        return {"ok": True, "channel": args["channel"], "ts": args["ts"]}

    def _history(self, args: dict[str, Any]) -> Answer:
        return self._pages(args, list(reversed(self.parents)))

    def _replies(self, args: dict[str, Any]) -> Answer:
        if not self._there(args["ts"]):
            return _refused("thread_not_found")
        return self._pages(args, self.replies(args["ts"]))

    def _pages(self, args: dict[str, Any], found: list[Message]) -> Answer:
        if args["channel"] not in self.names:
            return _refused("channel_not_found")
        inside = [
            {key: value for key, value in message.items() if key != "metadata" or args.get("include_all_metadata")}
            for message in found
            if message["channel"] == args["channel"] and float(message["ts"]) >= float(args.get("oldest", 0))
        ]
        start = int(args.get("cursor") or 0)
        end = start + min(self.page, int(args.get("limit", 100)))
        cursor = str(end) if end < len(inside) else ""
        return {"ok": True, "messages": inside[start:end], "response_metadata": {"next_cursor": cursor}}

    def _there(self, ts: str) -> bool:
        return any(message["ts"] == ts for message in self.messages)


def _refused(code: str) -> Answer:
    return {"ok": False, "error": code}


class _Talk(BaseHTTPRequestHandler):
    far: Workspace

    def do_GET(self) -> None:
        self.reply(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.reply(json.loads(raw) if raw.startswith("{") else dict(parse_qsl(raw)))

    def reply(self, args: dict[str, Any]) -> None:
        method = urlsplit(self.path).path.removeprefix("/api/")
        answer = {} if method in self.far.down else self.far.answer(method, args)
        self.close_connection = answer is None
        if answer is not None:
            body = json.dumps(answer).encode()
            self.send_response(503 if method in self.far.down else 200)
            self.send_header("Content-Length", str(len(body)))
            if self.far.scopes:
                self.send_header("X-OAuth-Scopes", self.far.scopes)
            self.end_headers()
            self.wfile.write(body)


@contextmanager
def workspace(**options: Any) -> Iterator[Workspace]:
    """A running workspace."""
    with web_server(_Talk, Workspace(**options)) as talk:
        yield talk
