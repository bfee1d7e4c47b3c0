"""What rule files may hold but hardly mean: warnings.

A line that is meant as it stands says so itself: `# allow: shadowed (the longer word is quoted in alerts)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.acts import act_lints
from monitor.rulebook.lint.patterns import pattern_lints
from monitor.rulebook.lint.sets import set_lints
from monitor.rulebook.lint.yaml_traps import yaml_lints
from monitor.rulebook.source.source_map import RuleSource

_ALLOW = re.compile(r"#\s*allow:\s*([a-z_]+(?:\s*,\s*[a-z_]+)*)")


def lints(files: RuleFiles, *, sound: bool) -> list[Issue]:
    """Every warning about these files. What rules mean is looked at only where they are sound: a file with errors would
    be missing from the picture."""
    sources = list(files.all_sources())
    found = [issue for source in sources for issue in yaml_lints(source)]
    if sound:
        found += [*pattern_lints(files), *set_lints(files), *act_lints(files)]
    return [*_without_allowed(found), *_redundant_allowances(sources, found, sound=sound)]


def _without_allowed(found: Iterable[Issue]) -> Iterator[Issue]:
    return (issue for issue in found if issue.code not in _allowed(issue.source))


def _allowed(line: str) -> list[str]:
    """The codes that a line allows itself."""
    match = _ALLOW.search(line)
    return re.split(r"\s*,\s*", match[1]) if match else []


def _redundant_allowances(sources: Iterable[RuleSource], found: Iterable[Issue], *, sound: bool) -> Iterator[Issue]:
    """Allowances that nothing needs: they would hide the next fault of their line."""
    fired = {(issue.path, issue.line, issue.code) for issue in found}
    for source in sources if sound else ():
        if "allow:" in source.text:
            for number, line in enumerate(source.lines, 1):
                for code in _allowed(line):
                    if (source.path, number, code) not in fired:
                        column = line.index(code, line.index("allow:")) + 1
                        message = f"nothing here needs to be allowed {code!r}"
                        yield source.issue_at((number, column), "idle_allowance", message, severity="warning")
