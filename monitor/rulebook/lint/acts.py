"""Acts and exceptions that can never take effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_syntax import AtStart, Choice, Head, Node, Sequence, SetRef, Words
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.pattern_lists import parse_or_none
from monitor.rulebook.lint.redundancy import contains_phrase
from monitor.rulebook.schema.models import ActShape, CommitmentShape, OnlyIfShape, WordsShape
from monitor.rulebook.source.source_map import RuleSource


def act_lints(files: RuleFiles) -> Iterator[Issue]:
    """Every act, pattern and exception that cannot take effect."""
    shared = {name: words for _, shape in files.vocabulary for name, words in shape.sets.items()}
    for source, shape, _ in files.commitments:
        yield from _lonely_exceptions(source, shape)
        sets = _Sets({**shared, **shape.sets})
        for number in range(len(shape.acts)):
            yield from _act(source, shape, number, sets)


def _lonely_exceptions(source: RuleSource, shape: CommitmentShape) -> Iterator[Issue]:
    if shape.about.unless and not shape.about.none:
        yield source.issue(
            "unless_alone",
            "unless is an exception to none, and there is none",
            ("about", "unless"),
            key=True,
            hint="delete it, or add none",
            severity="warning",
        )


def _act(source: RuleSource, shape: CommitmentShape, number: int, sets: _Sets) -> Iterator[Issue]:
    act, where = shape.acts[number], ("acts", number)
    excluded = {
        **_exclusions(act.none, act.unless, "none"),
        **_exclusions(shape.about.none, shape.about.unless, "about.none"),
        **_exclusions(shape.about.never, [], "never"),
    }
    idle = [(entry, by) for entry, text in enumerate(act.any) if (by := sets.shut_by(parse_or_none(text), excluded))]
    if len(idle) == len(act.any):
        yield source.issue(
            "dead_act",
            f"the act {act.id!r} can never win: {idle[0][1]} shuts out all its patterns",
            (*where, "id"),
            hint="mend the exclusion",
            severity="warning",
        )
        return
    for entry, by in idle:
        yield source.issue(
            "dead_pattern",
            f"this can never win: {by} shuts it out",
            (*where, "any", entry),
            hint="delete it, or mend the exclusion",
            severity="warning",
        )
    stronger = next((other for other in _others(shape, number) if _takes_precedence(other, act)), None)
    if stronger is not None:
        yield source.issue(
            "dead_act",
            f"the act {act.id!r} can never win: {stronger.id!r} has all its patterns and goes before it",
            (*where, "id"),
            hint="delete it, or tell them apart by none or only_if",
            severity="warning",
        )


def _exclusions(patterns: list[str], unless: list[str], name: str) -> Mapping[Phrase, str]:
    """The phrases that shut something out wherever they stand, with the words that say so."""
    if unless:
        return {}
    nodes = (node for text in patterns if (node := parse_or_none(text)) is not None)
    options = (one for node in nodes for one in (node.options if isinstance(node, Choice) else (node,)))
    return {one.phrase: f"{name} ({one.phrase.text!r})" for one in options if isinstance(one, Words)}


def _others(shape: CommitmentShape, number: int) -> Iterator[ActShape]:
    """Acts that win a tie first, then those that win against a weak one wherever they stand."""
    act = shape.acts[number]
    for at, other in enumerate(shape.acts):
        verb = act.weak and not other.weak
        same = at < number and (act.polarity, act.effect, act.weak) == (other.polarity, other.effect, other.weak)
        if verb or same:
            yield other


def _takes_precedence(other: ActShape, act: ActShape) -> bool:
    """Whether `other` counts wherever `act` does, and goes before it."""
    bound = other.when_status or other.only_if != OnlyIfShape()
    weaker = other.stage == "experimental" and act.stage != "experimental"
    if bound or weaker or not set(other.none) <= set(act.none) or act.unless:
        return False
    return {parse_or_none(text) for text in act.any} <= {parse_or_none(text) for text in other.any}


@dataclass
class _Sets:
    """The sets that one commitment sees."""

    words: Mapping[str, WordsShape]
    _shut: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)

    def shut_by(self, node: Node | None, excluded: Mapping[Phrase, str]) -> str:
        """Which exclusion stands in every text that a pattern matches, or ''."""
        match node:
            case Words(phrase):
                return next(
                    (by for short, by in excluded.items() if short.text in phrase.text and _inside(phrase, short)), ""
                )
            case SetRef(name):
                return self._set(name, excluded)
            case Choice(options):
                return _all([self.shut_by(option, excluded) for option in options])
            case Sequence(parts, _):
                return next(filter(None, (self.shut_by(part, excluded) for part in parts)), "")
            case AtStart(inner) | Head(inner):
                return self.shut_by(inner, excluded)
        return ""

    def _set(self, name: str, excluded: Mapping[Phrase, str]) -> str:
        key = (name, tuple(excluded.values()))
        if key not in self._shut:
            words = self.words[name]
            self._shut[key] = _all([self.shut_by(parse_or_none(text), excluded) for text in (*words.en, *words.zh)])
        return self._shut[key]


def _inside(phrase: Phrase, short: Phrase) -> bool:
    return phrase == short or contains_phrase(phrase, short)


def _all(found: list[str]) -> str:
    return found[0] if found and all(found) else ""
