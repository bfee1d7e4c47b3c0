"""`deal-monitor match` reads the archive at 3,000 stories a second and more, its start included.

The sections say where the time goes, and so what keeps it from more: the steps of the command for one story, what
stories that say nothing and stories that say something cost, and the modules in which the time is spent.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from statistics import mean, median
from typing import TypeVar

from benchmarks.archive import copied, every, read_lines, write_lines
from benchmarks.measure import CACHE, ROOT, Finding, Row, Section, Setup, run, too_few

GOAL = 10_000
"""Stories a second that the profile is compared with."""
ARCHIVE = 75_000
PROFILED = 6_000
SHOWN = 12
HOSTILE, DENSE = 2_000, "中国将购买1200万吨美国大豆，"
"""The characters that are kept of a summary, and words that very many patterns ask for."""
A = TypeVar("A")
B = TypeVar("B")


def measure(setup: Setup) -> Iterator[Finding]:
    lines = read_lines(setup.stories)
    lines = lines[: setup.size(len(lines), 40)]
    file = write_lines(setup.work / "stories.jsonl", lines)
    setup.command("match", "--json", file)  # compiles the rules
    bar = "match on the archive, start included"
    if why := "" if setup.smoke else too_few(len(lines)):
        yield Row(bar, least=3000, skipped=why)
    else:
        peaks: list[float] = []

        def rate() -> float:
            spent = setup.command("match", "--json", file)
            peaks.append(spent.peak_mb)
            return len(lines) / spent.cpu

        rates = setup.repeated(rate)
        yield Row(bar, rates, "stories/s", least=3000, scales="rate", note=f"{len(lines):,} stories")
        yield Row("match, memory", tuple(peaks), "MB")
    yield processes(lines, setup)
    yield hostile(setup)
    yield from profile(every(lines, setup.size(PROFILED, 20)), setup)


def processes(lines: list[str], setup: Setup) -> Row:
    """What a second process saves of the time, on an archive of this and of later years."""
    wanted, years = setup.size(ARCHIVE, 40), (json.dumps(copied(json.loads(line), 1)) + "\n" for line in lines)
    file = write_lines(setup.work / "long.jsonl", islice(chain(lines, years), wanted))
    name = f"match of {ARCHIVE:,} stories by two processes against one"
    if why := "" if setup.smoke else too_few(len(lines), ARCHIVE // 2):
        return Row(name, least=1.5, skipped=why)
    spent: list[float] = []

    def faster() -> float:
        alone, together = (setup.command("match", "--json", "--jobs", jobs, file) for jobs in ("1", "2"))
        spent.append(together.cpu / alone.cpu)
        return alone.wall / together.wall

    ratios = setup.repeated(faster)
    return Row(name, ratios, "times", least=1.5, note=f"by the clock; {median(spent):.2f} times the CPU")


def hostile(setup: Setup) -> Row:
    """What a summary of the greatest length costs that is made of words of the rules alone, against a quarter of it."""
    from monitor.domain.matching.match import match
    from monitor.replay import as_entry, line_as_story, read_story
    from monitor.rulebook import load_rulebook

    rulebook, spent = load_rulebook(ROOT / "rules", cache=CACHE), list[float]()

    def cost(length: int) -> float:
        line = {"id": "1", "published": "2026-01-15", "title": "中国大豆", "summary": (DENSE * length)[:length]}
        story = line_as_story(as_entry(read_story(json.dumps(line), 1, "-"), 1, "-"))
        return min(timed(lambda story: match(story, rulebook), story)[0] for _ in range(3))

    def ratio() -> float:
        spent.append(cost(HOSTILE))
        return spent[-1] / cost(HOSTILE // 4)

    ratios = setup.repeated(ratio)
    note = f"{median(spent) / 1000:,.0f} ms for {HOSTILE:,} characters"
    return Row("a hostile summary against a quarter of it", ratios, "times", most=6, note=note)


def profile(lines: Sequence[str], setup: Setup) -> Iterator[Section]:
    """Where the time of `match` goes, on a sample of the stories."""
    from monitor.domain.matching.match import match
    from monitor.replay import as_entry, line_as_story, read_story
    from monitor.rulebook import load_rulebook

    rulebook = load_rulebook(ROOT / "rules", cache=CACHE)
    read = [timed(lambda line: line_as_story(as_entry(read_story(line, 1, "-"), 1, "-")), line) for line in lines]
    stories = [story for _, story in read]
    for story in stories[:200]:
        match(story, rulebook)  # what the first stories compute once is no part of the rest
    found = [timed(lambda story: match(story, rulebook), story) for story in stories]
    written = [timed(lambda signals: json.dumps([str(one) for one in signals]), signals) for _, signals in found]
    yield steps([took for took, _ in read], [took for took, _ in found], [took for took, _ in written], setup.speed)
    yield kinds([(took, bool(signals)) for took, signals in found])
    yield modules(lambda: [match(story, rulebook) for story in stories])


def timed(do: Callable[[A], B], what: A) -> tuple[float, B]:
    """Microseconds of CPU that a call takes, and its value."""
    began = time.process_time_ns()
    value = do(what)
    return (time.process_time_ns() - began) / 1000, value


def steps(read: list[float], found: list[float], written: list[float], speed: float) -> Section:
    """What each step of the command takes for one story."""
    parts = {"read a line": mean(read), "match": mean(found), "write what was found": mean(written)}
    lines = ["| step | us a story | at reference speed |", "|---|---|---|"]
    lines += [f"| {name} | {took:.0f} | {took * speed:.0f} |" for name, took in parts.items()]
    total = sum(parts.values()) * speed
    lines += [
        "",
        f"{GOAL:,} stories/s leave {1e6 / GOAL:.0f} us a story at reference speed; these steps take {total:.0f}.",
    ]
    return Section(f"Steps of one story, the mean of {len(read):,}", tuple(lines))


def kinds(found: list[tuple[float, bool]]) -> Section:
    """What stories with and without a signal cost, and what the dearest cost."""
    lines = ["| stories | share | share of the time | mean us | median us |", "|---|---|---|---|---|"]
    whole, count = sum(took for took, _ in found), len(found)
    dearest = sorted((took for took, _ in found), reverse=True)[: max(1, count // 100)]
    groups = {
        "without a signal": [took for took, signal in found if not signal],
        "with a signal": [took for took, signal in found if signal],
        "the dearest hundredth": dearest,
    }
    for name, times in groups.items():
        if times:
            share, spent = len(times) / count, sum(times) / whole
            lines.append(f"| {name} | {share:.1%} | {spent:.1%} | {mean(times):,.0f} | {median(times):,.0f} |")
    return Section("Matching by kind of story", tuple(lines))


def modules(do: Callable[[], object]) -> Section:
    """The modules in which `do` spends its time, by the profiler, which makes calls dearer than they are."""
    profiler = cProfile.Profile()
    profiler.runcall(do)
    own: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    entries: Iterable[tuple[tuple[str, int, str], tuple[int, int, float, float, object]]]
    entries = pstats.Stats(profiler).stats.items()  # type: ignore[attr-defined]
    for (file, _, _), (_, count, spent, _, _) in entries:
        name = (
            module_of(file)
            if file.startswith(str(ROOT / "monitor"))
            else "built-in functions"
            if file == "~"
            else "libraries"
        )
        own[name] += int(spent * 1e6)
        calls[name] += count
    whole = own.total()
    lines = ["| where | share of own time | calls |", "|---|---|---|"]
    lines += [f"| {name} | {spent / whole:.1%} | {calls[name]:,} |" for name, spent in own.most_common(SHOWN)]
    return Section("Matching by module, under cProfile", tuple(lines))


def module_of(file: str) -> str:
    return str(Path(file).relative_to(ROOT).with_suffix("")).replace("/", ".")


if __name__ == "__main__":
    run(__doc__, measure)
