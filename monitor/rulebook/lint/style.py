"""Style of rule files: what could be shorter, wider or clearer. Nothing here is a fault; `rules lint` shows it on request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from monitor.domain.text.angle_words import Inflected, WordClass
from monitor.domain.text.inflection import verb_forms
from monitor.domain.text.pattern_syntax import NEAR, AtStart, Choice, Head, Node, Sequence, Together, Words
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.scopes import stem_of
from monitor.rulebook.lint.no_effect import unused_shared_sets
from monitor.rulebook.lint.pattern_lists import PatternList, all_lists, parse_or_none
from monitor.rulebook.schema.models import SetShape, WordsShape
from monitor.rulebook.source.source_map import RuleSource

MAX_LINE = 140
"""Characters: what a screen shows beside line numbers."""
MIN_GROUP = 5
"""Words; a smaller group is as short as the name of a set."""
COVERED_SHARE = 0.8
"""A group is covered by a set that has this share of its words. An estimate: the rest mostly belongs there too."""
_NUMBERED_GAP = re.compile(r"(?:\.\.\.?|~)(\d+)")
_NEAR_WORDS, _CLAUSE_WORDS = range(2, 6), 6
"""Gaps of about this many words say `near`; wider ones say the clause."""


def style_lints(files: RuleFiles, *, similar: bool = False) -> Iterator[Issue]:
    """Every remark on the style of these files. `similar`: also groups of words that nearly equal a shared meaning."""
    for source in _with_patterns(files):
        for number, line in enumerate(source.lines, 1):
            if len(line.rstrip("\n")) > MAX_LINE:
                message = f"a line of {len(line)} characters"
                yield source.issue_at((number, MAX_LINE), "long_line", message, "wrap it", severity="warning")
    yield from unused_shared_sets(files)
    words = _SharedWords(files)
    for patterns in all_lists(files):
        yield from _gaps(patterns)
        yield from words.inflections(patterns)
        if similar:
            yield from words.similar(patterns)


def _with_patterns(files: RuleFiles) -> Iterator[RuleSource]:
    """The files with words and patterns. The sources hold a publisher a line, however long it is."""
    for file in (*files.vocabulary, *files.deals.values(), *files.commitments):
        yield file[0]


def _gaps(patterns: PatternList) -> Iterator[Issue]:
    """Gaps by number where a window by name reads the same kind of text. None and one word are left: they are exact."""
    for at, text in enumerate(patterns.texts):
        for gap in _NUMBERED_GAP.finditer(text):
            count, sign = int(gap[1]), "~" if gap[0].startswith("~") else ".."
            if count >= _NEAR_WORDS.start:
                wide = "~clause" if sign == "~" else "..."
                named = f"{sign}near, up to {NEAR} words" if count in _NEAR_WORDS else wide
                message = f"{gap[0]} is a gap by number"
                yield patterns.warning(at, gap.start(), "numbered_gap", message, f"write {named}")
                break


@dataclass(frozen=True)
class _SharedWords:
    """The words of the shared meanings, and the verbs that the files know."""

    files: RuleFiles

    def inflections(self, patterns: PatternList) -> Iterator[Issue]:
        """Lists and groups that hold several forms of one verb."""
        listed = [parse_or_none(text) for text in patterns.texts]
        groups = [(0, [node for node in listed if node is not None])]
        groups += [(at, list(group.options)) for at, node in enumerate(listed) for group in _choices(node)]
        for at, options in groups:
            seen: dict[str, str] = {}
            for word in (option.phrase.text for option in options if isinstance(option, Words)):
                lemma = self.lemmas.get(word)
                if lemma is not None and seen.setdefault(lemma, word) != word:
                    message = f"{seen[lemma]!r} and {word!r} are forms of one verb"
                    yield patterns.warning(at, 0, "verb_forms", message, f"write <{lemma}>")
                    break

    def similar(self, patterns: PatternList) -> Iterator[Issue]:
        """Groups of which a shared meaning has most words."""
        for at, text in enumerate(patterns.texts):
            for group in _choices(parse_or_none(text)):
                yield from self._covering(patterns, at, group.options)
        if patterns.role == "words" and patterns.entries and not self._is_meaning(patterns):
            nodes = [node for text in patterns.texts if (node := parse_or_none(text)) is not None]
            yield from self._covering(patterns, 0, nodes)

    def _covering(self, patterns: PatternList, at: int, options: Iterable[Node]) -> Iterator[Issue]:
        own = frozenset(self._lemmas_of(options))
        if len(own) < MIN_GROUP or not self.meanings:
            return
        name, shared = max(self.meanings.items(), key=lambda item: len(own & item[1]))
        common = own & shared
        if len(common) >= COVERED_SHARE * len(own):
            rest = ", ".join(sorted(own - common))
            message = f"{len(common)} of these {len(own)} words stand in {{{name}}}"
            hint = f"write {{{name}}}" + (f"; it lacks {rest}" if rest else "")
            yield patterns.warning(at, 0, "similar", message, hint)

    def _is_meaning(self, patterns: PatternList) -> bool:
        entry = patterns.entries[0]
        return stem_of(entry.source) in self._files_of_meanings

    def _lemmas_of(self, options: Iterable[Node]) -> Iterator[str]:
        for option in options:
            match option:
                case Words(phrase):
                    yield self.lemmas.get(phrase.text, phrase.text)
                case Inflected(_, lemmas):
                    yield from lemmas
                case Choice(inner):
                    yield from self._lemmas_of(inner)
                case AtStart(part) | Head(part):
                    yield from self._lemmas_of((part,))

    @cached_property
    def meanings(self) -> Mapping[str, frozenset[str]]:
        """Every shared meaning with its words, verbs and nouns in base form."""
        meanings = {}
        for _, shape in self.files.vocabulary:
            for name, words in shape.sets.items():
                if isinstance(words, SetShape) and words.means:
                    nodes = (parse_or_none(text) for text in (*words.en, *words.zh))
                    meanings[name] = frozenset(self._lemmas_of(node for node in nodes if node is not None))
        return meanings

    @cached_property
    def _files_of_meanings(self) -> frozenset[str]:
        documented = ((source, words) for source, shape in self.files.vocabulary for words in shape.sets.values())
        return frozenset(stem_of(source) for source, words in documented if isinstance(words, SetShape) and words.means)

    @cached_property
    def lemmas(self) -> Mapping[str, str]:
        """Every form of the verbs that the vocabulary names -> the verb."""
        verbs = {
            lemma
            for _, shape in self.files.vocabulary
            for words in (*shape.sets.values(), *shape.modality.values())
            for text in ((*words.en, *words.zh) if isinstance(words, WordsShape) else words)
            for word in _inflected(parse_or_none(text))
            if word.word_class is WordClass.VERB
            for lemma in word.lemmas
        }
        return {form: lemma for lemma in sorted(verbs, reverse=True) for form in verb_forms(lemma)}


def _inflected(node: Node | None) -> Iterator[Inflected]:
    match node:
        case Inflected():
            yield node
        case Choice(parts) | Sequence(parts, _) | Together(parts):
            for part in parts:
                yield from _inflected(part)
        case AtStart(inner) | Head(inner):
            yield from _inflected(inner)


def _choices(node: Node | None) -> Iterator[Choice]:
    """The groups that are written out in a pattern."""
    match node:
        case Choice(options):
            yield node
            for option in options:
                yield from _choices(option)
        case Sequence(parts, _) | Together(parts):
            for part in parts:
                yield from _choices(part)
        case AtStart(inner) | Head(inner):
            yield from _choices(inner)
