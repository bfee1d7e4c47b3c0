"""Every list of patterns in a folder of rules: where it stands, and what its entries are for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.domain.text import pattern_syntax
from monitor.domain.text.pattern_syntax import AtStart, Choice, Head, Node, Together, parse_pattern
from monitor.domain.text.word_regex import PatternError
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import PatternEntry, Written, pattern_entries, sets_named
from monitor.rulebook.schema.frames import ROLES, RolesShape
from monitor.rulebook.schema.models import CommitmentShape, DealShape, PartyShape, VocabularyShape, WordsShape
from monitor.rulebook.schema.rule_shape import RuleShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath

ListRole: TypeAlias = Literal["words", "open", "shut"]

_SHUT_WORDS = frozenset({"frames", "documents"})
"""Parts of the vocabulary whose words exclude a sentence, or class a whole document."""
_OPEN = ("any", "title", "summary")
_SHUT = {"never": "never", "not": "excluded", "none": "none", "unless": "unless", "when": "when"}
"""Keys of about, acts and precedence that hold patterns, with their fields."""


@dataclass(frozen=True, slots=True)
class PatternList:
    """Patterns that stand in one list.

    words: one of them is part of a longer pattern, or counts by its place, so that each span matters.
    open: one of them is enough to see a topic or an act.
    shut: one of them anywhere is enough to exclude something.
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
    """A pattern read, or None where it has a fault (which is an error of its own)."""
    try:
        return parse_pattern(text)
    except PatternError:
        return None


def choices_in(node: Node | None) -> Iterator[Choice]:
    """The groups that are written out in a pattern."""
    match node:
        case Choice(options):
            yield node
            for option in options:
                yield from choices_in(option)
        case pattern_syntax.Sequence(parts, _) | Together(parts):
            for part in parts:
                yield from choices_in(part)
        case AtStart(inner) | Head(inner):
            yield from choices_in(inner)


def all_lists(files: RuleFiles) -> Iterator[PatternList]:
    """Every list of patterns of these files that is not empty: of ten places for one, nine are."""
    return (listed for listed in _all(files) if listed.entries)


def _all(files: RuleFiles) -> Iterator[PatternList]:
    for source, shape in files.vocabulary:
        yield from _of_vocabulary(source, shape)
    for source, deal in files.deals.values():
        yield from _of_deal(source, deal)
    for source, commitment, _ in files.commitments:
        yield from _of_commitment(source, commitment)


def sets_named_by_file(files: RuleFiles) -> dict[str, set[str]]:
    """Path of a file -> the sets that its patterns name."""
    named: dict[str, set[str]] = {}
    for listed in all_lists(files):
        for entry in listed.entries:
            node = parse_or_none(entry.text) if "{" in entry.text else None
            named.setdefault(entry.source.path, set()).update(sets_named(node) if node is not None else ())
    return named


def _of_vocabulary(source: RuleSource, shape: VocabularyShape) -> Iterator[PatternList]:
    for part in ("sets", "modality", "frames", "parties", "documents"):
        for name, words in getattr(shape, part).items():
            yield from _by_language(source, (part, str(name)), words, "shut" if part in _SHUT_WORDS else "words")
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
        yield _list(source, ("gate", "any"), deal.gate.any, "open")
        for number, entry in enumerate(deal.gate.together):
            yield _list(source, ("gate", "together", number), entry, "words")


def _of_commitment(source: RuleSource, commitment: CommitmentShape) -> Iterator[PatternList]:
    for name, words in commitment.sets.items():
        yield from _by_language(source, ("sets", name), words, "words")
    yield from _by_key(source, ("about",), commitment.about)
    for number, rule in enumerate(commitment.about.gives_way_to):
        yield from _by_key(source, ("about", "gives_way_to", number), rule)
    yield _list(source, ("defaults", "not"), commitment.defaults.excluded, "shut")
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
    for key in _OPEN:
        if key in fields:
            yield _list(source, (*where, key), getattr(shape, key), "open")
    for key, name in _SHUT.items():
        if name in fields:
            yield _list(source, (*where, key), getattr(shape, name), "shut")


def _by_role(source: RuleSource, where: ValuePath, shape: RolesShape) -> Iterator[PatternList]:
    for role in ROLES:
        yield _list(source, (*where, role), getattr(shape, role) or (), "words")


def _list(source: RuleSource, where: ValuePath, written: Written, role: ListRole) -> PatternList:
    return PatternList(pattern_entries(source, where, written) if written else (), role)
