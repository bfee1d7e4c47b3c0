"""Which rules, patterns, exclusions and words no example and no scenario ever exercises.

A pattern is exercised where it stands in a test of its own commitment that the rules take to be about it; a rule where it
decides; a word of a set where it is part of what a pattern matched; any other word of the vocabulary where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Topic
from monitor.domain.model import Story
from monitor.domain.text.pattern_eval import CompiledNode, FieldView, Match, PatternCompiler
from monitor.replay import line_as_story
from monitor.rulebook.compile.sets import PatternEntry, WordSets, pattern_entries
from monitor.rulebook.load import VOCABULARY, yaml_files
from monitor.rulebook.schema.models import CommitmentShape, VocabularyShape, WordsShape
from monitor.rulebook.source.source_map import RuleSource, read_source
from monitor.rulebook.source.validate import validate
from monitor.rulebook.testing.examples import story_of
from monitor.rulebook.testing.scenarios import Scenario
from monitor.workbench.rule_clauses import pattern_addresses, rule_clauses
from monitor.workbench.testing.scenario_runner import concerns, entry_of

KINDS = ("rule", "pattern", "exclusion", "word")
PhrasePosition = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CoverageItem:
    """One thing that a test can exercise. `kind` is one of KINDS, `owner` the rule or the list that it belongs to."""

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
    """Everything that tests can exercise, in the order of the files."""

    items: tuple[CoverageItem, ...]

    @property
    def unexercised(self) -> tuple[CoverageItem, ...]:
        return tuple(item for item in self.items if not item.exercised)

    @property
    def share(self) -> float:
        return 1 - len(self.unexercised) / len(self.items) if self.items else 1.0

    def of(self, wanted: Callable[[str], bool]) -> Coverage:
        """The same for the rules that are wanted alone, with the lists of words in their files."""
        rules = [item for item in self.items if item.kind != "word"]
        if all(wanted(item.owner) for item in rules):
            return self
        paths = {item.path for item in rules if wanted(item.owner)}
        return Coverage(tuple(i for i in self.items if i.path in paths and (i.kind == "word" or wanted(i.owner))))

    def by_file(self) -> dict[str, dict[str, tuple[int, int]]]:
        """File -> kind -> how many are exercised, of how many."""
        files: dict[str, dict[str, tuple[int, int]]] = {}
        for item in self.items:
            kinds = files.setdefault(item.path, dict.fromkeys(KINDS, (0, 0)))
            done, of = kinds[item.kind]
            kinds[item.kind] = (done + item.exercised, of + 1)
        return files


def measure_coverage(
    folder: Path, rulebook: Rulebook, sources: dict[str, RuleSource], scenarios: Sequence[Scenario]
) -> Coverage:
    """What the tests of a folder of rules exercise."""
    words = _WordIndex(folder, sources)
    seen = _Exercised(rulebook, words, scenarios)
    topics = {topic.commitment: topic for topic in rulebook.matcher.topics}
    rules = (item for name, source in sources.items() for item in _rules(topics[name], source, seen))
    items = {*rules, *(_item(listed, seen) for listed in words.listed)}
    return Coverage(tuple(sorted(items, key=lambda item: (item.path, item.line, item.kind, item.text))))


def _rules(topic: Topic, source: RuleSource, seen: _Exercised) -> Iterator[CoverageItem]:
    for number, act in enumerate(topic.acts):
        line = source.place(("acts", number, "id"))[0]
        yield CoverageItem(source.path, line, "rule", act.rule, act.rule, act.rule in seen.deciding)
    for clause in rule_clauses(topic, source):
        kind = "exclusion" if clause.is_exclusion else "pattern"
        yield CoverageItem(
            clause.path, clause.line, kind, clause.rule, clause.text, clause.pattern.number in seen.standing
        )


def _item(listed: _Listed, seen: _Exercised) -> CoverageItem:
    entry = listed.entry
    line = entry.source.place(entry.where)[0]
    return CoverageItem(entry.source.path, line, "word", listed.owner, entry.text, listed in seen.words)


# ---------------------------------------------------------------- words


@dataclass(frozen=True, eq=False)
class _Listed:
    """One entry of a set or of the vocabulary. `whole`: it must be part of a pattern's match, not only stand in the text."""

    owner: str
    entry: PatternEntry
    node: CompiledNode
    whole: bool


class _WordIndex:
    """The words of all sets, compiled over a list of phrases of their own."""

    def __init__(self, folder: Path, sources: dict[str, RuleSource]) -> None:
        self.listed: list[_Listed] = []
        self.compiler = PatternCompiler()
        self._anchored: dict[int, list[_Listed]] = {}
        shared = self._vocabulary(folder)
        for source in sources.values():
            shape, _ = validate(source, CommitmentShape)
            if shape is not None:
                self._add_sets(source, shape.sets, shared)
        self.index = self.compiler.index()

    def near(self, view: FieldView) -> Iterator[_Listed]:
        """The entries that may stand in a view."""
        return iter({listed: None for phrase in view.hits for listed in self._anchored.get(phrase, ())})

    def _vocabulary(self, folder: Path) -> WordSets:
        paths = yaml_files(folder / VOCABULARY)
        read = [read_source(path, (Path(folder.name) / path.relative_to(folder)).as_posix())[0] for path in paths]
        shaped = [(source, validate(source, VocabularyShape)[0]) for source in read if source is not None]
        shapes = [(source, shape) for source, shape in shaped if shape is not None]
        sets = {
            name: pattern_entries(source, ("sets", name), words)
            for source, shape in shapes
            for name, words in shape.sets.items()
        }
        shared = WordSets(sets, [])
        for name, found in sets.items():
            self._add(f"{{{name}}}", found, shared, whole=True)
        for source, shape in shapes:
            self._add_voices(source, shape, shared)
        return shared

    def _add_voices(self, source: RuleSource, shape: VocabularyShape, shared: WordSets) -> None:
        """Words that count wherever they stand: of modality, frames, parties, documents and speakers."""
        named: Mapping[str, Mapping[Any, WordsShape]] = {
            "modality": shape.modality,
            "frames": shape.frames,
            "parties": shape.parties,
            "documents": shape.documents,
        }
        for part, lists in named.items():
            for name, words in lists.items():
                self._add(f"{part} {name}", pattern_entries(source, (part, name), words), shared, whole=False)
        for number, speaker in enumerate(shape.speakers):
            found = pattern_entries(source, ("speakers", number, "words"), speaker.words)
            self._add(f"speaker {speaker.name}", found, shared, whole=False)

    def _add_sets(self, source: RuleSource, sets: dict[str, WordsShape], shared: WordSets) -> None:
        local = {name: pattern_entries(source, ("sets", name), words) for name, words in sets.items()}
        resolver = WordSets(local, [], shared)
        for name, found in local.items():
            self._add(f"{{{name}}}", found, resolver, whole=True)

    def _add(self, owner: str, found: list[PatternEntry], sets: WordSets, *, whole: bool) -> None:
        for entry, node in sets.patterns(found):
            listed = _Listed(owner, entry, self.compiler.compile(node), whole)
            self.listed.append(listed)
            for phrase in self.compiler.anchors(node):
                self._anchored.setdefault(phrase, []).append(listed)


# ---------------------------------------------------------------- tests


@dataclass
class _Exercised:
    """What stood in the tests: numbers of patterns, rules that decided, words."""

    rulebook: Rulebook
    lists: _WordIndex
    scenarios: Sequence[Scenario]
    standing: set[int] = field(default_factory=set)
    deciding: set[str] = field(default_factory=set)
    words: set[_Listed] = field(default_factory=set)

    def __post_init__(self) -> None:
        for story, commitments in self._tests():
            self._read(story, commitments)

    def _tests(self) -> Iterator[tuple[Story, frozenset[str]]]:
        """Every text of a test, with the commitments that it tests."""
        for example in self.rulebook.examples:
            yield story_of(example), frozenset((example.commitment,))
        for scenario in self.scenarios:
            names = frozenset(name for name in self.rulebook.commitments if concerns(scenario, name))
            for number, story in enumerate(scenario.shape.stories):
                yield line_as_story(entry_of(story, number)), names

    def _read(self, story: Story, commitments: frozenset[str]) -> None:
        concerned = set()
        for result in trace(story, self.rulebook):
            concerned.add(result.commitment)
            if result.winner is not None and result.commitment in commitments:
                self.deciding.add(result.winner.act.rule)
        document = Document(story, self.rulebook)
        for view in document.views:
            parts: set[PhrasePosition] = set()
            for name in concerned:
                for pattern, span in document.matches(view, self._patterns[name]):
                    parts.update(span.parts)
                    if name in commitments:
                        self.standing.add(pattern.number)
            self._note_words(view, parts)

    @cached_property
    def _patterns(self) -> dict[str, list[CompiledPattern]]:
        return {topic.commitment: [p for _, p in pattern_addresses(topic)] for topic in self.rulebook.matcher.topics}

    def _note_words(self, view: FieldView, parts: set[PhrasePosition]) -> None:
        own = FieldView(view.name, view.text, self.lists.index.find(view.text.folded))
        for listed in self.lists.near(own):
            spans: Iterable[Match] = own.find(listed.node)
            if any(not listed.whole or parts.issuperset(span.parts) for span in spans):
                self.words.add(listed)
