"""Named sets of words, and which of them each file can use: patterns parsed and their sets filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from monitor.domain.text.pattern_syntax import PatternError, parse_pattern
from monitor.domain.text.patterns import (
    Choice,
    Inflected,
    Node,
    SetRef,
    choice_of,
    expand_sets,
    inflected,
    requires_phrase,
    set_refs,
    words_node,
)
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.schema.models import PartyShape, Patterns, SetWords, WordsShape
from monitor.rulebook.source.rule_source import RuleSource, ValuePath, did_you_mean

# Bounds on patterns, each an estimate far above the needs of rules: sets inside sets could make a small file very
# large, and nested groups very deep.
MAX_CHARACTERS = 3_000
"""Characters of one pattern in its file."""
MAX_NESTING = 20
"""Groups inside groups, and sets inside sets."""
MAX_WORDS = 5_000
"""Words of one pattern, sets included."""

_SET = re.compile(r"\{([^{}|()]+)\}")
_SIGN = re.compile(r"\s+([+-])\s+")
_WRITTEN_TERM = re.compile(r"<[^<>]+>|\"[^\"]+\"")
"""A term of a sum that is not the name of a set: a mark, or words in quotes."""
NO_WORD = "a word form, an amount or a date needs a word or a set in the same pattern"
"""The matcher starts from words, so it would have to try such a pattern on all news."""
_NAME = re.compile(r"\w+")
_SUM_HINT = "write {a + b - <c>}: a space on both sides of each sign, and words in quotes"


class PatternEntry(NamedTuple):
    """One pattern of a file, with its place. `kind` is the kind of news that it excludes, '' if none is named. A tuple,
    because there are ten thousand, and a frozen dataclass takes five times as long to make."""

    text: str
    source: RuleSource
    where: ValuePath
    kind: str = ""

    def issue(self, code: str, message: str, hint: str = "", *, inside: int) -> Issue:
        """A problem at a character of the pattern."""
        return self.source.issue(code, message, self.where, hint, inside=inside)

    def warning(self, code: str, message: str, hint: str, *, inside: int = 0) -> Issue:
        """A likely mistake at a character of the pattern."""
        return self.source.warning(code, message, self.where, hint, inside=inside)


Written: TypeAlias = str | Sequence[str] | WordsShape | PartyShape | Mapping[str, Patterns]
"""Patterns in the forms of rule files: one, a list, lists by language, a party's words, or patterns by kind of news."""


def pattern_entries(source: RuleSource, where: ValuePath, written: Written, kind: str = "") -> list[PatternEntry]:
    """The patterns in one place of a file."""
    match written:
        case str():
            return [PatternEntry(written, source, where, kind)]
        case WordsShape():
            return [
                entry
                for language in ("en", "zh")
                for entry in pattern_entries(source, (*where, language), getattr(written, language))
            ]
        case PartyShape():
            return pattern_entries(source, (*where, "words"), written.words)
        case Mapping():
            by_kind = written.items()
            return [entry for name, own in by_kind for entry in pattern_entries(source, (*where, name), own, name)]
    return [PatternEntry(text, source, (*where, number), kind) for number, text in enumerate(written)]


@lru_cache(maxsize=10_000)
def terms_of(name: str) -> tuple[tuple[str, str], ...]:
    """The terms of {a + b - <c>}, each with its sign: names of sets, marks, or words in quotes."""
    first, *rest = _SIGN.split(name.strip())
    return ("+", first), *zip(rest[::2], (term.strip() for term in rest[1::2]), strict=True)


def sets_named(node: Node) -> set[str]:
    """The sets that a pattern names."""
    terms = {name for ref in set_refs(node) for _, name in terms_of(ref.name)}
    return {name for name in terms if not _WRITTEN_TERM.fullmatch(name)}


@dataclass
class WordSets:
    """The sets that one file can use, by name: its own first, then those of the vocabulary files that it uses."""

    sets: Mapping[str, list[PatternEntry]]
    issues: list[Issue]
    vocabulary: Mapping[str, WordSets] = field(default_factory=dict)
    """The sets of every vocabulary file, by its name without .yaml."""
    use: Collection[str] | None = ()
    """The vocabulary files whose sets it uses; None: all of them, for a pattern outside any file."""
    faulty: Collection[str] = ()
    """The invalid vocabulary files. One that it uses can define any unknown set."""
    _resolved: dict[str, Node | None] = field(default_factory=dict)
    _sums: dict[str, Node] = field(default_factory=dict)
    """The node of each sum and difference of sets."""
    _read: dict[str, tuple[Node, int]] = field(default_factory=dict)
    """Node and word count of each pattern of this file: one in six occurs more than once."""
    _shared: dict[str, list[tuple[str, WordSets]]] = field(default_factory=dict)
    """The vocabulary files that define a set, by its name."""
    _open: list[str] = field(default_factory=list)
    _words: dict[str, int] = field(default_factory=dict)

    @cached_property
    def used(self) -> dict[str, WordSets]:
        """The vocabulary files whose sets it uses."""
        return {name: sets for name, sets in self.vocabulary.items() if self.use is None or name in self.use}

    def owners(self, name: str) -> list[tuple[str, WordSets]]:
        """The files whose set of this name is visible here. A set of the file itself ('') hides all others."""
        if name in self.sets:
            return [("", self)]
        if name not in self._shared:
            self._shared[name] = [(file, sets) for file, sets in self.used.items() if name in sets.sets]
        return self._shared[name]

    def pattern(self, entry: PatternEntry) -> Node | None:
        """Parses a pattern and fills in its sets, verbs and nouns still marked; None, and issues, if unusable."""
        try:
            if entry.text not in self._read:
                _refuse_large(entry.text)
                node = expand_sets(parse_pattern(entry.text), lambda ref: self._filled(ref, entry))
                words = 1 + entry.text.count("|") + entry.text.count(" ")  # approximately, sets included
                for group in _SET.findall(entry.text) if "{" in entry.text else ():
                    for _, name in terms_of(group):
                        words += sum(owner._words.get(name, 0) for _, owner in self.owners(name)[:1])
                self._read[entry.text] = node, words
            node, words = self._read[entry.text]
            if words > MAX_WORDS:
                raise PatternError("with its sets filled in, this pattern is too large", 0, "use fewer or smaller sets")
            return node
        except PatternError as error:
            self.issues.append(entry.issue("pattern", str(error), error.hint, inside=error.column))
        except _UnusableError as unusable:
            self.issues += unusable.args
        return None

    def anchored(self, entries: Iterable[PatternEntry]) -> list[tuple[PatternEntry, Node]]:
        """Patterns of a rule; those without any required phrase are reported."""
        usable = ((entry, self.pattern(entry)) for entry in entries)
        patterns = [(entry, inflected(node)) for entry, node in usable if node is not None]
        for entry, node in patterns:
            if not requires_phrase(node):
                hint = "{us} ..near /h\\d00/, {buy} ... <25 Mt>"
                self.issues.append(entry.issue("no_word", NO_WORD, hint, inside=0))
        return patterns

    def choice(self, entries: Iterable[PatternEntry]) -> Node | None:
        """A choice of the entries that can be used; None if there are none."""
        nodes = tuple(inflected(node) for entry in entries if (node := self.pattern(entry)) is not None)
        return choice_of(nodes) if nodes else None

    def resolve_all(self, source: RuleSource) -> WordSets:
        """Resolves every set, so that the faults of unused sets are found too. Names under `use` must be known."""
        for number, name in enumerate(self.use or ()):
            if name not in self.vocabulary and name not in self.faulty:
                hint = did_you_mean(name, self.vocabulary)
                message = f"there is no file {name}.yaml in the vocabulary"
                self.issues.append(source.issue("unknown_vocabulary", message, ("use", number), hint))
        for name in self.sets:
            if name not in self._resolved:
                self._resolve(name)
        return self

    def _filled(self, ref: SetRef, entry: PatternEntry) -> Node:
        """The node of {a}, {a + b} or {a - <b>}. Raises _UnusableError."""
        if ref.name not in self._sums:
            (_, first), *others = terms_of(ref.name)
            node = self._of_term(first, ref, entry)
            for sign, name in others:
                term = self._of_term(name, ref, entry)
                if sign == "-":
                    self._look_for_idle(name, term, node, ref, entry)
                left = (node, term) if sign == "+" else tuple(without(options_of(node), term))
                if not left:
                    message, hint = f"{{{ref.name}}} is empty", "subtract less"
                    raise _UnusableError(entry.issue("empty_set", message, hint, inside=ref.column))
                node = choice_of(left)
            self._sums[ref.name] = node
        return self._sums[ref.name]

    def _look_for_idle(self, name: str, taken: Node, node: Node, ref: SetRef, entry: PatternEntry) -> None:
        """Warns of every verb, noun or set that is subtracted from a set which does not contain it."""
        options, by_word = options_of(node), name.startswith("<")
        for part in options_of(taken) if by_word else (taken,):
            if tuple(without(options, part)) == options:
                shown = f"<{part.lemmas[0]}>" if by_word and isinstance(part, Inflected) else name
                message, hint = f"{shown} removes nothing from {{{ref.name}}}", "correct its spelling, or delete it"
                self.issues.append(entry.source.warning("idle_term", message, entry.where, hint, inside=ref.column))

    def _of_term(self, name: str, ref: SetRef, entry: PatternEntry) -> Node:
        """The node of the set with this name, or of a mark or words in quotes. Raises _UnusableError."""
        if _WRITTEN_TERM.fullmatch(name):
            try:
                return parse_pattern(name.strip('"'))
            except PatternError as error:
                column = entry.text.index(name, ref.column) + error.column
                issue = entry.issue("pattern", str(error), error.hint, inside=column)
                raise _UnusableError(issue) from None
        owners = self.owners(name)
        if not owners:
            if set(self.use or ()).intersection(self.faulty):
                raise _UnusableError
            raise _UnusableError(self._unknown(name, ref, entry))
        (file, owner), *others = owners
        if others:
            message = f"the set {name!r} is defined in {file}.yaml and in {others[0][0]}.yaml"
            hint = "use only one of them, or rename one set"
            raise _UnusableError(entry.issue("ambiguous_set", message, hint, inside=ref.column))
        if name in owner._open:
            cycle = " -> ".join([*owner._open[owner._open.index(name) :], name])
            raise _UnusableError(entry.issue("set_cycle", f"sets contain each other: {cycle}", inside=ref.column))
        if len(owner._open) >= MAX_NESTING:
            message = f"sets are nested more than {MAX_NESTING} deep"
            raise _UnusableError(entry.issue("set_depth", message, inside=ref.column))
        node = owner._resolved[name] if name in owner._resolved else owner._resolve(name)
        if node is None:
            raise _UnusableError
        return node

    def _unknown(self, name: str, ref: SetRef, entry: PatternEntry) -> Issue:
        """The issue of a set that is not visible here, with the file that defines it or the nearest name."""
        elsewhere = next((file for file, sets in self.vocabulary.items() if name in sets.sets), "")
        known = {*self.sets, *(own for sets in self.used.values() for own in sets.sets)}
        hint = did_you_mean(name, known) if _NAME.fullmatch(name) else _SUM_HINT
        hint = f"{elsewhere}.yaml defines it: add use: [{elsewhere}]" if elsewhere else hint
        return entry.issue("unknown_set", f"there is no set {name!r}", hint, inside=ref.column)

    def _resolve(self, name: str) -> Node | None:
        self._open.append(name)
        nodes = [node for entry in self.sets[name] if (node := self.pattern(entry)) is not None]
        node = choice_of(tuple(nodes)) if nodes else None
        self._open.pop()
        self._words[name] = sum(self._read[entry.text][1] for entry in self.sets[name] if entry.text in self._read)
        self._resolved[name] = node
        return node


def _refuse_large(text: str) -> None:
    """Raises PatternError for a pattern that is too long or nested too deep."""
    if len(text) > MAX_CHARACTERS:
        message = f"longer than {MAX_CHARACTERS:,} characters"
        raise PatternError(message, MAX_CHARACTERS, "make its parts sets")
    depth = heads = 0
    may_be_deep = text.count("(") + text.count("!") > MAX_NESTING
    for column, char in enumerate(text if may_be_deep else ""):
        depth += (char == "(") - (char == ")")
        heads = heads + 1 if char == "!" else 0
        if depth > MAX_NESTING or heads > MAX_NESTING:
            message = f"groups are nested more than {MAX_NESTING} deep"
            raise PatternError(message, column, "make them sets")


def options_of(node: Node) -> tuple[Node, ...]:
    """The entries of a set and of the sets in it, one node for each verb and noun."""
    match node:
        case Choice(options):
            return tuple(single for option in options for single in options_of(option))
        case Inflected(word_class, lemmas):
            return tuple(Inflected(word_class, (lemma,)) for lemma in lemmas)
    return (node,)


def without(options: Iterable[Node], taken: Node) -> Iterator[Node]:
    """These options without those of another pattern. If it has only some forms of a verb or noun, only these go."""
    removed = frozenset(options_of(inflected(taken)))
    for option in options:
        if not isinstance(option, Inflected):
            yield from () if option in removed else (option,)
            continue
        of_lemmas = {lemma: tuple(map(words_node, option.forms_of(lemma))) for lemma in option.lemmas}
        kept = tuple(lemma for lemma, forms in of_lemmas.items() if removed.isdisjoint(forms))
        if kept:
            yield option if kept == option.lemmas else replace(option, lemmas=kept)
        yield from (
            form for lemma, forms in of_lemmas.items() if lemma not in kept for form in forms if form not in removed
        )


class _UnusableError(Exception):
    """A pattern names an unusable set. Carries the issue, or nothing if it was reported before."""


# ---------------------------------------------------------------- the sets of all files


class Scopes:
    """The sets of a folder of rules, as each file can use them. Faults go to `issues`."""

    def __init__(self, files: RuleFiles, issues: list[Issue]) -> None:
        self._issues, self.faulty = issues, files.faulty_vocabulary
        self.vocabulary: dict[str, WordSets] = {}
        """By the name of the file without .yaml."""
        for source, shape in files.vocabulary:
            self.vocabulary[stem_of(source)] = self.of_file(source, shape.use, shape.sets)
        for (source, _), sets in zip(files.vocabulary, self.vocabulary.values(), strict=True):
            sets.resolve_all(source)

    def of_file(self, source: RuleSource, use: Sequence[str], sets: Mapping[str, SetWords]) -> WordSets:
        """The sets that a file can use, not yet resolved."""
        entries = {name: pattern_entries(source, ("sets", name), words) for name, words in sets.items()}
        return WordSets(entries, self._issues, self.vocabulary, use, self.faulty)


def stem_of(source: RuleSource) -> str:
    """The name of a file without folder and extension."""
    return PurePosixPath(source.path).stem
