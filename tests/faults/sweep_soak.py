"""A thousand feeds, one in twenty faulty, for half an hour: memory and descriptors stay, nothing is lost or repeated.

`python -m tests.faults.sweep_soak [--feeds 1000] [--minutes 30] [--interval 30s] [--most-mb 220]`. Memory is that of
the monitor and its parsers, the pages of both counted once; its mean in the last third of the time is within 3 % of
that in the third before. News is in three feeds at once, and one message a channel.
"""

# ruff: noqa: T201 - it prints what it finds

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

from benchmarks.measure import descendants, memory_of
from tests.builders.feed_publisher import Item, rss
from tests.faults.ends import pass_time, stand_in, until
from tests.faults.load import LAST_SECONDS, load
from tests.faults.program import FEED, item

FAULTY = ("/s500", "/parked", "/chunk_cut", "/silent", "/short_body")
"""What every twentieth feed does, an endpoint of hostile_server.py."""
SHOWN_IN, ITEMS = 3, 20
"""Feeds that show a story; items of each feed before."""
NEWS_SECONDS, LOOK_SECONDS = 10.0, 5.0
GROWTH = 0.03
MOST_START_SECONDS = 900.0
"""How long the first reading of all feeds may take on a busy machine."""


def old_items(feed: int) -> list[Item]:
    """What a feed has shown before: items of its own, without news."""
    date = "Fri, 30 Jan 2026 04:00:00 GMT"
    titles = ((n, f"Paper {feed} page {n}: gallery {feed * ITEMS + n} opens wing {n * feed}") for n in range(ITEMS))
    return [Item(f"{feed}-{n}", title, f"https://paper{feed}.example/{n}", date) for n, title in titles]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--interval", default="30s")
    parser.add_argument("--most-mb", type=float, default=220)
    asked = parser.parse_args()
    seconds = 60 * asked.minutes
    limit = int(seconds + MOST_START_SECONDS + 2 * LAST_SECONDS)
    options = ("--threads", "400", "--max-seconds", str(limit))
    with (
        load("sqlite", goods=int(seconds / NEWS_SECONDS), limit=limit) as work,
        stand_in("hostile_server.py", None, *options) as hostile,
    ):
        good = [number for number in range(asked.feeds) if number % 20]
        with (work.program.folder / "config.toml").open("a") as config:
            for number in range(asked.feeds):
                bad = f"http://127.0.0.1:{hostile.port}{FAULTY[number // 20 % len(FAULTY)]}?{number}"
                url = work.feed.url(f"/{number}") if number % 20 else bad
                config.write(
                    FEED.format(url=url).replace('"wire"', f'"f{number}"').replace('"1s"', f'"{asked.interval}"')
                )
        documents = {number: old_items(number) for number in good}
        work.feed.documents |= {f"/{number}": rss(*items) for number, items in documents.items()}
        with work.program.running() as run:
            until(lambda: work.feed.all_answered(304, len(good), 1), max(seconds, MOST_START_SECONDS))
            began, looks = time.monotonic(), list[tuple[float, float, int]]()
            told = 0.0
            while (now := time.monotonic() - began) < seconds:
                if now - told >= NEWS_SECONDS and now < seconds - NEWS_SECONDS:
                    told = now
                    place = len(work.shown) * SHOWN_IN % (len(good) - SHOWN_IN)
                    word = work.program.goods[len(work.shown)]
                    work.shown[word] = time.time()
                    for number in good[place : place + SHOWN_IN]:
                        fresh = item(word, datetime.now(UTC) - timedelta(seconds=2))
                        documents[number].insert(0, fresh)
                        work.feed.documents[f"/{number}"] = rss(*documents[number][:ITEMS])
                looks.append((now, memory(run.process.pid), descriptors(run.process.pid)))
                pass_time(LOOK_SECONDS)
            polls = sum(work.feed.answers.values()) / len(good) / ((time.monotonic() - began) / 60)
            until(work.all_told, LAST_SECONDS)
        counts, faults = work.findings()
    before, last = (
        mean(mb for at, mb, _ in looks if seconds * a <= at < seconds * b) for a, b in ((1 / 3, 2 / 3), (2 / 3, 2))
    )
    growth, most = last / before - 1, max(mb for _, mb, _ in looks)
    files = [count for _, _, count in looks[len(looks) // 3 :]]
    print(f"{asked.feeds} feeds, {asked.minutes:g} min, {polls:.2f} polls a feed and minute: {counts}")
    print(f"memory {before:.1f} and {last:.1f} MB ({growth:+.1%}), at most {most:.0f}")
    print(f"{min(files)} to {max(files)} descriptors")
    print("MB by time: " + ", ".join(f"{mb:.0f}" for _, mb, _ in looks[:: max(1, len(looks) // 20)]))
    faults += [f"memory grows by {growth:.1%}"] if growth > GROWTH else []
    faults += [f"memory of {most:.0f} MB"] if most > asked.most_mb else []
    sys.exit("\n".join(faults) or 0)


def memory(pid: int) -> float:
    """Megabytes of a process and its children."""
    return sum(map(memory_of, (pid, *descendants(pid))))


def descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


if __name__ == "__main__":
    main()
