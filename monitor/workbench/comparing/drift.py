"""How rules hold up as the news moves on: one pass over stories, and what of it an author should look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import rejection_text
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.rules import Rulebook, RuleInfo
from monitor.domain.model import Effect, Story
from monitor.domain.text.pattern_eval import phrases_in
from monitor.long_work import counted
from monitor.workbench.comparing.exclusion_use import ExclusionTally, ExclusionUse, title_key
from monitor.workbench.comparing.monthly_shares import Month, flag_outliers
from monitor.workbench.rule_clauses import RuleClause

MAX_PASSED_OVER = 3_000
"""Stories passed over that are kept of each commitment until the end, when it is known which words point at it. An estimate
that bounds memory: at most a few megabytes a commitment."""
MIN_POINTING_SHARE = 0.2
"""The share of the titles with a word that must concern a commitment, to make another title worth a look: an estimate."""
MAX_SHARING_COMMITMENTS = 3
"""This many commitments may share a word and it still points at one of them: a promise, its parts, and one other."""


@dataclass(frozen=True, slots=True)
class SurveyedStory:
    """One story for one commitment. A hit names its effect, rule and quote; for any other `why` gives the reason."""

    commitment: str
    story: Story
    effect: str = ""
    rule: str = ""
    quote: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class CommitmentDrift:
    """One commitment through the months, and the newest unread stories: its hits, and those that came near."""

    commitment: str
    months: tuple[Month, ...]
    hits: tuple[SurveyedStory, ...]
    misses: tuple[SurveyedStory, ...]


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What one pass over the stories shows. unfired: rules that counted in no story."""

    stories: int
    courses: tuple[CommitmentDrift, ...]
    unfired: tuple[RuleInfo, ...]
    firings: tuple[ExclusionUse, ...]

    @property
    def fired_never(self) -> tuple[ExclusionUse, ...]:
        return tuple(use for use in self.firings if not use.titles)

    @property
    def fired_once(self) -> tuple[ExclusionUse, ...]:
        return tuple(use for use in self.firings if use.titles == 1)


def survey(
    stories: Iterable[Story],
    rulebook: Rulebook,
    clauses: Mapping[str, Sequence[RuleClause]],
    *,
    names: frozenset[str],
    newest: int = 0,
    read: Collection[str] = (),
) -> DriftReport:
    """The rules of the commitments named over these stories, the newest first.

    clauses: theirs, by commitment; newest: the number of unread hits and of unread misses kept of each commitment; read: ids
    of stories that a person has read. The rules' own examples count as read.
    """
    months, hits, nones = Counter[str](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    fired = set[str]()
    exclusions = ExclusionTally(rulebook, clauses)
    reading = _ReadingList(rulebook, names, newest, frozenset(read))
    newest_first = sorted(stories, key=attrgetter("published_at", "id"), reverse=True)
    for story in counted(newest_first, "reading", len(newest_first), "stories"):
        month = f"{story.published_at:%Y-%m}"
        months[month] += 1
        results = [result for result in trace(story, rulebook) if result.commitment in names]
        for result in results:
            if result.signal is not None:
                hits[result.commitment, month] += 1
                nones[result.commitment, month] += result.signal.effect is Effect.NONE
                fired.add(result.signal.rule)
                fired.update(candidate.act.rule for candidate in result.candidates if candidate.counts)
        exclusions.note(story, results)
        if newest:
            reading.take(story, results)
    courses = []
    for name in sorted(names):
        shares = [Month(m, count, hits[name, m], nones[name, m]) for m, count in sorted(months.items())]
        own = (tuple(reading.hits[name]), tuple(reading.misses(name)))
        courses.append(CommitmentDrift(name, flag_outliers(shares), *own))
    acts = {act.rule for topic in rulebook.matcher.topics if topic.commitment in names for act in topic.acts}
    unfired = tuple(rule for name, rule in sorted(rulebook.rules.items()) if name in acts - fired)
    return DriftReport(months.total(), tuple(courses), unfired, exclusions.firings())


class _ReadingList:
    """The newest stories that nobody has read, each headline once: `newest` hits and misses of each commitment."""

    def __init__(self, rulebook: Rulebook, names: frozenset[str], newest: int, read: frozenset[str]) -> None:
        self.rulebook, self.names, self.newest, self.read = rulebook, names, newest, read
        self.known = frozenset(title_key(example.text) for example in rulebook.examples)
        phrases = {
            topic.commitment: phrases_in(*(pattern.node for pattern in topic.any + topic.title + topic.summary))
            for topic in rulebook.matcher.topics
        }
        uses = Counter(number for numbers in phrases.values() for number in numbers)
        few = frozenset(number for number, count in uses.items() if count <= MAX_SHARING_COMMITMENTS)
        self.phrases = {name: own & few for name, own in phrases.items()}
        """Commitment -> the phrases of its `about` that few others have: "soybeans" rather than "China"."""
        self._anchors = {
            topic.commitment: frozenset().union(*map(rulebook.matcher.anchor, topic.opening))
            for topic in rulebook.matcher.topics
        }
        """Commitment -> the rarest phrases of the patterns that open it. Of a story without one it is far away."""
        self.hits: dict[str, list[SurveyedStory]] = defaultdict(list)
        self._rejected: dict[str, list[SurveyedStory]] = defaultdict(list)
        self._passed_over: dict[str, list[tuple[SurveyedStory, frozenset[int]]]] = defaultdict(list)
        """Stories that do not concern a commitment though some of its phrases occur in the title, with those phrases."""
        self._titles: Counter[int] = Counter()
        """Phrase -> titles in which it occurs."""
        self._hit_titles: Counter[tuple[str, int]] = Counter()
        """Commitment and phrase -> titles with the phrase that concern the commitment."""
        self._headlines = set[tuple[str, str]]()

    def take(self, story: Story, results: Iterable[MatchResult]) -> None:
        """Puts a story on the lists of the commitments for which it is new."""
        document = Document(replace(story, summary=""), self.rulebook)
        phrases = frozenset(document.title.hits)
        self._titles.update(phrases)
        by_name = {result.commitment: result for result in results}
        self._hit_titles.update((name, p) for name, r in by_name.items() if r.signal is not None for p in phrases)
        if story.id in self.read or title_key(story.title) in self.known:
            return
        for name, result in by_name.items():
            signal = result.signal
            pile = (self._rejected if signal is None else self.hits)[name]
            if len(pile) < self.newest and self._is_new(name, story):
                seen = SurveyedStory(name, story, why=rejection_text(result.rejection))
                if signal is not None:
                    seen = SurveyedStory(name, story, signal.effect.value, signal.rule, signal.quote)
                pile.append(seen)
        for topic in self.rulebook.matcher.topics:
            name = topic.commitment
            if name not in self.names or name in by_name or self._anchors[name].isdisjoint(phrases):
                continue
            own, passed_over = self.phrases[name] & phrases, self._passed_over[name]
            if own and len(passed_over) < MAX_PASSED_OVER and self._is_new(name, story):
                rule = next((act.rule for act in topic.acts if document.matches(document.title, act.any)), "")
                why = f"{rule} stands, and nothing of about" if rule else "some words of about stand, and no pattern"
                passed_over.append((SurveyedStory(name, story, rule=rule, why=why), own))

    def _is_new(self, commitment: str, story: Story) -> bool:
        headline = (commitment, title_key(story.title))
        new = headline not in self._headlines
        self._headlines.add(headline)
        return new

    def misses(self, commitment: str) -> list[SurveyedStory]:
        """The misses that came nearest, and others only where there are too few of them; the newest first.

        A story that was passed over counts if one of its phrases points at the commitment: enough of the titles with the
        phrase concern the commitment. Where no story does, each of its own phrases points at it.
        """
        near, others = list(self._rejected[commitment]), list[SurveyedStory]()
        for seen, phrases in self._passed_over[commitment]:
            shares = ((self._hit_titles[commitment, p], MIN_POINTING_SHARE * self._titles[p]) for p in phrases)
            if not self.hits[commitment] or any(hits >= least > 0 for hits, least in shares):
                (near if seen.rule else others).append(seen)
        return _newest_first([*_newest_first(near), *others][: self.newest])


def _newest_first(stories: list[SurveyedStory]) -> list[SurveyedStory]:
    return sorted(stories, key=lambda seen: (seen.story.published_at, seen.story.id), reverse=True)
