# ruff: noqa: T201 - figures for whoever reads the output of the run
"""How well the rules alone read each month, with all rules and with only what the other months support.

    leave_month_out.py CORPUS SCORE.py NAME=RULES ... [--bars] [--support]

Rules that are tuned to a month remember its headlines. So every story of the corpus is read once, and what the rules
do with it is recorded by month. For each month the rules are then read again without

* patterns of `about` and of acts that decided no reading of another month: of an act those decide that stand in the
  sentence in which it won, of `about` those that made the story about the commitment;
* exclusions that kept nothing out in another month that else would have counted, exceptions that let nothing through,
  and words of precedence on which no story went to another commitment;
* options of sets and groups that stood in no match of another month. The forms of one word are one option, and a role
  frame is one pattern.

Labels and readings are scored apart, by SCORE.py; the labels win where both speak. `--bars` judges the first
rulebook, with exit code 1 below a bar. `--support` lists instead what decided one story or none in all months, by
file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter, sub
from pathlib import Path
from typing import Any

from gate_score import rows
from score_months import Row, figures

from monitor.domain.matching.document import TITLE, Document
from monitor.domain.matching.match import (
    EXCLUSIONS,
    Candidate,
    MatchResult,
    Rejection,
    RejectionKind,
    candidate_at,
    exclusions,
    match,
    rejections,
    trace,
)
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Topic, Yields, is_outside
from monitor.domain.model import Story
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.inflection import noun_forms, verb_forms
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import Choice, Node, PhraseSet, packed
from monitor.domain.text.segments import Sentence
from monitor.rulebook import load_rulebook

MONTHS = ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
STORY_FILES = ("stories.jsonl.gz", "stories-spring.jsonl.gz")
LABEL_FILES, READINGS = ("labels.jsonl", "labels-spring.jsonl"), "readings.jsonl.gz"
LEVELS = ("about", "direction", "effect")
AIM, MOST_FALL = (0.88, 0.82, 0.76), 0.08
"""On the labels of all months: the F1 aimed at by level, and the most that ought to be lost with each month left
out."""
LEAST, LEAST_LEFT = (0.85, 0.84, 0.78), (0.80, 0.63, 0.56)
"""What the rules reach, less a margin: with all of them, and with each month left out. Below it the step fails; what
is below the aim alone is told."""

Unit = tuple[str, str, int]
"""One thing that an author wrote: whose it is, the list that it stands in, and the key of its pattern. The same
pattern in two acts' exclusions is one unit."""
Option = tuple[int, int]
"""One option of a node: the key of the node, and the place of the option or the family of words that it belongs to."""
Parts = tuple[tuple[int, int], ...]
Figures = tuple[float, ...]
"""F1 by level."""
Found = tuple[list[Row], list[Row], list[Row]]
"""Right rows, those of all rules, and those of the rules with a month left out."""
Totals = list[tuple[int, Figures, Figures]]
_SAMPLE = f"{'stories':>9}" + "".join(f"   {part:17}" for part in ("all rules", "left out", "fall"))
HEADING = (f"{'':15}{'labels':69}readings", f"{'month':12}{_SAMPLE}{_SAMPLE}")


# ---------------------------------------------------------------- what the rules do with the stories


@dataclass
class Support:
    """What a rulebook did with all stories. decided: titles by unit and month; options: the months in which each
    stood."""

    rulebook: Rulebook
    decided: dict[Unit, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    options: dict[Option, set[str]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def families(self) -> tuple[int, ...]:
        return families(self.rulebook.matcher.index.phrases)

    def record(self, story: Story, month: str) -> None:
        """Add what one story shows."""
        document = Document(story, self.rulebook, besides=())
        named = document.candidate_commitments
        if not named:
            return
        topics = {topic.commitment: topic for topic in self.rulebook.matcher.topics_of(named)}
        for view in document.views:
            self._record_options(document, view, topics.values(), month)
        results = {result.commitment: result for result in trace(story, self.rulebook)}
        open_to = {name for name, result in results.items() if is_open(result)}
        for name, topic in topics.items():
            for unit in deciding(document, topic, results.get(name, not_about(name)), open_to):
                self.decided[unit][month].add(story.title.casefold())

    def _record_options(self, document: Document, view: FieldView, topics: Iterable[Topic], month: str) -> None:
        possible, walk = document.candidates[view.name], OptionWalk(view, self.families)
        matcher = self.rulebook.matcher
        nodes = [p.node for topic in topics for p in topic.patterns if p.number in possible]
        for node in (*nodes, *(frame.words for frame in matcher.frames), *matcher.cues.values()):
            for found in view.find(node):
                walk.credit(node, found.parts)
        for option in walk.found:
            self.options[option].add(month)

    def without(self, month: str) -> Rulebook:
        """The rulebook without what only this month supports."""
        return Striking(self.families, lambda unit: self._outside(unit, month), self._options_outside(month)).rulebook(
            self.rulebook
        )

    def _outside(self, unit: Unit, month: str) -> bool:
        return bool(self.decided.get(unit, {}).keys() - {month})

    def _options_outside(self, month: str) -> set[Option]:
        return {option for option, months in self.options.items() if months - {month}}


def not_about(commitment: str) -> MatchResult:
    """The result of a commitment that `trace` leaves out: nothing was found that counts."""
    return MatchResult(commitment, (), rejection=Rejection(RejectionKind.NOT_ABOUT))


def is_open(result: MatchResult) -> bool:
    """Whether a story concerns a commitment, or would if no other took it."""
    return result.rejection is None or result.rejection.kind is RejectionKind.YIELDS


def deciding(document: Document, topic: Topic, result: MatchResult, open_to: Collection[str]) -> Iterator[Unit]:
    """What decided how a story was read for one commitment."""
    yield from _deciding_about(document, topic, result)
    for candidate in result.candidates or _outside_candidates(document, topic, result):
        yield from _deciding_candidate(document, topic, candidate)
    if result.winner is not None:
        act, place = result.winner.act, result.winner.place
        for pattern, _ in document.first_matches(place.view, act.any, place.sentence):
            yield act.rule, "any", pattern.node.key
    if is_open(result):
        for rule in topic.gives_way:
            if rule.commitment in open_to:
                yield from _deciding_precedence(document, rule, result)


def _outside_candidates(document: Document, topic: Topic, result: MatchResult) -> Iterator[Candidate]:
    """The acts from outside in the title of a rejected story, which `trace` drops where none of them counts."""
    for act in topic.acts if result.rejection is not None else ():
        for _, span in document.matches(document.title, act.any) if act.outside else ():
            yield candidate_at(document, topic, document.title, act, span)


def _deciding_about(document: Document, topic: Topic, result: MatchResult) -> Iterator[Unit]:
    name = topic.commitment
    effective = {(hit.place.field, hit.place.span[:2]) for hit in result.effective_about}
    hits = [(v, pattern, span) for v in document.views for pattern, span in document.matches(v, topic.about(v.name))]
    for view, pattern, span in hits:
        if result.rejection is None and (view.name, span[:2]) in effective:
            yield name, "about", pattern.node.key
    if document.title_frame and all(view.name != TITLE for view, _, _ in hits):
        return
    sentences = {
        (v.name, v.text.sentence_at(span.start).start): (v, v.text.sentence_at(span.start)) for v, _, span in hits
    }
    places: list[tuple[FieldView, Sentence | None]] = [(document.title, None)] if hits else []
    for view, sentence in (*places, *sentences.values()):
        yield from _excluding(document, topic, view, sentence)
        if is_open(result):
            for pattern in exceptions(document, view, topic.excluded, topic.unless, sentence):
                yield name, "unless", pattern.node.key


def _excluding(document: Document, topic: Topic, view: FieldView, sentence: Sentence | None) -> Iterator[Unit]:
    for rejection in exclusions(document, topic, view, sentence):
        assert rejection.pattern is not None
        yield (
            topic.commitment,
            "never" if rejection.kind is RejectionKind.NEVER else "excluded",
            rejection.pattern.node.key,
        )


def _deciding_candidate(document: Document, topic: Topic, candidate: Candidate) -> Iterator[Unit]:
    act, place = candidate.act, candidate.place
    kinds = {rejection.kind for rejection in rejections(document, topic, act, place)}
    if not kinds:
        for pattern in exceptions(document, place.view, act.excluded, act.unless, place.sentence):
            yield topic.commitment, "unless of acts", pattern.node.key
    elif kinds <= {*EXCLUSIONS, RejectionKind.EXCLUDED}:
        if kinds & EXCLUSIONS:
            yield from _excluding(document, topic, place.view, place.sentence)
        if RejectionKind.EXCLUDED in kinds:
            for pattern, _ in document.first_matches(place.view, act.excluded, place.sentence):
                yield topic.commitment, "excluded of acts", pattern.node.key


def _deciding_precedence(document: Document, rule: Yields, result: MatchResult) -> Iterator[Unit]:
    if rule.since is not None and document.story.published_at.date() < rule.since:
        return
    in_title = any(hit.place.field == TITLE for hit in result.effective_about)
    for view in (document.title,) if in_title else document.views:
        spared = list(exceptions(document, view, rule.when, rule.unless, None))
        for pattern in spared:
            yield rule.commitment, "unless of precedence", pattern.node.key
        if not spared:
            for pattern, _ in document.first_matches(view, rule.when, None):
                yield rule.commitment, "precedence", pattern.node.key


def exceptions(
    document: Document,
    view: FieldView,
    words: Iterable[CompiledPattern],
    unless: Iterable[CompiledPattern],
    sentence: Sentence | None,
) -> Iterator[CompiledPattern]:
    """The patterns of `unless` that stand beside words which would exclude or hand over."""
    if document.first_match(view, words, sentence) is not None:
        yield from (pattern for pattern, _ in document.first_matches(view, unless, sentence))


# ---------------------------------------------------------------- options inside patterns


def families(phrases: Sequence[Phrase]) -> tuple[int, ...]:
    """The family of each phrase, as the number of one of its members: forms of one verb or noun are of one family."""
    known = {phrase.text: number for number, phrase in enumerate(phrases) if not phrase.family}
    leader = list(range(len(phrases)))

    def lead(number: int) -> int:
        while leader[number] != number:
            number = leader[number]
        return number

    for text, number in known.items():
        if text.isascii() and text[0].isalpha():
            for form in forms(text):
                if form in known:
                    leader[lead(known[form])] = lead(number)
    return tuple(map(lead, range(len(phrases))))


def forms(text: str) -> Iterator[str]:
    """All forms of a base form: of a verb, and of a noun. None of what is no base form."""
    for inflect in (verb_forms, noun_forms):
        with suppress(ValueError):
            yield from inflect(text)


@dataclass
class OptionWalk:
    """The options that stood in matches of one field."""

    view: FieldView
    families: Sequence[int]
    found: set[Option] = field(default_factory=set)
    _seen: set[tuple[int, Parts]] = field(default_factory=set)

    def credit(self, node: Node, parts: Parts) -> None:
        """Add the options of a pattern whose words are among those of a match."""
        if (node.key, parts) in self._seen:
            return
        self._seen.add((node.key, parts))
        hits = self.view.hits
        if isinstance(node, PhraseSet):
            here = (number for number in node.numbers & hits.keys() if any(among(span, parts) for span in hits[number]))
            self.found.update((node.key, self.families[number]) for number in here)
        elif isinstance(node, Choice):
            for place, option in enumerate(node.options):
                if not option.groups or not hits.keys().isdisjoint(option.groups[0]):
                    for found in self.view.find(option):
                        if all(among(part, parts) for part in found.parts):
                            self.found.add((node.key, place))
                            self.credit(option, found.parts)
        else:
            for name, child in children(node):
                if name == "participles":  # made from the verbs of a frame, so no option of their own
                    self.grant(child)
                else:
                    self.credit(child, parts)

    def grant(self, node: Node) -> None:
        """Add all options of a pattern."""
        if isinstance(node, PhraseSet):
            self.found.update((node.key, self.families[number]) for number in node.numbers)
        elif isinstance(node, Choice):
            self.found.update((node.key, place) for place in range(len(node.options)))
        for _, child in children(node):
            self.grant(child)


def among(span: tuple[int, int], parts: Parts) -> bool:
    return any(span[0] < end and start < span[1] for start, end in parts)


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """The nodes inside a node of any kind, by the field that holds them."""
    for name, value in inner(node).items():
        yield from ((name, child) for child in (value if isinstance(value, tuple) else (value,)))


def inner(node: Node) -> Mapping[str, Any]:
    """The fields of a node that hold nodes or tuples of them."""
    values = {part.name: getattr(node, part.name) for part in fields(node)}
    return {name: value for name, value in values.items() if holds_nodes(value)}


def holds_nodes(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(map(holds_nodes, value))
    return is_dataclass(value) and hasattr(value, "key")


@dataclass
class Striking:
    """Makes a rulebook smaller: only units that are kept, and in their patterns only options that are alive."""

    families: Sequence[int]
    keeps: Callable[[Unit], bool]
    alive: Collection[Option]
    _nodes: dict[int, Any] = field(default_factory=dict)

    def rulebook(self, rulebook: Rulebook) -> Rulebook:
        matcher = rulebook.matcher
        frames = tuple(replace(frame, words=self._node(frame.words)) for frame in matcher.frames)
        cues = {cue: self._node(node) for cue, node in matcher.cues.items()}
        topics = tuple(map(self._topic, matcher.topics))
        return replace(rulebook, matcher=replace(matcher, topics=topics, frames=frames, cues=cues))

    def _topic(self, topic: Topic) -> Topic:
        name = topic.commitment
        about: dict[str, Any] = {
            part: self._kept(name, "about", getattr(topic, part)) for part in ("any", "title", "summary")
        }
        about |= {part: self._kept(name, part, getattr(topic, part)) for part in ("never", "excluded", "unless")}
        acts = tuple(
            replace(
                act,
                any=self._kept(act.rule, "any", act.any),
                excluded=self._kept(name, "excluded of acts", act.excluded),
                unless=self._kept(name, "unless of acts", act.unless),
            )
            for act in topic.acts
        )
        gives_way = tuple(
            replace(
                rule,
                when=self._kept(rule.commitment, "precedence", rule.when),
                unless=self._kept(rule.commitment, "unless of precedence", rule.unless),
            )
            for rule in topic.gives_way
        )
        return replace(topic, **about, acts=acts, gives_way=gives_way)

    def _kept(self, owner: str, kind: str, patterns: Iterable[CompiledPattern]) -> tuple[CompiledPattern, ...]:
        return tuple(
            replace(pattern, node=self._node(pattern.node))
            for pattern in patterns
            if self.keeps((owner, kind, pattern.node.key))
        )

    def _node(self, node: Any) -> Any:
        """A node without dead options. What is left of none of them stands nowhere."""
        if node.key not in self._nodes:
            self._nodes[node.key] = self._made_smaller(node)
        return self._nodes[node.key]

    def _made_smaller(self, node: Any) -> Any:
        if isinstance(node, PhraseSet):
            group = packed(n for n in node.numbers if (node.key, self.families[n]) in self.alive)
            return node if group == node.group else PhraseSet(group).numbered(node.key, (group,))
        if isinstance(node, Choice):
            kept = [place for place in range(len(node.options)) if (node.key, place) in self.alive]
            return Choice(tuple(self._node(node.options[n]) for n in kept)).numbered(node.key, node.groups)
        smaller = {
            name: tuple(map(self._node, value)) if isinstance(value, tuple) else self._node(value)
            for name, value in inner(node).items()
        }
        return replace(node, **smaller).numbered(node.key, node.groups) if smaller else node


# ---------------------------------------------------------------- the tables


@dataclass(frozen=True)
class Sample:
    """Scored stories of one kind, labels or readings: by month the right rows and the stories."""

    name: str
    gold: Mapping[str, Sequence[Row]]
    stories: Mapping[str, Sequence[Story]]


def samples(corpus: Path, archive: Mapping[str, tuple[str, Story]]) -> list[Sample]:
    """The labels, and the readings of stories that nobody labelled."""
    labelled = [(row, story) for name in LABEL_FILES for row, story in rows(corpus / name)]
    known = {row["id"] for row, _ in labelled}
    with gzip.open(corpus / READINGS, "rt", encoding="utf-8") as lines:
        read = [row for row in map(json.loads, lines) if row["id"] not in known]
    readings = [({**row, "published": archive[row["id"]][0]}, archive[row["id"]][1]) for row in read]
    return [by_month("labels", labelled), by_month("readings", readings)]


def by_month(name: str, scored: Iterable[tuple[Row, Story]]) -> Sample:
    gold, stories = defaultdict(list), defaultdict(list)
    for row, story in scored:
        gold[month_of(row)].append(row)
        stories[month_of(row)].append(story)
    return Sample(name, gold, stories)


def month_of(row: Row) -> str:
    return str(row["published"])[:7]


def read(gold: Iterable[Row], stories: Iterable[Story], rulebook: Rulebook) -> list[Row]:
    """What the rules read in stories, as `match --json` prints it."""
    return [
        {
            "id": row["id"],
            "matches": [
                {"commitment": signal.commitment, "effect": signal.effect}
                for signal in match(story, rulebook)
                if not is_outside(signal, rulebook)
            ],
        }
        for row, story in zip(gold, stories, strict=True)
    ]


def main() -> int:
    """Print a table or a list a rulebook; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("score", type=Path)
    parser.add_argument("rulebooks", nargs="+", metavar="NAME=RULES")
    parser.add_argument("--bars", action="store_true", help="judge the first rulebook; exit code 1 below a bar")
    parser.add_argument("--support", action="store_true", help="list what decided one story or none, by file")
    given = parser.parse_args()
    archive = {row["id"]: (row["published"], story) for name in STORY_FILES for row, story in rows(given.corpus / name)}
    scored, below, compared = samples(given.corpus, archive), list[str](), dict[str, Totals]()
    for number, (name, _, folder) in enumerate(each.partition("=") for each in given.rulebooks):
        support = Support(load_rulebook(Path(folder)))
        for published, story in archive.values():
            support.record(story, published[:7])
        if given.support:
            print(f"-- {name}: what decided one story or none", *little_used(support), sep="\n")
            continue
        print(
            f"-- {name}: F1 about, direction, effect with all rules, with only what other months support, and the fall"
        )
        compared[name] = totals = table(support, scored, given.score)
        if given.bars and number == 0:
            full, left = totals[0][1:]
            below = list(missed_bars(full, left))
            print(*(f"below the aim: {what}" for what in missed_aims(full, left)), sep="\n")
    if len(compared) > 1:
        print("-- all months", *HEADING, *(row(name, totals) for name, totals in compared.items()), sep="\n")
    for line in below:
        print(f"below the bar: {line}", file=sys.stderr)
    return int(bool(below))


def table(support: Support, scored: Sequence[Sample], score: Path) -> Totals:
    """Print a row a month and one for all; return the figures of the last."""
    print(*HEADING, sep="\n")
    every: list[Found] = [([], [], []) for _ in scored]
    for month in MONTHS:
        reduced, of_month = support.without(month), list[Found]()
        for sample in scored:
            gold, stories = sample.gold[month], sample.stories[month]
            of_month.append((list(gold), read(gold, stories, support.rulebook), read(gold, stories, reduced)))
        for so_far, added in zip(every, of_month, strict=True):
            for whole, part in zip(so_far, added, strict=True):
                whole += part
        print(row(month, [scores(found, score) for found in of_month]), flush=True)
    totals = [scores(found, score) for found in every]
    print(row("all", totals))
    return totals


def scores(found: Found, score: Path) -> tuple[int, Figures, Figures]:
    """How many stories there are, and the figures with all rules and with months left out."""
    gold = found[0]
    with tempfile.TemporaryDirectory() as folder:
        full, left = (figures(str(score), gold, rows, Path(folder)).split(" / ") for rows in found[1:])
    return len(gold), tuple(map(float, full)), tuple(map(float, left))


def row(name: str, totals: Totals) -> str:
    cells = (
        f"{stories:>9}" + "".join(f"   {shown(each)}" for each in (full, left, map(sub, full, left)))
        for stories, full, left in totals
    )
    return f"{name:12}" + "".join(cells)


def shown(figures: Iterable[float]) -> str:
    """Figures of three levels in 16 columns: ".934 .945 .934"."""
    return " ".join(f"{value:.3f}".replace("0.", ".", 1).rjust(5) for value in figures)


def missed_bars(full: Figures, left: Figures) -> Iterator[str]:
    """Which bars the labels of all months miss, each in words."""
    for level, value, least in zip(LEVELS, full, LEAST, strict=True):
        if value < least:
            yield f"{level} on the labels of all months: {value:.3f}, at least {least}"
    for level, value, least in zip(LEVELS, left, LEAST_LEFT, strict=True):
        if value < least:
            yield f"{level} on the labels of months left out: {value:.3f}, at least {least}"


def missed_aims(full: Figures, left: Figures) -> Iterator[str]:
    """What of the aims the labels of all months miss, each in words."""
    for level, value, left_out, aim in zip(LEVELS, full, left, AIM, strict=True):
        if value < aim:
            yield f"{level} on the labels of all months: {value:.3f}, aimed at {aim}"
        if value - left_out > MOST_FALL:
            yield (
                f"{level} falls by {value - left_out:.3f} on the labels of months left out, aimed at {MOST_FALL} "
                f"at most"
            )


def little_used(support: Support) -> Iterator[str]:
    """What decided at most one story, by file and place; then how many of each kind that are. One title is one story,
    and one place of a file is one pattern, however many acts or commitments it serves."""
    titles: dict[tuple[str, int, str, str], set[str]] = defaultdict(set)
    for topic in support.rulebook.matcher.topics:
        for owner, kind, patterns in lists(topic):
            for pattern in patterns:
                told = support.decided.get((owner, kind, pattern.node.key), {}).values()
                titles[pattern.path, pattern.line, kind, pattern.source] |= set[str]().union(*told)
    few = {place: told for place, told in titles.items() if len(told) <= 1}
    for path, places in groupby(sorted(few), itemgetter(0)):
        of_file = list(places)
        yield f"{path}: {len(of_file)}"
        for place in of_file:
            _, line, kind, source = place
            yield f"  {len(few[place])}  {line}: {kind}: {source}" + "".join(
                f"   <- {title[:80]}" for title in few[place]
            )
    kinds, all_kinds = (Counter(kind for _, _, kind, _ in places) for places in (few, titles))
    yield from (f"{kind}: {kinds[kind]} of {count}" for kind, count in sorted(all_kinds.items()))


def lists(topic: Topic) -> Iterator[tuple[str, str, Sequence[CompiledPattern]]]:
    """Every list of patterns of a commitment: its owner and its kind as in a unit, and the patterns."""
    name = topic.commitment
    yield name, "about", (*topic.any, *topic.title, *topic.summary)
    yield from ((name, part, getattr(topic, part)) for part in ("never", "excluded", "unless"))
    for rule in topic.gives_way:
        yield rule.commitment, "precedence", rule.when
        yield rule.commitment, "unless of precedence", rule.unless
    for act in topic.acts:
        yield act.rule, "any", act.any
        yield name, "excluded of acts", act.excluded
        yield name, "unless of acts", act.unless


if __name__ == "__main__":
    sys.exit(main())
