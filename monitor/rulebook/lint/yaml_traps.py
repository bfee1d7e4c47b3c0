"""YAML that other programs, or other eyes, read differently from this one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.errors import Issue
from monitor.rulebook.source.page import ValuePath
from monitor.rulebook.source.scalars import Scalar
from monitor.rulebook.source.source_map import RuleSource

_TRAPS = (
    ("yaml_bool", re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF"), "is true or false"),
    ("yaml_sexagesimal", re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "is a number of sixtieths"),
    ("yaml_octal", re.compile(r"[-+]?0[0-9_]+"), "is a number to the base 8"),
    ("yaml_number", re.compile(r"[-+]?[0-9][0-9,]*_[0-9_]*"), "is a number without its _"),
)
"""Plain values that YAML 1.1, which many tools still read, takes for something else than YAML 1.2 and this program."""

_CUT_COMMENT = re.compile(r"[ \t]+(#[^\s#!])")
_CUT_NUMBER = re.compile(r",(?=[0-9]{3}(?![0-9]))")


def yaml_lints(source: RuleSource) -> Iterator[Issue]:
    """Every value and key of a file that is a trap."""
    for where, scalar in source.scalars.items():
        if not scalar.style:
            yield from _plain(source, where, scalar)
    for where in source.keys:
        key = str(where[-1])
        if _bool(key) and source.text.startswith(key, source.offset_at(source.keys[where])):
            yield source.issue(
                *_trap_text(key, "yaml_bool", "is true or false"),
                where,
                key=True,
                severity="warning",
                hint="put it in single quotes",
            )


def _plain(source: RuleSource, where: ValuePath, scalar: Scalar) -> Iterator[Issue]:
    raw = scalar.raw(source.text)
    for code, form, other in _TRAPS:
        if form.fullmatch(raw):
            yield source.issue(*_trap_text(raw, code, other), where, severity="warning", hint="put it in single quotes")
    if (cut := _CUT_COMMENT.match(source.text, scalar.end)) is not None:
        yield source.issue_at(
            source.position_at(cut.start(1)),
            "cut_by_comment",
            "what stands after ' #' is a comment and not read",
            hint="put the whole text in single quotes",
            severity="warning",
        )
    if raw[-1:].isdigit() and _CUT_NUMBER.match(source.text, scalar.end):
        yield source.issue_at(
            source.position_at(scalar.end),
            "cut_by_comma",
            "this comma ends the text",
            hint="put a number like '1,200' in single quotes",
            severity="warning",
        )


def _trap_text(text: str, code: str, other: str) -> tuple[str, str]:
    return code, f"{text} is read as text here, but {other} to tools that read YAML 1.1"


def _bool(text: str) -> bool:
    return _TRAPS[0][1].fullmatch(text) is not None
