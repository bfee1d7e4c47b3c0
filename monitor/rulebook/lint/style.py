"""Style of rule files: what could be shorter, wider or clearer. Nothing here is a fault; `rules lint` shows it on request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from monitor.domain.text.angle_words import Inflected, WordClass
from monitor.domain.text.inflection import verb_forms
from monitor.domain.text.pattern_syntax import NEAR, AtStart, Choice, Head, Node, Sequence, Together, Words
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.no_effect import unused_shared_sets
from monitor.rulebook.lint.pattern_lists import PatternList, all_lists, choices_in, parse_or_none
from monitor.rulebook.lint.similar import SimilarSets
from monitor.rulebook.schema.models import WordsShape
from monitor.rulebook.source.source_map import RuleSource

MAX_LINE = 140
"""Characters: what a screen shows beside line numbers."""
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
        yield from SimilarSets(files, words.lemmas).remarks(all_lists(files))


def _with_patterns(files: RuleFiles) -> Iterator[RuleSource]:
    """The files with words and patterns. The sources hold a publisher a line, however long it is."""
    for source, _, _ in files.with_sets():
        yield source


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
        groups += [(at, list(group.options)) for at, node in enumerate(listed) for group in choices_in(node)]
        for at, options in groups:
            seen: dict[str, str] = {}
            for word in (option.phrase.text for option in options if isinstance(option, Words)):
                lemma = self.lemmas.get(word)
                if lemma is not None and seen.setdefault(lemma, word) != word:
                    message = f"{seen[lemma]!r} and {word!r} are forms of one verb"
                    yield patterns.warning(at, 0, "verb_forms", message, f"write <{lemma}>")
                    break

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
