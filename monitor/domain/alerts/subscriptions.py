"""Subscriptions: which commitments a route receives, by alert and by digest alike."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from monitor.domain.model import Route


def subscribes_to(route: Route, commitment: str, declared: Collection[str]) -> bool:
    """Whether the route names the commitment: by its id, a pattern such as 'soybean-*', '*', or the id of its parent.

    Rules name a part by its parent's id, a hyphen and its own. So only an id that the rules declare (`declared`) has parts:
    a route to 'soybean' receives nothing where there is no commitment of that id.
    """
    return any(
        fnmatchcase(commitment, wanted) or (wanted in declared and commitment.startswith(f"{wanted}-"))
        for wanted in route.commitments
    )


def family_of(commitment: str, declared: Collection[str]) -> str:
    """The commitment that this one is or is a part of: the shortest declared id that is its own or begins it."""
    return min(
        (name for name in declared if commitment == name or commitment.startswith(f"{name}-")),
        key=len,
        default=commitment,
    )
