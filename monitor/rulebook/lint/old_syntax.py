"""Files in the older syntax, which is still read for one release."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.lint.pattern_lists import sets_named_by_file
from monitor.rulebook.schema.models import AboutShape, CommitmentShape
from monitor.rulebook.source.source_map import ValuePath

HINT = "deal-monitor rules migrate writes it anew"


def old_syntax_lints(files: RuleFiles) -> Iterator[Issue]:
    """One warning for each file that is in the older syntax, at the first thing that shows it."""
    shapes = {source.path: shape for source, shape, _ in files.commitments}
    named = sets_named_by_file(files)
    for source, use, sets in files.with_sets():
        places = list(_of_commitment(shapes[source.path])) if source.path in shapes else []
        signs = [what for _, what in places]
        if use is None and named.get(source.path, set()) - sets.keys():
            signs.append("no use, and sets of other files")
        if signs:
            where = min((where for where, _ in places), key=source.position_of_key, default=())
            message = f"this file is in the older syntax: {', '.join(dict.fromkeys(signs))}"
            yield source.warning("old_syntax", message, where, HINT, key=True)


def _of_commitment(shape: CommitmentShape) -> Iterator[tuple[ValuePath, str]]:
    yield from _about(shape.about)
    for number, act in enumerate(shape.acts):
        if act.none:
            yield ("acts", number, "none"), "none"
        if act.examples:
            yield ("acts", number, "examples"), "examples inside the file"


def _about(about: AboutShape) -> Iterator[tuple[ValuePath, str]]:
    if about.none:
        yield ("about", "none"), "none"
    if about.never and not isinstance(about.never, dict):
        yield ("about", "never"), "never without kinds of news"
    if about.gives_way_to:
        yield ("about", "gives_way_to"), "gives_way_to"
