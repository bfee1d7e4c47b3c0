"""The differences between readers and rules in words, for the digest of the owner and for `model check`."""

from __future__ import annotations

import shlex
from zoneinfo import ZoneInfo

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DifferingStory, ReaderCounts
from monitor.domain.model import ReaderKind, day_of
from monitor.domain.reading.agreement import Agreement, Comparison, ReaderAgreement
from monitor.domain.text.labels import format_percent, pluralised
from monitor.domain.text.plain import one_line

MAX_ACTS, MAX_LINES, MAX_STORIES = 3, 3, 3
"""Acts, commitments and stories that a digest names; its command lists all."""
MAX_TITLE, MAX_OUTLET = 200, 60
"""Characters of a title, and of an outlet's name, in a digest (estimates)."""
_READ = {"the model": ("reads", "does not"), "people": ("read", "do not"), "readers": ("read", "do not")}


def difference_text(own: Comparison) -> str:
    """'soy: rules progress (soy/bought), model pledge'."""
    rules = f"rules {own.rule_effect} ({own.rule})" if own.rule_effect is not None else "rules nothing"
    reader = own.effect if own.effect is not None else "not about it"
    return f"{own.commitment}: {rules}, {own.reader.name} {reader}"


def reader_counts(agreement: ReaderAgreement, rulebook: Rulebook, zone: str) -> ReaderCounts | None:
    """The block of a digest; None without a reading. zone: of the reader of the digest."""
    if not agreement.texts:
        return None
    only = next(iter(agreement.kinds)) if len(agreement.kinds) == 1 else None
    who = "the model" if only is ReaderKind.MODEL else "people" if only is ReaderKind.PERSON else "readers"
    whole, read = agreement.whole, f"{pluralised(agreement.texts, 'story was', 'stories were')} read."
    if whole.share is not None:
        about = f"Of {whole.total} about a commitment, {who} and the rules read {whole.same} the same way"
        read = f"{read} {about} ({format_percent(whole.share)})."
    apart = [(name, own) for name, own in agreement.commitments.items() if own.differing]
    apart.sort(key=lambda pair: (-pair[1].differing, pair[0]))
    acts = []
    for rule, counted in agreement.acts.items():
        counts = {"the same": counted.same, "another effect": counted.other_effect, "not about it": counted.rule_alone}
        if counted.differing:
            acts.append(f"{rule}: {', '.join(f'{count} {label}' for label, count in counts.items() if count)}")
    stories = []
    for own in agreement.telling[:MAX_STORIES]:
        story, pairs = own.story, [f"{match.commitment}={match.effect}" for match in own.reader.matches]
        # The command records the reader's reading as a person's.
        command = shlex.join(["deal-monitor", "inbox", "record", story.id, *(dict.fromkeys(pairs) or ["none"])])
        title, outlet = one_line(story.title, MAX_TITLE), one_line(story.source, MAX_OUTLET)
        day = day_of(story.published_at, ZoneInfo(zone))
        stories.append(DifferingStory(title, outlet, f"{day:%-d %b}", difference_text(own), command))
    return ReaderCounts(
        counts=read,
        lines=tuple(_agreement_line(own, rulebook.commitments[name].short, who) for name, own in apart[:MAX_LINES]),
        acts=tuple(acts[:MAX_ACTS]),
        command="deal-monitor model check --table",
        stories=tuple(stories),
    )


def _agreement_line(own: Agreement, subject: str, who: str) -> str:
    """The counts of one commitment. who: 'the model', 'people' or 'readers'."""
    reads, not_seen = _READ[who]
    if not own.readers:
        return f"The rules see {pluralised(own.rule_alone, 'story', 'stories')} about {subject} that {who} {not_seen}."
    stories = pluralised(own.readers, "story", "stories")
    otherwise = f" and {own.other_effect} differently" if own.other_effect else ""
    missed = [f"miss {own.reader_alone}"] if own.reader_alone else []
    seen = [f"see {own.rule_alone} that {who} {not_seen}"] if own.rule_alone else []
    rest = f"; they {' and '.join(missed + seen)}" if missed + seen else ""
    about = f"Of {stories} that {who} {reads} as being about {subject}"
    return f"{about}, the rules read {own.same} the same way{otherwise}{rest}."
