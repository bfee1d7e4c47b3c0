"""Commitments and their parts, as the pages group them: by deal, parts under their parent, trouble first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from monitor.domain.messages.digest.material import parent_of, root_of
from monitor.domain.messages.digest.rest import by_urgency
from monitor.domain.pages.material import SiteMaterial


@dataclass(frozen=True, slots=True)
class Placed:
    """A commitment with its place: depth 0 for a promise by itself, 1 for a part of one, 2 for a part of a part."""

    name: str
    depth: int


def with_parts(commitment: str, known: Collection[str]) -> tuple[str, ...]:
    """A commitment and its parts, and theirs, in alphabetical order: its feed and its calendar hold them all."""
    return tuple(sorted(name for name in known if name == commitment or name.startswith(f"{commitment}-")))


def by_deal(site: SiteMaterial) -> Mapping[str, tuple[Placed, ...]]:
    """By deal, its commitments: the family with the worst trouble first, in each the parent before its parts."""
    commitments = site.context.commitments
    followed = [(commitment, site.context.verdicts[name]) for name, commitment in commitments.items()]
    deals: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for commitment, _ in by_urgency(followed):
        deals[commitment.deal][root_of(commitment.id, commitments)].append(commitment.id)
    return {
        deal: tuple(placed for root, names in families.items() for placed in _in_order(root, names))
        for deal, families in sorted(deals.items())
    }


def _in_order(name: str, family: list[str], depth: int = 0) -> tuple[Placed, ...]:
    """The commitment and its parts, each with its own parts behind it."""
    parts = (part for part in family if part != name and parent_of(part, family) == name)
    return (Placed(name, depth), *(placed for part in parts for placed in _in_order(part, family, depth + 1)))
