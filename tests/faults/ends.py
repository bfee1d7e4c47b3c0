"""The far ends of the channels, as processes of their own: stand-ins with faults, which write down what they took.

What arrived is counted in their files, outside the program. Each listens on loopback only and ends by itself.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.builders.shipped_rules import ROOT

TOOLS = ROOT.parent / "shared" / "tools"
MOST_SECONDS = "240"
"""A stand-in ends by itself after so long, whatever becomes of the test."""
LOOK_SECONDS = 0.05


def pass_time(seconds: float) -> None:
    """For sweeps, which measure what happens meanwhile; a test waits with `until`."""
    threading.Event().wait(seconds)


def until(condition: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until another process has brought this about; fails after so many seconds."""
    ends, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < ends, "it did not come about in time"
        pause.wait(LOOK_SECONDS)


def lines(file: Path) -> list[dict[str, Any]]:
    """The records of a file that another process appends to."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


@dataclass(slots=True)
class End:
    """A running stand-in. said: what it printed, its own counts last."""

    process: subprocess.Popen[str]
    port: int
    log: Path
    said: list[str] = field(default_factory=list)

    def end(self) -> None:
        """Ends it, if it has not ended yet, and keeps what it counted."""
        if self.process.poll() is None:
            self.process.terminate()
        if self.process.stdout is not None and not self.process.stdout.closed:
            out, _ = self.process.communicate(timeout=20)
            self.said += out.splitlines()

    def records(self) -> list[dict[str, Any]]:
        """What it accepted, in order."""
        return lines(self.log)


@contextmanager
def stand_in(script: str, log: Path | None, *options: str, port: int = 0) -> Iterator[End]:
    """Start a stand-in and see to it that it ends."""
    command = [sys.executable, str(TOOLS / script), "--port", str(port), *(("--log", str(log)) if log else ())]
    with subprocess.Popen(
        [*command, "--max-seconds", MOST_SECONDS, *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            told = (re.search(r"listening \S*127\.0\.0\.1:(\d+)", line) for line in process.stdout)
            found = next((match for match in told if match), None)
            assert found, f"{script} did not start"
            end = End(process, int(found[1]), log or Path(os.devnull))
            yield end
            end.end()
        finally:
            process.kill()


# ---------------------------------------------------------------- Slack


@dataclass(slots=True)
class Slack:
    """The stand-in for Slack, which can be told of other faults as it runs."""

    end: End

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.end.port}"

    def faults(self, *specs: str) -> None:
        """From now on these faults and no others."""
        body = json.dumps({"faults": specs, "restart_count": True}).encode()
        ask = Request(f"{self.url}/_control/faults", body, {"Content-Type": "application/json"})
        with urlopen(ask, timeout=10) as answer:
            answer.read()

    def stats(self) -> dict[str, Any]:
        """Its own counts: sends, accepted, errors by name, hits of each fault."""
        with urlopen(f"{self.url}/_control/stats", timeout=10) as answer:
            counts: dict[str, Any] = json.load(answer)
        return counts

    def posts(self) -> list[dict[str, Any]]:
        """The messages that it took; a message rewritten in place is not a second one."""
        return [record for record in self.end.records() if record["via"] != "chat.update"]

    def copies(self) -> Counter[str]:
        """How often each message arrived, by its id; the head of a thread is not a copy of its replies."""
        places = Counter((marker(post)["message_id"], bool(post["thread_ts"])) for post in self.posts())
        return Counter({name: max(places[name, False], places[name, True]) for name, _ in places})


def marker(post: dict[str, Any]) -> dict[str, Any]:
    """What a post says that it is."""
    metadata = post["metadata"]
    found: dict[str, Any] = (json.loads(metadata) if isinstance(metadata, str) else metadata)["event_payload"]
    return found


@contextmanager
def slack(folder: Path, *faults: str, options: tuple[str, ...] = ()) -> Iterator[Slack]:
    """Slack, with these faults."""
    given = [word for fault in faults for word in ("--fault", fault)]
    with stand_in("fake_slack.py", folder / "slack.jsonl", *given, *options) as end:
        yield Slack(end)


# ---------------------------------------------------------------- mail


@dataclass(slots=True)
class Mail:
    """The stand-in for a mail server."""

    end: End
    folder: Path

    @property
    def files(self) -> list[Path]:
        """The mails that it took, one file each."""
        return sorted((self.folder / "new").iterdir())

    def copies(self, to: str = "") -> Counter[str]:
        """How often each mail arrived, by its Message-ID; of one recipient, if `to` names one."""
        taken = [record for record in self.end.records() if not to or to in record["rcpt_tos"]]
        return Counter(record["headers"]["Message-ID"] for record in taken)

    def subjects(self) -> list[str]:
        return [record["headers"]["Subject"] for record in self.end.records()]

    def counts(self) -> dict[str, Any]:
        """Its own counts, once it has ended: connects, auths, faults_hit."""
        self.end.end()
        found: dict[str, Any] = json.loads(self.end.said[-1])
        return found


@contextmanager
def mail(folder: Path, *faults: str, options: tuple[str, ...] = (), port: int = 0) -> Iterator[Mail]:
    """A mail server with these faults; `port` is that of one which has ended, to come back in its place."""
    box = folder / "mails"
    given = [word for fault in faults for word in ("--fault", fault)]
    with stand_in("fake_smtp.py", folder / "mail.jsonl", "--maildir", str(box), *given, *options, port=port) as end:
        yield Mail(end, box)
