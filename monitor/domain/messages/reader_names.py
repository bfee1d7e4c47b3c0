"""A reader in words: what it is called, and what it reads in a sentence."""

from __future__ import annotations

from monitor.domain.model import Effect, ReadBy, ReaderKind
from monitor.domain.model.readings import RECORDED
from monitor.domain.text.plain import one_line

MAX_NAME = 60
"""Characters of the name of a model or a person (estimate): a model's name with its maker and size has 40."""
SHORT_VERSION = 8
"""Characters of a question's version in the short form: enough to tell two apart."""
EFFECT_WORDS = {
    Effect.PLEDGE: "a pledge",
    Effect.PROGRESS: "progress",
    Effect.DELIVERED: "a promise kept",
    Effect.SETBACK: "a setback",
    Effect.BREACH: "a breach",
    Effect.THREAT: "a threat",
    Effect.DEADLINE: "a date",
    Effect.NONE: "a mere mention",
}
"""What somebody reads in a sentence, by its effect."""


def name_of(reader: ReadBy) -> str:
    """A reader without its version: 'the rule beans/bought', 'qwen3:8b', 'Ann Lee', 'a recorded reading'."""
    name = one_line(reader.name, MAX_NAME)
    match reader.kind:
        case ReaderKind.RULE:
            return f"the rule {name}"
        case ReaderKind.PERSON:
            return name or "a person"
        case ReaderKind.MODEL:
            return "a recorded reading" if _is_recorded(reader) else name


def named(reader: ReadBy) -> str:
    """A reader with its version: 'the rule beans/bought (version 3f9c1a2b)', 'qwen3:8b (question 1a2b3c4d5e6f)'."""
    return name_of(reader) + _version(reader)


def shortly_named(reader: ReadBy) -> str:
    """The same for a line of a message: no version of a rule, and the beginning of a question's."""
    return name_of(reader) + (_version(reader, SHORT_VERSION) if reader.kind is ReaderKind.MODEL else "")


def reads(reader: ReadBy, *, shortly: bool = False) -> str:
    """What a reader reads: 'the rule beans/bought (version 3f9c1a2b) reads progress in it', 'Ann Lee reads nothing of it'."""
    if reader.kind is ReaderKind.RULE and reader.effect is Effect.NONE:
        return "no rule reads a change in it"
    subject = shortly_named(reader) if shortly else named(reader)
    what = "nothing of it" if reader.effect is None else f"{EFFECT_WORDS[reader.effect]} in it"
    return f"{subject} {'shows' if _is_recorded(reader) else 'reads'} {what}"


def _version(reader: ReadBy, cut: int | None = None) -> str:
    """The version in brackets, cut to so many characters (None: whole); '' without one."""
    what = "version" if reader.kind is ReaderKind.RULE else "question"
    return f" ({what} {one_line(reader.version, MAX_NAME)[:cut]})" if reader.version else ""


def _is_recorded(reader: ReadBy) -> bool:
    """Whether a reading comes from a file that names no model."""
    return reader.kind is ReaderKind.MODEL and reader.name.strip() in ("", RECORDED)
