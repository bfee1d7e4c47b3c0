"""rules/sources.yaml made into publishers."""

from __future__ import annotations

from monitor.domain.model import Publisher, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.rulebook.schema.models import PublisherShape, SourcesShape


def publishers_of(sources: SourcesShape) -> Publishers:
    return Publishers(_publisher(shape) for shape in sources.publishers)


def _publisher(shape: PublisherShape) -> PublisherNames:
    publisher = Publisher(
        shape.name, Tier[shape.tier.upper()], shape.side, shape.owner or shape.name, shape.zone, shape.lang
    )
    return PublisherNames(publisher, tuple(shape.aliases), tuple(shape.domains))
