"""How many altered copies of real headlines does `identify` join to the story they are copies of?

    python benchmarks/bench_recall.py [stories.jsonl.gz] [--copies 1000] [--missed NAME]

All headlines of the file go into one window; then each kind of alteration is made of a sample of those that are long enough.
A copy counts as joined only if it joins the story of its own original. Where an alteration takes out, moves or exchanges a word
that may make it another report (a number, a negation, a word of direction, who, what, when), the copy is *held back by design*:
it must not join. The table shows how many there were (`held`), how many joined all the same (`wrong`), and beneath why. `joined`
is the share of the rest, `of all` that of every copy made, held back or not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from altered_copies import CHINESE, ENGLISH, Alteration

from monitor.domain.model import Entry, Publisher
from monitor.domain.stories import contrast_words
from monitor.domain.stories.contrast_words import is_contrastive_at, is_number
from monitor.domain.stories.entry_keys import MIN_TITLE_TOKENS, entry_keys
from monitor.domain.stories.identify import identify
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.similarity import extra_words, is_harmless_swap, is_truncated, normalised_tokens
from monitor.domain.stories.titles import is_cjk, plain_title, word_count

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "stories.jsonl.gz"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
ENGLISH_WORDS, CHINESE_CHARACTERS = 8, 14
"""Shorter headlines are not sampled: `identify` joins those by their exact title only, or not at all."""
KINDS = {
    "number": contrast_words.MEASURING | contrast_words.SYMBOLS,
    "negation": contrast_words.NEGATING | contrast_words.SCOPE,
    "direction": contrast_words.ACTING,
    "how sure": contrast_words.PLANNING | contrast_words.AUXILIARIES | contrast_words.DOUBTING,
    "who": contrast_words.ACTORS | contrast_words.RANKING,
    "what": contrast_words.GOODS | contrast_words.QUALIFYING,
    "when": contrast_words.ORDER_AND_TIME,
    "how joined": contrast_words.RELATING,
}


class Anyone:
    """Every source is a publisher of its own."""

    def find(self, source: str, url: str = "") -> Publisher:  # noqa: ARG002 - the shape that identify asks for
        return Publisher(source)


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


def titles_of(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return list(dict.fromkeys(title for line in lines if (title := json.loads(line)["title"].strip())))


def entry(title: str, number: int, site: str) -> Entry:
    url = f"https://{site}.example/{number}"
    return Entry(key=url, title=title, url=url, published_at=NOW, summary="", source=f"{site} {number}")


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


def measure(pairs: list[tuple[str, str]], index: StoryIndex, story_of: dict[str, str]) -> tuple[Tally, list[str]]:
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


def line(name: str, tally: Tally) -> str:
    asked = tally.made - tally.held
    every = (tally.joined + tally.held_but_joined) / max(1, tally.made)
    share = f"{tally.joined / asked:7.1%}" if asked else "      -"
    return f"{name:28s}{tally.made:7,}{tally.held:7,}{tally.held_but_joined:7,}{asked:9,}{share}{every:9.1%}"


def total(tallies: list[Tally]) -> Tally:
    numbers = (sum(getattr(one, name) for one in tallies) for name in ("made", "joined", "held_but_joined"))
    return Tally(*numbers, sum((one.why_held for one in tallies), Counter()))


def run(titles: list[str], count: int, show: str) -> None:
    index, story_of = fill(titles)
    print(
        f"{len(titles):,} headlines, {len(index):,} stories; copies of those from {ENGLISH_WORDS} words or {CHINESE_CHARACTERS} characters on"
    )
    print(f"{'alteration':28s}{'made':>7s}{'held':>7s}{'wrong':>7s}{'asked':>9s} joined   of all")
    tallies = []
    for kinds, chinese in ((ENGLISH, False), (CHINESE, True)):
        fit = sample(titles, chinese=chinese)
        for name, alter in kinds.items():
            tally, missed = measure(list(copies_of(fit, alter, Random(name), count)), index, story_of)
            tallies.append(tally)
            print(line(name, tally), flush=True)
            for pair in missed[:count] if show and show in name else ():
                print("   ", pair)
    every = total(tallies)
    print(line("all", every))
    print("held back: " + ", ".join(f"{why} {count:,}" for why, count in every.why_held.most_common()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("stories", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--copies", type=int, default=1000, help="copies of each kind, at most")
    parser.add_argument(
        "--missed", default="", metavar="NAME", help="print missed copies of kinds with NAME in their name"
    )
    chosen = parser.parse_args()
    if not chosen.stories.exists():
        print(
            f"{chosen.stories} is not there: name a file of stories, one JSON object with a title a line, gzipped",
            file=sys.stderr,
        )
        return
    run(titles_of(chosen.stories), chosen.copies, chosen.missed)


if __name__ == "__main__":
    main()
