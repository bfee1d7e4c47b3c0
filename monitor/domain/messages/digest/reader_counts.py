"""The differences between readers and rules in words, for the digest of the owner and for `model check`."""

from __future__ import annotations

import shlex
from zoneinfo import ZoneInfo

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DifferingStory, ReaderCounts
from monitor.domain.model import ReaderKind, day_of
from monitor.domain.reading.agreement import Comparison, ReaderAgreement
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
    lines, (reads, not_seen) = [], _READ[who]
    for name, counted in apart[:MAX_LINES]:
        subject = rulebook.commitments[name].short
        if not counted.readers:
            seen = pluralised(counted.rule_alone, "story", "stories")
            lines.append(f"The rules see {seen} about {subject} that {who} {not_seen}.")
            continue
        otherwise = f" and {counted.other_effect} differently" if counted.other_effect else ""
        rest = [f"miss {counted.reader_alone}"] if counted.reader_alone else []
        rest += [f"see {counted.rule_alone} that {who} {not_seen}"] if counted.rule_alone else []
        about = f"Of {pluralised(counted.readers, 'story', 'stories')} that {who} {reads} as being about {subject}"
        same = f"the rules read {counted.same} the same way{otherwise}"
        lines.append(f"{about}, {same}{'; they ' + ' and '.join(rest) if rest else ''}.")
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
    table = "deal-monitor model check --table"
    return ReaderCounts(read, tuple(lines), tuple(acts[:MAX_ACTS]), command=table, stories=tuple(stories))
