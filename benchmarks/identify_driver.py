"""`identify` as a driver, so that its memory is counted apart.

    python -m benchmarks.identify_driver TITLES

TITLES holds a headline a line. `fill` takes all of them into one window, `exact` makes the keys by which some are
found again, `copies` asks what altered copies of them are.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.altered_copies import ENGLISH
from benchmarks.measure import memory_of
from monitor.domain.model import Entry, Publisher
from monitor.domain.stories.entry_keys import entry_keys
from monitor.domain.stories.identify import identify
from monitor.domain.stories.index import StoryIndex

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
LONG = 8
"""Words of a headline that copies are made of."""


class Anyone:
    """Every source is a publisher of its own."""

    def find(self, source: str, url: str = "") -> Publisher:  # noqa: ARG002 - the shape that identify asks for
        return Publisher(source)


def entry(title: str, number: int, site: str) -> Entry:
    url = f"https://{site}.example/{number}"
    return Entry(id=url, title=title, url=url, published=NOW, summary="", source=f"{site} {number}")


def main() -> None:
    titles = Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    index, entries = StoryIndex(), [entry(title, number, "news") for number, title in enumerate(titles)]
    print(json.dumps({"titles": len(titles)}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = fill(entries, index) if asked["do"] == "fill" else known(titles, index, asked["do"], asked["count"])
        print(json.dumps(answer), flush=True)


def fill(entries: Sequence[Entry], index: StoryIndex) -> dict[str, Any]:
    """Identify every entry and take it into the index. memory: megabytes that this has added."""
    held, began, joined = memory_of(os.getpid()), time.process_time(), 0
    for one in entries:
        found = identify(one, index, Anyone(), NOW)
        index.add(found.story, entry_keys(one))
        joined += found.kind != "new"
    return {"seconds": time.process_time() - began, "memory": memory_of(os.getpid()) - held, "joined": joined}


def known(titles: Sequence[str], index: StoryIndex, what: str, count: int) -> dict[str, Any]:
    """Seconds of CPU for the keys of entries (`exact`), or for altered copies of them in the full window (`copies`)."""
    rng = random.Random(2026)
    chosen = titles[:count]
    if what == "copies":
        long = [title for title in titles if len(title.split()) >= LONG]
        alterations = list(ENGLISH.values())
        made = (rng.choice(alterations)(title, rng) for title in rng.sample(long, min(count, len(long))))
        chosen = [copy for copy in made if copy is not None]
    entries = [entry(title, number, "copies") for number, title in enumerate(chosen)]
    began = time.process_time()
    for one in entries:
        if what == "copies":
            identify(one, index, Anyone(), NOW)
        else:
            entry_keys(one)
    return {"seconds": time.process_time() - began, "count": len(entries)}


if __name__ == "__main__":
    main()
