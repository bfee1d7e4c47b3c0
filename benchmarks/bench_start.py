"""What a command costs to start: CPU of each in a fresh folder, with the rules compiled before and without.

The ratio to an empty Python process of the same run is the yardstick on any machine. Bars are set elsewhere, for what
commands import; the figures show what that comes to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.measure import Row, Setup, child, run

STORY = '{"id": "1", "title": "China buys two cargoes of soybeans from the United States", "published": "2025-11-20"}\n'
COMMANDS = ("--help", "outbox list", "feeds list", "commitment log", "status", "match --json", "rules check")
UNCOMPILED = ("match --json", "rules check")


def measure(setup: Setup) -> Iterator[Row]:
    given, folder = setup.work / "story.jsonl", setup.work / "laid out"
    given.write_text(STORY, encoding="utf-8")
    setup.command("init", folder)
    cached, uncached = setup.environment, {**setup.environment, "DEAL_MONITOR_CACHE": "off"}

    def seconds(*arguments: str, cache: bool = True) -> tuple[float, ...]:
        def once() -> float:
            environment = cached if cache else uncached
            return child([sys.executable, *arguments], environment, cwd=folder, given=given).cpu

        return setup.repeated(once)

    for command in ("status", "rules check")[: setup.size(2, 0)]:  # compile and check the rules, and make the database
        child([sys.executable, "-m", "monitor", *command.split()], cached, cwd=folder)
    empty = seconds("-c", "pass")
    yield row("python -c pass", empty, empty)
    yield row("import sqlmodel", seconds("-c", "import sqlmodel"), empty)
    for command in COMMANDS[: setup.size(len(COMMANDS), 1)]:
        yield row(command, seconds("-m", "monitor", *command.split()), empty)
    for command in UNCOMPILED[: setup.size(len(UNCOMPILED), 0)]:
        yield row(f"{command}, rules not compiled", seconds("-m", "monitor", *command.split(), cache=False), empty)


def row(name: str, seconds: tuple[float, ...], empty: tuple[float, ...]) -> Row:
    ratio = median(seconds) / median(empty)
    note = f"{ratio:.1f} times python -c pass"
    return Row(name, tuple(1000 * value for value in seconds), "ms", scales="time", note=note)


if __name__ == "__main__":
    run(__doc__, measure)
