"""Lints of YAML that other programs, or other eyes, read differently from this one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.errors import Issue
from monitor.rulebook.source.source_map import RuleSource

_BOOL = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_TRAPS = (
    ("yaml_bool", _BOOL, "is true or false"),
    ("yaml_sexagesimal", re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "is a number of sixtieths"),
    ("yaml_octal", re.compile(r"[-+]?0[0-9_]+"), "is a number to the base 8"),
    ("yaml_number", re.compile(r"[-+]?[0-9][0-9,]*_[0-9_]*"), "is a number without its _"),
)
"""Plain values that YAML 1.1, which many tools still read, takes for something else than YAML 1.2 and this program."""
_TRAP_TEXT = "{} is read as text here, but {} to tools that read YAML 1.1"
_CUT_COMMENT = re.compile(r"[ \t]+(#[^\s#!])")
_CUT_NUMBER = re.compile(r",(?=[0-9]{3}(?![0-9]))")


def yaml_lints(source: RuleSource) -> Iterator[Issue]:
    """Every value and key of a file that is a trap."""
    for where, scalar in source.scalars.items():
        if scalar.style:
            continue
        raw = scalar.raw(source.text)
        for code, form, other in _TRAPS:
            if form.fullmatch(raw):
                yield source.warning(code, _TRAP_TEXT.format(raw, other), where, "put it in single quotes")
        if (cut := _CUT_COMMENT.match(source.text, scalar.end)) is not None:
            place, message = source.position_at(cut.start(1)), "what stands after ' #' is a comment and not read"
            hint = "put the whole text in single quotes"
            yield source.issue_at(place, "cut_by_comment", message, hint, severity="warning")
        if raw[-1:].isdigit() and _CUT_NUMBER.match(source.text, scalar.end):
            place, hint = source.position_at(scalar.end), "put a number like '1,200' in single quotes"
            yield source.issue_at(place, "cut_by_comma", "this comma ends the text", hint, severity="warning")
    for where, place in source.keys.items():
        key = str(where[-1])
        if _BOOL.fullmatch(key) and source.text.startswith(key, source.offset_at(place)):
            message = _TRAP_TEXT.format(key, "is true or false")
            yield source.warning("yaml_bool", message, where, "put it in single quotes", key=True)
