"""Every endpoint of hostile_server.py is a feed beside fifty good ones: these keep their polls and their news,
and no request reaches an address that a feed had no right to name.

`python -m tests.faults.sweep_hostile [--minutes 2]`. The good feeds are watched alone first, for as long.
"""

# ruff: noqa: T201 - it prints what it finds

import argparse
import json
import sys
import time
from urllib.request import urlopen

from tests.builders.channel_servers import closed_port
from tests.builders.feed_publisher import rss
from tests.faults.ends import pass_time, stand_in, until
from tests.faults.load import LAST_SECONDS, OLD, load
from tests.faults.program import FEED

GOOD, INTERVAL = 50, "3s"
LEAST = 0.95
"""Share of the polls that good feeds must keep."""
NEWS_SECONDS = 6.0


def polls(seconds: float, hostile: list[str]) -> tuple[float, str, list[str]]:
    """Polls of the good feeds in such a time, what was found, and what must not be."""
    with load("sqlite", goods=int(seconds / NEWS_SECONDS), limit=int(seconds + 4 * LAST_SECONDS)) as work:
        good = [f"/good/{number}" for number in range(GOOD)]
        work.feed.documents |= dict.fromkeys(good, rss(OLD))
        with (work.program.folder / "config.toml").open("a") as config:
            for number, url in enumerate([*map(work.feed.url, good), *hostile]):
                config.write(FEED.format(url=url).replace('"wire"', f'"f{number}"').replace('"1s"', f'"{INTERVAL}"'))
        with work.program.running():
            until(lambda: all(work.feed.answers[path, 304] for path in good))
            before, began = work.feed.answers.total(), time.monotonic()
            while time.monotonic() - began < seconds:
                work.show()
                pass_time(NEWS_SECONDS)
            count = (work.feed.answers.total() - before) / (time.monotonic() - began)
            until(work.all_told, LAST_SECONDS)
        return count, *work.findings()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    seconds = 60 * parser.parse_args().minutes
    alone, counts, faults = polls(seconds, [])
    print(f"alone: {60 * alone / GOOD:.1f} polls a feed and minute: {counts}", flush=True)
    limit, tls = int(seconds + 4 * LAST_SECONDS), closed_port()
    options = ("--max-seconds", str(limit), "--tls-port", str(tls))
    with stand_in("hostile_server.py", None, *options) as server:
        base, safe = f"http://127.0.0.1:{server.port}", f"https://127.0.0.1:{tls}"
        with urlopen(f"{base}/", timeout=10) as answer:
            paths = [endpoint["path"] for endpoint in json.load(answer)]
        # What leads from https to http is asked over https; over http it would lead to its own address, which it may.
        endpoints = [(safe if path == "/to_http" else base) + path for path in paths]
        beside, counts, more = polls(seconds, endpoints)
        with urlopen(f"{base}/_canaries", timeout=10) as answer:
            canaries = json.load(answer)
    share = beside / alone
    print(f"beside {len(endpoints)} hostile feeds: {60 * beside / GOOD:.1f}, a share of {share:.3f}: {counts}")
    print(f"canaries: {canaries}")
    faults += more
    faults += [f"good feeds keep {share:.3f} of their polls"] if share < LEAST else []
    faults += [f"canaries were reached: {canaries}"] if canaries else []
    sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
    main()
