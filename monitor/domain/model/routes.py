"""Who hears of what: routes and the messages to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.model.digest_schedule import Cadence
from monitor.domain.model.enums import Severity
from monitor.domain.model.verdicts import Transition


@dataclass(frozen=True, slots=True)
class Route:
    """Who hears of what, where and when. quiet: (from, to) as 'HH:MM' in zone; digest: when one comes, or None.

    stage: experimental hears what rules on trial match, and nothing else. further: who else says what was told is a reply, and
    not left to the digest.
    """

    name: str
    channel: str
    to: str
    commitments: tuple[str, ...] = ("*",)
    least_severity: Severity = Severity.NOTABLE
    zone: str = "UTC"
    quiet: tuple[str, str] | None = None
    digest: Cadence | None = None
    stage: str = "stable"
    further: bool = False

    @property
    def config_name(self) -> str:
        return route_config_name(self.name)


def route_config_name(route: str) -> str:
    """A route's name as config.toml has it: a further mail address of 'desk' is a route of its own, 'desk/boss@company.org'."""
    return route.partition("/")[0]


FURTHER_EVIDENCE = "further evidence"
NOTICE = "notice"
"""The kind of a message that tells no change, but who else says what was told."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one route. `id` is the same however often it is computed from the same transitions.

    kind: alert, confirmation, correction, summary (released after quiet hours), further evidence (for what was told), digest.
    not_before: earliest moment to send (quiet hours); held: waits for a person (a rule edit caused it); waited: why it comes
    only now, where quiet hours kept several changes back.
    """

    id: str
    kind: str
    route: str
    channel: str
    to: str
    transitions: tuple[Transition, ...]
    commitment: str
    at: datetime
    not_before: datetime | None = None
    held: bool = False
    note: str = ""
    waited: str = ""
    also: tuple[str, ...] = ()
    """Signals beside the evidence of the changes that say the same; of further evidence, all it tells."""
