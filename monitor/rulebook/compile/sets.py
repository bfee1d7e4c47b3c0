"""Named sets of words: patterns parsed and their sets filled in, with the place of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitor.domain.text.pattern_syntax import (
    Node,
    SetRef,
    choice_of,
    expand_sets,
    inflected,
    parse_pattern,
    required_groups,
)
from monitor.domain.text.word_regex import PatternError
from monitor.errors import Issue
from monitor.rulebook.schema.models import WordsShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath, did_you_mean

# Bounds on patterns, each an estimate far above what rules need: sets inside sets could make a small file very large, and
# nested groups very deep.
MAX_CHARACTERS = 3_000
"""Of one pattern as it is written."""
MAX_NESTING = 20
"""Groups inside groups, and sets inside sets."""
MAX_WORDS = 5_000
"""Words of one pattern with its sets filled in."""
MAX_WORDS_PER_FILE = 300_000
"""Words of all patterns of one file with their sets filled in."""

_SET = re.compile(r"\{([^{}|()]+)\}")


@dataclass(frozen=True, slots=True)
class PatternEntry:
    """One pattern as written, and where."""

    text: str
    source: RuleSource
    where: ValuePath

    def issue(self, code: str, message: str, hint: str = "", *, inside: int) -> Issue:
        """A problem at a character of the pattern."""
        return self.source.issue(code, message, self.where, hint, inside=inside)


def pattern_entries(source: RuleSource, where: ValuePath, words: WordsShape) -> list[PatternEntry]:
    """The patterns of all languages of one set."""
    return [
        PatternEntry(text, source, (*where, language, number))
        for language, texts in (("en", words.en), ("zh", words.zh))
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
        """One pattern with its sets filled in, verbs and nouns still marked; None, and issues, if it cannot be used."""
        try:
            if len(entry.text) > MAX_CHARACTERS:
                message = f"longer than {MAX_CHARACTERS:,} characters"
                raise PatternError(message, MAX_CHARACTERS, "name its parts as sets")
            depth = heads = 0
            may_be_deep = entry.text.count("(") + entry.text.count("!") > MAX_NESTING
            for column, char in enumerate(entry.text if may_be_deep else ""):
                depth += (char == "(") - (char == ")")
                heads = heads + 1 if char == "!" else 0
                if depth > MAX_NESTING or heads > MAX_NESTING:
                    message = f"groups stand more than {MAX_NESTING} deep in each other"
                    raise PatternError(message, column, "name them as sets")
            node = expand_sets(parse_pattern(entry.text), lambda ref: self._filled(ref, entry))
            words = self._word_count(entry)
            self._all_words += words
            if words > MAX_WORDS or self._all_words > MAX_WORDS_PER_FILE:
                raise PatternError("with its sets filled in this is too large", 0, "use fewer or smaller sets")
            return node
        except PatternError as error:
            self.issues.append(entry.issue("pattern", str(error), error.hint, inside=error.column))
        except _UnusableError as unusable:
            self.issues += unusable.args
        return None

    def patterns(self, entries: Iterable[PatternEntry]) -> list[tuple[PatternEntry, Node]]:
        """The patterns that can be used."""
        return [(entry, inflected(node)) for entry in entries if (node := self.pattern(entry)) is not None]

    def anchored(self, entries: Iterable[PatternEntry]) -> list[tuple[PatternEntry, Node]]:
        """Patterns of a rule, each with a phrase that must be present: one of word forms alone would be tried on all news."""
        patterns = self.patterns(entries)
        for entry, node in patterns:
            if not required_groups(node):
                message, hint = "a word form needs a word or a set beside it", "{us} ..4 /h\\d00/"
                self.issues.append(entry.issue("no_word", message, hint, inside=0))
        return patterns

    def choice(self, entries: Iterable[PatternEntry]) -> Node | None:
        """One of these entries, those that cannot be used left out; None if none can."""
        nodes = tuple(node for _, node in self.patterns(entries))
        return choice_of(nodes) if nodes else None

    def resolve_all(self) -> None:
        """Look into every set, so that faults of sets nobody uses are found too."""
        for name in self.sets:
            if name not in self._resolved:
                self._resolve(name)

    def _word_count(self, entry: PatternEntry) -> int:
        """About how many words a pattern has once its sets are filled in."""
        words = 1 + entry.text.count("|") + entry.text.count(" ")
        for name in _SET.findall(entry.text):
            owner = self if name.strip() in self.sets or self.shared is None else self.shared
            words += owner._words.get(name.strip(), 0)
        return words

    def _filled(self, ref: SetRef, entry: PatternEntry) -> Node:
        """What a set of this name means. Raises _UnusableError."""
        owner = self if ref.name in self.sets else self.shared
        if owner is None or ref.name not in owner.sets:
            if self.partial:
                raise _UnusableError
            hint = did_you_mean(ref.name, {*self.sets, *(self.shared.sets if self.shared else ())})
            raise _UnusableError(entry.issue("unknown_set", f"there is no set {ref.name!r}", hint, inside=ref.column))
        if ref.name in owner._open:
            cycle = " -> ".join([*owner._open[owner._open.index(ref.name) :], ref.name])
            raise _UnusableError(entry.issue("set_cycle", f"sets contain each other: {cycle}", inside=ref.column))
        if len(owner._open) >= MAX_NESTING:
            message = f"sets stand more than {MAX_NESTING} deep in each other"
            raise _UnusableError(entry.issue("set_depth", message, inside=ref.column))
        node = owner._resolved[ref.name] if ref.name in owner._resolved else owner._resolve(ref.name)
        if node is None:
            raise _UnusableError
        return node

    def _resolve(self, name: str) -> Node | None:
        self._open.append(name)
        nodes = [node for entry in self.sets[name] if (node := self.pattern(entry)) is not None]
        node = choice_of(tuple(nodes)) if nodes else None
        self._open.pop()
        self._words[name] = sum(map(self._word_count, self.sets[name]))
        self._resolved[name] = node
        return node


class _UnusableError(Exception):
    """A pattern that names a set which cannot be used; carries the issue, or nothing where the fault is recorded already."""
