"""Checked files made into a rulebook: patterns parsed, sets filled in, everything over one list of phrases."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from monitor.domain.matching.conditions import FACTS
from monitor.domain.matching.modality import EFFECT_TABLE, Polarity, PolarityShift
from monitor.domain.matching.rules import (
    ABOUT,
    ActRule,
    CompiledPattern,
    Conditions,
    Deal,
    DiscourseFrame,
    GateWords,
    Matcher,
    Reads,
    Rulebook,
    RuleExample,
    RuleInfo,
    Speaker,
    StatusOverride,
    Topic,
    Yields,
)
from monitor.domain.model import By, Effect, Policy
from monitor.domain.model.sides import is_party
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_eval import CompiledNode, PatternCompiler
from monitor.domain.text.pattern_filter import Groups
from monitor.domain.text.pattern_syntax import Node, Words, choice_of, pattern_hash
from monitor.errors import Issue
from monitor.long_work import counted
from monitor.rulebook.compile.commitments import commitment_of
from monitor.rulebook.compile.cross_file_checks import crosscheck
from monitor.rulebook.compile.defaults import days_of, outside_phase, phase_of, with_defaults
from monitor.rulebook.compile.frames import frame_text, role_frame
from monitor.rulebook.compile.parties import WORDS_OF_ALL, declared_names, of_deal, words_of
from monitor.rulebook.compile.publishers import compile_publishers
from monitor.rulebook.compile.reporting_verbs import REPORTING_VERBS
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.scopes import Scopes
from monitor.rulebook.compile.sets import PatternEntry, WordSets, Written, options_of, pattern_entries
from monitor.rulebook.schema.models import AboutShape, ActShape, CommitmentShape, DealShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath

SAYINGS_SET = "sayings"


def compile_rulebook(files: RuleFiles, root: str) -> tuple[Rulebook, list[Issue]]:
    """The rulebook of these files, and what is wrong between and inside them. `root` names the folder in issues."""
    issues = crosscheck(files, root)
    return _RulebookCompiler(files, issues).build(), issues


@dataclass
class _RulebookCompiler:
    """The work of one build."""

    files: RuleFiles
    issues: list[Issue]
    compiler: PatternCompiler = field(default_factory=PatternCompiler)
    required: dict[int, Groups] = field(default_factory=dict)
    rules: dict[str, RuleInfo] = field(default_factory=dict)
    examples: list[RuleExample] = field(default_factory=list)
    common: str = ""
    """The version of the words that every rule depends on: modality and frames."""
    shared_words: list[object] = field(default_factory=list)
    """Speakers, parties, documents, reporting verbs and masks: part of the rulebook's version, not of a rule's."""
    deals: dict[str, Deal] = field(default_factory=dict)
    deal_words: list[object] = field(default_factory=list)
    """Gates and what readers are told of deals: part of the rulebook's version, not of a rule's."""
    party_words: dict[str, Mapping[By, CompiledNode]] = field(default_factory=dict)
    """By deal, the words that name its parties."""
    count: int = 0
    scopes: Scopes = field(init=False)
    deal_sets: dict[str, WordSets] = field(init=False)
    precedence: dict[str, list[tuple[Yields, list[object]]]] = field(default_factory=dict)
    """By commitment, with what each entry adds to the version of its topic."""

    def __post_init__(self) -> None:
        self.scopes = Scopes(self.files, self.issues)
        self.deal_sets = {
            name: self.scopes.of_file(source, shape.use, shape.sets)
            for name, (source, shape) in self.files.deals.items()
        }

    def build(self) -> Rulebook:
        """The rulebook of all files that can be used."""
        matcher = self._matcher()
        commitments = {
            shape.id: replace(commitment_of(shape, deal), parties=tuple(of_deal(self.files, deal)))
            for _, shape, deal in self.files.commitments
        }
        publishers = compile_publishers(self.files.sources[1] if self.files.sources else None)
        policy = Policy(**dict(self.files.policy[1])) if self.files.policy else Policy()
        # Sets have no order that is the same in every run.
        values = [(name, getattr(policy, name)) for name in sorted(policy.__slots__)]
        weights = [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values]
        rules = sorted((rule.id, rule.version) for rule in self.rules.values())
        reads = {
            shape.id: Reads(one_line(shape.reads.about), one_line(shape.reads.not_about))
            for _, shape, _ in self.files.commitments
            if shape.reads is not None
        }
        asked = (sorted(reads.items()), self.deal_words)
        parties = declared_names(self.files)
        named = (publishers.entries, sorted(parties.declared.items()))
        version = _version(rules, sorted(commitments.items()), named, weights, self.shared_words, asked)
        known = (commitments, publishers, policy, version, self.rules, matcher)
        return Rulebook(*known, tuple(self.examples), self.deals, reads, parties)

    def _matcher(self) -> Matcher:
        """All rules over one index of phrases.

        1. The common words come first, since the version of each rule depends on them.
        2. Speakers, parties and classes of documents follow, then the commitments with their acts.
        3. The masks come last. They are compiled into the index of phrases.
        """
        cue_nodes, frame_nodes = self._gathered("modality"), self._gathered("frames")
        self.common = _version(sorted(cue_nodes.items()), list(frame_nodes.items()))
        cues = {cue: self.compiler.compile(node) for cue, node in cue_nodes.items()}
        frames = tuple(DiscourseFrame(name, self.compiler.compile(node)) for name, node in frame_nodes.items())
        speakers = []
        for source, vocabulary in self.files.vocabulary:
            sets = self.scopes.of_vocabulary(source)
            for number, speaker in enumerate(vocabulary.speakers):
                node = sets.choice(pattern_entries(source, ("speakers", number, "words"), speaker.words))
                if node is not None:
                    speakers.append(Speaker(speaker.name, speaker.side, self.compiler.compile(node)))
                    self.shared_words.append((speaker.name, speaker.side, node))
        parties = {By(name): words for name, words in self._compiled("parties").items() if name in WORDS_OF_ALL}
        documents = self._compiled("documents")
        self.deals = {name: self._deal(source, shape) for name, (source, shape) in self.files.deals.items()}
        files = self.files.commitments
        self.precedence = self._precedence()
        topics = tuple(
            self._topic(source, shape, self.party_words.get(deal, {}))
            for source, shape, deal in counted(files, "compiling the rules", len(files), "commitments")
        )
        # The reporting verbs are the set of that name, else those of the program.
        program = RuleSource(SAYINGS_SET, "", None)
        sayings = [
            (sets, sets.sets[SAYINGS_SET]) for sets in self.scopes.vocabulary.values() if SAYINGS_SET in sets.sets
        ]
        own = WordSets({}, self.issues), [PatternEntry(text, program, ()) for text in REPORTING_VERBS]
        sets, entries = next(iter(sayings), own)
        node = sets.choice(entries)
        self.shared_words.append(node)
        verbs = self.compiler.compile(node) if node else None
        masks: list[Phrase] = []
        for source, vocabulary in self.files.vocabulary:
            node = self.scopes.of_vocabulary(source).choice(pattern_entries(source, ("masks",), vocabulary.masks))
            masks += [option.phrase for option in (options_of(node) if node else ()) if isinstance(option, Words)]
        self.shared_words.append(masks)
        index = self.compiler.index(masks)
        return Matcher(index, topics, self.required, cues, frames, tuple(speakers), verbs, parties, documents)

    def _gathered(self, part: str) -> dict[Any, Node]:
        """Words by name, each name gathered from all files of vocabulary, in the order in which the names appear."""
        nodes: dict[Any, list[Node]] = {}
        for source, shape in self.files.vocabulary:
            sets = self.scopes.of_vocabulary(source)
            for name, words in getattr(shape, part).items():
                node = sets.choice(pattern_entries(source, (part, str(name)), words))
                nodes.setdefault(name, []).extend((node,) if node is not None else ())
        return {name: choice_of(tuple(of_name)) for name, of_name in nodes.items() if of_name}

    def _compiled(self, part: str) -> dict[str, CompiledNode]:
        compiled = {}
        for name, node in sorted(self._gathered(part).items()):
            compiled[name] = self.compiler.compile(node)
            self.shared_words.append((part, name, node))
        return compiled

    def _deal(self, source: RuleSource, shape: DealShape) -> Deal:
        sets, gate, parts = self.deal_sets[shape.id], None, list[object]()
        if shape.gate is not None:
            alone = self._patterns(sets, source, ("gate", "any"), shape.gate.any, parts)
            together = tuple(
                self._patterns(sets, source, ("gate", "together", number), entry, parts)
                for number, entry in enumerate(shape.gate.together)
            )
            gate = GateWords(alone, together)
        self.party_words[shape.id] = self._words_of_parties(sets, shape.id, parts)
        effects = {effect: one_line(text) for effect, text in shape.effects.items()}
        texts = (one_line(shape.description), one_line(shape.reader), effects, tuple(map(one_line, shape.rulings)))
        self.deal_words.append((shape.id, shape.name, texts, parts))
        return Deal(shape.id, shape.name, *texts, gate)

    def _words_of_parties(self, sets: WordSets, deal: str, parts: list[object]) -> Mapping[By, CompiledNode]:
        """The words of the parties of a deal, which are part of what a rule's clause says and not of its version."""
        found = {}
        for party, own in of_deal(self.files, deal).items():
            source, words = words_of(party, own, self.files)
            within = sets if source is own[0] else self.scopes.of_vocabulary(source)
            node = within.choice(pattern_entries(source, ("parties", party), words))
            if node is not None and is_party(party):
                found[By(party)] = self.compiler.compile(node)
                parts.append((party, node))
        return found

    def _topic(self, source: RuleSource, shape: CommitmentShape, parties: Mapping[By, CompiledNode]) -> Topic:
        shape = with_defaults(shape)
        sets = self.scopes.of_file(source, shape.use, shape.sets)
        parts: list[object] = []
        about = {
            part: self._patterns(sets, source, ("about", part), getattr(shape.about, part), parts)
            for part in ("any", "title", "summary", "never")
        }
        about["excluded"] = self._excluding(sets, source, ("about",), shape.about, parts)
        about["unless"] = self._patterns(sets, source, ("about", "unless"), shape.about.unless, parts)
        gives_way = []
        for number, rule in enumerate(shape.about.gives_way_to):
            parts.append((rule.commitment, rule.since))
            where = ("about", "gives_way_to", number)
            when = self._patterns(sets, source, (*where, "when"), rule.when, parts)
            unless = self._patterns(sets, source, (*where, "unless"), rule.unless, parts)
            gives_way.append(Yields(rule.commitment, when, unless, rule.since))
        for yields, own in self.precedence.get(shape.id, ()):
            parts += own
            gives_way.append(yields)
        version = _version(parts, (self.common,))
        shut = self._default_exclusions(sets, source, shape)
        acts = tuple(self._act(sets, source, shape, number, version, shut) for number in range(len(shape.acts)))
        rule_id = f"{shape.id}/{ABOUT}"
        self.rules[rule_id] = RuleInfo(rule_id, shape.id, version, source.path, source.place(("about",))[0])
        units = frozenset(target.amount.unit for target in shape.targets)
        years = {year for target in shape.targets for year in range(target.start.year, target.due.year + 1)}
        periods = frozenset(f"calendar-{year}" for year in years)
        return Topic(
            shape.id,
            version,
            **about,
            gives_way=tuple(gives_way),
            acts=acts,
            units=units,
            periods=periods,
            parties=parties,
        )

    def _act(
        self,
        sets: WordSets,
        source: RuleSource,
        shape: CommitmentShape,
        number: int,
        about: str,
        shut: tuple[tuple[CompiledPattern, ...], list[object]],
    ) -> ActRule:
        """One act; `about` is the version of the topic that it belongs to, `shut` what shuts every act of the file out."""
        act, where, parts = shape.acts[number], ("acts", number), list[object]()
        framed = self._frames(sets, source, where, act, parts)
        report = framed + self._patterns(sets, source, (*where, "any"), act.any, parts)
        excluded = self._excluding(sets, source, where, act, parts) + shut[0]
        parts += shut[1]
        unless = self._patterns(sets, source, (*where, "unless"), act.unless, parts)
        among = tuple((fact, frozenset(values)) for fact in FACTS if (values := getattr(act.only_if, fact)))
        phase = phase_of(act, shape)
        only = Conditions(among, *days_of(act, phase))
        subject, experimental = act.object or act.step, act.stage == "experimental"
        own = (about, act.polarity, act.weak, act.by, subject, act.terms, act.effect, act.outside, experimental)
        conditions = ([(fact, sorted(values)) for fact, values in among], only.since, only.until)
        outside = outside_phase(act.phase, phase)
        overrides: list[object] = [state.model_dump(mode="json") for state in act.when_status]
        overrides += [sorted(state.under) for state in outside]
        version = _version(parts, (*own, conditions, overrides, *(["stalls"] if act.stalls else [])))
        rule = f"{shape.id}/{act.id}"
        own_states = (StatusOverride(frozenset(map(str, state.under)), state.read) for state in act.when_status)
        states = (*outside, *own_states)
        place = (source.path, source.place((*where, "id"))[0])
        plain = act.effect or EFFECT_TABLE[act.polarity or Polarity.GOOD][PolarityShift.PLAIN]
        where_written = (rule, shape.id, version, *place)
        self.rules[rule] = RuleInfo(*where_written, act.stage, states, act.weak, act.outside, plain, act.tells)
        for at, example in enumerate(act.examples):
            effect = None if example.effect == "not_about" else Effect(example.effect)
            read = (shape.id, at + 1, example.text, effect)
            place = (source.path, source.place((*where, "examples", at))[0])
            self.examples.append(RuleExample(rule, *read, *place, example.summary, example.published))
        meaning = (act.by, subject, act.stalls, act.terms, act.effect or Effect.NONE)
        flags = (act.weak, experimental, act.outside)
        return ActRule(rule, version, act.polarity, report, excluded, unless, only, *meaning, *flags)

    def _default_exclusions(
        self, sets: WordSets, source: RuleSource, shape: CommitmentShape
    ) -> tuple[tuple[CompiledPattern, ...], list[object]]:
        """What shuts every act of a file out, compiled once, and its part of their versions."""
        parts: list[object] = []
        entries = pattern_entries(source, ("defaults", "not"), shape.defaults.excluded)
        patterns = self._numbered(sets.anchored(entries), "not", parts)
        return patterns, parts if patterns else []

    def _precedence(self) -> dict[str, list[tuple[Yields, list[object]]]]:
        """Commitment -> the commitments that it gives way to by the tables of the deals, each with its part of the version."""
        found: dict[str, list[tuple[Yields, list[object]]]] = {}
        for source, shape in self.files.deals.values():
            sets = self.deal_sets[shape.id]
            for number, rule in enumerate(shape.precedence):
                where: ValuePath = ("precedence", number)
                parts: list[object] = [(rule.to, rule.since)]
                when, unless = (
                    self._numbered(sets.anchored(pattern_entries(source, (*where, key), own, rule.kind)), key, parts)
                    for key, own in (("when", rule.when), ("unless", rule.unless))
                )
                yields = Yields(rule.to, when, unless, rule.since)
                for name in rule.of:
                    found.setdefault(name, []).append((yields, parts))
        return found

    def _frames(
        self, sets: WordSets, source: RuleSource, where: ValuePath, act: ActShape, parts: list[object]
    ) -> tuple[CompiledPattern, ...]:
        """The frames of an act: its own keys, and those under `frames`. Each is one pattern."""
        own = [(where, act)] if act.event is not None else []
        shapes = [*own, *(((*where, "frames", number), shape) for number, shape in enumerate(act.frames))]
        frames = [
            (PatternEntry(frame_text(shape), source, (*place, "event")), role_frame(sets, source, place, shape))
            for place, shape in shapes
        ]
        return self._numbered([(entry, node) for entry, node in frames if node is not None], "frames", parts)

    def _patterns(
        self, sets: WordSets, source: RuleSource, where: ValuePath, written: Written, parts: list[object]
    ) -> tuple[CompiledPattern, ...]:
        """The patterns of one place. Their hashes go to `parts`, from which the version of the rule is made."""
        entries = pattern_entries(source, where, written)
        return self._numbered(sets.anchored(entries), where[-1], parts)

    def _excluding(
        self, sets: WordSets, source: RuleSource, where: ValuePath, shape: AboutShape | ActShape, parts: list[object]
    ) -> tuple[CompiledPattern, ...]:
        """What shuts out, by kind of news or as an older file lists it."""
        entries = pattern_entries(source, (*where, "not"), shape.excluded)
        older = pattern_entries(source, (*where, "none"), shape.none)
        return self._numbered(sets.anchored([*entries, *older]), "not", parts)

    def _numbered(
        self, patterns: Sequence[tuple[PatternEntry, Node]], key: str | int, parts: list[object]
    ) -> tuple[CompiledPattern, ...]:
        """Patterns as they are written, compiled and numbered."""
        # What the patterns mean, not how their kinds of news are called.
        parts.append((key, [pattern_hash(node) for _, node in patterns]))
        compiled = []
        for entry, node in patterns:
            self.count += 1
            # Compiled before its groups are asked for: those are sets, and phrases are numbered as they are written.
            place = (entry.source.path, entry.line)
            compiled.append(CompiledPattern(self.count, self.compiler.compile(node), entry.text, entry.kind, *place))
            self.required[self.count] = self.compiler.required_groups(node)
        return tuple(compiled)


def one_line(text: str) -> str:
    """A text of a rule file on one line, however it was broken there."""
    return " ".join(text.split())


def _version(*parts: object) -> str:
    """The first eight hex digits of a hash; the same for the same rules on every machine."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]
