"""A replay of the corpus takes at most 30 seconds, grows in line with the stories, and holds little of them.

The thirds are the first, the first two, and all thirds of the archive in time order; their cost a story, without the start,
must not grow. A million stories are made-up copies of a sample, each later than the one before: two sizes are played, and the
memory of a million follows from the difference. --full plays the million itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.archive import copies, every, in_time_order, read_lines, write_lines
from benchmarks.measure import Row, Setup, Spent, run, too_few

MILLION = 1_000_000
SAMPLE, SMALL, LARGE = 3_000, 30_000, 90_000
"""Stories of which the million is made, and of the two sizes that are played."""


def measure(setup: Setup) -> Iterator[Row]:
    lines = read_lines(setup.stories)
    lines = in_time_order(lines[: setup.size(len(lines), 60)])
    empty = write_lines(setup.work / "none.jsonl", lines[:1])
    setup.command("replay", "--json", empty)  # compiles the rules
    start = median(setup.command("replay", "--json", empty).cpu for _ in range(setup.size(3, 1)))
    names = ("replay of the archive", "replay, a story of all thirds against one of the first")
    if why := "" if setup.smoke else too_few(len(lines)):
        yield Row(names[0], most=30, skipped=why)
        yield Row(names[1], most=1.2, skipped=why)
        yield Row("replay of 1,000,000 stories, memory", most=600, skipped=why)
        return
    yield from thirds(setup, lines, start, names)
    yield from million(setup, every(lines, setup.size(SAMPLE, 20)), start)


def thirds(setup: Setup, lines: list[str], start: float, names: tuple[str, str]) -> Iterator[Row]:
    parts = [lines[: len(lines) * part // 3] for part in (1, 2, 3)]
    spent: list[list[Spent]] = [[], [], []]
    files = [write_lines(setup.work / f"third{number}.jsonl", part) for number, part in enumerate(parts)]

    def once() -> float:
        for file, taken in zip(files, spent, strict=True):
            taken.append(setup.command("replay", "--json", file))
        return spent[2][-1].cpu

    whole = setup.repeated(once)
    yield Row(names[0], whole, "s", most=30, scales="time", note=f"{len(lines):,} stories, start included")
    costs = [median((one.cpu - start) / len(part) for one in taken) for part, taken in zip(parts, spent, strict=True)]
    shown = ", ".join(f"{cost * 1e6:.0f}" for cost in costs)
    first = [(one.cpu - start) / len(parts[0]) for one in spent[0]]
    last = [(one.cpu - start) / len(parts[2]) for one in spent[2]]
    ratios = tuple(later / early for early, later in zip(first, last, strict=True))
    yield Row(names[1], ratios, "times", most=1.2, note=f"{shown} us a story of one, two, three thirds")
    yield Row("replay, memory", tuple(one.peak_mb for one in spent[2]), "MB")


def million(setup: Setup, sample: list[str], start: float) -> Iterator[Row]:
    def played(count: int) -> Spent:
        file: Path = write_lines(setup.work / "copies.jsonl", copies(sample, count))
        return setup.command("replay", "--json", file)

    name = "replay of 1,000,000 stories, memory"
    if setup.full:
        spent = played(MILLION)
        cost = (spent.cpu - start) / MILLION
        yield Row(name, (spent.peak_mb,), "MB", most=600, note=f"played; {cost * 1e6:.0f} us a story")
        return
    sizes = setup.size(SMALL, 40), setup.size(LARGE, 80)
    small, large = map(played, sizes)
    each = (large.peak_mb - small.peak_mb) / (sizes[1] - sizes[0])
    note = f"from {small.peak_mb:.0f} MB at {sizes[0]:,} and {large.peak_mb:.0f} MB at {sizes[1]:,}: {each * 1e6:,.0f} bytes each"
    yield Row(name, (large.peak_mb + each * (MILLION - sizes[1]),), "MB", most=600, note=note)
    costs = [(one.cpu - start) / size for one, size in zip((small, large), sizes, strict=True)]
    note = f"{costs[0] * 1e6:.0f} and {costs[1] * 1e6:.0f} us a story"
    yield Row("replay, a story of the larger against one of the smaller", (costs[1] / costs[0],), "times", note=note)


if __name__ == "__main__":
    run(__doc__, measure)
