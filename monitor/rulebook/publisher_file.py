"""The publishers of sources.yaml. Commands that need no rules read this file alone, so that they work even if rules
are broken."""

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
    """The publishers of a folder of rules. Raises RuleError with the errors of sources.yaml, and ignores all other
    files."""
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
    return Publishers(
        [
            PublisherNames(
                Publisher(
                    shape.name,
                    Tier[shape.tier.upper()],
                    shape.side,
                    shape.owner or shape.name,
                    shape.zone,
                    shape.lang,
                    " ".join(shape.called.split()),
                ),
                tuple(shape.aliases),
                tuple(shape.domains),
            )
            for shape in (sources.publishers if sources else ())
        ]
    )
