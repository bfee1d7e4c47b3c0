"""The publishers of sources.yaml. Commands that need no rules read it alone, so they work with broken rules."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.model import Publisher, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.errors import RuleError
from monitor.rulebook.schema.models import SourcesShape
from monitor.rulebook.source.rule_source import read_source
from monitor.rulebook.source.validate import validate

SOURCES = "sources.yaml"


def load_publishers(folder: Path) -> Publishers:
    """The publishers of a folder of rules. Raises RuleError with the errors of sources.yaml alone."""
    source, issues = read_source(folder / SOURCES, f"{folder.name}/{SOURCES}")
    sources = None
    if source is not None:
        sources, faults = validate(source, SourcesShape)
        issues += faults
    if sources is None:
        raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(folder))
    return compile_publishers(sources)


def compile_publishers(sources: SourcesShape | None) -> Publishers:
    """The publishers of a checked file; none without one."""
    entries = []
    for shape in sources.publishers if sources else ():
        owner, called = shape.owner or shape.name, " ".join(shape.called.split())
        publisher = Publisher(shape.name, Tier[shape.tier.upper()], shape.side, owner, shape.zone, shape.lang, called)
        entries.append(PublisherNames(publisher, tuple(shape.aliases), tuple(shape.domains)))
    return Publishers(entries)
