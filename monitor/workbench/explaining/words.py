"""What a mark or a set in a pattern stands for: `<tear up>`, `<cargo+>`, `{lift - end}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.text.angle_words import Inflected, WordClass
from monitor.domain.text.pattern_syntax import Choice, Node, Words, choice_of, inflected
from monitor.errors import Issue, RuleError
from monitor.rulebook.compile.scopes import Scopes
from monitor.rulebook.compile.sets import PatternEntry, WordSets
from monitor.rulebook.load import read_files
from monitor.rulebook.source.source_map import RuleSource

_SET = re.compile(r"\{ *([^{}]*?) *\}")


@dataclass(frozen=True, slots=True)
class StandsFor:
    """What an expression stands for, or a part of it: a set that is made of others is shown by these.

    file: whose sets it names, '' for the vocabulary; words: every form; marks: the same as rule files write it; patterns: how
    many entries are longer patterns.
    """

    file: str
    expression: str
    words: tuple[str, ...]
    marks: tuple[str, ...]
    patterns: int


def stands_for(expression: str, folder: Path) -> list[StandsFor]:
    """What an expression stands for in the vocabulary of a folder, or else in each file whose own sets it names.

    Raises RuleError if it is no pattern, or names a set that no file has.
    """
    files, faults = read_files(folder)
    scopes = Scopes(files, faults)
    views = [("", WordSets({}, [], scopes.vocabulary))]
    views += [(source.path, scopes.of_file(source, shape.use, shape.sets)) for source, shape, _ in files.commitments]
    found, issues = list[StandsFor](), list[Issue]()
    for file, sets in views:
        sets.issues = []
        whole = sets.pattern(_entry(expression))
        issues += sets.issues
        if whole is not None:
            parts = _parts(expression, sets)
            found += [_listed(file, text, node) for text, node in parts or [(expression, whole)]]
            if not file:
                break
    if not found:
        # A name of some file that is nearly this one says more than the names of the vocabulary.
        raise RuleError([next((issue for issue in issues if "did you mean" in issue.hint), issues[0])])
    return found


def _entry(text: str) -> PatternEntry:
    return PatternEntry(text, RuleSource("expression", text, text), ())


def _parts(expression: str, sets: WordSets) -> list[tuple[str, Node]]:
    """The sets of which a set is made, behind what it has itself; nothing where it is made of no others."""
    name = _SET.fullmatch(expression)
    owners = sets.owners(name[1]) if name is not None else []
    if name is None or not owners:
        return []
    _, owner = owners[0]
    entries = owner.sets[name[1]]
    named = [entry for entry in entries if _SET.fullmatch(entry.text)]
    own = [node for entry in entries if entry not in named and (node := owner.pattern(entry)) is not None]
    parts = [(entry.text, node) for entry in named if (node := owner.pattern(entry)) is not None]
    return [*([(expression, choice_of(tuple(own)))] if own else []), *parts] if parts else []


def _listed(file: str, expression: str, node: Node) -> StandsFor:
    options = _options(node)
    forms = [option.phrase for option in _options(inflected(node)) if isinstance(option, Words)]
    words = tuple(f"{phrase.text}{'*' * phrase.family}" for phrase in forms)
    longer = sum(not isinstance(option, Words | Inflected) for option in options)
    return StandsFor(file, expression, words, tuple(_marks(options)), longer)


def _options(node: Node) -> Sequence[Node]:
    return node.options if isinstance(node, Choice) else (node,)


def _marks(options: Sequence[Node]) -> Iterator[str]:
    """These options as rule files write them: all verbs in one mark, all nouns in another, then words."""
    for word_class, sign in ((WordClass.VERB, ""), (WordClass.NOUN, "+")):
        lemmas = [
            lemma for o in options if isinstance(o, Inflected) and o.word_class is word_class for lemma in o.lemmas
        ]
        if lemmas:
            yield f"<{' / '.join(dict.fromkeys(lemmas))}{sign}>"
    for option in options:
        if isinstance(option, Words):
            yield f"{option.phrase.text}{'*' * option.phrase.family}"
