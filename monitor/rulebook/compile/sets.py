"""Named sets of words: patterns parsed and their sets filled in, with the place of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from monitor.domain.text.angle_words import Inflected
from monitor.domain.text.pattern_syntax import (
    Choice,
    Node,
    SetRef,
    choice_of,
    expand_sets,
    inflected,
    parse_pattern,
    requires_phrase,
    set_refs,
    words_node,
)
from monitor.domain.text.word_regex import PatternError
from monitor.errors import Issue
from monitor.rulebook.schema.frames import Patterns
from monitor.rulebook.schema.models import PartyShape, WordsShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath, closest_word, did_you_mean

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
_SIGN = re.compile(r"\s+([+-])\s+")
_WRITTEN_TERM = re.compile(r"<[^<>]+>|\"[^\"]+\"")
"""A term of a sum that is no set but written out: a mark, or words in quotes."""
NO_WORD = "a word form, an amount or a date needs a word or a set beside it"
"""Such a pattern would be tried on all news: the matcher begins with words."""
_CROWDED = re.compile(rf"(?P<before>{_WRITTEN_TERM.pattern}|[^+−–—-]+?)(?P<sign>\s*[+−–—-]\s*)(?P<after>.*\S)")
"""A sum within what should be one term: a sign without its spaces, or a dash that is none."""
_WORD = re.compile(r"[A-Za-z]+")
_WORDS = re.compile(r"[^\W_]+(?:[ -][^\W_]+)*")
_NEAR_NAME = 0.8
"""How like (0 to 1) a set must be to be named beside the marks of a word: one letter in five, an estimate."""
_HALF_SIGN = re.compile(r"^[+-]\s|\s[+-]$")


class PatternEntry(NamedTuple):
    """One pattern as written, and where. `kind`: the kind of news that it keeps out, '' where none is named.

    A tuple, because one is made for each of ten thousand patterns, and a frozen dataclass takes five times as long.
    """

    text: str
    source: RuleSource
    where: ValuePath
    kind: str = ""

    @property
    def line(self) -> int:
        return self.source.place(self.where)[0]

    def issue(self, code: str, message: str, hint: str = "", *, inside: int) -> Issue:
        """A problem at a character of the pattern."""
        return self.source.issue(code, message, self.where, hint, inside=inside)


Written: TypeAlias = str | Sequence[str] | WordsShape | PartyShape | Mapping[str, Patterns]
"""Patterns as files write them: one, a list, lists by language, a party's, or either by kind of news."""


def pattern_entries(source: RuleSource, where: ValuePath, written: Written, kind: str = "") -> list[PatternEntry]:
    """The patterns that stand in one place of a file."""
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
    """The terms of {a + b - <c>}, each with its sign: names of sets, and what is written out."""
    first, *rest = _SIGN.split(name.strip())
    return ("+", first), *zip(rest[::2], (term.strip() for term in rest[1::2]), strict=True)


def sets_named(node: Node) -> set[str]:
    """The sets that a pattern names."""
    terms = {name for ref in set_refs(node) for _, name in terms_of(ref.name)}
    return {name for name in terms if not _WRITTEN_TERM.fullmatch(name)}


@dataclass
class WordSets:
    """Sets by name, as one file sees them: its own go first, then those of the files of vocabulary that it uses."""

    sets: Mapping[str, list[PatternEntry]]
    issues: list[Issue]
    vocabulary: Mapping[str, WordSets] = field(default_factory=dict)
    """The sets of every file of vocabulary, by its name without .yaml."""
    use: Collection[str] | None = None
    """The files of vocabulary whose sets it takes; None, the older syntax: all of them."""
    partial: bool = False
    """A file of vocabulary that it uses has faults of its own: a set that is not known may stand there."""
    _resolved: dict[str, Node | None] = field(default_factory=dict)
    _sums: dict[str, Node] = field(default_factory=dict)
    """What each sum and difference of sets means."""
    _read: dict[str, tuple[Node, int]] = field(default_factory=dict)
    """What each pattern of this file means, and how many words it has: one in six stands there more than once."""
    _shared: dict[str, list[tuple[str, WordSets]]] = field(default_factory=dict)
    """The files of vocabulary that have a set, by its name."""
    _open: list[str] = field(default_factory=list)
    _words: dict[str, int] = field(default_factory=dict)
    _all_words: int = 0

    @cached_property
    def used(self) -> dict[str, WordSets]:
        """The files of vocabulary whose sets it takes."""
        return {name: sets for name, sets in self.vocabulary.items() if self.use is None or name in self.use}

    @cached_property
    def meant(self) -> list[WordSets]:
        """The files of vocabulary that are most like those that it uses and that are not there, which is an error of its own."""
        missing = [name for name in self.use or () if name not in self.vocabulary]
        near = {closest_word(name, self.vocabulary) for name in missing}
        return [sets for name, sets in self.vocabulary.items() if name in near]

    def owners(self, name: str) -> list[tuple[str, WordSets]]:
        """Whose sets have one of this name, as this file sees them: itself ('') alone, if it has."""
        if name in self.sets:
            return [("", self)]
        if name not in self._shared:
            self._shared[name] = [(file, sets) for file, sets in self.used.items() if name in sets.sets]
        return self._shared[name]

    def pattern(self, entry: PatternEntry) -> Node | None:
        """One pattern with its sets filled in, verbs and nouns still marked; None, and issues, if it cannot be used."""
        try:
            if entry.text not in self._read:
                _refuse_large(entry.text)
                node = expand_sets(parse_pattern(entry.text), lambda ref: self._filled(ref, entry))
                self._read[entry.text] = node, self._word_count(entry)
            node, words = self._read[entry.text]
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
        """Patterns of a rule, each with a phrase that must be present."""
        patterns = self.patterns(entries)
        for entry, node in patterns:
            if not requires_phrase(node):
                hint = "{us} ..near /h\\d00/, {buy} ... <25 Mt>"
                self.issues.append(entry.issue("no_word", NO_WORD, hint, inside=0))
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
        for group in _SET.findall(entry.text) if "{" in entry.text else ():
            for _, name in terms_of(group):
                words += sum(owner._words.get(name, 0) for _, owner in self.owners(name)[:1])
        return words

    def _filled(self, ref: SetRef, entry: PatternEntry) -> Node:
        """What {a} means, or {a + b} and {a - <b>}. Raises _UnusableError."""
        if ref.name not in self._sums:
            (_, first), *others = terms_of(ref.name)
            node = self._of_term(first, ref, entry)
            for sign, name in others:
                term = self._of_term(name, ref, entry)
                if sign == "-":
                    self._look_for_idle(name, term, node, ref, entry)
                left = (node, term) if sign == "+" else tuple(without(options_of(node), term))
                if not left:
                    message, hint = f"nothing is left of {{{ref.name}}}", "take out less"
                    raise _UnusableError(entry.issue("empty_set", message, hint, inside=ref.column))
                node = choice_of(left)
            self._sums[ref.name] = node
        return self._sums[ref.name]

    def _look_for_idle(self, name: str, taken: Node, node: Node, ref: SetRef, entry: PatternEntry) -> None:
        """A warning for every verb or noun that is taken out of a set without it, and for a set that shares nothing with it."""
        options, by_word = options_of(node), name.startswith("<")
        for part in options_of(taken) if by_word else (taken,):
            if tuple(without(options, part)) == options:
                shown = f"<{part.lemmas[0]}>" if by_word and isinstance(part, Inflected) else name
                message, hint = f"{shown} takes nothing out of {{{ref.name}}}", "mend its spelling, or delete it"
                self.issues.append(entry.source.warning("idle_term", message, entry.where, hint, inside=ref.column))

    def _of_term(self, name: str, ref: SetRef, entry: PatternEntry) -> Node:
        """What a set of this name means, or what is written out in its place. Raises _UnusableError."""
        if _WRITTEN_TERM.fullmatch(name):
            try:
                return parse_pattern(name.strip('"'))
            except PatternError as error:
                column = entry.text.index(name, ref.column) + error.column
                issue = entry.issue("pattern", str(error), error.hint, inside=column)
                raise _UnusableError(issue) from None
        owners = self.owners(name)
        if not owners:
            if self.partial or any(name in sets.sets for sets in self.meant):
                raise _UnusableError
            raise _UnusableError(self._unknown(name, ref, entry))
        (file, owner), *others = owners
        if others:
            message = f"the set {name!r} stands in {file}.yaml and in {others[0][0]}.yaml"
            hint = "use only one of them, or rename one set"
            raise _UnusableError(entry.issue("ambiguous_set", message, hint, inside=ref.column))
        if name in owner._open:
            cycle = " -> ".join([*owner._open[owner._open.index(name) :], name])
            raise _UnusableError(entry.issue("set_cycle", f"sets contain each other: {cycle}", inside=ref.column))
        if len(owner._open) >= MAX_NESTING:
            message = f"sets stand more than {MAX_NESTING} deep in each other"
            raise _UnusableError(entry.issue("set_depth", message, inside=ref.column))
        node = owner._resolved[name] if name in owner._resolved else owner._resolve(name)
        if node is None:
            raise _UnusableError
        return node

    def _unknown(self, name: str, ref: SetRef, entry: PatternEntry) -> Issue:
        """The issue of a set that this file does not see, with the file that has it or the name that is nearest."""
        if not name or _HALF_SIGN.search(name):
            message, hint = f"{{{ref.name}}} lacks a name", "sets are added as {a + b} and taken out as {a - b}"
            return entry.issue("unknown_set", message, hint, inside=ref.column)
        elsewhere = [file for file, sets in self.vocabulary.items() if name in sets.sets]
        known = {*self.sets, *(own for sets in self.used.values() for own in sets.sets)}
        hint = f"use: [{elsewhere[0]}] would take it" if elsewhere else _remedy(name, ref, known)
        return entry.issue("unknown_set", f"there is no set {name!r}", hint, inside=ref.column)

    def _resolve(self, name: str) -> Node | None:
        self._open.append(name)
        nodes = [node for entry in self.sets[name] if (node := self.pattern(entry)) is not None]
        node = choice_of(tuple(nodes)) if nodes else None
        self._open.pop()
        self._words[name] = sum(self._read[entry.text][1] for entry in self.sets[name] if entry.text in self._read)
        self._resolved[name] = node
        return node


def _remedy(name: str, ref: SetRef, known: Collection[str]) -> str:
    """What to write in place of a set that there is not: signs with their spaces, words with their marks, or another set."""
    if mended := _with_spaces(name, known):
        return f"a space stands on both sides of a sign: write {{{ref.name.replace(name, mended)}}}"
    written = name.strip("'‘’“”")
    if len(terms_of(ref.name)) == 1 or not _WORDS.fullmatch(written):
        return did_you_mean(name, known)
    quoted = f'"{written}"'
    single = f"<{written}>, <{written}+> or {quoted} for a word" if _WORD.fullmatch(written) else ""
    near = closest_word(name, known, _NEAR_NAME)
    return f"write {single or quoted}" + (f"; or did you mean the set {near!r}?" if near else "")


def _with_spaces(name: str, known: Collection[str]) -> str:
    """A sum whose sign lacks a space, or is a longer dash, as it must be written; '' if it is none."""
    found = _CROWDED.fullmatch(name)
    if found is None or not (_WRITTEN_TERM.fullmatch(found["before"]) or found["before"] in known):
        return ""
    after, sign = found["after"], found["sign"]
    hyphen = sign == "-" and not _WRITTEN_TERM.fullmatch(after) and after not in known
    if hyphen or re.sub(r"\W+", "_", name) in known:
        return ""
    return f"{found['before']} {'+' if '+' in sign else '-'} {_with_spaces(after, known) or after}"


def _refuse_large(text: str) -> None:
    """Raises PatternError for a pattern that is too long, or nested too deep to be read."""
    if len(text) > MAX_CHARACTERS:
        message = f"longer than {MAX_CHARACTERS:,} characters"
        raise PatternError(message, MAX_CHARACTERS, "name its parts as sets")
    depth = heads = 0
    may_be_deep = text.count("(") + text.count("!") > MAX_NESTING
    for column, char in enumerate(text if may_be_deep else ""):
        depth += (char == "(") - (char == ")")
        heads = heads + 1 if char == "!" else 0
        if depth > MAX_NESTING or heads > MAX_NESTING:
            message = f"groups stand more than {MAX_NESTING} deep in each other"
            raise PatternError(message, column, "name them as sets")


def options_of(node: Node) -> tuple[Node, ...]:
    """The entries of a set and of the sets in it, each verb and each noun by itself."""
    match node:
        case Choice(options):
            return tuple(single for option in options for single in options_of(option))
        case Inflected(word_class, lemmas):
            return tuple(Inflected(word_class, (lemma,)) for lemma in lemmas)
    return (node,)


def without(options: Iterable[Node], taken: Node) -> Iterator[Node]:
    """These options but for those that another pattern offers too. A verb or noun of which it offers only some forms gives up
    those."""
    gone = frozenset(options_of(inflected(taken)))
    for option in options:
        if not isinstance(option, Inflected):
            yield from () if option in gone else (option,)
            continue
        of_lemmas = {lemma: tuple(map(words_node, option.forms_of(lemma))) for lemma in option.lemmas}
        kept = tuple(lemma for lemma, forms in of_lemmas.items() if gone.isdisjoint(forms))
        if kept:
            yield option if kept == option.lemmas else replace(option, lemmas=kept)
        yield from (
            form for lemma, forms in of_lemmas.items() if lemma not in kept for form in forms if form not in gone
        )


class _UnusableError(Exception):
    """A pattern that names a set which cannot be used; carries the issue, or nothing where the fault is recorded already."""
