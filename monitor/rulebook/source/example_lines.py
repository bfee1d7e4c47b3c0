"""Example files, one example a line: `progress | 2026-08-10 | title | summary` below `[act]`, or below `[commitment]`
in the file of a deal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor.domain.matching.modality import EFFECT_TABLE, PolarityShift
from monitor.domain.model import Effect
from monitor.errors import Issue
from monitor.rulebook.source.page import Page
from monitor.rulebook.source.rule_source import did_you_mean

NOT_ABOUT = "not_about"
"""Instead of an effect: the story is not about the commitment."""
EFFECTS = (*(effect.value for effect in Effect), NOT_ABOUT)
_OF_POLARITY = {polarity.value: by_shift[PolarityShift.PLAIN].value for polarity, by_shift in EFFECT_TABLE.items()}
"""Polarity -> the effect of a completed act. Authors confuse the two."""
FIELDS = "effect | day (optional) | title | summary (optional)"
MAX_FIELDS = 4
SECTION = re.compile(r"\[([^\[\]]*)\]")
"""The line that names the act of the examples below it."""
_OPEN_SECTION = re.compile(r"\[([^\[\]|]*)")
_SIGN = re.compile(r"\\.|\|")
_ESCAPE = re.compile(r"\\([\\|n])")
_ESCAPED = {"n": "\n"}
_TO_ESCAPE = {"\\": "\\\\", "|": "\\|", "\n": "\\n"}


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """One example of a file. `effect` is one of EFFECTS; `day` is None if the file has no day."""

    line: int
    act: str
    effect: str
    day: date | None
    title: str
    summary: str = ""

    def __str__(self) -> str:
        """The line in its file."""
        day = f"{self.day} " if self.day else ""
        texts = (self.title, self.summary) if self.summary else (self.title,)
        escaped = ("".join(_TO_ESCAPE.get(char, char) for char in text) for text in texts)
        return f"{self.effect} | {day}| {' | '.join(escaped)}"


def read_examples(page: Page, acts: frozenset[str], issues: list[Issue], *, noun: str = "act") -> Iterator[ExampleLine]:
    """The examples of a file for these acts, or for the commitments of a deal (noun). Faults go to `issues`."""
    act = ""
    first: dict[tuple[str, str], int] = {}
    for number, text in enumerate(page.lines, 1):
        bare = text.strip()
        if not bare or bare.startswith("#"):
            continue
        place = (number, len(text) - len(text.lstrip()) + 1)
        if (opened := _OPEN_SECTION.fullmatch(bare)) is not None:
            act = opened[1].strip()
            issues.append(page.issue_at(place, "open_section", "']' is missing", f"write [{act}]"))
        elif (section := SECTION.fullmatch(bare)) is not None:
            act = section[1].strip()
            if act not in acts:
                message = f"there is no {noun} {act!r}"
                issues.append(page.issue_at(place, f"unknown_{noun}", message, did_you_mean(act, acts)))
        elif not act:
            message, hint = f"the name of the {noun} is missing above", f"write [{min(acts)}] on its own line"
            issues.append(page.issue_at(place, "no_section", message, hint))
        elif (example := _example(page, number, act, text, issues)) is not None and act in acts:
            if (line := first.setdefault((act, bare), number)) != number:
                message = f"repeats the example in line {line}"
                issues.append(page.issue_at(place, "duplicate_example", message, "delete it here", severity="warning"))
            yield example


def _example(page: Page, number: int, act: str, text: str, issues: list[Issue]) -> ExampleLine | None:
    """One line; None, and an issue, if it is no example."""
    bars = [sign for sign in _SIGN.finditer(text) if sign[0] == "|"]
    starts, ends = [0, *(bar.end() for bar in bars)], [*(bar.start() for bar in bars), len(text)]
    fields = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    columns = [start + len(text[start:]) - len(text[start:].lstrip()) + 1 for start in starts]

    def issue(field: int, code: str, message: str, hint: str) -> None:
        issues.append(page.issue_at((number, columns[field]), code, message, hint))

    effect, day = fields[0], None
    if effect not in EFFECTS:
        meant = _OF_POLARITY.get(effect.lower())
        hint = f"did you mean {meant!r}? {effect} is a polarity" if meant else did_you_mean(effect, EFFECTS)
        issue(0, "unknown_effect", f"{effect!r} is no effect", hint)
        return None
    if len(fields) < 3 or not fields[2]:
        issue(min(len(fields), MAX_FIELDS) - 1, "missing_field", "the title is missing", FIELDS)
        return None
    if len(fields) > MAX_FIELDS:
        hint = f"{FIELDS}; write a bar within a text as \\|"
        issue(MAX_FIELDS, "too_many_fields", "a fifth field begins here", hint)
        return None
    if fields[1]:
        try:
            day = date.fromisoformat(fields[1])
        except ValueError:
            issue(1, "not_a_date", f"{fields[1]!r} is no date", "write it as 2026-01-31, or leave it empty")
            return None
    return ExampleLine(
        number, act, effect, day, *(_ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), field) for field in fields[2:])
    )
