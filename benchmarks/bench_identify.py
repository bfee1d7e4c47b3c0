"""How fast and how large is `identify`? (How sure it is, `bench_recall.py` tells.)

    python benchmarks/bench_identify.py [stories.jsonl.gz] [--window 100000] [--runs 3]

Takes headlines from a story file (by default the corpus beside the clone, else invented ones) until the index holds --window
stories, then altered copies of them as other outlets print them. Rates are given by CPU time of this one process and by the
clock, the best of --runs passes; the exact-only pass in the same run is the yardstick on any machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from altered_copies import ENGLISH

from monitor.domain.model import Entry, Publisher
from monitor.domain.stories.entry_keys import entry_keys
from monitor.domain.stories.identify import identify
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.similarity import normalised_tokens
from monitor.domain.stories.titles import title_words

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "stories.jsonl.gz"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
COPIES = 5_000


class Anyone:
    """Every source is a publisher of its own."""

    def find(self, source: str, url: str = "") -> Publisher:  # noqa: ARG002 - the shape that identify asks for
        return Publisher(source)


def entry(title: str, source: str, url: str) -> Entry:
    return Entry(key=url, title=title, url=url, published_at=NOW, summary="", source=source)


def real_titles(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["title"]


def invented_titles(rng: random.Random) -> Iterator[str]:
    """Titles of ten invented words each, common words more often, as in language."""
    words = [
        f"{start}{middle}{end}"
        for start in "bdfglmnprst"
        for middle in ("ara", "ilo", "eno", "uma")
        for end in "bdklmnrst"
    ]
    while True:
        yield (
            " ".join(words[min(int(rng.paretovariate(0.6)), len(words)) - 1] for _ in range(10))
            + f" {rng.randrange(10**6)}"
        )


def fill(titles: Iterator[str], rng: random.Random, size: int) -> list[str]:
    """`size` different titles; where the file ends, its titles again with one word of each replaced by an invented one."""
    found = dict.fromkeys(title for title in titles if title)
    base = list(found)
    while len(found) < size:
        words = rng.choice(base).split()
        words[rng.randrange(len(words))] = f"x{rng.randrange(10**7)}"
        found[" ".join(words)] = None
    return list(found)[:size]


@dataclass(frozen=True)
class Spent:
    """Seconds of this process and of the clock."""

    cpu: float
    wall: float


class Stopwatch:
    """Measures from its making on; what was remembered of titles before is forgotten."""

    def __init__(self) -> None:
        title_words.cache_clear()
        normalised_tokens.cache_clear()
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def spent(self) -> Spent:
        return Spent(time.process_time() - self._cpu, time.perf_counter() - self._wall)


def rates(count: int, passes: list[Spent]) -> str:
    """The best of some passes, by CPU time and by the clock."""
    cpu, wall = min(one.cpu for one in passes), min(one.wall for one in passes)
    return f"{count / cpu:9,.0f}/s of CPU time {count / wall:9,.0f}/s by the clock"


def exact_pass(entries: list[Entry]) -> Spent:
    """What it takes to look every entry up by its keys alone."""
    known: dict[str, str] = {}
    watch = Stopwatch()
    for one in entries:
        for key in entry_keys(one):
            known.setdefault(key, one.url)
    return watch.spent()


def full_pass(entries: list[Entry]) -> tuple[Spent, StoryIndex, int]:
    """What it takes to identify and index every entry; the index, and how many entries joined a story."""
    index, joined = StoryIndex(), 0
    watch = Stopwatch()
    for one in entries:
        found = identify(one, index, Anyone(), NOW)
        index.add(found.story, entry_keys(one))
        joined += found.kind != "new"
    return watch.spent(), index, joined


def copies_pass(copies: list[Entry], index: StoryIndex) -> Spent:
    watch = Stopwatch()
    for one in copies:
        identify(one, index, Anyone(), NOW)
    return watch.spent()


def copies_of(titles: list[str], rng: random.Random) -> list[Entry]:
    """Copies of all kinds in equal parts."""
    long = [title for title in titles if len(title.split()) >= 8]
    found = []
    for alter in ENGLISH.values():
        made = (alter(title, rng) for title in rng.sample(long, min(len(long), COPIES // len(ENGLISH))))
        found += [copy for copy in made if copy is not None]
    rng.shuffle(found)
    return [entry(copy, f"copy {number}", f"https://copies.example/{number}") for number, copy in enumerate(found)]


def megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(titles: list[str], rng: random.Random, runs: int) -> None:
    entries = [
        entry(title, f"source {number}", f"https://news.example/{number}") for number, title in enumerate(titles)
    ]
    before = megabytes()
    first, index, joined = full_pass(entries)
    held = megabytes() - before
    exact = [exact_pass(entries) for _ in range(runs)]
    copies = copies_of(titles, rng)
    copied = [copies_pass(copies, index) for _ in range(runs)]
    del index
    full = [first, *(full_pass(entries)[0] for _ in range(runs - 1))]
    print(f"{len(entries):,} headlines, {joined:,} joined ({joined / len(entries):.1%})")
    print(f"exact keys only     {rates(len(entries), exact)}")
    print(f"identify and add    {rates(len(entries), full)}")
    print(f"copies, full window {rates(len(copies), copied)}")
    print(f"memory              {held:9,.0f} MB for index and stories")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("stories", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--window", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    rng = random.Random(2026)
    source = (
        real_titles(chosen.stories)
        if chosen.stories.exists()
        else (title for title, _ in zip(invented_titles(rng), range(chosen.window), strict=False))
    )
    titles = fill(source, rng, chosen.window)
    measure(titles, rng, chosen.runs)


if __name__ == "__main__":
    main()
