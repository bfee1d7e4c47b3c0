"""All lints together: warnings of what rule files may hold but hardly mean.

A line that is meant as it stands allows the warning: `# allow: shadowed (the longer word is quoted in alerts)`.
"""

from __future__ import annotations

import re

from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.no_effect import act_lints, set_lints
from monitor.rulebook.lint.old_syntax import old_syntax_lints
from monitor.rulebook.lint.parties import party_lints
from monitor.rulebook.lint.patterns import pattern_lints
from monitor.rulebook.lint.readers import reader_lints
from monitor.rulebook.lint.yaml_traps import yaml_lints

_ALLOW = re.compile(r"#\s*allow:\s*([a-z_]+(?:\s*,\s*[a-z_]+)*)")


def lints(files: RuleFiles, *, sound: bool) -> list[Issue]:
    """Every warning about these files.

    Only where the files are `sound` (without errors), what their rules mean is checked too: the picture would lack whatever
    has an error.
    """
    sources = list(files.all_sources())
    warnings = [issue for source in sources for issue in yaml_lints(source)]
    if sound:
        warnings += [*pattern_lints(files), *set_lints(files), *act_lints(files), *reader_lints(files)]
        warnings += [*party_lints(files), *old_syntax_lints(files)]
    issues = [issue for issue in warnings if issue.code not in _allowed(issue.source)]
    # An allowance that nothing needs would hide the next fault of its line.
    fired = {(issue.path, issue.line, issue.code) for issue in warnings}
    for source in sources if sound else ():
        for number, line in enumerate(source.lines if "allow:" in source.text else (), 1):
            for code in _allowed(line):
                if (source.path, number, code) not in fired:
                    column = line.index(code, line.index("allow:")) + 1
                    message = f"nothing here needs to be allowed {code!r}"
                    issues.append(source.issue_at((number, column), "idle_allowance", message, severity="warning"))
    return issues


def _allowed(line: str) -> list[str]:
    """The codes of the warnings that a line allows."""
    match = _ALLOW.search(line)
    return re.split(r"\s*,\s*", match[1]) if match else []
