"""sources.yaml alone, for commands that need to know publishers and no rule: they answer beside broken rules too."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.model.publishers import Publishers
from monitor.errors import RuleError
from monitor.rulebook.compile.publishers import compile_publishers
from monitor.rulebook.schema.models import SourcesShape
from monitor.rulebook.source.source_map import read_source
from monitor.rulebook.source.validate import validate

SOURCES = "sources.yaml"


def load_publishers(folder: Path) -> Publishers:
    """The publishers of a folder of rules. Raises RuleError with what is wrong with their file, whatever the others are like."""
    source, issues = read_source(folder / SOURCES, f"{folder.name}/{SOURCES}")
    sources = None
    if source is not None:
        sources, faults = validate(source, SourcesShape)
        issues += faults
    if sources is None:
        raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(folder))
    return compile_publishers(sources)
