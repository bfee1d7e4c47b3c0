"""Who has left a route: an address that wants no more of it, until somebody takes it back."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.domain.model import Intervention, Route, route_config_name
from monitor.domain.verdicts.interventions import in_force

LEAVES, RETURNS = "unsubscribe", "resubscribe"
"""The kinds of the interventions. The subject of the first is a `membership`, that of the second the id of the first."""


def membership(route: str, to: str) -> str:
    """An address within a route: 'desk/ann@company.org'. It stays the same when addresses of the route change places or are written
    otherwise."""
    return f"{route_config_name(route)}/{to.casefold()}"


def unsubscribed(interventions: Iterable[Intervention]) -> dict[str, Intervention]:
    """By membership: the intervention by which it ended, for those that have not come back."""
    return {intervention.subject: intervention for intervention in in_force(interventions, LEAVES, RETURNS)}


def subscribed(routes: Iterable[Route], interventions: Iterable[Intervention]) -> tuple[Route, ...]:
    """The routes whose address has not left."""
    left = unsubscribed(interventions)
    return tuple(route for route in routes if membership(route.name, route.to) not in left)
