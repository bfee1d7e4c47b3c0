"""The rules, patterns, exclusions and words that no example and no scenario exercises.

A test exercises a rule if the rule decides; a pattern if it matches in a test of its own commitment, and the text is
about that commitment; a word of a set if it is part of a match; any other word of the vocabulary if it occurs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Topic
from monitor.domain.model import Story
from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import Node
from monitor.replay import line_as_story
from monitor.rulebook.compile.sets import PatternEntry, Scopes, WordSets, Written, pattern_entries
from monitor.rulebook.load import DEAL, read_files
from monitor.rulebook.source.rule_source import ValuePath
from monitor.rulebook.testing.examples import story_of
from monitor.rulebook.testing.scenarios import Scenario
from monitor.workbench.scenario_runner import concerns, entry_of

KINDS = ("rule", "pattern", "exclusion", "word")
_OPENING = frozenset({"any", "title", "summary"})
"""Keys whose patterns report something; the patterns under all other keys exclude something."""


@dataclass(frozen=True, slots=True)
class RuleClause:
    """One pattern of a rule. `key` is the key of the rule file that holds it."""

    key: str
    rule: str
    pattern: CompiledPattern


def rule_clauses(topic: Topic) -> Iterator[RuleClause]:
    """Every pattern of a topic in file order. A pattern from the defaults of a file appears once, for its first act."""
    clauses: dict[int, RuleClause] = {}
    owners: list[tuple[str, Any]] = [(topic.rule, topic), *((topic.rule, rule) for rule in topic.gives_way)]
    owners += [(act.rule, act) for act in topic.acts]
    for rule, owner in owners:
        for field in fields(owner):
            # Among the fields of a rule, tuples of patterns are its lists of clauses.
            value = getattr(owner, field.name)
            if not isinstance(value, tuple) or not all(isinstance(item, CompiledPattern) for item in value):
                continue
            for pattern in value:
                key = "not" if field.name in ("none", "excluded") else field.name
                key = "precedence" if pattern.path.endswith(f"/{DEAL}") else key
                clauses.setdefault(pattern.number, RuleClause(key, rule, pattern))
    return iter(sorted(clauses.values(), key=attrgetter("pattern.path", "pattern.line")))


@dataclass(frozen=True, slots=True)
class CoverageItem:
    """One item that a test can exercise. `kind` is one of KINDS; `owner` is its rule or word list."""

    path: str
    line: int
    kind: str
    owner: str
    text: str
    exercised: bool

    def __str__(self) -> str:
        what = f"{self.kind} {self.text!r}" if self.kind != "rule" else "the rule"
        return f"{self.path}:{self.line}: {self.owner}: {what} is in no test"


@dataclass(frozen=True, slots=True)
class Coverage:
    """All items that tests can exercise, in file order."""

    items: tuple[CoverageItem, ...]

    @property
    def unexercised(self) -> tuple[CoverageItem, ...]:
        return tuple(item for item in self.items if not item.exercised)

    @property
    def share(self) -> float:
        """The share of exercised items, 0 to 1; 1 if there are no items."""
        return 1 - len(self.unexercised) / len(self.items) if self.items else 1.0

    def of(self, wanted: Callable[[str], bool]) -> Coverage:
        """The coverage of the wanted rules alone, with the word lists of their files."""
        rules = [item for item in self.items if item.kind != "word"]
        if all(wanted(item.owner) for item in rules):
            return self
        paths = {item.path for item in rules if wanted(item.owner)}
        return Coverage(tuple(i for i in self.items if i.path in paths and (i.kind == "word" or wanted(i.owner))))

    def by_file(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Maps file and kind to the number of exercised items and of all items."""
        files: dict[str, dict[str, tuple[int, int]]] = {}
        for item in self.items:
            kinds = files.setdefault(item.path, dict.fromkeys(KINDS, (0, 0)))
            done, of = kinds[item.kind]
            kinds[item.kind] = (done + item.exercised, of + 1)
        return files


def measure_coverage(folder: Path, rulebook: Rulebook, scenarios: Sequence[Scenario]) -> Coverage:
    """Measures how much of the rules their tests exercise.

    1. Index the words of every set and of the vocabulary.
    2. Match each text of a test once. Record the rules that decide, and the patterns and words that match.
    3. List every rule, pattern, exclusion and word, each exercised or not.
    """
    words = _WordIndex(folder)
    seen = _Exercised(rulebook, words)
    for example in rulebook.examples:
        seen.read(story_of(example), frozenset((example.commitment,)))
    for scenario in scenarios:
        names = frozenset(name for name in rulebook.commitments if concerns(scenario, name))
        for number, story in enumerate(scenario.shape.stories):
            seen.read(line_as_story(entry_of(story, number)), names)
    items = set[CoverageItem]()
    for topic in rulebook.matcher.topics:
        for act in topic.acts:
            info = rulebook.rules[act.rule]
            items.add(CoverageItem(info.path, info.line, "rule", act.rule, act.rule, act.rule in seen.deciding))
        for clause in rule_clauses(topic):
            kind, p = "pattern" if clause.key in _OPENING else "exclusion", clause.pattern
            items.add(CoverageItem(p.path, p.line, kind, clause.rule, p.source, p.number in seen.patterns))
    for word in words.listed:
        entry = word.entry
        line, _ = entry.source.place(entry.where)
        items.add(CoverageItem(entry.source.path, line, "word", word.owner, entry.text, word in seen.words))
    return Coverage(tuple(sorted(items, key=lambda item: (item.path, item.line, item.kind, item.text))))


@dataclass(frozen=True, eq=False)
class _Listed:
    """One entry of a set or of the vocabulary. `whole`: it counts only as part of a pattern's match."""

    owner: str
    entry: PatternEntry
    node: Node
    whole: bool


class _WordIndex:
    """The words of all sets and of the vocabulary, compiled with their own phrase index."""

    def __init__(self, folder: Path) -> None:
        self.listed: list[_Listed] = []
        self._compiler = PatternCompiler()
        self.anchored: dict[int, list[_Listed]] = {}
        """Maps a phrase to the entries that can match where it occurs."""
        files, _ = read_files(folder)
        scopes = Scopes(files, [])
        for source, shape in files.vocabulary:
            sets = scopes.of_vocabulary(source)
            self._add_sets(sets)
            # Words outside the sets count wherever they occur.
            for part in ("modality", "frames", "parties", "documents"):
                lists: Mapping[Any, Written] = getattr(shape, part)
                for name, words in lists.items():
                    self._add(f"{part} {name}", pattern_entries(source, (part, name), words), sets, whole=False)
            for number, speaker in enumerate(shape.speakers):
                where: ValuePath = ("speakers", number, "words")
                self._add(f"speaker {speaker.name}", pattern_entries(source, where, speaker.words), sets, whole=False)
        for source, commitment, _ in files.commitments:
            self._add_sets(scopes.of_file(source, commitment.use, commitment.sets))
        self.index = self._compiler.index()

    def _add_sets(self, sets: WordSets) -> None:
        for name, entries in sets.sets.items():
            self._add(f"{{{name}}}", entries, sets, whole=True)

    def _add(self, owner: str, entries: list[PatternEntry], sets: WordSets, *, whole: bool) -> None:
        for entry, node in sets.patterns(entries):
            listed = _Listed(owner, entry, self._compiler.compile(node), whole)
            self.listed.append(listed)
            for phrase in next(iter(listed.node.groups), ()):
                self.anchored.setdefault(phrase, []).append(listed)


class _Exercised:
    """Collects what the tests exercise: pattern numbers, deciding rules, and words."""

    def __init__(self, rulebook: Rulebook, lists: _WordIndex) -> None:
        self.rulebook, self.lists = rulebook, lists
        self.patterns, self.deciding, self.words = set[int](), set[str](), set[_Listed]()
        topics = rulebook.matcher.topics
        self._patterns_of = {topic.commitment: [c.pattern for c in rule_clauses(topic)] for topic in topics}

    def read(self, story: Story, commitments: frozenset[str]) -> None:
        """Records what one text of a test exercises. `commitments` are those that the test names."""
        concerned = set[str]()
        for result in trace(story, self.rulebook):
            concerned.add(result.commitment)
            if result.winner is not None and result.commitment in commitments:
                self.deciding.add(result.winner.act.rule)
        document = Document(story, self.rulebook)
        for view in document.views:
            matched = set[tuple[int, int]]()
            for name in concerned:
                for pattern, span in document.matches(view, self._patterns_of[name]):
                    matched.update(span.parts)
                    if name in commitments:
                        self.patterns.add(pattern.number)
            own = FieldView(view.name, view.text, self.lists.index.find(view.text.folded))
            near = {listed: None for phrase in own.hits for listed in self.lists.anchored.get(phrase, ())}
            for listed in near:
                if any(not listed.whole or matched.issuperset(span.parts) for span in own.find(listed.node)):
                    self.words.add(listed)
