"""What a mark or a set in a pattern stands for: `<tear up>`, `<cargo+>`, `{lift - end}`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.domain.text.pattern_syntax import Choice, Node, Words, inflected
from monitor.errors import Issue, RuleError
from monitor.rulebook.compile.scopes import Scopes
from monitor.rulebook.compile.sets import PatternEntry, WordSets
from monitor.rulebook.load import read_files
from monitor.rulebook.source.source_map import RuleSource


@dataclass(frozen=True, slots=True)
class StandsFor:
    """The words that an expression stands for. file: whose sets it names, '' for the vocabulary; patterns: how many entries
    are longer patterns."""

    file: str
    words: tuple[str, ...]
    patterns: int


def stands_for(expression: str, folder: Path) -> list[StandsFor]:
    """What an expression stands for in the vocabulary of a folder, or else in each file whose own sets it names.

    Raises RuleError if it is no pattern, or names a set that no file has.
    """
    files, faults = read_files(folder)
    scopes = Scopes(files, faults)
    program = RuleSource("expression", expression, expression)
    views = [("", WordSets({}, [], scopes.vocabulary))]
    views += [(source.path, scopes.of_file(source, shape.use, shape.sets)) for source, shape, _ in files.commitments]
    found, issues = list[StandsFor](), list[Issue]()
    for file, sets in views:
        sets.issues = []
        node = sets.pattern(PatternEntry(expression, program, ()))
        issues += sets.issues
        if node is not None:
            found.append(_listed(file, inflected(node)))
            if not file:
                break
    if not found:
        # A name of some file that is nearly this one says more than the names of the vocabulary.
        raise RuleError([next((issue for issue in issues if "did you mean" in issue.hint), issues[0])])
    return found


def _listed(file: str, node: Node) -> StandsFor:
    options = node.options if isinstance(node, Choice) else (node,)
    words = tuple(f"{o.phrase.text}{'*' * o.phrase.family}" for o in options if isinstance(o, Words))
    return StandsFor(file, words, len(options) - len(words))
