"""A poll costs less than one of `reader`, which neither matches nor clusters: three times less where nothing is new.

Both poll the same feeds in the same run: FEEDS feeds of 20 items with real headlines, over keep-alive connections on
loopback. A session is a fresh database: a first poll, rounds in which every feed answers 304, and rounds in which
each has one new item. The CPU of the program is that of all that follows a poll (parse, store, match, decide, send),
in all its processes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import NO_PEERS, ROOT, Driver, Row, Setup, driver, run

FEEDS = 200
UNCHANGED_ROUNDS = 5
"""Rounds of 304 that are measured together: one takes some hundredths of a second."""
FIRST, UNCHANGED, ONE_NEW = "first poll, 20 new items", "304 poll, all in", "poll with 1 new item of 20"
BARS = {UNCHANGED: (1.0, 3.0), ONE_NEW: (16.5, 1.0), FIRST: (56.0, None)}
"""The most milliseconds, and by how much cheaper than reader at least. 0.6, 10.8 and 43 ms on 28 November: before the
server's date was read, a feed's moves, rhythm and unconditional polls were stored, and items had a provenance; matching
took two thirds of the time that it takes now, reviews a fifth."""
CONFIG = """\
[monitor]
database = "sqlite:///{folder}/monitor.db"
rules = {rules}
templates = {templates}
data = "{folder}"

[poll]
allow_private_addresses = true
concurrency = 16
per_host = 16

[[routes]]
name = "desk"
channel = "file"
to = "desk@deals.example"
least_severity = "routine"
"""
FEED = """
[[feeds]]
name = "feed-{number}"
url = "{url}"
publisher = "{publisher}"
interval = "{interval}"
"""
PUBLISHERS = ("Reuters", "AP", "Bloomberg", "CNBC", "Xinhua", "Financial Times", "USDA", "MOFCOM")


def measure(setup: Setup) -> Iterator[Row]:
    feeds = setup.size(FEEDS, 2)
    sessions: list[Session] = []

    def once() -> float:
        sessions.append(session(setup, feeds, setup.work / f"session{len(sessions)}", setup.peers))
        return sessions[-1].ours[FIRST]

    setup.repeated(once)
    for phase, (most, least) in BARS.items():
        ours = tuple(one.ours[phase] for one in sessions)
        yield Row(phase, ours, "ms", most=most, scales="time", note=f"{feeds} feeds")
        name = f"{phase}: cheaper than reader by"
        if setup.peers is None:
            yield Row(name, least=least, skipped=NO_PEERS)
            continue
        theirs = [one.theirs[phase] for one in sessions]
        ratios = tuple(their / our for our, their in zip(ours, theirs, strict=True))
        yield Row(name, ratios, "times", least=least, note=f"reader {median(theirs):.2f} ms here")


@dataclass(slots=True)
class Session:
    """Milliseconds a poll by phase, of the monitor and of reader; the most megabytes of the monitor and of its parser
    after a phase."""

    ours: dict[str, float] = field(default_factory=dict)
    theirs: dict[str, float] = field(default_factory=dict)
    memory: tuple[float, float] = (0.0, 0.0)


def session(setup: Setup, feeds: int, folder: Path, peers: Path | None) -> Session:
    """A first poll and what follows it, of the monitor and then of reader, one phase after the other."""
    folder.mkdir()
    taken = Session()
    with ExitStack() as stack:
        source = stack.enter_context(driver("benchmarks.feed_source", setup.stories, str(feeds), setup=setup))
        port = source.ready["port"]
        config = write_config(folder, port, feeds)
        monitor = stack.enter_context(driver("benchmarks.poll_driver", config, setup=setup))
        pollers = [(monitor, taken.ours)]
        if peers is not None:
            words = (str(folder / "reader.db"), str(port), str(feeds))
            reader = stack.enter_context(driver("benchmarks.peer_reader", *words, setup=setup, python=peers))
            pollers.append((reader, taken.theirs))
        for phase, rounds in ((FIRST, 1), (UNCHANGED, UNCHANGED_ROUNDS), (ONE_NEW, 1)):
            if phase == ONE_NEW:
                source.ask(new=None)
            for poller, times in pollers:
                answer = polled(poller, feeds, rounds)
                times[phase] = 1000 * answer["cpu"] / (feeds * rounds)
                if poller is monitor:
                    taken.memory = max(taken.memory, (answer["memory"], answer["memory_of_children"]), key=sum)
    return taken


def polled(poller: Driver, feeds: int, rounds: int) -> dict[str, Any]:
    """What some rounds took. Raises RuntimeError where a feed failed or was not asked."""
    answer = poller.ask(rounds=rounds)
    if answer["errors"] or answer["polls"] not in (feeds * rounds, 0):
        raise RuntimeError(f"{answer['polls']} polls of {feeds * rounds}; {answer['errors'][:3]}")
    return answer


def write_config(
    folder: Path,
    port: int,
    feeds: int,
    *,
    interval: str = "1h",
    rules: Path = ROOT / "rules",
    publishers: Sequence[str] = PUBLISHERS,
) -> Path:
    """A folder's config.toml for the feeds of a source; they take turns as the feeds of these publishers."""
    values = {"rules": json.dumps(str(rules)), "templates": json.dumps(str(ROOT / "templates"))}
    text = CONFIG.format(folder=folder, **values)
    for number in range(feeds):
        url, publisher = f"http://127.0.0.1:{port}/feed/{number}", publishers[number % len(publishers)]
        text += FEED.format(number=number, url=url, publisher=publisher, interval=interval)
    config = folder / "config.toml"
    config.write_text(text, encoding="utf-8")
    return config


if __name__ == "__main__":
    run(__doc__, measure)
