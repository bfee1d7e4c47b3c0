"""A replay of the corpus takes at most 30 seconds, grows in line with the stories, and holds little of them.

A story of the whole archive, in time order, must cost no more than one of its first third, the start apart. A million stories are made-up copies of a sample, each later than the one before: two sizes are played, and the
memory of a million follows from the difference. --full plays the million itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.archive import copies, every, in_time_order, read_lines, write_lines
from benchmarks.measure import Row, Setup, Spent, run, too_few

MILLION = 1_000_000
SAMPLE, SMALL, LARGE = 3_000, 20_000, 60_000
"""Stories of which the million is made, and of the two sizes that are played."""


def measure(setup: Setup) -> Iterator[Row]:
    lines = read_lines(setup.stories)
    lines = in_time_order(lines[: setup.size(len(lines), 60)])
    empty = write_lines(setup.work / "none.jsonl", lines[:1])
    setup.command("replay", "--json", empty)  # compiles the rules
    start = median(setup.command("replay", "--json", empty).cpu for _ in range(setup.size(3, 1)))
    names = ("replay of the archive", "replay, a story of the whole against one of the first third")
    if why := "" if setup.smoke else too_few(len(lines)):
        yield Row(names[0], most=30, skipped=why)
        yield Row(names[1], most=1.2, skipped=why)
        yield Row("replay of 1,000,000 stories, memory", most=600, skipped=why)
        return
    yield from archive(setup, lines, start, names)
    yield from million(setup, every(lines, setup.size(SAMPLE, 20)), start)


def archive(setup: Setup, lines: list[str], start: float, names: tuple[str, str]) -> Iterator[Row]:
    """The whole archive, and beside it the first third."""
    third = lines[: len(lines) // 3]
    files = [write_lines(setup.work / f"{len(part)}.jsonl", part) for part in (third, lines)]
    spent: list[tuple[Spent, Spent]] = []

    def once() -> float:
        first, whole = (setup.command("replay", "--json", file) for file in files)
        spent.append((first, whole))
        return whole.cpu

    seconds = setup.repeated(once)
    yield Row(names[0], seconds, "s", most=30, scales="time", note=f"{len(lines):,} stories, start included")
    costs = [((first.cpu - start) / len(third), (whole.cpu - start) / len(lines)) for first, whole in spent]
    shown = " and ".join(f"{median(cost) * 1e6:.0f}" for cost in zip(*costs, strict=True))
    ratios = tuple(later / early for early, later in costs)
    yield Row(names[1], ratios, "times", most=1.2, note=f"{shown} us a story")
    yield Row("replay, memory", tuple(whole.peak_mb for _, whole in spent), "MB")


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
