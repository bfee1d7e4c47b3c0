"""Every list of patterns in a folder of rules: where it stands, and what its entries are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.domain.text.pattern_syntax import Node, parse_pattern
from monitor.domain.text.word_regex import PatternError
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.schema.models import DealShape, WordsShape
from monitor.rulebook.schema.rule_shape import RuleShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath

ListRole: TypeAlias = Literal["words", "open", "shut"]

_SHUT_WORDS = frozenset({"frames", "documents"})
"""Parts of the vocabulary whose words exclude a sentence, or class a whole document."""
_OPEN = ("any", "title", "summary")
_SHUT = ("never", "none", "unless", "when")
"""Keys of about, gives_way_to and acts that hold patterns."""


@dataclass(frozen=True, slots=True)
class PatternList:
    """Patterns that stand in one list.

    words: one of them is part of a longer pattern, or counts by its place, so that each span matters.
    open: one of them is enough to see a topic or an act.
    shut: one of them anywhere is enough to exclude something.
    """

    source: RuleSource
    where: ValuePath
    texts: Sequence[str]
    role: ListRole

    def warning(self, entry: int, column: int, code: str, message: str, hint: str) -> Issue:
        """A warning at a character of one of the entries."""
        return self.source.warning(code, message, (*self.where, entry), hint, inside=column)


def parse_or_none(text: str) -> Node | None:
    """A pattern read, or None where it has a fault (which is an error of its own)."""
    try:
        return parse_pattern(text)
    except PatternError:
        return None


def all_lists(files: RuleFiles) -> Iterator[PatternList]:
    """Every list of patterns of these files."""
    for source, shape in files.vocabulary:
        for part in ("sets", "modality", "frames", "parties", "documents"):
            for name, words in getattr(shape, part).items():
                yield from _by_language(source, (part, str(name)), words, "shut" if part in _SHUT_WORDS else "words")
        for number, speaker in enumerate(shape.speakers):
            yield from _by_language(source, ("speakers", number, "words"), speaker.words, "words")
        yield from _by_language(source, ("masks",), shape.masks, "words")
    for source, deal in files.deals.values():
        yield from _of_deal(source, deal)
    for source, commitment, _ in files.commitments:
        for name, words in commitment.sets.items():
            yield from _by_language(source, ("sets", name), words, "words")
        yield from _by_key(source, ("about",), commitment.about)
        for number, rule in enumerate(commitment.about.gives_way_to):
            yield from _by_key(source, ("about", "gives_way_to", number), rule)
        for number, act in enumerate(commitment.acts):
            yield from _by_key(source, ("acts", number), act)


def _of_deal(source: RuleSource, deal: DealShape) -> Iterator[PatternList]:
    for name, words in deal.sets.items():
        yield from _by_language(source, ("sets", name), words, "words")
    if deal.gate is not None:
        yield PatternList(source, ("gate", "any"), deal.gate.any, "open")
        for number, entry in enumerate(deal.gate.together):
            yield PatternList(source, ("gate", "together", number), entry, "words")


def _by_language(source: RuleSource, where: ValuePath, words: WordsShape, role: ListRole) -> Iterator[PatternList]:
    yield PatternList(source, (*where, "en"), words.en, role)
    yield PatternList(source, (*where, "zh"), words.zh, role)


def _by_key(source: RuleSource, where: ValuePath, shape: RuleShape) -> Iterator[PatternList]:
    for key in (*_OPEN, *_SHUT):
        if key in type(shape).model_fields:
            yield PatternList(source, (*where, key), getattr(shape, key), "open" if key in _OPEN else "shut")
