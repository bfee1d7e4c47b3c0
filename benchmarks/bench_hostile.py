"""Good feeds beside a hundred hostile ones are polled as often as alone, and their alerts come as soon.

`deal-monitor run` polls FEEDS good feeds for WINDOW_S seconds, first alone and then with every endpoint of
hostile_server.py as a feed beside them (endless bodies, bombs, silent sockets). Meanwhile one feed after the other
brings news that changes a verdict; an alert's latency is from then to the message in the folder of the file channel.
This bench goes by the clock.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from benchmarks.bench_poll import FEED, write_config
from benchmarks.made_up_rules import MadeUpRule, invented_rules, write_rules
from benchmarks.measure import Driver, Row, Setup, driver, run

FEEDS, INTERVAL = 50, "3s"
WINDOW_S, NEWS_EVERY_S, LAST_ALERTS_S = 18.0, 1.5, 8.0
"""How long polls are counted, how often one feed has news meanwhile, and how long after it the last alerts may take."""
START_S = 60.0
"""How long all good feeds may take to be asked for the first time."""
NO_SERVERS = "needs the folder of hostile_server.py (--servers or $BENCH_SERVERS)"


def measure(setup: Setup) -> Iterator[Row]:
    names = (
        "polls of good feeds beside hostile ones against alone",
        "median alert latency beside hostile feeds against alone",
    )
    if setup.servers is None or not (setup.servers / "hostile_server.py").exists():
        yield Row(names[0], least=0.95, skipped=NO_SERVERS)
        yield Row(names[1], most=1.2, skipped=NO_SERVERS)
        return
    with hostile_addresses(setup.servers / "hostile_server.py") as hostile:
        alone, beside = (watched(setup, addresses, name) for addresses, name in (((), "alone"), (hostile, "beside")))
    note = f"{beside.polls:.1f} and {alone.polls:.1f} polls a minute and feed, {len(hostile)} hostile feeds"
    yield Row(names[0], (beside.polls / alone.polls,), "times", least=0.95, note=note)
    note = (
        f"{beside.latency:.1f} and {alone.latency:.1f} s; without an alert in time {beside.lost} and "
        f"{alone.lost} of {alone.sent}"
    )
    yield Row(names[1], (beside.latency / alone.latency,), "times", most=1.2, note=note)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a window showed: polls a minute and good feed, the median latency of alerts in seconds, how many news
    there were and how many had no alert by the end; these count as if it came then."""

    polls: float
    latency: float
    sent: int
    lost: int


@contextmanager
def hostile_addresses(script: Path) -> Iterator[list[str]]:
    """The address of each endpoint of the hostile server, which runs meanwhile."""
    words = [sys.executable, str(script), "--port", "0", "--max-seconds", "300"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            base = re.findall(r"http://127\.0\.0\.1:\d+", server.stdout.readline())[0]
            with urlopen(f"{base}/", timeout=10) as answer:
                yield [base + endpoint["path"] for endpoint in json.load(answer)]
        finally:
            server.kill()


def watched(setup: Setup, hostile: Sequence[str], name: str) -> Watched:
    """The good feeds under watch for one window, with these hostile ones beside them."""
    folder = setup.work / name
    folder.mkdir()
    feeds = setup.size(FEEDS, 4)
    rules = invented_rules(feeds, random.Random(name))
    with ExitStack() as stack:
        source = stack.enter_context(driver("benchmarks.feed_source", setup.stories, str(feeds), setup=setup))
        rules_folder = write_rules(folder / "rules", rules)
        config = write_config(
            folder, source.ready["port"], feeds, interval=INTERVAL, rules=rules_folder, publishers=("Wire",)
        )
        with config.open("a", encoding="utf-8") as file:
            for number, url in enumerate(hostile):
                file.write(FEED.format(number=f"hostile-{number}", url=url, publisher="Wire", interval=INTERVAL))
        stack.enter_context(monitor(setup, config))
        wait_for(source, feeds)
        return observed(source, rules, folder / "outbox", setup.size(int(WINDOW_S), 6))


@contextmanager
def monitor(setup: Setup, config: Path) -> Iterator[None]:
    """`deal-monitor run` with this configuration."""
    words = [sys.executable, "-m", "monitor", "--config", str(config), "--log-level", "error", "run"]
    with (
        (config.parent / "log").open("w") as log,
        subprocess.Popen(
            words, cwd=config.parent, env=setup.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(source: Driver, polls: int) -> None:
    """Wait until the source was asked so often. Raises RuntimeError after START_S."""
    until = time.monotonic() + START_S
    while source.ask()["polls"] < polls:
        if time.monotonic() > until:
            raise RuntimeError("the monitor did not ask all feeds in time")
        time.sleep(0.1)


def observed(source: Driver, rules: Sequence[MadeUpRule], outbox: Path, window: float) -> Watched:
    """News in one feed after the other for a window, the polls meanwhile, and when the alerts came."""
    began, before, published = time.time(), source.ask()["polls"], dict[str, float]()
    for number, rule in enumerate(rules):
        if time.time() - began + NEWS_EVERY_S > window:
            break
        subject, verb = (group[0] for group in rule.patterns[0])
        source.ask(new=[number], title=f"{subject.capitalize()} {verb} all that was promised")
        published[subject] = time.time()
        time.sleep(NEWS_EVERY_S)
    time.sleep(max(0.0, began + window - time.time()))
    seconds, polls = time.time() - began, source.ask()["polls"] - before
    end = time.time() + LAST_ALERTS_S
    while len(came := arrivals(outbox, published)) < len(published) and time.time() < end:
        time.sleep(0.2)
    latencies = [came.get(subject, end) - at for subject, at in published.items()]
    return Watched(60 * polls / seconds / len(rules), median(latencies), len(published), len(published) - len(came))


def arrivals(outbox: Path, subjects: dict[str, float]) -> dict[str, float]:
    """When the first message that names each subject was written."""
    came: dict[str, float] = {}
    for file in outbox.rglob("*.json"):
        text, at = file.read_text(encoding="utf-8").lower(), file.stat().st_mtime
        came |= {subject: min(at, came.get(subject, at)) for subject in subjects if subject in text}
    return came


if __name__ == "__main__":
    run(__doc__, measure)
