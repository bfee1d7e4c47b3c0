"""Compiles checked rule files into a rulebook: parses patterns, inserts sets, and builds one index of phrases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from monitor.domain.matching.attribution import is_acting_name
from monitor.domain.matching.modality import EFFECT_TABLE, PolarityShift
from monitor.domain.matching.near_misses import FRAME_SEPARATOR
from monitor.domain.matching.rules import (
    ABOUT,
    FACTS,
    SLOT,
    ActRule,
    CompiledPattern,
    Conditions,
    Deal,
    DiscourseFrame,
    Matcher,
    Reads,
    Rulebook,
    RuleInfo,
    Speaker,
    StatusOverride,
    Topic,
    Yields,
)
from monitor.domain.model import By, Effect, Kind, Policy
from monitor.domain.model.sides import BOTH, COMPANY, is_party, pair_of
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.inflection import participles
from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.patterns import (
    Choice,
    Head,
    Inflected,
    Node,
    RoleFrame,
    Window,
    WordClass,
    Words,
    choice_of,
    inflected,
    nodes_in,
    pattern_hash,
    phrases_in,
    requires_phrase,
    words_node,
)
from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.errors import Issue
from monitor.long_work import counted
from monitor.rulebook.compile.cross_file_checks import crosscheck, names_of
from monitor.rulebook.compile.declared_parties import declared_names, of_deal, words_of
from monitor.rulebook.compile.definitions import commitment_of, outside_phase, phase_of, with_defaults
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import (
    NO_WORD,
    PatternEntry,
    Scopes,
    WordSets,
    Written,
    options_of,
    pattern_entries,
    stem_of,
    without,
)
from monitor.rulebook.publisher_file import compile_publishers
from monitor.rulebook.schema.models import ROLES, ActShape, CommitmentShape, DealShape
from monitor.rulebook.source.rule_source import RuleSource, ValuePath

REPORTING_VERBS = (
    "(say|says|said|saying|tell|tells|told|announce|announces|announced|confirm|confirms|confirmed|claim|claims|claimed)",
    "(report|reports|reported|declare|declares|declared|deny|denies|denied|warn|warns|warned)",
    "(vows|vowed|insists|insisted|adds|added|states|stated|posts|posted|writes|wrote|argues|argued|notes|noted)",
    "(signs|signed|issues|issued|publishes|published|rules|ruled|statement|spokesman|spokeswoman|spokesperson"
    "|according to)",
    "(表示|称|说|宣布|公告|指出|强调|透露|认为|介绍|答记者问|发布|证实|确认|否认|警告|签署|据)",
)
"""Patterns of the words that connect a statement with its speaker."""


def compile_rulebook(files: RuleFiles, root: str) -> tuple[Rulebook, list[Issue]]:
    """The rulebook of these files, and every issue inside and between them. `root` names the folder in issues."""
    issues = crosscheck(files, root)
    return _RulebookCompiler(files, issues, Scopes(files, issues)).build(), issues


@dataclass(frozen=True)
class _Section:
    """A part of a rule file with the sets of the file. `parts` collects what the version of its rule depends on."""

    source: RuleSource
    sets: WordSets
    where: ValuePath = ()
    parts: list[object] = field(default_factory=list)

    def at(self, *where: str | int) -> _Section:
        """A section inside this one, whose patterns count for the same version."""
        return replace(self, where=(*self.where, *where))


@dataclass
class _RulebookCompiler:
    """Compiles one folder of rules."""

    files: RuleFiles
    issues: list[Issue]
    scopes: Scopes
    compiler: PatternCompiler = field(default_factory=PatternCompiler)
    rules: dict[str, RuleInfo] = field(default_factory=dict)
    common: str = ""
    """The version of the words that every rule depends on: modality and frames."""
    shared: list[object] = field(default_factory=list)
    """Words and texts in the version of the rulebook but of no rule: speakers, parties, documents, masks, gates."""
    actors: Mapping[str, Node] = field(default_factory=dict)
    """Words of the vocabulary for those who act, by party; also both, company and third."""
    party_words: dict[str, Mapping[By, Node]] = field(default_factory=dict)
    """By deal, the words for its parties, and for everybody else who acts."""
    levels: dict[str, tuple[CompiledPattern, ...]] = field(default_factory=dict)
    """By deal, the words of important acts."""
    count: int = 0

    def build(self) -> Rulebook:
        """The rulebook of all files that can be used.

        1. The common words come first, since the version of each rule depends on them.
        2. Speakers, parties, documents and deals follow, then the commitments with their acts.
        3. The masks come last. They are compiled into the index of phrases.
        """
        cue_nodes, frame_nodes = self._gathered("modality"), self._gathered("frames")
        self.common = _version(sorted(cue_nodes.items()), list(frame_nodes.items()))
        cues = {cue: self.compiler.compile(node) for cue, node in cue_nodes.items()}
        frames = tuple(DiscourseFrame(name, self.compiler.compile(node)) for name, node in frame_nodes.items())
        speakers = self._speakers()
        self.actors = self._gathered("parties")
        self.shared.append(("parties", sorted(self.actors.items())))
        documents, headlines = self._compiled("documents"), self._compiled("headlines")
        deals = dict[str, Deal]()
        precedence = dict[str, list[tuple[Yields, list[object]]]]()  # by commitment that gives way, with version parts
        for name, (source, shape) in self.files.deals.items():
            sets = self.scopes.of_file(source, shape.use, shape.sets).resolve_all(source)
            deals[name] = self._deal(_Section(source, sets), shape)
            for number, rule in enumerate(shape.precedence):
                row = _Section(source, sets, ("precedence", number), [(rule.to, rule.since)])
                when = self._patterns(row.at("when"), rule.when, rule.kind)
                unless = self._patterns(row.at("unless"), rule.unless, rule.kind)
                yields = Yields(rule.to, when, unless, rule.since)
                for commitment in rule.of:
                    precedence.setdefault(commitment, []).append((yields, row.parts))
        commitments = self.files.commitments
        topics = tuple(
            self._topic(source, shape, deal, precedence.get(shape.id, []))
            for source, shape, deal in counted(commitments, "compiling the rules", len(commitments), "commitments")
        )
        program = RuleSource("reporting verbs", "", None)
        node = WordSets({}, self.issues).choice(PatternEntry(text, program, ()) for text in REPORTING_VERBS)
        self.shared.append(node)
        verbs = self.compiler.compile(node) if node else None
        masks: list[Phrase] = []
        for source, vocabulary in self.files.vocabulary:
            node = self.scopes.vocabulary[stem_of(source)].choice(pattern_entries(source, ("masks",), vocabulary.masks))
            masks += [option.phrase for option in (options_of(node) if node else ()) if isinstance(option, Words)]
        self.shared.append(masks)
        index = self.compiler.index(masks)
        matcher = Matcher(index, topics, cues, frames, speakers, verbs, documents, headlines)
        return self._rulebook(matcher, deals)

    def _rulebook(self, matcher: Matcher, deals: dict[str, Deal]) -> Rulebook:
        """The rulebook around a matcher. Its version covers everything that can change a result."""
        commitments = {
            shape.id: replace(commitment_of(shape, deal, of_deal(self.files, deal)), text=text)
            for _, shape, deal in self.files.commitments
            for text in [shape.text or (deals[deal].text if deal in deals else "")]
        }
        reads = {
            shape.id: Reads(one_line(shape.reads.about), one_line(shape.reads.not_about))
            for _, shape, _ in self.files.commitments
            if shape.reads is not None
        }
        publishers = compile_publishers(self.files.sources[1] if self.files.sources else None)
        policy = Policy(**dict(self.files.policy[1])) if self.files.policy else Policy()
        texts = [phrase.text if is_acting_name(phrase.text) else "" for phrase in matcher.index.phrases]
        acting = dict[str, dict[str, None]]()
        for words in self.party_words.values():
            for by, node in words.items():
                acting.setdefault(str(by), {}).update(dict.fromkeys(texts[n] for n in phrases_in(node) if texts[n]))
        parties = replace(declared_names(self.files), words=acting)
        values = [(name, getattr(policy, name)) for name in sorted(policy.__slots__)]
        version = _version(
            sorted((rule.id, rule.version) for rule in self.rules.values()),
            sorted(commitments.items()),
            (publishers.entries, sorted(parties.declared.items())),
            # Sets have a different order in every run.
            [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values],
            self.shared,
            sorted(reads.items()),
        )
        return Rulebook(
            commitments, publishers, policy, version, self.rules, matcher, deals=deals, reads=reads, parties=parties
        )

    # ------------------------------------------------------------ vocabulary

    def _gathered(self, part: str) -> dict[Any, Node]:
        """Words by name, collected from all vocabulary files, in the order in which the names appear."""
        nodes: dict[Any, list[Node]] = {}
        for source, shape in self.files.vocabulary:
            sets = self.scopes.vocabulary[stem_of(source)]
            for name, words in getattr(shape, part).items():
                node = sets.choice(pattern_entries(source, (part, str(name)), words))
                nodes.setdefault(name, []).extend((node,) if node is not None else ())
        return {name: choice_of(tuple(of_name)) for name, of_name in nodes.items() if of_name}

    def _compiled(self, part: str) -> dict[str, Node]:
        compiled = {}
        for name, node in sorted(self._gathered(part).items()):
            compiled[name] = self.compiler.compile(node)
            self.shared.append((part, name, node))
        return compiled

    def _speakers(self) -> tuple[Speaker, ...]:
        speakers = []
        for source, vocabulary in self.files.vocabulary:
            sets = self.scopes.vocabulary[stem_of(source)]
            for number, speaker in enumerate(vocabulary.speakers):
                node = sets.choice(pattern_entries(source, ("speakers", number, "words"), speaker.words))
                if node is not None:
                    speakers.append(Speaker(speaker.name, speaker.side, self.compiler.compile(node)))
                    self.shared.append((speaker.name, speaker.side, node))
        return tuple(speakers)

    # ------------------------------------------------------------ deals

    def _deal(self, section: _Section, shape: DealShape) -> Deal:
        gate = None
        if shape.gate is not None:
            together = (
                self._patterns(section.at("gate", "together", number), entry)
                for number, entry in enumerate(shape.gate.together)
            )
            gate = (*((own,) for own in self._patterns(section.at("gate", "any"), shape.gate.any)), *together)
        self.party_words[shape.id] = {by: self.compiler.compile(node) for by, node in self._actors(section, shape.id)}
        self.levels[shape.id] = self._patterns(section.at("levels"), dict(shape.levels))
        effects = {effect: one_line(text) for effect, text in shape.effects.items()}
        texts = (one_line(shape.description), one_line(shape.reader), effects, tuple(map(one_line, shape.rulings)))
        glossary = {term: one_line(meaning) for term, meaning in shape.glossary.items()}
        self.shared.append((shape.id, shape.name, texts, section.parts, glossary))
        return Deal(shape.id, shape.name, *texts, gate, shape.text, glossary)

    def _actors(self, section: _Section, deal: str) -> Iterator[tuple[By, Node]]:
        """The words for those who act in a deal: its parties, companies, and everybody else. A party of another deal
        is somebody else here, and a declared party never is."""
        declared = of_deal(self.files, deal)
        words: dict[str, list[Node]] = {}
        for party, own in declared.items():
            source, party_shape = words_of(party, own, self.files)
            sets = section.sets if source is own[0] else self.scopes.vocabulary[stem_of(source)]
            node = sets.choice(pattern_entries(source, ("parties", party), party_shape))
            if node is not None and is_party(party):
                words[party] = [node]
                section.parts.append((party, node))
        taken = choice_of(tuple(option for nodes in words.values() for node in nodes for option in options_of(node)))
        for name, node in self.actors.items():
            if name == BOTH and (pair := pair_of(declared)):
                words.setdefault(pair, []).append(node)
            elif name == COMPANY:
                words[name] = [node]
            elif name not in declared and name != BOTH:
                others = tuple(without(options_of(node), taken) if words else options_of(node))
                words.setdefault(By.THIRD.value, []).extend(others)
        return ((By(name), choice_of(tuple(nodes))) for name, nodes in words.items() if nodes)

    # ------------------------------------------------------------ commitments

    def _topic(
        self, source: RuleSource, shape: CommitmentShape, deal: str, precedence: list[tuple[Yields, list[object]]]
    ) -> Topic:
        shape = with_defaults(shape, of_deal(self.files, deal))
        sets = self.scopes.of_file(source, shape.use, shape.sets).resolve_all(source)
        about = _Section(source, sets, ("about",))
        patterns = {
            name: self._patterns(about.at("not" if name == "excluded" else name), getattr(shape.about, name))
            for name in ("any", "title", "summary", "never", "excluded", "unless")
        }
        for _, parts in precedence:
            about.parts.extend(parts)
        version = _version(about.parts, (self.common,))
        defaults = _Section(source, sets, ("defaults", "not"))
        excluded = self._patterns(defaults, shape.defaults.excluded)
        acts = tuple(
            self._act(_Section(source, sets, ("acts", number)), shape, act, version, (excluded, defaults.parts))
            for number, act in enumerate(shape.acts)
        )
        rule_id = f"{shape.id}/{ABOUT}"
        self.rules[rule_id] = RuleInfo(rule_id, shape.id, version, source.path, source.place(("about",))[0])
        years = {year for target in shape.targets for year in range(target.start.year, target.due.year + 1)}
        return Topic(
            shape.id,
            version,
            **patterns,
            gives_way=tuple(yields for yields, _ in precedence),
            levels=self.levels.get(deal, ()),
            acts=acts,
            of_meetings=shape.kind is Kind.SERIES,
            units=frozenset(target.amount.unit for target in shape.targets),
            periods=frozenset(f"calendar-{year}" for year in years),
            parties=self.party_words.get(deal, {}),
        )

    def _act(
        self,
        section: _Section,
        shape: CommitmentShape,
        act: ActShape,
        about: str,
        defaults: tuple[tuple[CompiledPattern, ...], list[object]],
    ) -> ActRule:
        """Compiles one act. `about` is the version of its topic; `defaults` exclude every act of the file."""
        frames = self._frames(section, act)
        report = frames + self._patterns(section.at("any"), act.any)
        excluded = self._patterns(section.at("not"), act.excluded) + defaults[0]
        section.parts.extend(defaults[1])
        unless = self._patterns(section.at("unless"), act.unless)
        among = tuple((fact, frozenset(values)) for fact in FACTS if (values := getattr(act.only_if, fact)))
        phase = phase_of(act, shape)
        # The days on which it counts: its own, else those of its phase.
        published = act.only_if.published
        dated = published if phase is None or published.since is not None or published.until is not None else phase
        only = Conditions(among, dated.since, dated.until)
        outside_states = outside_phase(act.phase, phase)
        subject, experimental = act.object or act.step, act.stage == "experimental"
        meaning = (about, act.polarity, act.weak, act.by, subject, act.terms, act.effect)
        settings = (*meaning, act.outside, act.presumes, experimental, act.stalls)
        version = _version(
            section.parts,
            settings,
            ([(fact, sorted(values)) for fact, values in among], only.since, only.until),
            [state.model_dump(mode="json") for state in act.when_status],
            [sorted(state.under) for state in outside_states],
        )
        rule = f"{shape.id}/{act.id}"
        self.rules[rule] = RuleInfo(
            rule,
            shape.id,
            version,
            section.source.path,
            section.source.place((*section.where, "id"))[0],
            act.stage,
            states=(
                *outside_states,
                *(StatusOverride(frozenset(map(str, state.under)), state.read) for state in act.when_status),
            ),
            weak=act.weak or act.presumes,
            outside=act.outside,
            object=subject,
            effect=act.effect or (EFFECT_TABLE[act.polarity][PolarityShift.PLAIN] if act.polarity else Effect.NONE),
            tells=act.tells,
            names={kind: names_of(self.files).get(kind, {}) for kind, *_ in SLOT.findall(act.tells)},
            owed_by=shape.owed_by,
        )
        words = (act.polarity, report, excluded, unless, only, act.by, subject, act.stalls, act.terms)
        kinds = (act.weak or act.presumes, experimental, act.outside, act.presumes)
        return ActRule(rule, version, *words, act.effect or Effect.NONE, *kinds)

    def _frames(self, section: _Section, act: ActShape) -> tuple[CompiledPattern, ...]:
        """The frames of an act: its own keys, and those under `frames`. Each is one pattern."""
        shapes = [(section, act)] if act.event is not None else []
        frames = [*shapes, *((section.at("frames", number), shape) for number, shape in enumerate(act.frames))]
        patterns = list[tuple[PatternEntry, Node]]()
        for place, shape in frames:
            sets, source, where = place.sets, place.source, place.where
            roles: dict[str, Node | None] = {}
            for role in ROLES:
                entries = pattern_entries(source, (*where, role), getattr(shape, role) or ())
                nodes = [sets.pattern(entry) for entry in entries]
                usable = tuple(node for node in nodes if node is not None)
                roles[role] = choice_of(usable) if usable and len(usable) == len(nodes) else None
            given = [role for role in ROLES if getattr(shape, role) is not None]
            event, *others = roles.values()
            if event is None or any(roles[role] is None for role in given):
                continue
            frame = RoleFrame(Window(shape.within), *_kinds(event), *(role and inflected(role) for role in others))
            if not requires_phrase(frame):
                sets.issues.append(source.issue("no_word", NO_WORD, (*where, "event"), "patient: '{goods}'"))
                continue
            # The frame on one line: "event {buy} · agent {cn} · patient {soy}".
            written = ((role, getattr(shape, role)) for role in given)
            texts = [f"{role} {own if isinstance(own, str) else ' | '.join(own)}" for role, own in written]
            texts += [] if shape.within == "clause" else [f"within {shape.within}"]
            patterns.append((PatternEntry(FRAME_SEPARATOR.join(texts), source, (*where, "event")), frame))
        return self._numbered(patterns, "frames", section.parts)

    def _patterns(self, section: _Section, written: Written, kind: str = "") -> tuple[CompiledPattern, ...]:
        """The patterns in one place. Their hashes become part of the version."""
        entries = pattern_entries(section.source, section.where, written, kind)
        return self._numbered(section.sets.anchored(entries), section.where[-1], section.parts)

    def _numbered(
        self, patterns: Sequence[tuple[PatternEntry, Node]], key: str | int, parts: list[object]
    ) -> tuple[CompiledPattern, ...]:
        # The version depends on what the patterns mean, not on the names of their kinds of news.
        parts.append((key, [pattern_hash(node) for _, node in patterns]))
        compiled = []
        for entry, node in patterns:
            self.count += 1
            # Compile before asking for the groups: groups are sets, and phrases are numbered in the order of the file.
            place = (entry.source.path, entry.source.place(entry.where)[0])
            compiled.append(CompiledPattern(self.count, self.compiler.compile(node), entry.text, entry.kind, *place))
        return tuple(compiled)


def one_line(text: str) -> str:
    """A text of a rule file on one line."""
    return " ".join(text.split())


def _version(*parts: object) -> str:
    """The first eight hex digits of a hash; the same for the same rules on every machine."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


# ---------------------------------------------------------------- frames


@lru_cache(maxsize=10_000)
def _kinds(event: Node) -> tuple[Node | None, ...]:
    """The words of an event by kind, in the order of RoleFrame: verbs, their passive forms, nouns, Chinese words,
    other phrases.

    None stands for a kind without words. The mark of a head adds nothing: the event is the head of its frame. Cached
    because many events share their sets.
    """
    verbs, passive, nouns, unspaced, phrases = kinds = tuple(list[Node]() for _ in range(5))
    for option in event.options if isinstance(event, Choice) else (event,):
        if isinstance(option, Choice | Head):
            inner = option.inner if isinstance(option, Head) else option
            for own, part in zip(kinds, _kinds(inner), strict=True):
                own += [part] if part is not None else []
        elif isinstance(option, Inflected):
            (verbs if option.word_class is WordClass.VERB else nouns).append(option)
            if option.word_class is WordClass.VERB:  # nouns have no passive forms
                passive += (words_node(form) for lemma in option.lemmas for form in participles(lemma))
        else:
            chinese = any(isinstance(n, Words) and HAN_CHAR.search(n.phrase.text) for n in nodes_in(inflected(option)))
            (unspaced if chinese else phrases).append(option)
    return tuple(choice_of(tuple(map(inflected, nodes))) if nodes else None for nodes in kinds)
