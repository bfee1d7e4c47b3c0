"""Runs all lints: warnings of likely mistakes in rule files, and on request remarks on their style.

A comment allows a warning on its line: `# allow: common_word (the gate needs it)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.domain.model.sides import UNDECLARED, parties_in
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.no_effect import act_lints, set_lints
from monitor.rulebook.lint.pattern_lints import pattern_lints
from monitor.rulebook.source.rule_source import RuleSource

_ALLOW = re.compile(r"#\s*allow:\s*([a-z_]+(?:\s*,\s*[a-z_]+)*)")
_BOOL = re.compile(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_TRAPS = (
    ("yaml_bool", _BOOL, "true or false"),
    ("yaml_sexagesimal", re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a number of sixtieths"),
    ("yaml_octal", re.compile(r"[-+]?0[0-9_]+"), "an octal number"),
    ("yaml_number", re.compile(r"[-+]?[0-9][0-9,]*_[0-9_]*"), "a number"),
)
"""Plain values that YAML 1.1, which many tools still use, reads differently from YAML 1.2 and this program."""
_CUT_COMMENT = re.compile(r"[ \t]+(#[^\s#!])")
_CUT_NUMBER = re.compile(r",(?=[0-9]{3}(?![0-9]))")


def lints(files: RuleFiles, *, sound: bool) -> list[Issue]:
    """Every warning about these files.

    The meaning of the rules is checked only if the files are `sound` (without errors): otherwise parts of it would be
    missing.
    """
    sources = list(files.all_sources())
    warnings = [issue for source in sources for issue in yaml_lints(source)]
    if sound:
        warnings += [*pattern_lints(files), *set_lints(files), *act_lints(files), *_deal_lints(files)]
    issues = [issue for issue in warnings if issue.code not in _allowed(issue.source)]
    # An allowance that is no longer needed would hide the next fault on its line.
    fired = {(issue.path, issue.line, issue.code) for issue in warnings}
    for source in sources if sound else ():
        for number, line in enumerate(source.lines if "allow:" in source.text else (), 1):
            for code in _allowed(line):
                if (source.path, number, code) not in fired:
                    column = line.index(code, line.index("allow:")) + 1
                    message = f"there is no warning {code!r} to allow on this line"
                    issues.append(source.issue_at((number, column), "idle_allowance", message, severity="warning"))
    return issues


def _allowed(line: str) -> list[str]:
    """The codes of the warnings that a line allows."""
    match = _ALLOW.search(line)
    return re.split(r"\s*,\s*", match[1]) if match else []


def yaml_lints(source: RuleSource) -> Iterator[Issue]:
    """Values and keys that other tools, or people, read differently from this program."""
    for where, scalar in source.scalars.items():
        if scalar.style:
            continue
        raw = scalar.raw(source.text)
        for code, form, other in _TRAPS:
            if form.fullmatch(raw):
                message = f"{raw} is text here, but {other} in tools for YAML 1.1"
                yield source.warning(code, message, where, "put it in single quotes")
        if (cut := _CUT_COMMENT.match(source.text, scalar.end)) is not None:
            place, message = source.position_at(cut.start(1)), "the text after ' #' is a comment and ignored"
            hint = "put the whole text in single quotes"
            yield source.issue_at(place, "cut_by_comment", message, hint, severity="warning")
        if raw[-1:].isdigit() and _CUT_NUMBER.match(source.text, scalar.end):
            place, hint = source.position_at(scalar.end), "put a number such as '1,200' in single quotes"
            yield source.issue_at(place, "cut_by_comma", "this comma ends the text", hint, severity="warning")
    for where, place in source.keys.items():
        key = str(where[-1])
        if _BOOL.fullmatch(key) and source.text.startswith(key, source.offset_at(place)):
            message = f"{key} is text here, but true or false in tools for YAML 1.1"
            yield source.warning("yaml_bool", message, where, "put it in single quotes", key=True)


def _deal_lints(files: RuleFiles) -> Iterator[Issue]:
    """Commitments and deals that lack texts for readers, and promises of parties that no source speaks for.

    The two governments and companies belong to every deal, so a new deal of other parties may lack sources for them.
    """
    asked = {deal for _, shape, deal in files.commitments if shape.reads is not None}
    gated = {shape.id for _, shape in files.deals.values() if shape.gate is not None}
    speaking = {speaker.side for _, vocabulary in files.vocabulary for speaker in vocabulary.speakers}
    speaking |= {publisher.side for publisher in files.sources[1].publishers} if files.sources else set()
    for source, shape, deal in files.commitments:
        if deal in asked | gated and shape.reads is None:
            others = "other commitments of its deal have one" if deal in asked else "its deal has a gate"
            message = f"readers are not asked about {shape.id!r}: it has no reads, but {others}"
            yield source.warning("no_reads", message, ("id",), "reads: {about: …, not_about: …}")
        for party in sorted(parties_in(shape.owed_by) - UNDECLARED - speaking):
            message = f"nothing can confirm the promise of {party!r}: no publisher or speaker has side: {party}"
            hint = f"add to sources.yaml: {{name: …, domains: […], tier: official, side: {party}, owner: …}}"
            yield source.warning("silent_party", message, ("owed_by",), hint)
    for source, deal_shape in files.deals.values():
        if deal_shape.id in asked and deal_shape.gate is None:
            message = "without a gate, readers are asked about every story that a rule of the deal could match"
            yield source.warning("no_gate", message, ("id",), "gate: {any: […], together: [[…, …]]}")
