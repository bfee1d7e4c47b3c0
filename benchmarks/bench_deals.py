"""Fifty deals, each as large as the shipped one, in one program: the question to a model, `status`, and memory.

The deals are copies of the shipped one in words of their own. The program polls news of all of them, each real story in
the words of one deal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.archive import every, read_lines
from benchmarks.bench_poll import polled, write_config
from benchmarks.copied_deals import mark_of, reworded, write_copies
from benchmarks.measure import CACHE, ROOT, Row, Setup, child, driver, run
from monitor.render.reader_question import reader_questions
from monitor.rulebook import load_rulebook

DEALS, FEEDS, ROUNDS = 50, 60, 3
"""FEEDS: of twenty stories each; ROUNDS: with one new story of each feed, after the first."""


def measure(setup: Setup) -> Iterator[Row]:
    deals, feeds = setup.size(DEALS, 2), setup.size(FEEDS, 2)
    rules, folder = write_copies(ROOT / "rules", "us-china-busan", deals, setup.work / "rules"), setup.work / "monitor"
    folder.mkdir()
    note = f"{deals} deals"
    config, stories = write_config(folder, 9, 1, rules=rules), setup.work / "stories.jsonl"
    words = [sys.executable, "-m", "monitor", "--config", str(config), "status"]
    child(words, setup.environment)  # compiles the rules
    seconds = setup.repeated(lambda: child(words, setup.environment).cpu)
    yield Row("status", seconds, "s of CPU", most=1.5, note=note)
    questions = reader_questions(load_rulebook(rules, cache=CACHE), ROOT / "templates").values()
    yield Row("the longest question", (max(question.tokens for question in questions),), "tokens", most=4000, note=note)
    with stories.open("w", encoding="utf-8") as file:
        for number, line in enumerate(every(read_lines(setup.stories), feeds * (20 + ROUNDS))):
            story, mark = json.loads(line), mark_of(number % deals)
            story |= {name: reworded(story.get(name) or "", mark) for name in ("title", "summary")}
            file.write(json.dumps(story, ensure_ascii=False) + "\n")
    with ExitStack() as stack:
        source = stack.enter_context(driver("benchmarks.feed_source", stories, str(feeds), setup=setup))
        config = write_config(folder, source.ready["port"], feeds, rules=rules)
        monitor = stack.enter_context(driver("benchmarks.poll_driver", config, setup=setup))
        memory = [polled(monitor, feeds, 1)["memory"]]
        for _ in range(setup.size(ROUNDS, 1)):
            source.ask(new=None)
            memory.append(polled(monitor, feeds, 1)["memory"])
    yield Row("memory of `run`", (max(memory),), "MB", most=400, note=f"{note}, {feeds * 20:,} stories")


if __name__ == "__main__":
    run(__doc__, measure)
