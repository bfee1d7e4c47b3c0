"""What a mark or a set in a pattern stands for: `<tear up>`, `<cargo+>`, `{lift - end}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.text.angle_words import Inflected, Value, WordClass
from monitor.domain.text.pattern_syntax import Node, Words, choice_of, inflected, parse_pattern, set_refs
from monitor.domain.text.word_regex import PatternError
from monitor.errors import Issue, RuleError
from monitor.rulebook.compile.scopes import Scopes
from monitor.rulebook.compile.sets import PatternEntry, WordSets, options_of, sets_named, terms_of
from monitor.rulebook.load import read_files
from monitor.rulebook.source.source_map import RuleSource
from monitor.workbench.explaining.values import value_meaning, ways_of_writing

_SET = re.compile(r"\{ *([^{}]*?) *\}")
_EXPRESSION = "expression"
"""What stands for the name of a file in issues of the expression itself."""


@dataclass(frozen=True, slots=True)
class StandsFor:
    """What an expression stands for, or a part of it: a set that is made of others is shown by these.

    file: whose sets it names, '' for the vocabulary; words: every form; marks: the same as rule files write it; patterns: the
    entries that are more than words, as written. Of an amount or a date: what it reads, and ways of writing it.
    """

    file: str
    expression: str
    words: tuple[str, ...]
    marks: tuple[str, ...]
    patterns: tuple[str, ...]
    reads: str = ""
    ways: tuple[str, ...] = ()


def stands_for(expression: str, folder: Path) -> tuple[list[StandsFor], list[Issue]]:
    """What an expression stands for in the vocabulary of a folder, or else in each file whose own sets it names; and warnings of
    its terms, as `rules check` gives them.

    Raises PatternError if it is no pattern, or names a set that no file has; RuleError if the set that it names is faulty.
    """
    files, faults = read_files(folder)
    scopes = Scopes(files, faults)
    views = [("", WordSets({}, [], scopes.vocabulary))]
    for source, shape, _ in files.commitments:
        known = scopes.of_file(source, shape.use, shape.sets)
        # Its own, so that what is wrong with the expression is said here though the file may hold it too.
        views.append((source.path, WordSets(known.sets, [], known.vocabulary, known.use, known.partial)))
    found, warnings, issues = list[StandsFor](), list[Issue](), list[Issue]()
    for file, sets in views:
        whole = sets.pattern(_entry(expression))
        own = [issue for issue in sets.issues if issue.path == _EXPRESSION]
        if whole is None:
            issues += own
            continue
        written = _written(expression, sets)
        parts = _parts(expression, sets) or [(expression, whole)]
        found += [_listed(file, text, node, written) for text, node in parts]
        warnings = warnings or own
        if not file:
            break
    if not found:
        raise _fault(issues, faults)
    return found, warnings


def _fault(issues: Sequence[Issue], faults: Sequence[Issue]) -> PatternError | RuleError:
    """What is wrong with an expression that no file can use, else with the set that it names."""
    if not issues:
        return RuleError(faults)
    # A name of some file that is nearly this one says more than the names of the vocabulary.
    said = next((issue for issue in issues if "did you mean" in issue.hint), issues[0])
    return PatternError(said.message, 0, said.hint)


def _entry(text: str) -> PatternEntry:
    return PatternEntry(text, RuleSource(_EXPRESSION, text, text), ())


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


def _written(text: str, sets: WordSets) -> dict[Node, str]:
    """The entries on which a pattern draws, by what they mean: as written where they stand, those of the innermost set first."""
    found, seen = dict[Node, str](), set[tuple[int, str]]()

    def collect(text: str, node: Node, sets: WordSets) -> None:
        bare = parse_pattern(text)
        for name in sorted(sets_named(bare)):
            _, owner = sets.owners(name)[0]
            if (id(owner), name) not in seen:
                seen.add((id(owner), name))
                for entry in owner.sets[name]:
                    if (inner := owner.pattern(entry)) is not None:
                        collect(entry.text, inner, owner)
        terms = (term.strip('"') for ref in set_refs(bare) for _, term in terms_of(ref.name) if term.startswith('"'))
        for shown, meant in [*((term, parse_pattern(term)) for term in terms), (text, node)]:
            for option in options_of(meant):
                found.setdefault(option, shown)

    whole = sets.pattern(_entry(text))
    assert whole is not None
    collect(text, whole, sets)
    return found


def _listed(file: str, expression: str, node: Node, written: Mapping[Node, str]) -> StandsFor:
    if isinstance(node, Value):
        return StandsFor(file, expression, (), (), (), value_meaning(node), ways_of_writing(node))
    options = options_of(node)
    forms = [option.phrase for option in options_of(inflected(node)) if isinstance(option, Words)]
    words = tuple(dict.fromkeys(f"{phrase.text}{'*' * phrase.family}" for phrase in forms))
    longer = dict.fromkeys(written[option] for option in options if not isinstance(option, Words | Inflected))
    return StandsFor(file, expression, words, tuple(dict.fromkeys(_marks(options))), tuple(longer))


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
