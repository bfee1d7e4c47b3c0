"""The readers of a sentence: who read it this way and who differently, in one wording for alerts, `explain` and
exports."""

from __future__ import annotations

from typing import Any

from monitor.domain.matching.rules import ABOUT
from monitor.domain.messages.wording import named, reader_name, reads
from monitor.domain.model import ReadBy, ReaderKind, Says, Signal
from monitor.domain.model.sides import Parties
from monitor.domain.reading.join import READER_RULES
from monitor.domain.text.labels import join_list


def readers_of(signal: Signal) -> tuple[ReadBy, ...]:
    """All readers of a sentence, rules first. Readers with the signal's effect agree; the others differ."""
    own = ReadBy(ReaderKind.RULE, signal.rule, signal.rule_version, signal.effect)
    if not signal.read_by:
        return (own,)
    # A model or a person who reads alone has no act; nor has a mention, which counts for the commitment's own patterns.
    has_act = signal.rule.rpartition("/")[2] not in {ABOUT, *READER_RULES}
    listed = any(reader.kind is ReaderKind.RULE and reader.name == signal.rule for reader in signal.read_by)
    return (own, *signal.read_by) if has_act and not listed else signal.read_by


def is_read_by_rule(signal: Signal) -> bool:
    """Whether the rule that a signal names is a rule of a file and reads the sentence this way."""
    return any(
        reader.kind is ReaderKind.RULE and reader.name == signal.rule and reader.effect is signal.effect
        for reader in readers_of(signal)
    )


def read_by_values(signal: Signal) -> list[dict[str, Any]]:
    """All readers of a sentence, for JSON. effect: None if the reader finds nothing in it; says: None for a rule."""
    return [
        {
            "kind": reader.kind.value,
            "name": reader.name,
            "version": reader.version,
            "effect": reader.effect and reader.effect.value,
            "says": reader.says and reader.says.value,
        }
        for reader in readers_of(signal)
    ]


def who_read(signal: Signal, parties: Parties | None = None) -> str:
    """'read by the rule beans/bought (version 3f9c1a2b); qwen3:8b (question 1a2b3c) finds nothing in it'. parties: name
    the speakers that others take for the signal's; None for a line of a message, without speakers and with short
    versions."""
    agreeing, speakers, differing = [], [], []
    for reader in readers_of(signal):
        if reader.effect is not signal.effect:
            differing.append(reads(reader, shortly=parties is None))
            continue
        agreeing.append(f"by {named(reader, shortly=parties is None)}")
        if parties is not None and reader.says is not None and reader.says is not signal.says:
            speaker = "the press" if reader.says is Says.PRESS else parties.names((reader.says.value,))
            speakers.append(f"{reader_name(reader)} names {speaker} as the speaker")
    opening = [f"read {join_list(agreeing)}"] if agreeing else []
    return "; ".join((*opening, *speakers, *differing))


def rule_or_readers(signal: Signal) -> str:
    """The name of the rule if only rules read a sentence, else its readers, shortly: for the end of a line."""
    return who_read(signal) if signal.read_by else signal.rule
