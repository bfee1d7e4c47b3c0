"""Checked files made into a rulebook: patterns parsed, sets filled in, everything over one list of phrases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.domain.matching.attribution import REPORTING_VERBS
from monitor.domain.matching.modality import Cue
from monitor.domain.matching.rules import (
    ABOUT,
    ActRule,
    CompiledPattern,
    Conditions,
    DiscourseFrame,
    Matcher,
    Rulebook,
    RuleExample,
    RuleInfo,
    Speaker,
    StatusOverride,
    Topic,
    Yields,
)
from monitor.domain.model import By, Effect, Policy
from monitor.domain.model.publishers import Publishers
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_eval import CompiledNode, PatternCompiler
from monitor.domain.text.pattern_syntax import Choice, Node, Words, pattern_hash
from monitor.errors import Issue
from monitor.rulebook.compile.commitments import commitment_of
from monitor.rulebook.compile.conditions import conditions_of
from monitor.rulebook.compile.cross_file_checks import crosscheck
from monitor.rulebook.compile.publishers import publishers_of
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import PatternEntry, WordSets, pattern_entries
from monitor.rulebook.schema.models import AboutShape, ActShape, CommitmentShape, GivesWayShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath

SAYINGS_SET = "sayings"


def compile_rulebook(files: RuleFiles, root: str) -> tuple[Rulebook | None, list[Issue]]:
    """The rulebook of these files, and what is wrong between and inside them. `root` names the folder in issues."""
    issues = crosscheck(files, root)
    book = _RulebookCompiler(files, issues)
    return book.build(), issues


@dataclass
class _RulebookCompiler:
    """The work of one build."""

    files: RuleFiles
    issues: list[Issue]
    compiler: PatternCompiler = field(default_factory=PatternCompiler)
    anchored: dict[int, list[int]] = field(default_factory=dict)
    rules: dict[str, RuleInfo] = field(default_factory=dict)
    examples: list[RuleExample] = field(default_factory=list)
    common: str = ""
    """The version of the words that every rule leans on: modality and frames."""
    voices: list[object] = field(default_factory=list)
    """The words that tell who speaks, and the masks: part of the rulebook's version, not of a rule's."""
    count: int = 0
    shared: WordSets = field(init=False)

    def __post_init__(self) -> None:
        self.shared = WordSets(self._shared_sets(), self.issues, partial=self.files.vocabulary_partial)
        self.shared.resolve_all()

    def build(self) -> Rulebook:
        cues, frames = self._common_words()
        speakers = self._speakers()
        parties = self._named("parties", {by for _, shape in self.files.vocabulary for by in shape.parties})
        documents = self._named("documents", {name for _, shape in self.files.vocabulary for name in shape.documents})
        topics = tuple(self._topic(source, shape) for source, shape, _ in self.files.commitments)
        verbs = self._reporting_verbs()
        matcher = Matcher(
            self.compiler.index(self._masks()),
            topics,
            {phrase: tuple(found) for phrase, found in self.anchored.items()},
            cues,
            frames,
            speakers,
            verbs,
            {By(party): words for party, words in parties.items()},
            documents,
        )
        commitments = {shape.id: commitment_of(shape, deal) for _, shape, deal in self.files.commitments}
        publishers = publishers_of(self.files.sources[1]) if self.files.sources else Publishers(())
        policy = Policy(**dict(self.files.policy[1])) if self.files.policy else Policy()
        version = _version(
            sorted((rule.id, rule.version) for rule in self.rules.values()),
            sorted(commitments.items()),
            publishers.entries,
            _ordered_policy(policy),
            self.voices,
        )
        deals = {deal: shape.name for deal, (_, shape) in self.files.deals.items()}
        return Rulebook(commitments, publishers, policy, version, self.rules, matcher, tuple(self.examples), deals)

    def _shared_sets(self) -> dict[str, list[PatternEntry]]:
        return {
            name: pattern_entries(source, ("sets", name), words)
            for source, shape in self.files.vocabulary
            for name, words in shape.sets.items()
        }

    def _common_words(self) -> tuple[dict[Cue, CompiledNode], tuple[DiscourseFrame, ...]]:
        """The cues and frames, each gathered from all files of vocabulary."""
        cues: dict[Cue, list[PatternEntry]] = {}
        frames: dict[str, list[PatternEntry]] = {}
        for source, shape in self.files.vocabulary:
            for cue, words in shape.modality.items():
                cues.setdefault(cue, []).extend(pattern_entries(source, ("modality", cue.value), words))
            for name, frame in shape.frames.items():
                frames.setdefault(name, []).extend(pattern_entries(source, ("frames", name), frame))
        cue_nodes = {cue: node for cue, found in cues.items() if (node := self.shared.choice(found))}
        frame_nodes = {name: node for name, found in frames.items() if (node := self.shared.choice(found))}
        self.common = _version(sorted(cue_nodes.items()), list(frame_nodes.items()))
        return (
            {cue: self.compiler.compile(node) for cue, node in cue_nodes.items()},
            tuple(DiscourseFrame(name, self.compiler.compile(node)) for name, node in frame_nodes.items()),
        )

    def _named(self, part: str, names: Iterable[str]) -> dict[str, CompiledNode]:
        """Words by name, gathered from all files of vocabulary: parties, classes of documents."""
        found: dict[str, CompiledNode] = {}
        for name in sorted(names):
            texts = [
                entry
                for source, shape in self.files.vocabulary
                if name in getattr(shape, part)
                for entry in pattern_entries(source, (part, name), getattr(shape, part)[name])
            ]
            node = self.shared.choice(texts)
            if node is not None:
                found[name] = self.compiler.compile(node)
                self.voices.append((part, name, node))
        return found

    def _speakers(self) -> tuple[Speaker, ...]:
        found = []
        for source, shape in self.files.vocabulary:
            for number, speaker in enumerate(shape.speakers):
                node = self.shared.choice(pattern_entries(source, ("speakers", number, "words"), speaker.words))
                if node is not None:
                    found.append(Speaker(speaker.name, speaker.side, self.compiler.compile(node)))
                    self.voices.append((speaker.name, speaker.side, node))
        return tuple(found)

    def _reporting_verbs(self) -> CompiledNode | None:
        source = RuleSource("sayings", "", None)
        own = self.shared.sets.get(SAYINGS_SET, [PatternEntry(text, source, ()) for text in REPORTING_VERBS])
        node = self.shared.choice(own)
        self.voices.append(node)
        return self.compiler.compile(node) if node else None

    def _masks(self) -> list[Phrase]:
        nodes = [
            self.shared.choice(pattern_entries(source, ("masks",), shape.masks))
            for source, shape in self.files.vocabulary
        ]
        options = [
            option for node in nodes if node for option in (node.options if isinstance(node, Choice) else (node,))
        ]
        masks = [option.phrase for option in options if isinstance(option, Words)]
        self.voices.append(masks)
        return masks

    # ------------------------------------------------------------ one commitment

    def _topic(self, source: RuleSource, shape: CommitmentShape) -> Topic:
        local = {name: pattern_entries(source, ("sets", name), words) for name, words in shape.sets.items()}
        sets = WordSets(local, self.issues, self.shared, self.shared.partial)
        sets.resolve_all()
        used = _VersionParts()
        about = {
            part: self._patterns(sets, source, ("about", part), texts, used)
            for part, texts in _about_parts(shape.about).items()
        }
        gives_way = tuple(
            self._gives_way(sets, source, ("about", "gives_way_to", number), rule, used)
            for number, rule in enumerate(shape.about.gives_way_to)
        )
        version = used.version(self.common)
        acts = tuple(self._act(sets, source, shape, number, version) for number in range(len(shape.acts)))
        self._add_rule(source, shape.id, ABOUT, version, ("about",))
        units = frozenset(target.amount.unit for target in shape.targets)
        years = {year for target in shape.targets for year in range(target.start.year, target.due.year + 1)}
        periods = frozenset(f"calendar-{year}" for year in years)
        return Topic(shape.id, version, **about, gives_way=gives_way, acts=acts, units=units, periods=periods)

    def _gives_way(
        self, sets: WordSets, source: RuleSource, where: ValuePath, rule: GivesWayShape, used: _VersionParts
    ) -> Yields:
        used.parts.append((rule.commitment, rule.since))
        return Yields(
            rule.commitment,
            self._patterns(sets, source, (*where, "when"), rule.when, used),
            self._patterns(sets, source, (*where, "unless"), rule.unless, used),
            rule.since,
        )

    def _act(self, sets: WordSets, source: RuleSource, shape: CommitmentShape, number: int, about: str) -> ActRule:
        act, where, used = shape.acts[number], ("acts", number), _VersionParts()
        words = {
            part: self._patterns(sets, source, (*where, part), getattr(act, part), used)
            for part in ("any", "none", "unless")
        }
        object_, only = act.object or act.step, conditions_of(act.only_if)
        more = (
            _ordered_conditions(only),
            [state.model_dump(mode="json") for state in act.when_status],
            *(["stalls"] if act.stalls else []),
        )
        version = used.version(
            about,
            act.polarity,
            act.weak,
            act.by,
            object_,
            act.terms,
            act.effect,
            act.outside,
            act.stage == "experimental",
            *more,
        )
        rule = self._add_rule(source, shape.id, act.id, version, (*where, "id"), act)
        self._add_examples(source, shape.id, rule, act, where)
        return ActRule(
            rule,
            version,
            act.polarity,
            **words,
            only=only,
            by=act.by,
            object=object_,
            stalls=act.stalls,
            terms=act.terms,
            effect=act.effect or Effect.NONE,
            weak=act.weak,
            experimental=act.stage == "experimental",
            outside=act.outside,
        )

    def _patterns(
        self, sets: WordSets, source: RuleSource, where: ValuePath, texts: Sequence[str], used: _VersionParts
    ) -> tuple[CompiledPattern, ...]:
        found = sets.anchored(PatternEntry(text, source, (*where, number)) for number, text in enumerate(texts))
        used.add(where, [node for _, node in found])
        return tuple(self._pattern(entry, node) for entry, node in found)

    def _pattern(self, entry: PatternEntry, node: Node) -> CompiledPattern:
        self.count += 1
        compiled = self.compiler.compile(node)  # before its anchors, which are a set: phrases are numbered as written
        for phrase in self.compiler.anchors(node):
            self.anchored.setdefault(phrase, []).append(self.count)
        return CompiledPattern(self.count, compiled, entry.text)

    def _add_rule(
        self,
        source: RuleSource,
        commitment: str,
        name: str,
        version: str,
        where: ValuePath,
        act: ActShape | None = None,
    ) -> str:
        rule = f"{commitment}/{name}"
        line = source.place(where)[0]
        info = RuleInfo(rule, commitment, version, source.path, line)
        self.rules[rule] = info if act is None else _described(info, act)
        return rule

    def _add_examples(self, source: RuleSource, commitment: str, rule: str, act: ActShape, where: ValuePath) -> None:
        for number, example in enumerate(act.examples):
            line = source.place((*where, "examples", number))[0]
            effect = None if example.effect == "not_about" else Effect(example.effect)
            self.examples.append(
                RuleExample(
                    rule,
                    commitment,
                    number + 1,
                    example.text,
                    effect,
                    source.path,
                    line,
                    example.summary,
                    example.published,
                )
            )


def _described(info: RuleInfo, act: ActShape) -> RuleInfo:
    """What is known of a rule, with what its act says of itself."""
    states = tuple(
        StatusOverride(frozenset(str(word) for word in state.under), state.read) for state in act.when_status
    )
    return replace(info, stage=act.stage, states=states, weak=act.weak, outside=act.outside)


@dataclass
class _VersionParts:
    """The patterns behind one rule, for its version."""

    parts: list[object] = field(default_factory=list)

    def add(self, where: ValuePath, nodes: list[Node]) -> None:
        self.parts.append((where[-1], [pattern_hash(node) for node in nodes]))

    def version(self, *more: object) -> str:
        return _version(self.parts, more)


def _ordered_conditions(only: Conditions) -> object:
    """Conditions in an order that does not change between runs."""
    among = [(name, sorted(values)) for name, values in only.among]
    return (among, only.since, only.until)


def _about_parts(about: AboutShape) -> Mapping[str, list[str]]:
    return {
        "any": about.any,
        "title": about.title,
        "summary": about.summary,
        "never": about.never,
        "none": about.none,
        "unless": about.unless,
    }


def _version(*parts: object) -> str:
    """The first eight hex digits of a hash; the same for the same rules on every machine."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def _ordered_policy(policy: Policy) -> Iterable[tuple[str, object]]:
    """A policy in an order that does not change between runs (sets have none)."""
    values = ((name, getattr(policy, name)) for name in sorted(policy.__slots__))
    return [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values]
