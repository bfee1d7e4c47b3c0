"""Every list of patterns in a folder of rules: where it stands, and what its entries are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.domain.text.pattern_syntax import Node, parse_pattern
from monitor.domain.text.word_regex import PatternError
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.schema.models import AboutShape, ActShape, WordsShape
from monitor.rulebook.source.page import ValuePath
from monitor.rulebook.source.source_map import RuleSource

ListRole: TypeAlias = Literal["words", "open", "shut"]


@dataclass(frozen=True, slots=True)
class PatternList:
    """Patterns that stand in one list.

    words: one of them is part of a longer pattern, or counts by its place, so that each span matters.
    open: one of them is enough to see a topic or an act.
    shut: one of them anywhere is enough to shut something out.
    """

    source: RuleSource
    where: ValuePath
    texts: Sequence[str]
    role: ListRole


def parse_or_none(text: str) -> Node | None:
    """A pattern read, or None where it has a fault (which is an error of its own)."""
    try:
        return parse_pattern(text)
    except PatternError:
        return None


def all_lists(files: RuleFiles) -> Iterator[PatternList]:
    """Every list of patterns of these files."""
    for source, shape in files.vocabulary:
        for name, words in shape.sets.items():
            yield from _words(source, ("sets", name), words, "words")
        for cue, words in shape.modality.items():
            yield from _words(source, ("modality", cue.value), words, "words")
        for name, frame in shape.frames.items():
            yield from _words(source, ("frames", name), frame, "shut")
        for party, words in shape.parties.items():
            yield from _words(source, ("parties", party), words, "words")
        for name, words in shape.documents.items():
            yield from _words(source, ("documents", name), words, "shut")
        for number, speaker in enumerate(shape.speakers):
            yield from _words(source, ("speakers", number, "words"), speaker.words, "words")
        yield from _words(source, ("masks",), shape.masks, "words")
    for source, commitment, _ in files.commitments:
        for name, words in commitment.sets.items():
            yield from _words(source, ("sets", name), words, "words")
        yield from about_lists(source, commitment.about)
        for number, act in enumerate(commitment.acts):
            yield from act_lists(source, number, act)


def about_lists(source: RuleSource, about: AboutShape) -> Iterator[PatternList]:
    yield PatternList(source, ("about", "any"), about.any, "open")
    yield PatternList(source, ("about", "title"), about.title, "open")
    yield PatternList(source, ("about", "summary"), about.summary, "open")
    yield PatternList(source, ("about", "never"), about.never, "shut")
    yield PatternList(source, ("about", "none"), about.none, "shut")
    yield PatternList(source, ("about", "unless"), about.unless, "shut")
    for number, rule in enumerate(about.gives_way_to):
        yield PatternList(source, ("about", "gives_way_to", number, "when"), rule.when, "shut")
        yield PatternList(source, ("about", "gives_way_to", number, "unless"), rule.unless, "shut")


def act_lists(source: RuleSource, number: int, act: ActShape) -> Iterator[PatternList]:
    yield PatternList(source, ("acts", number, "any"), act.any, "open")
    yield PatternList(source, ("acts", number, "none"), act.none, "shut")
    yield PatternList(source, ("acts", number, "unless"), act.unless, "shut")


def _words(source: RuleSource, where: ValuePath, words: WordsShape, role: ListRole) -> Iterator[PatternList]:
    yield PatternList(source, (*where, "en"), words.en, role)
    yield PatternList(source, (*where, "zh"), words.zh, role)
