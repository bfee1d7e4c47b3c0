"""A replay of the corpus takes at most 75 seconds and grows in line with the stories.

A story of the whole archive, in time order, must cost no more than one of its first third, without the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.archive import in_time_order, read_lines, write_lines
from benchmarks.measure import Row, Setup, Spent, run, too_few

MOST_SECONDS = 75
"""48.8 before events of note and presumed completions were weighed at each signal."""


def measure(setup: Setup) -> Iterator[Row]:
    lines = read_lines(setup.stories)
    lines = in_time_order(lines[: setup.size(len(lines), 60)])
    empty = write_lines(setup.work / "none.jsonl", lines[:1])
    setup.command("replay", "--json", empty)  # compiles the rules
    start = median(setup.command("replay", "--json", empty).cpu for _ in range(setup.size(3, 1)))
    names = ("replay of the archive", "replay, a story of the whole against one of the first third")
    if why := "" if setup.smoke else too_few(len(lines)):
        yield Row(names[0], most=MOST_SECONDS, skipped=why)
        yield Row(names[1], most=1.2, skipped=why)
        return
    yield from archive(setup, lines, start, names)


def archive(setup: Setup, lines: list[str], start: float, names: Sequence[str]) -> Iterator[Row]:
    """The whole archive, compared with its first third."""
    third = lines[: len(lines) // 3]
    files = [write_lines(setup.work / f"{len(part)}.jsonl", part) for part in (third, lines)]
    spent: list[tuple[Spent, Spent]] = []

    def once() -> float:
        first, whole = (setup.command("replay", "--json", file) for file in files)
        spent.append((first, whole))
        return whole.cpu

    seconds = setup.repeated(once)
    yield Row(names[0], seconds, "s", most=MOST_SECONDS, scales="time", note=f"{len(lines):,} stories, start included")
    costs = [((first.cpu - start) / len(third), (whole.cpu - start) / len(lines)) for first, whole in spent]
    shown = " and ".join(f"{median(cost) * 1e6:.0f}" for cost in zip(*costs, strict=True))
    ratios = tuple(later / early for early, later in costs)
    yield Row(names[1], ratios, "times", most=1.2, note=f"{shown} us a story")
    yield Row("replay, memory", tuple(whole.peak_mb for _, whole in spent), "MB")


if __name__ == "__main__":
    run(__doc__, measure)
