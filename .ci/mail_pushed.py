"""Every message of the demo, of each kind and from hostile titles, pushed to the fakes of a mail server and of Slack.

The fakes note what a careful sender never causes (a bare line feed, an active element, a ping, a block over a limit).
They must note nothing of ours, and must note a message that is broken on purpose.
"""

# ruff: noqa: S603, T201 - our own commands, and figures for whoever reads the run's output

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mail_samples import RENDERER, parcels

from monitor.channels.email import EmailChannel
from monitor.channels.slack import SlackChannel

MOST_SECONDS = "900"
"""A fake ends by itself after so long, whatever becomes of this program."""
TO = "reader@example.org"
BROKEN_MAIL = b"Subject: one\r\nSubject: two\r\n\r\n<script>\r\n"
BROKEN_PAYLOAD = {"channel": "C1", "text": "to <!channel> & all"}


@dataclass(frozen=True, slots=True)
class Noted:
    """What a fake noted. count: messages it took; findings: its remarks on them; refused: what it did not take."""

    count: int
    findings: Sequence[str]
    refused: int

    def clean(self, sent: int) -> bool:
        return self.count == sent and not self.findings and not self.refused


def main(tools: Path) -> int:
    """Push everything; the number of claims that do not hold."""
    with tempfile.TemporaryDirectory() as work:
        mails, payloads = messages(Path(work))
        ours = pushed_mails(tools, Path(work), mails), pushed_payloads(tools, Path(work), payloads)
        theirs = pushed_mails(tools, Path(work), [BROKEN_MAIL]), pushed_payloads(tools, Path(work), [BROKEN_PAYLOAD])
    wrong = 0
    for name, noted, broken, sent in zip(("mails", "Slack messages"), ours, theirs, (mails, payloads), strict=True):
        print(
            f"{noted.count} of {len(sent)} {name} taken, {noted.refused} refused, {len(noted.findings)} findings; "
            f"{len(broken.findings)} in a broken one",
            *dict.fromkeys(noted.findings),
            sep="\n  ",
        )
        wrong += not noted.clean(len(sent)) or not broken.findings
    return wrong


def messages(work: Path) -> tuple[list[bytes], list[Mapping[str, Any]]]:
    """All messages as mails and as Slack payloads: the demo's, and the samples'."""
    demo = work / "demo"
    command = [sys.executable, "-m", "monitor", "demo", "--brief", "--out", str(demo)]
    subprocess.run(command, check=True, capture_output=True)
    sent = [demo / "alerts", demo / "digests"]  # the demo's pages have JSON files of their own
    mails = [path.read_bytes() for folder in sent for path in sorted(folder.glob("*.eml"))]
    payloads = [
        json.loads(path.read_text(encoding="utf-8")) for folder in sent for path in sorted(folder.glob("*.json"))
    ]
    samples = parcels().values()
    return mails + [RENDERER.mail(one) for one in samples], payloads + [RENDERER.slack(one) for one in samples]


def pushed_mails(tools: Path, work: Path, mails: Sequence[bytes]) -> Noted:
    with fake(tools / "fake_smtp.py", work / "smtp.jsonl") as (port, end):
        channel = EmailChannel("127.0.0.1", port, sender="monitor@deals.example", mode="plain")
        for raw in mails:
            channel.send(raw, TO)
        return noted(end, work / "smtp.jsonl")


def pushed_payloads(tools: Path, work: Path, payloads: Sequence[Mapping[str, Any]]) -> Noted:
    with fake(tools / "fake_slack.py", work / "slack.jsonl") as (port, end):
        channel = SlackChannel("xoxb-test", base_url=f"http://127.0.0.1:{port}/api/")
        for payload in payloads:
            channel.send(dict(payload))
        return noted(end, work / "slack.jsonl")


@contextmanager
def fake(script: Path, log: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A fake on a free port of the loopback, and its process."""
    log.unlink(missing_ok=True)
    command = [sys.executable, str(script), "--port", "0", "--log", str(log), "--max-seconds", MOST_SECONDS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r":(\d+)", process.stdout.readline())
            assert found, f"{script.name} does not say where it listens"
            yield int(found[1]), process
        finally:
            process.terminate()


def noted(process: subprocess.Popen[str], log: Path) -> Noted:
    """What the fake has to say when it ends. A layout that Slack refuses is sent once more as text: that counts too."""
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    figures = json.loads(process.stdout.read().splitlines()[-1])
    taken = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    findings = [f"{finding}: {_name(one)}" for one in taken for finding in one["warnings"]]
    return Noted(figures["accepted"], findings, figures["rejected"])


def _name(message: Mapping[str, Any]) -> str:
    """What tells which message this is."""
    return ascii(str(message.get("headers", {}).get("Subject") or message.get("text")))[:90]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()) > 0)
