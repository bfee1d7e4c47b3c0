"""How rules hold up as the news moves on: one pass over stories, and what of it an author should look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.rules import Rulebook, RuleInfo, Topic
from monitor.domain.model import Effect, Story
from monitor.domain.text.pattern_eval import phrases_in
from monitor.workbench.comparing.exclusion_use import ExclusionTally, ExclusionUse, title_key
from monitor.workbench.comparing.monthly_shares import Month, flag_outliers
from monitor.workbench.rule_clauses import RuleClause


@dataclass(frozen=True, slots=True)
class SurveyedStory:
    """One story for one commitment. A hit names its effect, rule and quote; any other says why it is none."""

    commitment: str
    story: Story
    effect: str = ""
    rule: str = ""
    quote: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CommitmentDrift:
    """One commitment through the months, and the newest stories that nobody has read: its hits, and those that came near."""

    commitment: str
    months: tuple[Month, ...]
    hits: tuple[SurveyedStory, ...]
    misses: tuple[SurveyedStory, ...]


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What one pass over the stories shows. unfired: rules that no story made count."""

    stories: int
    courses: tuple[CommitmentDrift, ...]
    unfired: tuple[RuleInfo, ...]
    firings: tuple[ExclusionUse, ...]

    @property
    def fired_never(self) -> tuple[ExclusionUse, ...]:
        return tuple(one for one in self.firings if not one.titles)

    @property
    def fired_once(self) -> tuple[ExclusionUse, ...]:
        return tuple(one for one in self.firings if one.titles == 1)


def survey(
    stories: Iterable[Story],
    rulebook: Rulebook,
    clauses: Mapping[str, Sequence[RuleClause]],
    *,
    names: frozenset[str],
    newest: int = 0,
    read: Collection[str] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> DriftReport:
    """The rules of the commitments named over these stories.

    clauses: theirs, by commitment; newest: so many unread hits and misses are kept of each commitment; read: ids of stories
    that a person has read. The rules' own examples count as read.
    """
    survey = _Survey(rulebook, clauses, names, newest, frozenset(read))
    for number, story in enumerate(sorted(stories, key=attrgetter("published_at", "id"), reverse=True), 1):
        progress(number)
        survey.take(story)
    return survey.result()


@dataclass(slots=True)
class _Survey:
    """One pass, the newest story first."""

    rulebook: Rulebook
    clauses: Mapping[str, Sequence[RuleClause]]
    names: frozenset[str]
    newest: int
    read: frozenset[str]
    stories: Counter[str] = field(default_factory=Counter)
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    nones: Counter[tuple[str, str]] = field(default_factory=Counter)
    fired: set[str] = field(default_factory=set)
    exclusions: ExclusionTally = field(init=False)
    desk: _ReadingList = field(init=False)

    def __post_init__(self) -> None:
        self.exclusions = ExclusionTally(self.rulebook, self.clauses)
        known = frozenset(title_key(example.text) for example in self.rulebook.examples)
        self.desk = _ReadingList(self.rulebook, self.names, self.newest, self.read, known)

    def take(self, story: Story) -> None:
        month = f"{story.published_at:%Y-%m}"
        self.stories[month] += 1
        results = [one for one in trace(story, self.rulebook) if one.commitment in self.names]
        for result in results:
            self._count(month, result)
        self.exclusions.note(story, results)
        self.desk.take(story, results)

    def _count(self, month: str, result: MatchResult) -> None:
        signal = result.signal
        if signal is None:
            return
        self.hits[result.commitment, month] += 1
        self.nones[result.commitment, month] += signal.effect is Effect.NONE
        self.fired.add(signal.rule)
        self.fired.update(candidate.act.rule for candidate in result.candidates if candidate.counts)

    def result(self) -> DriftReport:
        courses = (
            CommitmentDrift(name, self._months(name), tuple(self.desk.hits[name]), tuple(self.desk.misses(name)))
            for name in sorted(self.names)
        )
        topics = (topic for topic in self.rulebook.matcher.topics if topic.commitment in self.names)
        acts = {act.rule for topic in topics for act in topic.acts}
        unfired = (rule for name, rule in sorted(self.rulebook.rules.items()) if name in acts - self.fired)
        return DriftReport(self.stories.total(), tuple(courses), tuple(unfired), self.exclusions.firings())

    def _months(self, name: str) -> tuple[Month, ...]:
        return flag_outliers(
            [
                Month(month, count, self.hits[name, month], self.nones[name, month])
                for month, count in sorted(self.stories.items())
            ]
        )


@dataclass(slots=True)
class _ReadingList:
    """The newest stories that nobody has read, each headline once: so many of each commitment."""

    rulebook: Rulebook
    names: frozenset[str]
    newest: int
    read: frozenset[str]
    known: frozenset[str]
    """Headlines that need no document."""
    hits: dict[str, list[SurveyedStory]] = field(default_factory=lambda: defaultdict(list))
    shut: dict[str, list[SurveyedStory]] = field(default_factory=lambda: defaultdict(list))
    passed: dict[str, list[tuple[SurveyedStory, frozenset[int]]]] = field(default_factory=lambda: defaultdict(list))
    """Stories in whose titles words of a commitment stand, with those words."""
    own: Mapping[str, frozenset[int]] = field(init=False)
    """Commitment -> phrases by which only it and its kin are known."""
    titles: Counter[int] = field(default_factory=Counter)
    """Phrase -> titles that it stands in; `told`: those of them that concern a commitment."""
    told: Counter[tuple[str, int]] = field(default_factory=Counter)
    _headlines: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.own = unshared_phrases(self.rulebook)

    def take(self, story: Story, results: Iterable[MatchResult]) -> None:
        if not self.newest:
            return
        document = Document(replace(story, summary=""), self.rulebook)
        words = frozenset(document.title.hits)
        self.titles.update(words)
        about = {result.commitment: result for result in results}
        self.told.update((name, word) for name, one in about.items() if one.signal is not None for word in words)
        if story.id in self.read or title_key(story.title) in self.known:
            return
        for name, one in about.items():
            self._judged(SurveyedStory(name, story, why=rejection_text(one.rejection)), one)
        self._passed_over(document, words, about)

    def _judged(self, seen: SurveyedStory, result: MatchResult) -> None:
        signal = result.signal
        if signal is None:
            self._put(self.shut, seen)
        else:
            self._put(
                self.hits, replace(seen, why="", effect=signal.effect.value, rule=signal.rule, quote=signal.quote)
            )

    def _put(self, pile: dict[str, list[SurveyedStory]], seen: SurveyedStory) -> None:
        if len(pile[seen.commitment]) < self.newest and self._is_new(seen):
            pile[seen.commitment].append(seen)

    def _is_new(self, seen: SurveyedStory) -> bool:
        headline = (seen.commitment, title_key(seen.story.title))
        new = headline not in self._headlines
        self._headlines.add(headline)
        return new

    def _passed_over(self, document: Document, words: frozenset[int], about: Collection[str]) -> None:
        """Commitments whose words stand in the title though nothing makes the story concern them."""
        for topic in self.rulebook.matcher.topics:
            name = topic.commitment
            own = self.own[name] & words if name in self.names and name not in about else frozenset()
            if not own or name not in document.candidate_commitments or len(self.passed[name]) >= MAX_PASSED_OVER:
                continue
            rule = next(_acts_in(document, topic), "")
            why = f"{rule} stands, and nothing of about" if rule else "some words of about stand, and no pattern"
            seen = SurveyedStory(name, document.story, rule=rule, why=why)
            if self._is_new(seen):
                self.passed[name].append((seen, own))

    def misses(self, commitment: str) -> list[SurveyedStory]:
        """Those that came nearest, and others only where there are too few of them; the newest first."""
        passed = [seen for seen, own in self.passed[commitment] if any(self._tells(commitment, word) for word in own)]
        near = _newest([*self.shut[commitment], *(seen for seen in passed if seen.rule)])
        return _newest(near[: self.newest] + [seen for seen in passed if not seen.rule][: self.newest - len(near)])

    def _tells(self, commitment: str, word: int) -> bool:
        """Whether a word points at the commitment: among titles that hold it, some do concern it. Where no story does,
        any of its own words may."""
        known = bool(self.hits[commitment])
        return not known or self.told[commitment, word] >= MIN_POINTING_SHARE * self.titles[word] > 0


def _newest(found: list[SurveyedStory]) -> list[SurveyedStory]:
    return sorted(found, key=lambda seen: (seen.story.published_at, seen.story.id), reverse=True)


MAX_PASSED_OVER = 3_000
"""Stories passed over that are kept of each commitment until the end, when it is known which words tell."""
MIN_POINTING_SHARE = 0.2
"""In this share of the titles that hold it a word must point at a commitment, to make another title worth a look."""


def unshared_phrases(rulebook: Rulebook) -> dict[str, frozenset[int]]:
    """The phrases of each commitment's `about` that are in no more than a few others': "soybeans" rather than "China"."""
    known = {
        topic.commitment: frozenset(
            number for p in topic.any + topic.title + topic.summary for number in phrases_in(p.node)
        )
        for topic in rulebook.matcher.topics
    }
    shared = Counter(number for numbers in known.values() for number in numbers)
    return {
        name: frozenset(n for n in numbers if shared[n] <= MAX_SHARING_COMMITMENTS) for name, numbers in known.items()
    }


MAX_SHARING_COMMITMENTS = 3
"""So many commitments may share a word and it still tells which one is meant: a promise, its parts, and one other."""


def _acts_in(document: Document, topic: Topic) -> Iterator[str]:
    view = document.title
    for act in topic.acts:
        if document.matches(view, act.any):
            yield act.rule
