"""Lints of parts that have no effect: acts, patterns, exceptions, sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.patterns import AtStart, Choice, Head, InOrder, Node, SetRef, Words
from monitor.errors import Issue
from monitor.rulebook.compile.definitions import ANY_PHASE, with_defaults
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import Written, pattern_entries, stem_of, terms_of
from monitor.rulebook.lint.pattern_lists import parse_or_none, sets_named_by_file
from monitor.rulebook.schema.models import ActShape, CommitmentShape, OnlyIfShape, VocabularyShape
from monitor.rulebook.source.rule_source import RuleSource

_UNLESS_ALONE = "unless is an exception to not, and there is no not"


def act_lints(files: RuleFiles) -> Iterator[Issue]:
    """Acts, patterns and exceptions without effect."""
    for source, shape, _ in files.commitments:
        if shape.about.unless and not shape.about.excluded:
            yield source.warning("unless_alone", _UNLESS_ALONE, ("about", "unless"), "delete it, or add not", key=True)
        shared = {name: words for _, used in _used(files, shape.use) for name, words in used.sets.items()}
        phases = {act.phase for act in shape.acts} | {shape.defaults.phase}
        for name in shape.phases.keys() - phases:
            message = f"no act is in the phase {name!r}"
            yield source.warning("unused_phase", message, ("phases", name), "delete it", key=True)
        shape = with_defaults(shape)
        sets = _Sets({name: _texts(words) for name, words in {**shared, **shape.sets}.items()})
        for number in range(len(shape.acts)):
            yield from _act(source, shape, number, sets)


def _act(source: RuleSource, shape: CommitmentShape, number: int, sets: _Sets) -> Iterator[Issue]:
    act, where = shape.acts[number], ("acts", number)
    if act.unless and not act.excluded and not shape.defaults.excluded:
        yield source.warning("unless_alone", _UNLESS_ALONE, (*where, "unless"), "delete it, or add not", key=True)
    excluded = {
        **_exclusions(_texts(shape.defaults.excluded), act.unless, "not of defaults"),
        **_exclusions(_texts(act.excluded), act.unless, "not"),
        **_exclusions(_texts(shape.about.excluded), shape.about.unless, "about.not"),
        **_exclusions(_texts(shape.about.never), [], "never"),
    }
    dead = [
        (entry, by) for entry, text in enumerate(act.any) if (by := sets.excluded_by(parse_or_none(text), excluded))
    ]
    framed = act.event is not None or bool(act.frames)
    if len(dead) == len(act.any) and not framed:
        message = f"the act {act.id!r} can never win: {dead[0][1]} excludes all its patterns"
        yield source.warning("dead_act", message, (*where, "id"), "correct the exclusion")
        return
    for entry, by in dead:
        message, hint = f"this can never win: {by} excludes it", "delete it, or correct the exclusion"
        yield source.warning("dead_pattern", message, (*where, "any", entry), hint)
    for at, other in enumerate(shape.acts):
        # Of two acts of one kind the first wins; an act that is not weak wins over a weak one in any place.
        same_kind = (act.polarity, act.effect, act.weak) == (other.polarity, other.effect, other.weak)
        first = (at < number and same_kind) or (act.weak and not other.weak)
        if first and _covers(other, act):
            message = f"the act {act.id!r} can never win: {other.id!r} has all its patterns and takes precedence"
            hint = "delete it, or separate them by not or only_if"
            yield source.warning("dead_act", message, (*where, "id"), hint)
            return


def _exclusions(patterns: list[str], unless: list[str], name: str) -> Mapping[Phrase, str]:
    """The phrases that always exclude something, with the text for messages; none if there are exceptions."""
    phrases: dict[Phrase, str] = {}
    for text in [] if unless else patterns:
        node = parse_or_none(text)
        for option in node.options if isinstance(node, Choice) else (node,):
            if isinstance(option, Words):
                phrases[option.phrase] = f"{name} ({option.phrase.text!r})"
    return phrases


def _covers(other: ActShape, act: ActShape) -> bool:
    """Whether `other` counts in every text in which `act` does."""
    conditional = other.when_status or other.only_if != OnlyIfShape() or other.phase not in ("", ANY_PHASE, act.phase)
    weaker = other.stage == "experimental" and act.stage != "experimental"
    excluded, own_excluded = (set(_texts(one.excluded)) for one in (other, act))
    framed = act.event is not None or bool(act.frames)
    if conditional or weaker or framed or not excluded <= own_excluded or act.unless:
        return False
    return {parse_or_none(text) for text in act.any} <= {parse_or_none(text) for text in other.any}


@dataclass
class _Sets:
    """The sets that one commitment can use."""

    texts: Mapping[str, list[str]]
    _excluded: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)

    def excluded_by(self, node: Node | None, excluded: Mapping[Phrase, str]) -> str:
        """The exclusion that occurs in every text that a pattern matches, or ''."""
        match node:
            case Words(phrase):
                for short, by in excluded.items():
                    if short.text in phrase.text and (phrase == short or _contains_phrase(phrase, short)):
                        return by
            case SetRef(name):
                key = (name, tuple(excluded.values()))
                if key not in self._excluded:
                    terms = [term for sign, term in terms_of(name) if sign == "+"]
                    # A vocabulary set can use sets that are not visible to this file: these are unknown here.
                    seen = all(term in self.texts for term in terms)
                    nodes = [parse_or_none(text) for term in terms for text in (self.texts[term] if seen else ())]
                    self._excluded[key] = self._by_all(nodes, excluded)
                return self._excluded[key]
            case Choice(options):
                return self._by_all(options, excluded)
            case InOrder(parts, _):
                return next(filter(None, (self.excluded_by(part, excluded) for part in parts)), "")
            case AtStart(inner) | Head(inner):
                return self.excluded_by(inner, excluded)
        return ""

    def _by_all(self, options: Iterable[Node | None], excluded: Mapping[Phrase, str]) -> str:
        """The exclusion of the first option, if all options are excluded."""
        exclusions = [self.excluded_by(option, excluded) for option in options]
        return exclusions[0] if exclusions and all(exclusions) else ""


# ---------------------------------------------------------------- sets


def set_lints(files: RuleFiles) -> Iterator[Issue]:
    """Unused sets, sets that hide shared ones, and missing modality words."""
    # Without words that hedge or deny, plans and denials would count as done.
    known = {cue for _, shape in files.vocabulary for cue in shape.modality}
    for cues, does in ((("rumour", "plan"), "hedges"), (("negation", "denial"), "denies")):
        if files.commitments and not known & set(cues):
            message = f"no word of the vocabulary {does} an act"
            hint = f"modality: {{{cues[0]}: {{en: […], zh: […]}}}} in rules/vocabulary/modality.yaml"
            yield files.commitments[0][0].warning("no_modality", message, ("acts",), hint, key=True)
    named = sets_named_by_file(files)
    shared = {source.path for source, _ in files.vocabulary}
    for source, use, sets in files.with_sets():
        others = named.get(source.path, set()) - sets.keys()
        for used, shape in _used(files, use):
            if used.path == source.path:
                continue
            found = others & shape.sets.keys()
            stem = stem_of(used)
            if not found:
                message, hint = f"no pattern of this file uses a set of {stem}.yaml", "delete it here"
                yield source.warning("unused_use", message, ("use", use.index(stem)), hint)
            for name in sorted(sets.keys() & shape.sets.keys()):
                message, hint = f"the set {name!r} of this file hides that of {stem}.yaml", "give it a name of its own"
                yield source.warning("hides_set", message, ("sets", name), hint, key=True)
        for name in sets if source.path not in shared else ():
            if name not in named.get(source.path, set()):
                message = f"no pattern of this file uses the set {name!r}"
                yield source.warning("unused_set", message, ("sets", name), "delete it", key=True)


def _used(files: RuleFiles, use: Collection[str]) -> list[tuple[RuleSource, VocabularyShape]]:
    """The vocabulary files whose sets a file uses."""
    return [(source, shape) for source, shape in files.vocabulary if stem_of(source) in use]


def _texts(*written: Written) -> list[str]:
    """The patterns in these forms."""
    program = RuleSource("", "", None)
    return [entry.text for one in written for entry in pattern_entries(program, (), one)]


def _contains_phrase(long: Phrase, short: Phrase) -> bool:
    """Whether every match of the long phrase contains one of the short phrase."""
    at = long.text.find(short.text)
    while at >= 0:
        end = at + len(short.text)
        continues = long.family and end == len(long.text)
        if _is_edge(long.text, at) and (short.family or (_is_edge(long.text, end) and not continues)):
            return True
        at = long.text.find(short.text, at + 1)
    return False


def _is_edge(text: str, at: int) -> bool:
    """Whether a word begins or ends at an offset."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    return is_unspaced(before) or is_unspaced(after) or not (before.isalnum() and after.isalnum())
