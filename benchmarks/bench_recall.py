"""Of altered copies of real headlines at least 99 in 100 join the story they are copies of, and none that must not.

All headlines of the archive go into one window; then each kind of alteration is made of a sample of those that are
long enough. A copy counts as joined only if it joins the story of its own original. Where an alteration takes out,
moves or exchanges a word that may make it another report (a number, a negation, a word of direction, who, what,
when), the copy is *held back by design*: it must not join. The section shows how many there were (`held`), how many
joined all the same (`wrong`), and why. `joined` is the share of the rest, `of all` that of every copy made, held back
or not.

    python -m benchmarks.bench_recall --missed NAME [STORIES]

prints the copies of the kinds with NAME in their name that were missed, or that joined and must not.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.altered_copies import CHINESE, ENGLISH, Alteration
from benchmarks.archive import read_lines, titles_of
from benchmarks.identify_driver import NOW, Anyone, entry
from benchmarks.measure import SAMPLE, Finding, Row, Section, Setup, run, too_few
from monitor.domain.stories import headline_words
from monitor.domain.stories.entry_keys import MIN_TITLE_TOKENS, entry_keys
from monitor.domain.stories.headline_words import is_contrastive_at, is_number
from monitor.domain.stories.identify import identify
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.similarity import extra_words, is_harmless_swap, is_truncated, normalised_tokens
from monitor.domain.stories.titles import is_cjk, plain_title, word_count

COPIES = 500
"""Of each kind, at most."""
ENGLISH_WORDS, CHINESE_CHARACTERS = 8, 14
"""Shorter headlines are not sampled: `identify` joins those by their exact title only, or not at all."""
KINDS = {
    "number": headline_words.MEASURING | headline_words.SYMBOLS,
    "negation": headline_words.NEGATING | headline_words.SCOPE,
    "direction": headline_words.ACTING,
    "how sure": headline_words.PLANNING | headline_words.AUXILIARIES | headline_words.DOUBTING,
    "who": headline_words.ACTORS | headline_words.RANKING,
    "what": headline_words.GOODS | headline_words.QUALIFYING,
    "when": headline_words.ORDER_AND_TIME,
    "how joined": headline_words.RELATING,
}


@dataclass
class Tally:
    """What became of the copies of one kind."""

    made: int = 0
    joined: int = 0
    held_but_joined: int = 0
    why_held: Counter[str] = field(default_factory=Counter)

    @property
    def held(self) -> int:
        return self.why_held.total()


def fill(titles: list[str]) -> tuple[StoryIndex, dict[str, str]]:
    """The index of all titles, and the id of the story that each one is or joined."""
    index, story_of = StoryIndex(), {}
    for number, title in enumerate(titles):
        one = entry(title, number, "news")
        found = identify(one, index, Anyone(), NOW)
        index.add(found.story, entry_keys(one))
        story_of[title] = found.story.id
    return index, story_of


def is_chinese(title: str) -> bool:
    return sum(is_cjk(char) for char in title) * 2 > len(title)


def sample(titles: list[str], *, chinese: bool) -> list[str]:
    def is_long(title: str) -> bool:
        plain = plain_title(title)
        return len(plain) >= CHINESE_CHARACTERS if chinese else len(plain.split()) >= ENGLISH_WORDS

    return [title for title in titles if is_chinese(title) is chinese and is_long(title)]


def copies_of(titles: list[str], alter: Alteration, rng: Random, count: int) -> Iterator[tuple[str, str]]:
    made = 0
    for title in rng.sample(titles, len(titles)):
        if (copy := alter(title, rng)) is not None:
            yield title, copy
            made += 1
            if made == count:
                return


def why_held_back(title: str, copy: str) -> str:
    """What of its words keeps the copy from joining by design; empty if nothing does."""
    words, others = title.split(), copy.split()
    if normalised_tokens(title) == normalised_tokens(copy):
        return ""
    if is_truncated(copy) and not is_truncated(title):
        return "says too little" if word_count(normalised_tokens(copy)) < MIN_TITLE_TOKENS else ""
    place = next((at for at, (one, other) in enumerate(zip(words, others, strict=False)) if one != other), len(others))
    if len(words) == len(others) + 1 and words[place + 1 :] == others[place:]:
        return _why_telling(
            normalised_tokens(title), extra_words(normalised_tokens(title), normalised_tokens(copy), len(words))
        )
    pair = words[place : place + 2]
    if len(pair) == 2 and words[place + 2 :] == others[place + 2 :] and pair == others[place : place + 2][::-1]:
        return "" if is_harmless_swap(*pair) else "order may be the meaning"
    return ""


def _why_telling(tokens: tuple[str, ...], lacking: list[int] | None) -> str:
    if lacking is None:
        return "a question or not"
    for token in (tokens[place] for place in lacking if is_contrastive_at(tokens, place)):
        return next(
            (why for why, kind in KINDS.items() if token in kind), "number" if is_number(token) else "other verb"
        )
    return ""


def measured(pairs: list[tuple[str, str]], index: StoryIndex, story_of: dict[str, str]) -> tuple[Tally, list[str]]:
    tally, missed, wrong = Tally(), [], []
    for number, (title, copy) in enumerate(pairs):
        joins = identify(entry(copy, number, "copies"), index, Anyone(), NOW).story.id == story_of[title]
        tally.made += 1
        if why := why_held_back(title, copy):
            tally.why_held[why] += 1
            tally.held_but_joined += joins
            wrong += [f"{title}\n      {copy}"] if joins else []
        else:
            tally.joined += joins
            missed += [] if joins else [f"{title}\n      {copy}"]
    return tally, missed + [f"JOINED {pair}" for pair in wrong]


def cells(name: str, tally: Tally) -> str:
    """A line of the section's table."""
    asked = tally.made - tally.held
    every = (tally.joined + tally.held_but_joined) / max(1, tally.made)
    share = f"{tally.joined / asked:.1%}" if asked else "-"
    counts = f"{tally.made:,} | {tally.held:,} | {tally.held_but_joined:,} | {asked:,}"
    return f"| {name} | {counts} | {share} | {every:.1%} |"


def total(tallies: Sequence[Tally]) -> Tally:
    made, joined, wrong = (sum(getattr(one, name) for one in tallies) for name in ("made", "joined", "held_but_joined"))
    return Tally(made, joined, wrong, sum((one.why_held for one in tallies), Counter()))


def tallied(titles: list[str], count: int) -> Iterator[tuple[str, Tally, list[str]]]:
    """What became of the copies of each kind, and those that were missed or joined and must not."""
    index, story_of = fill(titles)
    for kinds, chinese in ((ENGLISH, False), (CHINESE, True)):
        fit = sample(titles, chinese=chinese)
        for name, alter in kinds.items():
            yield name, *measured(list(copies_of(fit, alter, Random(name), count)), index, story_of)


def measure(setup: Setup) -> Iterator[Finding]:
    lines = read_lines(setup.stories)
    titles = titles_of(lines)[: setup.size(len(lines), 200)]
    name = "altered copies joined, of those asked for"
    if why := "" if setup.smoke else too_few(len(lines)):
        yield Row(name, least=0.99, skipped=why)
        return
    tallies = {kind: tally for kind, tally, _ in tallied(titles, setup.size(COPIES, 5))}
    every = total(list(tallies.values()))
    asked = every.made - every.held
    yield Row(
        name, (every.joined / max(1, asked),), "", least=0.99, note=f"{asked:,} copies of {len(titles):,} headlines"
    )
    yield Row("copies that must not join and do", (every.held_but_joined,), f"of {every.held:,}", most=0)
    table = ["| alteration | made | held | wrong | asked | joined | of all |", "|---|---|---|---|---|---|---|"]
    table += [cells(kind, tally) for kind, tally in {**tallies, "all": every}.items()]
    held = ", ".join(f"{why} {count:,}" for why, count in every.why_held.most_common())
    yield Section(
        f"Copies of headlines from {ENGLISH_WORDS} words or {CHINESE_CHARACTERS} characters on",
        (*table, "", f"Held back: {held}."),
    )


def print_missed(wanted: str, stories: Path) -> None:
    for name, _, missed in tallied(titles_of(read_lines(stories)), COPIES):
        if wanted in name:
            print(name, *missed, sep="\n    ")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--missed"]:
        print_missed(sys.argv[2], Path(sys.argv[3] if sys.argv[3:] else os.environ.get("BENCH_STORIES") or SAMPLE))
    else:
        run(__doc__, measure)
