"""A thousand commitments of which no story speaks cost no more than one:
neither a story's intake nor a round without news.

The commitments are made up, of invented names and English verbs; the stories are real, and go through intake,
matching and the database. One commitment is measured before and after the thousand, so that a machine that gets
slower meanwhile shows in the spread.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from statistics import mean

from benchmarks.archive import every, in_time_order, read_lines
from benchmarks.bench_history import Rehearsal
from benchmarks.made_up_rules import invented_rules, write_rules
from benchmarks.measure import Row, Setup, run

MANY, STORIES = 1_000, 2_000


def measure(setup: Setup) -> Iterator[Row]:
    lines = in_time_order(every(read_lines(setup.stories), setup.size(STORIES, 40)))
    stories = [json.loads(line) for line in lines]
    many, intakes, idles = setup.size(MANY, 20), list[float](), list[float]()
    for number, count in enumerate((1, many, 1)):
        folder = setup.work / str(number)
        folder.mkdir()
        rules = write_rules(folder / "rules", invented_rules(count, random.Random(count)))
        rehearsal = Rehearsal.opened(folder, rules)
        intakes.append(rehearsal.play(stories).intake)
        idles.append(rehearsal.idle())
        rehearsal.app.close()
    for name, (before, of_many, after) in (("intake of a story", intakes), ("a round without news", idles)):
        note = f"{mean((before, after)) * 1000:.2f} and {of_many * 1000:.2f} ms here"
        ratios = of_many / before, of_many / after
        yield Row(f"{many:,} commitments against one: {name}", ratios, "times", most=1.2, note=note)


if __name__ == "__main__":
    run(__doc__, measure)
