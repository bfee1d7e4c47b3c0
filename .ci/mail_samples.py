"""The messages that are put to the test: each kind there is, and alerts and digests under twenty hostile titles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.domain.messages.models import OutboundMessage
from monitor.render import Renderer
from tests.builders.hostile_messages import TITLES, alert_about, digest_about
from tests.builders.sample_messages import PARCELS

TEMPLATES = Path(__file__).parents[1] / "templates"
RENDERER = Renderer(TEMPLATES, sender="Deal monitor <monitor@deals.example>", list_domain="deals.example")


def parcels() -> Mapping[str, OutboundMessage]:
    """Each message by a name that can be a file's."""
    return {
        **{f"kind-{kind.replace(' ', '-')}": parcel for kind, parcel in PARCELS.items()},
        **{f"title-{name}": alert_about(title) for name, title in TITLES.items()},
        **{f"title-{name}-digest": digest_about(title) for name, title in TITLES.items()},
    }
