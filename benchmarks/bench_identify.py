"""How fast, how large and how sure is `identify`?

    python benchmarks/bench_identify.py [stories.jsonl.gz] [--window 100000]

Takes headlines from a story file (by default the corpus beside the clone, else invented ones) until the index holds --window
stories, then altered copies: a publisher's suffix, "UPDATE 1-", capitals, a word left out, two words exchanged, the end cut off.
All figures are CPU time of one process; the exact-only pass in the same run is the yardstick on any machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from monitor.domain.identity import entry_keys
from monitor.domain.likeness import is_telling
from monitor.domain.model import Entry, Publisher
from monitor.domain.stories import StoryIndex, identify

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


def _left_out(title: str, rng: random.Random) -> str:
    words = title.split()
    plain = [place for place, word in enumerate(words) if not is_telling(word.strip(".,:;'’\"").lower())]
    if plain:
        del words[rng.choice(plain)]
    return " ".join(words)


def _exchanged(title: str, rng: random.Random) -> str:
    words = title.split()
    place = rng.randrange(len(words) - 1)
    words[place : place + 2] = reversed(words[place : place + 2])
    return " ".join(words)


ALTERATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "publisher's suffix": lambda title, _: f"{title} - Example News",
    "UPDATE 1-": lambda title, _: f"UPDATE 1-{title}",
    "capitals": lambda title, _: title.upper(),
    "a plain word left out": _left_out,
    "two neighbours exchanged": _exchanged,
    "the end cut off": lambda title, _: title[: int(0.8 * len(title))].rsplit(" ", 1)[0] + "…",
}


def exact_pass(entries: list[Entry]) -> float:
    """Seconds to look every entry up by its keys alone."""
    known: dict[str, str] = {}
    start = time.process_time()
    for one in entries:
        for key in entry_keys(one):
            known.setdefault(key, one.url)
    return time.process_time() - start


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def full_pass(entries: list[Entry], index: StoryIndex) -> tuple[float, int]:
    """Seconds to identify and index every entry, and how many joined a story."""
    start, joined = time.process_time(), 0
    for one in entries:
        found = identify(one, index, Anyone(), NOW)
        index.add(found.story, entry_keys(one))
        joined += found.kind != "new"
    return time.process_time() - start, joined


def recall(titles: list[str], index: StoryIndex, rng: random.Random) -> Iterator[tuple[str, int, int, float]]:
    """For each kind of alteration: name, copies, copies that joined, seconds."""
    long = [title for title in titles if len(title.split()) >= 8]
    for name, alter in ALTERATIONS.items():
        copies = [alter(title, rng) for title in rng.sample(long, min(len(long), COPIES // len(ALTERATIONS)))]
        start = time.process_time()
        kinds = [
            identify(entry(copy, f"copy {number}", f"https://copies.example/{number}"), index, Anyone(), NOW).kind
            for number, copy in enumerate(copies)
        ]
        yield name, len(copies), sum(kind != "new" for kind in kinds), time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("stories", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--window", type=int, default=100_000)
    chosen = parser.parse_args()
    rng = random.Random(2026)
    source = (
        real_titles(chosen.stories)
        if chosen.stories.exists()
        else (title for title, _ in zip(invented_titles(rng), range(chosen.window), strict=False))
    )
    titles = fill(source, rng, chosen.window)
    entries = [
        entry(title, f"source {number}", f"https://news.example/{number}") for number, title in enumerate(titles)
    ]
    before, exact = megabytes(), exact_pass(entries)
    index = StoryIndex()
    seconds, joined = full_pass(entries, index)
    print(f"{len(entries):,} headlines, {len(index):,} stories, {joined:,} joined ({joined / len(entries):.1%})")
    print(f"exact keys only  {len(entries) / exact:10,.0f} headlines/s")
    print(f"identify and add {len(entries) / seconds:10,.0f} headlines/s   {seconds / exact:.1f} times the exact pass")
    print(f"memory           {megabytes() - before:10,.0f} MB for index and stories")
    for name, copies, found, spent in recall(titles, index, rng):
        print(f"{name:26s} {found / copies:6.1%} of {copies} joined, {copies / spent:8,.0f}/s at the full window")


if __name__ == "__main__":
    main()
