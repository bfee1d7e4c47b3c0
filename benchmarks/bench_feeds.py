"""Two thousand feeds cost no more a feed than a hundred, and a round of them takes at most 300 MB.

Each size is a session of `bench_poll`: a first poll, rounds without news, a round with one new item a feed. The small
one is played before and after the large one, so that a machine that gets slower meanwhile shows in the spread. Memory
is that of the monitor and its parser after one of the phases, the largest, measured as by tests/faults/sweep_soak.py,
which has no more than 220 MB: its titles are short and without summaries, its documents are stored as they come. Here
42,000 real stories of the last two days are in the index, and a round fetches all documents before it stores the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean

from benchmarks.bench_poll import FIRST, ONE_NEW, UNCHANGED, session
from benchmarks.measure import Row, Setup, run

FEW, MANY = 100, 2_000


def measure(setup: Setup) -> Iterator[Row]:
    sizes = setup.size(FEW, 2), setup.size(MANY, 4)
    before, many, after = (
        session(setup, feeds, setup.work / f"session{number}", None)
        for number, feeds in enumerate((sizes[0], sizes[1], sizes[0]))
    )
    for phase in (UNCHANGED, ONE_NEW, FIRST):
        few = before.ours[phase], after.ours[phase]
        note = f"{mean(few):.2f} and {many.ours[phase]:.2f} ms here"
        name = f"{sizes[1]:,} feeds against {sizes[0]}: {phase}"
        yield Row(name, tuple(many.ours[phase] / one for one in few), "times", most=1.2, note=note)
    note = f"monitor {many.memory[0]:.0f}, parser {many.memory[1]:.0f}"
    yield Row(f"a round of {sizes[1]:,} feeds, memory", (sum(many.memory),), "MB", most=300, note=note)


if __name__ == "__main__":
    run(__doc__, measure)
