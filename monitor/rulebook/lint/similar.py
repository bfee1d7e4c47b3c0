"""Groups of words that nearly equal a shared meaning, whose name would say the same in fewer words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from monitor.domain.text.angle_words import Inflected
from monitor.domain.text.pattern_syntax import Choice, Head, Node, SetRef, Words
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.scopes import stem_of
from monitor.rulebook.compile.sets import PatternEntry, WordSets, pattern_entries, sets_named, terms_of
from monitor.rulebook.lint.pattern_lists import PatternList, choices_in, parse_or_none
from monitor.rulebook.schema.models import SetShape

MIN_GROUP = 5
"""Words; a smaller group is as short as the name of a set."""
COVERED_SHARE = 0.8
"""A group is covered by a set that has this share of its words. An estimate: the rest mostly belongs there too."""

Entry: TypeAlias = str | Node
"""What a group or a set offers: a word, verbs and nouns in base form, or a longer pattern."""


class _Filled(NamedTuple):
    """What a set offers with the sets in it, and which sets these are, itself among them: each by the path of its file and its name."""

    entries: frozenset[Entry] = frozenset()
    within: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A shared meaning: its file without .yaml, and the sets of that file."""

    file: str
    name: str
    owner: WordSets
    filled: _Filled


class _Offer(NamedTuple):
    """A meaning that can stand in the place of a group. use: its file, where that has to be used first; shared: what both offer;
    added: how many words it has that the group lacks."""

    name: str
    use: str
    shared: frozenset[Entry]
    added: int

    def told(self, own: frozenset[Entry]) -> tuple[str, str]:
        """What to say of the group with these words, and what to write."""
        lacking = own - self.shared
        words = sorted(entry for entry in lacking if isinstance(entry, str))
        longer = len(lacking) - len(words)
        lacks = ", ".join([*words, *([f"{longer} longer pattern{'s' * (longer > 1)}"] if longer else [])])
        adds = f"adds {self.added or 'no'} word{'s' * (self.added != 1)}"
        taken = f" with use: [{self.use}]" if self.use else ""
        does = f"it {adds}, and lacks {lacks}" if lacks else f"it {adds}"
        return (
            f"{len(self.shared)} of these {len(own)} words stand in {{{self.name}}}",
            f"write {{{self.name}}}{taken}; {does}",
        )


class SimilarSets:
    """The shared meanings, beside which groups of words are held. lemmas: every form of the verbs that the files know -> the verb."""

    def __init__(self, files: RuleFiles, lemmas: Mapping[str, str]) -> None:
        self._files, self._lemmas = files, lemmas
        self._known: dict[tuple[int, str], _Filled] = {}

    def remarks(self, lists: Iterable[PatternList]) -> Iterator[Issue]:
        """Every group, and every list of words, of which a shared meaning has most words and to which it adds no more."""
        whole: dict[tuple[object, ...], list[PatternEntry]] = {}
        for patterns in lists:
            for entry in patterns.entries:
                for group in choices_in(parse_or_none(entry.text)):
                    yield from self._remark(entry, group.options)
                if patterns.role == "words" and entry.where[0] != "gate":  # of a gate all entries stand together
                    whole.setdefault(_place_of_list(entry), []).append(entry)
        for entries in whole.values():
            yield from self._remark(entries[0], [parse_or_none(entry.text) for entry in entries])

    def _remark(self, entry: PatternEntry, options: Iterable[Node | None]) -> Iterator[Issue]:
        view, written = self._views[entry.source.path], list(_written_out(options))
        own = frozenset(self._entries_of((option for option in written if not isinstance(option, SetRef)), view))
        if len(own) < MIN_GROUP:
            return
        held, partly = frozenset(self._entries_of(written, view)), _named_in_part(written)
        whole = (meaning for meaning in self._meanings if meaning.name not in partly)
        offers = [offer for meaning in whole if (offer := self._offer(meaning, entry, own, held)) is not None]
        if offers:
            best = max(offers, key=lambda offer: (not offer.use, len(offer.shared), -offer.added))
            message, hint = best.told(own)
            yield entry.source.warning("similar", message, entry.where, hint, inside=0)

    def _offer(
        self, meaning: _Meaning, entry: PatternEntry, own: frozenset[Entry], held: frozenset[Entry]
    ) -> _Offer | None:
        """A meaning in the place of a group; None if the group lacks too much of it, or the file cannot name it. held: the words of
        the group and of the sets that it names."""
        shared, added = own & meaning.filled.entries, len(meaning.filled.entries - held)
        if len(shared) < COVERED_SHARE * len(own) or added > len(shared):
            return None
        if entry.where[0] == "sets" and (entry.source.path, entry.where[1]) in meaning.filled.within:
            return None  # the set would contain itself
        owners = [owner for _, owner in self._views[entry.source.path].owners(meaning.name)]
        if any(owner is not meaning.owner for owner in owners):
            return None  # the name means another set here
        return _Offer(meaning.name, "" if owners else meaning.file, shared, added)

    def _entries_of(self, options: Iterable[Node | None], view: WordSets) -> Iterator[Entry]:
        for option in options:
            match option:
                case None:
                    continue
                case Words(phrase):
                    yield f"{phrase.text}*" if phrase.family else self._lemmas.get(phrase.text, phrase.text)
                case Inflected(_, lemmas):
                    yield from lemmas
                case Choice(inner):
                    yield from self._entries_of(inner, view)
                case Head(part):
                    yield from self._entries_of((part,), view)
                case SetRef(name):
                    yield from self._entries_of_sum(name, view)
                case other:
                    yield other

    def _entries_of_sum(self, name: str, view: WordSets) -> frozenset[Entry]:
        """What {a}, {a + b} or {a - <b>} offers."""
        total = frozenset[Entry]()
        for sign, term in terms_of(name):
            owners = view.owners(term)
            written = (
                frozenset(self._entries_of((parse_or_none(term.strip('"')),), view)) if not owners else frozenset()
            )
            part = written.union(*(self._filled(owner, term).entries for _, owner in owners))
            total = total | part if sign == "+" else total - part
        return total

    def _filled(self, owner: WordSets, name: str) -> _Filled:
        key = (id(owner), name)
        if key not in self._known:
            self._known[key] = _Filled()  # where a set contains itself, this ends the search
            nodes = [node for entry in owner.sets[name] if (node := parse_or_none(entry.text)) is not None]
            within = {(entry.source.path, name) for entry in owner.sets[name]}
            for named in {named for node in nodes for named in sets_named(node)}:
                within.update(*(self._filled(other, named).within for _, other in owner.owners(named)))
            self._known[key] = _Filled(frozenset(self._entries_of(nodes, owner)), frozenset(within))
        return self._known[key]

    @cached_property
    def _views(self) -> Mapping[str, WordSets]:
        """Path of a file -> the sets that it sees."""
        vocabulary: dict[str, WordSets] = {}
        views = {
            source.path: WordSets(
                {name: pattern_entries(source, ("sets", name), words) for name, words in sets.items()},
                [],
                vocabulary,
                use,
            )
            for source, use, sets in self._files.with_sets()
        }
        vocabulary |= {stem_of(source): views[source.path] for source, _ in self._files.vocabulary}
        return views

    @cached_property
    def _meanings(self) -> list[_Meaning]:
        return [
            _Meaning(stem_of(source), name, self._views[source.path], self._filled(self._views[source.path], name))
            for source, shape in self._files.vocabulary
            for name, words in shape.sets.items()
            if isinstance(words, SetShape) and words.means
        ]


def _place_of_list(entry: PatternEntry) -> tuple[object, ...]:
    """Where the list of an entry stands; the lists of both languages are one."""
    where = entry.where
    if isinstance(where[-1], int):
        where = where[:-1]
    if where[-1] in ("en", "zh"):
        where = where[:-1]
    return entry.source.path, *where


def _named_in_part(options: Iterable[Node]) -> set[str]:
    """The sets that a group names in a difference: the whole set would bring back what is taken out."""
    sums = [terms_of(option.name) for option in options if isinstance(option, SetRef)]
    return {name for terms in sums if any(sign == "-" for sign, _ in terms) for _, name in terms}


def _written_out(options: Iterable[Node | None]) -> Iterator[Node]:
    """The options of a group and of the groups in it."""
    for option in options:
        if isinstance(option, Choice):
            yield from _written_out(option.options)
        elif option is not None:
            yield option
