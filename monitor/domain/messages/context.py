"""The context in which messages, pages and exports are written, and the names that they use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.model import Commitment, Policy, Signal, Story, Tier, Verdict, reasons
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import counter_name, moment_day
from monitor.domain.text.plain import one_line, web_link
from monitor.domain.text.writing_systems import HAN_CHAR, HANGUL_RANGE, THAI_RANGE, UNSPACED_RANGE

_NAMES = (
    "zh Chinese, ja Japanese, ko Korean, th Thai, vi Vietnamese, ru Russian, de German, fr French, es Spanish, "
    "pt Portuguese, it Italian, nl Dutch, ar Arabic, hi Hindi"
)
LANGUAGES: Mapping[str, str] = {each[:2]: each[3:] for each in _NAMES.split(", ")}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("ko", re.compile(f"[{HANGUL_RANGE}]")),
    ("th", re.compile(f"[{THAI_RANGE}]")),
    ("zh", HAN_CHAR),
)
"""The letters that show the language of a title. Japanese and Korean use Han letters too, so Chinese comes last."""
_UNSPACED = re.compile(f"[{UNSPACED_RANGE}]")


@dataclass(frozen=True, slots=True)
class RenderContext:
    """The evidence, rules and verdicts behind a text. zone: the reader's, as an IANA name; deals: the names, by id."""

    signals: Mapping[str, Signal]
    stories: Mapping[str, Story]
    publishers: Publishers
    policy: Policy
    now: datetime
    zone: str
    parties: Parties
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    deals: Mapping[str, str] = field(default_factory=dict)
    _acts: dict[str, list[Signal]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def acts_in(self, story: str) -> Sequence[Signal]:
        """The signals of a story."""
        if not self._acts:
            for signal in self.signals.values():
                self._acts.setdefault(signal.story, []).append(signal)
        return self._acts.get(story, ())

    def deal_of(self, commitment: Commitment) -> str:
        """The name of its deal; '' while all commitments are of one deal."""
        several = any(other.deal != commitment.deal for other in self.commitments.values())
        return one_line(self.deals.get(commitment.deal) or commitment.deal, 120) if several else ""

    @property
    def today(self) -> date:
        """The reader's day."""
        return moment_day(self.now, self.zone)

    def outlet(self, source: str, url: str = "") -> str:
        name = self.publishers.find(source, url).name or source
        if HAN_CHAR.search(name):  # readers of English know its address
            name = (urlsplit(web_link(url)).hostname or name).removeprefix("www.")
        return one_line(name or "an unnamed outlet", 60)

    def counter(self, name: str, story: str) -> str:
        """The name of who counts: an outlet that counts itself goes by its own name, not by that of its owner."""
        told = self.stories.get(story)
        if told is not None and self.publishers.find(told.source, told.url).origin == name:
            return self.outlet(told.source, told.url)
        return counter_name(self.policy.agency(name))

    def cleaned(self, names: Iterable[str]) -> RenderContext:
        """The same context with these commitments alone; their texts are printable and on one line."""
        known = {key: clean_commitment(self.commitments[key], self.today) for key in names if key in self.commitments}
        return replace(self, commitments=known)


def clean_commitment(commitment: Commitment, today: date) -> Commitment:
    """The commitment with printable texts on one line, and the name that it has on this day."""
    name = next((former for until, former in commitment.before if today < until), commitment.name)
    return replace(
        commitment,
        name=one_line(name, 160),
        short=one_line(commitment.short, 60),
        topic=one_line(commitment.topic, 60),
        criteria=tuple((status, one_line(text, 600)) for status, text in commitment.criteria),
        background=tuple(replace(each, text=one_line(each.text, 200)) for each in commitment.background),
    )


def known_signals(ids: Iterable[str], context: RenderContext) -> tuple[Signal, ...]:
    """The signals that are still stored together with their story, each once, in the given order."""
    found = (context.signals[key] for key in dict.fromkeys(ids) if key in context.signals)
    return tuple(signal for signal in found if signal.story in context.stories)


def language_of(story: Story) -> str:
    """The two letters of a story's language; '' if neither its feed nor its script shows it."""
    declared = story.lang.partition("-")[0].lower()
    return declared or next((code for code, letters in _SCRIPTS if letters.search(story.title)), "")


def is_english(story: Story) -> bool:
    """Whether a story is in English, to judge by its feed and its script."""
    return language_of(story) in ("en", "") and not _UNSPACED.search(story.title)


def source_name(signal: Signal, context: RenderContext) -> str:
    """The official, agency, company or side that a signal credits."""
    return one_line(signal.origin or context.parties.names((signal.says.value,)), 60)


def spoken_name(name: str, context: RenderContext) -> str:
    """The name of an official, agency or company within a sentence: 'the US Treasury', "China's commerce ministry"."""
    return one_line(context.publishers.find(name).called, 60) or name


def spoken_detail(detail: reasons.Detail, context: RenderContext) -> reasons.Detail:
    """The detail with the name of its speaker as a sentence uses it."""
    match detail:
        case reasons.Awaiting() | reasons.OneSided() | reasons.Sighted():
            name = detail.speaker.origin
            called = spoken_name(name, context) if name else name
            return replace(detail, speaker=replace(detail.speaker, origin=called))
        case reasons.CountedByOne(alone=alone):
            return replace(detail, alone=replace(alone, counter=context.counter(alone.counter, alone.story)))
    return detail


def outlet_names(stories: Iterable[Story], context: RenderContext, apart: Collection[str] = ()) -> tuple[str, ...]:
    """The outlets of these stories, the earliest first, without `apart`; an aggregator only if there is no other."""
    names: dict[str, bool] = {}
    for story in stories:
        later = sorted(story.outlets, key=lambda outlet: outlet.published_at)
        for source, url in ((story.source, story.url), *((outlet.source, outlet.url) for outlet in later)):
            publisher = context.publishers.find(source, url)
            name, owner = context.outlet(source, url), one_line(publisher.origin, 60)
            if name not in apart and owner not in apart:
                names.setdefault(name, publisher.tier is Tier.AGGREGATOR)
    return tuple(name for name, aggregates in names.items() if not aggregates) or tuple(names)
