"""With a hundred thousand headlines in the window, `identify` is half as fast again as `datasketch`,
in a third of its memory.

Both ask for each headline and then add it: `datasketch` with 64 permutations and a threshold of 0.6, which tells less
(it knows no syndicated copies, and no numbers and negations that make another report). How sure `identify` is,
bench_recall tells. The bar is set for sketches that are made word by word (`update`), as the documentation of
`MinHashLSH` does; the rows below it compare with `update_batch` and with `bulk`, which makes many at once and is the
fastest: these sketches are timed on a part of the headlines.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.archive import headlines, read_lines
from benchmarks.measure import NO_PEERS, Row, Setup, driver, run, too_few

WINDOW, ASKED = 100_000, 5_000
LEAST_RATE = 1.5
"""1.82 on the machine of 28 November; 1.6 to 1.7 with the same code on one that runs numpy half as fast again and
Python a third."""
OTHER_WAYS = ("update_batch", "bulk")
"""Of datasketch, to make sketches."""


def measure(setup: Setup) -> Iterator[Row]:
    lines = read_lines(setup.stories)
    names = ("near-duplicates against datasketch, rate", "near-duplicates against datasketch, memory")
    if why := "" if setup.smoke else too_few(len(lines)):
        yield Row(names[0], least=LEAST_RATE, skipped=why)
        yield Row(names[1], most=1 / 3, skipped=why)
        return
    titles, file = headlines(lines, setup.size(WINDOW, 600), random.Random(2026)), setup.work / "titles"
    file.write_text("\n".join(" ".join(title.split()) for title in titles), encoding="utf-8")
    with driver("benchmarks.identify_driver", file, setup=setup) as ours:
        filled = ours.ask(do="fill")
        others = {what: ours.ask(do=what, count=setup.size(ASKED, 100)) for what in ("exact", "copies")}
    rate = len(titles) / filled["seconds"]
    if setup.peers is None:
        yield Row(names[0], least=LEAST_RATE, skipped=NO_PEERS)
        yield Row(names[1], most=1 / 3, skipped=NO_PEERS)
    else:
        yield from against_datasketch(setup, file, len(titles), filled, names)
    note = f"{len(titles):,} headlines, {filled['joined'] / len(titles):.1%} joined"
    yield Row("identify and add", (rate,), "headlines/s", scales="rate", note=note)
    yield Row("identify and add, memory", (filled["memory"],), "MB", note="index and stories")
    for what, name in (("exact", "keys alone"), ("copies", "copies in the full window")):
        rate = others[what]["count"] / max(others[what]["seconds"], 1e-9)
        yield Row(name, (rate,), "headlines/s", scales="rate")


def against_datasketch(
    setup: Setup, file: Path, count: int, filled: dict[str, Any], names: tuple[str, str]
) -> Iterator[Row]:
    """filled: what the identify_driver answered to `fill` with these `count` headlines."""
    with driver("benchmarks.peer_datasketch", file, setup=setup, python=setup.peers) as peer:
        theirs = peer.ask(do="fill")
        part = min(ASKED, count)
        each = {way: peer.ask(do="sketch", way=way, count=part)["seconds"] / part for way in OTHER_WAYS}
    documented = theirs["sketching"] + theirs["indexing"]
    note = f"datasketch {count / documented:,.0f} headlines/s, {theirs['memory']:.0f} MB"
    yield Row(names[0], (documented / filled["seconds"],), "times", least=LEAST_RATE, note=note)
    for way, sketch in each.items():
        seconds = count * sketch + theirs["indexing"]
        note = f"datasketch {count / seconds:,.0f} headlines/s"
        yield Row(f"near-duplicates against datasketch with {way}", (seconds / filled["seconds"],), "times", note=note)
    yield Row(names[1], (filled["memory"] / theirs["memory"],), "times", most=1 / 3)


if __name__ == "__main__":
    run(__doc__, measure)
