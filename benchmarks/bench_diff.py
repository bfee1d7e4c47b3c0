"""`rules diff` of one word, over the last 90 days of news, takes at most eight seconds.

The word is one more choice in the first act of a commitment. Beside it stand two folders that say the same, which is
what a diff costs before any difference, and the first diff after the edit, which compiles the new rules too.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.archive import day_of, in_time_order, read_lines, write_lines
from benchmarks.made_up_rules import invented_rules, write_rules
from benchmarks.measure import ROOT, Row, Setup, run, too_few

FILE = "us-china-busan/soybean-purchases.yaml"
WORD = "attains"
DAYS = 90
DIFFERS = 3
"""Exit code of a diff that found something."""


def measure(setup: Setup) -> Iterator[Row]:
    lines = in_time_order(read_lines(setup.stories))
    name = f"rules diff, one word, {DAYS} days"
    if why := "" if setup.smoke else too_few(len(lines)):
        yield Row(name, most=8, skipped=why)
        return
    since = (date.fromisoformat(day_of(lines[-1])) - timedelta(days=DAYS)).isoformat()
    recent = [line for line in lines if day_of(line) >= since][: setup.size(len(lines), 20)]
    file = write_lines(setup.work / "stories.jsonl", recent)
    old, new, edited = setup.work / "old", setup.work / "new", FILE
    for folder in (old, new):
        if setup.smoke:  # to compile the shipped rules takes far longer than all else
            edited = "deal/rule-0.yaml"
            write_rules(folder, invented_rules(3, random.Random(0)))
        else:
            shutil.copytree(ROOT / "rules", folder)

    def seconds() -> float:
        return setup.command("rules", "diff", old, new, "--stories", file, exits=(0, DIFFERS)).cpu

    seconds()  # compiles the rules
    yield Row("rules diff, the same rules twice", setup.repeated(seconds), "s", scales="time")
    add_word(new / edited)
    yield Row("rules diff, one word, the first after the edit", (seconds(),), "s", scales="time")
    yield Row(name, setup.repeated(seconds), "s", most=8, scales="time", note=f"{len(recent):,} stories")


def add_word(file: Path) -> None:
    """Add WORD to the first choice of words of the file's first act."""
    head, acts, rest = file.read_text(encoding="utf-8").partition("\nacts:")
    changed, count = re.subn(r"\((\w+)\|", rf"(\1|{WORD}|", rest, count=1)
    assert count == 1
    file.write_text(head + acts + changed, encoding="utf-8")


if __name__ == "__main__":
    run(__doc__, measure)
