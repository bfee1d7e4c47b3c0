"""Rulebooks made up for benches: many commitments of the shipped kind, from the words of real stories or from
invented ones.

Each commitment is one file: patterns of groups of words make a story concern it, another group keeps it out, and one
act is read.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from monitor.domain.matching.rules import Rulebook
from monitor.domain.text.folding import fold
from monitor.domain.text.writing_systems import HAN_RANGE
from monitor.rulebook import load_rulebook

SOURCES = "publishers:\n  - {name: Wire, domains: [wire.example], tier: wire, owner: Wire}\n"
POLICY = "{press_origins: 1, outlook_origins: 1, settle_seconds: 1}\n"
VOCABULARY = "sets: {}\nmodality:\n  plan: {en: [plans to]}\n  denial: {en: [denies]}\n"
DEAL = """\
id: deal
name: A deal
description: Made up for benches.
parties: {us: {name: the US, words: [US]}, cn: {name: China, words: [China]}}
"""
COMMITMENT = """\
id: {name}
name: Commitment {name}
short: {name}
kind: standing
owed_by: cn
baselines:
  - {{as_of: 2025-01-05, standing: pledged, outlook: steady, source: "https://wire.example/pledge", note: made up}}
criteria: {{in_force: it holds}}
about:
  any: {about}
  not: {shut}
acts:
  - id: kept
    polarity: good
    any: {act}
    by: cn
"""


Group: TypeAlias = tuple[str, ...]
"""Phrases, folded: one of them must stand."""


@dataclass(frozen=True, slots=True)
class MadeUpRule:
    """One of `patterns`, and none of `vetoes` anywhere. A pattern is one phrase of each group, in this order in one
    sentence."""

    name: str
    patterns: tuple[tuple[Group, ...], ...]
    vetoes: Group = ()

    def file(self) -> str:
        about = [" ..sentence ".join(f"({'|'.join(group)})" for group in groups) for groups in self.patterns]
        last = self.patterns[0][-1]
        shut = {"vetoes": list(self.vetoes)} if self.vetoes else {}
        about_text, shut_text, act = (
            json.dumps(written, ensure_ascii=False) for written in (about, shut, [f"({'|'.join(last)})"])
        )
        return COMMITMENT.format(name=self.name, about=about_text, shut=shut_text, act=act)


def write_rules(folder: Path, rules: Iterable[MadeUpRule]) -> Path:
    """The folder with these rules."""
    files = {"sources": SOURCES, "policy": POLICY, "vocabulary/words": VOCABULARY, "deal/deal": DEAL}
    files |= {f"deal/{rule.name}": rule.file() for rule in rules}
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def rulebook_of(folder: Path, rules: Iterable[MadeUpRule]) -> Rulebook:
    """These rules, compiled."""
    return load_rulebook(write_rules(folder, rules), cache=folder / "cache")


# ---------------------------------------------------------------- words

_WORDS = re.compile(rf"[a-z]{{4,}}|[{HAN_RANGE}]{{2}}")
RARE, COMMON = (0.0002, 0.001), (0.001, 0.1)
"""Shares of stories that hold a word: of the subject of a rule, and of the words around it. With these a rule decides
as many stories as a shipped act does: sixteen of 100,000."""
SUBJECT_SIZES = (1, 1, 2, 2, 3, 4, 5, 8, 16)
GROUP_SIZES = (1, 2, 4, 5, 7, 11, 22, 38, 65, 86)
PATTERNS = (1, 2, 3, 5, 6, 8, 10, 15, 21, 24)
GROUPS = (2, 2, 3, 3, 3, 3, 3, 4, 4, 4)
VETOES = (0, 1, 1, 2, 2, 3, 3, 5, 8, 8)
"""Phrases of the smallest group of a pattern and of any group, patterns of an act, groups of a pattern, and patterns
that keep an act out: the nine deciles of the shipped acts, and a tenth number that gives their mean."""


def words_between(texts: Sequence[str], least: float, most: float) -> list[str]:
    """The words, and pairs of Han characters, that stand in such a share of the texts; at least in two of them."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_WORDS.findall(fold(text).text)))
    low, high = max(2.0, least * len(texts)), max(2.0, most * len(texts))
    return sorted(word for word, count in counts.items() if low <= count <= high)


def rules_from(texts: Sequence[str], count: int, rng: random.Random) -> list[MadeUpRule]:
    """Rules from the words of these texts, English and Chinese mixed: a group of rare words, the subject, stands in
    each pattern of a rule, with one to three groups of common ones around it."""
    rare, common = words_between(texts, *RARE), words_between(texts, *COMMON)

    def some(words: list[str], sizes: Sequence[int]) -> Group:
        return tuple(rng.sample(words, min(len(words), rng.choice(sizes))))

    def pattern(subject: Group) -> tuple[Group, ...]:
        groups = [some(common, GROUP_SIZES) for _ in range(rng.choice(GROUPS) - 1)]
        groups.insert(rng.randint(0, len(groups)), subject)
        return tuple(groups)

    rules = []
    for number in range(count):
        subject = some(rare, SUBJECT_SIZES)
        patterns = tuple(pattern(subject) for _ in range(rng.choice(PATTERNS)))
        rules.append(MadeUpRule(f"rule-{number}", patterns, some(common, VETOES)))
    return rules


def invented_words(rng: random.Random) -> Iterator[str]:
    """Words that no language has, each once."""
    seen: set[str] = set()
    while True:
        word = "".join(rng.choice("bdfglmnprstvz") + rng.choice("aeiou") for _ in range(4)) + rng.choice("nrsx")
        if word not in seen:
            seen.add(word)
            yield word


def invented_rules(count: int, rng: random.Random) -> list[MadeUpRule]:
    """Rules of which no real story speaks: invented subjects and English verbs."""
    words, verbs = invented_words(rng), ("buys", "signs", "lifts", "delivers", "approves")
    return [MadeUpRule(f"rule-{n}", (((next(words), next(words)), verbs),)) for n in range(count)]
