"""`datasketch` as a driver that takes headlines into one index; it runs in the environment of the peers.

    python -m benchmarks.peer_datasketch TITLES

64 permutations and a threshold of 0.6 over the words of a headline, each headline asked for and then added. `fill`
makes the sketches as the documentation of its index does, word by word; `sketch` makes some in another of its ways
and drops them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasketch import MinHash, MinHashLSH

from benchmarks.measure import memory_of

PERMUTATIONS, THRESHOLD = 64, 0.6
BATCH = 1_000
"""Sketches that are made before they are asked for."""


def word_by_word(headlines: Sequence[list[bytes]]) -> list[MinHash]:
    sketches = [MinHash(num_perm=PERMUTATIONS) for _ in headlines]
    for sketch, words in zip(sketches, headlines, strict=True):
        for word in words:
            sketch.update(word)
    return sketches


def headline_by_headline(headlines: Sequence[list[bytes]]) -> list[MinHash]:
    sketches = [MinHash(num_perm=PERMUTATIONS) for _ in headlines]
    for sketch, words in zip(sketches, headlines, strict=True):
        sketch.update_batch(words)
    return sketches


def in_bulk(headlines: Sequence[list[bytes]]) -> list[MinHash]:
    sketches: list[MinHash] = MinHash.bulk(headlines, num_perm=PERMUTATIONS)
    return sketches


WAYS = {"update": word_by_word, "update_batch": headline_by_headline, "bulk": in_bulk}


def main() -> None:
    titles = Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    print(json.dumps({"titles": len(titles)}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = fill(titles) if asked["do"] == "fill" else sketch(titles[: asked["count"]], asked["way"])
        print(json.dumps(answer), flush=True)


def fill(titles: Sequence[str]) -> dict[str, Any]:
    """Seconds of CPU for all sketches (made by `update`) and for asking and adding; the megabytes that this has
    added."""
    held, sketching, indexing, joined = memory_of(os.getpid()), 0.0, 0.0, 0
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for start in range(0, len(titles), BATCH):
        began = time.process_time()
        sketches = word_by_word([words_of(title) for title in titles[start : start + BATCH]])
        made = time.process_time()
        for number, one in enumerate(sketches, start):
            joined += bool(index.query(one))
            index.insert(number, one)
        sketching, indexing = sketching + made - began, indexing + time.process_time() - made
    memory = memory_of(os.getpid()) - held
    return {"sketching": sketching, "indexing": indexing, "memory": memory, "joined": joined}


def sketch(titles: Sequence[str], way: str) -> dict[str, Any]:
    """Seconds of CPU to make the sketches of these headlines in one of the WAYS."""
    began = time.process_time()
    WAYS[way]([words_of(title) for title in titles])
    return {"seconds": time.process_time() - began}


def words_of(title: str) -> list[bytes]:
    return [word.encode() for word in set(title.casefold().split())]


if __name__ == "__main__":
    main()
