"""Lints of what can never take effect: acts, exceptions, sets that nobody uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_syntax import AtStart, Choice, Head, Node, Sequence, SetRef, Words
from monitor.errors import Issue
from monitor.rulebook.compile.compiler import SAYINGS_SET
from monitor.rulebook.compile.defaults import ANY_PHASE, with_defaults
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.scopes import stem_of
from monitor.rulebook.compile.sets import Written, pattern_entries, terms_of
from monitor.rulebook.lint.pattern_lists import parse_or_none, sets_named_by_file
from monitor.rulebook.lint.redundancy import contains_phrase
from monitor.rulebook.schema.models import ActShape, CommitmentShape, OnlyIfShape, SetShape, VocabularyShape
from monitor.rulebook.source.source_map import RuleSource


def act_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every act, pattern and exception that cannot take effect."""
    for source, shape, _ in files.commitments:
        if shape.about.unless and not _texts(shape.about.excluded, shape.about.none):
            message, hint = "unless is an exception to not, and there is none", "delete it, or add not"
            yield source.warning("unless_alone", message, ("about", "unless"), hint, key=True)
        shared = {name: words for _, used in _used(files, shape.use) for name, words in used.sets.items()}
        yield from _phase_lints(source, shape)
        shape = with_defaults(shape)
        sets = _Sets({name: _texts(words) for name, words in {**shared, **shape.sets}.items()})
        for number in range(len(shape.acts)):
            yield from _act(source, shape, number, sets)


def _act(source: RuleSource, shape: CommitmentShape, number: int, sets: _Sets) -> Iterator[Issue]:
    act, where = shape.acts[number], ("acts", number)
    if act.object.startswith("stall") and not act.stalls:
        # An object that begins so once meant that the act stalls the promise: an older file would lose that unnoticed.
        message, hint = "an object has no effect on the outlook", "write stalls: true, if the act stalls the promise"
        yield source.warning("stall_object", message, (*where, "object"), hint)
    if act.unless and not _texts(act.excluded, act.none, shape.defaults.excluded):
        message, hint = "unless is an exception to not, and there is none", "delete it, or add not"
        yield source.warning("unless_alone", message, (*where, "unless"), hint, key=True)
    excluded = {
        **_exclusions(_texts(shape.defaults.excluded), act.unless, "not of defaults"),
        **_exclusions(_texts(act.excluded, act.none), act.unless, "not"),
        **_exclusions(_texts(shape.about.excluded, shape.about.none), shape.about.unless, "about.not"),
        **_exclusions(_texts(shape.about.never), [], "never"),
    }
    dead = [
        (entry, by) for entry, text in enumerate(act.any) if (by := sets.excluded_by(parse_or_none(text), excluded))
    ]
    framed = act.event is not None or bool(act.frames)
    if len(dead) == len(act.any) and not framed:
        message = f"the act {act.id!r} can never win: {dead[0][1]} shuts out all its patterns"
        yield source.warning("dead_act", message, (*where, "id"), "mend the exclusion")
        return
    for entry, by in dead:
        message, hint = f"this can never win: {by} shuts it out", "delete it, or mend the exclusion"
        yield source.warning("dead_pattern", message, (*where, "any", entry), hint)
    for at, other in enumerate(shape.acts):
        # Of two acts of one kind the first wins; an act that is not weak wins against a weak one wherever it stands.
        same_kind = (act.polarity, act.effect, act.weak) == (other.polarity, other.effect, other.weak)
        first = (at < number and same_kind) or (act.weak and not other.weak)
        if first and _covers(other, act):
            message = f"the act {act.id!r} can never win: {other.id!r} has all its patterns and goes before it"
            hint = "delete it, or tell them apart by not or only_if"
            yield source.warning("dead_act", message, (*where, "id"), hint)
            return


def _phase_lints(source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    named = {act.phase for act in shape.acts} | {shape.defaults.phase}
    for name in shape.phases:
        if name not in named:
            message = f"no act is in the phase {name!r}"
            yield source.warning("unused_phase", message, ("phases", name), "delete it", key=True)


def _exclusions(patterns: list[str], unless: list[str], name: str) -> Mapping[Phrase, str]:
    """The phrases that exclude something wherever they stand, with the words for it; none where there are exceptions."""
    phrases: dict[Phrase, str] = {}
    for text in [] if unless else patterns:
        node = parse_or_none(text)
        for option in node.options if isinstance(node, Choice) else (node,):
            if isinstance(option, Words):
                phrases[option.phrase] = f"{name} ({option.phrase.text!r})"
    return phrases


def _covers(other: ActShape, act: ActShape) -> bool:
    """Whether `other` counts wherever `act` does."""
    conditional = other.when_status or other.only_if != OnlyIfShape() or other.phase not in ("", ANY_PHASE, act.phase)
    weaker = other.stage == "experimental" and act.stage != "experimental"
    shut, own_shut = (set(_texts(one.excluded, one.none)) for one in (other, act))
    framed = act.event is not None or bool(act.frames)
    if conditional or weaker or framed or not shut <= own_shut or act.unless:
        return False
    return {parse_or_none(text) for text in act.any} <= {parse_or_none(text) for text in other.any}


@dataclass
class _Sets:
    """The sets that one commitment sees."""

    texts: Mapping[str, list[str]]
    _excluded: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)

    def excluded_by(self, node: Node | None, excluded: Mapping[Phrase, str]) -> str:
        """Which exclusion stands in every text that a pattern matches, or ''."""
        match node:
            case Words(phrase):
                for short, by in excluded.items():
                    if short.text in phrase.text and (phrase == short or contains_phrase(phrase, short)):
                        return by
            case SetRef(name):
                key = (name, tuple(excluded.values()))
                if key not in self._excluded:
                    terms = [term for sign, term in terms_of(name) if sign == "+"]
                    # A set of the vocabulary may name sets that this file does not see: nothing is known of those.
                    seen = all(term in self.texts for term in terms)
                    nodes = [parse_or_none(text) for term in terms for text in (self.texts[term] if seen else ())]
                    self._excluded[key] = self._by_all(nodes, excluded)
                return self._excluded[key]
            case Choice(options):
                return self._by_all(options, excluded)
            case Sequence(parts, _):
                return next(filter(None, (self.excluded_by(part, excluded) for part in parts)), "")
            case AtStart(inner) | Head(inner):
                return self.excluded_by(inner, excluded)
        return ""

    def _by_all(self, options: Iterable[Node | None], excluded: Mapping[Phrase, str]) -> str:
        """The exclusion of the first option if all of them are excluded."""
        exclusions = [self.excluded_by(option, excluded) for option in options]
        return exclusions[0] if exclusions and all(exclusions) else ""


# ---------------------------------------------------------------- sets


def set_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every set of a file that it does not name, every one that hides a shared one, and cues that the vocabulary lacks."""
    # Without words that hedge or deny, whatever may be, and whatever is not, reads as done.
    known = {cue for _, shape in files.vocabulary for cue in shape.modality}
    for cues, does in ((("rumour", "plan"), "hedges"), (("negation", "denial"), "denies")):
        if files.commitments and not known & set(cues):
            message = f"no word of the vocabulary {does} an act"
            hint = f"modality: {{{cues[0]}: {{en: […], zh: […]}}}} in rules/vocabulary/modality.yaml"
            yield files.commitments[0][0].warning("no_modality", message, ("acts",), hint, key=True)
    yield from _unused_sets(files)


def _unused_sets(files: RuleFiles) -> Iterator[Issue]:
    """Every set of a deal or commitment that it does not name, every file of vocabulary that is used for nothing, every set
    that hides another."""
    named = sets_named_by_file(files)
    shared = {source.path for source, _ in files.vocabulary}
    for source, use, sets in files.with_sets():
        others = named.get(source.path, set()) - sets.keys()
        for used, shape in _used(files, use):
            if used.path == source.path:
                continue
            found = others & shape.sets.keys()
            stem = stem_of(used)
            if use is not None and not found:
                message, hint = f"no pattern of this file names a set of {stem}.yaml", "delete it here"
                yield source.warning("unused_use", message, ("use", use.index(stem)), hint)
            for name in sorted(sets.keys() & shape.sets.keys()) if use is not None or source.path not in shared else ():
                message, hint = f"the set {name!r} of this file hides that of {stem}.yaml", "give it a name of its own"
                yield source.warning("hides_set", message, ("sets", name), hint, key=True)
        for name in sets if source.path not in shared else ():
            if name not in named.get(source.path, set()):
                message = f"no pattern of this file names the set {name!r}"
                yield source.warning("unused_set", message, ("sets", name), "delete it", key=True)


def unused_shared_sets(files: RuleFiles) -> Iterator[Issue]:
    """Every set of the vocabulary that no pattern names. Whoever keeps a deal of his own beside the shipped vocabulary names few
    of them, so this is a remark and no warning."""
    named = sets_named_by_file(files)
    for source, vocabulary in files.vocabulary:
        known = set(named.get(source.path, ()))
        for other, use, sets in files.with_sets():
            if other.path != source.path and (use is None or stem_of(source) in use):
                known |= named.get(other.path, set()) - sets.keys()
        for name, words in vocabulary.sets.items():
            # A meaning with its sentence is there for whoever writes the next file.
            documented = isinstance(words, SetShape) and words.means
            if name not in known and not documented and name != SAYINGS_SET:
                message = f"no pattern of any file names the set {name!r}"
                yield source.warning("unused_set", message, ("sets", name), "delete it", key=True)


def _used(files: RuleFiles, use: SequenceOf[str] | None) -> list[tuple[RuleSource, VocabularyShape]]:
    """The files of vocabulary whose sets a file takes."""
    return [(source, shape) for source, shape in files.vocabulary if use is None or stem_of(source) in use]


def _texts(*written: Written) -> list[str]:
    """The patterns of these places."""
    program = RuleSource("", "", None)
    return [entry.text for one in written for entry in pattern_entries(program, (), one)]
