"""Remarks on the style of rule files, for `rules check --style`. None of them is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.domain.text.patterns import NEAR
from monitor.errors import Issue
from monitor.rulebook.compile.compiler import SAYINGS_SET
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import stem_of
from monitor.rulebook.lint.pattern_lists import all_lists, sets_named_by_file
from monitor.rulebook.schema.models import SetShape

MAX_LINE = 140
"""Characters: the width of a screen, with line numbers."""
_NUMBERED_GAP = re.compile(r"\.\.(\d+)")
_NEAR_WORDS = range(2, 6)
"""Gaps of about this many words mean `near`; wider ones mean the clause."""


def style_lints(files: RuleFiles) -> Iterator[Issue]:
    """Long lines, gaps by number where a named window does, and shared sets without use."""
    for source, _, _ in files.with_sets():
        for number, line in enumerate(source.lines, 1):
            if len(line.rstrip("\n")) > MAX_LINE:
                message = f"a line of {len(line)} characters"
                yield source.issue_at((number, MAX_LINE), "long_line", message, "wrap it", severity="warning")
    for patterns in all_lists(files):
        for at, text in enumerate(patterns.texts):
            # Gaps of no word or one word are exact, and stay.
            gap = next((gap for gap in _NUMBERED_GAP.finditer(text) if int(gap[1]) >= _NEAR_WORDS.start), None)
            if gap is not None:
                named = f"..near, up to {NEAR} words" if int(gap[1]) in _NEAR_WORDS else "..."
                yield patterns.warning(
                    at, gap.start(), "numbered_gap", f"{gap[0]} is a gap by number", f"write {named}"
                )
    named_by = sets_named_by_file(files)
    for source, vocabulary in files.vocabulary:
        known = set(named_by.get(source.path, ()))
        for other, use, sets in files.with_sets():
            if other.path != source.path and stem_of(source) in use:
                known |= named_by.get(other.path, set()) - sets.keys()
        for name, words in vocabulary.sets.items():
            # A set with a documented meaning is there for future files.
            documented = isinstance(words, SetShape) and words.means
            if name not in known and not documented and name != SAYINGS_SET:
                message = f"no pattern uses the set {name!r}"
                yield source.warning("unused_set", message, ("sets", name), "delete it", key=True)
