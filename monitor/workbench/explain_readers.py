"""The readings of one story: refused matches, differences from the rules, and the signals of both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.who_read import read_by_values, readers_of, who_read
from monitor.domain.messages.wording import named, reads
from monitor.domain.model import ReadBy, ReaderKind, ReaderMode, Reading, Signal, Story
from monitor.domain.model.news import UNDATED
from monitor.domain.model.sides import Parties
from monitor.domain.reading.join import as_read_by, in_family, join, reads_commitment
from monitor.workbench import explain_facts as facts


def readers_facts(
    story: Story, rulebook: Rulebook, readings: Sequence[Reading], only: str = ""
) -> facts.ReadersFact | None:
    """The readings of a story, the effective one first, and the joined signals; None without readings.

    `only` restricts both to one commitment.
    """
    if not readings:
        return None
    joined = join(story, rulebook, readings)
    ranked = sorted(readings, key=lambda reading: (reading is joined.reading, reading.at), reverse=True)
    shown = tuple(_reading(story, rulebook, reading, counts=reading is joined.reading, only=only) for reading in ranked)
    others = [reading for reading in ranked if reading is not joined.reading]
    signals = (signal for signal in joined.signals if only in ("", signal.commitment))
    return facts.ReadersFact(
        rulebook.policy.reader.value, shown, tuple(_joined(signal, others, rulebook.parties) for signal in signals)
    )


def _reading(story: Story, rulebook: Rulebook, reading: Reading, *, counts: bool, only: str) -> facts.ReadingFact:
    """Compares one reading with the rules as if it were the only one; if policy's `reader` is off, as if it were
    leads."""
    policy = rulebook.policy
    heard = policy if policy.reader is not ReaderMode.OFF else replace(policy, reader=ReaderMode.LEADS)
    alone = join(story, replace(rulebook, policy=heard), (reading,))
    refused = {each.match: each.why for each in alone.refused}
    matches = tuple(
        facts.ReadMatchFact(match.commitment, match.effect.value, match.says.value, match.quote, refused.get(match, ""))
        for match in reading.matches
        if not only or in_family(only, match.commitment)
    )
    # As 'the rule beans/bought (version 3f9c) reads progress in it; Ann Lee reads nothing in it'.
    differs = {}
    for each in alone.differences:
        rule = each.rule and reads(ReadBy(ReaderKind.RULE, each.rule.rule, each.rule.rule_version, each.rule.effect))
        if only in ("", each.commitment):
            reader = reads(as_read_by(each.reader, each.read))
            differs[each.commitment] = f"{rule or 'no rule reads it'}; {reader}"
    return facts.ReadingFact(
        kind=reading.kind.value,
        name=reading.name,
        version=reading.version,
        who=named(as_read_by(reading, None)),
        at="" if reading.at == UNDATED else reading.at.isoformat(),
        why=reading.why,
        summary_read=reading.summary_read,
        counts=counts,
        matches=matches,
        differs=differs,
    )


def _joined(signal: Signal, others: Sequence[Reading], parties: Parties) -> facts.JoinedFact:
    """A signal with all readers of its sentence, also those whose reading does not count."""
    known = readers_of(signal)
    also = (reads_commitment(reading, signal.commitment, signal.effect) for reading in others)
    whole = replace(signal, read_by=(*known, *(reader for reader in also if reader not in known)))
    return facts.JoinedFact(
        commitment=signal.commitment,
        effect=signal.effect.value,
        says=signal.says.value,
        rule=signal.rule,
        quote=signal.quote,
        read_by=tuple(read_by_values(whole)),
        who=who_read(whole, parties),
    )
