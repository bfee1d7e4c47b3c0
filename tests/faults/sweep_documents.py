"""Twenty thousand damaged feed documents: each is read or refused with FeedError, within five seconds of CPU.

`python -m tests.faults.sweep_documents [--count 20000] [--seed 1] [--keep FOLDER]`. They are recorded feeds (../shared)
with some cuts, repetitions, exchanges and foreign bytes, drawn by a seed, and go through the same splitting and worker
process as live ones. A document that fails is kept.
"""

# ruff: noqa: T201 - it prints what it finds

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.measure import cpu_of, descendants
from monitor.errors import FeedError
from monitor.feeds import worker as worker_of
from monitor.feeds.items import ParsedFeed
from monitor.feeds.known_items import parse_new_items
from tests.faults.ends import TOOLS

NOW = datetime(2026, 12, 1, tzinfo=UTC)
MOST_CPU = 5
"""Seconds for a document; the worker is stopped at its own limit, which is a FeedError too and counts as slow."""
LARGEST = 100_000
"""Bytes of a recorded feed to start from: nine in ten have fewer."""
PIECES = (
    b"<item>", b"</item>", b"<entry>", b"</channel>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&lt;", b"&#0;",
    b"&#x10FFFF;", b"&bomb;", b"<!DOCTYPE x [<!ENTITY bomb 'aaaa'>]>", b"<?xml version='1.0' encoding='utf-16'?>",
    b"\xff\xfe", b"\x00",
    b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"<title>" * 50, b"<a b='c' " * 200, b" x='y'" * 500, b"{" * 200, b"[" * 2000,
    b'"items":', b"null", b"1e999", b"-" * 500, b"<guid>", b"<pubDate>99 Foo 20000 99:99:99 +9999</pubDate>",
    b"<link href='javascript:1'/>", b"xml:base='http://[::1'", b"xmlns:media='x'", b"\xe2\x80\xae", b"\\ud800",
    b"<source url=''>", b"%" * 300, b"<" + b"n" * 9_000,
)  # fmt: skip
"""What readers of feeds have stumbled over: tags, entities, encodings, nesting, numbers, dates, addresses."""


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
    """A recorded document with up to a dozen damages."""
    body = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8, 12))):
        at, end = sorted(chance.randint(0, len(body)) for _ in range(2))
        near = min(end, at + chance.choice((1, 10, 200)))
        match chance.randrange(7):
            case 0:
                del body[at:near]
            case 1:
                body[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 1, 30))
            case 2:
                body[at:at] = body[at:near] * chance.choice((1, 5, 100))
            case 3:
                body[at:near] = chance.randbytes(near - at)
            case 4:
                del body[end:]
            case 5:
                other = chance.choice(seeds)
                start = chance.randint(0, len(other))
                body[at:near] = other[start : start + 2000]
            case 6:
                body = bytearray(
                    bytes(body).replace(*(chance.choice(((b"<", b"&lt;"), (b">", b""), (b'"', b"'"), (b"/", b"")))), 3)
                )
    return bytes(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=None, help="folder of documents that fail [a new one]")
    asked = parser.parse_args()
    files = sorted(file for file in (TOOLS.parent / "feeds").rglob("*") if file.is_file())
    seeds = [body for body in (file.read_bytes() for file in files) if body and len(body) <= LARGEST]
    keep = asked.keep or Path(tempfile.mkdtemp(prefix="documents-"))
    told, slowest, failed, began = Counter[str](), 0.0, list[str](), time.monotonic()
    with worker_of.ParseWorker(worker_of.WorkerLimits(cpu_s=MOST_CPU)) as worker:
        for number in range(asked.count):
            body = mutated(seeds, random.Random(f"{asked.seed} {number}"))
            before, why = cpu(), ""
            try:
                feed, _ = parse_new_items(partial(parsed, worker), body, None, None, NOW)
                told["read" if feed.entries else "read, no entries"] += 1
            except FeedError as error:
                told[error.kind] += 1
                why = str(error) if isinstance(error.__cause__, worker_of._LostError) else ""
                if "the parser failed" in str(error):  # caught by its last net
                    told[str(error)] += 1
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                why = f"{type(error).__name__}: {error}"
            spent = cpu() - before
            slowest = max(slowest, spent)
            if why or spent > MOST_CPU:
                (keep / f"{asked.seed}-{number}.bin").write_bytes(body)
                failed.append(f"document {number} ({len(body)} bytes, {spent:.1f} s): {why}")
                print(failed[-1], flush=True)
            if (number + 1) % 1000 == 0:
                print(
                    f"{number + 1} in {time.monotonic() - began:.0f} s: {dict(told)}, slowest {slowest:.2f} s",
                    flush=True,
                )
    print(
        f"seed {asked.seed}, {len(seeds)} recorded feeds; those that failed are in {keep}" if failed else "none failed"
    )
    sys.exit(1 if failed else 0)


def parsed(worker: worker_of.ParseWorker, body: bytes, content_type: str | None) -> ParsedFeed:
    """The document as the parser reads it."""
    return worker.parse(body, url="https://feeds.example/news", content_type=content_type, now=NOW)


def cpu() -> float:
    """Seconds of CPU of this process and the running parser."""
    return time.process_time() + sum(map(cpu_of, descendants(os.getpid())))


if __name__ == "__main__":
    main()
