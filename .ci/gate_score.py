# ruff: noqa: T201 - figures for whoever reads the output of the run
"""How well the gate of the rules finds the stories that a reader must be asked about.

    gate_score.py RULES CORPUS

Of stories that people labelled as about a commitment the share that the gate lets through, and how many of all
stories a day it lets through, for each of the two files of the corpus. Exit code 1 below the bars.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story
from monitor.domain.reading.question import is_near
from monitor.replay.story_lines import as_entry, line_as_story
from monitor.rulebook import load_rulebook

KEPT, A_DAY = 0.99, 40
SAMPLES = {
    "to March": ("labels.jsonl", "stories.jsonl.gz"),
    "spring": ("labels-spring.jsonl", "stories-spring.jsonl.gz"),
}


def main(rules: Path, corpus: Path) -> int:
    """Print a line a sample; return the exit code."""
    rulebook, missed = load_rulebook(rules), False
    for name, (labels, stories) in SAMPLES.items():
        about = [story for row, story in rows(corpus / labels) if row["matches"]]
        lost = [story for story in about if not is_near(story, rulebook)]
        kept, (near, days, cost) = 1 - len(lost) / len(about), stories_a_day(corpus / stories, rulebook)
        print(
            f"{name}: kept {kept:.4f} of {len(about)} stories about a commitment (bar {KEPT}), "
            f"{near / days:.1f} stories a day of {days} (bar {A_DAY}), {cost * 1e6:.0f} µs a story"
        )
        for story in lost:
            print(f"  lost: {story.id}")
        missed |= kept < KEPT or near / days > A_DAY
    return int(missed)


def stories_a_day(path: Path, rulebook: Rulebook) -> tuple[int, int, float]:
    """How many stories of a file are near, over how many days, and the seconds of CPU that one takes to tell."""
    stories = [story for _, story in rows(path)]
    began = time.process_time()
    near = sum(is_near(story, rulebook) for story in stories)
    cost = (time.process_time() - began) / len(stories)
    days = {story.published_at.date() for story in stories}
    return near, (max(days) - min(days)).days + 1, cost


def rows(path: Path) -> Iterable[tuple[dict[str, Any], Story]]:
    """Each line of a file as it stands and as a story."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            yield row, line_as_story(as_entry(row, number, path.name))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
