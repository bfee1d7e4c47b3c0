"""The messages that are put to the test: each kind there is, and alerts and digests under twenty hostile titles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.domain.messages.action_links import LinkMaker
from monitor.domain.messages.briefs import OutboundMessage
from monitor.render import Renderer
from tests.builders.hostile_messages import TITLES, alert_about, digest_about
from tests.builders.sample_messages import PARCELS

TEMPLATES = Path(__file__).parents[1] / "templates"
SITE = "https://status.deals.example"
RENDERER = Renderer(
    TEMPLATES,
    sender="Deal monitor <monitor@deals.example>",
    list_domain="deals.example",
    base_url=SITE,
    links=LinkMaker(SITE, b"only for samples, and long enough"),
)
"""With every link that a message can have."""


def parcels() -> Mapping[str, OutboundMessage]:
    """Each message by a name that can be a file's."""
    return {
        **{f"kind-{kind.replace(' ', '-')}": parcel for kind, parcel in PARCELS.items()},
        **{f"title-{name}": alert_about(title) for name, title in TITLES.items()},
        **{f"title-{name}-digest": digest_about(title) for name, title in TITLES.items()},
    }
