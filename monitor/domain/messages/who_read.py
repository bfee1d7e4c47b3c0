"""Who read a sentence so, and who reads it otherwise: the one wording for alerts, `explain`, exports and `status`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.domain.matching.rules import ABOUT
from monitor.domain.messages.reader_names import name_of, named, reads, shortly_named
from monitor.domain.model import ReadBy, ReaderKind, Says, Signal
from monitor.domain.model.sides import Parties
from monitor.domain.reading.join import READER_RULES
from monitor.domain.text.labels import join_list


def readers_of(signal: Signal) -> tuple[ReadBy, ...]:
    """All who read the sentence of a signal, rules first. Those whose effect is the signal's read it so; the others differ."""
    own = ReadBy(ReaderKind.RULE, signal.rule, signal.rule_version, signal.effect)
    if not signal.read_by:
        return (own,)
    # A model or a person who reads alone has no act; nor has a mention, which counts for the commitment's own patterns.
    has_act = signal.rule.rpartition("/")[2] not in {ABOUT, *READER_RULES}
    named = any(reader.kind is ReaderKind.RULE and reader.name == signal.rule for reader in signal.read_by)
    return (own, *signal.read_by) if has_act and not named else signal.read_by


def is_read_by_rule(signal: Signal) -> bool:
    """Whether the rule that a signal names stands in a file and reads the sentence so."""
    return any(
        reader.kind is ReaderKind.RULE and reader.name == signal.rule and reader.effect is signal.effect
        for reader in readers_of(signal)
    )


def read_by_values(signal: Signal) -> list[dict[str, Any]]:
    """All who read the sentence of a signal, for JSON. effect: None where the reader sees nothing of the commitment in it;
    says: None for a rule, whose word is the signal's."""
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


def who_read(signal: Signal, parties: Parties) -> str:
    """Who read a sentence so, with versions; who reads it otherwise, or takes it for the word of somebody else.

    'read by the rule beans/bought (version 3f9c1a2b) and by qwen3:8b (question 1a2b3c)'; 'read by Ann Lee; qwen3:8b
    (question 1a2b3c) reads nothing of it'.
    """
    agreeing, differing = _by_agreement(signal)
    speakers = [_other_speaker(reader, signal.says, parties) for reader in agreeing]
    return _joined([named(reader) for reader in agreeing], [*filter(None, speakers), *map(reads, differing)])


def who_read_shortly(signal: Signal) -> str:
    """The same for a line of a message: without versions of rules, and with the beginning of a question's."""
    agreeing, differing = _by_agreement(signal)
    return _joined(
        [shortly_named(reader) for reader in agreeing], [reads(reader, shortly=True) for reader in differing]
    )


def rule_or_readers(signal: Signal) -> str:
    """The name of the rule where the rules alone read a sentence, else who read it, shortly: for the end of a line."""
    return who_read_shortly(signal) if signal.read_by else signal.rule


def _by_agreement(signal: Signal) -> tuple[list[ReadBy], list[ReadBy]]:
    readers = readers_of(signal)
    agreeing = [reader for reader in readers if reader.effect is signal.effect]
    return agreeing, [reader for reader in readers if reader.effect is not signal.effect]


def _joined(agreeing: Sequence[str], others: Sequence[str]) -> str:
    opening = [f"read {join_list([f'by {name}' for name in agreeing])}"] if agreeing else []
    return "; ".join((*opening, *others))


def _other_speaker(reader: ReadBy, says: Says, parties: Parties) -> str:
    """That a reader takes the sentence for the word of somebody else than the verdict does; '' if it does not."""
    if reader.says is None or reader.says is says:
        return ""
    whose = "the press" if reader.says is Says.PRESS else parties.names((reader.says.value,))
    return f"{name_of(reader)} takes it for the word of {whose}"
