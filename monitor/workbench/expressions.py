"""The words that a mark or a set in a pattern matches: `<tear up>`, `<cargo+>`, `<25 Mt>`, `{lift - end}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.text.pattern_syntax import PatternError, parse_pattern
from monitor.domain.text.patterns import (
    SAME_AMOUNT,
    Inflected,
    Node,
    Value,
    ValueKind,
    WordClass,
    Words,
    choice_of,
    inflected,
    set_refs,
)
from monitor.errors import Issue, RuleError
from monitor.rulebook.compile.sets import PatternEntry, Scopes, WordSets, options_of, sets_named, terms_of
from monitor.rulebook.load import read_files
from monitor.rulebook.source.rule_source import RuleSource

_SET = re.compile(r"\{ *([^{}]*?) *\}")
_EXPRESSION = "expression"
"""The name of the expression in issues, instead of a file."""


@dataclass(frozen=True, slots=True)
class StandsFor:
    """The words that an expression, or a part of it, matches. A set of other sets has a part for each. `file` defines
    the sets, '' for the vocabulary. `words` are all forms, `marks` the same in the syntax of rule files, `patterns` the
    longer entries. An amount or date has a `meaning` instead."""

    file: str
    expression: str
    words: tuple[str, ...]
    marks: tuple[str, ...]
    patterns: tuple[str, ...]
    meaning: str = ""


def stands_for(expression: str, folder: Path) -> tuple[list[StandsFor], list[Issue]]:
    """The words of an expression in the vocabulary, else in each file that defines its sets; and warnings as of `rules
    check`. Raises PatternError if it is no pattern, or uses an unknown set; RuleError if its set is faulty."""
    files, faults = read_files(folder)
    scopes = Scopes(files, faults)
    views = [("", WordSets({}, [], scopes.vocabulary, use=None))]
    for source, shape, _ in files.commitments:
        known = scopes.of_file(source, shape.use, shape.sets).resolve_all(source)
        # A copy with its own list of issues, so that only faults of the expression are reported.
        views.append((source.path, WordSets(known.sets, [], known.vocabulary, known.use, known.faulty)))
    entry = PatternEntry(expression, RuleSource(_EXPRESSION, expression, expression), ())
    found, warnings, issues = list[StandsFor](), list[Issue](), list[Issue]()
    for file, sets in views:
        whole = sets.pattern(entry)
        own = [issue for issue in sets.issues if issue.path == _EXPRESSION]
        if whole is None:
            if not (file or own):  # a set of the vocabulary is faulty itself
                raise RuleError(faults)
            issues += own
            continue
        written = _written(expression, whole, sets)
        parts = _parts(expression, sets) or [(expression, whole)]
        found += [_listed(file, text, node, written) for text, node in parts]
        warnings = warnings or own
        if not file:
            break
    if not found:
        # A similar name in some file helps more than the names of the vocabulary.
        issue = next((issue for issue in issues if "did you mean" in issue.hint), issues[0])
        raise PatternError(issue.message, 0, issue.hint)
    return found, warnings


def _parts(expression: str, sets: WordSets) -> list[tuple[str, Node]]:
    """The sets inside a set, after its own entries; empty if it has no sets inside."""
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


def _written(text: str, whole: Node, sets: WordSets) -> dict[Node, str]:
    """Node -> text of every entry that a pattern uses, those of the innermost set first."""
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

    collect(text, whole, sets)
    return found


def _listed(file: str, expression: str, node: Node, written: Mapping[Node, str]) -> StandsFor:
    if isinstance(node, Value):
        return StandsFor(file, expression, (), (), (), value_meaning(node))
    options = options_of(node)
    forms = [option.phrase for option in options_of(inflected(node)) if isinstance(option, Words)]
    words = tuple(dict.fromkeys(f"{phrase.text}{'*' * phrase.family}" for phrase in forms))
    longer = dict.fromkeys(written[option] for option in options if not isinstance(option, Words | Inflected))
    return StandsFor(file, expression, words, tuple(dict.fromkeys(_marks(options))), tuple(longer))


def _marks(options: Sequence[Node]) -> Iterator[str]:
    """These options in the syntax of rule files: all verbs in one mark, all nouns in another, then words."""
    for word_class, sign in ((WordClass.VERB, ""), (WordClass.NOUN, "+")):
        lemmas = [
            lemma for o in options if isinstance(o, Inflected) and o.word_class is word_class for lemma in o.lemmas
        ]
        if lemmas:
            yield f"<{' / '.join(dict.fromkeys(lemmas))}{sign}>"
    for option in options:
        if isinstance(option, Words):
            yield f"{option.phrase.text}{'*' * option.phrase.family}"


_NAMES = {"t": "tonnes", "usd": "dollars", "pct": "percent"}


def value_meaning(value: Value) -> str:
    """The meaning of a value: "25,000,000 tonnes, or up to 1% more or less", "any amount in tonnes", "any date"."""
    if value.kind is ValueKind.DATE:
        return "any date"
    unit = _NAMES.get(value.unit, value.unit)
    if value.amount is not None:
        return f"{value.amount:,.12g} {unit}, or up to {SAME_AMOUNT:.0%} more or less"
    return f"any amount in {unit}" if unit else "any amount with its unit"
