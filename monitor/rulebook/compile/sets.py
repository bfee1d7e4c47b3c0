"""Named sets of words: patterns parsed and their sets filled in, with the place of whatever is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitor.domain.text.pattern_syntax import Node, SetRef, choice_of, expand_sets, parse_pattern, required_phrases
from monitor.domain.text.word_regex import PatternError
from monitor.errors import Issue
from monitor.rulebook.compile.limits import MAX_NESTING, MAX_WORDS, MAX_WORDS_PER_FILE, refuse_large, words_in
from monitor.rulebook.schema.models import WordsShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath, did_you_mean


@dataclass(frozen=True, slots=True)
class PatternEntry:
    """One pattern as written, and where."""

    text: str
    source: RuleSource
    where: ValuePath

    def issue(self, code: str, message: str, *, hint: str = "", inside: int) -> Issue:
        return self.source.issue(code, message, self.where, hint=hint, inside=inside)


def pattern_entries(source: RuleSource, where: ValuePath, words: WordsShape) -> list[PatternEntry]:
    """The patterns of all languages of one set."""
    by_language = {"en": words.en, "zh": words.zh}
    return [
        PatternEntry(text, source, (*where, language, number))
        for language, texts in by_language.items()
        for number, text in enumerate(texts)
    ]


@dataclass
class WordSets:
    """Sets by name; those of one commitment's file look into the shared ones behind them."""

    sets: Mapping[str, list[PatternEntry]]
    issues: list[Issue]
    shared: WordSets | None = None
    partial: bool = False
    """Some file of vocabulary has faults of its own: a set that is not known may stand there."""
    _resolved: dict[str, Node | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _words: dict[str, int] = field(default_factory=dict)
    _all_words: int = 0

    def pattern(self, entry: PatternEntry) -> Node | None:
        """One pattern with its sets filled in; None, and issues, if it cannot be used."""
        try:
            refuse_large(entry.text)
            node = expand_sets(parse_pattern(entry.text), lambda ref: self._filled(ref, entry))
            self._count(entry)
            return node
        except PatternError as error:
            self.issues.append(entry.issue("pattern", str(error), hint=error.hint, inside=error.column))
        except _UnusableError:
            pass
        return None

    def patterns(self, found: Iterable[PatternEntry]) -> list[tuple[PatternEntry, Node]]:
        return [(entry, node) for entry in found if (node := self.pattern(entry)) is not None]

    def anchored(self, found: Iterable[PatternEntry]) -> list[tuple[PatternEntry, Node]]:
        """Patterns of a rule, each with a phrase that must be present: one of word forms alone would be tried on all news."""
        patterns = self.patterns(found)
        for entry, node in patterns:
            if not required_phrases(node):
                self.issues.append(
                    entry.issue(
                        "no_word", "a word form needs a word or a set beside it", hint="{us} ..4 /h\\d00/", inside=0
                    )
                )
        return patterns

    def choice(self, found: Iterable[PatternEntry]) -> Node | None:
        """One of these entries, those that cannot be used left out."""
        nodes = tuple(node for _, node in self.patterns(found))
        return choice_of(nodes) if nodes else None

    def resolve_all(self) -> None:
        """Look into every set, so that faults of sets nobody uses are found too."""
        for name in self.sets:
            if name not in self._resolved:
                self._resolve(name)

    def names(self) -> set[str]:
        return set(self.sets) | (self.shared.names() if self.shared else set())

    def _count(self, entry: PatternEntry) -> None:
        """Refuse what grows too large when it is filled in. Raises PatternError."""
        words = words_in(entry.text, self._words_of)
        self._all_words += words
        if words > MAX_WORDS or self._all_words > MAX_WORDS_PER_FILE:
            raise PatternError("with its sets filled in this is too large", 0, "use fewer or smaller sets")

    def _words_of(self, name: str) -> int:
        owner = self if name in self.sets or self.shared is None else self.shared
        return owner._words.get(name, 0)

    def _filled(self, ref: SetRef, entry: PatternEntry) -> Node:
        owner = self if ref.name in self.sets else self.shared
        if owner is None or ref.name not in owner.sets:
            if not self.partial:
                hint = did_you_mean(ref.name, self.names())
                unknown = f"there is no set {ref.name!r}"
                self.issues.append(entry.issue("unknown_set", unknown, hint=hint, inside=ref.column))
            raise _UnusableError
        if ref.name in owner._open:
            round_trip = " -> ".join([*owner._open[owner._open.index(ref.name) :], ref.name])
            self.issues.append(entry.issue("set_cycle", f"sets contain each other: {round_trip}", inside=ref.column))
            raise _UnusableError
        if len(owner._open) >= MAX_NESTING:
            self.issues.append(
                entry.issue("set_depth", f"sets stand more than {MAX_NESTING} deep in each other", inside=ref.column)
            )
            raise _UnusableError
        node = owner._resolved[ref.name] if ref.name in owner._resolved else owner._resolve(ref.name)
        if node is None:
            raise _UnusableError
        return node

    def _resolve(self, name: str) -> Node | None:
        self._open.append(name)
        node = self.choice(self.sets[name])
        self._open.pop()
        self._words[name] = sum(words_in(entry.text, self._words_of) for entry in self.sets[name])
        self._resolved[name] = node
        return node


class _UnusableError(Exception):
    """A pattern leans on something whose fault is already recorded."""
