"""sources.yaml to the publishers that stories are looked up in."""

from __future__ import annotations

from monitor.domain.model import Publisher, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.rulebook.schema.models import SourcesShape


def compile_publishers(sources: SourcesShape | None) -> Publishers:
    """The publishers of a checked file; none without one."""
    names = []
    for publisher in sources.publishers if sources else ():
        owner, tier = publisher.owner or publisher.name, Tier[publisher.tier.upper()]
        known = publisher.name, tier, publisher.side, owner, publisher.zone, publisher.lang
        entry = Publisher(*known, " ".join(publisher.called.split()))
        names.append(PublisherNames(entry, tuple(publisher.aliases), tuple(publisher.domains)))
    return Publishers(names)
