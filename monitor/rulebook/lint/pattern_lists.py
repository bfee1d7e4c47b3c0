"""Every list of patterns in a folder of rules, with its place and the role of its entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, TypeAlias

from monitor.domain.text.pattern_syntax import PatternError, parse_pattern
from monitor.domain.text.patterns import Node
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import PatternEntry, Written, pattern_entries, sets_named
from monitor.rulebook.schema.models import (
    ROLES,
    CommitmentShape,
    DealShape,
    PartyShape,
    RolesShape,
    RuleShape,
    VocabularyShape,
    WordsShape,
)
from monitor.rulebook.source.rule_source import RuleSource, ValuePath

ListRole: TypeAlias = Literal["words", "opening", "excluding"]

_EXCLUDING_WORDS = frozenset({"frames", "documents"})
"""Parts of the vocabulary whose words exclude a sentence, or classify a document."""
_OPENING = ("any", "title", "summary")
_EXCLUDING = {"never": "never", "not": "excluded", "unless": "unless", "when": "when"}
"""Keys of about, acts and precedence that have patterns, with their fields."""


@dataclass(frozen=True, slots=True)
class PatternList:
    """The patterns of one list.

    words: an entry is part of a longer pattern, or counts by its place, so each span matters.
    opening: one match is enough to report a topic or an act.
    excluding: one match anywhere is enough to exclude something.
    """

    entries: Sequence[PatternEntry]
    role: ListRole

    @property
    def texts(self) -> list[str]:
        return [entry.text for entry in self.entries]

    def warning(self, entry: int, column: int, code: str, message: str, hint: str) -> Issue:
        """A warning at a character of one of the entries."""
        written = self.entries[entry]
        return written.source.warning(code, message, written.where, hint, inside=column)


def parse_or_none(text: str) -> Node | None:
    """A parsed pattern, or None if it is invalid, which is an error of its own."""
    try:
        return parse_pattern(text)
    except PatternError:
        return None


def all_lists(files: RuleFiles) -> Iterator[PatternList]:
    """Every list of patterns of these files that is not empty."""
    lists = chain(
        chain.from_iterable(_of_vocabulary(source, shape) for source, shape in files.vocabulary),
        chain.from_iterable(_of_deal(source, shape) for source, shape in files.deals.values()),
        chain.from_iterable(_of_commitment(source, shape) for source, shape, _ in files.commitments),
    )
    return (listed for listed in lists if listed.entries)


def sets_named_by_file(files: RuleFiles) -> dict[str, set[str]]:
    """Path of a file -> the sets that its patterns use."""
    named: dict[str, set[str]] = {}
    for listed in all_lists(files):
        for entry in listed.entries:
            node = parse_or_none(entry.text) if "{" in entry.text else None
            named.setdefault(entry.source.path, set()).update(sets_named(node) if node is not None else ())
    return named


def _of_vocabulary(source: RuleSource, shape: VocabularyShape) -> Iterator[PatternList]:
    for part in ("sets", "modality", "frames", "parties", "documents"):
        for name, words in getattr(shape, part).items():
            yield from _by_language(
                source, (part, str(name)), words, "excluding" if part in _EXCLUDING_WORDS else "words"
            )
    for number, speaker in enumerate(shape.speakers):
        yield from _by_language(source, ("speakers", number, "words"), speaker.words, "words")
    yield from _by_language(source, ("masks",), shape.masks, "words")


def _of_deal(source: RuleSource, deal: DealShape) -> Iterator[PatternList]:
    for name, words in deal.sets.items():
        yield from _by_language(source, ("sets", name), words, "words")
    for name, party in deal.parties.items():
        yield from _by_language(source, ("parties", name), party, "words")
    for number, rule in enumerate(deal.precedence):
        yield from _by_key(source, ("precedence", number), rule)
    if deal.gate is not None:
        yield _list(source, ("gate", "any"), deal.gate.any, "opening")
        for number, entry in enumerate(deal.gate.together):
            yield _list(source, ("gate", "together", number), entry, "words")


def _of_commitment(source: RuleSource, commitment: CommitmentShape) -> Iterator[PatternList]:
    for name, words in commitment.sets.items():
        yield from _by_language(source, ("sets", name), words, "words")
    yield from _by_key(source, ("about",), commitment.about)
    yield _list(source, ("defaults", "not"), commitment.defaults.excluded, "excluding")
    for number, act in enumerate(commitment.acts):
        yield from _by_key(source, ("acts", number), act)
        yield from _by_role(source, ("acts", number), act)
        for at, frame in enumerate(act.frames):
            yield from _by_role(source, ("acts", number, "frames", at), frame)


def _by_language(source: RuleSource, where: ValuePath, words: Written, role: ListRole) -> Iterator[PatternList]:
    if isinstance(words, PartyShape):
        yield from _by_language(source, (*where, "words"), words.words, role)
    elif isinstance(words, WordsShape):
        yield _list(source, (*where, "en"), words.en, role)
        yield _list(source, (*where, "zh"), words.zh, role)
    else:
        yield _list(source, where, words, role)


def _by_key(source: RuleSource, where: ValuePath, shape: RuleShape) -> Iterator[PatternList]:
    fields = type(shape).model_fields
    for key in _OPENING:
        if key in fields:
            yield _list(source, (*where, key), getattr(shape, key), "opening")
    for key, name in _EXCLUDING.items():
        if name in fields:
            yield _list(source, (*where, key), getattr(shape, name), "excluding")


def _by_role(source: RuleSource, where: ValuePath, shape: RolesShape) -> Iterator[PatternList]:
    for role in ROLES:
        yield _list(source, (*where, role), getattr(shape, role) or (), "words")


def _list(source: RuleSource, where: ValuePath, written: Written, role: ListRole) -> PatternList:
    return PatternList(pattern_entries(source, where, written) if written else (), role)
