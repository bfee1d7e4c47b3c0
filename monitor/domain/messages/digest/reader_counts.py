"""Where readers and rules differ, in words: for the digest of the owner, and for `rules drift`."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from zoneinfo import ZoneInfo

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DifferingStory, ReaderCounts
from monitor.domain.model import ReaderKind, day_of
from monitor.domain.reading.agreement import Agreement, Comparison, ReaderAgreement
from monitor.domain.text.labels import format_percent, pluralised
from monitor.domain.text.plain import one_line

MOST_ACTS = 3
"""Acts that a digest names."""
MOST_LINES, MOST_STORIES = 3, 3
"""Commitments of which a digest has a sentence, and stories that it names, those that tell most first: its command names all."""
MOST_TITLE, MOST_OUTLET = 200, 60
"""Characters of a title, and of an outlet's name, in a digest: estimates of what one reads at a glance."""
_READ = {"the model": ("reads", "does not"), "people": ("read", "do not"), "readers": ("read", "do not")}


def readers_named(kinds: Collection[ReaderKind]) -> str:
    """Who has read: "the model", "people", or both: "readers"."""
    only = next(iter(kinds)) if len(kinds) == 1 else None
    return {ReaderKind.MODEL: "the model", ReaderKind.PERSON: "people"}.get(only or ReaderKind.RULE, "readers")


def agreement_sentence(own: Agreement, subject: str, who: str) -> str:
    """What the counts of one commitment mean. who: of `readers_named`."""
    reads, not_seen = _READ[who]
    if not own.readers:
        return f"The rules see {pluralised(own.rule_alone, 'story', 'stories')} about {subject} that {who} {not_seen}."
    stories = pluralised(own.readers, "story", "stories")
    otherwise = f" and {own.other_effect} otherwise" if own.other_effect else ""
    missed = [f"miss {own.reader_alone}"] if own.reader_alone else []
    seen = [f"see {own.rule_alone} that {who} {not_seen}"] if own.rule_alone else []
    rest = f"; they {' and '.join(missed + seen)}" if missed + seen else ""
    return (
        f"Of {stories} that {who} {reads} as about {subject} the rules read {own.same} the same way{otherwise}{rest}."
    )


def act_counts(own: Agreement) -> str:
    """How readers read the stories of one act."""
    counts = {"the same": own.same, "another effect": own.other_effect, "not about it": own.rule_alone}
    return ", ".join(f"{count} {label}" for label, count in counts.items() if count)


def difference_text(own: Comparison) -> str:
    """What the rules and the reader read in a story."""
    rules = f"rules {own.rule_effect} ({own.rule})" if own.rule_effect is not None else "rules nothing"
    reader = own.effect if own.effect is not None else "not about it"
    return f"{own.commitment}: {rules}, {own.reader.name} {reader}"


def reader_counts(drift: ReaderAgreement, rulebook: Rulebook, zone: str) -> ReaderCounts | None:
    """The block of a digest; None without a reading. zone: of the reader of the digest."""
    if not drift.texts:
        return None
    who, whole = readers_named(drift.kinds), drift.whole
    read = f"{pluralised(drift.texts, 'story was', 'stories were')} read."
    if whole.share is not None:
        about = f"Of {whole.total} about a commitment {who} and the rules read {whole.same} the same way"
        read = f"{read} {about} ({format_percent(whole.share)})."
    apart = sorted(((name, own) for name, own in drift.commitments.items() if own.differing), key=_most_apart)
    lines = [agreement_sentence(own, rulebook.commitments[name].short, who) for name, own in apart[:MOST_LINES]]
    acts = [(rule, own) for rule, own in drift.acts.items() if own.differing][:MOST_ACTS]
    return ReaderCounts(
        counts=read,
        lines=tuple(lines),
        acts=tuple(f"{rule}: {act_counts(own)}" for rule, own in acts),
        command="deal-monitor model check --table",
        stories=tuple(_differing_story(own, zone) for own in drift.telling[:MOST_STORIES]),
    )


def _differing_story(own: Comparison, zone: str) -> DifferingStory:
    story, day = own.story, day_of(own.story.published_at, ZoneInfo(zone))
    return DifferingStory(
        one_line(story.title, MOST_TITLE),
        one_line(story.source, MOST_OUTLET),
        f"{day:%-d %b}",
        difference_text(own),
        _record_command(own),
    )


def _most_apart(pair: tuple[str, Agreement]) -> tuple[int, str]:
    return -pair[1].differing, pair[0]


def _record_command(own: Comparison) -> str:
    """The command that records the reader's reading as a person's."""
    pairs = [f"{match.commitment}={match.effect}" for match in own.reader.matches]
    return shlex.join(["deal-monitor", "inbox", "record", own.story.id, *(dict.fromkeys(pairs) or ["none"])])
