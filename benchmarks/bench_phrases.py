"""Ten thousand phrases cost at most three times what ten cost.

The phrases are pairs of neighbouring words from one half of the archive, in rules of a hundred each; the stories of
the other half are read.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

from benchmarks.archive import every, read_lines
from benchmarks.bench_rules import rate, story, text_of
from benchmarks.made_up_rules import MadeUpRule, rulebook_of
from benchmarks.measure import Row, Setup, run
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.text.folding import fold

FEW, MANY, A_RULE = 10, 10_000, 100
STORIES = 6_000
SEED = 12


def measure(setup: Setup) -> Iterator[Row]:
    texts = [text_of(line) for line in every(read_lines(setup.stories), setup.size(2 * STORIES, 100))]
    phrases, read = phrases_of(texts[1::2], setup.size(MANY, 100)), texts[::2]
    few = rulebook_of(setup.work / "few", rules_of(phrases[:FEW]))
    many = rulebook_of(setup.work / "many", rules_of(phrases))
    rates: tuple[list[float], list[float]] = [], []

    def ratio() -> float:
        for rulebook, taken in zip((few, many), rates, strict=True):
            taken.append(rate(partial(read_text, rulebook), read))
        return rates[0][-1] / rates[1][-1]

    note = f"{len(read):,} stories"
    yield Row(f"{len(phrases):,} phrases against {FEW}", setup.repeated(ratio), "times", most=3, note=note)
    yield Row(f"{FEW} phrases", tuple(rates[0]), "stories/s", scales="rate")
    yield Row(f"{len(phrases):,} phrases", tuple(rates[1]), "stories/s", scales="rate")


def read_text(rulebook: Rulebook, text: str) -> None:
    match(story(text), rulebook)


def phrases_of(texts: Sequence[str], count: int) -> list[str]:
    """Different pairs of neighbouring words of letters, in an order that chance has set."""
    found = dict.fromkeys(
        f"{one} {two}"
        for text in texts
        for one, two in pairwise(fold(text).text.split())
        if one.isascii() and two.isascii() and one.isalpha() and two.isalpha() and len(one) + len(two) > 8
    )
    return random.Random(SEED).sample(list(found), min(count, len(found)))


def rules_of(phrases: Sequence[str]) -> list[MadeUpRule]:
    """Rules whose first group holds these phrases."""
    groups = [phrases[at : at + A_RULE] for at in range(0, len(phrases), A_RULE)]
    return [MadeUpRule(f"rule-{n}", ((tuple(group), ("buys", "signs")),)) for n, group in enumerate(groups)]


if __name__ == "__main__":
    run(__doc__, measure)
